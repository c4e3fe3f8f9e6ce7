"""Cells that can be read but that no procedure could work with: told with all other problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from auditbook.case.body import RawTable
from auditbook.case.errors import Problem
from auditbook.case.printed import parse_printed
from auditbook.case.settings import Settings
from auditbook.case.table import Table
from auditbook.case.values import cell_problem

_TAKES = {"deduct": "deduction", "attain": "points"}
"""Which kind of judgement a scoring rule takes; a ratio takes none."""


def check_usable(
    tables: dict[str, Table], raws: dict[str, RawTable], settings: Settings
) -> list[Problem]:
    """Marks, targets, judgements and published satisfaction that cannot be used as they are."""
    checks: dict[str, Callable[..., Iterator[tuple[int, str, str, str]]]] = {
        "indicators": _indicators,
        "judgements": _judgements,
        "survey_counts": partial(_satisfaction, "survey_counts"),
        "survey_history": partial(_satisfaction, "survey_history"),
    }
    problems = []
    for name, check in checks.items():
        for index, column_name, zh, en in check(tables, settings) if name in tables else ():
            raw = raws[name]
            column = raw.find(column_name) or raw.header.columns[0]
            problems.append(cell_problem(raw, raw.body.rows[index], column, zh, en))
    return problems


def _indicators(
    tables: dict[str, Table], settings: Settings
) -> Iterator[tuple[int, str, str, str]]:
    rows = _rows(tables["indicators"])
    judged = {row["indicator"] for row in _rows(tables.get("judgements"))}
    codes = {row["code"] for row in rows}
    for index, row in enumerate(rows):
        if isinstance(row["full"], Decimal) and row["full"] == 0:
            yield index, "full", "分值应大于 0", "a full mark should be above 0"
        if row["level1"] in codes:
            yield (
                index,
                "level1",
                "一级指标的名称不能与指标代码相同",
                "a level-1 name should not be the code of an indicator",
            )
        target, given = row.get("target", ""), row["rule"] == "attain" and row["code"] in judged
        needed = bool(row.get("figure")) or row["rule"] in ("ratio", "attain")
        if needed and not given and not (row["rule"] == "deduct" and not target):
            if not row.get("figure"):
                yield (
                    index,
                    "figure",
                    "这条规则要有依据数据，或（直接赋分）有给分的判断",
                    "this rule needs a figure, or (direct points) a judgement that gives points",
                )
            elif not _above_zero(target):
                yield (
                    index,
                    "target",
                    "目标值应为大于 0 的数，例如 90 或 90%",
                    "a target should be a number above 0, for example 90 or 90%",
                )


def _judgements(
    tables: dict[str, Table], settings: Settings
) -> Iterator[tuple[int, str, str, str]]:
    rules = {row["code"]: row for row in _rows(tables.get("indicators"))}
    given: dict[str, Decimal] = {}
    for index, row in enumerate(_rows(tables["judgements"])):
        indicator = rules.get(row["indicator"])
        if indicator is None or row["kind"] not in _TAKES.values():
            continue
        if row["kind"] != _TAKES.get(indicator["rule"]):
            yield (
                index,
                "kind",
                "与指标的评分规则不合：扣分制用扣分，直接赋分用给分，比率法不用判断",
                "does not go with the indicator's rule: deduct takes deductions, attain points, "
                "ratio no judgement",
            )
        elif row["kind"] == "points" and isinstance(row["points"], Decimal):
            sofar = given.get(row["indicator"], Decimal(0)) + row["points"]
            given[row["indicator"]] = sofar
            if sofar > indicator["full"]:
                yield (
                    index,
                    "points",
                    f"给分合计 {sofar} 超过分值 {indicator['full']}",
                    f"points given, {sofar}, exceed the full mark of {indicator['full']}",
                )


def _satisfaction(
    name: str, tables: dict[str, Table], settings: Settings
) -> Iterator[tuple[int, str, str, str]]:
    for index, row in enumerate(_rows(tables[name])):
        survey = settings.survey(row["group"])
        if survey is None or not row.get("printed"):
            continue
        try:
            survey.share(row["printed"])
        except ValueError:
            ends = "0%–100%" if survey.high == 1 else f"{survey.low}–{survey.high}"
            yield (
                index,
                "printed",
                f"不在量表范围内，应在 {ends} 之间；量表写在 case.yaml 的 surveys（low、high）",
                f"is not on the scale {ends}; low and high stand in surveys of case.yaml",
            )


def _rows(table: Table | None) -> list[dict[str, Any]]:
    return [] if table is None else table.frame.to_dict("records")  # type: ignore[return-value]


def _above_zero(text: str) -> bool:
    try:
        return parse_printed(text).exact > 0
    except ValueError:
        return False
