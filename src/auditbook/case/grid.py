"""Sheets as grids of text, from CSV or from Excel, each row with its number.

Everything after this module sees text only, so that a table gives the same frame whether it came
as CSV or as a sheet: a number typed in Excel becomes its plain decimal text (15 significant
digits), a date ``2018-12-31``, a truth value ``TRUE`` or ``FALSE``.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from auditbook.case.errors import InputError, Problem

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order when the case declares none; both are decoded strictly."""

_NOT_TEXT = re.compile("[\ufffd\ue000-\uf8ff]")  # decoded with the wrong encoding


@dataclass(frozen=True)
class Row:
    """A row of a sheet or record of a file: its number from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """The text in a column counted from 0; ``""`` beyond the end of a short row."""
        return self.cells[column] if column < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """No cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """A sheet or a file as rows of text.

    Attributes
    ----------
    file : str
        ``use.csv`` or ``inputs.xlsx!use``.
    path : Path
    rows : tuple of Row
    filled : frozenset of (row number, column)
        Cells that got the text of the merged range they lie in.
    """

    file: str
    path: Path
    rows: tuple[Row, ...]
    filled: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def column_letter(column: int) -> str:
    """The letter of a column counted from 0, as spreadsheets show it: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(value: Any) -> str:
    """The text of a cell that a spreadsheet keeps typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        text = format(Decimal(format(value, ".15g")), "f")
        return "0" if text == "-0" else text
    if isinstance(value, datetime):
        midnight = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def decode(content: bytes, file: str, encoding: str | None = None) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        Empty, holds NUL bytes, or is in none of the encodings.
    """
    if not content.strip():
        raise InputError([_empty(file)])
    if b"\0" in content:
        raise InputError([_undecodable(file, "NUL")])
    has_mark = content.startswith(b"\xef\xbb\xbf")
    tried = ("utf-8-sig",) if has_mark else ((encoding,) if encoding else ENCODINGS)
    for name in tried:
        try:
            text = content.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if not _NOT_TEXT.search(text):
            return text
    raise InputError([_undecodable(file, " / ".join(tried))])


def read_csv_grid(path: Path, file: str, encoding: str | None = None) -> Grid:
    """A CSV file as a grid; a row is numbered by the line on which it begins.

    Raises
    ------
    InputError
        The file is empty, undecodable, or a quote in it is never closed.
    """
    text = decode(path.read_bytes(), file, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            rows.append(Row(line, tuple(map(sys.intern, cells))))  # equal texts are kept once
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError([_broken_csv(file, line, text, str(error))]) from None
    return Grid(file, path, tuple(rows))


def typed_grid(
    file: str,
    path: Path,
    values: Iterable[Iterable[Any]],
    merged: Iterable[tuple[tuple[int, int], tuple[int, int]]] = (),
) -> Grid:
    """A grid from the typed cells of a spreadsheet, merged ranges filled from their first cell."""
    cells = [[cell_text(value) for value in row] for row in values]
    filled = set()
    for (top, left), (bottom, right) in merged:
        for row in range(top, min(bottom + 1, len(cells))):
            for column in range(left, min(right + 1, len(cells[row]))):
                if (row, column) != (top, left):
                    cells[row][column] = cells[top][left]
                    filled.add((row + 1, column))
    rows = tuple(Row(number, tuple(row)) for number, row in enumerate(cells, 1))
    return Grid(file, path, rows, frozenset(filled))


def _empty(file: str) -> Problem:
    if not file.lower().endswith(".csv"):
        return Problem(file, message="文件是空的，应有内容", message_en="the file is empty")
    return Problem(
        file,
        message="文件是空的；应有一行标题和至少一行数据，没有这张表就删除文件",
        message_en="the file is empty; it should hold a header row and data, or not be there",
    )


def _undecodable(file: str, tried: str) -> Problem:
    kind = "CSV UTF-8（逗号分隔）" if file.lower().endswith(".csv") else "UTF-8"
    return Problem(
        file,
        message=f"文字编码无法识别（已试 {tried}）；请另存为“{kind}”",
        message_en=f"cannot be decoded (tried {tried}); save it as UTF-8",
    )


def _broken_csv(file: str, line: int, text: str, error: str) -> Problem:
    lines = text.splitlines()
    return Problem(
        file,
        row=line,
        value=lines[line - 1] if line <= len(lines) else "",
        message="引号没有成对，从这一行起读不下去；含逗号或换行的内容用一对英文双引号括住，"
        "内容里的双引号写两次",
        message_en=f"quotes do not match from this line on ({error}); a cell with commas stands "
        "between one pair of double quotes, a quote inside it is doubled",
    )
