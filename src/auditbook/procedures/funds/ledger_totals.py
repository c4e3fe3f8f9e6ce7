"""What the ledgers say of the units that a table of funds states."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditbook import query
from auditbook.facts import Figure, FigureMaker, Finding, row_ranges
from auditbook.procedures.funds.statements import compare_tables, comparison_findings


def by_ledgers(flow: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """到位 and 使用 of units out of the ledgers, to be compared with what a table states.

    What arrived is what the unit itself received; what was used is what it and all units below it
    paid out.

    Parameters
    ----------
    flow : DataFrame
        From :func:`~auditbook.procedures.funds.flow.fund_flow`.
    units : DataFrame
        The table of funds: its column unit says of whom.

    Returns
    -------
    DataFrame, one row per unit of the table that the ledgers name
        unit, arrived, used, balance = arrived − used (fen), source_row.
    """
    if flow.empty or units.empty:
        columns = {"unit": "str", "arrived": "int64", "used": "int64", "balance": "int64"}
        return pd.DataFrame(columns=[*columns, "source_row"]).astype(
            columns | {"source_row": "str"}
        )
    top = _top_in_table(flow, set(units["unit"]))
    spent = flow["spent_fen"].groupby(top).sum()
    own = flow.set_index("unit")["received_fen"]
    named = [unit for unit in units["unit"] if unit in spent.index]
    rows = [
        {
            "unit": unit,
            "arrived": int(own[unit]),
            "used": int(spent[unit]),
            "balance": int(own[unit]) - int(spent[unit]),
            "source_row": "receipts、payments",
        }
        for unit in named
    ]
    return pd.DataFrame(rows, columns=["unit", "arrived", "used", "balance", "source_row"])


def against_ledgers(table: pd.DataFrame, flow: pd.DataFrame, *, tolerance: int = 0) -> pd.DataFrame:
    """Where a table of funds and the ledgers disagree; units that no ledger names are left out.

    Parameters
    ----------
    table : DataFrame, one row per unit
        unit, arrived, used in fen, source_row.
    flow : DataFrame
        From :func:`~auditbook.procedures.funds.flow.fund_flow`.
    tolerance : int, fen

    Returns
    -------
    DataFrame
        As :func:`~auditbook.procedures.funds.statements.compare_tables` gives it, the ledgers on
        the right.
    """
    ledgers = by_ledgers(flow, table)
    stated = table[table["unit"].isin(ledgers["unit"])]
    return compare_tables(stated, ledgers, amounts=["arrived", "used"], tolerance=tolerance)


def against_ledgers_findings(
    comparison: pd.DataFrame, *, money_unit: str, material: int
) -> list[Finding]:
    """One finding per unit for which :func:`against_ledgers` tells a difference."""
    return comparison_findings(
        comparison, money_unit=money_unit, material=material, rule="funds.ledgers"
    )


def with_ledger_titles(comparison: pd.DataFrame) -> pd.DataFrame:
    """A comparison for showing: what stands on the right is called the ledgers."""
    names = {"right_fen": "ledger_fen", "right_source": "ledger_source"}
    return comparison.rename(columns=names)


def _top_in_table(flow: pd.DataFrame, stated: set[str]) -> pd.Series[str]:
    """For each unit of the flow the nearest unit of the table at or above it, or ``""``."""
    parent = dict(zip(flow["unit"], flow["parent"], strict=True))

    def nearest(unit: str) -> str:
        seen: set[str] = set()
        while unit and unit not in stated and unit not in seen:
            seen.add(unit)
            unit = parent.get(unit, "")
        return unit if unit in stated else ""

    return pd.Series([nearest(unit) for unit in flow["unit"]], index=flow.index, dtype="str")


def ledger_figures(
    *,
    transfers: query.Table,
    receipts: query.Table,
    payments: query.Table,
    matches: pd.DataFrame,
    exceptions: pd.DataFrame,
) -> list[Figure]:
    """Key figures of the ledgers; none where the case has no ledgers.

    Parameters
    ----------
    transfers, receipts, payments : DataFrame or DuckDB relation
        Ledgers of the case; may be empty. Of a relation the figures name the file only.
    matches : DataFrame
        Of :func:`~auditbook.procedures.funds.match_transfers`.
    exceptions : DataFrame
        Of the ledger tests.
    """
    words = {"transfers": "拨出", "receipts": "收到", "payments": "支付"}
    given = {"transfers": transfers, "receipts": receipts, "payments": payments}
    lines = {name: query.totals(ledger, "amount") for name, ledger in given.items()}
    rows = {name: row_ranges(query.sources(given[name])) for name in words if lines[name][0]}
    found = []
    for name in rows:
        make, (count, fen) = FigureMaker(ledger_figures, rows[name]), lines[name]
        found += [
            make(f"funds.{name}.count", count, "count",
                 (f"{words[name]}明细账的行数", f"lines of the ledger of {name}")),
            make(f"funds.{name}.total", fen, "fen",
                 (f"{words[name]}明细账金额之和", f"sum of the ledger of {name}")),
        ]  # fmt: skip
    if {"transfers", "receipts"} <= rows.keys():
        matched = int(matches.drop_duplicates("sent_id")["sent_id"].nunique())
        make = FigureMaker(ledger_figures, rows["transfers"] + rows["receipts"])
        share = Fraction(matched, lines["transfers"][0])
        formula = ("已对上的拨出行 ÷ 拨出行", "transfers matched ÷ transfers")
        found.append(make("funds.matched_rate", share, "rate", formula))
    if "payments" in rows:
        named = int(exceptions["entry_id"].nunique())
        make = FigureMaker(ledger_figures, rows["payments"])
        formula = ("至少有一项测试提出的支付行", "payments that at least one test names")
        found.append(make("funds.payments.exceptions.count", named, "count", formula))
    return found
