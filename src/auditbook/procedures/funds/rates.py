"""Rates per unit, recomputed and as printed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from auditbook.case.money import percent_text
from auditbook.case.printed import parse_printed
from auditbook.facts import Finding, Severity, Verdict, records
from auditbook.procedures.funds.common import TOTAL, ratio, verdict_of


def unit_rates(
    table: pd.DataFrame, *, arrived: str = "arrived", budget: str | None = None
) -> pd.DataFrame:
    """资金使用率 = 使用/到位 and 结余率 = 结余/到位 per unit and in total.

    Parameters
    ----------
    table : DataFrame, one row per unit
        unit, the column named by `arrived`, used, balance in fen, source_row.
    budget : str, optional
        A column with the budget, for 资金到位率 = 到位/预算.

    Returns
    -------
    DataFrame, one row per unit and a last one 合计
        unit, arrived_fen, used_fen, balance_fen, use_rate, balance_rate (and arrival_rate);
        a rate over zero is missing.

    """
    columns = [arrived, "used", "balance", *([budget] if budget else [])]
    sums: dict[str, Any] = {c: int(table[c].sum()) for c in columns}
    sums |= {"unit": TOTAL, "source_row": ""}
    rows = []
    for record in [*records(table), sums] if len(table) else []:
        row = {
            "unit": record["unit"],
            "arrived_fen": record[arrived],
            "used_fen": record["used"],
            "balance_fen": record["balance"],
            "use_rate": ratio(record["used"], record[arrived]),
            "balance_rate": ratio(record["balance"], record[arrived]),
            "source_row": record["source_row"],
        }
        if budget:
            row["arrival_rate"] = ratio(record[arrived], record[budget])
        rows.append(row)
    names = ["unit", "arrived_fen", "used_fen", "balance_fen", "use_rate", "balance_rate"]
    names += ["arrival_rate"] if budget else []
    return pd.DataFrame(rows, columns=[*names, "source_row"])


def printed_rates(use: pd.DataFrame, printed_total: pd.DataFrame) -> pd.DataFrame:
    """资金使用率 as printed against used/disbursed, at the printed precision.

    Returns
    -------
    DataFrame, one row per unit that prints a rate, the 合计 row last
        unit, used_fen, disbursed_fen, exact_rate, printed, fit (exact, rounded, cut, none),
        verdict, source_row.

    """
    rows = []
    for record in records(pd.concat([use, printed_total])):
        if not record.get("use_rate_printed"):
            continue
        rate = ratio(record["used"], record["disbursed"])
        fit = None if rate is None else parse_printed(record["use_rate_printed"], "%").fits(rate)
        rows.append(
            {
                "unit": record["unit"],
                "used_fen": record["used"],
                "disbursed_fen": record["disbursed"],
                "exact_rate": rate,
                "printed": record["use_rate_printed"],
                "fit": fit or "none",
                "verdict": Verdict.UNDECIDED if rate is None else verdict_of(fit is not None),
                "source_row": record["source_row"],
            }
        )
    columns = ["unit", "used_fen", "disbursed_fen", "exact_rate", "printed", "fit", "verdict"]
    return pd.DataFrame(rows, columns=[*columns, "source_row"])


def rate_findings(rates: pd.DataFrame) -> list[Finding]:
    """One finding for each printed rate that its own row does not give."""
    return [
        Finding(
            "funds.printed_rate",
            Severity.MEDIUM,
            Verdict.DIFFERS,
            unit=row["unit"],
            expected=percent_text(row["exact_rate"]),
            actual=row["printed"],
            expected_source=row["source_row"],
            actual_source=row["source_row"],
        )
        for row in records(rates)
        if row["verdict"] == Verdict.DIFFERS
    ]
