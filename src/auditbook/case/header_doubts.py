"""What is wrong with a header: columns missing, named twice, misspelt, of an unknown source."""

from __future__ import annotations

from collections import Counter

from auditbook.case.errors import Problem
from auditbook.case.grid import Grid, column_letter
from auditbook.case.header import Header
from auditbook.case.names import likeness, listed
from auditbook.case.table_schema import TableSchema
from auditbook.case.titles import IGNORE, Titles

SURELY_MEANT = 0.8
"""Likeness from which an unknown title is taken for a misspelling of a column not found."""


def header_doubts(grid: Grid, header: Header, schema: TableSchema, titles: Titles) -> list[Problem]:
    """Columns that are missing, named twice, misspelt, or of a source that is not declared."""
    found = {column.name for column in header.columns}
    missing = [n for n, c in titles.plain_columns.items() if c.required and n not in found]
    problems = [] if schema.open else _repeated(grid, header)
    problems += [
        _missing(grid, header, schema, name, [t for t, _ in header.unknown]) for name in missing
    ]
    if schema.open:
        return problems
    optional = [n for n in titles.names() if n not in found and n not in missing]
    for title, meaning in header.unknown:
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
