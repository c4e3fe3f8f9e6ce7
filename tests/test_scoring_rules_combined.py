"""Parts that are summed, and indicators that cannot be measured."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.points import points_of
from auditbook.procedures.scoring.rules_combined import summed, unmeasured
from auditbook.procedures.scoring.rules_measured import ratio

# ---- sum


def years(*rates, full=5):
    return [points_of(rate, Fraction(full, len(rates)), reason="year") for rate in rates]


def test_sum_differs_by_a_hundredth_with_the_place_of_rounding():
    """Three years at 98% of 5/3 each; the docstring's example."""
    parts = years(Fraction("0.98"), Fraction("0.98"), Fraction("0.98"))

    one = summed(full=5, parts=parts, places=2, rounding="sum")
    each = summed(full=5, parts=parts, places=2, rounding="parts")

    assert (one.points, each.points) == (Fraction("4.90"), Fraction("4.89"))
    assert each.details == {
        "parts": "49/30；49/30；49/30", "unrounded": "4.9", "rounding": "parts", "places": "2",
    }  # fmt: skip
    assert (summed(full=5, parts=parts).points, summed(full=5, parts=parts).reason) == (
        Fraction("4.9"), "sum",
    )  # fmt: skip


def test_sum_rounds_half_up():
    """四舍五入: 0.125 is 0.13, where half to even gives 0.12."""
    half = [points_of(Fraction(1, 8), 1, reason="part")]

    assert summed(full=1, parts=half, places=2, rounding="sum").points == Fraction("0.13")


def test_rounded_parts_do_not_pass_the_full_mark():
    """Six parts of 10/6 = 1.67 each would be 10.02."""
    found = summed(full=10, parts=years(*[1] * 6, full=10), places=2, rounding="parts")

    assert found.points == 10
    assert found.reason == "capped"


def test_sum_keeps_points_of_a_rule_without_a_cap():
    parts = [ratio(full=5, actual=150, target=100, cap=False), ratio(full=5, actual=1, target=1)]

    assert summed(full=10, parts=parts, places=1, rounding="parts").points == Fraction("12.5")


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
    assert abs(found.points - exact) <= Fraction(addends, 2 * 10**places)
    assert Fraction(found.details["unrounded"]) == exact
    assert summed(full=5, parts=parts[::-1]).points == exact


# ---- indicators that cannot be measured

FULL = {"A": 60, "B": 30, "C": 10}
SCORES = {
    "A": points_of(Fraction("0.9"), 60, reason="ratio"),
    "B": points_of(Fraction("0.5"), 30, reason="ratio"),
    "C": None,
}


def treated(how, **more):
    declared: dict[str, Any] = {"full": FULL, "treatments": {"C": how}, "total": 100}
    return unmeasured(**{"scores": SCORES} | declared | more)


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
    assert [p.full for p in found.values()] == [Fraction(200, 3), Fraction(100, 3)]
    assert sum(p.points for p in found.values()) == Fraction(69, 90) * 100
    assert found["A"].rate == Fraction("0.9")
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
        ({"full": FULL | {"B": 20, "C": 20}}, "B was scored out of 30, its declared"),
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
        str(i): points_of(Fraction(row[2]), row[0], reason="r") if row[1] == "measured" else None
        for i, row in enumerate(rows)
    }
    treatments = {str(i): row[1] for i, row in enumerate(rows) if row[1] != "measured"}
    groups = {str(i): row[3] for i, row in enumerate(rows)}

    found = unmeasured(scores=scores, full=full, treatments=treatments, total=sum(full.values()),
                       groups=groups if grouped else None)  # fmt: skip

    assert sum(p.full for p in found.values()) == sum(map(Fraction, full.values()))
    for group in ("x", "y") if grouped else ():
        inside = [code for code in full if groups[code] == group]
        declared = sum(Fraction(full[code]) for code in inside)
        assert sum(found[code].full for code in inside if code in found) == declared
    assert all(0 <= p.points <= p.full for p in found.values())
    assert all(found[c].rate == p.rate for c, p in scores.items() if p is not None)
