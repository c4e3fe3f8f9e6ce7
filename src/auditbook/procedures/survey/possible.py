"""Can this percentage exist? What counts of answers could have been printed so (GRIM).

A percentage of n answers is one of n + 1 values. 94.42% is none of the 51 that 50 answers can
give, so that it is no share of 50: an index over several items, or another n. All arithmetic is
exact, and since a printed figure does not say whether it was rounded half up or cut off, both are
tried and shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from auditbook.case.printed import Printed, parse_printed
from auditbook.procedures.errors import PlanError, check_count


class Fits(NamedTuple):
    """What fits a printed percentage, by the way in which it may have been printed.

    Attributes
    ----------
    rounded : tuple of int
        If it was rounded half up.
    cut : tuple of int
        If the digits behind the last printed one were cut off.
    """

    rounded: tuple[int, ...]
    cut: tuple[int, ...]


class SmallestN(NamedTuple):
    """The smallest number of respondents that fits: if rounded half up, and if cut off."""

    rounded: int
    cut: int


@dataclass(frozen=True)
class PossibleCounts:
    """Which counts fit a printed percentage.

    Attributes
    ----------
    printed : str
        As given.
    n, items, levels : int
        As given.
    denominator : int
        n × items × (levels − 1): the points that could be had.
    counts : Fits
        The points, 0 to `denominator`, that fit; none if the percentage cannot exist.
    smallest_n : SmallestN
        The fewest respondents with which it can exist, items and levels as given.
    """

    printed: str
    n: int
    items: int
    levels: int
    denominator: int
    counts: Fits
    smallest_n: SmallestN

    @property
    def rounded(self) -> tuple[int, ...]:
        """The counts that fit if it was rounded half up."""
        return self.counts.rounded

    @property
    def cut(self) -> tuple[int, ...]:
        """The counts that fit if it was cut off."""
        return self.counts.cut

    @property
    def exists(self) -> bool:
        """Whether any count fits, rounded or cut."""
        return bool(self.rounded or self.cut)


def possible_counts(*, printed: str, n: int, items: int = 1, levels: int = 2) -> PossibleCounts:
    """Which counts a printed percentage of n respondents can stand for.

    Parameters
    ----------
    printed : str
        As printed, with all its decimals: ``"94.42%"`` is not ``"94.420%"``. Without a sign it is
        a percentage too.
    n : int
        Respondents, all of whom answered all items.
    items : int
        Questions of equal weight in the figure.
    levels : int
        Answers of each question, scored 0, 1, … levels − 1 at equal steps; the percentage is of
        the highest score. 2 for yes and no, satisfied and not. For scores such as
        100/80/60/30/0 give the number of steps of their common unit plus one: 11.

    Returns
    -------
    PossibleCounts
        Nothing fits: the figure is no such share of n.

    Raises
    ------
    PlanError
        `printed` is no percentage of 0 to 100, n or items below 1, levels below 2.

    References
    ----------
    Brown, N. J. L. and Heathers, J. A. J. (2017), The GRIM test, Social Psychological and
    Personality Science 8(4), 363–369.
    """
    check_count("n", n, least=1)
    rounded, cut = _ranges(printed)
    points = _points(items, levels)
    counts = Fits(_within(rounded, n * points), _within(cut, n * points))
    smallest = SmallestN(_fewest(rounded, points), _fewest(cut, points))
    return PossibleCounts(printed, n, items, levels, n * points, counts, smallest)


def smallest_n(*, printed: str, items: int = 1, levels: int = 2) -> SmallestN:
    """The fewest respondents of whom a printed percentage can be a share.

    Parameters and errors as :func:`possible_counts`. A larger n need not fit.

    Returns
    -------
    SmallestN
        197 for 94.42% rounded: 186/197.
    """
    rounded, cut = _ranges(printed)
    points = _points(items, levels)
    return SmallestN(_fewest(rounded, points), _fewest(cut, points))


def possible_items(*, printed: str, n: int, levels: int = 2, most: int = 50) -> Fits:
    """With how many questions, all answered by all n, a printed percentage can exist.

    Parameters
    ----------
    printed : str
        As for :func:`possible_counts`.
    n, levels : int
        Respondents, and answers of each question.
    most : int
        Questionnaires of up to so many questions are tried.

    Returns
    -------
    Fits
        Numbers of questions from 1 to `most`.

    Raises
    ------
    PlanError
        As :func:`possible_counts`; `most` below 1.
    """
    check_count("n", n, least=1)
    tried = range(1, check_count("most", most, least=1) + 1)
    points = _points(1, levels)
    rounded, cut = (
        tuple(items for items in tried if _within(values, n * items * points))
        for values in _ranges(printed)
    )
    return Fits(rounded, cut)


class _Range(NamedTuple):
    """The exact values, low ≤ value < high, that are printed in one way."""

    low: Fraction
    high: Fraction


def _ranges(printed: str) -> tuple[_Range, _Range]:
    """As shares of 1: if rounded half up, and if cut off."""
    shown = _percentage(printed)
    step = shown.scale / 10**shown.places
    exact = shown.exact
    return _Range(exact - step / 2, exact + step / 2), _Range(exact, exact + step)


def _percentage(printed: str) -> Printed:
    try:
        shown = parse_printed(printed, "%")
    except ValueError:
        shown = None
    if shown is None or shown.scale != Fraction(1, 100) or not 0 <= shown.exact <= 1:
        raise PlanError(
            f'printed 应为 0 到 100 之间、照原样写的百分数，例如 "94.42%"，给的是 {printed!r}',
            f'printed should be a percentage of 0 to 100 as printed: "94.42%", got {printed!r}',
        )
    return shown


def _points(items: int, levels: int) -> int:
    """The points that one respondent can give at most."""
    return check_count("items", items, least=1) * (check_count("levels", levels, least=2) - 1)


def _within(values: _Range, denominator: int) -> tuple[int, ...]:
    first = max(0, math.ceil(values.low * denominator))
    last = min(denominator, math.ceil(values.high * denominator) - 1)
    return tuple(range(first, last + 1))


def _fewest(values: _Range, points: int) -> int:
    """The smallest n with a count c for which c/(n·points) lies in the range.

    Then c/n lies in the range × points: the smallest denominator there. No fraction above 1 is
    taken, since 1 itself, of denominator 1, lies in any range that reaches above it.
    """
    low = max(Fraction(0), values.low * points)
    return _simplest(low, values.high * points, closed=True).denominator


def _simplest(low: Fraction, high: Fraction | None, *, closed: bool) -> Fraction:
    """The fraction of the smallest denominator in [low, high), or (low, high] if not `closed`.

    By continued fractions: between whole numbers f and f + 1 a fraction is f + 1/y, where y is
    the simplest one of the turned interval. `high` is None where there is no upper end.
    """
    whole = math.ceil(low) if closed else math.floor(low) + 1
    if high is None or (whole < high if closed else whole <= high):
        return Fraction(whole)
    floor = whole - 1
    turned_low = 1 / (high - floor)
    turned_high = None if low == floor else 1 / (low - floor)
    return floor + 1 / _simplest(turned_low, turned_high, closed=not closed)
