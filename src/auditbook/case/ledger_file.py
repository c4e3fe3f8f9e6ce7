"""Ledgers of any size: one file of a case in, one Parquet file of checked entries out.

The file is read as a stream and asked in SQL, so that memory does not grow with it. What is a
title, an amount, a date or a unit is decided by the same code as in small tables.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from auditbook.case.body import RawTable
from auditbook.case.errors import InputError, Problem, unreadable
from auditbook.case.ledger_cells import Names
from auditbook.case.ledger_checks import Checked, check_entries, check_printed_total, tell_problems
from auditbook.case.ledger_head import no_rows
from auditbook.case.ledger_problems import Tally, changed, lost
from auditbook.case.ledger_records import RecordSorter
from auditbook.case.ledger_sources import Source, source_of
from auditbook.case.ledger_text import fingerprint
from auditbook.case.money import FEN_PER_UNIT
from auditbook.case.units import AliasUse, UnitNames
from auditbook.query import connection, literal, stored


@dataclass(frozen=True)
class LedgerFile:
    """A ledger that was read; ``records = rows + rejected + blank + notes + totals``, always.

    Attributes
    ----------
    path : Path
        The Parquet file of entries; not there when there are problems.
    table : str
    records : int
        Records of the file below its header; 0 when it could not be read to its end.
    rows : int
        Entries without a problem.
    rejected : int
        Records with a problem.
    blank, notes, totals : int
        Blank records, lines of notes, the printed 合计 row.
    amount : int
        Sum of the entries, in fen.
    problems : tuple of Problem
        The first 50, from top to bottom.
    problem_count : int
        Of all problems.
    sha256 : str
        Of the file that was read.
    above : tuple of str
        What stands above the header.
    ignored : tuple of str
        Titles of columns that are not used.
    uses : tuple of AliasUse
        Each spelling of a unit that an alias led to its name, with the first place.
    money_unit : str
        The unit of money that is printed above the header, ``""`` where none is.
    money_unit_row : int
        Where it is printed.
    """

    path: Path
    table: str
    records: int = 0
    rows: int = 0
    rejected: int = 0
    blank: int = 0
    notes: int = 0
    totals: int = 0
    amount: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    sha256: str = ""
    above: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    uses: tuple[AliasUse, ...] = ()
    money_unit: str = ""
    money_unit_row: int = 0

    def relation(self, database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """The entries, as a table that is read where it lies.

        Raises
        ------
        InputError
            The ledger has problems.
        """
        if self.problem_count:
            raise InputError(self.problems)
        return database.read_parquet(str(self.path))

    def entries(self) -> duckdb.DuckDBPyRelation:
        """The entries in the database that all stored ledgers of this process share.

        Columns and types are those of a small ledger's frame, see :func:`auditbook.query.stored`.
        """
        return stored(self.path, "* replace (date::timestamp_ns as date)")


def read_ledger(
    path: Path,
    *,
    table: str,
    money_unit: str,
    target: Path,
    names: Names | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    memory: str = "2GB",
    columns: Mapping[str, str] | None = None,
    file: str | None = None,
) -> LedgerFile:
    """Read a ledger of any size into a Parquet file, or tell every problem and write nothing.

    Parameters
    ----------
    path : Path
        ``.csv`` (UTF-8 or GB18030), ``.xlsx`` or ``.parquet``.
    table : str
        ``transfers``, ``receipts`` or ``payments``.
    money_unit : str
        Unit of amounts where the file names none, for example ``元``.
    target : Path
        The Parquet file to write: the columns of the table, ``amount`` in fen (int64), ``date`` a
        date, ``source_row`` such as ``payments.csv:17``, in the order of the file. It is there
        whole or not at all.
    names : Names, optional
        The units of the case; without them every name is taken.
    sheet : str, optional
        Of a workbook; the name of the table when not given.
    encoding : str, optional
        ``utf-8`` or ``gb18030``; found out when not given.
    memory : str
        What the database may take; the rest of the reader takes some 100 MB.
    columns : mapping of str to str, optional
        Further titles: printed title to column name.
    file : str, optional
        Name of the file in places and problems; its own name when not given.

    Returns
    -------
    LedgerFile

    Raises
    ------
    ValueError
        No such table or unit of money; the target is the ledger itself.
    """
    if money_unit not in FEN_PER_UNIT or target.resolve() == path.resolve():
        raise ValueError(f"unknown money unit or target: {money_unit!r}, {target}")
    names = UnitNames() if names is None else names
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    source = source_of(path, file or path.name, table, money_unit, columns or {}, sheet, encoding)
    try:
        before = fingerprint(path)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            return _read(source, target, names, memory, Path(folder), before)
    except InputError as error:
        return _refused(target, table, error.problems)
    except OSError as error:
        if error.filename is None or Path(error.filename) != path:
            raise
        return _refused(target, table, (unreadable(source.file, error),))


def _refused(target: Path, table: str, problems: tuple[Problem, ...]) -> LedgerFile:
    count = len(problems)
    tally = Tally()
    tally.add(problems)
    return LedgerFile(target, table, problems=tally.shown, problem_count=count)


def _read(
    source: Source, target: Path, names: Names, memory: str, folder: Path, before: str
) -> LedgerFile:
    tally = Tally()
    with connection(memory=memory, folder=folder / "spilled") as database:
        sorter = source.load(database, folder, tally)
        if fingerprint(source.path) != before:
            raise InputError([changed(source.file)])
        raw = sorter.raw
        if not sorter.written:
            tally.add(no_rows(raw))
        checked = check_entries(database, raw, names)
        tell_problems(database, raw, names, checked, tally)
        check_printed_total(raw, sorter, checked, tally)
        _prove_complete(raw, sorter, checked)
        if not tally.count:
            _write(database, raw, folder / "entries.parquet")
            os.replace(folder / "entries.parquet", target)
    return _ledger_file(target, before, sorter, checked, tally)


def _prove_complete(raw: RawTable, sorter: RecordSorter, checked: Checked) -> None:
    """Refuse a file of which a record was lost on the way: each is known by its line."""
    others = sorter.blank + sorter.notes + sorter.rejected + (sorter.total is not None)
    accounted = checked.entries + others
    whole = (sorter.records, sorter.written, sorter.lines)
    if whole != (accounted, checked.entries, checked.lines) or checked.untyped:
        raise InputError([lost(raw.grid.file, sorter.records, accounted - checked.untyped)])


def _write(database: duckdb.DuckDBPyConnection, raw: RawTable, path: Path) -> None:
    columns = ", ".join(raw.schema.titles())
    place = literal(f"{raw.grid.file}:")
    database.execute(
        f"copy (select {columns}, {place} || line as source_row from typed order by line) "
        f"to {literal(str(path))} (format parquet, compression zstd)"
    )


def _ledger_file(
    target: Path, sha256: str, sorter: RecordSorter, checked: Checked, tally: Tally
) -> LedgerFile:
    return LedgerFile(
        target,
        sorter.raw.name,
        records=sorter.records,
        rows=checked.entries - checked.bad,
        rejected=checked.bad + sorter.rejected,
        blank=sorter.blank,
        notes=sorter.notes,
        totals=int(sorter.total is not None),
        amount=checked.amount,
        problems=tally.shown,
        problem_count=tally.count,
        sha256=sha256,
        above=sorter.raw.header.above,
        ignored=sorter.raw.header.ignored,
        uses=checked.uses,
        money_unit=sorter.raw.header.money_unit,
        money_unit_row=sorter.raw.header.money_unit_row,
    )
