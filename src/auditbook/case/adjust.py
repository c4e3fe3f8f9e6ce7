"""``adjustments.csv``: corrections that are written down instead of edits of the originals.

A correction changes the text of one cell before it is read, so a cell that cannot be read can be
corrected too. ``old`` must be what stands there; nothing is corrected otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from auditbook.case.body import TOTAL_WORDS, RawTable
from auditbook.case.cells import CellError
from auditbook.case.errors import Problem
from auditbook.case.files import Unread
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.money import plain
from auditbook.case.names import listed, nearest, squeezed
from auditbook.case.units import UnitNames
from auditbook.case.values import kind_of

COLUMNS = (
    "table", "row", "unit", "column", "old", "new", "who", "when", "why", "source_row",
)  # fmt: skip

Adjustment = dict[str, Any]


class Adjuster:
    """Applies the rows of ``adjustments`` to the tables of a case.

    Attributes
    ----------
    applied : list of dict
        What was applied: the row of ``adjustments`` with ``row`` as the place that it touched
        (``use.csv:4``) and ``unit`` as the name of that row.
    """

    def __init__(
        self,
        raws: dict[str, RawTable],
        unread: Unread,
        names: UnitNames,
        own: RawTable,
        large: Collection[str] = (),
    ) -> None:
        self.raws = raws
        self.unread = unread
        self.names = names
        self.own = own
        self.large = large
        self.applied: list[Adjustment] = []
        self.problems: list[Problem] = []

    def apply(self, adjustment: Adjustment, at: Row) -> None:
        """Apply an adjustment, or note why not; ``at`` is its row of ``adjustments`` as text."""
        raw = self.raws.get(adjustment["table"])
        if adjustment["table"] in self.large:
            return self._doubt(
                at, "table",
                "这本明细账按大文件读取（Parquet，或文件超过 20 MB），其中的单元格不能调整；"
                "请由提供资料的单位更正后重新导出，并在 sources 的 place 写明依据",
                "is read as a large ledger (Parquet, or a file above 20 MB), whose cells cannot be "
                "adjusted; have it exported again with the correction, and say so in its place",
            )  # fmt: skip
        if raw is None and self.unread.may_be(adjustment["table"]):
            return None
        if raw is None:
            known = [name for name in self.raws if name != "adjustments"]
            return self._doubt(at, "table", *_choose("表", "table", adjustment["table"], known))
        column = self._column(raw, adjustment["column"])
        if column is None:
            known = [c.name for c in raw.header.columns]
            words = _choose("列", "column", adjustment["column"], known)
            return self._doubt(at, "column", *words)
        found = self._rows(raw, adjustment["row"])
        if len(found) != 1:
            return self._doubt(at, "row", *self._which_row(raw, adjustment["row"], found))
        return self._change(raw, column, found[0], adjustment, at)

    def _change(
        self, raw: RawTable, column: HeaderColumn, row: Row, adjustment: Adjustment, at: Row
    ) -> None:
        place = (row.number, column.name)
        if place in raw.before:
            return self._doubt(
                at, "column", "这个单元格已被调整过；一个单元格只能调整一次",
                "this cell was adjusted already; adjust it once",
            )  # fmt: skip
        text = row.cell(column.position)
        if not _same(raw, column, text, adjustment["old"]):
            shown = text.strip() or "（空）"
            return self._doubt(
                at, "old", f"与资料不符：{raw.place(row)} 的“{column.title}”是 {shown}",
                f"differs from {raw.place(row)}, where {column.title!r} is {shown}",
            )  # fmt: skip
        try:
            kind_of(raw, column).read(adjustment["new"])
        except CellError as error:
            return self._doubt(at, "new", error.message, error.message_en)
        self.raws[raw.name] = _with_cell(raw, row, column, adjustment["new"])
        self.applied.append(
            adjustment
            | {
                "row": raw.place(row),
                "unit": self._name(raw, row),
                "column": column.name,
                "source_row": f"{self.own.grid.file}:{at.number}",
            }
        )
        return None

    def _column(self, raw: RawTable, written: str) -> HeaderColumn | None:
        for column in raw.header.columns:
            spellings = {column.name, column.title, *raw.title(column).spellings(column.name)}
            if squeezed(written) in {squeezed(spelling) for spelling in spellings}:
                return column
        return None

    def _rows(self, raw: RawTable, written: str) -> list[Row]:
        rows = [*raw.body.rows, *([raw.body.total] if raw.body.total else [])]
        if plain(written).startswith("#"):
            return [row for row in rows if f"#{row.number}" == plain(written)]
        if squeezed(written) in TOTAL_WORDS and raw.body.total:
            return [raw.body.total]
        wanted = self._canonical(written)
        named = [name for name in dict.fromkeys((raw.key(), "unit", "id")) if name]
        for name in named:
            found = [row for row in raw.body.rows if self._canonical(raw.text(row, name)) == wanted]
            if found:
                return found
        return []

    def _canonical(self, written: str) -> str:
        unit, _ = self.names.resolve(written)
        return squeezed(unit or written)

    def _name(self, raw: RawTable, row: Row) -> str:
        if row is raw.body.total:
            return "合计"
        written = raw.text(row, "unit") or raw.text(row, raw.key())
        unit, _ = self.names.resolve(written)
        return unit or plain(written)

    def _which_row(self, raw: RawTable, written: str, found: list[Row]) -> tuple[str, str]:
        if found:
            numbers = "、".join(f"#{row.number}" for row in found)
            return f"有多行符合，请写行号：{numbers}", f"several rows match; write one of {numbers}"
        known = [raw.text(row, raw.key()) for row in raw.body.rows] if raw.key() else []
        near = nearest(written, known)
        hint, hint_en = (f"；相近的是 {near}", f"; nearest: {near}") if near else ("", "")
        return (
            f"{raw.grid.file} 没有这一行，应为单位名称、编号或 #行号{hint}",
            f"{raw.grid.file} has no such row; should be a unit, an id or #<row number>{hint_en}",
        )

    def _doubt(self, at: Row, name: str, message: str, message_en: str) -> None:
        column = self.own.find(name)
        title = column.title if column else name
        self.problems.append(
            Problem(
                self.own.grid.file, at.number, title, self.own.text(at, name), message, message_en
            )
        )


def _choose(zh: str, en: str, written: str, known: list[str]) -> tuple[str, str]:
    near = nearest(written, known)
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
    return (
        f"没有这个{zh}，应为 {listed(known, at_most=30)} 之一{hint}",
        f"no such {en}, should be one of {listed(known, at_most=30)}{hint_en}",
    )


def _same(raw: RawTable, column: HeaderColumn, text: str, old: str) -> bool:
    """What stands in a cell is what the adjustment says: as text, or as the value read."""
    if plain(text) == plain(old):
        return True
    kind = kind_of(raw, column)
    try:
        return bool(text.strip()) and bool(old.strip()) and kind.read(text) == kind.read(old)
    except CellError:
        return False


def _with_cell(raw: RawTable, row: Row, column: HeaderColumn, text: str) -> RawTable:
    cells = [*row.cells, *[""] * (column.position + 1 - len(row.cells))]
    before = raw.before | {(row.number, column.name): cells[column.position]}
    cells[column.position] = text
    changed = Row(row.number, tuple(cells))
    body = replace(
        raw.body,
        rows=tuple(changed if r.number == row.number else r for r in raw.body.rows),
        total=changed if raw.body.total and raw.body.total.number == row.number
        else raw.body.total,
    )  # fmt: skip
    return raw.with_rows(body, before)
