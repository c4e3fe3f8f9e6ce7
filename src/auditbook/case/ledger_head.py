"""What the first lines of a ledger say: its titles, its units, where its entries begin."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

from auditbook.case.body import Body, RawTable, split_body
from auditbook.case.errors import Problem
from auditbook.case.grid import Grid, Row
from auditbook.case.header import find_header
from auditbook.case.header_doubts import header_doubts
from auditbook.case.schemas import schema_for
from auditbook.case.titles import Titles

HEAD_ROWS = 60
"""Records among which the header is looked for."""


def understood(
    path: Path,
    file: str,
    rows: list[Row],
    *,
    table: str,
    money_unit: str,
    columns: Mapping[str, str],
    problems: list[Problem],
) -> RawTable | None:
    """The ledger's header as that of a small table, with no rows yet; None where there is none.

    Parameters
    ----------
    path : Path
    file : str
        The name that problems and places say.
    rows : list of Row
        The first records.
    table : str
        ``transfers``, ``receipts`` or ``payments``.
    money_unit : str
        Unit of amounts where the file says none.
    columns : mapping of str to str
        Further titles: printed title to column name.
    problems : list of Problem
        What is wrong is added.
    """
    schema = schema_for(table)
    if schema is None:
        raise ValueError(f"no such table: {table!r}")
    titles = Titles(schema, (), columns)
    header = find_header(Grid(file, path, tuple(rows)), schema, titles, problems)
    if header is None:
        return None
    upper = tuple(takewhile(lambda row: row.number <= header.row, rows))
    grid = Grid(file, path, upper)
    problems.extend(header_doubts(grid, header, schema, titles))
    return RawTable(table, schema, grid, header, Body(), header.money_unit or money_unit)


def no_rows(raw: RawTable) -> list[Problem]:
    """The problem of a ledger without entries."""
    problems: list[Problem] = []
    split_body(raw.grid, raw.header, raw.schema, problems)
    return problems
