"""Identities inside one table: rows, parts and columns that must add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Verdict, records
from auditbook.procedures.funds.common import severity_of, verdict_of

IDENTITY_COLUMNS = [
    "identity", "unit", "left_fen", "right_fen", "difference_fen", "verdict", "source_row",
]  # fmt: skip


def check_identities(
    table: pd.DataFrame,
    printed_total: pd.DataFrame,
    *,
    arrived: str = "arrived",
    tolerance: int = 0,
) -> pd.DataFrame:
    """到位 = 使用 + 结余 in each row, 其中 = 合计 in each row, columns against the printed 合计.

    Parameters
    ----------
    table : DataFrame, one row per unit
        ``arrived`` (or the column named by `arrived`), ``used``, ``balance`` and any number of
        ``arrived_<source>`` and ``used_<source>``, all fen; unit; source_row.
    printed_total : DataFrame
        The printed 合计 row with the same columns, or no row.
    arrived : str
        The column that holds what the unit received: ``arrived`` or ``disbursed``.
    tolerance : int, fen
        Sides that are no further apart tie.

    Returns
    -------
    DataFrame, one row per check; none where a cell of the printed 合计 row is empty
        identity (``balance``, ``parts_<column>``, ``column_<column>``), unit, left_fen (what is
        stated), right_fen (what it must equal), difference_fen, verdict, source_row.

    """
    sides: list[tuple[str, dict[str, Any], Any, list[Any]]] = []
    for record in records(pd.concat([table, printed_total])):
        sides.append(("balance", record, record[arrived], [record["used"], record["balance"]]))
        for column in (arrived, "used"):
            parts = [record[name] for name in _parts(table, column)]
            if parts:
                sides.append((f"parts_{column}", record, record[column], parts))
    for record in records(printed_total):
        for column in _amount_columns(table, arrived):
            sides.append((f"column_{column}", record, record[column], list(table[column])))
    rows = [
        _identity(name, record, int(stated), int(sum(parts)), tolerance)
        for name, record, stated, parts in sides
        if not pd.isna([stated, *parts]).any()
    ]
    return pd.DataFrame(rows, columns=IDENTITY_COLUMNS)


def check_both_tables(
    *,
    allocation: pd.DataFrame,
    allocation_total: pd.DataFrame,
    use: pd.DataFrame,
    use_total: pd.DataFrame,
    tolerance: int = 0,
) -> pd.DataFrame:
    """:func:`check_identities` of the allocation table and of the table of use, one after another.

    Returns
    -------
    DataFrame
        statement (``allocation``, ``use``) and the columns of :func:`check_identities`.
    """
    first = check_identities(allocation, allocation_total, tolerance=tolerance)
    second = check_identities(use, use_total, arrived="disbursed", tolerance=tolerance)
    first, second = first.assign(statement="allocation"), second.assign(statement="use")
    return pd.concat([first, second], ignore_index=True)[["statement", *IDENTITY_COLUMNS]]


def identity_summary(identities: pd.DataFrame) -> pd.DataFrame:
    """How many checks of each kind were made and how many broke.

    Returns
    -------
    DataFrame
        statement, identity, checked_count, broken_count, verdict.

    """
    rows = [
        {
            "statement": statement,
            "identity": name,
            "checked_count": len(group),
            "broken_count": int((group["verdict"] == Verdict.DIFFERS).sum()),
            "verdict": verdict_of(bool((group["verdict"] == Verdict.TIES).all())),
        }
        for (statement, name), group in identities.groupby(["statement", "identity"], sort=False)
    ]
    return pd.DataFrame(
        rows, columns=["statement", "identity", "checked_count", "broken_count", "verdict"]
    )


def identity_findings(identities: pd.DataFrame, *, money_unit: str, material: int) -> list[Finding]:
    """One finding for each identity that does not hold; `material` (fen) decides what is 重大."""
    return [
        Finding(
            "funds.identity",
            severity_of(row["difference_fen"], material),
            Verdict.DIFFERS,
            unit=row["unit"],
            subject=row["identity"],
            expected=amount_text(row["right_fen"], money_unit),
            actual=amount_text(row["left_fen"], money_unit),
            difference=amount_text(row["difference_fen"], money_unit),
            expected_source=row["source_row"],
            actual_source=row["source_row"],
        )
        for row in records(identities)
        if row["verdict"] == Verdict.DIFFERS
    ]


def _identity(
    name: str, record: Mapping[str, Any], left: int, right: int, tolerance: int
) -> dict[str, Any]:
    return {
        "identity": name,
        "unit": record["unit"],
        "left_fen": left,
        "right_fen": right,
        "difference_fen": left - right,
        "verdict": verdict_of(abs(left - right) <= tolerance),
        "source_row": record["source_row"],
    }


def _parts(table: pd.DataFrame, column: str) -> list[str]:
    return [name for name in table.columns if str(name).startswith(f"{column}_")
            and name != "use_rate_printed"]  # fmt: skip


def _amount_columns(table: pd.DataFrame, arrived: str) -> list[str]:
    return [arrived, *_parts(table, arrived), "used", *_parts(table, "used"), "balance"]
