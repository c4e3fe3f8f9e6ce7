"""When was paid: before the fund arrived, after the cut-off, on days off."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pandas as pd

from auditbook.procedures.ledger.common import ask, exceptions, no_exceptions, single_lines
from auditbook.procedures.ledger.fund import of_fund
from auditbook.query import Table, literal


def before_arrival(ledger: Table, *, receipts: Table, fund: str) -> pd.DataFrame:
    """Payments of the fund before the unit received any of it.

    Lines of the fund are those whose cell ``fund`` names it, alone or beside others; all lines of
    a table that names no fund. A payment on the day of the first receipt is no exception.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0), unit; fund.
    receipts : Table, of the same kind
        entry_id, date, amount (fen; receipts are lines above 0), unit; fund.
    fund : str

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``first_receipt=2018-03-05``, or ``no_receipt`` where
        the unit never received any.
    """
    hits = """
        select line.*,
            coalesce('first_receipt=' || cast(arrived as varchar), 'no_receipt') as detail
        from line
        left join (
            select unit, min(cast(date as date)) as arrived from receipts
            where amount > 0 group by unit
        ) as first_receipt using (unit)
        where amount > 0 and (arrived is null or cast(date as date) < arrived)
    """
    return single_lines(
        of_fund(ledger, fund=fund),
        "before_arrival",
        hits,
        needs=("unit",),
        receipts=of_fund(receipts, fund=fund),
    )


def after_cut_off(ledger: Table, *, cut_off: date) -> pd.DataFrame:
    """Payments later than `cut_off`; on the day itself is in time.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0).
    cut_off : date

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``days=3`` after it.
    """
    hits = f"""
        select line.*,
            'days=' || cast(date_diff('day', {literal(cut_off)}, cast(date as date)) as varchar)
                as detail
        from line
        where amount > 0 and cast(date as date) > {literal(cut_off)}
    """
    return single_lines(ledger, "after_cut_off", hits)


def non_working_days(ledger: Table) -> pd.DataFrame:
    """Payments on weekends and public holidays of China; make-up working days (调休) are none.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0).

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``holiday=National Day``, or ``weekday=6`` (Monday
        is 1). Payments of a year whose calendar is not known are one exception, detail
        ``calendar_unknown``: nothing is said about them.
    """
    days = ask(ledger, "select distinct cast(date as date) as date from line order by date")
    off = [(day, detail) for day in days["date"].dropna() if (detail := day_off(day.date()))]
    if not off:
        return no_exceptions()
    calendar = ", ".join(f"({literal(day.date())}, {literal(detail)})" for day, detail in off)
    hits = f"""
        select entry_id, detail,
            case when detail = 'calendar_unknown'
                then first_value(entry_id) over (
                    partition by detail, extract(year from date) order by date, entry_id
                )
                else entry_id
            end as first_entry
        from line join (values {calendar}) as calendar(day, detail) on cast(date as date) = day
        where amount > 0
    """
    return exceptions(ledger, "non_working_days", hits)


def day_off(day: date) -> str:
    """What makes a day none of work: see :func:`non_working_days`; empty for a working day."""
    try:
        off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return "calendar_unknown"
    if not off:
        return ""
    return f"holiday={holiday}" if holiday else f"weekday={day.isoweekday()}"
