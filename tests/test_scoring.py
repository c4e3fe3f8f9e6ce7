"""Scoring: rules, sums by level, the grade, and what the scores rest on."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.case.settings import Grade
from auditbook.facts import Figure, Finding, Severity, Verdict
from auditbook.procedures import scoring

GRADES = tuple(
    Grade(name=name, en=name, **{"from": bound})
    for name, bound in (("优", 90), ("良", 80), ("中", 60), ("差", 0))
)
USE_RATE = Figure("funds.sample.use_rate", Fraction(299, 356), "rate", "使用 ÷ 拨付")


@pytest.fixture
def kunming_scores(kunming):
    return scoring.score_indicators(
        kunming.indicators, figures={USE_RATE.key: USE_RATE}, judgements=kunming.judgements
    )


def test_kunming_2018_parts_add_up_to_94_2_not_94(kunming_scores):
    """Published parts: 8 + 11 + 4 + 5 + 9 + 21 + 3 + 8.2 + 25; the report says 94."""
    points = [str(p) for p in kunming_scores["points_points"]]

    assert points == ["8", "11", "4", "5", "9", "21", "3", "8.2", "25"]
    assert scoring.roll_up(kunming_scores).iloc[-1]["points_points"] == Decimal("94.2")


def test_kunming_2018_level_1_sums_are_19_18_and_57_2(kunming_scores):
    sums = scoring.roll_up(kunming_scores)
    level1 = sums[(sums["level2"] == "") & (sums["level1"] != "合计")]

    assert dict(zip(level1["level1"], map(str, level1["points_points"]), strict=True)) == {
        "决策": "19", "管理": "18", "绩效": "57.2",
    }  # fmt: skip
    assert [str(full) for full in level1["full_points"]] == ["20", "20", "60"]


def test_kunming_2018_grade_is_the_same_either_way(kunming, kunming_scores):
    figures = scoring.figures(kunming_scores, GRADES, full=Decimal(100))
    totals = scoring.totals_to_grade(figures, kunming.published)

    table = scoring.grade_table(GRADES, totals, full=Decimal(100))

    assert [str(p) for p in table["points_points"]] == ["94.2", "94"]
    assert table["grade"].tolist() == ["优", "优"]


def test_every_deduction_carries_its_reason(kunming_scores):
    lost = kunming_scores[kunming_scores["lost_points"] > 0]

    assert lost["code"].tolist() == ["A2", "B2", "B3", "C11", "C13"]
    assert (lost["reason"] != "").all()


def test_kunming_2018_8_2_of_9_is_not_the_plain_ratio_but_5_of_9_by_ratio(kunming, kunming_scores):
    """9 × 83.99% = 7.56; 5 × 83.99% + 4 = 8.20 fits: an inference, not the rule."""
    fits = scoring.ratio_fits(kunming.indicators, kunming_scores, {USE_RATE.key: USE_RATE})

    row = fits.set_index("code").loc["C13"]
    assert str(row["ratio_points"]) == "7.56"
    assert row["fits"] == "5 × 83.99% + 4"
    assert row["verdict"] == Verdict.UNDECIDED


def test_kunming_2018_full_marks_for_execution_rest_on_a_contradicted_rate(kunming, kunming_scores):
    """投入管理 4/4 rests on the published 100%, which is at most 91.86%."""
    contradicted = scoring.contradictions(
        [
            Finding("tieout.published", Severity.HIGH, Verdict.DIFFERS,
                    subject="published.budget.execution_rate", expected="≤ 91.86%",
                    actual="100%", code="F-01.7-1"),
        ]
    )  # fmt: skip

    table = scoring.rests_on(kunming.indicators, kunming_scores, contradicted)

    assert table[["code", "full_points", "finding"]].to_numpy().tolist() == [
        ["B1", Decimal(4), "F-01.7-1"]
    ]


def test_kunming_2018_coverage_targets_were_never_measured(kunming):
    """100% and 90% coverage: no actual value anywhere, and no indicator."""
    targets = scoring.target_checks(kunming.targets).set_index("code")

    assert targets["verdict"].to_dict() == {
        "T1": Verdict.UNDECIDED, "T2": Verdict.UNDECIDED,
        "T3": Verdict.TIES, "T4": Verdict.TIES,
    }  # fmt: skip


def test_kunming_2018_late_passing_on_cost_nothing(kunming, kunming_scores):
    """投入管理 4/4 although money was passed on late and balances were kept."""
    problems = scoring.problem_checks(
        kunming.problems, kunming_scores, judgements=kunming.judgements, sample=kunming.sample
    )

    free = problems[problems["lost_points"] == 0]
    assert free[["id", "indicator"]].to_numpy().tolist() == [["P6", "B1"]]


def test_kunming_2018_deductions_are_lighter_than_the_spread_of_the_problem(
    kunming, kunming_scores
):
    """Commingling in 2 of 7 units cost 1 of 6; 示范点 failed in 5 of 7 and cost 2 of 23."""
    problems = scoring.problem_checks(
        kunming.problems, kunming_scores, judgements=kunming.judgements, sample=kunming.sample
    )
    problems = problems.set_index("id")

    assert problems.loc["P2", "units_rate"] == Fraction(2, 7)
    assert problems.loc["P2", "lost_rate"] == Fraction(1, 6)
    assert problems.loc["P5", "units_rate"] == Fraction(5, 7)
    assert problems.loc["P5", "lost_rate"] == Fraction(2, 23)


def test_deductions_never_go_below_zero():
    assert scoring.score("deduct", full=2, deductions=[1, 5]).points == 0


def test_the_ratio_is_capped_at_full_marks():
    assert scoring.score("ratio", full=10, actual=120, target=100).points == 10


def test_points_are_rounded_half_up_at_the_stated_place():
    """2.345 → 2.35, where binary floats and banker's rounding give 2.34."""
    assert scoring.score("deduct", full=3, deductions=["0.655"], places=2).points == Decimal("2.35")


@pytest.mark.parametrize(
    ("rule", "inputs", "message"),
    [
        ("guess", {}, "unknown rule"),
        ("deduct", {"deductions": [-1]}, "not negative"),
        ("ratio", {"actual": 1, "target": 0}, "above zero"),
    ],
)
def test_a_rule_refuses_inputs_that_make_no_sense(rule, inputs, message):
    with pytest.raises(ValueError, match=message):
        scoring.score(rule, full=10, **inputs)


def test_an_indicator_without_its_figure_has_no_points_and_no_total():
    indicators = pd.DataFrame(
        [{"code": "X", "level1": "产出", "level2": "数量", "level3": "", "level4": "",
          "full": Decimal(10), "rule": "ratio", "figure": "funds.gone", "unit": "%",
          "target": "100", "source_row": "indicators.csv:2"}]
    )  # fmt: skip
    none = pd.DataFrame(columns=["indicator", "kind", "points", "reason", "finding", "source_row"])

    scores = scoring.score_indicators(indicators, figures={}, judgements=none)

    assert scores["points_points"].tolist() == [None]
    assert "funds.gone" in scores["reason"][0]
    assert not [f for f in scoring.figures(scores, GRADES, full=Decimal(100))
                if f.key == "scoring.total"]  # fmt: skip


@pytest.mark.parametrize(
    ("total", "name"), [("90", "优"), ("89.99", "良"), ("80", "良"), ("59.9", "差"), ("0", "差")]
)
def test_every_total_has_exactly_one_grade(total, name):
    """财预〔2020〕10号: 优 [90,100], 良 [80,90), 中 [60,80), 差 below 60."""
    assert scoring.grade(Decimal(total), GRADES).name == name


points = st.decimals(0, 20, places=2)


@given(st.lists(points, max_size=5), st.integers(1, 30))
def test_points_stay_between_zero_and_the_full_mark(deductions, full):
    result = scoring.score("deduct", full=full, deductions=deductions)

    assert 0 <= result.points <= full


@given(st.integers(1, 30), st.integers(0, 200), st.integers(0, 200))
def test_better_performance_never_scores_less(full, one, other):
    low, high = sorted((one, other))

    def points_for(actual):
        return scoring.score("ratio", full=full, actual=actual, target=100).unrounded

    assert points_for(low) <= points_for(high)


def test_a_problem_costs_what_the_deductions_that_name_it_took():
    """Two problems of one indicator: 1 and 20 points, not 21 each."""
    scores = pd.DataFrame({"code": ["A"], "full_points": [Decimal(30)], "source_row": ["i.csv:2"]})
    judgements = pd.DataFrame(
        {
            "indicator": ["A", "A"],
            "kind": ["deduction", "deduction"],
            "points": [Decimal(1), Decimal(20)],
            "finding": ["Q1", "Q2"],
        }
    )
    problems = pd.DataFrame(
        {"id": ["Q1", "Q2"], "text": "x", "indicator": "A", "unit": ["甲", "丁"], "source_row": ""}
    )
    sample = pd.DataFrame({"id": ["甲", "乙"]})

    table = scoring.problem_checks(problems, scores, judgements=judgements, sample=sample)

    assert table["lost_points"].tolist() == [Decimal(1), Decimal(20)]
    assert table["units_rate"].tolist() == [Fraction(1, 2), None]  # 丁 was not visited


def test_points_given_by_judgement_are_added_up():
    assert scoring.score("attain", full=10, given=[Decimal("4.5"), Decimal(3)]).points == Decimal(
        "7.5"
    )
    with pytest.raises(ValueError, match="between 0 and 10"):
        scoring.score("attain", full=10, given=[Decimal(11)])
