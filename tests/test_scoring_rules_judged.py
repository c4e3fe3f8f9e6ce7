"""Rules on judgements and deductions: attain, checklist, level, deduct."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.procedures import scoring
from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.rules_deducted import deduct, loss_per_finding, loss_per_share
from auditbook.procedures.scoring.rules_judged import LEVELS_2020, Level, attain, checklist, level

FULL = st.decimals(Decimal("0.01"), 100, places=2)
CREDIT = st.decimals(0, 1, places=2)
POINTS = st.decimals(0, 50, places=2)


# ---- attain


def test_attain_gives_all_or_nothing_or_what_was_judged():
    """财预〔2021〕101号: 15 or 0."""
    judged = attain(full=10, given=[Decimal("4.5"), 3])

    assert attain(full=15, met=True).points == 15
    assert attain(full=15, met=False).points == 0
    assert (attain(full=15, met=True).reason, attain(full=15, met=False).reason) == (
        "met", "not_met",
    )  # fmt: skip
    assert (judged.points, judged.reason, judged.details["given"]) == (
        Fraction("7.5"),
        "given",
        "4.5 + 3",
    )


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({}, "either met"),
        ({"met": True, "given": [5]}, "either met"),
        ({"given": [8, 3]}, "between 0 and 10, got 8；3"),
        ({"given": [12, -3]}, "between 0 and 10"),
    ],
)
def test_attain_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        attain(full=10, **wrong)


@given(FULL, st.booleans(), st.lists(CREDIT, min_size=1, max_size=4))
def test_attain_is_that_of_the_existing_rule(full, met, shares):
    """Points given, as parts of the full mark."""
    parts = [Fraction(full) * Fraction(share) / len(shares) for share in shares]

    old = scoring.score("attain", full=full, met=met)
    judged = scoring.score("attain", full=full, given=parts)
    assert attain(full=full, met=met).points == old.unrounded
    assert attain(full=full, given=parts).points == judged.unrounded <= Fraction(full)


# ---- checklist


def test_checklist_of_equal_and_of_given_weights():
    """10/80/10 and 3 × 1/3 were seen; the docstring's examples."""
    equal = checklist(full=10, credits=[1, 1, 0.5], weights=None)
    given_ = checklist(full=10, credits=[1, 1, 0.5], weights=[10, 80, 10])

    assert (equal.points, equal.reason) == (Fraction(25, 3), "partly_met")
    assert equal.details["credits"] == "1；1；0.5"
    assert (equal.details["met"], equal.details["points"]) == ("2", "3")
    assert given_.points == Fraction("9.5")
    assert given_.details["weights"] == "0.1；0.8；0.1"


def test_checklist_loses_a_part_of_a_point_for_each_finding():
    """A third of the point, three findings end it, more cost no more."""
    third = Fraction(1, 3)

    assert checklist(full=10, credits=[1, 1], findings=[2, 0], loss=third).points == Fraction(20, 3)
    assert checklist(full=10, credits=[1, 1], findings=[3, 0], loss=third).points == 5
    assert checklist(full=10, credits=[1, 1], findings=[9, 0], loss=third).points == 5
    assert checklist(full=10, credits=[1, 0.5], findings=[0, 1], loss=0.2).points == Fraction("6.5")


def test_checklist_says_whether_points_were_met():
    assert checklist(full=10, credits=[0, 0]).reason == "none_met"
    assert checklist(full=10, credits=[1, 1]).reason == "all_met"


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"credits": []}, "needs a point"),
        ({"credits": [1, 50]}, "50 percent is 0.5"),
        ({"weights": [1]}, "2 points should have a weight"),
        ({"weights": [100, 0]}, "above 0 each"),
        ({"weights": [10, 80]}, "1, 100 or the full mark 10, got 90"),
        ({"findings": [1, 0]}, "together with loss"),
        ({"loss": 0.2}, "together with loss"),
        ({"findings": [1], "loss": 0.2}, "for each of the 2 points"),
        ({"findings": [1, -1], "loss": 0.2}, "findings"),
        ({"findings": [1, 0], "loss": 0}, "loss"),
    ],
)
def test_checklist_refuses_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        checklist(**{"full": 10, "credits": [1, 1]} | wrong)


WEIGHTED = st.lists(st.tuples(CREDIT, st.integers(1, 9)), min_size=1, max_size=6)


@given(FULL, WEIGHTED, st.data())
def test_checklist_lies_between_0_and_full_and_all_points_met_are_full(full, rows, data):
    credits, raw = [list(column) for column in zip(*rows, strict=True)]
    weights = data.draw(
        st.sampled_from([None, [Fraction(w, sum(raw)) * Fraction(full) for w in raw]])
    )
    better = list(credits)
    better[data.draw(st.integers(0, len(rows) - 1))] = 1

    points = checklist(full=full, credits=credits, weights=weights).points

    assert (
        0
        <= points
        <= checklist(full=full, credits=better, weights=weights).points
        <= Fraction(full)
    )
    assert checklist(full=full, credits=[1] * len(rows), weights=weights).points == Fraction(full)
    assert checklist(full=full, credits=[0] * len(rows), weights=weights).points == 0


@given(st.lists(CREDIT, min_size=1, max_size=6), st.integers(0, 9), CREDIT.filter(bool))
def test_checklist_never_gains_by_a_finding(credits, count, loss):
    none = [0] * len(credits)
    fewer, more = [count, *none[1:]], [count + 1, *none[1:]]

    def points(findings):
        return checklist(full=10, credits=credits, findings=findings, loss=loss).points

    assert points(none) == checklist(full=10, credits=credits).points
    assert points(more) <= points(fewer) <= points(none)


@given(WEIGHTED, st.randoms(use_true_random=False))
def test_checklist_does_not_depend_on_the_order_of_points(rows, random):
    shuffled = random.sample(rows, len(rows))

    def points(table):
        total = sum(w for _, w in table)
        return checklist(
            full=10, credits=[c for c, _ in table], weights=[Fraction(w, total) for _, w in table]
        ).points

    assert points(rows) == points(shuffled)


# ---- level


def test_level_holds_points_inside_its_share():
    """财预〔2020〕10号: 100–80%, 80–60%, 60–0%; 80 and 60 count to the higher level."""
    found = level(full=10, level="达成", given=8.5)

    assert (found.points, found.details["band"]) == (Fraction("8.5"), "[80%, 100%]")
    assert level(full=10, level="达成", given=8).points == 8
    assert level(full=10, level="部分达成", given=6).points == 6
    assert level(full=10, level="未达成", given=0).points == 0
    assert level(full=10, level="达成", given=10).points == 10


@pytest.mark.parametrize(
    ("name", "points", "match"),
    [
        ("部分达成", 8, r"lie in \[6, 8\), got 8"),
        ("达成", 7.9, r"lie in \[8, 10\], got 7.9"),
        ("未达成", 6, r"lie in \[0, 6\)"),
        ("达成", 10.1, "lie in"),
        ("优秀", 9, "level should be one of"),
    ],
)
def test_level_refuses_points_outside_its_share(name, points, match):
    with pytest.raises(PlanError, match=match):
        level(full=10, level=name, given=points)


@pytest.mark.parametrize(
    "levels",
    [
        [],
        [Level("好", 0.5, 1)],
        [Level("好", 0.5, 1, True), Level("差", 0, 0.4)],
        [Level("好", 0.5, 1, True), Level("差", 0, 0.5, True)],
        [Level("好", 0.5, 1, True), Level("好", 0, 0.5)],
        [Level("好", 0.5, 0.9, True), Level("差", 0, 0.5)],
        [Level("好", 0.5, 1), Level("差", 0, 0.5)],
        [Level("好", 0.5, 1, True), Level("差", 0.1, 0.5)],
    ],
)
def test_levels_leave_no_gap_and_do_not_overlap(levels):
    with pytest.raises(PlanError, match="split 0–100%"):
        level(full=10, level="好", given=6, levels=levels)


@given(FULL, CREDIT)
def test_every_share_has_exactly_one_level(full, share):
    given_ = Fraction(full) * Fraction(share)
    holding = []
    for one in LEVELS_2020:
        try:
            holding.append(level(full=full, level=one.name, given=given_).points)
        except PlanError:
            continue

    assert holding == [given_]


# ---- deduct


def test_deduct_takes_what_was_lost_and_not_more_than_there_is():
    """昆明 2018: 12 − 1; the docstring's examples."""
    assert deduct(full=12, deductions=[1]).points == 11
    assert deduct(full=12, deductions=[1]).details == {"lost": "1", "working": "12 − 1"}
    ended = deduct(full=2, deductions=[1.5, 1])
    assert ended.points == 0
    assert (ended.reason, ended.details["lost"]) == ("floor", "2.5")
    assert deduct(full=12).reason == "nothing_lost"
    assert deduct(full=2, deductions=[2]).reason == "deducted"


def test_deduct_per_finding_and_per_share_of_units_or_money():
    """10% of 12 for each of 2 recipients; 7 of 19 units at 10 points."""
    each = loss_per_finding(findings=2, each=0.1, of=12)
    share = loss_per_share(affected=7, total=19, at_whole=10)

    assert loss_per_finding(findings=3, each=0.5).points == Fraction("1.5")
    assert (each.points, each.working) == (Fraction("2.4"), "2 × 1.2")
    assert (share.points, share.working) == (Fraction(70, 19), "10 × 7 / 19")
    both = deduct(full=12, deductions=[each, share, 1])
    assert both.points == 12 - Fraction("2.4") - Fraction(70, 19) - 1
    assert both.details["working"] == "12 − 2 × 1.2 − 10 × 7 / 19 − 1"
    assert loss_per_share(affected=57_000_000, total=356_000_000, at_whole=9).points == Fraction(
        513, 356
    )


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: deduct(full=10, deductions=[-1]), "not negative, got -1"),
        (lambda: loss_per_finding(findings=-1, each=1), "findings"),
        (lambda: loss_per_finding(findings=1, each=0), "each should be above 0"),
        (
            lambda: loss_per_share(affected=20, total=19, at_whole=10),
            r"at most total \(19\), got 20",
        ),
        (lambda: loss_per_share(affected=0, total=0, at_whole=10), "total should be above 0"),
        (lambda: loss_per_share(affected=1, total=2, at_whole=-1), "at_whole"),
    ],
)
def test_deductions_without_meaning_are_refused(call, match):
    with pytest.raises(PlanError, match=match):
        call()


@given(FULL, st.lists(POINTS, max_size=5), POINTS)
def test_deduct_is_that_of_the_existing_rule_and_monotone(full, losses, more):
    points = deduct(full=full, deductions=losses).points

    assert points == scoring.score("deduct", full=full, deductions=losses).unrounded
    assert 0 <= deduct(full=full, deductions=[*losses, more]).points <= points <= Fraction(full)
    assert deduct(full=full, deductions=losses[::-1]).points == points
