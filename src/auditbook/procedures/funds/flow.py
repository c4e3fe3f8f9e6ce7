"""The flow of money by level (市→县→乡镇→社区), and where it stopped (滞留)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Verdict, records
from auditbook.procedures.funds.common import severity_of
from auditbook.procedures.funds.exceptions import exceptions, no_exceptions
from auditbook.query import Table, literal, no_rows, query

FLOW_COLUMNS = [
    "unit", "level", "parent", "own_fen", "received_fen", "passed_on_fen", "spent_fen", "kept_fen",
    "first_receipt", "days_to_first_payment",
]  # fmt: skip
LEVEL_COLUMNS = [
    "level", "units_count", "own_fen", "received_fen", "passed_on_fen", "spent_fen", "kept_fen",
    "in_transit_fen",
]  # fmt: skip
LEVELS = ("city", "county", "township", "village", "")
_AMOUNTS = ["own_fen", "received_fen", "passed_on_fen", "spent_fen", "kept_fen"]


def fund_flow(
    transfers: Table, receipts: Table, payments: Table, units: pd.DataFrame
) -> pd.DataFrame:
    """What each unit received, passed on, spent and kept.

    Money that was returned or recovered (negative lines) lowers the sum of its ledger. A unit
    without parent that no receipt names is where the money comes from: what it passed on and
    spent was its own, and what it keeps is not known.

    Parameters
    ----------
    transfers, receipts, payments : DataFrame or DuckDB relation
        Ledgers; amount in fen.
    units : DataFrame, one row per unit
        unit, level, parent.

    Returns
    -------
    DataFrame, one row per unit, in the order of `units`, then units that only ledgers name;
        none where the ledgers have no lines
        unit, level, parent, own_fen, received_fen, passed_on_fen, spent_fen, kept_fen = own +
        received − passed on − spent (missing at the source of the money), first_receipt,
        days_to_first_payment (of positive lines; negative where a payment came first).
    """
    if no_rows(transfers, receipts, payments):
        return _no_flow()
    came = _per_unit(receipts, "unit")
    went = _per_unit(transfers, "from_unit")
    paid = _per_unit(payments, "unit")
    known = units[["unit", "level", "parent"]]
    named = sorted({*came.index, *went.index, *paid.index} - {"", *known["unit"]})
    others = pd.DataFrame({"unit": named, "level": "", "parent": ""})
    flow = pd.concat([known, others], ignore_index=True)
    for column, sums in (("received", came), ("passed_on", went), ("spent", paid)):
        flow[f"{column}_fen"] = _by_unit(sums["fen"], flow, fill_value=0).astype("Int64")
    source = (flow["parent"] == "") & ~flow["unit"].isin(came.index)
    outgoing = flow["passed_on_fen"] + flow["spent_fen"]
    flow["own_fen"] = outgoing.where(source, 0)
    flow["kept_fen"] = (flow["received_fen"] - outgoing).mask(source)
    flow["first_receipt"] = _by_unit(came["first"], flow).astype("datetime64[ns]")
    waited = _by_unit(paid["first"], flow).astype("datetime64[ns]") - flow["first_receipt"]
    flow["days_to_first_payment"] = waited.dt.days.astype("Int64")
    return flow[FLOW_COLUMNS]


def _no_flow() -> pd.DataFrame:
    whole = dict.fromkeys([*_AMOUNTS, "days_to_first_payment"], "Int64")
    texts = dict.fromkeys(["unit", "level", "parent"], "str")
    kinds = whole | texts | {"first_receipt": "datetime64[ns]"}
    return pd.DataFrame(columns=FLOW_COLUMNS).astype(kinds)


def flow_by_level(flow: pd.DataFrame) -> pd.DataFrame:
    """The flow summed by level, from the city down.

    own + received = passed on + spent + kept at each level, and what a level passed on is what
    the next one received and what got stuck between them.

    Parameters
    ----------
    flow : DataFrame
        From :func:`fund_flow`.

    Returns
    -------
    DataFrame, one row per level that has units, those without level last
        level, units_count, own_fen, received_fen, passed_on_fen, spent_fen, kept_fen,
        in_transit_fen = passed on − received at the next level (below zero where that level
        recorded more; missing for units without level). Money that skips a level shows as in
        transit above it and lowers what is in transit below.
    """
    groups = flow.groupby("level", sort=False)
    table = groups[_AMOUNTS].sum().reindex([level for level in LEVELS if level in groups.groups])
    table.insert(0, "units_count", groups.size())
    levels = table[table.index != ""]
    below = levels["received_fen"].shift(-1, fill_value=0)
    table["in_transit_fen"] = levels["passed_on_fen"] - below
    kinds = dict.fromkeys(LEVEL_COLUMNS[1:], "Int64")
    return table.astype(kinds).reset_index(names="level")[LEVEL_COLUMNS]


def held(
    receipts: Table, transfers: Table, payments: Table, *, days: int | None, until: date
) -> pd.DataFrame:
    """滞留: sums of which a part was neither passed on nor spent within `days` days.

    First in, first out, unit by unit and to the fen: what a unit passes on, spends or returns
    uses up the money that came first, and an outflow without money is set against the next that
    comes (垫付). Outflows of the last day count. Money that comes back (a negative line of
    transfers or payments) is money that came in on that day, with its own `days`.

    Parameters
    ----------
    receipts, transfers, payments : DataFrame or DuckDB relation
        Ledgers; a negative receipt is money that the unit returned.
    days : int, optional
        None: the case does not ask for it, and nothing is held.
    until : date
        Lines after it do not count; a sum must have been there for more than `days` days by then.

    Returns
    -------
    DataFrame
        Exceptions ``held``, one per line that brought the money: ``days=…`` until all of it was
        gone, at the latest `until`; ``held_fen=…`` what was still there after `days` days.
    """
    if no_rows(receipts, transfers, payments):
        return no_exceptions()
    asked = "false" if days is None else f"c.last < {literal(until)}"
    lines = query(
        f"""
        with moves as ({" union all ".join(_moves(until, days or 0))}),
        came as (
            select *, sum(fen) over (partition by unit order by date, entry_id, source_row)::bigint
                as came
            from moves where fen > 0
        ),
        went as (
            select unit, date, sum(sum(-fen)) over (partition by unit order by date)::bigint as went
            from moves where fen < 0 group by unit, date
        )
        select c.entry_id, c.date, c.unit, c.payee, c.document_no, c.amount_fen, c.source_row,
            least(c.fen, c.came - coalesce(w.went, 0)) as held_fen,
            date_diff('day', c.date, coalesce(g.date, {literal(until)})) as days
        from came as c
        asof left join went as w on c.unit = w.unit and c.last >= w.date
        asof left join went as g on c.unit = g.unit and c.came <= g.went
        where {asked} and c.came > coalesce(w.went, 0)
        order by c.date, c.entry_id, c.source_row
        """,
        receipts=receipts,
        transfers=transfers,
        payments=payments,
    )
    details = [
        f"days={n};held_fen={fen}" for n, fen in zip(lines["days"], lines["held_fen"], strict=True)
    ]
    numbered = lines.assign(detail=pd.Series(details, dtype="str"), line=range(len(lines)))
    return exceptions("held", numbered, case="line")


def flow_findings(table: pd.DataFrame, *, money_unit: str, material: int) -> list[Finding]:
    """One finding for each sum that :func:`held` gives; `material` (fen) decides what is 重大."""
    findings = []
    for row in records(table):
        parts = dict(part.split("=") for part in row["detail"].split(";"))
        findings.append(
            Finding(
                "funds.held",
                severity_of(int(parts["held_fen"]), material),
                Verdict.DIFFERS,
                unit=row["unit"],
                subject=row["document_no"],
                expected=amount_text(0, money_unit),
                actual=amount_text(int(parts["held_fen"]), money_unit),
                difference=amount_text(int(parts["held_fen"]), money_unit),
                actual_source=row["source_row"],
                details={
                    "date": f"{row['date']:%Y-%m-%d}",
                    "received": amount_text(abs(row["amount_fen"]), money_unit),
                    "days": parts["days"],
                },
            )
        )
    return findings


def _per_unit(ledger: Table, unit: str) -> pd.DataFrame:
    """Sum, and date of the first positive line, of each unit."""
    sums = query(
        f"""
        select {unit} as unit, sum(amount)::bigint as fen,
            min(case when amount > 0 then date end) as first
        from ledger where {unit} <> '' group by {unit} order by {unit}
        """,
        ledger=ledger,
    )
    return sums.set_index("unit")


def _by_unit(sums: pd.Series[Any], flow: pd.DataFrame, **fill: Any) -> pd.Series[Any]:
    """One value per row of `flow`; whole numbers stay whole."""
    return sums.reindex(flow["unit"], **fill).set_axis(flow.index)


def _moves(until: date, days: int) -> list[str]:
    """Money that came in (fen above zero) and went out, from each ledger."""
    ways = (("receipts", "unit", 1), ("transfers", "from_unit", -1), ("payments", "unit", -1))
    return [
        f"""
        select entry_id, date, {unit} as unit, payee, document_no, amount as amount_fen,
            source_row, amount * {sign} as fen, date + interval {days} day as last
        from {ledger} where {unit} <> '' and date <= {literal(until)}
        """
        for ledger, unit, sign in ways
    ]
