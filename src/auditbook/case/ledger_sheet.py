"""The rows of a sheet of a workbook, one after the other, as texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auditbook.case.body import NUMERIC, RawTable
from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import Grid, Row, cell_text
from auditbook.case.names import listed
from auditbook.case.workbook import Workbook, open_workbook

MERGED = "（合并单元格）"
"""Put behind an amount in a merged range, so that it reads as no amount."""


@dataclass
class SheetRows:
    """The rows of a sheet, numbered as Excel numbers them."""

    book: Workbook
    sheet: str
    grid: Grid | None
    _amounts: frozenset[int] = frozenset()

    def with_merged(self, raw: RawTable) -> RawTable:
        """The header, with what is known of merged cells; rows that follow are marked by it."""
        if self.grid is None:
            return raw
        numeric = {c.position for c in raw.header.columns if raw.title(c).kind in NUMERIC}
        self._amounts = frozenset(numeric)
        return replace(raw, grid=replace(raw.grid, filled=self.grid.filled))

    def __iter__(self) -> Iterator[Row]:
        if self.grid is not None:
            yield from map(self.marked, self.grid.rows)
            return
        worksheet = self.book.book.get_sheet_by_name(self.sheet)
        start = worksheet.start or (0, 0)
        left = [""] * start[1]
        for number, values in enumerate(worksheet.iter_rows(), 1):
            yield Row(number, (*left, *map(cell_text, values)))

    def marked(self, row: Row) -> Row:
        """A row whose merged amounts read as none."""
        if self.grid is None:
            return row
        cells = tuple(
            cell + MERGED
            if position in self._amounts and (row.number, position) in self.grid.filled
            else cell
            for position, cell in enumerate(row.cells)
        )
        return replace(row, cells=cells)


def sheet_rows(path: Path, file: str, sheet: str) -> SheetRows:
    """The rows of a sheet.

    Sheets with merged cells, error values or formulas without a result are read as small tables
    are, whole; the others row by row.

    Raises
    ------
    InputError
        The workbook cannot be opened, or has no such sheet.
    """
    book = open_workbook(path, file)
    if sheet not in book.sheets:
        raise InputError([_no_sheet(file, sheet, book.sheets)])
    worksheet = book.book.get_sheet_by_name(sheet)
    special = book.patched or worksheet.merged_cell_ranges
    return SheetRows(book, sheet, book.grid(sheet) if special else None)


def _no_sheet(file: str, sheet: str, sheets: list[str]) -> Problem:
    return Problem(
        file,
        value=sheet,
        message=f"没有这个工作表；现有工作表：{listed(sheets)}",
        message_en=f"there is no such sheet; sheets: {listed(sheets)}",
    )
