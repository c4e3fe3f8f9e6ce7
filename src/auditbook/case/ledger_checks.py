"""What is wrong with the entries of a ledger: counted in SQL, worded by the small reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

import duckdb

from auditbook.case.body import Body, RawTable
from auditbook.case.errors import SHOWN_AT_MOST, Problem, Told
from auditbook.case.files import TableFile
from auditbook.case.grid import Row
from auditbook.case.ledger_cells import Cells, Names, cells_of, read_unusual, typed_sql
from auditbook.case.ledger_problems import Tally, total_differs
from auditbook.case.ledger_records import RecordSorter
from auditbook.case.table import build_table
from auditbook.case.totals import read_total
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.values import kind_of


@dataclass(frozen=True)
class Checked:
    """How many entries there are, how many of them are good, and their sum in fen.

    Attributes
    ----------
    entries, lines : int
        Number of entries that arrived in the database, and the sum of their lines.
    bad : int
        Entries with a problem.
    unread : int
        Entries whose amount could not be read.
    untyped : int
        Entries without a problem that have no amount or no date: none, else the reader is wrong.
    problems : int
        Problems of cells, and of numbers that are repeated.
    amount : int
        Sum of the amounts that could be read.
    uses : tuple of AliasUse
    """

    entries: int
    lines: int
    bad: int
    unread: int
    untyped: int
    problems: int
    amount: int
    uses: tuple[AliasUse, ...]


def check_entries(database: duckdb.DuckDBPyConnection, raw: RawTable, names: Names) -> Checked:
    """Read and check every cell of ``raw``; makes the view ``checked`` of typed entries."""
    columns = cells_of(raw)
    uses: dict[str, list[AliasUse]] = {}
    read = set()
    for cells in columns:
        uses[cells.name] = read_unusual(database, cells, names, raw)
        (some,) = database.execute(f"select count(*) from {cells.table}").fetchone() or (0,)
        if some:
            read.add(cells.name)
    database.execute(f"create or replace view typed as {typed_sql(columns, raw, read)}")
    _find_repeated(database)
    ordered = [use for name in raw.schema.titles() for use in uses.get(name, ())]
    return _counted(database, columns, tuple(ordered))


def _find_repeated(database: duckdb.DuckDBPyConnection) -> None:
    """Numbers of entries that stand twice, each with the line where it stands first."""
    database.execute(
        "create or replace table again as select entry_id, min(line) as first from typed "
        "where not bad_entry_id and entry_id <> '' group by entry_id having count(*) > 1"
    )
    database.execute(
        "create or replace view checked as select typed.*, again.first, "
        "coalesce(again.first < typed.line, false) as repeated "
        "from typed left join again on again.entry_id = typed.entry_id and not bad_entry_id"
    )


def _flags(columns: Iterable[Cells]) -> list[str]:
    return [f"bad_{cells.name}" for cells in columns]


def _bad(columns: Iterable[Cells]) -> str:
    return " or ".join(["problems > 0", "repeated", *_flags(columns)])


def _counted(
    database: duckdb.DuckDBPyConnection, columns: list[Cells], uses: tuple[AliasUse, ...]
) -> Checked:
    every = " + ".join(f"{flag}::bigint" for flag in ["repeated", *_flags(columns)])
    bad = _bad(columns)
    row = database.execute(
        f"select count(*), coalesce(sum(line), 0)::bigint, count(*) filter (where {bad}), "
        "count(*) filter (where bad_amount), "
        f"count(*) filter (where not ({bad}) and (amount is null or date is null)), "
        f"coalesce(sum({every}), 0)::bigint, coalesce(sum(amount), 0)::hugeint from checked"
    ).fetchone()
    assert row is not None
    entries, lines, wrong, unread, untyped, problems, amount = map(int, row)
    return Checked(entries, lines, wrong, unread, untyped, problems, amount, uses)


def tell_problems(
    database: duckdb.DuckDBPyConnection,
    raw: RawTable,
    names: Names,
    checked: Checked,
    tally: Tally,
) -> None:
    """Add the problems of entries: all of them counted, the first in the small reader's words."""
    if not checked.problems:
        return
    lines = _lines(
        database,
        f"select line from checked where {_bad(cells_of(raw))} order by line limit {SHOWN_AT_MOST}",
    )
    firsts = _lines(
        database, f"select distinct first from checked where repeated and line in {_listed(lines)}"
    )
    told = Told()
    rows = _rows(database, sorted({*lines, *firsts}), raw)
    sample = replace(raw, body=Body(rows))
    place = TableFile(raw.name, raw.grid.path, raw.grid.file)
    units_in = {c.name: "unit" for c in cells_of(raw) if c.kind.title.kind == "unit"}
    build_table(sample, place, units_in, cast(UnitNames, _Worded(names)), [], told)
    shown = set(lines)
    tally.add((p for p in told.problems if p.row in shown), count=checked.problems)


def _lines(database: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    return [line for (line,) in database.execute(sql).fetchall()]


def _listed(lines: list[int]) -> str:
    return f"({', '.join(map(str, lines or [0]))})"


def _rows(database: duckdb.DuckDBPyConnection, lines: list[int], raw: RawTable) -> tuple[Row, ...]:
    found = database.execute(
        f"select * exclude (line, problems), line from raw where line in {_listed(lines)} "
        "order by line"
    ).fetchall()
    return tuple(Row(line, tuple(cells)) for *cells, line in found)


@dataclass(frozen=True)
class _Worded:
    """Names that can also say what is wrong with an unknown one."""

    names: Names

    def resolve(self, written: str) -> tuple[str, bool]:
        return self.names.resolve(written)

    def unknown(self, written: str) -> tuple[str, str]:
        if isinstance(self.names, UnitNames):
            return self.names.unknown(written)
        return "不在单位名单中", "not in the list of units"


def check_printed_total(
    raw: RawTable, sorter: RecordSorter, checked: Checked, tally: Tally
) -> None:
    """The printed 合计 row against the sum of the amounts, where all of them could be read."""
    row, column = sorter.total, raw.find("amount")
    if row is None or column is None:
        return
    found: list[Problem] = []
    total = read_total(replace(raw, body=Body(total=row)), found)
    printed = total["amount"][0] if total else None
    if printed is not None and printed != checked.amount and not checked.unread:
        unit = kind_of(raw, column).unit
        found.append(
            total_differs(
                raw.grid.file, row, column, unit, printed, checked.amount, checked.entries
            )
        )
    tally.add(found)
