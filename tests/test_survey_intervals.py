"""Intervals of shares and means: R, published tables, and edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from reference_values import differing, references

METHODS = ["wilson", "clopper-pearson", "agresti-coull", "normal", "jeffreys", "hypergeometric"]
few = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.mark.parametrize("rows", references("survey_intervals"))
def test_limits_are_those_of_r(rows):
    assert differing(survey, rows) == []


@pytest.mark.parametrize("rows", references("survey_published"))
def test_limits_are_those_that_publications_print(rows):
    assert differing(survey, rows) == []


def test_the_finite_population_narrows_the_interval():
    """50 of 60 drawn: a sixth of the variance is left."""
    free = survey.proportion_ci(count=45, n=50)
    of_sixty = survey.proportion_ci(count=45, n=50, population=60)

    assert (of_sixty.upper - of_sixty.lower) < 0.5 * (free.upper - free.lower)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [0, 45, 50])
def test_a_census_has_no_margin(method, count):
    found = survey.proportion_ci(count=count, n=50, population=50, method=method)

    assert found == (count / 50,) * 3


@given(st.integers(2, 40).flatmap(lambda big: st.tuples(st.integers(1, big - 1), st.just(big))))
@few
def test_the_hypergeometric_interval_is_the_strict_inversion(sizes):
    """Buonaccorsi (1987): every M that neither tail refuses at 2.5 %, and no other one.

    Survey notes §9: the exact interval that Sprop prints is one count wider.
    """
    n, population = sizes
    for count in range(n + 1):
        found = survey.proportion_ci(
            count=count, n=n, population=population, method="hypergeometric"
        )
        kept = [
            marked
            for marked in range(count, population - n + count + 1)
            if stats.hypergeom.cdf(count, population, marked, n) > 0.025 * (1 + 1e-9)
            and stats.hypergeom.sf(count - 1, population, marked, n) > 0.025 * (1 + 1e-9)
        ]
        assert found[1:] == (kept[0] / population, kept[-1] / population)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "normal"])
@pytest.mark.parametrize("population", [60, 500])
def test_all_satisfied_still_leaves_doubt_in_a_sample(method, population):
    """Survey notes §6.4: R and svy give no interval, or one of no width, at 100 %."""
    found = survey.proportion_ci(count=50, n=50, population=population, method=method)

    assert found.upper == 1
    assert 0.9 < found.lower < 1


@pytest.mark.parametrize("method", ["wilson", "clopper-pearson", "agresti-coull", "jeffreys"])
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@few
def test_dissatisfied_answers_mirror_the_satisfied_ones(method, answers):
    count, n = answers
    good = survey.proportion_ci(count=count, n=n, method=method)
    bad = survey.proportion_ci(count=n - count, n=n, method=method)

    assert 0 <= good.lower <= good.upper <= 1
    assert good.lower == pytest.approx(1 - bad.upper, abs=1e-9)


def test_one_answer_of_a_larger_population_says_nothing():
    assert survey.proportion_ci(count=1, n=1, population=9) == (1.0, 0.0, 1.0)


def test_a_difference_turns_its_sign_with_the_groups():
    one = survey.share_difference(count=56, n=70, other_count=48, other_n=80)
    two = survey.share_difference(count=48, n=80, other_count=56, other_n=70)

    assert one.lower == pytest.approx(-two.upper)
    assert one.estimate == pytest.approx(-two.estimate)


def test_differences_of_two_censuses_are_known():
    found = survey.share_difference(
        count=45, n=50, other_count=20, other_n=40, population=50, other_population=40
    )

    assert found == (0.4, 0.4, 0.4)


@pytest.mark.parametrize(("method", "seed"), [("t", None), ("bootstrap", 3)])
def test_means_of_skewed_answers_are_covered_as_stated(method, seed):
    """Satisfied 90 %, scores 100/80/60/30/0; 50 answers of 200 people."""
    random = np.random.default_rng(11)
    people = np.repeat([100, 80, 60, 30, 0], [100, 60, 24, 10, 6])
    truth, inside = people.mean(), 0
    for _ in range(200):
        drawn = random.choice(people, 50, replace=False)
        found = survey.mean_ci(drawn, population=200, method=method, seed=seed)
        inside += found.lower <= truth <= found.upper

    assert 0.90 <= inside / 200 < 1


def test_the_bootstrap_is_repeated_by_its_seed():
    scores = np.linspace(60, 100, 37) ** 1.5
    one, again, other = (
        survey.mean_ci(scores, method="bootstrap", seed=seed) for seed in (1, 1, 2)
    )

    assert one == again
    assert one != other
    assert one.upper - one.lower == pytest.approx(other.upper - other.lower, rel=0.05)


@pytest.mark.parametrize("population", [None, 16])
def test_the_bootstrap_spreads_as_the_standard_error_does(population):
    """Rao and Wu (1988): unstretched, with 8 answers, it would be 7 % narrower."""
    scores = [55, 62, 70, 74, 79, 85, 91, 99]
    left = 1 if population is None else 1 / 2
    error = math.sqrt(left * np.var(scores, ddof=1) / 8)
    found = survey.mean_ci(scores, method="bootstrap", seed=5, population=population)

    assert (found.upper - found.lower) / 2 == pytest.approx(1.959964 * error, rel=0.025)


def test_equal_answers_have_no_spread_and_a_census_no_margin():
    assert survey.mean_ci([80] * 9) == (80, 80, 80)
    assert survey.mean_ci([80, 100], population=2) == (90, 90, 90)
    assert survey.mean_ci([80], population=1) == (80, 80, 80)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"confidence": 95}, "0.95"),
        ({"confidence": 0}, "0.95"),
        ({"count": 51}, "at most 50"),
        ({"count": -1}, "at least 0"),
        ({"n": 0, "count": 0}, "at least 1"),
        ({"population": 49}, "population 49 is smaller than n = 50"),
        ({"method": "wald"}, "clopper-pearson"),
        ({"method": "hypergeometric"}, "needs the population"),
    ],
)
def test_impossible_shares_are_refused_with_what_would_be_right(wrong, message):
    with pytest.raises(PlanError, match=message):
        survey.proportion_ci(**({"count": 45, "n": 50} | wrong))


@pytest.mark.parametrize(
    ("values", "wrong", "message"),
    [
        ([80.0], {}, "at least 2"),
        ([], {}, "at least 2"),
        ([80, math.nan, 60], {}, "1 missing"),
        (["满意", "满意"], {}, "scores first"),
        ([80, 60], {"population": 1}, "smaller than n = 2"),
        ([80, 60], {"confidence": 95}, "0.95"),
        ([80, 60], {"method": "bootstrap"}, "seed"),
        ([80, 60], {"method": "jackknife"}, "bootstrap"),
    ],
)
def test_impossible_means_are_refused_with_what_would_be_right(values, wrong, message):
    with pytest.raises(PlanError, match=message):
        survey.mean_ci(values, **wrong)
