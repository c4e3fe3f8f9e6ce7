"""An indicator of several parts (分项、分期合成), and indicators that cannot be measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from auditbook.case.money import round_half_up
from auditbook.procedures.errors import Number, PlanError, check_choice, check_count
from auditbook.procedures.scoring.points import Points, full_mark, number_text

Treatment = Literal["full", "zero", "drop"]
TREATMENTS = ("full", "zero", "drop")


def summed(
    *,
    full: Number,
    parts: Sequence[Points],
    places: int | None = None,
    rounding: Literal["parts", "sum"] | None = None,
) -> Points:
    """分项合成 (rule ``sum``): the points of parts or years added up, rounded where it is stated.

    Three years of 5/3 points each, reached at 98%, give 4.90 of 5 where the sum is rounded to two
    places, and 1.63 + 1.63 + 1.63 = 4.89 where each year is.

    Parameters
    ----------
    full : number
        Full mark (分值); the full marks of the parts add up to it exactly.
    parts : sequence of Points
        By any rule, each of its part of the full mark (``Fraction(5, 3)``).
    places : int, optional
        Decimals to which points are rounded half up (四舍五入).
    rounding : {"parts", "sum"}, optional
        Whether each part or only their sum is rounded. To be stated together with `places`.

    Returns
    -------
    Points
        reason ``sum``, or ``capped`` where rounding the parts gave more than the full mark;
        points as rounded; details parts, unrounded, and where rounded rounding and places.

    Raises
    ------
    PlanError
        No parts, full marks that do not add up, `places` without `rounding` or the reverse.

    Notes
    -----
    Common practice, no rule found; published sums differ by 0.01 with the place of rounding.
    """
    marks = full_mark(full)
    total = sum((part.full for part in parts), Fraction(0))
    if total != marks:
        raise PlanError(
            f"各部分分值之和应为 {number_text(marks)}，给的合计 {number_text(total)}",
            f"full marks of the parts should add up to {number_text(marks)}, "
            f"got {number_text(total)}",
        )
    if (places is None) != (rounding is None):
        raise PlanError(
            f"places 与 rounding 应一并说明，给的是 {places}、{rounding}",
            f"state places and rounding together, got {places} and {rounding}",
        )
    unrounded = sum((part.points for part in parts), Fraction(0))
    details = {
        "parts": "；".join(number_text(part.points) for part in parts),
        "unrounded": number_text(unrounded),
    }
    if places is None or rounding is None:
        return Points(unrounded, marks, "sum", details)
    check_choice("rounding", rounding, ("parts", "sum"))
    addends = [part.points for part in parts] if rounding == "parts" else [unrounded]
    check_count("places", places)
    points = sum((Fraction(round_half_up(one, places)) for one in addends), Fraction(0))
    most = max(marks, unrounded)
    details |= {"rounding": rounding, "places": str(places)}
    return Points(min(points, most), marks, "capped" if points > most else "sum", details)


def unmeasured(
    *,
    scores: Mapping[str, Points | None],
    full: Mapping[str, Number],
    treatments: Mapping[str, Treatment],
    total: Number,
    groups: Mapping[str, str] | None = None,
) -> dict[str, Points]:
    """无法计量: full, zero, or drop and rescale, as declared for each indicator.

    Of indicators of 60, 30 and 10 the last cannot be measured. ``full`` gives it 10, ``zero`` 0;
    with ``drop`` it leaves, and the others become 200/3 and 100/3, which are 100 again; their
    score rates stay.

    Parameters
    ----------
    scores : dict of code to Points or None
        None where the indicator cannot be measured.
    full : dict of code to number
        Declared full marks (分值).
    treatments : dict of code to {"full", "zero", "drop"}
        Of each indicator that cannot be measured, and of no other.
    total : number
        Declared full mark of the system.
    groups : dict of code to str, optional
        Level-1 indicator (一级指标) of each: full marks dropped stay inside their group, so that
        the weights of level 1 stay. Left out: they are spread over the whole system.

    Returns
    -------
    dict of code to Points
        In the order of `scores`, without those dropped. Reason ``unmeasured_full`` or
        ``unmeasured_zero``; rescaled ones keep theirs, with details rescaled_from (declared full
        mark). The full marks add up to `total` exactly.

    Raises
    ------
    PlanError
        Full marks that do not add up or differ from those of the scores; a treatment that is
        missing, unknown or of a measured indicator; a group with nothing left.

    Notes
    -----
    Common practice, no rule found; full marks for a year that was not measured were seen. What
    is done is declared in the case and shown.
    """
    marks = _checked_marks(scores, full, total)
    _check_treatments(scores, treatments)
    home = _groups(scores, groups)
    dropped = {code for code, how in treatments.items() if how == "drop"}
    factors = _factors(marks, home, dropped)
    found = {}
    for code, points in scores.items():
        if code in dropped:
            continue
        scored = points or _treated(marks[code], treatments[code])
        found[code] = _rescaled(scored, factors[home[code]])
    return found


def _checked_marks(
    scores: Mapping[str, Points | None], full: Mapping[str, Number], total: Number
) -> dict[str, Fraction]:
    """Declared full marks: of the same indicators as the scores, and with their total."""
    if differing := "、".join(sorted(scores.keys() ^ full.keys())):
        raise PlanError(
            f"得分与分值的指标不一致：{differing}",
            f"scores and full marks are not of the same indicators: {differing}",
        )
    marks = {code: full_mark(full[code]) for code in scores}
    for code, points in scores.items():
        if points is not None and points.full != marks[code]:
            shown, declared = number_text(points.full), number_text(marks[code])
            raise PlanError(
                f"指标 {code} 按 {shown} 分计分，申明的分值是 {declared}",
                f"indicator {code} was scored out of {shown}, its declared full mark is {declared}",
            )
    added, wanted = sum(marks.values(), Fraction(0)), full_mark(total)
    if added != wanted:
        raise PlanError(
            f"各指标分值之和应为 {number_text(wanted)}，实为 {number_text(added)}",
            f"full marks should add up to {number_text(wanted)}, got {number_text(added)}",
        )
    return marks


def _check_treatments(
    scores: Mapping[str, Points | None], treatments: Mapping[str, Treatment]
) -> None:
    """Each indicator without points has a treatment, and no other one has."""
    missing = {code for code, points in scores.items() if points is None}
    if without := "、".join(sorted(missing - treatments.keys())):
        raise PlanError(
            f"无法计量的指标 {without} 未申明处理方式；请写 full、zero 或 drop",
            f"{without} cannot be measured and no treatment is declared: full, zero or drop",
        )
    if measured := "、".join(sorted(treatments.keys() - missing)):
        raise PlanError(
            f"指标 {measured} 有得分或不在体系中，不应申明无法计量的处理方式",
            f"{measured} is scored, or not in the system, and needs no treatment",
        )
    for how in treatments.values():
        check_choice("treatments", how, TREATMENTS)


def _groups(
    scores: Mapping[str, Points | None], groups: Mapping[str, str] | None
) -> dict[str, str]:
    """The group of each indicator; one for all where there are none."""
    if groups is None:
        return dict.fromkeys(scores, "")
    if without := "、".join(code for code in scores if code not in groups):
        raise PlanError(f"指标 {without} 没有所属的一级指标", f"no group is given for {without}")
    return {code: groups[code] for code in scores}


def _factors(
    marks: Mapping[str, Fraction], home: Mapping[str, str], dropped: set[str]
) -> dict[str, Fraction]:
    """By what the full marks that are left in each group grow."""
    whole: dict[str, Fraction] = {}
    left: dict[str, Fraction] = {}
    for code, mark in marks.items():
        group = home[code]
        whole[group] = whole.get(group, Fraction(0)) + mark
        left[group] = left.get(group, Fraction(0)) + (mark if code not in dropped else 0)
    if empty := [group for group, mark in left.items() if not mark]:
        name = empty[0]
        raise PlanError(
            f"{name or '整个体系'} 的指标全部剔除，分值无处可分；请改用 full 或 zero",
            f"all indicators of {name or 'the system'} are dropped and no one takes their full "
            "marks; use full or zero",
        )
    return {group: whole[group] / left[group] for group in whole}


def _treated(full: Fraction, treatment: Treatment) -> Points:
    return Points(full if treatment == "full" else Fraction(0), full, f"unmeasured_{treatment}")


def _rescaled(points: Points, factor: Fraction) -> Points:
    """The same score rate of a full mark that has grown."""
    if factor == 1:
        return points
    details = {**points.details, "rescaled_from": number_text(points.full)}
    return Points(points.points * factor, points.full * factor, points.reason, details)
