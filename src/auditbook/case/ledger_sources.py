"""Where a ledger comes from: a text file, a sheet of a workbook or a Parquet file.

Whatever it was, its entries end as the table ``raw`` of the database: the line, the number of
problems already found in the record, and its cells as texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from auditbook.case.body import RawTable
from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import Row
from auditbook.case.ledger_head import HEAD_ROWS, understood
from auditbook.case.ledger_parquet import load_parquet, titles_of, typed_wrong
from auditbook.case.ledger_problems import Tally, changed
from auditbook.case.ledger_records import LONGEST_RECORD, RecordSorter, quoted_record
from auditbook.case.ledger_sheet import SheetRows, sheet_rows
from auditbook.case.ledger_text import encoding_of, lines_of
from auditbook.query import literal

_LONGEST_RECORD = 8 * LONGEST_RECORD  # in bytes, quotes doubled


@dataclass(frozen=True)
class Source:
    """A ledger's file, and how it is read.

    Attributes
    ----------
    path : Path
    file : str
        Its name in places and problems; of a sheet ``inputs.xlsx!payments``.
    table, money_unit : str
    columns : mapping of str to str
    encoding : str or None
    """

    path: Path
    file: str
    table: str
    money_unit: str
    columns: Mapping[str, str]
    encoding: str | None = None

    def load(self, database: duckdb.DuckDBPyConnection, folder: Path, tally: Tally) -> RecordSorter:
        """Put the entries into ``raw``; everything else about the file is in what comes back.

        Raises
        ------
        InputError
            The file cannot be read, or has no header.
        """
        encoding = encoding_of(self.path, self.file, self.encoding)
        try:
            with lines_of(self.path, encoding) as lines:
                sorter = self._sort_lines(lines, folder, tally)
        except UnicodeDecodeError:  # it was readable a moment ago
            raise InputError([changed(self.file)]) from None
        copy_records(database, folder, sorter.width)
        return sorter

    def head(self, rows: list[Row], tally: Tally) -> RawTable:
        """The header among the first records."""
        problems: list[Problem] = []
        raw = understood(
            self.path,
            self.file,
            rows,
            table=self.table,
            money_unit=self.money_unit,
            columns=self.columns,
            problems=problems,
        )
        if raw is None:
            raise InputError(problems)
        tally.add(problems)
        return raw

    def _sort_lines(self, lines: Iterator[str], folder: Path, tally: Tally) -> RecordSorter:
        rows, number = [], 1
        for line in lines:
            cells, taken = quoted_record(line, lines, self.file, number)
            rows.append(Row(number, tuple(cells)))
            number += taken
            if len(rows) == HEAD_ROWS:
                break
        raw = self.head(rows, tally)
        with records_file(folder).open("w", encoding="utf-8", newline="") as out:
            sorter = RecordSorter(raw, out, tally)
            sorter.add_rows(row for row in rows if row.number > raw.header.row)
            sorter.add_lines(lines, number)
            sorter.finish()
        return sorter


@dataclass(frozen=True)
class SheetSource(Source):
    """A sheet of a workbook."""

    def load(self, database: duckdb.DuckDBPyConnection, folder: Path, tally: Tally) -> RecordSorter:
        """As of a text file; memory is bounded by the largest workbook that is opened."""
        file, _, sheet = self.file.rpartition("!")
        read: SheetRows = sheet_rows(self.path, file, sheet)
        rows = iter(read)
        head = list(islice(rows, HEAD_ROWS))
        raw = read.with_merged(self.head(head, tally))
        with records_file(folder).open("w", encoding="utf-8", newline="") as out:
            sorter = RecordSorter(raw, out, tally)
            sorter.add_rows(read.marked(row) for row in head if row.number > raw.header.row)
            for row in rows:
                sorter.add(row.number, list(row.cells))
            sorter.finish()
        copy_records(database, folder, sorter.width)
        return sorter


@dataclass(frozen=True)
class ParquetSource(Source):
    """A Parquet file; an entry is named by its number from 1."""

    def load(self, database: duckdb.DuckDBPyConnection, folder: Path, tally: Tally) -> RecordSorter:
        """As of a text file; types that lose digits are refused."""
        kinds = titles_of(database, self.path, self.file)
        raw = self.head([Row(0, tuple(kinds))], tally)
        problems = typed_wrong(raw, list(kinds.values()), self.money_unit)
        if problems:
            raise InputError([*tally.shown, *problems])
        with records_file(folder).open("w", encoding="utf-8", newline="") as out:
            sorter = RecordSorter(raw, out, tally)
            load_parquet(database, sorter, list(kinds.items()), folder)
        copy_records(database, folder, sorter.width, also="usual")
        return sorter


def source_of(
    path: Path,
    file: str,
    table: str,
    money_unit: str,
    columns: Mapping[str, str],
    sheet: str | None,
    encoding: str | None,
) -> Source:
    """The source that the ending of a file's name says."""
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return SheetSource(path, f"{file}!{sheet or table}", table, money_unit, columns)
        case ".parquet":
            return ParquetSource(path, file, table, money_unit, columns)
    return Source(path, file, table, money_unit, columns, encoding)


def records_file(folder: Path) -> Path:
    """Where sorted records wait for the database."""
    return folder / "records.csv"


def copy_records(
    database: duckdb.DuckDBPyConnection, folder: Path, width: int, *, also: str = ""
) -> None:
    """Make ``raw`` of the sorted records, packed by column, and of another table like it."""
    names = [f"c{position}" for position in range(width)]
    kinds = {"line": "bigint", "problems": "integer"} | dict.fromkeys(names, "varchar")
    packed = folder / "raw.parquet"
    database.execute(
        f"copy (select * from read_csv({literal(str(records_file(folder)))}, auto_detect=false, "
        "header=false, delim=',', quote='\"', escape='\"', new_line='\\n', strict_mode=true, "
        f"parallel=false, null_padding=false, max_line_size={_LONGEST_RECORD}, "
        f"buffer_size={2 * _LONGEST_RECORD}, "
        f"force_not_null={names}, columns={kinds})) to {literal(str(packed))} (format parquet)"
    )
    records_file(folder).unlink()
    union = f" union all select * from {also}" if also else ""
    database.execute(
        f"create view raw as select * from read_parquet({literal(str(packed))}){union}"
    )
