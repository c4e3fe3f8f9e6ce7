"""Rules on a measured figure: ratio and linear."""

from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures import scoring
from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.rules_measured import linear, ratio

FULL = st.decimals(Decimal("0.01"), 100, places=2)
FIGURE = st.decimals(0, 300, places=2)
DIRECTION = st.sampled_from(["higher", "lower"])


# ---- ratio


def test_ratio_gives_the_share_of_the_target_that_was_reached():
    """The docstring's examples; the first is 预算执行率 of the report of 2018."""
    more = ratio(full=10, actual=83.99, target=100)
    less = ratio(full=10, actual=40, target=30, better="lower")

    assert (more.points, more.reason) == (Fraction("8.399"), "ratio")
    assert more.details == {"actual": "83.99", "target": "100", "rate": "0.8399"}
    assert less.points == Fraction("7.5")


def test_ratio_with_a_pass_mark_starts_from_0_at_it_or_jumps():
    """财预〔2021〕101号: (r − 60%) / (1 − 60%) × F."""
    rescaled = ratio(full=10, actual=80, target=100, passing=0.6)
    plain = ratio(full=10, actual=80, target=100, passing=0.6, above_passing="plain")

    assert rescaled.points == 5
    assert plain.points == 8
    assert ratio(full=10, actual=60, target=100, passing=0.6).points == 0
    assert ratio(full=10, actual=60, target=100, passing=0.6, above_passing="plain").points == 6
    below = ratio(full=10, actual=59.99, target=100, passing=0.6, above_passing="plain")
    assert below.points == 0
    assert below.reason == "below_passing"


def test_ratio_without_a_cap_goes_beyond_the_full_mark_and_says_so():
    """Seen in forms: scores far above full marks."""
    free = ratio(full=10, actual=250, target=100, cap=False)
    capped = ratio(full=10, actual=250, target=100)

    assert free.points == 25
    assert (free.rate, free.reason) == (Fraction(5, 2), "uncapped")
    assert capped.points == 10
    assert (capped.reason, capped.details["rate"]) == ("capped", "2.5")
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

    assert 0 <= points.points <= Fraction(full)
    assert ratio(actual=target, **rule).points == Fraction(full)
    if actual:
        assert points.points == min(Fraction(full), ratio(actual=actual, cap=False, **rule).points)


@given(FIGURE, FIGURE, FIGURE.filter(bool), DIRECTION, PASSING, st.booleans())
def test_ratio_never_gives_fewer_points_to_a_better_figure(a, b, target, better, passing, cap):
    worse, good = sorted([a + 1, b + 1], reverse=better == "lower")
    rule = {"full": 10, "target": target, "better": better, "passing": passing, "cap": cap}

    assert ratio(actual=worse, **rule).points <= ratio(actual=good, **rule).points


@given(FIGURE, FIGURE.filter(bool), st.decimals(Decimal("0.01"), Decimal("0.99"), places=2))
def test_ratio_below_the_pass_mark_is_0_and_from_it_on_is_not_below(actual, target, passing):
    rate = Fraction(actual) / Fraction(target)

    rescaled = ratio(full=10, actual=actual, target=target, passing=passing)
    plain = ratio(full=10, actual=actual, target=target, passing=passing, above_passing="plain")

    assert (plain.points > 0) == (rate >= Fraction(passing))
    assert (rescaled.points > 0) == (rate > Fraction(passing))
    assert (plain.reason == "below_passing") == (rate < Fraction(passing))


@given(FULL, FIGURE, FIGURE.filter(bool))
def test_ratio_is_that_of_the_existing_rule(full, actual, target):
    old = scoring.score("ratio", full=full, actual=actual, target=target)

    assert ratio(full=full, actual=actual, target=target).points == old.unrounded


# ---- linear


def test_linear_takes_5_percent_of_the_full_mark_for_each_point_below_the_top():
    """Domain notes, section 3: 100% top, 80% bottom, k = 5: 92.5% gives 3.125 of 5."""
    points = linear(full=5, actual=92.5, top=100, bottom=80, per_point=0.05)

    assert (points.points, points.reason, points.details["short"]) == (
        Fraction("3.125"),
        "line",
        "7.5",
    )
    assert linear(full=5, actual=92.5, top=100, bottom=80).points == Fraction("3.125")
    assert linear(full=5, actual=92.5, top=100, per_point=0.05).points == Fraction("3.125")


def test_linear_ends_at_the_bottom_or_where_nothing_is_left():
    gentle = partial(linear, full=10, top=100, bottom=80, per_point=0.02)
    steep = partial(linear, full=10, top=100, bottom=80, per_point=0.1)

    assert gentle(actual=80.5).points == Fraction("6.1")
    assert gentle(actual=80).points == steep(actual=85).points == 0
    assert [gentle(actual=80).reason, steep(actual=85).reason] == ["bottom", "floor"]
    assert steep(actual=104).reason == "top"


def test_linear_without_a_cost_goes_straight_from_the_top_to_the_bottom():
    """A quarter of the way from 100 down to 60."""
    assert linear(full=10, actual=90, top=100, bottom=60).points == Fraction("7.5")


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

    assert (
        0
        <= linear(actual=worse, **rule).points
        <= linear(actual=good, **rule).points
        <= Fraction(full)
    )
    assert linear(actual=one, **rule).points == Fraction(full)
    assert linear(actual=other, **rule).points == 0
