"""Whether a target was reached, and by how much: reached, not reached, or not to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from auditbook.procedures.errors import PlanError, check_choice, exact
from auditbook.procedures.scoring.targets_text import TargetText, parse_target
from auditbook.procedures.scoring.targets_units import measure

Attained = Literal["reached", "not_reached", "undecided"]
Better = Literal["higher", "lower"]
Actual: TypeAlias = "int | float | Decimal | Fraction | date | str | TargetText | None"
"""An actual value: a number counts in the target's unit, a text is read like a target."""


def attained(target: TargetText, actual: Actual, *, better: Better | None = None) -> Attained:
    """Whether the actual value is one of those that the target allows.

    An actual value that is itself a relation (``≥95%``) or a range is reached where all of it
    lies within the target, not reached where none of it does, and undecided otherwise. Undecided
    are also a target or an actual value that could not be read, units that do not convert
    exactly (天 and 工作日), and a number without a relation that is not met exactly, unless
    `better` says which direction counts.

    Parameters
    ----------
    target : TargetText
    actual : number, date, str, TargetText or None
        ``≥90%`` and 92: reached. A text without a unit counts in the target's unit, except at
        most 1 under a target in %: 0.95 may be 95%.
    better : {"higher", "lower"}, optional
        For a number without a relation (``2栋``): whether more or less than it is reached too.
    """
    allowed, found = _span(_directed(target, better)), _found(target, actual)
    if allowed is None or found is None or allowed.days != found.days:
        return "undecided"
    if found.within(allowed):
        return "reached"
    outside = found.apart(allowed)
    if not outside or (target.operator == "bare" and better is None):
        return "undecided"
    return "not_reached"


def completion(
    target: TargetText, actual: Actual, *, better: Better | None = None
) -> Fraction | None:
    """完成率: how much of the target the actual value is, 1 where it is just met.

    Larger is better (``≥``, ``>``): actual / target (财预〔2020〕10号: 实际产出 / 计划产出).
    Smaller is better (``≤``, ``<``): target / actual (common practice, no rule found).
    Not capped: 120 of 100 is 6/5. Inside a range 1, outside it by the end that was missed.

    Returns
    -------
    Fraction or None
        None where there is no such rate: a day, a target of 0, a negative number, an actual of 0
        under ``≤``, a text or unit that could not be read, an actual that is no single number, and
        a number without a direction (``=``, or ``2栋`` without `better`) that is not met exactly.
    """
    wanted, found = _span(_directed(target, better)), _found(target, actual)
    if wanted is None or found is None or wanted.days or found.days:
        return None
    value = found.low
    if value is None or value != found.high or value < 0:
        return None
    if wanted.low is not None and wanted.high is not None:
        if wanted.low <= value <= wanted.high and wanted.high > 0:
            return Fraction(1)
        if wanted.low == wanted.high:
            return None
    if wanted.low is not None and (wanted.high is None or value < wanted.low):
        return value / wanted.low if wanted.low > 0 else None
    if wanted.high is not None and wanted.high > 0 and value > 0:
        return wanted.high / value
    return None


@dataclass(frozen=True)
class _Span:
    """The values that a relation allows; None: no end on that side."""

    low: Fraction | None
    high: Fraction | None
    low_in: bool = True
    high_in: bool = True
    days: bool = False

    def within(self, other: _Span) -> bool:
        return _over(self.low, self.low_in, other.low, other.low_in) and _over(
            _negative(self.high), self.high_in, _negative(other.high), other.high_in
        )

    def apart(self, other: _Span) -> bool:
        return _ends_before(self, other) or _ends_before(other, self)


def _over(inner: Fraction | None, inner_in: bool, outer: Fraction | None, outer_in: bool) -> bool:
    if outer is None:
        return True
    if inner is None:
        return False
    return inner > outer or (inner == outer and (outer_in or not inner_in))


def _negative(end: Fraction | None) -> Fraction | None:
    return None if end is None else -end


def _ends_before(one: _Span, other: _Span) -> bool:
    if one.high is None or other.low is None:
        return False
    both = one.high_in and other.low_in
    return one.high < other.low or (one.high == other.low and not both)


def _span(target: TargetText | None) -> _Span | None:
    """The values that a target allows, in the base of its unit."""
    if target is None or target.operator is None:
        return None
    factor = measure(target.unit)[1]
    if target.operator == "between":
        if target.low is None or target.high is None:
            return None
        return _Span(Fraction(target.low) * factor, Fraction(target.high) * factor)
    days = isinstance(target.value, date)
    value = _base(target.value, factor)
    if target.operator in ("ge", "gt"):
        return _Span(value, None, low_in=target.operator == "ge", days=days)
    if target.operator in ("le", "lt"):
        return _Span(None, value, high_in=target.operator == "le", days=days)
    return _Span(value, value, days=days)


def _base(value: Decimal | date | None, factor: Fraction) -> Fraction:
    if isinstance(value, date):
        return Fraction((value - date.min) // timedelta(days=1))
    if value is None:
        raise PlanError("目标没有数值", "the target has no value")
    return Fraction(value) * factor


def _directed(target: TargetText, better: Better | None) -> TargetText:
    """A number without a relation as one with the direction that was declared."""
    if better is not None:
        check_choice("better", better, ("higher", "lower"))
    if target.operator != "bare" or better is None:
        return target
    relation: Literal["ge", "le"] = "ge" if better == "higher" else "le"
    return TargetText(target.text, relation, target.value, target.unit)


def _found(target: TargetText, actual: Actual) -> _Span | None:
    """The actual value in the base of the target's unit; None where it does not convert."""
    if actual is None or isinstance(actual, str | TargetText):
        read = _read(actual, target.unit) if isinstance(actual, str) else actual
        return _span(read and _same_kind(target, read))
    if isinstance(actual, date):
        return _span(TargetText("", "bare", actual))
    value = exact(actual) * measure(target.unit)[1]
    return _Span(value, value)


def _read(text: str, unit: str) -> TargetText:
    """An actual value as written; 30日 is so many days where the target is in 天."""
    read = parse_target(text)
    return parse_target(text, unit=unit) if read.reason == "ambiguous" else read


def _same_kind(target: TargetText, actual: TargetText) -> TargetText | None:
    ends = [end for end in (actual.value, actual.low, actual.high) if isinstance(end, Decimal)]
    if actual.operator is None or not ends or actual.unit:
        same = measure(actual.unit)[0] == measure(target.unit)[0]
        return actual if same or isinstance(actual.value, date) else None
    if measure(target.unit)[0] == "%" and any(0 < end <= 1 for end in ends):
        return None
    return TargetText(
        actual.text, actual.operator, actual.value, target.unit, actual.low, actual.high
    )
