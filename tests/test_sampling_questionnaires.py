"""Questionnaires: published sizes, the margin as their inverse, plans that are impossible."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling import questionnaires
from auditbook.procedures.sampling.questionnaires import (
    margin_of_error,
    proportion_sample_size,
    proportion_sample_size_unrounded,
)
from reference_values import differing, references

few = settings(max_examples=60, deadline=None, derandomize=True)
margins = st.integers(1, 30).map(lambda hundredths: hundredths / 100)
shares = st.integers(1, 99).map(lambda hundredths: hundredths / 100)
populations = st.none() | st.integers(1, 100_000)


@pytest.mark.parametrize("rows", references("sampling_questionnaires"))
def test_sizes_and_margins_are_those_that_sources_print(rows):
    assert differing(questionnaires, rows) == []


@few
@given(margins, shares, populations)
def test_the_margin_of_the_size_is_the_margin_asked_for(margin, proportion, population):
    ask: dict[str, Any] = {"proportion": proportion, "population": population}

    n = proportion_sample_size(margin=margin, **ask)

    assert population is None or 1 <= n <= population
    assert margin_of_error(n=n, **ask) <= margin * (1 + 1e-9)
    if n > 1:
        assert margin_of_error(n=n - 1, **ask) > margin * (1 - 1e-9)


@few
@given(margins, shares, st.integers(1, 5000))
def test_a_finite_population_never_needs_more_answers(margin, proportion, population):
    ask: dict[str, Any] = {"margin": margin, "proportion": proportion}

    finite = proportion_sample_size(**ask, population=population)
    larger = proportion_sample_size(**ask, population=population + 1)

    assert finite <= larger <= proportion_sample_size(**ask)


def test_a_census_has_no_margin():
    assert margin_of_error(n=19, population=19) == 0
    assert margin_of_error(n=1, population=1) == 0


def test_half_needs_the_most_answers_and_its_opposite_as_many():
    sizes = [proportion_sample_size_unrounded(margin=0.05, proportion=p) for p in (0.1, 0.5, 0.9)]

    assert sizes[0] == pytest.approx(sizes[2])
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"margin": 5}, "5 percent is 0.05"),
        ({"margin": 0}, "margin should be a rate"),
        ({"margin": 0.05, "proportion": 1}, "the normal approximation fails"),
        ({"margin": 0.05, "proportion": 1.2}, "proportion should be a rate"),
        ({"margin": 0.05, "confidence": 95}, "write 0.95"),
        ({"margin": 0.05, "population": 0}, "population should be a whole number"),
    ],
)
def test_impossible_plans_say_what_to_change(ask, says):
    with pytest.raises(PlanError, match=says):
        proportion_sample_size(**ask)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"n": 20, "population": 19}, "n should be .* at most 19"),
        ({"n": 0}, "n should be a whole number of at least 1"),
        ({"n": 50, "proportion": 0}, "give results an exact limit"),
        ({"n": 50, "confidence": 95}, "write 0.95"),
    ],
)
def test_impossible_margins_say_what_to_change(ask, says):
    with pytest.raises(PlanError, match=says):
        margin_of_error(**ask)
