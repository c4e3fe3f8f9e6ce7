"""What stands below a header: rows of data, the printed 合计 row, notes and blank rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from auditbook.case.columns import Kind, Title
from auditbook.case.errors import Problem
from auditbook.case.grid import Grid, Row, column_letter
from auditbook.case.header import Header, HeaderColumn
from auditbook.case.money import parse_number, plain
from auditbook.case.names import squeezed
from auditbook.case.table_schema import TableSchema

TOTAL_WORDS = frozenset({"合计", "总计", "总合计", "合计数", "total", "grandtotal"})
SUBTOTAL_WORDS = frozenset({"小计", "subtotal"})
NUMERIC: frozenset[Kind] = frozenset({"money", "count", "points"})

_NOTE = re.compile(
    r"(注|附注|备注|说明|资料来源|数据来源|来源|填表人|制表人|制表|审核人|填报日期|notes?|source)"
    r"\s*\d*\s*:",
    re.IGNORECASE,
)
_MORE_NOTE = re.compile(r"^\d+[.、)]|^\(\d|[,，。;；:：]")  # a further line of the same note
_OPEN_COLUMN = Title("text", "答案", "Answer", "题目的答案", blank=True)


@dataclass(frozen=True)
class Body:
    """The rows below a header; nothing is dropped: the four parts make up all rows.

    Attributes
    ----------
    rows : tuple of Row
        Rows of data.
    total : Row or None
        The printed 合计 row.
    notes : tuple of Row
    blank : tuple of Row
    """

    rows: tuple[Row, ...] = ()
    total: Row | None = None
    notes: tuple[Row, ...] = ()
    blank: tuple[Row, ...] = ()

    @property
    def note_texts(self) -> tuple[str, ...]:
        """The notes, each on one line."""
        return tuple(" ".join(dict.fromkeys(filter(None, row.cells))) for row in self.notes)


@dataclass(frozen=True)
class RawTable:
    """A table whose header is understood, its cells still text.

    Attributes
    ----------
    name : str
    schema : TableSchema
    grid : Grid
    header : Header
    body : Body
    money_unit : str
        Unit of amounts whose column names none.
    before : dict of (row number, column name) to str
        Original text of the cells that an adjustment changed.
    """

    name: str
    schema: TableSchema
    grid: Grid
    header: Header
    body: Body
    money_unit: str
    before: dict[tuple[int, str], str] = field(default_factory=dict)

    def title(self, column: HeaderColumn) -> Title:
        """The description of a column of this sheet."""
        return column_title(self.schema, column.name)

    def find(self, name: str) -> HeaderColumn | None:
        """A column of this sheet by its name."""
        return next((c for c in self.header.columns if c.name == name), None)

    def text(self, row: Row, name: str) -> str:
        """The text in a column by name; ``""`` where the sheet has no such column."""
        column = self.find(name)
        return row.cell(column.position) if column else ""

    def place(self, row: Row) -> str:
        """Where a row stands: ``use.csv:4``."""
        return f"{self.grid.file}:{row.number}"

    def key(self) -> str:
        """Name of the column that names the rows: the key, else the unit, else ``""``."""
        titles = self.schema.titles()
        keys = [n for n, t in titles.items() if t.key] or [n for n in titles if n == "unit"]
        return keys[0] if keys else ""

    def with_rows(self, body: Body, before: dict[tuple[int, str], str]) -> RawTable:
        """The table with other cells, and what stood there before."""
        return replace(self, body=body, before=before)


def column_title(schema: TableSchema, name: str) -> Title:
    """The description of a column, also of one by source or of answers to a question."""
    titles = schema.titles()
    if name in titles:
        return titles[name]
    family = f"{name.partition('_')[0]}_.+"
    return titles.get(family, _OPEN_COLUMN)


def split_body(grid: Grid, header: Header, schema: TableSchema, problems: list[Problem]) -> Body:
    """Sort the rows below the header; rows that cannot be sorted are problems."""
    sorter = _Sorter.of(header, schema)
    parts: dict[str, list[Row]] = {"data": [], "total": [], "note": [], "blank": []}
    for row in grid.rows:
        if row.number > header.row:
            parts[sorter.kind(row, after_note=bool(parts["note"]))].append(row)
    problems.extend(_doubts(grid, header, schema, sorter, parts))
    return Body(
        tuple(parts["data"]),
        parts["total"][0] if parts["total"] else None,
        tuple(parts["note"]),
        tuple(parts["blank"]),
    )


@dataclass(frozen=True)
class _Sorter:
    """Tells what a row is; positions of the columns that name rows and that hold numbers."""

    naming: tuple[int, ...]
    numeric: tuple[int, ...]

    @classmethod
    def of(cls, header: Header, schema: TableSchema) -> _Sorter:
        titles = {c.position: (c.name, column_title(schema, c.name)) for c in header.columns}
        return cls(
            tuple(p for p, (name, title) in titles.items() if title.key or name == "unit"),
            tuple(p for p, (_, title) in titles.items() if title.kind in NUMERIC),
        )

    def kind(self, row: Row, *, after_note: bool) -> str:
        if row.blank:
            return "blank"
        if self.label(row, TOTAL_WORDS):
            return "total"
        first = next(cell for cell in row.cells if cell.strip())
        starts_note = _NOTE.match(plain(first)) is not None
        alone = all(cell.strip() in ("", first.strip()) for cell in row.cells)
        goes_on = after_note and alone and _MORE_NOTE.search(plain(first)) is not None
        if not (starts_note or goes_on):
            return "data"
        return "data" if any(_is_number(row.cell(p)) for p in self.numeric) else "note"

    def label(self, row: Row, words: frozenset[str]) -> str:
        """The word 合计 (or 小计) that makes a row a total: it stands where its name would."""
        name = next((row.cell(p) for p in self.naming if row.cell(p).strip()), "")
        if not name:
            name = next((cell for cell in row.cells if cell.strip()), "")
        return name if squeezed(name) in words else ""


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ValueError:
        return False
    return True


def _doubts(
    grid: Grid,
    header: Header,
    schema: TableSchema,
    sorter: _Sorter,
    parts: dict[str, list[Row]],
) -> list[Problem]:
    problems = []
    totals = parts["total"] if schema.totals else []
    for row in parts["total"][1:] if schema.totals else parts["total"]:
        problems.append(_extra_total(grid, row, schema, totals))
    for row in parts["data"]:
        label = sorter.label(row, SUBTOTAL_WORDS)
        if label:
            problems.append(_subtotal(grid, row, label))
    for row in [*parts["data"], *parts["total"]]:
        problems.extend(_untitled(grid, header, row))
    if not parts["data"]:
        problems.append(no_data(grid, header))
    return problems


def _extra_total(grid: Grid, row: Row, schema: TableSchema, totals: list[Row]) -> Problem:
    why = f"第 {totals[0].number} 行已是合计行，只能有一行" if totals else "这张表不应有合计行"
    why_en = f"row {totals[0].number} is the total" if totals else "this table has no total row"
    return Problem(
        grid.file, row.number, value=next(filter(None, row.cells)), message=why, message_en=why_en
    )


def _subtotal(grid: Grid, row: Row, label: str) -> Problem:
    return Problem(
        grid.file,
        row.number,
        value=label,
        message="小计行会与明细重复计算；请只保留明细行和一行合计",
        message_en="a subtotal would count its rows twice; keep the rows and one total",
    )


def _untitled(grid: Grid, header: Header, row: Row) -> list[Problem]:
    return [
        Problem(
            grid.file,
            row.number,
            f"{column_letter(position)} 列",
            cell,
            "这一列没有标题；请加标题，或删去内容；若是金额里的千分位逗号，用双引号括住",
            "this column has no title; title it or clear it; an amount with a comma needs quotes",
        )
        for position, cell in enumerate(row.cells)
        if cell.strip() and position not in header.titled
        and (row.number, position) not in grid.filled
    ]  # fmt: skip


def no_data(grid: Grid, header: Header) -> Problem:
    """The problem of a header with no rows below it."""
    return Problem(
        grid.file,
        header.row,
        message="标题行下面没有数据；没有这张表就删除它",
        message_en="no rows below the header; remove the table if there is none",
    )
