"""Monetary-unit samples: published sizes and limits, rules of the bound, coverage."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling import monetary
from auditbook.procedures.sampling.attributes import attribute_upper_limit
from auditbook.procedures.sampling.monetary import evaluate_mus, mus_sample_size
from reference_values import differing, references

few = settings(max_examples=25, deadline=None, derandomize=True)
some_taints = st.lists(st.floats(-1, 1).filter(bool), max_size=8)
bounds = st.sampled_from(["stringer", "stringer_poisson"])
RATE = {"stringer": "binomial", "stringer_poisson": "poisson"}


@pytest.mark.parametrize("rows", references("sampling_monetary"))
def test_sizes_and_limits_are_those_that_sources_print(rows):
    assert differing(monetary, rows) == []


@few
@given(st.integers(0, 30), bounds)
def test_whole_taints_have_the_limit_of_attributes(errors, method):
    result = evaluate_mus([1] * errors, n=60, book_value=1000, method=method)
    limit = attribute_upper_limit(deviations=errors, n=60, method=RATE[method])

    assert result.upper_limit == pytest.approx(1000 * limit, rel=1e-12)
    assert result.most_likely == pytest.approx(1000 * errors / 60, rel=1e-12)


@few
@given(some_taints, st.randoms(use_true_random=False), bounds)
def test_the_order_of_the_taints_does_not_matter(taints, random, method):
    shuffled = random.sample(taints, len(taints))
    results = [
        evaluate_mus(order, n=50, book_value=1e6, method=method) for order in (taints, shuffled)
    ]

    assert results[0].upper_limit == results[1].upper_limit
    assert results[0].most_likely == results[1].most_likely
    assert results[0].understatement_limit == results[1].understatement_limit
    assert results[0].steps.equals(results[1].steps)


@few
@given(some_taints, bounds)
def test_changing_all_signs_exchanges_over_and_understatement(taints, method):
    result = evaluate_mus(taints, n=50, book_value=1e6, method=method)
    mirrored = evaluate_mus([-t for t in taints], n=50, book_value=1e6, method=method)

    assert mirrored.upper_limit == result.understatement_limit
    assert mirrored.most_likely == pytest.approx(-result.most_likely)


@few
@given(some_taints, bounds)
def test_the_steps_make_up_the_limit(taints, method):
    result = evaluate_mus(taints, n=50, book_value=1e6, method=method)
    steps = result.steps

    assert steps["taint"].tolist() == sorted((t for t in taints if t > 0), reverse=True)
    assert steps["rank"].tolist() == list(range(1, result.errors + 1))
    total = result.basic_precision + steps["amount"].sum()
    assert result.upper_limit == pytest.approx(total)


def test_understatements_reduce_the_most_likely_figure_but_not_the_limit():
    alone = evaluate_mus([0.3], n=80, book_value=100_000)
    both = evaluate_mus([0.3, -0.5], n=80, book_value=100_000)

    assert both.upper_limit == alone.upper_limit
    assert both.most_likely == pytest.approx(alone.most_likely - 100_000 * 0.5 / 80)
    assert both.understatement_most_likely == pytest.approx(100_000 * 0.5 / 80)
    assert "understatements" in both.warnings
    assert alone.warnings == ()


def test_a_taint_over_one_counts_one_in_the_limit_only():
    """An audited value below zero: 100 booked, −50 found."""
    result = evaluate_mus([1.5], n=80, book_value=100_000)

    assert result.upper_limit == evaluate_mus([1], n=80, book_value=100_000).upper_limit
    assert result.most_likely == pytest.approx(100_000 * 1.5 / 80)
    assert result.warnings == ("taint_above_one",)


def test_an_understatement_of_more_than_the_book_value_is_not_hidden():
    result = evaluate_mus([-3], n=80, book_value=100_000)
    one = evaluate_mus([-1], n=80, book_value=100_000)

    added = one.understatement_limit - one.basic_precision
    limit = one.basic_precision + 3 * added
    assert result.understatement_limit == pytest.approx(limit)
    assert result.warnings == ("understatement_above_one", "understatements")


def test_key_items_are_added_as_found_without_allowance():
    sampled = evaluate_mus([0.3], n=100, book_value=1e6)
    result = evaluate_mus([0.3], n=100, book_value=1e6, key_items=[5000, 700, -200])

    assert result.key_items == 5500
    assert result.most_likely == pytest.approx(sampled.most_likely + 5500)
    assert result.upper_limit == pytest.approx(sampled.upper_limit + 5700)
    assert result.understatement_limit == pytest.approx(sampled.understatement_limit + 200)
    assert result.basic_precision == sampled.basic_precision


def test_without_errors_the_limit_is_the_basic_precision():
    result = evaluate_mus([0, 0.0], n=100, book_value=1e6)

    assert result.upper_limit == result.basic_precision == result.understatement_limit
    assert (result.most_likely, result.errors, len(result.steps)) == (0, 0, 0)


@pytest.mark.parametrize(("errors", "warned"), [(19, ()), (20, ("many_errors",))])
def test_twenty_errors_are_many(errors, warned):
    assert evaluate_mus([0.1] * errors, n=100, book_value=1e6).warnings == warned


def test_the_limit_never_exceeds_the_book_value():
    for method in RATE:
        assert evaluate_mus([1, 1], n=2, book_value=500, method=method).upper_limit <= 500


@pytest.mark.parametrize("method", ["poisson", "binomial", "hypergeometric"])
def test_the_unit_of_account_does_not_change_the_size_of_a_large_fund(method):
    """A milliard yuan, 5 % tolerable, 1 % expected: AICPA tables A-1 and C-1 both print 93."""
    size = mus_sample_size(
        book_value=10**9, tolerable_misstatement=5 * 10**7, expected_misstatement=10**7,
        method=method,
    )  # fmt: skip

    assert size == 93


def test_with_nothing_expected_the_size_is_factor_times_book_over_tolerable():
    size = mus_sample_size(book_value=7_310_000, tolerable_misstatement=123_456)

    assert size == math.ceil(-math.log(0.05) * 7_310_000 / 123_456) == 178


@few
@given(st.integers(1, 60), st.integers(0, 5), st.sampled_from(["poisson", "binomial"]))
def test_a_larger_tolerable_misstatement_never_needs_more_draws(tolerable, tenths, method):
    plan: dict[str, Any] = {"expected_misstatement": tolerable * tenths / 10, "method": method}

    size = mus_sample_size(book_value=600, tolerable_misstatement=tolerable, **plan)
    larger = mus_sample_size(book_value=600, tolerable_misstatement=tolerable + 1, **plan)

    assert larger <= size


@pytest.mark.parametrize("method", ["stringer", "stringer_poisson"])
@pytest.mark.parametrize(("rate", "spread"), [(0.02, 0), (0.08, 0), (0.05, 1), (0.2, 1)])
def test_stringer_covers_at_least_its_confidence(method, rate, spread):
    """300 samples of 100 draws, seed 20180601; five standard errors of the simulation allowed.

    A share `rate` of the money is in error, with taints of 1, or spread evenly from 0 to 1.
    """
    random = np.random.default_rng(20180601)
    truth, covered = rate * (1 - spread / 2), 0
    for errors in random.binomial(100, rate, 300):
        taints = 1 - spread * random.random(errors)
        limit = evaluate_mus(taints, n=100, book_value=1, method=method).upper_limit
        covered += limit >= truth

    assert covered / 300 >= 0.95 - 5 * math.sqrt(0.05 * 0.95 / 300)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"expected_misstatement": 50}, "expected_misstatement 50 should be below tolerable"),
        ({"tolerable_misstatement": 1000}, "tolerable_misstatement 1000 should be below book"),
        ({"tolerable_misstatement": 0}, "tolerable_misstatement should be above 0"),
        ({"expected_misstatement": -1}, "expected_misstatement should be at least 0"),
        ({"book_value": 0}, "book_value should be above 0"),
        ({"book_value": -1000}, "set negative and zero amounts apart"),
        ({"book_value": math.nan}, "book_value should be a number"),
        ({"confidence": 95}, "write 0.95"),
        ({"method": "stringer"}, "method should be one of"),
        ({"expected_misstatement": 49.999}, "raise what is tolerable"),
    ],
)
def test_impossible_plans_say_what_to_change(plan, says):
    with pytest.raises(PlanError, match=says):
        mus_sample_size(**{"book_value": 1000, "tolerable_misstatement": 50, **plan})


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"taintings": [0.1, -0.1, 0.2], "n": 2}, "3 errors in n = 2 draws"),
        ({"taintings": [math.nan]}, "taintings should be numbers"),
        ({"taintings": [None]}, "an item that cannot be examined has taint 1"),
        ({"key_items": ["much"]}, "key_items should be numbers"),
        ({"n": 0}, "n should be a whole number of at least 1"),
        ({"book_value": 0}, "book_value should be above 0"),
        ({"confidence": 95}, "write 0.95"),
        ({"method": "binomial"}, "method should be one of stringer, stringer_poisson"),
    ],
)
def test_impossible_results_say_what_to_change(found, says):
    with pytest.raises(PlanError, match=says):
        evaluate_mus(**{"taintings": [], "n": 10, "book_value": 1000, **found})
