"""The values of a column that others refer to, of a table of any size."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from auditbook.case.money import plain
from auditbook.case.table import Table

_FEW = 1000
"""Values up to which a wrong reference is compared with each of them."""


@dataclass(frozen=True)
class Known:
    """What a column holds.

    Attributes
    ----------
    found : frozenset of str
        Of the values asked for, those that it has.
    first : tuple of str
        All values in order, or the first of more than 1000.
    count : int
        How many there are.
    """

    found: frozenset[str] = frozenset()
    first: tuple[str, ...] = ()
    count: int = 0


def known_values(table: Table | None, column: str, asked: Collection[str]) -> Known:
    """What a column holds, of a large ledger asked in SQL; nothing where there is no table.

    Parameters
    ----------
    table : Table or None
    column : str
    asked : collection of str
        Values as written; each may stand in the column as it is, or in plain figures and letters.
    """
    if table is None:
        return Known()
    wanted = {*asked, *map(plain, asked)}
    if table.ledger is None:
        values = sorted(set(table.frame[column]))
        return Known(frozenset(wanted.intersection(values)), tuple(values[:_FEW]), len(values))
    return _in_ledger(table, column, sorted(wanted))


def _in_ledger(table: Table, column: str, wanted: list[str]) -> Known:
    from auditbook.query import literal, query

    ledger = table.entries()
    named = literal(wanted) if wanted else "(null)"
    sql = f"select distinct {column} as value from ledger"
    found = query(f"{sql} where {column} in {named} order by value", ledger=ledger)
    first = query(f"{sql} order by value limit {_FEW}", ledger=ledger)
    count = query(f"select count(*) as rows from ({sql}) as once", ledger=ledger)
    return Known(frozenset(found["value"]), tuple(first["value"]), int(count["rows"].iloc[0]))
