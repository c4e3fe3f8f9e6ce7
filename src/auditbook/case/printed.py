"""A figure as somebody printed it, and whether an exact value could have been printed so.

A report that prints 83.99% says that the value lies in the half-open interval that rounds to
83.99, or, where digits were cut off, in [83.99, 84.00). Which of the two is never known from one
figure, so both are tried, and the answer says which one fits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from auditbook.case.money import FEN_PER_UNIT, parse_number, plain, round_half_up

_SHAPE = re.compile(r"(?P<number>[+\-−]?[\d,.]+)\s*(?P<percent>%)?\s*(?P<unit>.*)")

Fit = Literal["exact", "rounded", "cut"]


@dataclass(frozen=True)
class Printed:
    """A printed figure.

    Attributes
    ----------
    text : str
        As printed, for example ``"83.99%"`` or ``"700.00"``.
    value : Decimal
        The number before any unit is applied: ``83.99``.
    places : int
        Decimals printed.
    scale : Fraction
        What one printed unit is in the inner unit: 1/100 for a percentage, fen for money
        (``万元`` → 1,000,000), 1 for counts and points.
    """

    text: str
    value: Decimal
    places: int
    scale: Fraction

    @property
    def exact(self) -> Fraction:
        """The printed number in the inner unit (a fraction for rates, fen for money)."""
        return Fraction(self.value) * self.scale

    def fits(self, value: Fraction | int) -> Fit | None:
        """How ``value`` (inner unit) would have to be printed to give this text, if at all."""
        shown = Fraction(value) / self.scale
        if shown == Fraction(self.value):
            return "exact"
        if round_half_up(shown, self.places) == self.value:
            return "rounded"
        step = Fraction(1, 10**self.places)
        same_sign = (shown >= 0) == (self.value >= 0)
        if same_sign and (abs(shown) // step) * step == abs(Fraction(self.value)):
            return "cut"
        return None


def parse_printed(text: str, unit: str = "") -> Printed:
    """Read a printed figure such as ``94.42%``, ``700.00`` with unit ``万元``, ``3500``.

    Raises
    ------
    ValueError
        The text holds no plain number.
    """
    found = _SHAPE.fullmatch(plain(text))
    if not found:
        raise ValueError(f"not a printed figure: {text!r}")
    number = found["number"]
    value = parse_number(number)
    places = len(number.partition(".")[2])
    unit = found["unit"] or unit
    scale = (
        Fraction(1, 100) if found["percent"] or unit == "%" else Fraction(FEN_PER_UNIT.get(unit, 1))
    )
    return Printed(text, value, places, scale)
