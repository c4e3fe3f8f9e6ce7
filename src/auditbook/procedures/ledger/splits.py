"""拆分支付: payments kept under an approval limit."""

from __future__ import annotations

import pandas as pd

from auditbook.procedures.ledger.common import exceptions
from auditbook.query import Table


def split_payments(ledger: Table, *, limit: int, days: int) -> pd.DataFrame:
    """Payments of one unit to one payee, each under the limit, that reach it within some days.

    Lines above 0 and under `limit` are looked at, unit by unit and payee by payee; lines without a
    payee are left out. A *window* is all such lines from one day to another at most `days` later.
    A window whose sum is `limit` or more is a hit. Hits that have a line in common are one
    exception, and so are hits linked by others; its lines are those of all its hits. A later
    return changes nothing: the approval was avoided when the money was paid.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen), unit, payee.
    limit : int, fen
        Payments of this amount or more need approval.
    days : int
        From the first date to the last.

    Returns
    -------
    DataFrame
        Exceptions; detail ``limit_fen=5000000;sum_fen=9800000``, the sum of all its lines.

    Notes
    -----
    It is enough to look at windows that end at a line and reach back the full `days`, for a
    larger window holds the lines of a smaller one. A line is in a hit if one of the windows that
    end within `days` after it is. The first of these starts earliest: where it starts on the
    line's own day, nothing links the line with what is before, and an exception begins.
    """
    one = "partition by unit, payee order by day"
    hits = f"""
        select entry_id,
            first_value(entry_id) over (
                partition by unit, payee, run order by day, entry_id
            ) as first_entry,
            'limit_fen={limit:d};sum_fen=' || cast(cast(
                sum(amount) over (partition by unit, payee, run) as bigint
            ) as varchar) as detail
        from (
            select *, sum(case when place = 1 and start_day = day then 1 else 0 end)
                over ({one}, entry_id) as run
            from (
                select *, row_number() over (
                    partition by unit, payee, day order by entry_id
                ) as place, min(case when total >= {limit:d} then first_day end)
                    over ({one} range between current row and {days:d} following) as start_day
                from ({_windows(limit, days, one)}) as windows
            ) as reached
            where start_day is not null
        ) as runs
    """
    return exceptions(ledger, "split_payments", hits, needs=("unit", "payee"))


def _windows(limit: int, days: int, one: str) -> str:
    small = f"amount > 0 and amount < {limit:d} and payee <> ''"
    return f"""
        select *, sum(amount) over back as total, min(day) over back as first_day
        from (
            select entry_id, unit, payee, amount,
                date_diff('day', date '1970-01-01', cast(date as date)) as day
            from line
            where {small}
        ) as small
        join (
            select unit, payee from line where {small}
            group by unit, payee having sum(amount) >= {limit:d}
        ) as large using (unit, payee)
        window back as ({one} range between {days:d} preceding and current row)
    """
