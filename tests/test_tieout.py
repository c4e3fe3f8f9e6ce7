"""Tie-out: printed figures and statements in words against recomputed figures."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.facts import Figure, Verdict
from auditbook.procedures import tieout


def published(printed, unit, figure):
    return pd.DataFrame(
        [{"id": "P1", "key": "published.x", "name": "", "printed": printed, "unit": unit,
          "place": "一", "figure": figure, "note": "", "source_row": "published.csv:2"}]
    )  # fmt: skip


def held(printed, unit, figure):
    """The one row of a tie-out of one printed figure."""
    table = tieout.against_published(
        published(printed, unit, figure.key), {figure.key: figure}, money_unit="万元"
    )
    return table.iloc[0]


RATE = Figure("funds.sample.use_rate", Fraction(299, 356), "rate", "")
USED = Figure("funds.sample.used", 299_000_000, "fen", "")
TOTAL = Figure("scoring.total", Decimal("94.2"), "points", "")
AT_MOST = Figure("funds.execution_rate.at_most", Fraction(643, 700), "rate", "", bound="at_most")


@pytest.mark.parametrize(
    ("printed", "fit", "verdict"),
    [
        ("83.99%", "rounded", "ties"),  # 83.9887…
        ("83.98%", "cut", "ties"),
        ("84%", "rounded", "ties"),
        ("83.97%", "none", "differs"),
        ("84.0%", "rounded", "ties"),
    ],
)
def test_a_rate_is_compared_at_its_printed_precision_rounded_or_cut(printed, fit, verdict):
    row = held(printed, "", RATE)

    assert (row["fit"], row["verdict"]) == (fit, verdict)


def test_kunming_2018_299_yuan_is_299_wan_short_by_ten_thousand():
    row = held("299", "元", USED)

    assert (row["verdict"], row["factor"]) == (Verdict.DIFFERS, "10,000")
    assert tieout.published_findings(pd.DataFrame([row]))[0].rule == "tieout.unit_slip"


def test_an_amount_printed_without_decimals_ties_when_nothing_was_lost():
    assert held("299", "万元", USED)["verdict"] == Verdict.TIES


def test_a_total_printed_more_coarsely_than_its_parts_differs():
    """94 against 94.2, whether the case rounds indicators or not: sums are not rounded again."""
    assert held("94", "分", TOTAL)["verdict"] == Verdict.DIFFERS
    assert held("94.20", "分", TOTAL)["verdict"] == Verdict.TIES


def test_only_amounts_that_two_money_units_explain_are_a_slip_of_units():
    """2 instead of 19 units is no slip of units, and 30 against 299 万元 is none either."""
    assert held("2", "个", Figure("funds.units.count", 19, "count", ""))["factor"] == ""
    assert held("30", "万元", USED)["factor"] == ""


def test_a_printed_figure_in_words_cannot_be_decided():
    figure = Figure("funds.grids.count", 3862, "count", "")

    assert held("3500以上", "", figure)["verdict"] == Verdict.UNDECIDED


def test_a_value_beyond_a_limit_differs_and_one_within_it_cannot_be_decided():
    assert held("100%", "", AT_MOST)["verdict"] == Verdict.DIFFERS
    assert held("90%", "", AT_MOST)["verdict"] == Verdict.UNDECIDED
    assert held("91.86%", "", AT_MOST)["verdict"] == Verdict.UNDECIDED


def test_a_grade_is_compared_as_a_word():
    grade = Figure("scoring.grade", "优", "text", "")

    assert held("优", "", grade)["verdict"] == Verdict.TIES
    assert held("良", "", grade)["verdict"] == Verdict.DIFFERS


def test_what_nothing_recomputes_cannot_be_decided():
    table = pd.concat([published("138", "个", ""), published("1", "", USED.key)])

    left = tieout.without_counterpart(table, {USED.key})

    assert left["printed"].tolist() == ["138个"]
    assert left["verdict"].tolist() == [Verdict.UNDECIDED]


def claim(operator, value, unit="", figure=RATE):
    table = pd.DataFrame(
        [{"id": "C1", "text": "说法", "place": "四", "key": figure.key, "operator": operator,
          "value": value, "unit": unit, "source_row": "claims.csv:2"}]
    )  # fmt: skip
    return tieout.against_claims(table, {figure.key: figure}, money_unit="万元").iloc[0]["verdict"]


@pytest.mark.parametrize(
    ("operator", "value", "verdict"),
    [
        ("ge", "80%", "ties"),
        ("ge", "90%", "differs"),
        ("eq", "100%", "differs"),
        ("eq", "83.99%", "ties"),  # as printed: 299 / 356 = 83.9887…%
    ],
)
def test_a_statement_holds_or_does_not_against_an_exact_figure(operator, value, verdict):
    assert claim(operator, value) == verdict


@pytest.mark.parametrize(
    ("operator", "value", "verdict"),
    [
        ("eq", "100%", "differs"),  # at most 91.86%
        ("ge", "95%", "differs"),
        ("ge", "50%", "undecided"),  # it may be lower than the limit
        ("le", "95%", "ties"),
        ("le", "90%", "undecided"),
    ],
)
def test_a_limit_decides_a_statement_only_where_every_value_within_it_agrees(
    operator, value, verdict
):
    assert claim(operator, value, figure=AT_MOST) == verdict


def test_nothing_is_above_a_value_that_it_reaches_at_most():
    at_most = Figure("funds.use_rate", Fraction(9, 10), "rate", "", bound="at_most")

    assert claim("gt", "90%", figure=at_most) == Verdict.DIFFERS


def test_kunming_2018_one_unit_goes_by_two_names(kunming):
    """晋宁县 in the tables, 晋宁区 in the text."""
    (finding,) = tieout.name_findings(kunming.alias_uses(), kunming.allocation)

    assert (finding.unit, finding.subject) == ("晋宁县", "晋宁区")
    assert finding.expected_source.startswith("allocation.csv:")
    assert finding.actual_source.startswith("sample.csv:")


def test_kunming_2018_claims_of_full_use_and_of_balances_do_not_hold(kunming):
    figures = {
        "funds.balance.total": Figure("funds.balance.total", 0, "fen", ""),
        AT_MOST.key: AT_MOST,
    }

    table = tieout.against_claims(kunming.claims, figures, money_unit="万元").set_index("id")

    assert table["verdict"].to_dict() == {"C02": Verdict.DIFFERS, "C04": Verdict.DIFFERS}
