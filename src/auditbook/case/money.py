"""Money and rounding: the one place where 元 and 万元 become fen (分), and fen become text.

Inside auditbook every amount is a whole number of fen, so that two amounts tie or do not tie
without any tolerance for arithmetic. Units exist at the edges only.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

FEN_PER_UNIT = {
    "分": 1,
    "元": 100,
    "千元": 100_000,
    "万元": 1_000_000,
    "百万元": 100_000_000,
    "亿元": 10_000_000_000,
}
"""Units of money that are understood, and how many fen each one has."""

ZERO_SIGNS = frozenset({"-", "--", "—", "——", "–", "−", "/", "\\", "无"})
"""What printed tables write for "nothing": taken as zero in amounts, never in names."""

_UNIT_WORDS = "|".join(sorted(FEN_PER_UNIT, key=len, reverse=True))
_AMOUNT = re.compile(rf"(?P<number>.*?)\s*(?P<unit>{_UNIT_WORDS})?(人民币)?")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_EXCEL_DIGITS = 15  # a spreadsheet keeps 15 significant digits; the rest is binary noise


def plain(text: str) -> str:
    """Full-width letters, digits and signs as ordinary ones, outer spaces removed (NFKC)."""
    return unicodedata.normalize("NFKC", text).strip()


def parse_number(cell: str | float | Decimal) -> Decimal:
    """The number in a cell, exactly as printed.

    Understands ``1,234.50``, full-width digits, the signs of :data:`ZERO_SIGNS`, brackets for
    negative amounts ``(12.00)`` and numbers of a spreadsheet (15 significant digits).

    Raises
    ------
    ValueError
        The cell holds something else.
    """
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(format(cell, f".{_EXCEL_DIGITS}g"))
    text = plain(str(cell)).replace("−", "-").replace("¥", "")
    if text in ZERO_SIGNS:
        return Decimal(0)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {cell!r}")
    return Decimal(text.replace(",", ""))


def parse_money(cell: str | float | Decimal, unit: str) -> int:
    """Fen in a cell; ``unit`` (for example ``万元``) holds unless the cell names its own.

    Raises
    ------
    ValueError
        Not an amount, an unknown unit, or finer than one fen.
    """
    number: str | float | Decimal = cell
    if isinstance(cell, str):
        found = _AMOUNT.fullmatch(plain(cell))
        if found and found["unit"]:
            number, unit = found["number"], found["unit"]
    try:
        fen = parse_number(number) * FEN_PER_UNIT[unit]
    except KeyError:
        raise ValueError(f"unknown money unit: {unit!r}") from None
    except InvalidOperation:
        raise ValueError(f"not an amount: {cell!r}") from None
    if fen != fen.to_integral_value():
        raise ValueError(f"finer than one fen: {cell!r}")
    return int(fen)


def round_half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """Round 四舍五入 (half away from zero) to ``places`` decimals; exact for fractions."""
    step = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**places
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return (Decimal(whole) * step * (1 if value >= 0 else -1)).quantize(step)
    return Decimal(value).quantize(step, rounding=ROUND_HALF_UP)


def money_text(fen: int, unit: str, *, places: int = 2) -> str:
    """An amount as people write it, without the unit: ``1,234.50``."""
    return f"{round_half_up(Fraction(int(fen), FEN_PER_UNIT[unit]), places):,f}"


def amount_text(fen: int, unit: str) -> str:
    """An amount as people write it, with the unit: ``1,234.50万元``."""
    return f"{money_text(fen, unit)}{unit}"


def unit_places(unit: str) -> int:
    """Decimals that one fen needs in a unit: 0 in 分, 2 in 元, 6 in 万元."""
    return len(str(FEN_PER_UNIT[unit])) - 1


def exact_text(fen: int, unit: str) -> str:
    """An amount to the fen, without the unit: ``40.00`` and ``40.000001`` in 万元."""
    text = money_text(fen, unit, places=unit_places(unit))
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}" if decimals else whole


def percent_text(rate: Fraction | float, *, places: int = 2) -> str:
    """A fraction as a percentage, 四舍五入: ``83.99%``."""
    exact = rate if isinstance(rate, Fraction) else Fraction(str(float(rate)))
    return f"{round_half_up(exact * 100, places):f}%"
