"""Rules on a measured figure: by its ratio to a target, along a line, or by bands."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from auditbook.procedures.errors import Number, PlanError, check_amount, check_choice, check_rate
from auditbook.procedures.scoring.band_table import Band, band_table
from auditbook.procedures.scoring.points import (
    BETTER,
    Better,
    Points,
    full_mark,
    number,
    points_of,
    texts,
)

AbovePassing = Literal["rescaled", "plain"]


def ratio(
    *,
    full: Number,
    actual: Number,
    target: Number,
    better: Better = "higher",
    cap: bool = True,
    passing: Number | None = None,
    above_passing: AbovePassing = "rescaled",
) -> Points:
    """比率法: the full mark times the rate at which the target was reached.

    Full × r with r = `actual` / `target` where more is better, `target` / `actual` where less
    is. 83.99% of a target of 100% are 8.399 of 10; 40 days where 30 were allowed are 7.5 of 10.

    Parameters
    ----------
    full : number
        Full mark (分值).
    actual, target : number
        In one unit. A negative actual value gives 0 where more is better.
    better : {"higher", "lower"}
    cap : bool
        Whether r counts as 1 at most. Without a cap points may exceed the full mark.
    passing : number, optional
        Rate (0.6, not 60) below which there are no points (及格门槛).
    above_passing : {"rescaled", "plain"}
        From the pass mark on: full × (r − passing) / (1 − passing), or full × r. At r = 80% with
        a pass mark of 60% that is 5 or 8 of 10.

    Returns
    -------
    Points
        reason ``met`` (r = 1), ``capped`` (r > 1), ``uncapped``, ``ratio``, ``below_passing`` or
        ``floor`` (negative); details actual, target, rate (before the cap), passing.

    Raises
    ------
    PlanError
        A target that is not above 0 (where less is better: below 0); a negative actual value
        where less is better, or 0 without a cap; a pass mark that is no rate below 1.

    Notes
    -----
    财预〔2020〕10号, self-evaluation: target reached, full mark; else by the ratio. The rescaled
    pass mark is that of 财预〔2021〕101号; the plain one and the missing cap are common practice,
    no rule found. The reduction by 偏离度 of a target set too low has no published formula: the
    rate in the details shows by how much it was passed.
    """
    value, aim = number("actual", actual), number("target", target)
    rate = _rate(value, aim, better, cap=cap)
    shown = {"actual": value, "target": aim, "rate": "∞" if rate is None else rate}
    floor = None if passing is None else check_rate("passing", passing, zero=True)
    check_choice("above_passing", above_passing, ("rescaled", "plain"))
    if floor is not None:
        shown |= {"passing": floor}
    share = Fraction(1) if rate is None or (cap and rate > 1) else max(rate, Fraction(0))
    reason = _ratio_reason(rate, cap=cap)
    if floor is not None and share < floor:
        share, reason = Fraction(0), "below_passing"
    elif floor is not None and above_passing == "rescaled":
        share = (share - floor) / (1 - floor)
    marks = full_mark(full)
    return Points(share * marks, marks, reason, texts(shown))


def linear(
    *,
    full: Number,
    actual: Number,
    top: Number,
    bottom: Number | None = None,
    per_point: Number | None = None,
    better: Better = "higher",
) -> Points:
    """线性扣分: each unit that the figure falls short of the top costs a share of the full mark.

    Full × (1 − `per_point` × (`top` − `actual`)), not below 0; 0 from `bottom` on. With a top of
    100, a bottom of 80 and 5% a point, 92.5 gives 3.125 of 5.

    Parameters
    ----------
    full : number
        Full mark (分值).
    actual, top, bottom : number
        In one unit, for example percent. At the top or better: full mark. At the bottom or worse:
        0; left out, the line alone ends the points.
    per_point : number, optional
        Share of the full mark (0.05, not 5) that one unit costs, fractions of a unit in
        proportion; left out, 1 / |top − bottom|, so that the line ends at the bottom.
    better : {"higher", "lower"}
        With ``lower`` the top is the lowest figure and the bottom the highest.

    Returns
    -------
    Points
        reason ``top``, ``line``, ``bottom`` or ``floor`` (the line ends before the bottom);
        details actual, top, bottom, per_point, short (units short of the top).

    Raises
    ------
    PlanError
        A bottom that is not worse than the top; neither bottom nor cost; a cost that is not
        above 0 and at most 1.

    Notes
    -----
    Common practice, no rule found. Where the cost is below 1 / |top − bottom|, the points fall
    to 0 at once at the bottom.
    """
    value, best = number("actual", actual), number("top", top)
    sign = 1 if check_choice("better", better, BETTER) == "higher" else -1
    worst = None if bottom is None else number("bottom", bottom)
    cost = _cost(best, worst, per_point, sign)
    short = max(Fraction(0), sign * (best - value))
    shown: dict[str, str | Number] = {"actual": value, "top": best, "per_point": cost}
    if worst is not None:
        shown["bottom"] = worst
    share, reason = max(Fraction(0), 1 - cost * short), "line"
    if not short:
        reason = "top"
    elif worst is not None and sign * (worst - value) >= 0:
        share, reason = Fraction(0), "bottom"
    elif not share:
        reason = "floor"
    return points_of(share, full, reason=reason, short=short, **shown)


def bands(
    *,
    full: Number,
    actual: Number,
    bands: Sequence[Band | tuple[Number, Number]],
    better: Better = "higher",
) -> Points:
    """分档计分: the points of the band in which the figure lies.

    91.86 gives 10 of 10 in the bands (90, 10), (80, 8), (60, 5), 90 does as well, 89.99 gives 8
    and 59.99 gives 0.

    Parameters
    ----------
    full : number
        Full mark (分值).
    actual : number
        In the unit of the bands.
    bands : sequence of (threshold, points), or of Band
        Thresholds in any order: with ``higher`` a band holds from its threshold on, with
        ``lower`` up to and including it; beyond the last one 0. Bands state both ends, and
        whether each belongs to them; together they hold every figure between the lowest and the
        highest end once.
    better : {"higher", "lower"}
        Used for thresholds only.

    Returns
    -------
    Points
        reason ``band``; details actual, band such as ``[80, 90)``.

    Raises
    ------
    PlanError
        No bands, a gap or an overlap (both bands are named), points outside 0 … `full`, better
        figures with fewer points (thresholds), a figure outside all bands.

    Notes
    -----
    财预〔2021〕101号: satisfaction as above; execution within the budget 10, [80, 100) 7, [60, 80)
    5, below 60 0.
    """
    marks, value = full_mark(full), number("actual", actual)
    table = band_table(bands, marks, better)
    found = next((band for band in table if band.holds(value)), None)
    if found is None:
        raise PlanError(
            f"{actual} 不在任何一档中；各档从 {table[0]} 到 {table[-1]}",
            f"{actual} lies in no band; the bands go from {table[0]} to {table[-1]}",
        )
    share = number("points", found.points) / marks
    return points_of(share, marks, reason="band", actual=value, band=str(found))


def _rate(actual: Fraction, target: Fraction, better: Better, *, cap: bool) -> Fraction | None:
    """How far the target was reached; None where nothing at all was used of what is allowed."""
    if check_choice("better", better, BETTER) == "higher":
        return actual / check_amount("target", target)
    check_amount("target", target, zero=True)
    check_amount("actual", actual, zero=True)
    if actual == target:
        return Fraction(1)
    if actual == 0 and not cap:
        raise PlanError(
            "反向指标实际值为 0，比率没有上限；请设 cap=True 或改用分档",
            "an actual value of 0 gives a ratio without limit; cap it, or use bands",
        )
    return target / actual if actual else None


def _ratio_reason(rate: Fraction | None, *, cap: bool) -> str:
    if rate is None or rate > 1:
        return "capped" if cap else "uncapped"
    if rate < 0:
        return "floor"
    return "met" if rate == 1 else "ratio"


def _cost(best: Fraction, worst: Fraction | None, per_point: Number | None, sign: int) -> Fraction:
    """The share of the full mark that one unit costs."""
    if worst is not None and sign * (best - worst) <= 0:
        side, side_en = ("低于", "below") if sign > 0 else ("高于", "above")
        raise PlanError(
            f"bottom 应{side} top（{best}），给的是 {worst}",
            f"bottom should lie {side_en} top ({best}), got {worst}",
        )
    if per_point is not None:
        return check_rate("per_point", per_point, one=True)
    if worst is None:
        raise PlanError(
            "线性扣分应给出 bottom（0 分处）或 per_point（每点扣分值的比例，如 0.05）",
            "give bottom, where points end, or per_point, the share that one unit costs (0.05)",
        )
    return 1 / abs(best - worst)
