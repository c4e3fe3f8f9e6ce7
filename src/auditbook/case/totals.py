"""The printed 合计 row: kept apart, and checked against the sum of the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from auditbook.case.body import NUMERIC, RawTable
from auditbook.case.cells import UNCOMPUTED, CellError, CellKind
from auditbook.case.errors import Problem
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.list_file import TABLE as LIST_TABLE
from auditbook.case.money import amount_text
from auditbook.case.values import Read, cell_problem, kind_of

LABEL = "合计"


def read_total(raw: RawTable, problems: list[Problem]) -> dict[str, list[Any]] | None:
    """Values of the printed 合计 row by column name, each as a list of one; None without one.

    Amounts and counts that are left empty are missing; names and notes are empty, the unit is
    合计. Sums on the work list are formulas of ours: a program that fills the list in may save
    them without their results, which says nothing against the rows.
    """
    row = raw.body.total
    if row is None:
        return None
    columns: dict[str, list[Any]] = {}
    for column in raw.header.columns:
        kind = _lenient(kind_of(raw, column))
        value: Any = LABEL if kind.title.kind == "unit" or kind.title.key else ""
        if kind.title.kind in (*NUMERIC, "printed"):
            text = row.cell(column.position)
            try:
                value = kind.read("" if raw.name == LIST_TABLE and text == UNCOMPUTED else text)
            except CellError as error:
                problems.append(cell_problem(raw, row, column, error.message, error.message_en))
                value = "" if kind.title.kind == "printed" else None
        elif kind.title.kind == "date":
            value = None
        columns[column.name] = [value]
    return columns


def check_total(raw: RawTable, read: Read, total: dict[str, list[Any]]) -> list[Problem]:
    """Columns whose printed total is the sum neither of the original nor of the adjusted rows.

    A total that ties to the original rows is right even when adjustments changed them since;
    one that was misprinted or stands over a corrected row ties after the adjustments.
    """
    row = raw.body.total
    problems = []
    for column in raw.header.columns if row else ():
        kind = kind_of(raw, column)
        unread = any(name == column.name for _, name in read.unread)
        if row is None or kind.title.kind not in NUMERIC or unread:
            continue
        printed = total[column.name][0]
        values = read.columns[column.name]
        adjusted = sum(value for value in values if value is not None)
        if printed is None or printed == adjusted or _ties_as_received(raw, column, values):
            continue
        problems.append(_differs(raw, row, column, kind, printed, adjusted))
    return problems


def _ties_as_received(raw: RawTable, column: HeaderColumn, values: list[Any]) -> bool:
    """Whether the total as received is the sum of the rows as received."""
    kind = _lenient(kind_of(raw, column))
    total_row = raw.body.total
    if total_row is None or not any(name == column.name for _, name in raw.before):
        return False
    try:
        received = [
            kind.read(raw.before[(row.number, column.name)])
            if (row.number, column.name) in raw.before
            else value
            for row, value in zip(raw.body.rows, values, strict=True)
        ]
        text = raw.before.get((total_row.number, column.name), total_row.cell(column.position))
        return bool(kind.read(text) == sum(v for v in received if v is not None))
    except CellError:
        return False


def _lenient(kind: CellKind) -> CellKind:
    return replace(kind, title=replace(kind.title, blank=True))


def _differs(
    raw: RawTable, row: Row, column: HeaderColumn, kind: CellKind, printed: Any, summed: Any
) -> Problem:
    money = kind.title.kind == "money"
    right = amount_text(summed, kind.unit) if money else str(summed)
    apart = amount_text(printed - summed, kind.unit) if money else str(printed - summed)
    count = len(raw.body.rows)
    return cell_problem(
        raw,
        row,
        column,
        f"合计应为 {right}（{count} 行相加），相差 {apart}；原件如此的，在 adjustments.csv 里改正"
        "并写明依据",
        f"the total should be {right} (sum of {count} rows), difference {apart}; if the original "
        "says so, correct it in adjustments.csv with the reason",
    )
