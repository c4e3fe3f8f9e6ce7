"""The rule of bands: every decimal lies in one band."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.band_table import Band
from auditbook.procedures.scoring.rules_measured import bands

SATISFACTION = [(90, 10), (80, 8), (60, 5)]
EXECUTION = [
    Band(100, None, 0, low_closed=False),
    Band(100, 100, 10, high_closed=True),
    Band(80, 100, 7),
    Band(60, 80, 5),
    Band(None, 60, 0),
]
FULL = st.decimals(Decimal("0.01"), 100, places=2)
FIGURE = st.decimals(0, 300, places=2)
DIRECTION = st.sampled_from(["higher", "lower"])


@pytest.mark.parametrize(
    ("actual", "points"),
    [(91.86, 10), (90, 10), (89.99, 8), (Decimal("89.9999999"), 8), (80, 8), (60, 5), (59.99, 0)],
)
def test_bands_of_satisfaction(actual, points):
    """财预〔2021〕101号: ≥ 90 10; [80, 90) 8; [60, 80) 5; < 60 0."""
    assert bands(full=10, actual=actual, bands=SATISFACTION).points == points


@pytest.mark.parametrize(
    ("actual", "points", "band"),
    [(100, 10, "[100, 100]"), (99.99, 7, "[80, 100)"), (100.01, 0, "(100, ∞)"), (0, 0, "(-∞, 60)")],
)
def test_bands_of_execution_state_their_ends(actual, points, band):
    """财预〔2021〕101号: done within the budget 10; [80, 100) 7; [60, 80) 5; below 60 0."""
    found = bands(full=10, actual=actual, bands=EXECUTION)

    assert (found.points, found.details["band"]) == (points, band)


def test_bands_where_less_is_better_hold_up_to_their_threshold():
    """不超过 30 天: 30 itself is not late."""
    late = [(30, 10), (40, 8), (60, 5)]

    found = [bands(full=10, actual=days, bands=late, better="lower").points
             for days in (0, 30, 30.5, 40, 41, 60, 60.1)]  # fmt: skip
    assert found == [10, 10, 8, 8, 5, 5, 0]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ([], "give bands"),
        ([(90, 10), Band(0, 90, 5)], "give bands"),
        ([(90, 10), (90, 8)], "thresholds should differ"),
        ([(90, 8), (80, 10)], "better figures not get fewer"),
        ([(90, 12)], r"points of band \[90, ∞\) should lie between 0 and 10, got 12"),
        ([(90, -1)], "between 0 and 10"),
        ([Band(90, 100, 10), Band(80, 89, 8)], r"\[80, 89\) and \[90, 100\) leave a gap"),
        ([Band(90, 100, 10), Band(80, 91, 8)], "overlap"),
        ([Band(90, 100, 10), Band(80, 90, 8, high_closed=True)], "overlap"),
        ([Band(90, 100, 10, low_closed=False), Band(80, 90, 8)], "leave a gap"),
        ([Band(None, 100, 10), Band(None, 100, 8)], "overlap"),
        ([Band(0, None, 10), Band(50, None, 8)], "overlap"),
        ([Band(90, 80, 10)], "is empty"),
        ([Band(90, 90, 10)], "is empty"),
        ([Band(96, 100, 10)], "95 lies in no band"),
    ],
)
def test_bands_with_gaps_or_overlaps_are_refused(table, match):
    with pytest.raises(PlanError, match=match):
        bands(full=10, actual=95, bands=table)


def test_whole_point_bands_have_a_gap_for_decimals():
    """郑州 2020 prints 90–100, 80–89, 60–79, 0–59."""
    printed = [Band(90, 100, 10, True, True), Band(80, 89, 8, True, True)]

    with pytest.raises(PlanError, match=r"之间有空档(.|\n)*\[80, 89\] and \[90, 100\] leave a gap"):
        bands(full=10, actual=85, bands=printed)


BOUNDS = st.lists(FIGURE, min_size=1, max_size=6, unique=True)


@given(BOUNDS, FIGURE, st.data())
def test_bands_hold_every_decimal_once(bounds, actual, data):
    """With the end in the lower or in the upper band."""
    edges = [None, *sorted(bounds), None]
    upper = [True, *data.draw(st.lists(st.booleans(), min_size=len(bounds), max_size=len(bounds)))]
    table = [
        Band(low, high, i % 3, low_closed=closed, high_closed=not next_)
        for i, (low, high, closed, next_) in enumerate(
            zip(edges, edges[1:], upper, [*upper[1:], True], strict=False)
        )
    ]
    order = data.draw(st.permutations(table))

    for figure in (actual, *bounds):
        holding = [band for band in table if band.holds(Fraction(figure))]
        assert len(holding) == 1
        assert bands(full=2, actual=figure, bands=order).points == holding[0].points


@given(BOUNDS, FIGURE, FIGURE, DIRECTION)
def test_bands_by_thresholds_are_monotone(bounds, a, b, better):
    """Downwards where less is better."""
    order = sorted(bounds, reverse=better == "higher")
    table = [(bound, 10 - i) for i, bound in enumerate(order)]
    worse, good = sorted([a, b], reverse=better == "lower")
    rule = {"full": 10, "bands": table, "better": better}

    assert 0 <= bands(actual=worse, **rule).points <= bands(actual=good, **rule).points <= 10
    assert bands(actual=order[0], **rule).points == 10
