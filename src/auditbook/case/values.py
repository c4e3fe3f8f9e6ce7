"""From the text of a table to typed frames, with a problem for every cell that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from auditbook.case.body import NUMERIC, RawTable, column_title
from auditbook.case.cells import CellError, CellKind, effective_unit
from auditbook.case.columns import Title
from auditbook.case.errors import Problem, Told
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.table_schema import TableSchema

_STANDS_FOR_UNREAD: Mapping[str, Any] = {"money": 0, "count": 0, "points": Decimal(0)}


@dataclass(frozen=True)
class Read:
    """What came out of a table's rows.

    Attributes
    ----------
    columns : dict of str to list
        Values by column name; a cell that could not be read holds a stand-in.
    unread : set of (row number, column name)
        Cells with a problem already.
    """

    columns: dict[str, list[Any]]
    unread: set[tuple[int, str]]


def kind_of(raw: RawTable, column: HeaderColumn) -> CellKind:
    """How the cells of a column are read."""
    title = raw.title(column)
    return CellKind(title, effective_unit(title, column.unit, raw.money_unit))


def read_rows(raw: RawTable, rows: tuple[Row, ...], told: Told) -> Read:
    """Read every used cell of some rows; nothing stops at the first cell that cannot be read."""
    read = Read({}, set())
    for column in raw.header.columns:
        kind = kind_of(raw, column)
        told.next_kind()
        values = [_read_cell(raw, row, column, kind, read.unread, told) for row in rows]
        read.columns.setdefault(column.name, values)
    return read


def _read_cell(
    raw: RawTable,
    row: Row,
    column: HeaderColumn,
    kind: CellKind,
    unread: set[tuple[int, str]],
    told: Told,
) -> Any:
    text = row.cell(column.position)
    try:
        if kind.title.kind in NUMERIC and (row.number, column.position) in raw.grid.filled:
            raise CellError(
                "金额或数量的单元格被合并，分不清是谁的；请取消合并，逐格填写",
                "merged cells hold a number that belongs to one row only; unmerge them",
            )
        return kind.read(text)
    except CellError as error:
        unread.add((row.number, column.name))
        words = error.message, error.message_en
        told.add(lambda: cell_problem(raw, row, column, *words))
        return _STANDS_FOR_UNREAD.get(kind.title.kind, "" if kind.title.kind != "date" else None)


def cell_problem(
    raw: RawTable, row: Row, column: HeaderColumn, message: str, message_en: str
) -> Problem:
    """A problem with its place: sheet, row, title as printed, text as printed."""
    text = row.cell(column.position)
    return Problem(raw.grid.file, row.number, column.title, text, message, message_en)


def frame_of(
    schema: TableSchema, columns: Mapping[str, list[Any]], places: list[str]
) -> pd.DataFrame:
    """The typed frame of a table: described columns in the order of the schema, then the rest.

    A described column that the sheet does not have is there and empty.
    """
    plain_names = [name for name, column in schema.columns.items() if not column.regex]
    names = [*plain_names, *(name for name in columns if name not in plain_names)]
    names = _families_beside_their_sum(names, schema)
    data = {
        name: series_of(column_title(schema, name), columns.get(name), len(places))
        for name in names
    }
    return pd.DataFrame(data | {"source_row": pd.Series(places, dtype="str")})


def _families_beside_their_sum(names: list[str], schema: TableSchema) -> list[str]:
    ordered = []
    for name in (n for n in names if not _is_part(n, schema)):
        parts = [n for n in names if n.startswith(f"{name}_") and _is_part(n, schema)]
        ordered += [name, *parts]
    return ordered


def _is_part(name: str, schema: TableSchema) -> bool:
    return name not in schema.columns and f"{name.partition('_')[0]}_.+" in schema.columns


def series_of(title: Title, values: list[Any] | None, rows: int) -> pd.Series[Any]:
    """Values as the dtype that their kind promises; all empty when ``values`` is None."""
    if title.kind in ("money", "count"):
        numbers = pd.array(values if values is not None else [None] * rows, dtype="Int64")
        series: pd.Series[Any] = pd.Series(numbers)
        given = values is not None or rows == 0
        whole = title.kind == "money" and given and not series.isna().any()
        return series.astype("int64") if whole and not title.blank else series
    if title.kind == "date":
        dates = pd.to_datetime(pd.Series(values if values is not None else [None] * rows))
        return dates.astype("datetime64[ns]")
    if title.kind == "points":
        return pd.Series(values if values is not None else [None] * rows, dtype="object")
    return pd.Series(values if values is not None else [""] * rows, dtype="str")
