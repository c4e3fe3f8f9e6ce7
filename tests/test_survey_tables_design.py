"""Tables of designs, spread of answers and open answers (notebook 03)."""

import math

import numpy as np
import pandas as pd
import pytest

from auditbook.procedures import survey
from auditbook.procedures.survey import design_tables
from auditbook.procedures.survey.weighting import weighted
from survey_answers import answers, question
from survey_groups import group, wilson

LABELS = ["很满意", "满意", "一般", "不满意", "很不满意"]
CALLS, WHOLE = question("calls"), question("whole")
DESIGN = {"strata": "unit", "cluster": "cluster", "weight": "weight", "populations": {"甲县": 9}}


def designed(*, weights=(1.0, 2.0, 3.0), units=("乙县", "甲县", "甲县"), plan=(), **design):
    """Indexes 1, none, 0.5, of a design."""
    given = answers([CALLS], calls=["很满意", None, "一般"], unit=list(units))
    given.frame["weight"], given.frame["cluster"] = list(weights), ["k", "l", "m"]
    return group(given, design=DESIGN | design, units=plan, counts={"population": 60})


@pytest.fixture
def asked(monkeypatch):
    """What svy would be asked; it answers with one row for all and one for a unit."""
    calls = []

    def instead(values, *, design, domains, confidence):
        calls.append((values, design, domains, confidence))
        rows = [("", 7.6, ("lone_psu", "few_psu")), ("甲县", math.nan, ())]
        return pd.DataFrame([
            {"domain": name, "n": 2, "estimate": 0.7, "lower": 0.6, "upper": 0.8, "deff": 1.3,
             "n_effective": n, "unweighted": 0.75, "unweighted_lower": 0.5,
             "unweighted_upper": 0.9, "df": 1, "codes": codes} for name, n, codes in rows
        ])  # fmt: skip

    monkeypatch.setattr(design_tables, "svy_available", lambda: True)
    monkeypatch.setattr(design_tables, "design_index", instead)
    return calls


# designs ----------------------------------------------------------------------------------------


def test_without_svy_a_design_has_its_unweighted_figure_and_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(design_tables, "svy_available", lambda: False)
    plain = group(answers([CALLS], calls=["满意"]))

    table = survey.design_table([plain, designed()])

    assert len(table) == 1  # the other group has no design
    assert table[["unit", "n_count", "unweighted_rate", "remarks"]].iloc[0].tolist() == [
        "", 2, 0.75, "needs_svy",
    ]  # fmt: skip
    assert table["weighted_rate"].isna().all()
    raked = designed(weighting={"rake": {"unit": {"甲县": 3, "乙县": 3}}})
    assert survey.margins_table([raked]).empty


def test_with_svy_weighted_and_unweighted_figures_stand_side_by_side(asked):
    table = survey.design_table([designed()]).drop(columns=["group", "group_zh", "group_en"])

    assert table.iloc[0].to_dict() == {
        "unit": "", "n_count": 2, "weighted_rate": 0.7, "lower_rate": 0.6, "upper_rate": 0.8,
        "unweighted_rate": 0.75, "unweighted_lower_rate": 0.5, "unweighted_upper_rate": 0.9,
        "deff_number": 1.3, "effective_count": 8, "df_count": 1, "remarks": "lone_psu、few_psu",
        "selection": "random",
    }  # fmt: skip
    assert pd.isna(table["effective_count"][1])


def test_the_design_is_the_one_that_the_case_states(asked):
    """Forms without an opinion stay in it, as those of a domain."""
    survey.design_table([designed(plan=[{"unit": "甲县"}, {"unit": "乙县"}])])
    values, design, domains, confidence = asked[0]

    assert values.isna().tolist() == [False, True, False]
    assert design.strata.tolist() == ["乙县", "甲县", "甲县"]
    assert design.clusters.tolist() == ["k", "l", "m"]
    assert design.weights.tolist() == [1, 2, 3]
    assert (design.populations, design.people, confidence) == ({"甲县": 9}, 60, 0.95)
    assert domains.cat.categories.tolist() == ["甲县", "乙县"]

    survey.design_table([designed(units=[None] * 3, strata=None, cluster=None, weight=None,
                                  populations={})])  # fmt: skip
    _, bare, nowhere, _ = asked[1]
    assert (bare.strata, bare.clusters, bare.weights, nowhere) == (None,) * 4
    assert (bare.populations, bare.people) == (None, None)


def test_weights_are_trimmed_where_the_case_says_so(asked):
    """Of mean 2: from 1 to 2.4, what is cut off being shared out again."""
    survey.design_table([designed(weighting={"least": 0.5, "most": 1.2})])

    weights = asked[0][1].weights

    assert weights.max() <= 2.4 + 1e-9
    assert weights.sum() == pytest.approx(6)
    assert weights.tolist() != [1, 2, 3]


def test_margins_are_shares_of_the_weights_before_and_after_raking(asked, monkeypatch):
    """1 and 5 of 6 before; raked to 3 and 9 people."""

    def raked(weights, margins):
        series, totals = margins["unit"]  # clusters k, and l and m, are the same parts
        sums = weights.groupby(series).transform("sum")
        return weighted(weights, weights / sums * series.map(totals), margins)

    monkeypatch.setattr(design_tables, "rake", raked)
    totals = {"unit": {"甲县": 9, "乙县": 3}, "cluster": {"k": 3, "l": 3.6, "m": 5.4}}
    one = designed(weighting={"rake": totals})

    both = survey.margins_table([one]).set_index("category")
    table = both[both["variable"] == "unit"]

    assert both["variable"].unique().tolist() == ["unit", "cluster"]
    assert both["target_rate"][["k", "l", "m"]].tolist() == pytest.approx([0.25, 0.3, 0.45])
    assert table["before_rate"].to_dict() == pytest.approx({"甲县": 5 / 6, "乙县": 1 / 6})
    assert table["after_rate"].to_dict() == pytest.approx({"甲县": 0.75, "乙县": 0.25})
    assert table["target_rate"].to_dict() == pytest.approx({"甲县": 0.75, "乙县": 0.25})
    survey.design_table([one])
    assert asked[0][1].weights.tolist() == pytest.approx([3, 3.6, 5.4])
    assert survey.margins_table([designed()]).empty


# spread -----------------------------------------------------------------------------------------


def test_the_spread_of_answers_has_the_confidence_of_its_group():
    def table(level):
        given = answers([CALLS], calls=["很满意"] * 30 + ["一般"] * 10 + ["不了解"])
        return survey.answers_table([group(given, confidence=level)])

    wide, narrow = table(0.99), table(0.8)

    assert wide["label"].tolist() == [*LABELS, "不了解"]
    assert wide["answers_count"].tolist() == [30, 0, 10, 0, 0, 1]
    assert wide["share_rate"].tolist()[:3] == [0.75, 0, 0.25]
    assert wide["side"].tolist() == ["positive"] * 2 + ["neutral"] + ["negative"] * 2 + ["none"]
    assert (wide["lower_rate"] < narrow["lower_rate"])[:1].all()
    assert wide["question_text"].unique().tolist() == ["calls？"]


def test_choices_are_counted_among_those_who_answered_at_the_confidence_of_the_group():
    """Both of one form count."""
    asked = [question("how", "multiple", ["电话", "网络", "上门"])]
    given = answers(asked, how=["电话┋网络", "电话", None, "上门"])

    table = survey.choices_table([group(given, confidence=0.99)]).set_index("label")

    assert table["answers_count"].to_dict() == {"电话": 2, "网络": 1, "上门": 1}
    assert table["n_count"].unique().tolist() == [3]
    phone = table.loc["电话"]
    assert phone["share_rate"] == pytest.approx(2 / 3)
    assert (phone["lower_rate"], phone["upper_rate"]) == pytest.approx(
        wilson(2, 3, 2.575829), abs=1e-6
    )


def test_importance_needs_a_question_on_the_whole():
    """calls go with the whole and do well; late goes against it and does badly."""
    given = answers(
        [CALLS, question("late"), WHOLE],
        calls=["很满意", "很满意", "满意"], late=["很不满意", "不满意", "不满意"],
        whole=["很满意", "满意", "一般"],
    )  # fmt: skip
    table = survey.importance_table([group(given, overall="whole")]).set_index("question")

    assert table["quadrant"].to_dict() == {"calls": "keep", "late": "low_priority"}
    assert table["importance_number"].tolist() == pytest.approx([math.sqrt(0.75), -math.sqrt(0.75)])
    assert table.loc["calls", "performance_rate"] == pytest.approx(2.75 / 3)
    assert table["small"].tolist() == ["small", "small"]
    assert survey.importance_table([group(given)]).empty


def test_questions_are_drawn_under_the_name_of_their_group():
    table = survey.answers_table([group(answers([CALLS], calls=["满意"]))])

    assert survey.answer_rows(table, lang="zh")["question"].unique().tolist() == ["群众 calls"]
    assert survey.answer_rows(table, lang="en")["question"].unique().tolist() == ["residents calls"]


# open answers -----------------------------------------------------------------------------------

MORE = question("more", "open")


def test_topics_are_counted_among_answers_that_say_something():
    given = answers([MORE], more=["路灯坏了", "路灯和垃圾", "很好", "无", None])
    words = {"设施": ["路灯"], "卫生": ["垃圾", "卫生"]}

    table = survey.topics_table([group(given, keywords=words)])

    assert table[["question", "topic", "answers_count"]].to_numpy().tolist() == [
        ["more", "设施", 2], ["more", "卫生", 1], ["more", "none", 1],
    ]  # fmt: skip
    assert table["share_rate"].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])


def test_quotes_are_masked_and_no_more_than_asked_for():
    said = ["请打13812345678", *(f"第{i}条路不平" for i in range(9))]
    given = group(answers([MORE], more=said))

    assert len(survey.quotes_table([given])) == 5
    table = survey.quotes_table([given], most=10)
    assert "13812345678" not in table["quote"][0]
    assert table["source_row"].tolist() == [f"answers.csv:{row}" for row in range(2, 12)]
    assert np.all(table["group"] == "residents")
