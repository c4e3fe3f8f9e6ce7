"""Attribute samples: published tables, rules that hold for all plans, plans that are impossible."""

import math
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling import attributes
from auditbook.procedures.sampling.attributes import (
    attribute_sample_size,
    attribute_upper_limit,
    extended_sample_size,
    what_it_would_allow,
)
from reference_values import differing, references

few = settings(max_examples=25, deadline=None, derandomize=True)
percents = st.integers(2, 40).map(lambda hundredths: Fraction(hundredths, 100))
shares = st.integers(0, 6).map(lambda tenths: Fraction(tenths, 10))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
methods = st.sampled_from(["binomial", "poisson"])


@pytest.mark.parametrize("rows", references("sampling_attributes"))
def test_sizes_and_limits_are_those_that_sources_print(rows):
    assert differing(attributes, rows) == []


@pytest.mark.parametrize("expected", [0.0325, 0.035])
def test_the_two_cells_in_which_aicpa_table_a2_breaks_its_own_rule(expected):
    """It prints 112 for tolerable 7 %, where four deviations leave a risk of over 10 %."""
    assert stats.binom.cdf(4, 112, 0.07) > 0.10
    assert stats.binom.cdf(4, 113, 0.07) <= 0.10
    size = attribute_sample_size(tolerable_rate=0.07, expected_rate=expected, confidence=0.9)
    assert size == 113


def test_rates_are_the_decimals_that_they_print():
    """0.035 × 400 is 14 deviations; in binary floats it is more, 15, and n would be 423."""
    assert math.ceil(0.035 * 400) == 15
    for rate in (0.035, Decimal("0.035"), Fraction(35, 1000)):
        size = attribute_sample_size(tolerable_rate=0.05, expected_rate=rate, confidence=0.9)
        assert size == 400


def test_in_a_finite_population_the_probability_is_tested_not_the_limit():
    """1,000 units, 5 %: of 56 the limit is 50 units, but P(0 of 56 | 50) is .0520."""
    how: dict[str, Any] = {"population": 1000, "method": "hypergeometric"}

    assert attribute_upper_limit(deviations=0, n=56, **how) == 0.05
    assert stats.hypergeom.cdf(0, 1000, 50, 56) > 0.05
    assert attribute_sample_size(tolerable_rate=0.05, **how) == 57


@pytest.mark.parametrize(
    ("tolerable", "confidence", "n"), [(0.9, 0.99, 2), (0.5, 0.5, 1), (0.9, 0.999, 3)]
)
def test_a_chance_of_just_the_risk_is_enough(tolerable, confidence, n):
    """0.1² is exactly the risk of 0.01, though not in binary floats."""
    assert attribute_sample_size(tolerable_rate=tolerable, confidence=confidence) == n


def test_nineteen_of_twenty_leave_a_chance_of_exactly_one_in_twenty():
    how: dict[str, Any] = {"population": 20, "method": "hypergeometric"}

    assert attribute_sample_size(tolerable_rate=0.05, **how) == 19
    assert attribute_upper_limit(deviations=0, n=19, **how) == 0


@pytest.mark.parametrize("population", [1, 2, 7, 30, 150])
def test_sizes_in_a_finite_population_are_those_of_a_plain_search(population):
    """scipy's hypergeometric distribution, one n after the other."""
    for tolerable, expected in ((0.1, 0), (0.1, 0.03), (0.3, 0.2), (0.95, 0.9), (0.9, 0.1)):
        marked = math.ceil(Fraction(str(tolerable)) * population)

        def passes(n, rate=Fraction(str(expected)), marked=marked):
            k = math.ceil(n * rate)
            chance = 1 if k >= min(n, marked) else stats.hypergeom.cdf(k, population, marked, n)
            return chance <= 0.05 + 1e-12

        size = next(filter(passes, range(1, population + 1)), None)
        plan: dict[str, Any] = {
            "tolerable_rate": tolerable,
            "expected_rate": expected,
            "population": population,
        }
        if size is None:
            with pytest.raises(PlanError, match=f"only {population} units"):
                attribute_sample_size(**plan, method="hypergeometric")
        else:
            assert attribute_sample_size(**plan, method="hypergeometric") == size


@few
@given(percents, shares, levels, methods)
def test_a_larger_tolerable_rate_never_needs_more_units(tolerable, share, level, method):
    plan: dict[str, Any] = {
        "expected_rate": tolerable * share,
        "confidence": level,
        "method": method,
    }

    size = attribute_sample_size(tolerable_rate=tolerable, **plan)
    larger = attribute_sample_size(tolerable_rate=tolerable + Fraction(1, 100), **plan)

    assert larger <= size


@few
@given(percents, shares, methods)
def test_more_confidence_never_needs_fewer_units(tolerable, share, method):
    sizes = [
        attribute_sample_size(
            tolerable_rate=tolerable, expected_rate=tolerable * share, confidence=level,
            method=method,
        )
        for level in (0.8, 0.9, 0.95, 0.99)
    ]  # fmt: skip

    assert sizes == sorted(sizes)


@few
@given(percents, levels, st.integers(300, 5000))
def test_with_nothing_expected_a_finite_population_never_needs_more(tolerable, level, population):
    plan: dict[str, Any] = {"tolerable_rate": tolerable, "confidence": level}

    finite = attribute_sample_size(**plan, population=population, method="hypergeometric")

    assert finite <= attribute_sample_size(**plan)


@few
@given(percents, shares, levels)
def test_the_planned_deviations_leave_a_limit_that_is_tolerable(tolerable, share, level):
    expected = tolerable * share

    n = attribute_sample_size(tolerable_rate=tolerable, expected_rate=expected, confidence=level)
    planned = math.ceil(n * expected)
    limit = attribute_upper_limit(deviations=planned, n=n, confidence=level)
    more = attribute_upper_limit(deviations=planned + 1, n=n, confidence=level)

    assert limit <= tolerable + 1e-9 < more


@few
@given(st.integers(0, 12), percents, levels, st.sampled_from(["binomial", "hypergeometric"]))
def test_a_sample_extended_to_the_size_is_the_smallest_that_shows_it(found, rate, level, method):
    plan: dict[str, Any] = {"confidence": level, "population": 100_000, "method": method}

    n = extended_sample_size(deviations=found, tolerable_rate=rate, **plan)

    assert attribute_upper_limit(deviations=found, n=n, **plan) <= rate + 1e-9
    unfinished = attribute_upper_limit(deviations=found, n=n - 1, **plan)
    assert unfinished > rate - Fraction(1, 100_000)


def test_what_seven_of_nineteen_would_have_allowed():
    """Exact counts: C(14,7)/C(19,7) = .0681 > .05 and C(13,7)/C(19,7) = .0341, so at most 5."""
    assert Fraction(math.comb(14, 7), math.comb(19, 7)) > Fraction(5, 100)
    assert Fraction(math.comb(13, 7), math.comb(19, 7)) <= Fraction(5, 100)
    table = what_it_would_allow(n=7, population=19)

    assert table[["case", "n", "deviations", "at_most_count"]].to_numpy().tolist() == [
        ["drawn", 7, 0, 5], ["drawn", 7, 1, 8], ["needed", 12, 0, 2], ["needed", 15, 0, 1],
    ]  # fmt: skip
    assert table["at_most_rate"].tolist() == [Fraction(k, 19) for k in (5, 8, 2, 1)]


def test_what_a_sample_would_allow_leaves_out_what_cannot_be():
    table = what_it_would_allow(n=1, population=2, deviations=(0, 1, 2), at_most=(2, 1, 0))

    assert table[["n", "deviations", "at_most_count"]].to_numpy().tolist() == [
        [1, 0, 1], [1, 1, 2], [1, 0, 1], [2, 0, 0],
    ]  # fmt: skip


def test_limits_at_the_edges():
    assert attribute_upper_limit(deviations=7, n=7) == 1
    assert attribute_upper_limit(deviations=2, n=2, method="poisson") == 1
    census: dict[str, Any] = {"n": 19, "population": 19, "method": "hypergeometric"}
    assert attribute_upper_limit(deviations=3, **census) == 3 / 19


@pytest.mark.parametrize("tolerable", [0.05, 0.5])
@pytest.mark.parametrize(
    ("method", "population"),
    [
        ("binomial", None), ("poisson", None),
        ("hypergeometric", 90_000), ("hypergeometric", 10**9),
    ],
)  # fmt: skip
def test_a_plan_near_the_impossible_soon_says_so(method, tolerable, population):
    """A fifth of a second for 50,000 sizes; ten times as much is allowed."""
    started = time.process_time()
    with pytest.raises(PlanError, match=r"50000 does not suffice: raise what is tolerable"):
        attribute_sample_size(
            tolerable_rate=tolerable, expected_rate=tolerable - 1e-6,
            population=population, method=method,
        )  # fmt: skip
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"tolerable_rate": 0.05, "expected_rate": 0.05}, "expected_rate 0.05 should be below"),
        ({"tolerable_rate": 5}, "5 percent is 0.05"),
        ({"tolerable_rate": 0}, "tolerable_rate should be a rate"),
        ({"tolerable_rate": 0.05, "expected_rate": -0.01}, "expected_rate should be a rate"),
        ({"tolerable_rate": 0.05, "confidence": 95}, "write 0.95"),
        ({"tolerable_rate": 0.05, "population": 40}, "exceed the population of 40"),
        ({"tolerable_rate": 0.05, "population": 0}, "population should be a whole number"),
        ({"tolerable_rate": 0.05, "method": "hypergeometric"}, "give population"),
        ({"tolerable_rate": 0.05, "method": "normal"}, "method should be one of"),
        ({"tolerable_rate": 0.00001}, "raise what is tolerable"),
    ],
)
def test_impossible_plans_say_what_to_change(plan, says):
    with pytest.raises(PlanError, match=says):
        attribute_sample_size(**plan)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"deviations": 8, "n": 7}, "deviations should be .* at most 7"),
        ({"deviations": 0, "n": 0}, "n should be a whole number of at least 1"),
        ({"deviations": 0, "n": 20, "population": 19}, "n should be .* at most 19"),
        ({"deviations": 0.5, "n": 7}, "deviations should be a whole number"),
        ({"deviations": 0, "n": 7, "confidence": 95}, "write 0.95"),
        ({"deviations": 0, "n": 7, "method": "hypergeometric"}, "give population"),
    ],
)  # fmt: skip
def test_impossible_results_say_what_to_change(found, says):
    with pytest.raises(PlanError, match=says):
        attribute_upper_limit(**found)


def test_more_deviations_than_are_tolerable_cannot_be_extended_away():
    with pytest.raises(PlanError, match="of only 19 units so many deviations"):
        extended_sample_size(
            deviations=1, tolerable_rate=0.05, population=19, method="hypergeometric"
        )
