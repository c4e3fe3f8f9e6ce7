"""Bands of a figure that leave no gap and do not overlap (分档)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from auditbook.procedures.errors import Number, PlanError, check_choice
from auditbook.procedures.scoring.points import BETTER, Better, number, number_text


@dataclass(frozen=True)
class Band:
    """The figures from `low` to `high`, and the points they give.

    Attributes
    ----------
    low, high : number or None
        Ends in the unit of the figure; None for no end. Equal where one figure is meant (100%),
        which both ends then hold.
    points : number
    low_closed, high_closed : bool
        Whether the end itself belongs to the band: ``[80, 90)`` holds 80 but not 90.
    """

    low: Number | None
    high: Number | None
    points: Number
    low_closed: bool = True
    high_closed: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether a figure lies in the band."""
        above = below = True
        if self.low is not None:
            low = number("low", self.low)
            above = value > low or (self.low_closed and value == low)
        if self.high is not None:
            high = number("high", self.high)
            below = value < high or (self.high_closed and value == high)
        return above and below

    def __str__(self) -> str:
        low = "(-∞" if self.low is None else "[("[not self.low_closed] + _text(self.low)
        high = "∞)" if self.high is None else _text(self.high) + "])"[not self.high_closed]
        return f"{low}, {high}"


def band_table(
    bands: Sequence[Band | tuple[Number, Number]], full: Fraction, better: Better
) -> list[Band]:
    """Bands from the lowest to the highest, after checks; see :func:`rules_measured.bands`."""
    check_choice("better", better, BETTER)
    stated = [band for band in bands if isinstance(band, Band)]
    thresholds = [band for band in bands if not isinstance(band, Band)]
    if not bands or (stated and thresholds):
        raise PlanError(
            "请给出各档：都写成（界限，得分），或都写成 Band",
            "give bands: all as (threshold, points), or all as Band",
        )
    table = stated or _from_thresholds(thresholds, better)
    table.sort(key=lambda band: (_low(band), not band.low_closed))
    for band in table:
        _check(band, full)
    for lower, upper in pairwise(table):
        _check_joined(lower, upper)
    return table


def _from_thresholds(thresholds: list[tuple[Number, Number]], better: Better) -> list[Band]:
    """Bands that hold from each threshold on (higher), or up to and including it (lower)."""
    higher = better == "higher"
    rows = sorted(
        ((number("threshold", bound), number("points", points)) for bound, points in thresholds),
        reverse=higher,
    )
    for (bound, points), (worse, fewer) in pairwise(rows):
        if bound == worse or points < fewer:
            found = f"({_text(bound)}, {_text(points)})、({_text(worse)}, {_text(fewer)})"
            raise PlanError(
                f"各档界限应不同，且越好得分越高，给的是 {found}",
                f"thresholds should differ, and better figures not get fewer points: {found}",
            )
    bounds = [bound for bound, _ in rows]
    beyond = [None, *bounds]
    table = [
        Band(bound, next_, points) if higher else Band(next_, bound, points, False, True)
        for (bound, points), next_ in zip(rows, beyond, strict=False)
    ]
    last = bounds[-1]
    return [*table, Band(None, last, 0) if higher else Band(last, None, 0, False)]


def _check(band: Band, full: Fraction) -> None:
    """A band has figures in it, and its points lie between 0 and the full mark."""
    if band.low is not None and band.high is not None:
        low, high = number("low", band.low), number("high", band.high)
        if low > high or (low == high and not (band.low_closed and band.high_closed)):
            raise PlanError(
                f"{band} 这一档是空的；下限应低于上限",
                f"band {band} is empty; low should be below high",
            )
    if not 0 <= number("points", band.points) <= full:
        most = number_text(full)
        raise PlanError(
            f"{band} 这一档的得分应在 0 和分值 {most} 之间，给的是 {band.points}",
            f"points of band {band} should lie between 0 and {most}, got {band.points}",
        )


def _check_joined(lower: Band, upper: Band) -> None:
    """A band ends where the next begins, and the end belongs to one of them."""
    end = None if lower.high is None else number("high", lower.high)
    start = None if upper.low is None else number("low", upper.low)
    joined = end is not None and end == start
    if joined and lower.high_closed != upper.low_closed:
        return
    overlap = end is None or start is None or start < end or (joined and lower.high_closed)
    zh, en = ("重叠", "overlap") if overlap else ("之间有空档", "leave a gap")
    raise PlanError(
        f"{lower} 与 {upper} {zh}；相邻两档应首尾相接，界限只属于其中一档",
        f"bands {lower} and {upper} {en}; one should end where the next begins, the end in one",
    )


def _low(band: Band) -> tuple[bool, Fraction]:
    return (False, Fraction(0)) if band.low is None else (True, number("low", band.low))


def _text(value: Number) -> str:
    return number_text(number("bound", value))
