"""One table of a case: from its sheet to a typed, checked frame with provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditbook.case.body import RawTable, split_body
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.columns import title_of
from auditbook.case.errors import Problem, Told
from auditbook.case.files import TableFile
from auditbook.case.grid import Grid, Row
from auditbook.case.header import HeaderColumn, find_header
from auditbook.case.header_doubts import header_doubts
from auditbook.case.names import listed, nearest, tidy
from auditbook.case.schemas import LEDGERS, TableSchema, schema_for
from auditbook.case.settings import Settings, Source
from auditbook.case.titles import IGNORE, Titles
from auditbook.case.totals import check_total, read_total
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.validate import validate
from auditbook.case.values import Read, cell_problem, frame_of, read_rows

if TYPE_CHECKING:  # it imports DuckDB, which cases without large ledgers need not
    from auditbook.case.ledger_file import LedgerFile


@dataclass(frozen=True)
class Table:
    """A table of a case.

    Attributes
    ----------
    name : str
    schema : TableSchema
    file : TableFile
    frame : DataFrame
        Typed rows with ``source_row``; take a copy before changing it. No rows, but the columns,
        of a large ledger.
    totals : DataFrame
        The printed 合计 row, or no row; columns as in ``frame``.
    sha256 : str
        Of the file.
    notes : tuple of str
        Lines below the table such as ``注：…``.
    above : tuple of str
        Lines above the header.
    blank_rows : int
    ignored : tuple of str
        Titles of columns that are not used.
    adjusted : int
        How many cells an adjustment changed.
    ledger : LedgerFile or None
        The rows of a large ledger.
    """

    name: str
    schema: TableSchema
    file: TableFile
    frame: pd.DataFrame
    totals: pd.DataFrame
    sha256: str = ""
    notes: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    blank_rows: int = 0
    ignored: tuple[str, ...] = ()
    adjusted: int = 0
    ledger: LedgerFile | None = None

    def entries(self) -> Any:
        """Its rows: the frame, or the relation of a large ledger."""
        return self.frame if self.ledger is None else self.ledger.entries()

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.frame) if self.ledger is None else self.ledger.rows


def raw_table(
    file: TableFile, grid: Grid, settings: Settings, problems: list[Problem]
) -> RawTable | None:
    """The sheet with its header understood; None, and problems, when it has none."""
    schema = schema_for(file.table)
    assert schema is not None
    source = settings.sources.get(file.table)
    titles = Titles(schema, settings.fund.sources, source.columns if source else {})
    problems.extend(mapped_columns(file.table, source, titles, schema))
    header = find_header(grid, schema, titles, problems)
    if header is None:
        return None
    problems.extend(header_doubts(grid, header, schema, titles))
    declared = source.money_unit if source and source.money_unit else ""
    problems.extend(two_units(file, header.money_unit, header.money_unit_row, declared))
    unit = header.money_unit or declared or settings.money_unit
    body = split_body(grid, header, schema, problems)
    return RawTable(file.table, schema, grid, header, body, unit)


def build_table(
    raw: RawTable,
    file: TableFile,
    units_in: Mapping[str, str],
    names: UnitNames,
    uses: list[AliasUse],
    told: Told,
) -> tuple[Table, Read]:
    """Read, name, check and total a table; problems are added, the table is always returned."""
    read = read_rows(raw, raw.body.rows, told)
    for name, many in units_in.items():
        if name in read.columns:
            told.next_kind()
            uses.extend(_canonical(raw, read, name, many == "list", names, told))
    places = [raw.place(row) for row in raw.body.rows]
    frame = frame_of(raw.schema, read.columns, places)
    validate(raw, frame, read.unread, told)
    total = read_total(raw, told.problems)
    if total is not None:
        told.problems.extend(check_total(raw, read, total))
    table = Table(
        raw.name,
        raw.schema,
        file,
        frame,
        _totals(raw, total),
        notes=raw.body.note_texts,
        above=raw.header.above,
        blank_rows=len(raw.body.blank),
        ignored=raw.header.ignored,
        adjusted=len(raw.before),
    )
    return table, read


def empty_frame(schema: TableSchema) -> pd.DataFrame:
    """The frame of a table that the case does not have: its columns, no rows."""
    return frame_of(schema, {}, [])


def unit_columns(table: str, schema: TableSchema, frame_of_sample: str) -> dict[str, str]:
    """Columns of a table that name units: ``unit`` for one name in a cell, ``list`` for several.

    The unit column of a ledger, a sampled unit where units are sampled, units of a problem.
    """
    found = {
        name: "unit" for name, column in schema.columns.items() if title_of(column).kind == "unit"
    }
    if table == "problems":
        found["unit"] = "list"
    if table in ("sample", "verified_funds") and frame_of_sample == "allocation":
        found["id"] = "unit"
    return found


def _canonical(
    raw: RawTable, read: Read, name: str, many: bool, names: UnitNames, told: Told
) -> Iterable[AliasUse]:
    """Put the names used in the case for the names written; in ledgers each spelling once."""
    column = raw.find(name)
    assert column is not None
    uses: dict[tuple[str, int], AliasUse] = {}
    for index, row in enumerate(raw.body.rows):
        written = str(read.columns[name][index])
        parts = LIST_SIGNS.split(written) if many else [written]
        units = []
        for part in filter(None, map(tidy, parts)):
            unit, by_alias = names.resolve(part)
            if not unit:
                told.add(partial(_unknown, raw, row, column, part, names, many))
                read.unread.add((row.number, name))
            elif by_alias:
                key = part, 0 if raw.name in LEDGERS else len(uses)
                uses.setdefault(key, AliasUse(part, unit, raw.place(row), raw.name))
            units.append(unit or part)
        read.columns[name][index] = "、".join(units)
    return uses.values()


def _unknown(
    raw: RawTable, row: Row, column: HeaderColumn, part: str, names: UnitNames, many: bool
) -> Problem:
    words = [f"{part} {text}" if many else text for text in names.unknown(part)]
    return cell_problem(raw, row, column, *words)


def _totals(raw: RawTable, total: dict[str, list[Any]] | None) -> pd.DataFrame:
    row = raw.body.total
    if row is None or total is None:
        empty: dict[str, list[Any]] = {column.name: [] for column in raw.header.columns}
        return frame_of(raw.schema, empty, [])
    return frame_of(raw.schema, total, [raw.place(row)])


def mapped_columns(
    table: str, source: Source | None, titles: Titles, schema: TableSchema
) -> list[Problem]:
    """Column names in ``sources.<table>.columns`` that the table does not have."""
    known = titles.names()
    problems = []
    for title, name in (source.columns if source else {}).items():
        if name != IGNORE and name not in known and not schema.open:
            near = nearest(name, sorted(known))
            hint = f"；最相近的是 {near}" if near else ""
            problems.append(
                Problem(
                    "case.yaml",
                    column=f"sources.{table}.columns.{title}",
                    value=name,
                    message=f"没有这一列，应为 {listed(sorted(known), at_most=30)} 之一{hint}",
                    message_en=f"no such column; should be one of {', '.join(sorted(known))}",
                )
            )
    return problems


def two_units(file: TableFile, printed: str, row: int, declared: str) -> Iterable[Problem]:
    """The problem of a unit of money printed on the sheet that is not the declared one."""
    if printed and declared and printed != declared:
        yield Problem(
            file.place,
            row,
            "单位",
            printed,
            f"表上印的单位与 case.yaml 的 sources.{file.table}.money_unit（{declared}）不同；"
            "应以表上印的为准，改正或删去后者",
            f"the unit printed on the sheet differs from sources.{file.table}.money_unit "
            f"({declared}); mend or remove the latter",
        )
