"""Rates per unit, recomputed and as printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from auditbook.case.money import percent_text
from auditbook.case.printed import parse_printed
from auditbook.facts import Finding, Severity, Verdict, records
from auditbook.procedures.funds.common import TOTAL, ratio, verdict_of
from auditbook.query import Table, literal, query


def unit_rates(
    table: pd.DataFrame,
    *,
    arrived: str = "arrived",
    budget: str | None = None,
    timely: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """资金使用率 = 使用/到位 and 结余率 = 结余/到位 per unit and in total.

    Where the budget is known also 资金到位率 = 到位/预算 and 预算执行率 = 使用/预算.

    Parameters
    ----------
    table : DataFrame, one row per unit
        unit, the column named by `arrived`, used, balance in fen, source_row.
    budget : str, optional
        The column with the budget; ``budget``, where the table has one that is not empty.
    timely : DataFrame, optional
        From :func:`timeliness`, for 到位及时率.

    Returns
    -------
    DataFrame, one row per unit and a last one 合计
        unit, arrived_fen, used_fen, balance_fen, use_rate, balance_rate, (with a budget)
        budget_fen, arrival_rate, execution_rate, (with `timely`) timely_rate, source_row. A rate
        over zero is missing, and so are rates over a budget that the unit, or for the total any
        unit, does not have.

    """
    if budget is None and "budget" in table and table["budget"].notna().any():
        budget = "budget"
    columns = [arrived, "used", "balance", *([budget] if budget else [])]
    sums: dict[str, Any] = {c: table[c].sum(skipna=False) for c in columns}
    sums |= {"unit": TOTAL, "source_row": ""}
    in_time = {} if timely is None else timely.set_index("unit")["timely_rate"].to_dict()
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
            row |= _budget_rates(record[budget], arrived=record[arrived], used=record["used"])
        if timely is not None:
            row["timely_rate"] = in_time.get(record["unit"])
        rows.append(row)
    names = ["unit", "arrived_fen", "used_fen", "balance_fen", "use_rate", "balance_rate"]
    names += ["budget_fen", "arrival_rate", "execution_rate"] if budget else []
    names += ["timely_rate"] if timely is not None else []
    rates = pd.DataFrame(rows, columns=[*names, "source_row"])
    return rates.astype({"budget_fen": "Int64"}) if budget else rates


def timeliness(
    receipts: Table, *, due: date, expected: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """到位及时率 = 按期到位/应到位: the share of the money due that had arrived by its date.

    Parameters
    ----------
    receipts : DataFrame or DuckDB relation, one row per line
        date, unit, amount in fen; money returned (negative) counts on its own date.
    due : date
        By which all of it was due; a receipt of that day is in time.
    expected : dict of unit to fen, optional
        What was due to each unit (应到位), a budget for example; else what arrived in the end.

    Returns
    -------
    DataFrame, one row per unit in alphabetical order and a last one 合计
        unit, due_fen, timely_fen, timely_rate (missing where nothing was due).
    """
    sums = query(
        f"""
        select unit, sum(amount)::bigint as due_fen,
            sum(case when date < {literal(due)} + interval 1 day then amount else 0 end)::bigint
                as timely_fen
        from receipts group by unit order by unit
        """,
        receipts=receipts,
    )
    if expected is not None:
        named = sorted({*expected, *sums["unit"]})
        sums = sums.set_index("unit").reindex(named, fill_value=0).reset_index(names="unit")
        sums["due_fen"] = [expected.get(unit, 0) for unit in named]
    total = {c: [int(sums[c].sum())] for c in ("due_fen", "timely_fen")}
    if len(sums):
        sums = pd.concat([sums, pd.DataFrame({"unit": [TOTAL], **total})], ignore_index=True)
    rates = [ratio(p, w) for p, w in zip(sums["timely_fen"], sums["due_fen"], strict=True)]
    return sums.assign(timely_rate=pd.Series(rates, index=sums.index, dtype=object))


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


def _budget_rates(budget: Any, *, arrived: int, used: int) -> dict[str, Any]:
    if pd.isna(budget):
        return {"budget_fen": None, "arrival_rate": None, "execution_rate": None}
    return {
        "budget_fen": budget,
        "arrival_rate": ratio(arrived, budget),
        "execution_rate": ratio(used, budget),
    }
