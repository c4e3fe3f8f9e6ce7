"""满意率 in both senses, levels with simultaneous intervals, targets and points."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from reference_values import prints_as, references

few = settings(max_examples=60, deadline=None, derandomize=True)
LABELS = {"satisfied": ["很满意", "满意"], "basic": ["基本满意"], "others": ["不满意", "很不满意"]}


def column(*counts):
    """Answers 很满意, 满意, 基本满意, 不满意, 很不满意, so many each."""
    labels = [label for kind in LABELS.values() for label in kind]
    return [label for label, count in zip(labels, counts, strict=True) for _ in range(count)]


def rates(answers, **given_):
    table = survey.satisfaction_rates(pd.DataFrame(answers), **(LABELS | given_))
    return table.set_index(["unit", "level", "name"])


def test_a_rate_is_given_without_and_with_basically_satisfied():
    """Survey notes §5: the biggest lever; 35 of 50 are 70 %, 45 of 50 are 90 %."""
    row = rates({"q": column(20, 15, 10, 4, 1)}).loc[("", "question", "q")]

    assert (row["n"], row["rate"], row["basic_rate"]) == (50, 0.7, 0.9)
    narrow, wide = (survey.proportion_ci(count=k, n=50) for k in (35, 45))
    assert (row["lower"], row["upper"]) == (narrow.lower, narrow.upper)
    assert (row["basic_lower"], row["basic_upper"]) == (wide.lower, wide.upper)


def test_missing_answers_leave_the_denominator():
    row = rates({"q": ["满意", None, "不满意", None, "满意", "满意"]}).loc[("", "question", "q")]

    assert (row["n"], row["rate"]) == (4, 0.75)


def test_a_rate_over_questions_counts_people_not_answers():
    same = column(20, 15, 10, 4, 1)
    once = rates({"a": same}).loc[("", "all", "")]
    row = rates({name: same for name in "abcde"}).loc[("", "all", "")]

    assert (row["n"], row["rate"]) == (50, 0.7)
    assert row["upper"] - row["lower"] == pytest.approx(once["upper"] - once["lower"], rel=0.08)


def test_dimensions_and_units_have_rates_of_their_own():
    answers = {"a": ["满意", "满意", "不满意"], "b": ["满意", "基本满意", "不满意"]}
    table = rates(answers, dimensions={"x": ["b"]}, units=pd.Series(["u", "v", "v"]))

    assert table.loc[("", "dimension", "x"), "rate"] == pytest.approx(1 / 3)
    assert table.loc[("v", "all", ""), "rate"] == 0.25
    assert table.loc[("v", "all", ""), "basic_rate"] == 0.5


def test_a_unit_asked_as_a_whole_has_no_margin():
    table = rates({"a": column(2, 1, 0, 1, 0)}, populations={"": 4})

    row = table.loc[("", "all", "")]
    assert row["lower"] == row["rate"] == row["upper"] == 0.75


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"others": ["不满意"]}, "'很不满意' in q, row 5"),
        ({"basic": ["基本满意", "满意"]}, "two lists: 满意"),
        ({"populations": {"": 5}}, "smaller than n = 6"),
    ],
)
def test_labels_in_no_list_or_in_two_are_refused(given_, message):
    with pytest.raises(PlanError, match=message):
        rates({"q": column(1, 1, 1, 2, 1)}, **given_)


@pytest.mark.parametrize("rows", references("survey_levels"))
def test_simultaneous_limits_are_those_of_statsmodels(rows):
    for row in rows:
        place, side = row.field.split(".")
        table = survey.level_distribution(**row.arguments).set_index("level")
        assert prints_as(float(table[side][place]), row), row


def test_simultaneous_limits_hold_all_levels_at_once():
    """Sison and Glaz (1995): 50 answers over four levels, all four shares inside."""
    random = np.random.default_rng(6)
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    inside = []
    for counts in random.multinomial(50, shares, 300).tolist():
        table = survey.level_distribution(dict(zip("abcd", counts, strict=True)))
        inside.append(((table["lower"] <= shares) & (shares <= table["upper"])).all())

    assert 0.92 <= np.mean(inside) <= 0.995


def test_no_answers_have_no_distribution():
    assert survey.level_distribution({"a": 0, "b": 0})["share"].isna().all()
    with pytest.raises(PlanError, match="at least two levels"):
        survey.level_distribution({"a": 5})
    with pytest.raises(PlanError, match="counts\\[b\\]"):
        survey.level_distribution({"a": 5, "b": -1})


@pytest.mark.parametrize(
    ("count", "verdict"), [(50, "proven"), (49, "proven"), (48, "not_shown"), (40, "failed")]
)
def test_a_target_of_90_percent_with_50_answers(count, verdict):
    """Exact: P(X ≥ 49 | .9) = .034, P(X ≥ 48 | .9) = .112, P(X ≤ 40 | .9) = .025."""
    assert survey.share_target(count=count, n=50, target=0.9).verdict == verdict


@given(st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@few
def test_the_verdict_on_a_share_is_that_of_the_exact_tests(answers):
    """One-sided binomial tests at 5 % by scipy."""
    count, n = answers
    reached = stats.binom.sf(count - 1, n, 0.85) <= 0.05
    missed = stats.binom.cdf(count, n, 0.85) < 0.05
    verdict = "proven" if reached else "failed" if missed else "not_shown"

    assert survey.share_target(count=count, n=n, target=0.85).verdict == verdict


def test_in_a_census_the_share_itself_decides():
    """45 of 50 are 90 % exactly; as floats, 1 − 5/50 and 0.9 need not agree."""
    for count, verdict in ((45, "proven"), (44, "failed")):
        found = survey.share_target(count=count, n=50, target=0.9, population=50)
        assert found == (count / 50, count / 50, count / 50, verdict)


def test_a_small_population_proves_more():
    assert survey.share_target(count=48, n=50, target=0.9).verdict == "not_shown"
    assert survey.share_target(count=48, n=50, target=0.9, population=60).verdict == "proven"


def test_a_share_that_may_just_be_the_target_has_not_failed():
    """4 of 5 drawn from 10: at most 9, which is 90 %."""
    found = survey.share_target(count=4, n=5, target=0.9, population=10)

    assert (found.upper, found.verdict) == (0.9, "not_shown")


def test_an_index_is_tested_on_one_side():
    """One-sided 95 %: 90.9 − 1.796·s/√12, by scipy's t; two-sided it would not reach 85."""
    values = [100, 92, 88, 96, 80, 100, 72, 94, 90, 100, 84, 95]
    found = survey.index_target(values, target=86, low=0, high=100)
    error = stats.sem(values)

    assert found.lower == pytest.approx(np.mean(values) - stats.t.ppf(0.95, 11) * error)
    assert found.verdict == "proven"
    assert survey.mean_ci(values).lower < 86
    verdicts = [
        survey.index_target(values, target=target, low=0, high=100).verdict
        for target in (86, 92, 97)
    ]
    assert verdicts == ["proven", "not_shown", "failed"]


def test_two_wholly_satisfied_answers_prove_little():
    found = survey.index_target([100, 100], target=90, low=0, high=100)

    assert found.verdict == "not_shown"
    assert found.lower == pytest.approx(100 * math.sqrt(0.05))


def test_a_figure_equal_to_the_target_reaches_it():
    assert survey.target_verdict(lower=0.9, upper=0.95, target=0.9) == "proven"
    assert survey.target_verdict(lower=0.8, upper=0.9, target=0.9) == "not_shown"
    assert survey.target_verdict(lower=0.8, upper=0.8999, target=0.9) == "failed"


def test_points_are_given_at_the_figure_and_at_its_limits():
    """Survey notes §6.17: full at the target, else in proportion, none below the floor."""
    found = survey.target_points(
        estimate=0.81, lower=0.55, upper=0.95, target=0.9, floor=0.6, full=10
    )

    assert found == survey.Points(Fraction(9), Fraction(0), Fraction(10))
    assert survey.target_points(
        estimate=0.6, lower=0.6, upper=0.6, target=0.9, floor=0.6, full=10
    ).points == Fraction(20, 3)


@pytest.mark.parametrize(
    ("call", "wrong", "message"),
    [
        ("share_target", {"target": 90}, "90 percent is 0.9"),
        ("share_target", {"count": 51}, "at most 50"),
        ("share_target", {"population": 49}, "smaller than n = 50"),
        ("share_target", {"confidence": 95}, "0.95"),
        ("index_target", {"target": 0.9, "low": 1}, "90 or 0.9"),
        ("index_target", {"confidence": 0.4}, "above 0.5"),
        ("target_points", {"floor": 0.95}, "floor=0.95"),
        ("target_points", {"target": 0}, "target=0"),
        ("target_points", {"lower": 0.9}, "between 0.9 and 0.9"),
        ("target_verdict", {"lower": 1}, "should not exceed"),
    ],
)
def test_impossible_targets_are_refused(call, wrong, message):
    right = {
        "share_target": {"count": 45, "n": 50, "target": 0.9},
        "index_target": {"values": [80, 90], "target": 90, "low": 0, "high": 100},
        "target_points": {"estimate": 0.8, "lower": 0.7, "upper": 0.9, "target": 0.9, "full": 10},
        "target_verdict": {"lower": 0.1, "upper": 0.2, "target": 0.9},
    }
    with pytest.raises(PlanError, match=message):
        getattr(survey, call)(**(right[call] | wrong))
