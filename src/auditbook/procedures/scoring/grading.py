"""The grade of a total: thresholds as data, caps and vetoes with their reasons, margins.

A published scheme such as 90–100, 80–89, 60–79, 0–59 has no grade for 89.5. Thresholds here are
intervals that are checked before anything is graded: every score that can occur has exactly one
grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from auditbook.case.money import round_half_up
from auditbook.case.settings import Grade
from auditbook.procedures.errors import Number, PlanError, check_count, exact
from auditbook.procedures.scoring.grade_schemes import Interval, entry, holds, scheme_of

Rounding = Literal["before", "after"]


@dataclass(frozen=True)
class Limit:
    """A grade that cannot be passed (cap), or that is given outright (veto), and why."""

    grade: str
    reason: str


@dataclass(frozen=True)
class Graded:
    """The grade of a score and what it rests on.

    Attributes
    ----------
    grade : str
        The lower of `by_score` and every limit.
    by_score : str
        The grade of the score alone.
    score : Fraction
        Unrounded.
    shown : Decimal or None
        Rounded at the stated place; None where no place is stated.
    bound_by : tuple of Limit
        The caps and vetoes that made the grade what it is; empty where the score did.
    limits : tuple of Limit
        All caps and vetoes that were given, also those that changed nothing.
    up : Fraction or None
        Points, unrounded, that are missing to the next better grade by score; None at the best.
    down : Fraction or None
        Points that can be lost before the grade by score gets worse; None at the worst.
    """

    grade: str
    by_score: str
    score: Fraction
    shown: Decimal | None
    bound_by: tuple[Limit, ...]
    limits: tuple[Limit, ...]
    up: Fraction | None
    down: Fraction | None


def grade_of(
    score: Number,
    thresholds: Sequence[Grade] | Sequence[Interval],
    *,
    full: Number = 100,
    caps: Iterable[Limit] = (),
    vetoes: Iterable[str | Limit] = (),
    places: int | None = None,
    rounding: Rounding | None = None,
) -> Graded:
    """The grade of a total score.

    The share 100 × `score` / `full` lies in exactly one interval of `thresholds`; the grade is
    the worst of that one, the caps, and the vetoes. 95 under 优 [90, 100], 良 [80, 90), 中
    [60, 80), 差 [0, 60) is 优, 5 points above 良; with a cap at 良 it is 良, with a veto 差.

    Parameters
    ----------
    score : number
        Points, 0 to `full`, unrounded.
    thresholds : sequence of Grade or of Interval
        Grades with the percentage from which each holds (best first, the last from 0), or
        intervals in any order; 财预〔2020〕10号 as above.
    full : number
        Full marks (总分).
    caps : iterable of Limit
        A finding that allows no better grade than `Limit.grade`. Local rules.
    vetoes : iterable of str or Limit
        Reasons for the worst grade (一票否决); a Limit names another grade. Local rules.
    places : int, optional
        Decimals to which the score is rounded half up (四舍五入).
    rounding : {"before", "after"}, optional
        Whether the score is rounded before it is graded (89.95 to one place is 90.0 and 优), or
        only shown rounded (良). To be stated together with `places`.

    Raises
    ------
    PlanError
        A score outside 0 … `full`; thresholds with a gap, an overlap, or a name twice; a limit
        without a reason or at an unknown grade; `places` without `rounding` or the reverse.

    Notes
    -----
    Whole-point schemes (90–100, 80–89, …; 郑州 2020) have no gap where scores are rounded to
    whole points before grading, and only there. The order of rounding and grading is not ruled
    in 财预〔2020〕10号: common practice, no rule found.
    """
    marks = _full_marks(full)
    step = _step(places, rounding)
    grid = step if rounding == "before" else None
    if grid and marks % grid:
        raise PlanError(
            f"总分 {full} 的小数多于 {places} 位，不能先四舍五入再定级",
            f"full marks of {full} have more than {places} decimals: round after grading",
        )
    scheme = scheme_of(thresholds, marks, grid)
    value = _in_range(score, marks)
    shown = None if places is None else round_half_up(value, places)
    graded = Fraction(round_half_up(value, places)) if grid and places is not None else value
    own = next(i for i, one in enumerate(scheme) if holds(one, graded))
    limits = _limits(caps, vetoes, [one.name for one in scheme])
    ranks = {one.name: rank for rank, one in enumerate(scheme)}
    lowest = min([own, *(ranks[limit.grade] for limit in limits)])
    return Graded(
        grade=scheme[lowest].name,
        by_score=scheme[own].name,
        score=value,
        shown=shown,
        bound_by=tuple(x for x in limits if ranks[x.grade] == lowest) if lowest < own else (),
        limits=limits,
        up=entry(scheme[own + 1], grid) - value if own + 1 < len(scheme) else None,
        down=value - entry(scheme[own], grid) if own else None,
    )


def _limits(
    caps: Iterable[Limit], vetoes: Iterable[str | Limit], names: list[str]
) -> tuple[Limit, ...]:
    limits = (*caps, *(x if isinstance(x, Limit) else Limit(names[0], x) for x in vetoes))
    for limit in limits:
        if limit.grade not in names:
            known = "、".join(reversed(names))
            raise PlanError(
                f"等级应为 {known} 之一，给的是 {limit.grade!r}（{limit.reason}）",
                f"the grade should be one of {known}, got {limit.grade!r} ({limit.reason})",
            )
        if not limit.reason.strip():
            raise PlanError(
                f"限定等级 {limit.grade} 要写明理由", f"the limit {limit.grade} needs its reason"
            )
    return limits


def _full_marks(full: Number) -> Fraction:
    marks = exact(full)
    if marks <= 0:
        raise PlanError(f"总分应大于 0，给的是 {full}", f"full marks should be above 0, got {full}")
    return marks


def _in_range(score: Number, full: Fraction) -> Fraction:
    try:
        value = exact(score)
    except (TypeError, ValueError, OverflowError):
        value = Fraction(-1)
    if not 0 <= value <= full:
        top = f"{float(full):g}"
        raise PlanError(
            f"得分应在 0 到 {top} 之间，给的是 {score}",
            f"a score should lie between 0 and {top}, got {score}",
        )
    return value


def _step(places: int | None, rounding: Rounding | None) -> Fraction | None:
    if (places is None) != (rounding is None) or rounding not in (None, "before", "after"):
        raise PlanError(
            f"保留几位小数 places 和先后 rounding（before 或 after）应一起写明，"
            f"给的是 {places}、{rounding}",
            f"places and rounding (before or after) should be stated together, "
            f"got {places}, {rounding}",
        )
    return None if places is None else Fraction(1, 10 ** check_count("places", places, most=4))
