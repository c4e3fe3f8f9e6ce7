"""重复支付: the same payment twice, on one day or within some days."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditbook.procedures.ledger.common import exceptions
from auditbook.procedures.ledger.returns import RETURNED
from auditbook.query import Table, name


def duplicate_payments(ledger: Table, *, keys: Sequence[str]) -> pd.DataFrame:
    """Payments that are equal in all `keys`.

    In a group of equal keys a negative line takes one payment back. More than one payment left is
    an exception, and all lines of the group belong to it: a payment that was returned and paid
    again is none. Lines without a payee are not compared where the payee is a key; lines of 0 fen
    never.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen) and the columns of `keys`.
    keys : sequence of str
        ``amount`` is compared by absolute value, ``date`` by day.

    Returns
    -------
    DataFrame
        Exceptions; detail ``times=2``: payments less returns.

    Raises
    ------
    ValueError
        No key is given, or a key is not a column's name.
    """
    if not keys:
        raise ValueError("duplicates need keys")
    same = ", ".join(f"key_{name(key)}" for key in keys)
    line = f"""
        select entry_id, date, amount, {", ".join(f"{_key(k)} as key_{k}" for k in keys)}
        from line where amount <> 0 {"and payee <> ''" if "payee" in keys else ""}
    """
    hits = f"""
        select entry_id, 'times=' || cast(times as varchar) as detail,
            first_value(entry_id) over (partition by {same} order by date, entry_id) as first_entry
        from ({line}) as one
        join (
            select {same}, sum(case when amount > 0 then 1 else -1 end) as times
            from ({line}) as every group by {same}
            having sum(case when amount > 0 then 1 else -1 end) > 1
        ) as several using ({same})
    """
    return exceptions(ledger, "duplicate_payments", hits, needs=tuple(keys))


def near_duplicates(ledger: Table, *, days: int) -> pd.DataFrame:
    """Payments of one amount to one payee within `days`, whichever unit paid.

    Payments of one payee and amount, in the order of date and entry_id, form a run as long as
    each is at most `days` after the one before. A run that lasts from one day to a later one is an
    exception; within one day it is a matter of :func:`duplicate_payments`. Payments that were
    returned (see :func:`~auditbook.procedures.ledger.returns`) and lines without a payee are left
    out.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen), payee; unit for the returns.
    days : int
        From 1 on.

    Returns
    -------
    DataFrame
        Exceptions; detail ``days=3;times=2``: days from the first to the last, payments.
    """
    hits = f"""
        select entry_id,
            first_value(entry_id) over (partition by payee, amount, run order by date, entry_id)
                as first_entry,
            'days=' || cast(date_diff('day', first_day, last_day) as varchar)
                || ';times=' || cast(times as varchar) as detail
        from (
            select *, count(*) over one as times,
                min(cast(date as date)) over one as first_day,
                max(cast(date as date)) over one as last_day
            from (
                select *, sum(case when since <= {days:d} then 0 else 1 end)
                    over (partition by payee, amount order by date, entry_id) as run
                from ({_neighbours()}) as paid
                where since <= {days:d} or until <= {days:d}
            ) as near
            window one as (partition by payee, amount, run)
        ) as runs
        where first_day < last_day
    """
    return exceptions(ledger, "near_duplicates", hits, needs=("payee",))


def _neighbours() -> str:
    return f"""
        select entry_id, date, payee, amount,
            date_diff('day', lag(cast(date as date)) over w, cast(date as date)) as since,
            date_diff('day', cast(date as date), lead(cast(date as date)) over w) as until
        from line
        where amount > 0 and payee <> ''
            and entry_id not in (
                select original from ({RETURNED}) as back where original is not null
            )
        window w as (partition by payee, amount order by date, entry_id)
    """


def _key(key: str) -> str:
    return {"amount": "abs(amount)", "date": "cast(date as date)"}.get(key, key)
