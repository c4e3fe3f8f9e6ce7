"""What every scoring rule returns: points of a full mark, why, and from which inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from auditbook.procedures.errors import Number, PlanError, check_amount, exact

Better = Literal["higher", "lower"]
"""Whether a higher or a lower figure is better (正向、反向指标)."""
BETTER = ("higher", "lower")


@dataclass(frozen=True)
class Points:
    """The points of one indicator, unrounded.

    Attributes
    ----------
    points : Fraction
        Not below 0; above `full` only where a rule was declared to have no cap.
    full : Fraction
        Full mark (分值), above 0.
    reason : str
        Which branch of the rule gave the points, as a word of code: ``met``, ``below_passing``.
    details : mapping of str to str
        The inputs used and what was computed on the way, as exact text.

    Raises
    ------
    PlanError
        A full mark that is not above 0, or points below 0.
    """

    points: Fraction
    full: Fraction
    reason: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_amount("full", self.full)
        if self.points < 0:
            raise PlanError(
                f"得分不能为负，给的是 {number_text(self.points)}；最低为 0",
                f"points are not negative, got {number_text(self.points)}; the least is 0",
            )

    @property
    def rate(self) -> Fraction:
        """Points as a share of the full mark (得分率)."""
        return self.points / self.full


def points_of(share: Number, full: Number, *, reason: str, **details: str | Number) -> Points:
    """The points of a share of the full mark: 83.99% of 10 are 8.399.

    Parameters
    ----------
    share : number
        Of the full mark, 0 to 1. Nothing is clipped.
    full : number
        Full mark (分值).
    reason : str
        See :class:`Points`.
    details : str or number
        See :class:`Points`; numbers are written out exactly.

    Raises
    ------
    PlanError
        A share outside 0 … 1, or a full mark that is not above 0.
    """
    marks, rate = full_mark(full), number("share", share)
    if not 0 <= rate <= 1:
        raise PlanError(
            f"得分率应在 0 和 1 之间，给的是 {share}",
            f"the share of the full mark should lie between 0 and 1, got {share}",
        )
    return Points(rate * marks, marks, reason, texts(details))


def full_mark(full: Number) -> Fraction:
    """A full mark as an exact fraction; PlanError where it is not above 0."""
    return check_amount("full", full)


def number(name: str, value: Number) -> Fraction:
    """A number as an exact fraction: 92.5 is 185/2.

    Raises
    ------
    PlanError
        It is no number, not finite, or a truth value.
    """
    try:
        if not isinstance(value, bool):
            return exact(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        pass
    raise PlanError(
        f"{name} 应为一个数，给的是 {value!r}", f"{name} should be a number, got {value!r}"
    )


def number_text(value: Fraction) -> str:
    """A number written out exactly: ``83.99``, and ``1/3`` where decimals do not end."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest > 1:
        return str(value)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    whole = digits[: len(digits) - places]
    return ("-" if value < 0 else "") + whole + (f".{digits[-places:]}" if places else "")


def texts(details: Mapping[str, str | Number]) -> dict[str, str]:
    """Details as exact text."""
    return {
        name: value if isinstance(value, str) else number_text(exact(value))
        for name, value in details.items()
    }
