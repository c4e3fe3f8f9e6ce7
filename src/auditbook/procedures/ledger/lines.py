"""Lines that stand out by themselves: round sums, payees among the staff, gaps in vouchers."""

from __future__ import annotations

import pandas as pd

from auditbook.procedures.ledger.common import exceptions, fold, folded, listed, single_lines
from auditbook.query import Table, query


def round_sums(ledger: Table, *, multiple: int) -> pd.DataFrame:
    """Payments that are a multiple of a round sum.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0).
    multiple : int, fen

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``multiple_fen=1000000``.
    """
    hits = f"""
        select line.*, 'multiple_fen={multiple:d}' as detail
        from line where amount > 0 and amount % {multiple:d} = 0
    """
    return single_lines(ledger, "round_sums", hits)


def staff_payees(ledger: Table, *, staff: Table) -> pd.DataFrame:
    """Payments to people of the staff list.

    A line and a person who both have an account are compared by it, else by name; without spaces
    and without regard to full width. So a namesake with another account is no exception.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0), payee; account.
    staff : Table, of any kind
        name; account.

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``by=account`` or ``by=name``.
    """
    account = "account" if "account" in staff.columns else "'' as account"
    people = query(
        f"select distinct name, {account} from staff order by name, account", staff=staff
    )
    names = [fold(name) for name in people["name"]]
    accounts = [fold(account) for account in people["account"]]
    every = sorted({name for name in names if name})
    only_named = sorted({n for n, a in zip(names, accounts, strict=True) if n and not a})
    hits = f"""
        select *, 'by=' || way as detail
        from (
            select *, case
                when bank <> '' and bank in {listed(sorted({a for a in accounts if a}))}
                    then 'account'
                when person in {listed(only_named)} then 'name'
                when bank = '' and person in {listed(every)} then 'name'
                else ''
            end as way
            from (
                select line.*, {folded("payee")} as person, {folded("account")} as bank
                from line where amount > 0
            ) as paid
        ) as compared
        where way <> ''
    """
    return single_lines(ledger, "staff_payees", hits, needs=("payee",))


def voucher_gaps(ledger: Table) -> pd.DataFrame:
    """Numbers that are missing between the vouchers of one unit, prefix and month.

    The number is what a document number ends in, its last 15 digits at most; what stands before
    is the prefix. Spaces and full width do not count. Nothing is said of what may be missing
    before the first voucher of a month or after the last.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen), document_no; unit.

    Returns
    -------
    DataFrame
        Exceptions of one line each, the first of the voucher after the gap; detail
        ``missing=记-0012..记-0013``, or ``missing=记-0012`` for one number.
    """
    run = "unit, prefix, month"
    split = "'^(.*?)([0-9]{1,15})$'"
    vouchers = f"""
        select entry_id, unit, month, regexp_extract(document, {split}, 1) as prefix,
            regexp_extract(document, {split}, 2) as digits, date
        from (
            select entry_id, date, unit, date_trunc('month', date) as month,
                replace({folded("document_no")}, ';', ',') as document
            from line where document_no <> ''
        ) as named
    """
    hits = f"""
        select entry_id, entry_id as first_entry,
            'missing=' || prefix || {_padded("before + 1")} || case
                when number - before > 2 then '..' || prefix || {_padded("number - 1")} else ''
            end as detail
        from (
            select *, lag(number) over w as before, lag(length(digits)) over w as width
            from (
                select *, cast(digits as bigint) as number, row_number() over (
                    partition by {run}, cast(digits as bigint) order by date, entry_id
                ) as place
                from ({vouchers}) as vouchers where digits <> ''
            ) as numbered
            where place = 1
            window w as (partition by {run} order by number)
        ) as ordered
        where number - before > 1
    """
    return exceptions(ledger, "voucher_gaps", hits, needs=("document_no",))


def _padded(number: str) -> str:
    """SQL: a number with leading zeros up to ``width``, and never cut to it."""
    text = f"cast({number} as varchar)"
    return f"lpad({text}, cast(greatest(width, length({text})) as integer), '0')"
