"""Finding the header of a sheet: one row or two, below any rows with a title or a unit."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from auditbook.case.errors import Problem
from auditbook.case.grid import Grid, Row, column_letter
from auditbook.case.money import FEN_PER_UNIT, plain
from auditbook.case.names import likeness, listed, squeezed
from auditbook.case.schemas import TableSchema
from auditbook.case.titles import IGNORE, Meaning, Titles

SEARCHED_ROWS = 20
"""The header stands in one of the first rows that hold anything."""

SURELY_MEANT = 0.8
"""Likeness from which an unknown title is taken for a misspelling of a column not found."""

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
    best = _best(rows[:SEARCHED_ROWS], titles)
    if best is None:
        problems.append(_no_header(grid, rows[0], schema))
        return None
    last = rows[best.index + best.depth - 1].number
    unit, unit_row = _stated_unit(grid, rows[: best.index], problems)
    header = Header(
        row=last,
        columns=_columns(best, schema),
        ignored=_ignored(best, schema),
        titled=frozenset(i for i, title in enumerate(best.titles) if title),
        above=tuple(" ".join(dict.fromkeys(filter(None, r.cells))) for r in rows[: best.index]),
        money_unit=unit,
        money_unit_row=unit_row,
    )
    problems.extend(_doubts(grid, header, best, schema, titles))
    return header


def _best(rows: list[Row], titles: Titles) -> _Candidate | None:
    """The candidate that names most columns; when equal most units, then the plainer, earlier."""
    candidates = []
    for index in range(len(rows)):
        for depth in (1, 2):
            if index + depth <= len(rows):
                texts = _titles(rows[index : index + depth])
                meanings = tuple(map(titles.meaning, texts))
                candidates.append(_Candidate(index, depth, texts, meanings))
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
        for title, meaning in zip(best.titles, best.meanings, strict=True)
        if title and (meaning.name == IGNORE or (not meaning.name and not schema.open))
    )


def _stated_unit(grid: Grid, above: list[Row], problems: list[Problem]) -> tuple[str, int]:
    """The money unit stated above the header, and its row."""
    for row in above:
        for cell in row.cells:
            found = _UNIT_ROW.search(plain(cell))
            for word in re.split(r"[、,，/;]", found["units"]) if found else ():
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


def _doubts(
    grid: Grid, header: Header, best: _Candidate, schema: TableSchema, titles: Titles
) -> list[Problem]:
    """Columns that are missing, named twice, misspelt, or of a source that is not declared."""
    unknown = [
        (title, meaning)
        for title, meaning in zip(best.titles, best.meanings, strict=True)
        if title and not meaning.name
    ]
    found = {column.name for column in header.columns}
    missing = [n for n, c in titles.plain_columns.items() if c.required and n not in found]
    problems = _repeated(grid, header)
    problems += [_missing(grid, header, schema, name, [t for t, _ in unknown]) for name in missing]
    if schema.open:
        return problems
    optional = [n for n in titles.names() if n not in found and n not in missing]
    for title, meaning in unknown:
        if meaning.group:
            problems.append(_unknown_source(grid, header, title, titles))
            continue
        near = _meant(title, optional, schema)
        if near and not any(_alike(title, name, schema) > 0.5 for name in missing):
            problems.append(_misspelt(grid, header, schema, title, near))
    return problems


def _alike(title: str, name: str, schema: TableSchema) -> float:
    if name not in schema.columns:
        return likeness(title, name)
    return max(likeness(title, s) for s in schema.titles()[name].spellings(name))


def _meant(title: str, names: list[str], schema: TableSchema) -> str:
    scored = [(_alike(title, name, schema), name) for name in sorted(names)]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= SURELY_MEANT else ""


def _repeated(grid: Grid, header: Header) -> list[Problem]:
    count = Counter(column.name for column in header.columns)
    problems = []
    for name in [name for name, times in count.items() if times > 1]:
        same = [c for c in header.columns if c.name == name]
        letters = "、".join(column_letter(c.position) for c in same)
        problems.append(
            Problem(
                grid.file,
                header.row,
                "、".join(dict.fromkeys(c.title for c in same)),
                message=f"{letters} 列是同一个标题（{name}）；每个标题只能出现一次，"
                f"不用的一列在 case.yaml 的 sources 里写为 {IGNORE}",
                message_en=f"columns {letters} are the same column ({name}); keep one, map the "
                f"other to {IGNORE} under sources in case.yaml",
            )
        )
    return problems


def _missing(
    grid: Grid, header: Header, schema: TableSchema, name: str, unknown: list[str]
) -> Problem:
    title = schema.titles()[name]
    accepted = listed(dict.fromkeys((title.zh, name, title.en, *title.titles)))
    near = max(unknown, key=lambda t: _alike(t, name, schema), default="")
    hint = hint_en = ""
    if near and _alike(near, name, schema) >= 0.5:
        hint, hint_en = f"；表中有“{near}”，是否就是它", f"; is it {near!r}?"
    return Problem(
        grid.file,
        header.row,
        title.zh,
        message=f"缺少这一列；可用的标题：{accepted}{hint}",
        message_en=f"this column is missing; accepted titles: {accepted}{hint_en}",
    )


def _misspelt(grid: Grid, header: Header, schema: TableSchema, title: str, near: str) -> Problem:
    zh = schema.titles()[near].zh if near in schema.columns else near
    where = f"sources.{schema.name}.columns"
    return Problem(
        grid.file,
        header.row,
        title,
        title,
        f"标题不认识，很像“{zh}”；若是，请在 case.yaml 的 {where} 写 “{title}: {near}”，"
        f"若不是，写 “{title}: {IGNORE}”",
        f"unknown title, much like {near}; say {title!r}: {near} or {title!r}: {IGNORE} "
        f"under {where} in case.yaml",
    )


def _unknown_source(grid: Grid, header: Header, title: str, titles: Titles) -> Problem:
    known = listed(source.zh for source in titles.sources) or "无"
    return Problem(
        grid.file,
        header.row,
        title,
        title,
        f"资金来源不在 case.yaml 的 fund.sources 中；已有：{known}",
        f"this source of money is not in fund.sources of case.yaml; known: {known}",
    )
