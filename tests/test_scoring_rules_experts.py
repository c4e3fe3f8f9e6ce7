"""Points by experts: mean, trimmed mean, and their agreement."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring import rules_experts
from auditbook.procedures.scoring.rules_experts import Opinion, agreement, experts
from reference_values import differing, references

FOUR = [
    Opinion("甲", 9, "x"),
    Opinion("乙", 8, "x"),
    Opinion("丙", 8.5, "x"),
    Opinion("丁", 4, "x"),
]


def opinions(points):
    return [Opinion(str(i), value, "reason") for i, value in enumerate(points)]


def test_experts_give_their_mean_or_the_mean_without_the_ends():
    """The docstring's example: 9, 8, 8.5 and 4."""
    mean, trimmed = experts(full=10, opinions=FOUR), experts(full=10, opinions=FOUR, trim=1)

    assert (mean.points, mean.reason, mean.details["left_out"]) == (Fraction("7.375"), "mean", "")
    assert (trimmed.points, trimmed.reason) == (Fraction("8.25"), "trimmed_mean")
    assert trimmed.details == {
        "experts": "4", "given": "甲 9；乙 8；丙 8.5；丁 4",
        "left_out": "丁 4；甲 9", "spread": "5",
    }  # fmt: skip


def test_full_marks_need_no_reason():
    assert experts(full=10, opinions=[Opinion("甲", 10)]).points == 10


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"opinions": []}, "1 experts are needed, got 0"),
        ({"opinions": FOUR[:2], "trim": 1}, "3 experts are needed, got 2"),
        ({"opinions": [*FOUR, FOUR[0]]}, "several opinions: 甲"),
        ({"opinions": [Opinion("甲", 11, "x")]}, "by 甲 should lie between 0 and 10, got 11"),
        ({"opinions": [Opinion("甲", -1, "x")]}, "between 0 and 10"),
        ({"opinions": [Opinion("甲", 9, " ")]}, "9 points without a reason"),
        ({"trim": -1}, "trim"),
    ],
)
def test_experts_refuse_what_has_no_meaning(wrong, match):
    with pytest.raises(PlanError, match=match):
        experts(**{"full": 10, "opinions": FOUR} | wrong)


SCORES = st.lists(st.decimals(0, 10, places=1), min_size=3, max_size=7)


@given(SCORES, st.randoms(use_true_random=False), st.integers(0, 1))
def test_experts_lie_between_the_lowest_and_the_highest_whatever_their_order(scores, random, trim):
    points = experts(full=10, opinions=opinions(scores), trim=trim).points

    shuffled = random.sample(scores, len(scores))
    assert experts(full=10, opinions=opinions(shuffled), trim=trim).points == points
    assert Fraction(min(scores)) <= points <= Fraction(max(scores))
    raised = experts(full=10, opinions=opinions([10, *scores[1:]]), trim=trim).points
    assert raised >= points


@given(SCORES)
def test_the_trimmed_mean_does_not_move_with_its_ends(scores):
    middle = sorted(scores)[1:-1]

    wide = experts(full=10, opinions=opinions([0, *middle, 10]), trim=1)
    assert wide.points == experts(full=10, opinions=opinions(scores), trim=1).points
    assert wide.points == sum(map(Fraction, middle)) / len(middle)


@pytest.mark.parametrize("rows", references("scoring_agreement"))
def test_agreement_is_that_of_friedman_test_in_r(rows):
    """Ties within one expert, an expert who ties everything, full marks that differ."""
    assert differing(rules_experts, rows) == []


PANEL = st.integers(3, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(0, 5), min_size=n, max_size=n), min_size=2, max_size=5
    ).filter(lambda rows: any(len(set(row)) > 1 for row in rows))
)


@given(PANEL)
def test_agreement_is_friedmans_chi_square_in_scipy(rows):
    found = agreement(points={str(i): row for i, row in enumerate(rows)}, full=[5] * len(rows[0]))

    chi_square, p = stats.friedmanchisquare(*map(list, zip(*rows, strict=True)))
    assert found.w is not None and found.chi_square is not None
    assert float(found.chi_square) == pytest.approx(chi_square, rel=1e-9, abs=1e-12)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert 0 <= found.w <= 1
    assert (found.experts, found.items, found.df) == (len(rows), len(rows[0]), len(rows[0]) - 1)


def test_agreement_by_hand():
    """Ranks 1 2 3, 1 2 3, 1 3 2: sums 3 7 8, S = 14, W = 12 × 14 / (9 × 24) = 7/9."""
    found = agreement(points={"甲": [1, 2, 3], "乙": [1, 2, 3], "丙": [1, 3, 2]}, full=[5, 5, 5])

    assert (found.w, found.chi_square, found.df) == (Fraction(7, 9), Fraction(14, 3), 2)


def test_agreement_ranks_rates_and_not_points():
    """Both give 80% of 20 and 100% of 5; ranked by points the item of 20 would be first."""
    alike = agreement(points={"甲": [16, 5], "乙": [19, 4.9]}, full=[20, 5])

    assert alike.w == 1
    opposed = agreement(points={"甲": [16, 5], "乙": [20, 4.9]}, full=[20, 5])
    assert opposed.w == 0


def test_agreement_of_experts_who_rank_nothing_is_unknown():
    found = agreement(points={"甲": [8, 8, 8], "乙": [9, 9, 9]}, full=[10, 10, 10])

    assert (found.w, found.chi_square, found.p) == (None, None, None)


@pytest.mark.parametrize(
    ("points", "full", "match"),
    [
        ({"甲": [1, 2]}, [5, 5], "got 1 and 2"),
        ({"甲": [1], "乙": [2]}, [5], "got 2 and 1"),
        ({"甲": [1, 2], "乙": [2]}, [5, 5], "乙 should score 2 items, got 1"),
        ({"甲": [1, 6], "乙": [2, 3]}, [5, 5], "between 0 and 5, got 6"),
    ],
)
def test_agreement_refuses_what_has_no_meaning(points, full, match):
    with pytest.raises(PlanError, match=match):
        agreement(points=points, full=full)
