"""Grades: one for every score, caps and vetoes with their reasons, margins, rounding."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.settings import Grade
from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.grade_schemes import Interval, intervals
from auditbook.procedures.scoring.grading import Limit, grade_of

few = settings(max_examples=80, deadline=None, derandomize=True)


def grades(*bounds):
    return tuple(Grade(name=name, en=name, **{"from": bound}) for name, bound in bounds)


GRADES_2020 = grades(("优", 90), ("良", 80), ("中", 60), ("差", 0))
"""财预〔2020〕10号: 优 [90, 100], 良 [80, 90), 中 [60, 80), 差 below 60."""

ZHENGZHOU = tuple(
    Interval(name, name, Decimal(low), Decimal(high), high_in=True)
    for name, low, high in (("优", 90, 100), ("良", 80, 89), ("中", 60, 79), ("差", 0, 59))
)
"""郑州 2020 prints 90–100, 80–89, 60–79, 0–59."""

scores = st.decimals(0, 100, places=3) | st.fractions(0, 100, max_denominator=97)
schemes = st.lists(st.decimals("0.01", "99.99", places=2), min_size=1, max_size=5, unique=True).map(
    lambda cuts: grades(*((f"G{cut}", cut) for cut in sorted(cuts, reverse=True)), ("last", 0))
)
ranks = st.integers(0, 3)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("100", "优"), ("90", "优"), ("89.999", "良"), ("80", "良"), ("79.99", "中"),
        ("60", "中"), ("59.995", "差"), ("0", "差"),
    ],
)  # fmt: skip
def test_a_threshold_itself_has_the_better_grade(score, grade):
    """财预〔2020〕10号: 优 from 90, 良 from 80, 中 from 60."""
    assert grade_of(Decimal(score), GRADES_2020).grade == grade


@pytest.mark.parametrize("score", ["94", "94.2", "94.04", "92.20"])
def test_kunming_2018_the_score_is_not_robust_the_grade_is(score):
    """94 published, 94.2 by its parts, 94.04 and 92.20 with 执行率 at 91.86% and at zero marks."""
    assert grade_of(Decimal(score), GRADES_2020).grade == "优"


def test_margins_are_the_points_to_the_next_grade_up_and_down():
    good = grade_of(Decimal("84.5"), GRADES_2020)

    assert (good.up, good.down) == (Fraction("5.5"), Fraction("4.5"))
    assert grade_of(Decimal("94.2"), GRADES_2020).up is None
    assert grade_of(59, GRADES_2020).down is None


def test_thresholds_are_shares_of_full_marks():
    """108 of 120 are 90%."""
    assert grade_of(108, GRADES_2020, full=120).grade == "优"
    assert grade_of(Decimal("107.99"), GRADES_2020, full=120).up == Fraction("0.01")


def test_rounding_before_grading_lifts_a_score_that_rounding_after_does_not():
    """89.95 to one place is 90.0 (half up, where binary floats give 89.9)."""
    before = grade_of(Decimal("89.95"), GRADES_2020, places=1, rounding="before")
    after = grade_of(Decimal("89.95"), GRADES_2020, places=1, rounding="after")

    assert (before.grade, before.shown, before.score) == ("优", Decimal("90.0"), Fraction("89.95"))
    assert (after.grade, after.shown) == ("良", Decimal("90.0"))
    assert before.down == 0
    assert after.up == Fraction("0.05")


def test_a_cap_holds_the_grade_with_its_reason():
    """一票否决 and caps are local rules: an event lowers the grade, the score stays."""
    cap = Limit("良", "挪用资金 17 万元（P3）")

    held = grade_of(Decimal("94.2"), GRADES_2020, caps=[cap])

    assert (held.grade, held.by_score, held.bound_by) == ("良", "优", (cap,))
    assert held.score == Fraction("94.2")


def test_a_cap_above_the_grade_changes_nothing_and_is_kept():
    cap = Limit("良", "资金拨付滞后")

    held = grade_of(70, GRADES_2020, caps=[cap])

    assert (held.grade, held.bound_by, held.limits) == ("中", (), (cap,))


def test_a_veto_gives_the_worst_grade_over_every_cap():
    held = grade_of(
        99, GRADES_2020, caps=[Limit("良", "资料不全")], vetoes=["虚列支出", Limit("中", "未验收")]
    )

    assert held.grade == "差"
    assert held.bound_by == (Limit("差", "虚列支出"),)
    assert len(held.limits) == 3


def test_grades_printed_in_whole_points_have_no_grade_for_89_5():
    """郑州 2020: 90–100, 80–89; refused, with the score that has no grade."""
    with pytest.raises(PlanError, match=r"59\.5 分没有等级"):
        grade_of(Decimal("89.5"), ZHENGZHOU)
    with pytest.raises(PlanError, match="没有等级"):
        grade_of(Decimal("89.5"), ZHENGZHOU, places=0, rounding="after")


@pytest.mark.parametrize(("score", "grade"), [("89.5", "优"), ("89.4", "良"), ("59.5", "中")])
def test_grades_printed_in_whole_points_cover_scores_rounded_to_whole_points(score, grade):
    held = grade_of(Decimal(score), ZHENGZHOU, places=0, rounding="before")

    assert held.grade == grade


def test_margins_of_rounded_scores_run_to_where_the_rounded_score_changes():
    """84.5 gets 优 from 89.5 and 中 below 79.5."""
    held = grade_of(Decimal("84.5"), ZHENGZHOU, places=0, rounding="before")

    assert (held.up, held.down) == (Fraction(5), Fraction(5))


@few
@given(scores, schemes)
def test_every_score_has_exactly_one_grade(score, scheme):
    """Each half-open interval against the definition: the first limit that the score reaches."""
    value = Fraction(score)

    holding = [
        one.name
        for one in intervals(scheme)
        if Fraction(one.low) <= value and (value < Fraction(one.high) or one.high == 100)
    ]

    assert holding == [grade_of(score, scheme).grade]
    assert holding[0] == next(g.name for g in scheme if value >= Fraction(g.from_))


@few
@given(scores, scores, schemes)
def test_a_better_score_never_has_a_worse_grade(one, other, scheme):
    order = [grade.name for grade in reversed(scheme)]
    low, high = sorted([Fraction(one), Fraction(other)])

    assert order.index(grade_of(low, scheme).grade) <= order.index(grade_of(high, scheme).grade)


@few
@given(scores, schemes, st.none() | st.integers(0, 2))
def test_the_margin_up_reaches_the_next_grade_and_the_margin_down_still_keeps_it(
    score, scheme, places
):
    order = [grade.name for grade in reversed(scheme)]
    how: dict[str, Any] = {"places": places, "rounding": "before"} if places is not None else {}
    least = Fraction(1, 10**6)

    def rank(points):
        return order.index(grade_of(points, scheme, **how).grade)

    held = grade_of(score, scheme, **how)
    own, value = rank(score), Fraction(score)
    if held.up is not None and value + held.up <= 100:
        assert rank(value + held.up) > own
        assert rank(value + held.up - least) <= own
    if held.down is not None:
        assert held.down >= 0
        assert rank(value - held.down) == own
        assert value == held.down or rank(max(Fraction(0), value - held.down - least)) < own


@few
@given(scores, st.permutations(ZHENGZHOU))
def test_the_order_in_which_intervals_are_written_changes_nothing(score, scheme):
    how: dict[str, Any] = {"places": 0, "rounding": "before"}

    assert grade_of(score, scheme, **how) == grade_of(score, ZHENGZHOU, **how)


@few
@given(scores, st.lists(ranks, max_size=3), st.lists(ranks, max_size=2))
def test_the_grade_is_the_worst_of_the_score_and_every_limit(score, capped, vetoed):
    names = [grade.name for grade in GRADES_2020]
    caps = [Limit(names[rank], f"cap {rank}") for rank in capped]
    vetoes = [Limit(names[rank], f"veto {rank}") for rank in vetoed]

    held = grade_of(score, GRADES_2020, caps=caps, vetoes=vetoes)

    assert names.index(held.grade) == max([names.index(held.by_score), *capped, *vetoed])
    assert bool(held.bound_by) == (held.grade != held.by_score)
    assert all(limit.grade == held.grade for limit in held.bound_by)


@few
@given(st.integers(0, 100), st.integers(1, 20), st.booleans())
def test_intervals_with_a_gap_or_an_overlap_are_refused(cut, width, gap):
    low = Interval("B", "B", Decimal(0), Decimal(cut))
    shift = Decimal(width if gap else -width) / 10
    high = Interval("A", "A", Decimal(cut) + shift, Decimal(100), high_in=True)

    with pytest.raises(PlanError):
        grade_of(50, [high, low])


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        (grades(("优", 90), ("差", 10)), "0 has none"),
        (grades(("良", 80), ("优", 90), ("差", 0)), "best to the worst"),
        (grades(("优", 90), ("良", 90), ("差", 0)), "best to the worst"),
        (grades(("优", 90), ("优", 80), ("差", 0)), "stands twice"),
        (grades(("优", 0)), "two grades or more"),
        ((*ZHENGZHOU[1:], Interval("优", "A", Decimal(89), Decimal(100), high_in=True)), "89 is"),
        ((Interval("优", "A", Decimal(90), Decimal(100)), *ZHENGZHOU[1:]), "100 has none"),
    ],
)
def test_a_scheme_that_does_not_cover_every_score_once_is_refused(scheme, said):
    with pytest.raises(PlanError, match=said):
        grade_of(50, scheme, places=0, rounding="before")


@pytest.mark.parametrize(
    ("score", "options", "said"),
    [
        (101, {}, "between 0 and 100, got 101"),
        (-1, {}, "between 0 and 100, got -1"),
        ("94分", {}, "between 0 and 100, got 94分"),
        (50, {"full": 0}, "above 0, got 0"),
        (50, {"places": 2}, "stated together"),
        (50, {"rounding": "after"}, "stated together"),
        (50, {"caps": [Limit("优秀", "x")]}, "one of 优、良、中、差, got '优秀'"),
        (50, {"vetoes": [" "]}, "needs its reason"),
        (9, {"full": Decimal("9.5"), "places": 0, "rounding": "before"}, "round after grading"),
    ],
)
def test_what_cannot_be_graded_is_said_with_its_value(score, options, said):
    with pytest.raises(PlanError, match=said):
        grade_of(score, GRADES_2020, **options)
