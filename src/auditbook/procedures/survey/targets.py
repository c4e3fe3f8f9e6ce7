"""目标值检验: whether a target is shown to be reached, and what the indicator scores for it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal, NamedTuple

from auditbook.intervals import (
    binomial_lower,
    binomial_upper,
    hypergeometric_lower,
    hypergeometric_upper,
)
from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_confidence,
    check_count,
    check_rate,
    exact,
)
from auditbook.procedures.survey.means import scale_ci
from auditbook.procedures.survey.proportions import uncovered

TargetVerdict = Literal["proven", "not_shown", "failed"]
"""已证实达标, 证据不足, 未达标."""


class TargetTest(NamedTuple):
    """A figure against its target.

    Attributes
    ----------
    estimate : float
    lower, upper : float
        One-sided limits: the figure is at least, and at most, so much, each at the confidence.
    verdict : str
        ``proven``: the lower limit is not below the target; ``failed``: the upper limit is below
        it; ``not_shown``: neither, the evidence is not enough.
    """

    estimate: float
    lower: float
    upper: float
    verdict: TargetVerdict


class Points(NamedTuple):
    """Points of an indicator, at the figure and at its limits; exact fractions."""

    points: Fraction
    lower: Fraction
    upper: Fraction


def target_verdict(*, lower: float, upper: float, target: float) -> TargetVerdict:
    """What an interval says of a target: ``proven``, ``not_shown`` or ``failed``.

    A target is reached by a figure equal to it.

    Raises
    ------
    PlanError
        The limits are the wrong way round or no numbers.
    """
    if not lower <= upper:
        raise PlanError(
            f"下限 {lower} 应不大于上限 {upper}", f"lower {lower} should not exceed upper {upper}"
        )
    if lower >= target:
        return "proven"
    return "failed" if upper < target else "not_shown"


def share_target(
    *,
    count: int,
    n: int,
    target: Number,
    confidence: float = 0.95,
    population: int | None = None,
) -> TargetTest:
    """A share against its target by the exact one-sided test.

    Parameters
    ----------
    count, n : int
        Satisfied of all who answered; 0 ≤ count ≤ n, n ≥ 1.
    target : number
        As a fraction, 0.9 for 90%.
    confidence : float
        Of each side, as a fraction.
    population : int, optional
        With it the hypergeometric distribution is used; a census decides either way.

    Raises
    ------
    PlanError
        Counts, target or confidence outside their range, a population below n.

    References
    ----------
    Clopper and Pearson (1934); Buonaccorsi (1987); see :mod:`auditbook.intervals`.
    """
    level = float(check_confidence(confidence))
    goal = check_rate("target", target, zero=True, one=True)
    n = check_count("n", n, least=1)
    count = check_count("count", count, most=n)
    uncovered(n, population)  # refuses a population below n
    if population is None:
        lower = Fraction(binomial_lower(count, n, confidence=level))
        upper = Fraction(binomial_upper(count, n, confidence=level))
    else:
        lower = Fraction(hypergeometric_lower(count, n, population, confidence=level), population)
        upper = Fraction(hypergeometric_upper(count, n, population, confidence=level), population)
    verdict: TargetVerdict = "not_shown"
    if lower >= goal:  # exact: 45 of 50, all asked, reach 0.9
        verdict = "proven"
    elif upper < goal:
        verdict = "failed"
    return TargetTest(count / n, float(lower), float(upper), verdict)


def index_target(
    values: Any,
    *,
    target: float,
    low: float,
    high: float,
    confidence: float = 0.95,
    population: int | None = None,
) -> TargetTest:
    """An index against its target by one-sided t limits on the scale.

    Parameters
    ----------
    values : sequence of numbers
        One index per respondent.
    target : float
        On the scale.
    low, high : float
        Ends of the scale.
    confidence : float
        Of each side, above 0.5.
    population : int, optional
        As for :func:`~auditbook.procedures.survey.mean_ci`.

    Raises
    ------
    PlanError
        As :func:`~auditbook.procedures.survey.scale_ci`; a target off the scale; a confidence of
        0.5 or less.
    """
    level = check_confidence(confidence)
    if level <= Fraction(1, 2):
        raise PlanError(
            f"单侧检验的 confidence 应大于 0.5，给的是 {confidence}；通常是 0.95",
            f"confidence of a one-sided test should be above 0.5, got {confidence}; mostly 0.95",
        )
    if not low <= target <= high:
        raise PlanError(
            f"目标值 {target} 不在量表 {low} 到 {high} 之内；请核对单位（90 还是 0.9）",
            f"the target {target} is not on the scale {low} to {high}; check its unit: 90 or 0.9",
        )
    found = scale_ci(
        values, low=low, high=high, confidence=float(2 * level - 1), population=population
    )
    return TargetTest(*found, target_verdict(lower=found.lower, upper=found.upper, target=target))


def target_points(
    *,
    estimate: Number,
    lower: Number,
    upper: Number,
    target: Number,
    full: Number,
    floor: Number = 0,
) -> Points:
    """Points for reaching a target: full at it, in proportion below it, none below a floor.

    Parameters
    ----------
    estimate, lower, upper, target, floor : number
        In one unit: all as fractions or all on one scale. Places differ in target and floor: they
        are those of the case.
    full : number
        Points of the indicator (满分).

    Returns
    -------
    Points
        full at the target and above, full × figure/target below it, 0 below the floor.

    Raises
    ------
    PlanError
        The target is not positive, the floor above it, negative points, or limits that do not
        hold the estimate.
    """
    goal, least, most = exact(target), exact(floor), exact(full)
    if not (0 < goal and 0 <= least <= goal and most >= 0):
        raise PlanError(
            f"应有 0 ≤ floor ≤ target、target > 0、full ≥ 0，给的是 floor={floor}、"
            f"target={target}、full={full}",
            f"0 ≤ floor ≤ target, target > 0 and full ≥ 0, got floor={floor}, target={target}, "
            f"full={full}",
        )
    figures = [exact(estimate), exact(lower), exact(upper)]
    if not figures[1] <= figures[0] <= figures[2]:
        raise PlanError(
            f"估计值 {estimate} 应在 {lower} 与 {upper} 之间",
            f"the estimate {estimate} should lie between {lower} and {upper}",
        )
    return Points(
        *(Fraction(0) if x < least else most * min(Fraction(1), x / goal) for x in figures)
    )
