"""Rules on a measured figure: ratio, linear, bands; and the points that every rule returns."""

import inspect
import pickle
from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures import scoring
from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.points import Points, number_text, points_of
from auditbook.procedures.scoring.rule_set import RULES
from auditbook.procedures.scoring.rules_measured import Band, bands, linear, ratio

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


# ---- points


def test_points_are_the_share_of_the_full_mark_and_keep_the_rate_exactly():
    """83.99% of 10; the docstring's example."""
    points = points_of(F("0.8399"), 10, reason="ratio", actual=Decimal("83.99"), note="x")

    assert (points.points, points.full, points.rate) == (F("8.399"), 10, F("0.8399"))
    assert points.details == {"actual": "83.99", "note": "x"}
    assert pickle.loads(pickle.dumps(points)) == points
    assert len({points, points}) == 1


@pytest.mark.parametrize("share", [F(-1, 100), F(101, 100), 1.01])
def test_a_share_outside_0_and_1_is_refused_and_not_clipped(share):
    with pytest.raises(PlanError, match="between 0 and 1, got"):
        points_of(share, 10, reason="ratio")


@pytest.mark.parametrize("full", [0, -1, float("nan"), Decimal("Infinity"), "ten"])
def test_a_full_mark_is_a_number_above_0(full):
    with pytest.raises(PlanError, match="full"):
        points_of(1, full, reason="met")


def test_points_are_not_negative():
    with pytest.raises(PlanError, match="got -1"):
        Points(F(-1), F(10), "floor")


@pytest.mark.parametrize(
    ("value", "text"),
    [(F("83.99"), "83.99"), (F(1, 3), "1/3"), (F(-1, 8), "-0.125"), (F(0), "0"), (F(300), "300")],
)
def test_numbers_are_written_out_exactly(value, text):
    assert number_text(value) == text
    assert F(number_text(value)) == value


def test_the_set_of_rules_is_closed_and_takes_keywords_only():
    """Issue 8 names twelve."""
    assert set(RULES) == {
        "attain", "ratio", "linear", "bands", "checklist", "deduct", "level", "trend", "compare",
        "survey", "experts", "sum",
    }  # fmt: skip
    kinds = {p.kind for rule in RULES.values() for p in inspect.signature(rule).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


# ---- ratio


def test_ratio_gives_the_share_of_the_target_that_was_reached():
    """The docstring's examples; the first is 预算执行率 of the report of 2018."""
    more = ratio(full=10, actual=83.99, target=100)
    less = ratio(full=10, actual=40, target=30, better="lower")

    assert (more.points, more.reason) == (F("8.399"), "ratio")
    assert more.details == {"actual": "83.99", "target": "100", "rate": "0.8399"}
    assert less.points == F("7.5")


def test_ratio_with_a_pass_mark_starts_from_0_at_it_or_jumps():
    """财预〔2021〕101号: (r − 60%) / (1 − 60%) × F."""
    rescaled = ratio(full=10, actual=80, target=100, passing=0.6)
    plain = ratio(full=10, actual=80, target=100, passing=0.6, above_passing="plain")

    assert (rescaled.points, plain.points) == (5, 8)
    assert ratio(full=10, actual=60, target=100, passing=0.6).points == 0
    assert ratio(full=10, actual=60, target=100, passing=0.6, above_passing="plain").points == 6
    below = ratio(full=10, actual=59.99, target=100, passing=0.6, above_passing="plain")
    assert (below.points, below.reason) == (0, "below_passing")


def test_ratio_without_a_cap_goes_beyond_the_full_mark_and_says_so():
    """Seen in forms: scores far above full marks."""
    free = ratio(full=10, actual=250, target=100, cap=False)
    capped = ratio(full=10, actual=250, target=100)

    assert (free.points, free.rate, free.reason) == (25, F(5, 2), "uncapped")
    assert (capped.points, capped.reason, capped.details["rate"]) == (10, "capped", "2.5")
    days = ratio(full=10, actual=20, target=30, better="lower", cap=False)
    assert days.points == 15


def test_ratio_at_the_ends():
    assert ratio(full=10, actual=-5, target=100).reason == "floor"
    assert ratio(full=10, actual=-5, target=100).points == 0
    assert ratio(full=10, actual=0, target=30, better="lower").points == 10
    assert ratio(full=10, actual=0, target=0, better="lower", cap=False).points == 10
    assert ratio(full=10, actual=1, target=0, better="lower").points == 0


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"target": 0}, "target should be above 0"),
        ({"target": -1, "better": "lower"}, "target should be at least 0"),
        ({"actual": -1, "better": "lower"}, "actual should be at least 0"),
        ({"actual": 0, "better": "lower", "cap": False}, "without limit"),
        ({"passing": 60}, "60 percent is 0.6"),
        ({"passing": 1}, "passing"),
        ({"better": "more"}, "higher, lower"),
        ({"above_passing": "jump"}, "rescaled, plain"),
        ({"actual": "many"}, "actual should be a number"),
        ({"actual": True}, "actual should be a number"),
    ],
)
def test_ratio_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        ratio(**{"full": 10, "actual": 80, "target": 100} | wrong)


PASSING = st.none() | st.decimals(0, Decimal("0.99"), places=2)


@given(
    FULL, FIGURE, FIGURE.filter(bool), DIRECTION, PASSING, st.sampled_from(["rescaled", "plain"])
)
def test_ratio_lies_between_0_and_full_with_a_cap(full, actual, target, better, passing, above):
    rule = {"full": full, "target": target, "better": better, "passing": passing,
            "above_passing": above}  # fmt: skip

    points = ratio(actual=actual, **rule)

    assert 0 <= points.points <= F(full)
    assert ratio(actual=target, **rule).points == F(full)
    if actual:
        assert points.points == min(F(full), ratio(actual=actual, cap=False, **rule).points)


@given(FIGURE, FIGURE, FIGURE.filter(bool), DIRECTION, PASSING, st.booleans())
def test_ratio_never_gives_fewer_points_to_a_better_figure(a, b, target, better, passing, cap):
    worse, good = sorted([a + 1, b + 1], reverse=better == "lower")
    rule = {"full": 10, "target": target, "better": better, "passing": passing, "cap": cap}

    assert ratio(actual=worse, **rule).points <= ratio(actual=good, **rule).points


@given(FIGURE, FIGURE.filter(bool), st.decimals(Decimal("0.01"), Decimal("0.99"), places=2))
def test_ratio_below_the_pass_mark_is_0_and_from_it_on_is_not_below(actual, target, passing):
    rate = F(actual) / F(target)

    rescaled = ratio(full=10, actual=actual, target=target, passing=passing)
    plain = ratio(full=10, actual=actual, target=target, passing=passing, above_passing="plain")

    assert (plain.points > 0) == (rate >= F(passing))
    assert (rescaled.points > 0) == (rate > F(passing))
    assert (plain.reason == "below_passing") == (rate < F(passing))


@given(FULL, FIGURE, FIGURE.filter(bool))
def test_ratio_is_that_of_the_existing_rule(full, actual, target):
    old = scoring.score("ratio", full=full, actual=actual, target=target)

    assert ratio(full=full, actual=actual, target=target).points == old.unrounded


# ---- linear


def test_linear_takes_5_percent_of_the_full_mark_for_each_point_below_the_top():
    """Domain notes, section 3: 100% top, 80% bottom, k = 5: 92.5% gives 3.125 of 5."""
    points = linear(full=5, actual=92.5, top=100, bottom=80, per_point=0.05)

    assert (points.points, points.reason, points.details["short"]) == (F("3.125"), "line", "7.5")
    assert linear(full=5, actual=92.5, top=100, bottom=80).points == F("3.125")
    assert linear(full=5, actual=92.5, top=100, per_point=0.05).points == F("3.125")


def test_linear_ends_at_the_bottom_or_where_nothing_is_left():
    gentle = {"full": 10, "top": 100, "bottom": 80, "per_point": 0.02}
    steep = {"full": 10, "top": 100, "bottom": 80, "per_point": 0.1}

    assert linear(actual=80.5, **gentle).points == F("6.1")
    assert (linear(actual=80, **gentle).points, linear(actual=80, **gentle).reason) == (0, "bottom")
    assert (linear(actual=85, **steep).points, linear(actual=85, **steep).reason) == (0, "floor")
    assert linear(actual=104, **steep).reason == "top"


def test_linear_where_less_is_better_counts_units_above_the_top():
    """30 days allowed, each day late costs 10%."""
    late = linear(full=10, actual=33, top=30, bottom=45, per_point=0.1, better="lower")

    assert late.points == 7
    assert linear(full=10, actual=45, top=30, bottom=45, better="lower").points == 0


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"bottom": 100}, "below top"),
        ({"bottom": 80, "better": "lower"}, "above top"),
        ({"per_point": 5}, "5 percent is 0.05"),
        ({"per_point": 0}, "per_point"),
        ({"bottom": None}, "bottom, where points end, or per_point"),
    ],
)
def test_linear_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        linear(**{"full": 10, "actual": 90, "top": 100, "bottom": 80} | wrong)


@given(FULL, FIGURE, FIGURE, FIGURE, FIGURE, PASSING.filter(lambda x: x != 0))
def test_linear_is_monotone_between_0_and_full(full, a, b, one, other, cost):
    """Downwards where the top is the lower end."""
    if one == other:
        return
    better = "higher" if one > other else "lower"
    rule = {"full": full, "top": one, "bottom": other, "per_point": cost, "better": better}
    worse, good = sorted([a, b], reverse=better == "lower")

    assert 0 <= linear(actual=worse, **rule).points <= linear(actual=good, **rule).points <= F(full)
    assert linear(actual=one, **rule).points == F(full)
    assert linear(actual=other, **rule).points == 0


# ---- bands


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
        holding = [band for band in table if band.holds(F(figure))]
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
