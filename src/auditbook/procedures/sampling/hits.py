"""Where hits fall on a line of money or of rows, and how likely an item is to be hit.

A line is made of items laid end to end in a fixed order: item i covers C(i-1) < u ≤ C(i), C its
running sum, so the last fen of an item belongs to it. Lengths are whole (fen, or 1 for a row),
so a hit u and the whole number at or above it fall on the same item: hits are kept as whole
numbers, computed in exact fractions.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction

from auditbook.procedures.errors import Number, PlanError, exact
from auditbook.procedures.sampling.draws import uniform

_DIGITS = Context(prec=60)


def check_step(name: str, value: Number, *, most: Fraction, least: int = 0) -> Fraction:
    """A given start or interval as an exact fraction.

    Raises
    ------
    PlanError
        It is no number, or not above 0, at least `least` and at most `most`.
    """
    try:
        number = Fraction(int(value)) if hasattr(value, "__index__") else exact(value)
    except (TypeError, ValueError, OverflowError):
        number = Fraction(0)
    if isinstance(value, bool) or not (0 < number <= most and number >= least):
        low, low_en = ("大于 0", "above 0") if not least else (f"不小于 {least}", f"from {least}")
        raise PlanError(
            f"{name} 应{low} 且不超过 {most}，给的是 {value}",
            f"{name} should be {low_en} and at most {most}, got {value}",
        )
    return number


def random_start(seed: int | str, purpose: str, interval: Fraction) -> Fraction:
    """A start in (0, interval] from the seed.

    With the interval p/q it is the whole number of q-ths at or above U·p/q, U the first uniform
    number of the purpose. U·p/q itself would hit the very same items, since
    ⌈(x + j·p)/q⌉ = ⌈(⌈x⌉ + j·p)/q⌉, and takes 70 digits more to write down.
    """
    parts, whole = interval.numerator, interval.denominator
    return Fraction(math.ceil(uniform(seed, purpose, 1) * parts), whole)


def fixed_hits(start: Fraction, interval: Fraction, length: int) -> list[int]:
    """Hits start + j · interval, j = 0, 1, …, up to the end of the line, as whole numbers."""
    common = math.lcm(start.denominator, interval.denominator)
    first, step = int(start * common), int(interval * common)
    count = (length * common - first) // step + 1
    return [-(-(first + j * step) // common) for j in range(count)]


def cell_hits(seed: int | str, purpose: str, interval: Fraction, n: int) -> list[int]:
    """One hit in each of n cells, (j - 1 + U(j)) · interval."""
    return [math.ceil((j - 1 + uniform(seed, purpose, j)) * interval) for j in range(1, n + 1)]


def random_hits(seed: int | str, purpose: str, length: int, n: int) -> list[int]:
    """N hits anywhere on the line, with replacement: U(j) · length."""
    return [math.ceil(uniform(seed, purpose, j) * length) for j in range(1, n + 1)]


def fixed_probability(size: int, interval: Fraction) -> Fraction:
    """Size / interval, and 1 from size = interval on."""
    return min(Fraction(1), size / interval)


def cell_probability(before: int, after: int, interval: Fraction) -> Fraction:
    """The probability that one of the cells' hits falls on (before, after].

    The hits of two cells are independent: an item on both sides of a boundary, with the shares p
    and q of the two cells, is missed with (1 - p)(1 - q). So it may be below size / interval, and
    an item as long as the interval is not sure to be hit unless it covers a cell.
    """
    first, last = math.floor(before / interval), math.ceil(after / interval) - 1
    if last - first > 1:
        return Fraction(1)
    if first == last:
        return (after - before) / interval
    left, right = (first + 1) - before / interval, after / interval - last
    return 1 - (1 - left) * (1 - right)


def random_probability(size: int, length: int, n: int) -> Fraction:
    """1 - (1 - size / length)^n, to 60 digits."""
    missed = _DIGITS.divide(Decimal(length - size), Decimal(length))
    return Fraction(_DIGITS.subtract(Decimal(1), _DIGITS.power(missed, n)))
