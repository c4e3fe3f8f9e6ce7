"""Grade schemes: which scores each grade is for, and that no score has none or two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from auditbook.case.settings import Grade
from auditbook.procedures.errors import PlanError, exact

_WHOLE = 100  # thresholds are shares of full marks in percent


@dataclass(frozen=True)
class Interval:
    """A grade and the scores it is for, in percent of full marks.

    Attributes
    ----------
    name, en : str
    low, high : Decimal
        0 to 100.
    low_in, high_in : bool
        Whether the ends themselves have this grade; by default [low, high).
    """

    name: str
    en: str
    low: Decimal
    high: Decimal
    low_in: bool = True
    high_in: bool = False


def intervals(thresholds: Sequence[Grade]) -> tuple[Interval, ...]:
    """Grades that say from which percentage they hold, as half-open intervals, best first.

    Raises
    ------
    PlanError
        Not from the best to the worst, or the last does not begin at 0.
    """
    bounds = [grade.from_ for grade in thresholds]
    if sorted(set(bounds), reverse=True) != bounds:
        given = ", ".join(f"{grade.name} {grade.from_}" for grade in thresholds)
        raise PlanError(
            f"等级应从高到低排列，下限各不相同，给的是 {given}",
            f"grades should run from the best to the worst, each with its own limit, got {given}",
        )
    highs = [Decimal(_WHOLE), *bounds[:-1]]
    return tuple(
        Interval(grade.name, grade.en, grade.from_, high, high_in=rank == 0)
        for rank, (grade, high) in enumerate(zip(thresholds, highs, strict=True))
    )


@dataclass(frozen=True)
class Range:
    """An interval in points."""

    name: str
    low: Fraction
    high: Fraction
    low_in: bool
    high_in: bool


def scheme_of(
    thresholds: Sequence[Grade] | Sequence[Interval], full: Fraction, grid: Fraction | None
) -> list[Range]:
    """The grades from the worst to the best, in points, checked.

    Parameters
    ----------
    thresholds : sequence of Grade or of Interval
        In percent of `full`.
    full : Fraction
        Full marks.
    grid : Fraction or None
        The step of scores, where they are rounded before they are graded; None: any score.

    Raises
    ------
    PlanError
        A score that can occur has no grade or two; a name twice; fewer than two grades.
    """
    grades = [one for one in thresholds if isinstance(one, Grade)]
    given = intervals(grades) if grades else [x for x in thresholds if isinstance(x, Interval)]
    if len(given) != len(thresholds) or len(given) < 2:
        raise PlanError(
            f"等级应有两个以上，写法一致，给的是 {len(thresholds)} 个",
            f"there should be two grades or more, written alike, got {len(thresholds)}",
        )
    found = sorted(
        (
            Range(x.name, exact(x.low) * full / _WHOLE, exact(x.high) * full / _WHOLE,
                   x.low_in, x.high_in)
            for x in given
        ),
        key=lambda one: (one.low, one.high),
    )  # fmt: skip
    _check_names(found)
    for end, inside, bound, number in (
        (found[0].low, found[0].low_in, Fraction(0), "0"),
        (found[-1].high, found[-1].high_in, full, f"{float(full):g}"),
    ):
        if end != bound or not inside:
            raise _no_grade(f"{float(end):g}", f"等级应包括 {number} 分", f"include {number}")
    for lower, upper in pairwise(found):
        _check_border(lower, upper, grid)
    return found


def _check_names(scheme: list[Range]) -> None:
    names = [one.name for one in scheme]
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        raise PlanError(f"等级 {again[0]} 出现两次", f"the grade {again[0]} stands twice")
    for one in scheme:
        if one.low > one.high or (one.low == one.high and not (one.low_in and one.high_in)):
            ends = f"{float(one.low):g}–{float(one.high):g}"
            raise PlanError(
                f"等级 {one.name} 的下限应低于上限，给的是 {ends}",
                f"the lower limit of {one.name} should be below its upper limit, got {ends}",
            )


def _check_border(lower: Range, upper: Range, grid: Fraction | None) -> None:
    """One grade ends where the next begins; on a grid, no multiple of it lies between them."""
    both = lower.high == upper.low and lower.high_in and upper.low_in
    if both or lower.high > upper.low:
        at = f"{float(upper.low):g}"
        raise PlanError(
            f"等级 {lower.name} 和 {upper.name} 重叠：{at} 分两者都是；一个应不含界值",
            f"the grades {lower.name} and {upper.name} overlap: {at} is both; "
            "one should not include its limit",
        )
    if grid is None:
        missing = lower.high < upper.low or not (lower.high_in or upper.low_in)
        between = (lower.high + upper.low) / 2
    else:
        between = _on_grid(lower.high, grid, above=lower.high_in)
        missing = between < upper.low or (between == upper.low and not upper.low_in)
    if missing:
        raise _no_grade(
            f"{float(between):g}",
            f"{lower.name} 应到 {float(upper.low):g} 为止（不含）",
            f"{lower.name} should run up to {float(upper.low):g}",
        )


def _no_grade(at: str, right: str, right_en: str) -> PlanError:
    return PlanError(
        f"等级没有覆盖所有得分：{at} 分没有等级；{right}",
        f"the grades do not cover every score: {at} has none; {right_en}",
    )


def entry(one: Range, grid: Fraction | None) -> Fraction:
    """The lowest unrounded score of a grade (its limit, where the limit itself is not in it)."""
    if grid is None:
        return one.low
    return _on_grid(one.low, grid, above=not one.low_in) - grid / 2


def _on_grid(value: Fraction, grid: Fraction, *, above: bool) -> Fraction:
    """The first multiple of `grid` that is at least `value`, or above it."""
    steps = value / grid
    return (math.floor(steps) + 1 if above else math.ceil(steps)) * grid


def holds(one: Range, value: Fraction) -> bool:
    """Whether the grade is for this score."""
    over = one.low < value or (one.low_in and one.low == value)
    return over and (value < one.high or (one.high_in and one.high == value))
