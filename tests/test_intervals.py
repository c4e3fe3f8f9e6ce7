"""Exact one-sided limits: published values, edges, coverage."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from auditbook import intervals
from auditbook.intervals import (
    binomial_cdf,
    binomial_lower,
    binomial_upper,
    hypergeometric_cdf,
    hypergeometric_lower,
    hypergeometric_upper,
    poisson_lower,
    poisson_upper,
    side_confidence,
)
from reference_values import differing, references


@pytest.mark.parametrize("rows", references("intervals"))
def test_limits_are_those_that_sources_print(rows):
    assert differing(intervals, rows) == []


def drawn_exactly(found, n, marked, population):
    """P(X ≤ found) in whole numbers."""
    ways = [math.comb(marked, i) * math.comb(population - marked, n - i) for i in range(found + 1)]
    return Fraction(sum(ways), math.comb(population, n))


def test_finite_limits_are_the_last_counts_that_are_not_too_unlikely():
    """Every sample of every population up to 12, by counting all draws; tie: 1/20 at 95 %."""
    risk = Fraction("0.05")
    for population in range(1, 13):
        for n, found in itertools.product(range(1, population + 1), range(population + 1)):
            if found > n:
                continue
            possible = range(found, population - n + found + 1)
            likely = [K for K in possible if drawn_exactly(found, n, K, population) > risk]
            assert hypergeometric_upper(found, n, population, confidence=0.95) == max(likely)
    assert hypergeometric_upper(0, 19, 20, confidence=0.95) == 0


def test_a_census_leaves_no_doubt():
    for found in (0, 3, 40):
        assert hypergeometric_upper(found, 40, 40, confidence=0.99) == found
        assert hypergeometric_lower(found, 40, 40, confidence=0.99) == found


def test_the_lower_limit_is_the_upper_limit_of_the_rest():
    for found, n in ((0, 9), (4, 9), (9, 9), (37, 50)):
        rest = binomial_upper(n - found, n, confidence=0.9)
        assert binomial_lower(found, n, confidence=0.9) == pytest.approx(1 - rest, rel=1e-9)


def test_none_and_all_found_have_their_limits_in_closed_form():
    assert binomial_upper(0, 59, confidence=0.95) == pytest.approx(1 - 0.05 ** (1 / 59), rel=1e-12)
    assert binomial_upper(7, 7, confidence=0.95) == 1
    assert binomial_lower(0, 7, confidence=0.95) == 0
    assert binomial_lower(7, 7, confidence=0.95) == pytest.approx(0.05 ** (1 / 7), rel=1e-12)
    assert poisson_lower(0, confidence=0.95) == 0
    assert poisson_upper(0, confidence=0.95) == pytest.approx(-math.log(0.05), rel=1e-12)


def test_two_sided_is_two_ends_of_half_the_risk():
    assert side_confidence(0.95) == pytest.approx(0.975)


def test_a_finite_population_of_a_milliard_has_the_binomial_limit():
    upper = hypergeometric_upper(3, 150, 10**9, confidence=0.95)

    assert upper / 10**9 == pytest.approx(binomial_upper(3, 150, confidence=0.95), rel=1e-5)


@pytest.mark.parametrize(("rate", "n"), [(0.01, 60), (0.05, 60), (0.2, 25), (0.5, 40), (0.93, 30)])
def test_clopper_pearson_covers_at_least_its_confidence(rate, n):
    """40,000 samples, seed 20180601; five standard errors of the simulation are allowed."""
    draws = np.random.default_rng(20180601).binomial(n, rate, 40_000)
    upper = np.array([binomial_upper(k, n, confidence=0.95) for k in range(n + 1)])
    lower = np.array([binomial_lower(k, n, confidence=0.95) for k in range(n + 1)])
    slack = 5 * math.sqrt(0.05 * 0.95 / draws.size)

    assert (upper[draws] >= rate).mean() >= 0.95 - slack
    assert (lower[draws] <= rate).mean() >= 0.95 - slack


def test_finite_limits_cover_at_least_their_confidence_for_every_count():
    """Exact sum over all samples of 15 from 80, no simulation."""
    upper = [hypergeometric_upper(k, 15, 80, confidence=0.9) for k in range(16)]
    for marked in range(81):
        missed = [k for k in range(16) if upper[k] < marked]
        chance = hypergeometric_cdf(max(missed), 15, marked, 80) if missed else 0
        assert chance <= 0.1 + 1e-12


def test_all_found_is_certain_not_to_be_exceeded():
    assert binomial_cdf(np.array([0, 1, 2]), 2, 0.5).tolist() == pytest.approx([0.25, 0.75, 1.0])


@pytest.mark.parametrize(
    "ask",
    [
        lambda: binomial_upper(3, 2, confidence=0.95),
        lambda: binomial_upper(0, 0, confidence=0.95),
        lambda: binomial_lower(-1, 2, confidence=0.95),
        lambda: binomial_upper(0, 2, confidence=95),
        lambda: poisson_upper(-1, confidence=0.95),
        lambda: poisson_upper(math.nan, confidence=0.95),
        lambda: hypergeometric_upper(0, 5, 4, confidence=0.95),
        lambda: side_confidence(1),
    ],
)
def test_counts_and_confidence_outside_their_range_are_refused(ask):
    with pytest.raises(ValueError, match=r"should|≤"):
        ask()
