"""Results of ledger tests as working papers keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pandas as pd

from auditbook.procedures.ledger.benford import Benford, benford
from auditbook.procedures.ledger.findings import masked
from auditbook.query import Table


def without_names(exceptions: pd.DataFrame) -> pd.DataFrame:
    """Exceptions with payees masked but for the first character: 王＊＊."""
    return exceptions.assign(payee=exceptions["payee"].map(masked).astype("str"))


def benford_results(ledger: Table, *, digits: Sequence[Literal[1, 2]]) -> list[Benford]:
    """:func:`benford` of a ledger's amounts for each number of leading digits asked for."""
    amounts: Any = ledger
    amounts = amounts[["amount"]] if isinstance(ledger, pd.DataFrame) else amounts.select("amount")
    return [benford(amounts, digits=number) for number in digits]


def benford_summary(results: Iterable[Benford]) -> pd.DataFrame:
    """What each result says.

    Returns
    -------
    DataFrame, one row per result
        leading (1 or 2 digits), amounts_count, zeros_count and short_count (left out), chi_square,
        df, p_value, mad (text, rounded for display), conformity, warnings.
    """
    rows = [
        {
            "leading": str(len(str(result.table["digits"].iloc[0]))),
            "amounts_count": result.n,
            "zeros_count": result.zeros,
            "short_count": result.short,
            "chi_square": f"{result.chi_square:.2f}" if result.n else "",
            "df": str(result.df),
            "p_value": f"{result.p_value:.4f}" if result.n else "",
            "mad": f"{result.mad:.4f}" if result.n else "",
            "conformity": result.conformity,
            "warnings": "、".join(result.warnings),
        }
        for result in results
    ]
    columns = [
        "leading", "amounts_count", "zeros_count", "short_count", "chi_square", "df", "p_value",
        "mad", "conformity", "warnings",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def benford_digits(results: Iterable[Benford]) -> pd.DataFrame:
    """Counts and shares of all results: digits, amounts_count, share_rate, expected_rate."""
    tables = [
        result.table.assign(digits=result.table["digits"].astype("str")) for result in results
    ]
    columns = ["digits", "amounts_count", "share_rate", "expected_rate"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
