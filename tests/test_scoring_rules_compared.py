"""Rules that compare and combine: trend, compare, survey, sum, and unmeasured indicators."""

from decimal import Decimal
from fractions import Fraction as F
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.points import points_of
from auditbook.procedures.scoring.rules_combined import summed, unmeasured
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

    assert (rising.points, rising.reason) == (10, "each_improved")
    assert (broken.points, broken.reason) == (0, "some_improved")
    assert by_period.points == 5
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

    assert (found(equal=True).points, found(equal=False).points) == (F(20, 3), F(10, 3))
    assert found(equal=True).details == {
        "actual": "85", "last_year": "80 passed", "peers": "87 missed", "standard": "85 passed",
    }  # fmt: skip
    assert found(equal=True).reason == "some_passed"
    assert found(equal=True, better="lower").points == F(20, 3)  # 85 ≤ 87 and ≤ 85


def test_peers_stand_for_their_mean_or_median_exactly():
    against = partial(compare, full=1, actual=4, peers=[1, 2, 3, 10], equal=True)

    assert against(peers_by="mean").details["peers"] == "4 passed"
    assert against(peers_by="median").details["peers"] == "2.5 passed"
    thirds = compare(full=1, actual=F(1, 3), peers=[0, 0, 1], peers_by="mean", equal=True)
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

    assert (found.estimate.points, found.lower.points, found.upper.points) == (10, 8, 10)
    assert (found.least, found.most) == (8, 10)


def test_survey_of_complaints_has_most_points_at_the_lower_limit():
    rule = partial(ratio, full=10, target=5, better="lower")

    found = survey(rule=rule, estimate=8, lower=5, upper=10)

    assert (found.lower.points, found.upper.points) == (10, 5)
    assert (found.least, found.most) == (5, 10)


def test_survey_without_an_interval_has_its_estimate_only():
    found = survey(rule=BY_BANDS, estimate=85)

    assert (found.lower, found.upper, found.least, found.most) == (None, None, 8, 8)


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


# ---- sum


def years(*rates, full=5):
    return [points_of(rate, F(full, len(rates)), reason="year") for rate in rates]


def test_sum_differs_by_a_hundredth_with_the_place_of_rounding():
    """Three years at 98% of 5/3 each; the docstring's example."""
    parts = years(F("0.98"), F("0.98"), F("0.98"))

    one = summed(full=5, parts=parts, places=2, rounding="sum")
    each = summed(full=5, parts=parts, places=2, rounding="parts")

    assert (one.points, each.points) == (F("4.90"), F("4.89"))
    assert each.details == {
        "parts": "49/30；49/30；49/30", "unrounded": "4.9", "rounding": "parts", "places": "2",
    }  # fmt: skip
    assert (summed(full=5, parts=parts).points, summed(full=5, parts=parts).reason) == (
        F("4.9"), "sum",
    )  # fmt: skip


def test_sum_rounds_half_up():
    """四舍五入: 0.125 is 0.13, where half to even gives 0.12."""
    half = [points_of(F(1, 8), 1, reason="part")]

    assert summed(full=1, parts=half, places=2, rounding="sum").points == F("0.13")


def test_rounded_parts_do_not_pass_the_full_mark():
    """Six parts of 10/6 = 1.67 each would be 10.02."""
    found = summed(full=10, parts=years(*[1] * 6, full=10), places=2, rounding="parts")

    assert (found.points, found.reason) == (10, "capped")


def test_sum_keeps_points_of_a_rule_without_a_cap():
    parts = [ratio(full=5, actual=150, target=100, cap=False), ratio(full=5, actual=1, target=1)]

    assert summed(full=10, parts=parts, places=1, rounding="parts").points == F("12.5")


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"parts": []}, "add up to 5, got 0"),
        ({"full": 6}, "add up to 6, got 5"),
        ({"places": 2}, "state places and rounding together"),
        ({"rounding": "sum"}, "state places and rounding together"),
        ({"places": 2, "rounding": "total"}, "parts, sum"),
        ({"places": -1, "rounding": "sum"}, "places"),
    ],
)
def test_sum_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        summed(**{"full": 5, "parts": years(1, 1)} | wrong)


RATES = st.lists(st.decimals(0, 1, places=3), min_size=1, max_size=6)


@given(RATES, st.sampled_from([None, "parts", "sum"]), st.integers(0, 3))
def test_sum_lies_between_0_and_full_and_near_the_unrounded_sum(rates, rounding, places):
    parts = years(*rates)

    found = summed(full=5, parts=parts, rounding=rounding, places=places if rounding else None)

    assert 0 <= found.points <= 5
    exact = sum(part.points for part in parts)
    addends = {"parts": len(parts), "sum": 1, None: 0}[rounding]
    assert abs(found.points - exact) <= F(addends, 2 * 10**places)
    assert F(found.details["unrounded"]) == exact
    assert summed(full=5, parts=parts[::-1]).points == exact


# ---- indicators that cannot be measured

FULL = {"A": 60, "B": 30, "C": 10}
SCORES = {
    "A": points_of(F("0.9"), 60, reason="ratio"),
    "B": points_of(F("0.5"), 30, reason="ratio"),
    "C": None,
}


def treated(how, **more):
    return unmeasured(**{"scores": SCORES, "full": FULL, "treatments": {"C": how},
                         "total": 100} | more)  # fmt: skip


def test_an_unmeasured_indicator_gets_full_or_zero_as_declared():
    """Of 54 + 15 measured: 79 or 69 of 100."""
    full, zero = treated("full"), treated("zero")

    assert sum(p.points for p in full.values()) == 79
    assert sum(p.points for p in zero.values()) == 69
    assert (full["C"].reason, zero["C"].reason) == ("unmeasured_full", "unmeasured_zero")
    assert full["A"] == SCORES["A"]


def test_a_dropped_indicator_leaves_its_full_mark_to_the_others():
    """60 and 30 become 200/3 and 100/3; 69 of 90 is 76⅔ of 100."""
    found = treated("drop")

    assert list(found) == ["A", "B"]
    assert [p.full for p in found.values()] == [F(200, 3), F(100, 3)]
    assert sum(p.points for p in found.values()) == F(69, 90) * 100
    assert found["A"].rate == F("0.9")
    assert (found["A"].reason, found["A"].details["rescaled_from"]) == ("ratio", "60")


def test_a_dropped_full_mark_stays_in_its_group_where_groups_are_given():
    """B takes the 10 of C in 过程; 决策 stays as it was."""
    found = treated("drop", groups={"A": "决策", "B": "过程", "C": "过程"})

    assert {code: p.full for code, p in found.items()} == {"A": 60, "B": 40}
    assert found["A"] == SCORES["A"]
    assert found["B"].points == 20


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"total": 90}, "add up to 90, got 100"),
        ({"full": FULL | {"B": 20, "C": 20}}, "B was scored out of 30, its declared full mark is 20"),
        ({"full": {"A": 60, "B": 40}}, "same indicators: C"),
        ({"treatments": {}}, "C cannot be measured and no treatment"),
        ({"treatments": {"C": "drop", "A": "zero"}}, "A is scored"),
        ({"treatments": {"C": "skip"}}, "full, zero, drop"),
        ({"groups": {"A": "x", "B": "x"}}, "no group is given for C"),
        ({"groups": {"A": "x", "B": "x", "C": "y"}}, "all indicators of y are dropped"),
        ({"scores": {"A": None, "B": None, "C": None}, "treatments": dict.fromkeys("ABC", "drop")},
         "all indicators of the system"),
    ],
)  # fmt: skip
def test_unmeasured_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        treated("drop", **wrong)


ROW = st.tuples(
    st.decimals(Decimal("0.1"), 30, places=1),
    st.sampled_from(["measured", "full", "zero", "drop"]),
    st.decimals(0, 1, places=2),
    st.sampled_from(["x", "y"]),
)


@given(st.lists(ROW, min_size=1, max_size=9), st.booleans())
def test_rescaled_full_marks_add_up_to_the_declared_total_exactly(rows, grouped):
    """In each group as well, where there are groups; score rates stay."""
    rows = [*rows, (Decimal(7), "measured", Decimal("0.3"), "x"),
            (Decimal(3), "measured", Decimal("0.9"), "y")]  # fmt: skip
    full = {str(i): row[0] for i, row in enumerate(rows)}
    scores = {
        str(i): points_of(F(row[2]), row[0], reason="r") if row[1] == "measured" else None
        for i, row in enumerate(rows)
    }
    treatments = {str(i): row[1] for i, row in enumerate(rows) if row[1] != "measured"}
    groups = {str(i): row[3] for i, row in enumerate(rows)}

    found = unmeasured(scores=scores, full=full, treatments=treatments, total=sum(full.values()),
                       groups=groups if grouped else None)  # fmt: skip

    assert sum(p.full for p in found.values()) == sum(map(F, full.values()))
    for group in ("x", "y") if grouped else ():
        inside = [code for code in full if groups[code] == group]
        declared = sum(F(full[code]) for code in inside)
        assert sum(found[code].full for code in inside if code in found) == declared
    assert all(0 <= p.points <= p.full for p in found.values())
    assert all(found[c].rate == p.rate for c, p in scores.items() if p is not None)
