"""Rules on a judgement: met or not, points of a checklist, a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditbook.procedures.errors import Number, PlanError, check_count, check_rate
from auditbook.procedures.scoring.points import (
    Points,
    full_mark,
    number,
    number_text,
    points_of,
)

_SEPARATOR = "；"


@dataclass(frozen=True)
class Level:
    """A level and the shares of the full mark that may be given in it.

    Attributes
    ----------
    name : str
    low, high : number
        Shares of the full mark, 0 to 1.
    high_closed : bool
        Whether the upper end belongs to the level; the lower end always does.
    """

    name: str
    low: Number
    high: Number
    high_closed: bool = False

    def __str__(self) -> str:
        low, high = (number_text(number("level", end) * 100) for end in (self.low, self.high))
        return f"{self.name} [{low}%, {high}%" + ")]"[self.high_closed]


LEVELS_2020 = (
    Level("达成", Fraction(4, 5), 1, high_closed=True),
    Level("部分达成", Fraction(3, 5), Fraction(4, 5)),
    Level("未达成", 0, Fraction(3, 5)),
)
"""财预〔2020〕10号: 100–80%, 80–60%, 60–0% of the full mark.

A shared end counts to the higher level: so a local form of 2020 prints its own levels (≥ 80%,
[50%, 80%), below 50%); which one the rule means was not seen."""


def attain(*, full: Number, met: bool | None = None, given: Sequence[Number] = ()) -> Points:
    """直接赋分: the full mark where the target was met, else 0; or points given by judgement.

    Met: 15 of 15; not met: 0. Points given of 4.5 and 3 are 7.5 of 10.

    Parameters
    ----------
    full : number
        Full mark (分值).
    met : bool, optional
    given : sequence of number, optional
        Points, added up. Either this or `met`.

    Returns
    -------
    Points
        reason ``met``, ``not_met`` or ``given``; details given (as a sum).

    Raises
    ------
    PlanError
        Both or neither of `met` and `given`; negative points, or more than the full mark.

    Notes
    -----
    财预〔2021〕101号. Points between 0 and the full mark are common practice, no rule found.
    """
    if (met is None) == (not given):
        raise PlanError(
            "直接赋分应给出是否达标 met，或评定的分数 given，二者之一",
            "give either met, whether the target was met, or given, the points judged",
        )
    if met is not None:
        return points_of(int(met), full, reason="met" if met else "not_met")
    marks = full_mark(full)
    parts = [number("given", part) for part in given]
    if min(parts) < 0 or sum(parts) > marks:
        raise PlanError(
            f"给分应在 0 和分值 {full} 之间，给的是 {_listed(parts)}",
            f"points given should lie between 0 and {full}, got {_listed(parts)}",
        )
    total = sum(parts, Fraction(0))
    words = " + ".join(map(number_text, parts))
    return points_of(total / marks, marks, reason="given", given=words)


def checklist(
    *,
    full: Number,
    credits: Sequence[Number],
    weights: Sequence[Number] | None = None,
    findings: Sequence[int] | None = None,
    loss: Number | None = None,
) -> Points:
    """要点法: the full mark is spread over points of a checklist, each met, missed or met in part.

    Full × Σ weight × credit / Σ weight. Credits 1, 1 and 0.5 of equal weight give 8⅓ of 10; with
    weights 10, 80 and 10 they give 9.5. Inside a point each finding costs `loss` of the point:
    with a loss of 1/3, two findings at the first of two met points leave 6⅔ of 10.

    Parameters
    ----------
    full : number
        Full mark (分值).
    credits : sequence of number
        Of each point (要点), 0 (missed) to 1 (met).
    weights : sequence of number, optional
        Of each point; they add up to 1, to 100 or to the full mark. Left out: equal.
    findings : sequence of int, optional
        Number of findings at each point.
    loss : number, optional
        Share of a point that each finding costs; ``Fraction(1, 3)`` where three end it.

    Returns
    -------
    Points
        reason ``all_met``, ``partly_met`` or ``none_met``; details credits (after findings),
        weights, met (number of points with full credit), points (number of points).

    Raises
    ------
    PlanError
        No points, sequences of other lengths, a credit or a loss outside 0 … 1, weights that are
        not above 0 or add up to something else, findings without a loss or the reverse.

    Notes
    -----
    The points are those of 财预〔2020〕10号 annex 2; their weights are the evaluator's. 郑州 2020:
    a point is worth 20, 25 or 50% of its indicator. The loss per finding inside a point is common
    practice, no rule found.
    """
    marks, count = full_mark(full), len(credits)
    if not count:
        raise PlanError("要点法至少要一个要点，给的是 0 个", "a checklist needs a point, got none")
    shares = _weights(weights, count, marks)
    kept = [check_rate("credits", credit, zero=True, one=True) for credit in credits]
    kept = _after_findings(kept, findings, loss)
    share = sum((w * c for w, c in zip(shares, kept, strict=True)), Fraction(0))
    met = sum(credit == 1 for credit in kept)
    reason = "all_met" if met == count else "partly_met" if share else "none_met"
    return points_of(share, marks, reason=reason, credits=_listed(kept),
                     weights=_listed(shares), met=met, points=count)  # fmt: skip


def level(
    *, full: Number, level: str, given: Number, levels: Sequence[Level] = LEVELS_2020
) -> Points:
    """等级赋分: points judged within the share of the full mark that the level allows.

    达成 allows 8 to 10 of 10, so that 8.5 stand; 部分达成 allows 6 to less than 8, so
    that 8 is refused.

    Parameters
    ----------
    full : number
        Full mark (分值).
    level : str
        Name of the level that was judged.
    given : number
        Points judged within it.
    levels : sequence of Level

    Returns
    -------
    Points
        reason ``level``; details level, band such as ``[80%, 100%]``, given.

    Raises
    ------
    PlanError
        An unknown level, levels that do not split 0 … 1, points outside the level's share.

    Notes
    -----
    财预〔2020〕10号, 财预〔2021〕101号: three levels, see :data:`LEVELS_2020`. Where in its share
    the points lie is a judgement; none is made here.
    """
    marks, points = full_mark(full), number("given", given)
    _check_levels(levels)
    found = next((one for one in levels if one.name == level), None)
    if found is None:
        known = "、".join(one.name for one in levels)
        raise PlanError(
            f"等级应为 {known} 之一，给的是 {level!r}",
            f"the level should be one of {known}, got {level!r}",
        )
    low, high = number("low", found.low) * marks, number("high", found.high) * marks
    if points < low or points > high or (points == high and not found.high_closed):
        ends = f"[{number_text(low)}, {number_text(high)}" + ")]"[found.high_closed]
        raise PlanError(
            f"{found} 的得分应在 {ends} 内，给的是 {given}",
            f"points of {found} should lie in {ends}, got {given}",
        )
    return points_of(points / marks, marks, reason="level", level=level,
                     band=str(found).removeprefix(level).strip(), given=points)  # fmt: skip


def _weights(weights: Sequence[Number] | None, count: int, full: Fraction) -> list[Fraction]:
    """Shares of the full mark that add up to 1."""
    if weights is None:
        return [Fraction(1, count)] * count
    values = [number("weights", weight) for weight in weights]
    total = sum(values, Fraction(0))
    if len(values) != count or min(values) <= 0:
        raise PlanError(
            f"{count} 个要点应各有一个大于 0 的权重，给的是 {_listed(values)}",
            f"{count} points should have a weight above 0 each, got {_listed(values)}",
        )
    if total not in (1, 100, full):
        wanted = number_text(full)
        raise PlanError(
            f"要点权重之和应为 1、100 或分值 {wanted}，给的合计 {number_text(total)}",
            f"weights should add up to 1, 100 or the full mark {wanted}, got {number_text(total)}",
        )
    return [value / total for value in values]


def _after_findings(
    credits: list[Fraction], findings: Sequence[int] | None, loss: Number | None
) -> list[Fraction]:
    """Credits less what the findings at each point cost, not below 0."""
    if findings is None and loss is None:
        return credits
    if findings is None or loss is None or len(findings) != len(credits):
        raise PlanError(
            f"要点内扣分应给出 {len(credits)} 个要点各自的问题数 findings 和每个问题扣的比例 loss",
            f"give findings, a number for each of the {len(credits)} points, together with loss",
        )
    each = check_rate("loss", loss, one=True)
    counts = [check_count("findings", found) for found in findings]
    return [max(Fraction(0), c - each * n) for c, n in zip(credits, counts, strict=True)]


def _check_levels(levels: Sequence[Level]) -> None:
    """Levels split the shares from 0 to 1, 1 included, and have different names."""
    rows = sorted(levels, key=lambda one: number("low", one.low))
    lows = [number("low", one.low) for one in rows]
    highs = [number("high", one.high) for one in rows]
    closed = [one.high_closed for one in rows]
    names = {one.name for one in rows}
    whole = (
        rows and lows[0] == 0 and highs[-1] == 1 and closed == [False] * (len(rows) - 1) + [True]
    )
    if not whole or lows[1:] != highs[:-1] or len(names) < len(rows) or any(
        low >= high for low, high in zip(lows, highs, strict=True)
    ):  # fmt: skip
        found = "、".join(map(str, rows))
        raise PlanError(
            f"各等级应首尾相接地分完 0–100%（含 100%），名称各不相同，给的是 {found}",
            f"levels should split 0–100% (100% included) and differ in name, got {found}",
        )


def _listed(values: Sequence[Fraction]) -> str:
    return _SEPARATOR.join(map(number_text, values))
