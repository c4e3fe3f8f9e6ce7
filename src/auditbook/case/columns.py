"""How one column of an input table is described: a pandera column that also speaks to people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandera.pandas as pa

Kind = Literal[
    "text", "unit", "id", "list", "money", "count", "points", "printed", "date", "choice"
]
"""What a cell may hold, and what it becomes:

text, id
    str; an empty cell is ``""``. Ids lose surrounding spaces and full-width forms only.
unit
    str; the canonical name of a unit (单位), after the aliases of the case.
list
    str; several values joined by ``、`` in the sheet, kept as ``、``-joined text.
money
    int64 fen (分), ``Int64`` where an empty cell is allowed.
count
    ``Int64`` whole number, not negative.
points
    Decimal score points (分), object column.
printed
    str; a figure kept as printed (``83.99%``), checked to be readable.
date
    datetime64; an empty cell is NaT where allowed.
choice
    str; one of the column's codes; the sheet may say the code, the zh or the en word.
"""


@dataclass(frozen=True)
class Title:
    """What a column is called and means.

    Attributes
    ----------
    kind : Kind
    zh, en : str
        The titles that sheets carry and people read.
    meaning : str
        One sentence for the data dictionary, in Chinese.
    titles : tuple of str
        Other titles that are accepted; ``组/列`` names a title in a two-row header.
    choices : dict of str to (zh, en)
        For ``choice`` columns.
    blank : bool
        An empty cell is allowed.
    negative : bool
        An amount may be below zero.
    personal : bool
        Holds personal data: masked in everything a run writes.
    key : bool
        Names the row; rows must not repeat it.
    """

    kind: Kind
    zh: str
    en: str
    meaning: str
    titles: tuple[str, ...] = ()
    choices: tuple[tuple[str, str, str], ...] = ()
    blank: bool = False
    negative: bool = False
    personal: bool = False
    key: bool = False

    def spellings(self, name: str) -> tuple[str, ...]:
        """Every title under which a sheet may carry this column."""
        return (name, self.zh, self.en, *self.titles)


_DTYPES = {"count": "Int64", "date": "datetime64[ns]", "points": "object"}


def column(
    kind: Kind,
    zh: str,
    en: str,
    meaning: str,
    *,
    titles: tuple[str, ...] = (),
    choices: tuple[tuple[str, str, str], ...] = (),
    required: bool = True,
    blank: bool = False,
    negative: bool = False,
    personal: bool = False,
    key: bool = False,
    regex: bool = False,
) -> pa.Column:
    """A pandera column from its description; ``required`` is about the column, ``blank`` a cell.

    The checks that pandera runs here are about values; their texts live in
    :mod:`auditbook.case.validate`, keyed by the check's name.
    """
    checks: list[Any] = []
    if kind in ("money", "points", "count") and not negative:
        checks.append(pa.Check(lambda s: s.dropna() >= 0, name="not_negative"))
    if kind in ("text", "unit", "id", "list", "printed", "choice") and not blank:
        checks.append(pa.Check(lambda s: s.str.strip() != "", name="not_blank"))
    if choices:
        codes = [code for code, _, _ in choices] + ([""] if blank else [])
        checks.append(pa.Check.isin(codes, name="choice"))
    if kind == "money":
        dtype = "Int64" if blank or not required else "int64"
    else:
        dtype = _DTYPES.get(kind, "str")
    title = Title(kind, zh, en, meaning, titles, choices, blank, negative, personal, key)
    return pa.Column(
        dtype,
        checks,
        nullable=blank and kind in ("money", "count", "points", "date"),
        required=required,
        regex=regex,
        title=zh,
        description=meaning,
        metadata={"title": title},
    )


optional = partial(column, required=False, blank=True)
"""A column that a sheet may leave out, and whose cells may be empty."""


def title_of(schema_column: pa.Column) -> Title:
    """The description inside a pandera column made by :func:`column`."""
    title = (schema_column.metadata or {})["title"]
    assert isinstance(title, Title)
    return title
