"""Rules that compare: trend, compare, and survey."""

from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.rules_compared import compare, survey, trend
from auditbook.procedures.scoring.rules_measured import bands, linear, ratio

BY_BANDS = partial(bands, full=10, bands=[(90, 10), (80, 8), (60, 5)])
FIGURE = st.decimals(0, 100, places=1)
DIRECTION = st.sampled_from(["higher", "lower"])


# ---- trend and compare


def test_trend_gives_all_or_nothing_or_a_part_for_each_period():
    """The docstring's examples."""
    rising = trend(full=10, series=[80, 85, 90], equal=False)
    broken = trend(full=10, series=[80, 85, 84], equal=False)
    by_period = trend(full=10, series=[80, 85, 84], equal=False, by_period=True)

    assert [one.points for one in (rising, broken, by_period)] == [10, 0, 5]
    assert (rising.reason, broken.reason) == ("each_improved", "some_improved")
    assert by_period.details == {"series": "80；85；84", "improved": "1", "changes": "2"}
    assert trend(full=10, series=[90, 85, 80], equal=False).reason == "none_improved"
    assert trend(full=10, series=[90, 85, 80], equal=False, better="lower").points == 10


def test_an_unchanged_figure_counts_as_declared():
    assert trend(full=10, series=[80, 80], equal=True).points == 10
    assert trend(full=10, series=[80, 80], equal=False).points == 0
    assert compare(full=10, actual=80, last_year=80, equal=True).points == 10
    assert compare(full=10, actual=80, last_year=80, equal=False, better="lower").points == 0


@pytest.mark.parametrize(
    ("series", "match"), [([80], "two periods, got 1"), ([80, None], "series should be a number")]
)
def test_trend_refuses_what_has_no_meaning(series, match):
    with pytest.raises(PlanError, match=match):
        trend(full=10, series=series, equal=True)


def test_compare_spreads_the_full_mark_over_what_is_compared():
    """85 against 80, peers of 84 and 90, and a standard of 85; the docstring's example."""
    found = partial(compare, full=10, actual=85, last_year=80, peers=[84, 90], peers_by="mean",
                    standard=85)  # fmt: skip

    assert (found(equal=True).points, found(equal=False).points) == (
        Fraction(20, 3),
        Fraction(10, 3),
    )
    assert found(equal=True).details == {
        "actual": "85", "last_year": "80 passed", "peers": "87 missed", "standard": "85 passed",
    }  # fmt: skip
    assert found(equal=True).reason == "some_passed"
    assert found(equal=True, better="lower").points == Fraction(20, 3)  # 85 ≤ 87 and ≤ 85


def test_peers_stand_for_their_mean_or_median_exactly():
    against = partial(compare, full=1, actual=4, peers=[1, 2, 3, 10], equal=True)

    assert against(peers_by="mean").details["peers"] == "4 passed"
    assert against(peers_by="median").details["peers"] == "2.5 passed"
    thirds = compare(full=1, actual=Fraction(1, 3), peers=[0, 0, 1], peers_by="mean", equal=True)
    assert thirds.points == 1


@pytest.mark.parametrize(
    ("wrong", "match"),
    [({}, "at least one of last_year"), ({"peers": [1, 2]}, "mean, median")],
)
def test_compare_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        compare(full=10, actual=85, equal=True, **wrong)


@given(st.lists(FIGURE, min_size=2, max_size=5), FIGURE, DIRECTION, st.booleans(), st.booleans())
def test_trend_and_compare_are_monotone_between_0_and_full(series, last, better, equal, by):
    """In the last figure, which is the one of the year."""
    worse, good = sorted([series[-1], last], reverse=better == "lower")
    rise = partial(trend, full=7, equal=equal, better=better, by_period=by)
    against = partial(compare, full=7, last_year=series[0], peers=series, peers_by="median",
                      standard=50, equal=equal, better=better)  # fmt: skip

    before = series[:-1]
    assert 0 <= rise(series=[*before, worse]).points <= rise(series=[*before, good]).points <= 7
    assert 0 <= against(actual=worse).points <= against(actual=good).points <= 7


# ---- survey


def test_survey_gives_points_at_the_estimate_and_at_both_limits():
    """昆明 2018: 94.42%; as a share of 50 forms its Wilson limits would be 84.3 and 98.2%."""
    found = survey(rule=BY_BANDS, estimate=94.42, lower=84.3, upper=98.2)

    assert [one and one.points for one in (found.lower, found.estimate, found.upper)] == [8, 10, 10]
    assert [found.least, found.most] == [8, 10]


def test_survey_of_complaints_has_most_points_at_the_lower_limit():
    rule = partial(ratio, full=10, target=5, better="lower")

    found = survey(rule=rule, estimate=8, lower=5, upper=10)

    assert [one and one.points for one in (found.lower, found.upper)] == [10, 5]
    assert [found.least, found.most] == [5, 10]


def test_survey_without_an_interval_has_its_estimate_only():
    found = survey(rule=BY_BANDS, estimate=85)

    assert found.lower is found.upper is None
    assert found.least == found.most == 8


@pytest.mark.parametrize(
    ("limits", "match"),
    [
        ({"lower": 80}, "both limits"),
        ({"upper": 90}, "both limits"),
        ({"lower": 86, "upper": 90}, "between its limits 86 and 90"),
        ({"lower": 80, "upper": 84}, "between its limits 80 and 84"),
    ],
)
def test_survey_refuses_limits_without_meaning(limits, match):
    with pytest.raises(PlanError, match=match):
        survey(rule=BY_BANDS, estimate=85, **limits)


@given(st.lists(FIGURE, min_size=4, max_size=4), st.integers(0, 2))
def test_the_limits_bound_the_points_of_every_figure_between_them(figures, which):
    low, one, other, high = sorted(figures)
    rule = [
        BY_BANDS,
        partial(ratio, full=10, target=90),
        partial(linear, full=10, top=90, bottom=60),
    ]

    found = survey(rule=rule[which], estimate=one, lower=low, upper=high)

    assert found.least <= rule[which](actual=other).points <= found.most
