"""Cells of a ledger read in SQL: the usual ones at once, every other by the small reader's code.

A text is usual when its form leaves no doubt what the small reader makes of it. The others, each
distinct text once, go through :class:`auditbook.case.cells.CellKind`; so a cell means the same in a
ledger of any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import pandas as pd

from auditbook.case.body import RawTable
from auditbook.case.cells import CellError, CellKind
from auditbook.case.money import FEN_PER_UNIT
from auditbook.case.units import AliasUse
from auditbook.case.values import kind_of
from auditbook.query import literal, name

_PAGE = 20_000
_SPACE = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680))) + "".join(
    map(chr, (*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
_UNCHANGED = (  # signs that full-width folding leaves as they are
    r"!-~\x{2013}-\x{2015}\x{3001}\x{3002}\x{3008}-\x{3011}\x{3014}-\x{301b}\x{4e00}-\x{9fff}"
)
_ID = rf"[{_UNCHANGED}]([ {_UNCHANGED}]*[{_UNCHANGED}])?"
_DIGITS = 17  # more of them may pass the largest amount, in fen


class Names(Protocol):
    """Knows units by their names, as :class:`auditbook.case.units.UnitNames` does."""

    def resolve(self, written: str) -> tuple[str, bool]:
        """The unit, and whether an alias led to it; ``""`` when it is unknown."""


@dataclass(frozen=True)
class Cells:
    """One column of a ledger.

    Attributes
    ----------
    name : str
    cell : str
        Column of ``raw`` with its texts.
    kind : CellKind
    """

    name: str
    cell: str
    kind: CellKind

    @property
    def table(self) -> str:
        """The table of texts that Python has read: ``text``, ``value``, ``bad``."""
        return f"read_{self.name}"

    def unusual(self) -> str:
        """Which texts are read in Python, in SQL."""
        error = f"left({self.cell}, 1) in ('#', '＃', '﹟')"
        blank = "" if self.kind.title.blank else f" or {self.cell} = ''"
        match self.kind.title.kind:
            case "text":
                return f"{self.cell} <> trim({self.cell}, {literal(_SPACE)}) or {error}{blank}"
            case "id":
                same = f"regexp_full_match({self.cell}, {literal(_ID)})"
                return f"not ({same} or {self.cell} = '') or {error}{blank}"
            case "money":
                return f"not regexp_full_match({self.cell}, {literal(self._amount())})"
        return "true"

    def value(self) -> str:
        """The value of a usual text, in SQL."""
        if self.kind.title.kind != "money":
            return self.cell
        places = self._places()
        bare = f"replace(replace({self.cell}, ',', ''), '+', '')"
        return f"(try_cast({bare} as decimal(38, {places})) * {10**places})::bigint"

    def cast(self, text: str) -> str:
        """The value that Python wrote as text, in SQL."""
        kinds = {"money": "bigint", "date": "date"}
        kind = kinds.get(self.kind.title.kind)
        return f"try_cast({text} as {kind})" if kind else text

    def _places(self) -> int:
        return len(str(FEN_PER_UNIT[self.kind.unit])) - 1

    def _amount(self) -> str:
        places = self._places()
        whole = _DIGITS - places
        decimals = rf"(\.\d{{1,{places}}})?" if places else ""
        return rf"[+-]?(\d{{1,{whole}}}|\d{{1,3}}(,\d{{3}}){{1,{(whole - 3) // 3}}}){decimals}"


def cells_of(raw: RawTable) -> list[Cells]:
    """The columns that a ledger uses; of two with one name the first."""
    columns = {column.name: column for column in reversed(raw.header.columns)}
    ordered = [column for column in raw.header.columns if columns[column.name] is column]
    return [Cells(name(c.name), f"c{c.position}", kind_of(raw, c)) for c in ordered]


def read_unusual(
    database: duckdb.DuckDBPyConnection, cells: Cells, names: Names, raw: RawTable
) -> list[AliasUse]:
    """Read the unusual texts of a column into its table; each alias used, where it stands first."""
    database.execute(
        f"create or replace table texts as select {cells.cell} as text, min(line) as line "
        f"from raw where {cells.unusual()} group by {cells.cell}"
    )
    database.execute(
        f"create or replace table {cells.table} (text varchar, value varchar, bad boolean)"
    )
    uses: dict[int, AliasUse] = {}
    for page in _pages(database):
        read = [(text, *_read(cells.kind, text, line, names, uses, raw)) for text, line in page]
        frame = pd.DataFrame(read, columns=["text", "value", "bad"]).astype(
            {"text": "str", "value": "str"}
        )
        database.register("page", frame)
        database.execute(f"insert into {cells.table} select text, value, bad from page")
        database.unregister("page")
    database.execute("drop table texts")
    first: dict[str, AliasUse] = {}
    for _, use in sorted(uses.items()):
        first.setdefault(use.written, use)
    return list(first.values())


def _pages(database: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    (count,) = database.execute("select count(*) from texts").fetchone() or (0,)
    for start in range(0, count, _PAGE):
        yield database.execute(
            f"select text, line from texts where rowid >= {start} and rowid < {start + _PAGE}"
        ).fetchall()


def _read(
    kind: CellKind, text: str, line: int, names: Names, uses: dict[int, AliasUse], raw: RawTable
) -> tuple[str, bool]:
    """The value of a text, as text, and whether the small reader would refuse it."""
    title = kind.title
    try:
        value = kind.read(text)
    except CellError:
        return "", True
    if title.kind == "unit" and value:
        unit, by_alias = names.resolve(value)
        if unit and by_alias:
            uses[line] = AliasUse(value, unit, f"{raw.grid.file}:{line}", raw.name)
        return unit, not unit
    blank = value is None or not str(value).strip()
    wrong = bool(title.choices) and not blank and value not in {c for c, *_ in title.choices}
    return "" if value is None else str(value), wrong or (blank and not title.blank)


def typed_sql(columns: list[Cells], raw: RawTable, read: set[str]) -> str:
    """Every entry with its values and, for each column, whether its cell is ``bad_<column>``.

    Parameters
    ----------
    columns : list of Cells
    raw : RawTable
    read : set of str
        Names of the columns of which some texts were read in Python.
    """
    found = {cells.name: cells for cells in columns}
    selected, joins = ["raw.line", "raw.problems"], []
    for column, title in raw.schema.titles().items():
        cells = found.get(column)
        if cells is None:
            empty = {"money": "null::bigint", "date": "null::date"}.get(title.kind, "''")
            selected += [f"{empty} as {column}", f"false as bad_{column}"]
        elif column in read:
            other = cells.table
            given = cells.cast(f"{other}.value")
            usual = given if cells.unusual() == "true" else cells.value()
            selected.append(
                f"case when {other}.text is null then {usual} else {given} end as {column}"
            )
            selected.append(f"coalesce({other}.bad, false) as bad_{column}")
            joins.append(f"left join {other} on {other}.text = raw.{cells.cell}")
        else:
            selected += [f"{cells.value()} as {column}", f"false as bad_{column}"]
    return f"select {', '.join(selected)} from raw {' '.join(joins)}"
