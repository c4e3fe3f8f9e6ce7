"""The records of a ledger, one after the other: counted, sorted and handed on with their lines.

A record of the usual look is handed on as it stands; every other one is sorted by the code that
sorts the rows of small tables, so that a 合计 row, a note or a blank row is the same in both.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TextIO

from auditbook.case.body import SUBTOTAL_WORDS, TOTAL_WORDS, RawTable, split_body
from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import Row
from auditbook.case.ledger_problems import Tally, endless, open_quote
from auditbook.case.names import squeezed

_BATCH = 500
_NAMES_KEPT = 10_000
_LONGEST_CELL = 100_000  # a longer line goes to the csv module, which refuses such cells
LONGEST_RECORD = 2 << 20
"""Characters that a record of several lines may have."""
_WITH_DIGIT = re.compile("[^:：﹕︓⩴]*[0-9][^:：﹕︓⩴]*")  # neither 合计 nor a note
_COLON = re.compile("[:：﹕︓⩴]")


def quoted_record(line: str, lines: Iterator[str], file: str, number: int) -> tuple[list[str], int]:
    """The cells of the record that begins with a line, and how many lines it takes.

    Raises
    ------
    InputError
        A quote is never closed, and the line where it opens is told; or the record has no end.
    """
    taken = [line]

    def more() -> Iterator[str]:
        room = LONGEST_RECORD - len(line)
        for further in lines:
            taken.append(further)
            room -= len(further)
            if room < 0:
                raise InputError([endless(file, number, LONGEST_RECORD >> 20)])
            yield further

    reader = csv.reader(chain([line], more()), strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error as error:
        opened = _opening(taken)
        value = taken[opened].rstrip("\r\n")
        raise InputError([open_quote(file, number + opened, value, str(error))]) from None


def _opening(lines: list[str]) -> int:
    """Index of the line on which the quote opens that is open at the end."""
    opened, inside = 0, False
    for index, line in enumerate(lines):
        for _ in range(line.count('"')):
            inside = not inside
            opened = index if inside else opened
    return opened


class RecordSorter:
    """Sorts the records below a header and writes the entries among them.

    What is written is a CSV without header: the line, the number of problems that were found in
    the record already, then the cells under the header.

    Parameters
    ----------
    raw : RawTable
        The header.
    out : text stream
    tally : Tally
        Gets the problems of records.

    Attributes
    ----------
    records, written, blank, notes : int
        All records, entries, blank records, lines of notes.
    rejected : int
        Records that are no entry and should not be there: a second 合计.
    total : Row or None
        The printed 合计 row.
    lines : int
        Sum of the lines of the entries, to prove that all arrive.
    """

    def __init__(self, raw: RawTable, out: TextIO, tally: Tally) -> None:
        self.raw, self.out, self.tally = raw, out, tally
        self.records = self.written = self.blank = self.notes = self.rejected = self.lines = 0
        self.total: Row | None = None
        header = next(row for row in raw.grid.rows if row.number == raw.header.row)
        self.width = max(len(header.cells), max(raw.header.titled) + 1)
        self._note: Row | None = None
        self._batch: list[Row] = []
        self._names: set[str] = set()
        self._writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        positions = {column.name: column.position for column in reversed(raw.header.columns)}
        self._naming = min(
            (positions[n] for n in ("entry_id", "unit") if n in positions), default=0
        )
        self._other = positions.get("date", -1) if "entry_id" in positions else -1
        self._untitled = [p for p in range(self.width) if p not in raw.header.titled]

    def add_lines(self, lines: Iterator[str], number: int) -> None:
        """Sort the records of a text file, the first of which begins on line ``number``."""
        file = self.raw.grid.file
        for line in lines:
            if '"' in line or len(line) > _LONGEST_CELL:
                cells, taken = quoted_record(line, lines, file, number)
                self.add(number, cells)
                number += taken
                continue
            text = line.rstrip("\r\n")
            cells = text.split(",")
            if self._usual(cells):
                self.out.write(f"{number},0,{text}\n")
                self._count(number)
            else:
                self._later(Row(number, tuple(cells)))
            number += 1

    def add(self, number: int, cells: list[str]) -> None:
        """Sort one record."""
        if self._usual(cells):
            self._write(number, 0, cells)
            self._count(number)
        else:
            self._later(Row(number, tuple(cells)))

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Sort rows that were read already."""
        for row in rows:
            self._later(row)

    def add_counted(self, records: int, lines: int) -> None:
        """Count entries that are in the database already; ``lines`` is the sum of theirs."""
        self.records += records
        self.written += records
        self.lines += lines

    def usual_sql(self) -> str:
        """Which records of the database are entries beyond doubt."""
        if self._other < 0:
            return "false"
        named = [
            f"regexp_matches(c{p}, '[0-9]') and not regexp_matches(c{p}, '{_COLON.pattern}')"
            for p in {self._naming, 0}
        ]
        other = f"c{self._other}"
        apart = f"{other} <> c0" if self._other else "true"
        return " and ".join([*named, f"regexp_matches({other}, '[0-9]')", apart])

    def finish(self) -> None:
        """Sort what is still waiting."""
        self._sort_batch()

    def _count(self, number: int) -> None:
        self.records += 1
        self.written += 1
        self.lines += number

    def _write(self, number: int, problems: int, cells: Iterable[str]) -> None:
        self._writer.writerow((number, problems, *cells))

    def _usual(self, cells: list[str]) -> bool:
        """Whether a record is an entry beyond doubt: as wide as the header, with a name and a date.

        The name must not be a word for totals, and nothing before it the beginning of a note.
        """
        if len(cells) != self.width or self._other < 0:
            return False
        if not self._plain(cells[self._naming]) or not self._plain(cells[0]):
            return False
        other = cells[self._other]
        if not other.strip() or (self._other and other == cells[0]):
            return False
        return not self._untitled or not any(cells[p].strip() for p in self._untitled)

    def _plain(self, name: str) -> bool:
        if _WITH_DIGIT.fullmatch(name) or name in self._names:
            return True
        if not name.strip() or _COLON.search(name):
            return False
        if squeezed(name) in TOTAL_WORDS | SUBTOTAL_WORDS:
            return False
        if len(self._names) < _NAMES_KEPT:
            self._names.add(name)
        return True

    def _later(self, row: Row) -> None:
        self._batch.append(row)
        if len(self._batch) >= _BATCH:
            self._sort_batch()

    def _sort_batch(self) -> None:
        """Sort the waiting rows as those of a small table, after its 合计 and a note so far."""
        before = [row for row in (self.total, self._note) if row is not None]
        batch, self._batch = self._batch, []
        grid = replace(self.raw.grid, rows=tuple(sorted([*before, *batch], key=_number)))
        found: list[Problem] = []
        body = split_body(grid, self.raw.header, self.raw.schema, found)
        numbers = {row.number for row in batch}
        found = [problem for problem in found if problem.row in numbers]
        self.tally.add(found)
        self._write_entries(body.rows, found)
        notes = [row for row in body.notes if row.number in numbers]
        totals = int(self.total is None and body.total is not None)
        self.total, self._note = self.total or body.total, (body.notes or (self._note,))[0]
        self.records += len(batch)
        self.blank += len(body.blank)
        self.notes += len(notes)
        self.rejected += len(batch) - len(body.rows) - len(body.blank) - len(notes) - totals

    def _write_entries(self, rows: tuple[Row, ...], problems: list[Problem]) -> None:
        doubts: dict[int, int] = {}
        for problem in problems:
            doubts[problem.row] = doubts.get(problem.row, 0) + 1
        for row in rows:
            cells = [row.cell(position) for position in range(self.width)]
            self._write(row.number, doubts.get(row.number, 0), cells)
            self.written += 1
            self.lines += row.number


def _number(row: Row) -> int:
    return row.number
