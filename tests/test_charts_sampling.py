"""Charts of sampling: each drawn from the table beside it, in both languages."""

import pandas as pd
import pytest

from auditbook.deliver import charts_sampling
from auditbook.procedures import sampling

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def lines(chart):
    """Label of each line to its points."""
    return {line.get_label(): line.get_xydata().tolist() for line in chart.axes[0].lines}


@BOTH
def test_hits_stand_where_the_running_sum_of_the_population_has_their_items(lang):
    frame = pd.DataFrame({"id": ["P1", "P2", "P3"], "amount": [300, 900, 100]})
    drawn = pd.DataFrame({"id": ["P2", "P3"], "hits": [2, 1], "certainty": [True, False]})

    table = sampling.cumulative(frame, drawn, amount="amount")
    chart = charts_sampling.hits(table, lang=lang, money_unit="元")

    marked = [points for name, points in lines(chart).items() if "1" in name]
    assert sorted(marked) == [[[2, 12.0]], [[3, 13.0]]]


@BOTH
def test_items_that_differ_are_apart_from_those_that_agree(lang):
    found = pd.DataFrame(
        {"id": ["a", "b", "c"], "book_fen": [100, 200, 300], "audited_fen": [100, 150, None],
         "difference_fen": [0, 50, None]}
    ).astype({"audited_fen": "Int64", "difference_fen": "Int64"})  # fmt: skip

    chart = charts_sampling.book_audited(found, lang=lang, money_unit="元")

    points = list(lines(chart).values())
    assert points[1:] == [[[1.0, 1.0]], [[2.0, 1.5]]]


@BOTH
def test_most_likely_limit_and_tolerable_stand_on_one_line(lang):
    table = pd.DataFrame(
        {"measure": ["overstatement"], "most_likely_fen": [1_000], "limit_fen": [5_000],
         "tolerable_fen": [4_000]}
    )  # fmt: skip

    chart = charts_sampling.limits(table, lang=lang, money_unit="元")

    places = [[x for x, _ in points] for points in lines(chart).values()]
    assert places == [[10.0, 50.0], [10.0], [50.0], [40.0, 40.0]]


@BOTH
def test_prior_and_posterior_are_drawn_with_the_limit_and_the_tolerable_rate(lang):
    believed = sampling.beta_posterior(deviations=1, n=60, tolerable_rate=0.05)
    table = sampling.densities(believed)

    drawn = list(lines(charts_sampling.posterior(table, lang=lang, money_unit="元")).values())

    assert [y for _, y in drawn[1]] == table["posterior"].tolist()
    assert {x for x, _ in drawn[2]} == {believed.upper * 100}
    assert {x for x, _ in drawn[3]} == {5.0}


@pytest.mark.parametrize("name", ["hits", "book_audited", "limits", "posterior"])
def test_without_rows_a_chart_says_that_there_is_nothing(name):
    none = pd.DataFrame(columns=["audited_fen"])

    chart = getattr(charts_sampling, name)(none, lang="zh", money_unit="元")

    assert "没有可画的数据" in [text.get_text() for text in chart.texts]
