"""The scoring rules (评分规则): a closed set, one function each.

Points are Decimal, rates Fraction. Rounding is 四舍五入 and only where the case states a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from auditbook.case.money import round_half_up


@dataclass(frozen=True)
class Score:
    """One indicator's result.

    Attributes
    ----------
    points : Decimal
        Rounded where the case states how, else as computed.
    unrounded : Fraction
    rate : Fraction
        unrounded / full mark (得分率).
    explanation : str
        How the points came about.

    """

    points: Decimal
    unrounded: Fraction
    rate: Fraction
    explanation: str


def score(rule: str, *, full: Decimal | int, places: int | None = None, **inputs: Any) -> Score:
    """Points of one indicator by its rule.

    Parameters
    ----------
    rule : {"deduct", "ratio", "attain"}
        ``deduct`` 扣分制: full − Σ `deductions`, not below 0.
        ``ratio`` 比率法: full × min(1, `actual` / `target`), both in one unit, not below 0.
        ``attain`` 直接赋分: full if `met`, else 0; or the sum of the points `given` by judgement.
    full : Decimal or int
        Full mark (分值), above 0.
    places : int, optional
        Decimals to which points are rounded half up; None keeps up to four.

    Raises
    ------
    ValueError
        Unknown rule, a negative deduction, a target that is not above zero, or points given that
        are not between zero and the full mark.

    """
    if rule not in _RULES:
        raise ValueError(f"unknown rule {rule!r}; known: {', '.join(_RULES)}")
    full = Decimal(full)
    unrounded, explanation = _RULES[rule](Fraction(full), **inputs)
    points = round_half_up(unrounded, 4 if places is None else places)
    if places is None:
        points = trimmed(points)
    return Score(points, unrounded, unrounded / Fraction(full), explanation)


def _deduct(full: Fraction, *, deductions: Sequence[Decimal | int | float]) -> tuple[Fraction, str]:
    lost = [Fraction(str(points)) for points in deductions]
    if any(points < 0 for points in lost):
        raise ValueError("a deduction is not negative")
    words = "".join(f" − {_plain(points)}" for points in lost)
    return max(Fraction(0), full - sum(lost)), f"{_plain(full)}{words}"


def _ratio(full: Fraction, *, actual: Any, target: Any) -> tuple[Fraction, str]:
    actual, target = Fraction(str(actual)), Fraction(str(target))
    if target <= 0:
        raise ValueError(f"the target must be above zero, got {target}")
    rate = max(Fraction(0), min(Fraction(1), actual / target))
    return full * rate, f"{_plain(full)} × {_plain(round_half_up(rate * 100, 2))}%"


def _attain(
    full: Fraction, *, met: bool = False, given: Sequence[Decimal | int] = ()
) -> tuple[Fraction, str]:
    if given:
        points = sum((Fraction(part) for part in given), Fraction(0))
        if not 0 <= points <= full:
            raise ValueError(f"points given must lie between 0 and {full}, got {points}")
        return points, " + ".join(_plain(Fraction(part)) for part in given)
    return (full, "达标") if met else (Fraction(0), "未达标")


_RULES: dict[str, Callable[..., tuple[Fraction, str]]] = {
    "deduct": _deduct,
    "ratio": _ratio,
    "attain": _attain,
}


def trimmed(points: Decimal) -> Decimal:
    """Points without trailing zeros: 8.20 → 8.2, 4.0000 → 4."""
    whole = points.to_integral_value()
    return whole.quantize(Decimal(1)) if points == whole else points.normalize()


def _plain(number: Fraction | Decimal) -> str:
    return str(trimmed(round_half_up(Fraction(number), 4)))
