"""Plans that cannot be carried out, and the checks that sampling and surveys share."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = "int | float | Decimal | Fraction"
"""A number as people give it; a float counts as the decimal that it prints."""


class PlanError(ValueError):
    """A plan or an evaluation that is impossible; it says what to change.

    Shown without a traceback in JupyterLab and by papermill.

    Parameters
    ----------
    message, message_en : str
        What is wrong, what was given, and what would be right, in Chinese and English.
    """

    def __init__(self, message: str, message_en: str) -> None:
        self.message, self.message_en = message, message_en
        super().__init__(message, message_en)

    def __str__(self) -> str:
        return f"{self.message}\n{self.message_en}"

    def _render_traceback_(self) -> list[str]:
        """Jupyter prints these lines instead of a traceback."""
        return str(self).splitlines()


def exact(number: Number) -> Fraction:
    """A number as an exact fraction; 0.035 is 35/1000, not its nearest binary float."""
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


def check_confidence(confidence: Number) -> Fraction:
    """The confidence level as an exact fraction.

    Raises
    ------
    PlanError
        It is not between 0 and 1: 95 where 0.95 is meant.
    """
    level = _number("置信水平 confidence", "confidence", confidence)
    if not 0 < level < 1:
        right = f"{float(level / 100):g}" if 1 < level < 100 else "0.95"
        raise PlanError(
            f"置信水平 confidence 应在 0 和 1 之间，给的是 {confidence}；请写成 {right}",
            f"confidence should be between 0 and 1, got {confidence}; write {right}",
        )
    return level


def check_rate(name: str, rate: Number, *, zero: bool = False, one: bool = False) -> Fraction:
    """A rate as an exact fraction.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    rate : number
    zero, one : bool
        Whether 0 or 1 itself is allowed.

    Raises
    ------
    PlanError
        It is not between 0 and 1.
    """
    value = _number(name, name, rate)
    if not (0 <= value if zero else 0 < value) or not (value <= 1 if one else value < 1):
        right = f"；百分之 {float(value):g} 写成 {float(value / 100):g}" if 1 < value < 100 else ""
        right_en = f"; {float(value):g} percent is {float(value / 100):g}" if right else ""
        raise PlanError(
            f"{name} 应为 0 到 1 之间的比率，给的是 {rate}{right}",
            f"{name} should be a rate between 0 and 1, got {rate}{right_en}",
        )
    return value


def check_count(name: str, count: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number within its limits.

    Raises
    ------
    PlanError
        It is no whole number, or outside them.
    """
    whole = not isinstance(count, bool) and hasattr(count, "__index__")
    if not whole or count < least or (most is not None and count > most):
        to = f"，不超过 {most}" if most is not None else ""
        to_en = f" and at most {most}" if most is not None else ""
        raise PlanError(
            f"{name} 应为不小于 {least} 的整数{to}，给的是 {count}",
            f"{name} should be a whole number of at least {least}{to_en}, got {count}",
        )
    return int(count)


def check_amount(name: str, amount: Number, *, zero: bool = False) -> Fraction:
    """A positive amount as an exact fraction, in the unit of the other amounts.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    amount : number
    zero : bool
        Whether 0 itself is allowed.

    Raises
    ------
    PlanError
        It is negative or zero. Such amounts are a population of their own.
    """
    value = _number(name, name, amount)
    if value < 0 or (value == 0 and not zero):
        least, least_en = ("不小于 0", "at least 0") if zero else ("大于 0", "above 0")
        raise PlanError(
            f"{name} 应{least}，给的是 {amount}；负数和零金额另作总体检查",
            f"{name} should be {least_en}, got {amount}; set negative and zero amounts apart",
        )
    return value


def check_choice(name: str, value: str, choices: Collection[str]) -> str:
    """One of the words that are known.

    Raises
    ------
    PlanError
        It is none of them.
    """
    if value not in choices:
        known = ", ".join(choices)
        raise PlanError(
            f"{name} 应为 {known} 之一，给的是 {value!r}",
            f"{name} should be one of {known}, got {value!r}",
        )
    return value


def _number(zh: str, en: str, value: Number) -> Fraction:
    try:
        return exact(value)
    except (TypeError, ValueError, OverflowError):
        raise PlanError(
            f"{zh} 应为一个数，给的是 {value!r}", f"{en} should be a number, got {value!r}"
        ) from None
