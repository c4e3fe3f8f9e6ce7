"""The rule of deductions (扣分制), and what a finding or a share of units costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditbook.procedures.errors import Number, PlanError, check_amount, check_count
from auditbook.procedures.scoring.points import Points, full_mark, number, number_text, points_of


@dataclass(frozen=True)
class Loss:
    """Points that are deducted, and how they came about (``3 × 0.5``)."""

    points: Fraction
    working: str


def loss_per_finding(*, findings: int, each: Number, of: Number = 1) -> Loss:
    """What findings cost, each the same: 3 findings of 0.5 points cost 1.5.

    Parameters
    ----------
    findings : int
        Number of findings (问题数).
    each : number
        Points of each; with `of` a share of it: 10% of 12 for each recipient is
        ``each=0.1, of=12``.
    of : number
        What `each` is a share of.

    Raises
    ------
    PlanError
        A negative number of findings, or a cost that is not above 0.

    Notes
    -----
    Common practice, no rule found: −1 and −2 for a finding (昆明 2018), 10% of the indicator for
    each recipient that does not comply.
    """
    count = check_count("findings", findings)
    cost = check_amount("each", each) * check_amount("of", of)
    return Loss(count * cost, f"{count} × {number_text(cost)}")


def loss_per_share(*, affected: Number, total: Number, at_whole: Number) -> Loss:
    """What a share of units or of money costs: 7 of 19 units at 10 points cost 3.68….

    Parameters
    ----------
    affected, total : number
        Units or money in one unit, such as 问题金额 and 总金额 in fen.
    at_whole : number
        Points lost at 100%: the full mark, or more where the floor is reached earlier.

    Raises
    ------
    PlanError
        A total that is not above 0, `affected` outside 0 … total, a cost that is not above 0.

    Notes
    -----
    郑州 2020: points for money are deducted by the type and the share of the problem.
    """
    whole, part = check_amount("total", total), check_amount("affected", affected, zero=True)
    if part > whole:
        raise PlanError(
            f"affected 不应超过 total（{total}），给的是 {affected}",
            f"affected should be at most total ({total}), got {affected}",
        )
    cost = check_amount("at_whole", at_whole)
    share = f"{number_text(part)} / {number_text(whole)}"
    return Loss(part / whole * cost, f"{number_text(cost)} × {share}")


def deduct(*, full: Number, deductions: Sequence[Number | Loss] = ()) -> Points:
    """扣分制: the full mark less all deductions, not below 0.

    12 less 1 is 11; 2 less 1.5 and 1 is 0.

    Parameters
    ----------
    full : number
        Full mark (分值).
    deductions : sequence of number or Loss
        Points lost, from :func:`loss_per_finding` and :func:`loss_per_share` or stated.

    Returns
    -------
    Points
        reason ``nothing_lost``, ``deducted`` or ``floor`` (more was to be deducted than there
        was); details lost (before the floor), working.

    Raises
    ------
    PlanError
        A negative deduction.

    Notes
    -----
    Common practice, no rule found; 昆明 2018 deducts 1 and 2 points.
    """
    marks = full_mark(full)
    losses = [one if isinstance(one, Loss) else _stated(one) for one in deductions]
    if negative := [one for one in losses if one.points < 0]:
        raise PlanError(
            f"扣分不能为负，给的是 {negative[0].working}；扣 1 分写 1",
            f"a deduction is not negative, got {negative[0].working}; write 1 for one point lost",
        )
    lost = sum((one.points for one in losses), Fraction(0))
    reason = "floor" if lost > marks else "deducted" if lost else "nothing_lost"
    working = " − ".join([number_text(marks), *(one.working for one in losses)])
    left = max(Fraction(0), marks - lost)
    return points_of(left / marks, marks, reason=reason, lost=lost, working=working)


def _stated(points: Number) -> Loss:
    lost = number("deductions", points)
    return Loss(lost, number_text(lost))
