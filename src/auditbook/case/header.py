"""Finding the header of a sheet: one row or two, below any rows with a title or a unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditbook.case.errors import Problem
from auditbook.case.grid import Grid, Row
from auditbook.case.money import FEN_PER_UNIT, plain
from auditbook.case.names import listed, squeezed
from auditbook.case.table_schema import TableSchema
from auditbook.case.titles import IGNORE, Meaning, Titles

SEARCHED_ROWS = 20
"""The header stands in one of the first rows that hold anything."""

_UNIT_ROW = re.compile(r"(^|[\s(,;])(金额|货币|计量)?单位\s*:\s*(?P<units>[^\s()]+)")
_LOOKS_LIKE_MONEY = re.compile(r"[元币圆]$|^(RMB|CNY|USD|yuan)$", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderColumn:
    """A column of the sheet that the table uses.

    Attributes
    ----------
    name : str
        Column name of the schema; the title itself for answers to a question.
    position : int
        Column of the sheet, from 0.
    title : str
        As printed, ``group/title`` in a header of two rows.
    unit : str
        Unit named in the title.
    """

    name: str
    position: int
    title: str
    unit: str = ""


@dataclass(frozen=True)
class Header:
    """Where a sheet's header is and what it says.

    Attributes
    ----------
    row : int
        Number of its (last) row.
    columns : tuple of HeaderColumn
    ignored : tuple of str
        Titles that the table does not use.
    unknown : tuple of (str, Meaning)
        Those among them that the case did not leave out on purpose.
    titled : frozenset of int
        Positions of all columns with a title.
    above : tuple of str
        What stands above the header.
    money_unit : str
        Unit stated above the header (``单位：万元``), ``""`` if none.
    money_unit_row : int
    """

    row: int
    columns: tuple[HeaderColumn, ...]
    ignored: tuple[str, ...]
    unknown: tuple[tuple[str, Meaning], ...]
    titled: frozenset[int]
    above: tuple[str, ...] = ()
    money_unit: str = ""
    money_unit_row: int = 0


@dataclass(frozen=True)
class _Candidate:
    index: int
    depth: int
    titles: tuple[str, ...]
    meanings: tuple[Meaning, ...]

    @property
    def titled(self) -> list[tuple[str, Meaning]]:
        pairs = zip(self.titles, self.meanings, strict=True)
        return [(title, meaning) for title, meaning in pairs if title]

    @property
    def named(self) -> int:
        return len({meaning.name for meaning in self.meanings if meaning.name})

    @property
    def rank(self) -> tuple[int, int, int, int]:
        units = sum(1 for meaning in self.meanings if meaning.name and meaning.unit)
        return self.named, units, -self.depth, -self.index


def find_header(
    grid: Grid, schema: TableSchema, titles: Titles, problems: list[Problem]
) -> Header | None:
    """The header of a sheet, or None when there is none; problems are added to ``problems``."""
    rows = [row for row in grid.rows if not row.blank]
    if not rows:
        problems.append(_no_rows(grid))
        return None
    best = _best(rows[:SEARCHED_ROWS], titles, schema)
    if best is None:
        problems.append(_no_header(grid, rows[0], schema))
        return None
    last = rows[best.index + best.depth - 1].number
    unit, unit_row = _stated_unit(grid, rows[: best.index], problems)
    return Header(
        row=last,
        columns=_columns(best, schema),
        ignored=_ignored(best, schema),
        unknown=tuple((t, m) for t, m in best.titled if not m.name),
        titled=frozenset(i for i, title in enumerate(best.titles) if title),
        above=tuple(" ".join(dict.fromkeys(filter(None, r.cells))) for r in rows[: best.index]),
        money_unit=unit,
        money_unit_row=unit_row,
    )


def _best(rows: list[Row], titles: Titles, schema: TableSchema) -> _Candidate | None:
    """The candidate that names most columns; when equal most units, then the plainer, earlier.

    Rows of answers hold any words, those of titles too: there the first row that names the
    respondents is the header.
    """
    candidates = []
    for index in range(len(rows)):
        for depth in (1,) if schema.open else (1, 2):
            if index + depth <= len(rows):
                texts = _titles(rows[index : index + depth])
                meanings = tuple(map(titles.meaning, texts))
                candidates.append(_Candidate(index, depth, texts, meanings))
    if schema.open:
        needed = {name for name, column in schema.columns.items() if column.required}
        named = (one for one in candidates if needed <= {m.name for m in one.meanings})
        return next(named, None)
    best = max(candidates, key=lambda candidate: candidate.rank)
    return best if best.named else None


def _titles(rows: list[Row]) -> tuple[str, ...]:
    """The titles of one header row, or of two with the upper one spread over its group."""
    upper = [plain_title(cell) for cell in rows[0].cells]
    if len(rows) == 1:
        return tuple(upper)
    lower = [plain_title(cell) for cell in rows[1].cells]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    titles, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        if not below or squeezed(below) == squeezed(above):
            titles.append(above)
        else:
            titles.append(f"{group}/{below}" if group else below)
    return tuple(titles)


def plain_title(cell: str) -> str:
    """A title cell on one line, as printed otherwise."""
    return "".join(cell.split("\n")).replace("\r", "").strip()


def _columns(best: _Candidate, schema: TableSchema) -> tuple[HeaderColumn, ...]:
    found = []
    for position, (title, meaning) in enumerate(zip(best.titles, best.meanings, strict=True)):
        name = meaning.name or (title if schema.open else "")
        if name and name != IGNORE:
            found.append(HeaderColumn(name, position, title, meaning.unit))
    return tuple(found)


def _ignored(best: _Candidate, schema: TableSchema) -> tuple[str, ...]:
    return tuple(
        title
        for title, meaning in best.titled
        if meaning.name == IGNORE or (not meaning.name and not schema.open)
    )


def _stated_unit(grid: Grid, above: list[Row], problems: list[Problem]) -> tuple[str, int]:
    """The money unit stated above the header, and its row."""
    for row in above:
        for cell in row.cells:
            found = _UNIT_ROW.search(plain(cell))
            for word in re.split(r"[、,，/;]", found["units"]) if found else ():
                word = word.removeprefix("人民币")
                if word in FEN_PER_UNIT:
                    return word, row.number
                if _LOOKS_LIKE_MONEY.search(word):
                    problems.append(unknown_unit(grid.file, row.number, cell, word))
    return "", 0


def unknown_unit(file: str, row: int, column: str, value: str) -> Problem:
    """The problem of a money unit that is not understood."""
    known = listed(FEN_PER_UNIT)
    return Problem(
        file,
        row,
        column,
        value,
        f"金额单位不认识，应为 {known} 之一",
        f"unknown money unit; should be one of {known}",
    )


def _no_rows(grid: Grid) -> Problem:
    return Problem(
        grid.file,
        message="表是空的；应有一行标题和至少一行数据，没有这张表就删除它",
        message_en="the sheet is empty; it should hold a header row and data, or not be there",
    )


def _no_header(grid: Grid, first: Row, schema: TableSchema) -> Problem:
    wanted = [t.zh for name, t in schema.titles().items() if schema.columns[name].required]
    return Problem(
        grid.file,
        first.number,
        value="，".join(filter(None, first.cells)),
        message=f"找不到标题行；应有一行标题含有：{listed(wanted)}",
        message_en=f"no header row found; its titles should be: {listed(wanted)}",
    )
