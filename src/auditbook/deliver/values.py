"""A figure as people read it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from auditbook.case.money import (
    FEN_PER_UNIT,
    amount_text,
    money_text,
    percent_text,
    round_half_up,
)
from auditbook.deliver.labels import label, labels
from auditbook.facts import Figure

_BOUNDS = {"exact": "", "at_most": "≤ ", "at_least": "≥ "}


def figure_text(figure: Figure, *, money_unit: str, lang: str = "zh") -> str:
    """The value of a figure with its unit, and ``≤`` or ``≥`` where it is only a limit."""
    return _BOUNDS[figure.bound] + _value(figure, money_unit, lang)


def _value(figure: Figure, money_unit: str, lang: str) -> str:
    value = figure.value
    if figure.unit == "fen" and isinstance(value, int):
        return _money(value, money_unit, lang)
    if figure.unit == "fen_per_item" and isinstance(value, int | Fraction):
        yuan = round_half_up(Fraction(value) / FEN_PER_UNIT["元"], 2)
        return f"{yuan:,}元" if lang == "zh" else f"{yuan:,} yuan"
    if figure.unit == "rate" and isinstance(value, Fraction):
        return percent_text(value)
    if figure.unit == "count" and isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _money(fen: int, unit: str, lang: str) -> str:
    if lang == "zh":
        return amount_text(fen, unit)
    key = f"money_unit.{unit}"
    words = label(key, lang) if key in labels() else unit
    times = "× " if words[0].isdigit() else ""
    return f"{money_text(fen, unit)} {times}{words}"
