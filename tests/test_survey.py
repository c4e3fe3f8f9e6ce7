"""Satisfaction surveys: return rates, the widest interval, worst and best case."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures import survey

# Worked by hand from the six published numbers: survey notes of the project, §1.
KUNMING = [
    # group, mean, returned, issued, margin in points, worst %, best %
    ("residents", 0.9442, 50, 52, 6.6, 90.8, 94.6),
    ("staff", 0.9778, 50, 55, 4.2, 88.9, 98.0),
]


@pytest.mark.parametrize(("group", "mean", "n", "issued", "margin", "worst", "best"), KUNMING)
def test_kunming_2018_satisfaction_supports_no_more_than_these_limits(
    group, mean, n, issued, margin, worst, best, kunming
):
    table = survey.satisfaction(kunming.survey_counts, kunming.settings.surveys)
    row = table.set_index("group").loc[group]

    half = float(row["satisfaction_rate"] - row["lower_rate"]) * 100
    assert round(half, 1) == margin
    assert round(float(row["worst_rate"]) * 100, 1) == worst
    assert round(float(row["best_rate"]) * 100, 1) == best


def test_kunming_2018_return_rates(kunming):
    """50/52 = 96.15% and 50/55 = 90.91%; the report prints neither."""
    rates = survey.return_rates(kunming.survey_counts, kunming.settings.surveys).set_index("group")[
        "return_rate"
    ]

    assert rates.to_dict() == {"residents": Fraction(50, 52), "staff": Fraction(50, 55)}


def test_published_aggregates_cannot_be_recomputed(kunming):
    table = survey.satisfaction(kunming.survey_counts, kunming.settings.surveys)

    found = survey.findings(table, kunming.settings.surveys)

    assert [f.verdict for f in found] == ["undecided", "undecided"]


def test_forms_issued_taken_as_population_shrink_the_margin_to_1_3_points():
    """Survey notes §1: with the finite population correction both margins are ±1.3 points."""
    for _, mean, n, issued, *_ in KUNMING:
        bounds = survey.index_bounds(mean=mean, n=n, population=issued)
        assert round((bounds.estimate - bounds.lower) * 100, 1) == 1.3


def test_a_census_has_no_margin():
    bounds = survey.index_bounds(mean=0.9, n=50, population=50)

    assert bounds.lower == bounds.upper == 0.9


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_no_answers_on_the_scale_have_a_wider_t_interval(answers):
    """Bhatia and Davis (2000): against scipy's own t interval of any answers with that mean."""
    mean = min(1.0, max(0.0, float(np.mean(answers))))
    bounds = survey.index_bounds(mean=mean, n=len(answers))
    error = float(np.std(answers, ddof=1)) / len(answers) ** 0.5
    half = float(stats.t.ppf(0.975, len(answers) - 1)) * error

    assert bounds.lower <= max(0.0, mean - half) + 1e-9
    assert bounds.upper >= min(1.0, mean + half) - 1e-9


def test_the_widest_interval_is_reached_when_every_answer_is_extreme():
    """Half zeros and half ones: the bound is the t interval itself."""
    answers = np.array([0.0, 1.0] * 25)
    lower, _ = stats.t.interval(0.95, 49, loc=0.5, scale=stats.sem(answers))

    assert survey.index_bounds(mean=0.5, n=50).lower == pytest.approx(lower, abs=1e-12)


@given(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.integers(0, 50),
)
def test_missing_forms_counted_as_worst_or_best_bracket_every_possible_mean(forms, missing):
    """Manski bounds against counting the missing ones outright."""
    n, satisfied = forms
    bounds = survey.nonresponse_bounds(estimate=satisfied / n, returned=n, issued=n + missing)

    assert bounds.lower == pytest.approx(satisfied / (n + missing))
    assert bounds.upper == pytest.approx((satisfied + missing) / (n + missing))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"confidence": 95}, "0.95"),
        ({"n": 1}, "at least 2"),
        ({"mean": 1.2}, "scale"),
        ({"population": 40}, "population"),
    ],
)
def test_impossible_inputs_of_the_interval_are_refused_with_what_would_be_right(wrong, message):
    with pytest.raises(ValueError, match=message):
        survey.index_bounds(**({"mean": 0.9, "n": 50} | wrong))


def test_more_forms_back_than_sent_out_is_impossible():
    with pytest.raises(ValueError, match="issued = 50"):
        survey.nonresponse_bounds(estimate=0.9, returned=51, issued=50)
