"""Rules that compare: with earlier periods, with others, and over the range of a survey."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal, Protocol

from auditbook.procedures.errors import Number, PlanError, check_choice
from auditbook.procedures.scoring.points import (
    BETTER,
    Better,
    Points,
    number,
    number_text,
    points_of,
)

_SEPARATOR = "；"


class FigureRule(Protocol):
    """A rule on one figure with everything else settled, such as a ``partial`` of ratio."""

    def __call__(self, *, actual: Number) -> Points:
        """Points at a figure."""


@dataclass(frozen=True)
class SurveyPoints:
    """Points at the estimate of a survey, and at both limits of its interval.

    Attributes
    ----------
    estimate : Points
    lower, upper : Points or None
        At the lower and the upper limit of the figure; None where no interval can be given, as
        for a judgement sample.
    """

    estimate: Points
    lower: Points | None
    upper: Points | None

    @property
    def least(self) -> Fraction:
        """The fewest points within the interval's limits."""
        return min(one.points for one in self._known())

    @property
    def most(self) -> Fraction:
        """The most points within the interval's limits."""
        return max(one.points for one in self._known())

    def _known(self) -> list[Points]:
        return [one for one in (self.lower, self.estimate, self.upper) if one is not None]


def trend(
    *,
    full: Number,
    series: Sequence[Number],
    equal: bool,
    better: Better = "higher",
    by_period: bool = False,
) -> Points:
    """趋势: the full mark where the figure improves in each period.

    80, 85, 90 give 10 of 10. 80, 85, 84 give 0, or by period 5, since one of two changes is a
    rise.

    Parameters
    ----------
    full : number
        Full mark (分值).
    series : sequence of number
        Oldest first, in one unit; two or more.
    equal : bool
        Whether an unchanged figure counts as improved. There is no usual answer: state it.
    better : {"higher", "lower"}
    by_period : bool
        Whether each change gives its part of the full mark, rather than all or nothing.

    Returns
    -------
    Points
        reason ``each_improved``, ``some_improved`` or ``none_improved``; details series,
        improved, changes.

    Raises
    ------
    PlanError
        Fewer than two figures, or one that is missing.

    Notes
    -----
    财预〔2021〕101号 names 趋势判断; how it gives points is common practice, no rule found.
    """
    values = [number("series", value) for value in series]
    if len(values) < 2:
        raise PlanError(
            f"趋势至少要两期数据，给的是 {len(values)} 期",
            f"a trend needs two periods, got {len(values)}",
        )
    changes = [_as_good(new, old, better, equal) for old, new in pairwise(values)]
    improved = sum(changes)
    share = Fraction(improved, len(changes)) if by_period else Fraction(int(all(changes)))
    reason = "each_improved" if all(changes) else "some_improved" if improved else "none_improved"
    shown = _SEPARATOR.join(map(number_text, values))
    return points_of(share, full, reason=reason, series=shown, improved=improved,
                     changes=len(changes))  # fmt: skip


def compare(
    *,
    full: Number,
    actual: Number,
    equal: bool,
    better: Better = "higher",
    last_year: Number | None = None,
    peers: Sequence[Number] = (),
    peers_by: Literal["mean", "median"] | None = None,
    standard: Number | None = None,
) -> Points:
    """比较: the full mark is spread evenly over what the figure is compared with.

    85 against 80 last year, peers of 84 and 90 (mean 87) and a standard of 85 passes two of
    three where `equal` counts: 6⅔ of 10; one of three where it does not: 3⅓.

    Parameters
    ----------
    full : number
        Full mark (分值).
    actual : number
    equal : bool
        Whether the same figure passes. There is no usual answer: state it.
    better : {"higher", "lower"}
    last_year, standard : number, optional
        In the unit of `actual`.
    peers : sequence of number, optional
        Of comparable units, without the one that is evaluated.
    peers_by : {"mean", "median"}, optional
        What stands for the peers; to be stated with them.

    Returns
    -------
    Points
        reason ``all_passed``, ``some_passed`` or ``none_passed``; details actual, and for each of
        last_year, peers, standard its figure with ``passed`` or ``missed``.

    Raises
    ------
    PlanError
        Nothing to compare with, or peers without `peers_by`.

    Notes
    -----
    Standards of 财预〔2011〕285号: plan, sector, history, others. How they give points is common
    practice, no rule found.
    """
    value = number("actual", actual)
    others = _references(last_year, peers, peers_by, standard)
    passed = {name: _as_good(value, other, better, equal) for name, other in others.items()}
    count = sum(passed.values())
    share = Fraction(count, len(others))
    reason = "all_passed" if share == 1 else "some_passed" if share else "none_passed"
    shown = {
        name: f"{number_text(other)} {'passed' if passed[name] else 'missed'}"
        for name, other in others.items()
    }
    return points_of(share, full, reason=reason, actual=value, **shown)


def survey(
    *,
    rule: FigureRule,
    estimate: Number,
    lower: Number | None = None,
    upper: Number | None = None,
) -> SurveyPoints:
    """公众评判: points at the estimate of a survey and at both limits of its interval.

    By the bands (90, 10), (80, 8), (60, 5), 94.42 with limits 84.3 and 98.2 gives 10 points, and
    from 8 to 10 over the interval.

    Parameters
    ----------
    rule : callable of ``actual``
        For example ``functools.partial(bands, full=10, bands=[(90, 10), (80, 8), (60, 5)])``.
    estimate, lower, upper : number
        In the unit of the rule; both limits or none.

    Raises
    ------
    PlanError
        One limit without the other, or an estimate outside them.

    Notes
    -----
    Points at the limits bound all points in between where the rule is monotone, as ratio, linear
    and bands by thresholds are. The interval holds for a probability sample only.
    """
    value = number("estimate", estimate)
    if lower is None and upper is None:
        return SurveyPoints(rule(actual=value), None, None)
    if lower is None or upper is None:
        raise PlanError(
            "区间应同时给出下限 lower 和上限 upper，或都不给",
            "give both limits of the interval, lower and upper, or neither",
        )
    low, high = number("lower", lower), number("upper", upper)
    if not low <= value <= high:
        raise PlanError(
            f"估计值 {estimate} 应在下限 {lower} 和上限 {upper} 之间",
            f"the estimate {estimate} should lie between its limits {lower} and {upper}",
        )
    return SurveyPoints(rule(actual=value), rule(actual=low), rule(actual=high))


def _as_good(value: Fraction, other: Fraction, better: Better, equal: bool) -> bool:
    """Whether a figure is better than another one, or, where `equal` counts, the same."""
    higher = check_choice("better", better, BETTER) == "higher"
    return (equal and value == other) or (value > other if higher else value < other)


def _references(
    last_year: Number | None,
    peers: Sequence[Number],
    peers_by: str | None,
    standard: Number | None,
) -> dict[str, Fraction]:
    """What the figure is compared with, by name."""
    found = {}
    if last_year is not None:
        found["last_year"] = number("last_year", last_year)
    if peers:
        values = [number("peers", value) for value in peers]
        how = check_choice("peers_by", str(peers_by), ("mean", "median"))
        found["peers"] = Fraction(
            statistics.mean(values) if how == "mean" else statistics.median(values)
        )
    if standard is not None:
        found["standard"] = number("standard", standard)
    if not found:
        raise PlanError(
            "比较法应至少给出上年 last_year、同类 peers、标准 standard 之一",
            "give at least one of last_year, peers, standard to compare with",
        )
    return found
