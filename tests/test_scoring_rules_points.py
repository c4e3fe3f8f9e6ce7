"""The points that every scoring rule returns, and the closed set of rules."""

import inspect
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.points import Points, number_text, points_of
from auditbook.procedures.scoring.rule_set import RULES


def test_points_are_the_share_of_the_full_mark_and_keep_the_rate_exactly():
    """83.99% of 10; the docstring's example."""
    points = points_of(Fraction("0.8399"), 10, reason="ratio", actual=Decimal("83.99"), note="x")

    assert points.points == Fraction("8.399")
    assert points.full == 10
    assert points.rate == Fraction("0.8399")
    assert points.details == {"actual": "83.99", "note": "x"}
    assert pickle.loads(pickle.dumps(points)) == points
    assert len({points, points}) == 1


@pytest.mark.parametrize("share", [Fraction(-1, 100), Fraction(101, 100), 1.01])
def test_a_share_outside_0_and_1_is_refused_and_not_clipped(share):
    with pytest.raises(PlanError, match="between 0 and 1, got"):
        points_of(share, 10, reason="ratio")


@pytest.mark.parametrize("full", [0, -1, float("nan"), Decimal("Infinity"), "ten"])
def test_a_full_mark_is_a_number_above_0(full):
    with pytest.raises(PlanError, match="full"):
        points_of(1, full, reason="met")


def test_points_are_not_negative():
    with pytest.raises(PlanError, match="got -1"):
        Points(Fraction(-1), Fraction(10), "floor")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction("83.99"), "83.99"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(0), "0"),
        (Fraction(300), "300"),
    ],
)
def test_numbers_are_written_out_exactly(value, text):
    assert number_text(value) == text
    assert Fraction(number_text(value)) == value


def test_the_set_of_rules_is_closed_and_takes_keywords_only():
    """Issue 8 names twelve."""
    assert set(RULES) == {
        "attain", "ratio", "linear", "bands", "checklist", "deduct", "level", "trend", "compare",
        "survey", "experts", "sum",
    }  # fmt: skip
    kinds = {p.kind for rule in RULES.values() for p in inspect.signature(rule).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
