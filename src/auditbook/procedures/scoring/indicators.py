"""Scores of a case: points per indicator, sums by level, the grade.

Level-1 and level-2 scores are sums, never typed. A deduction is a judgement with its reason, read
from the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import FEN_PER_UNIT
from auditbook.case.printed import parse_printed
from auditbook.case.settings import Grade
from auditbook.facts import Figure, FigureMaker, computed_by, records, row_ranges
from auditbook.procedures.scoring.rules import Score, score, trimmed

TOTAL = "合计"
LEVELS = ("level1", "level2", "level3", "level4")
SCORE_COLUMNS = [
    "code", *LEVELS, "full_points", "points_points", "lost_points", "score_rate", "rule",
    "working", "reason", "problems", "source_row",
]  # fmt: skip
SUM_COLUMNS = ["level1", "level2", "full_points", "points_points", "score_rate"]


def score_indicators(
    indicators: pd.DataFrame,
    *,
    figures: Mapping[str, Figure],
    judgements: pd.DataFrame,
    places: int | None = None,
) -> pd.DataFrame:
    """Points of every indicator of the case.

    Parameters
    ----------
    indicators : DataFrame
        The table ``indicators``: code, levels, full, rule, figure, unit, target, source_row.
    figures : dict of key to Figure
        Figures of earlier working papers, for rules that read one.
    judgements : DataFrame
        The table ``judgements``: indicator, kind, points, reason, finding, source_row.
    places : int, optional
        Stated rounding of the case.

    Returns
    -------
    DataFrame, one row per indicator
        code, level1 … level4, full_points, points_points, lost_points, score_rate, rule, working
        (``12 − 1``), reason (every judgement's reason), problems (ids of the case's problems
        that the judgements name), source_row. An indicator whose figure is not there has no
        points, and says so as its reason.

    """
    rows = [
        _scored(row, judgements[judgements["indicator"] == row["code"]], figures, places)
        for row in records(indicators)
    ]
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def roll_up(scores: pd.DataFrame) -> pd.DataFrame:
    """Sums of full marks and points by level 1 and level 2, and in total (合计).

    Returns
    -------
    DataFrame
        level1, level2 (empty in a level-1 row), full_points, points_points, score_rate. Each
        level-1 row stands before its level-2 rows; the total is last, with level1 ``合计``.

    """
    rows = []
    for level1, group in scores.groupby("level1", sort=False):
        rows.append(_sum_row(str(level1), "", group))
        for level2, part in group.groupby("level2", sort=False):
            rows.append(_sum_row(str(level1), str(level2), part))
    if len(scores):
        rows.append(_sum_row(TOTAL, "", scores))
    return pd.DataFrame(rows, columns=SUM_COLUMNS)


def indicator_name(row: Mapping[str, Any]) -> str:
    """The name of an indicator: that of its most detailed level."""
    return next(str(row[level]) for level in reversed(LEVELS) if row.get(level))


def chart_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the score chart.

    Returns
    -------
    DataFrame, one row per indicator that has points
        name (the most detailed level), points_points, full_points, rate_rate.
    """
    rows = [
        {
            "name": indicator_name(row),
            "points_points": row["points_points"],
            "full_points": row["full_points"],
            "rate_rate": row["score_rate"],
        }
        for row in records(scores)
        if row["points_points"] is not None
    ]
    return pd.DataFrame(rows, columns=["name", "points_points", "full_points", "rate_rate"])


def grade(total: Decimal, thresholds: Sequence[Grade], *, full: Decimal = Decimal(100)) -> Grade:
    """The first grade (highest first) whose threshold the score reaches, as a share of full."""
    share = Fraction(total) * 100 / Fraction(full)
    return next(g for g in thresholds if share >= Fraction(g.from_))


def grade_table(
    thresholds: Sequence[Grade], scores: Mapping[str, Decimal], *, full: Decimal
) -> pd.DataFrame:
    """The grade of each given total, such as ``recomputed`` and ``published``.

    Returns
    -------
    DataFrame
        basis, points_points, grade, from_points, margin_points (distance to the threshold).

    """
    rows = []
    for basis, total in scores.items():
        reached = grade(total, thresholds, full=full)
        bound = Decimal(reached.from_) * full / 100
        rows.append((basis, total, reached.name, trimmed(bound), total - bound))
    columns = ["basis", "points_points", "grade", "from_points", "margin_points"]
    return pd.DataFrame(rows, columns=columns)


def totals_to_grade(figures: Sequence[Figure], published: pd.DataFrame) -> dict[str, Decimal]:
    """The recomputed total, and each total that the report printed, with its place.

    Parameters
    ----------
    figures : sequence of Figure
        From :func:`figures`; without ``scoring.total`` there is no recomputed total.
    published : DataFrame
        The table ``published``; its rows that are compared with ``scoring.total``.
    """
    totals = {}
    for figure in figures:
        if figure.key == "scoring.total" and isinstance(figure.value, Decimal):
            totals["recomputed"] = figure.value
    printed = published[published["figure"] == "scoring.total"]
    return totals | {
        row["place"]: parse_printed(row["printed"], row["unit"]).value for row in records(printed)
    }


def figures(
    scores: pd.DataFrame, thresholds: Sequence[Grade], *, full: Decimal
) -> list[Figure]:  # fmt: skip
    """Points and rates of every indicator, level and in total, and the grade.

    Nothing is summed over an indicator that has no points: its level and the total are left out.
    """
    found = [
        Figure(f"scoring.points.{row['code']}", row["points_points"], "points", row["working"],
               tuple(row["source_row"].split("；")), computed_by(score_indicators))
        for row in records(scores) if row["points_points"] is not None
    ]  # fmt: skip
    for row in records(roll_up(scores)):
        if row["points_points"] is None:
            continue
        inside = scores if row["level1"] == TOTAL else _inside(scores, row)
        source = row_ranges([s for cell in inside["source_row"] for s in cell.split("；")])
        make = FigureMaker(roll_up, source)
        if row["level1"] != TOTAL:
            name = ".".join(part for part in (row["level1"], row["level2"]) if part)
            found.append(
                make(
                    f"scoring.points.{name}",
                    row["points_points"],
                    "points",
                    ("下级之和", "sum of the level below"),
                )
            )
            found.append(
                make(
                    f"scoring.rate.{name}",
                    row["score_rate"],
                    "rate",
                    ("得分 ÷ 分值", "points ÷ full mark"),
                )
            )
            continue
        reached = grade(row["points_points"], thresholds, full=full)
        found += [
            make(
                "scoring.total",
                row["points_points"],
                "points",
                ("各指标得分之和", "sum over all indicators"),
            ),
            make(
                "scoring.full",
                row["full_points"],
                "points",
                ("各指标分值之和", "sum of all full marks"),
            ),
            make(
                "scoring.grade",
                reached.name,
                "text",
                (f"总分不低于 {reached.from_}", f"total at or above {reached.from_}"),
                source=(*source, "case.yaml: scoring.grades"),
            ),
        ]
    return found


def in_unit(figure: Figure, unit: str) -> Fraction:
    """A figure in the unit that an indicator declares: a rate as %, money as 万元.

    Raises
    ------
    ValueError
        The figure cannot be expressed in that unit.

    """
    value = Fraction(figure.value)
    if figure.unit == "rate":
        if unit not in ("%", ""):
            raise ValueError(f"{figure.key} is a rate and cannot be shown in {unit!r}")
        return value * 100 if unit == "%" else value
    if figure.unit == "fen":
        if unit not in FEN_PER_UNIT:
            raise ValueError(f"{figure.key} is money and cannot be shown in {unit!r}")
        return value / FEN_PER_UNIT[unit]
    return value


def target_number(row: Mapping[str, Any]) -> Fraction:
    """The target of an indicator in the indicator's unit: ``90`` and ``90%`` are one target in %.

    Raises
    ------
    ValueError
        The target is no number; reading the case refuses it first.
    """
    printed = parse_printed(row["target"])
    percent = row["unit"] == "%" and printed.scale == Fraction(1, 100)
    return Fraction(printed.value) if percent else printed.exact


def _scored(
    row: Mapping[str, Any],
    judged: pd.DataFrame,
    figures: Mapping[str, Figure],
    places: int | None,
) -> dict[str, Any]:
    result = _apply_rule(row, judged, figures.get(row["figure"]), places)
    reasons = list(judged["reason"])
    if result is None:
        reasons.append(f"没有数据 {row['figure']}，不能计分")
    return {
        "code": row["code"],
        **{level: row.get(level, "") for level in LEVELS},
        "full_points": row["full"],
        "points_points": result and result.points,
        "lost_points": result and row["full"] - result.points,
        "score_rate": result and result.rate,
        "rule": row["rule"],
        "working": result.explanation if result else "",
        "reason": "；".join(reasons),
        "problems": "、".join(name for name in judged["finding"] if name),
        "source_row": "；".join(row_ranges([row["source_row"], *judged["source_row"]])),
    }


def _apply_rule(
    row: Mapping[str, Any], judged: pd.DataFrame, figure: Figure | None, places: int | None
) -> Score | None:
    """The rule of one indicator on its inputs; None where its figure is not there."""
    full = row["full"]
    if row["rule"] == "deduct":
        lost = list(judged.loc[judged["kind"] == "deduction", "points"])
        return score("deduct", full=full, places=places, deductions=lost)
    given = list(judged.loc[judged["kind"] == "points", "points"])
    if row["rule"] == "attain" and given:
        return score("attain", full=full, places=places, given=given)
    if figure is None:
        return None
    actual, target = in_unit(figure, row["unit"]), target_number(row)
    if row["rule"] == "attain":
        return score("attain", full=full, places=places, met=actual >= target)
    return score(row["rule"], full=full, places=places, actual=actual, target=target)


def _sum_row(level1: str, level2: str, group: pd.DataFrame) -> dict[str, Any]:
    full = sum(group["full_points"], Decimal(0))
    known = group["points_points"].notna().all()
    points = sum(group["points_points"], Decimal(0)) if known else None
    return {
        "level1": level1,
        "level2": level2,
        "full_points": full,
        "points_points": points,
        "score_rate": None if points is None or not full else Fraction(points) / Fraction(full),
    }


def _inside(scores: pd.DataFrame, row: Mapping[str, Any]) -> pd.DataFrame:
    wanted = scores["level1"] == row["level1"]
    if row["level2"]:
        wanted &= scores["level2"] == row["level2"]
    inside: pd.DataFrame = scores.loc[wanted]
    return inside
