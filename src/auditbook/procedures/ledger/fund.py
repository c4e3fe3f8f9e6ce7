"""专款专用: what the fund may be used for, and whether it is kept apart from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditbook.procedures.ledger.common import (
    ask,
    exceptions,
    fold,
    folded,
    listed,
    plain_detail,
    single_lines,
)
from auditbook.query import Table, kind_of, no_rows

_JOINTS = "[、,，/;；+和及与]"


def purpose_not_allowed(ledger: Table, *, allowed: Sequence[str]) -> pd.DataFrame:
    """Payments for a purpose that is not on the list.

    Compared without spaces, full-width letters, digits and signs as ordinary ones. Payments
    without a purpose are left out: nothing is known of them.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen; payments are lines above 0), purpose.
    allowed : sequence of str

    Returns
    -------
    DataFrame
        Exceptions of one line each; detail ``purpose=…``.
    """
    known = listed([fold(text) for text in ["", *allowed]])
    hits = f"""
        select line.*, 'purpose=' || {plain_detail("purpose")} as detail
        from line where amount > 0 and {folded("purpose")} not in {known}
    """
    return single_lines(ledger, "purpose_not_allowed", hits, needs=("purpose",))


def mixed_funds(ledger: Table, *, fund: str) -> pd.DataFrame:
    """整合发放、混用: vouchers on which the fund is paid out together with another.

    A voucher is the lines of one unit with one document number in one month. It is an exception
    if a line of it names the fund and a line of it, the same or another, names another fund. A
    line names several where the fund's name is joined to others by one of ``、,，/;；+和及与``.
    Lines without a document number are vouchers of their own.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen), fund; unit, document_no.
    fund : str
        The fund's name; compared without spaces and without regard to full width.

    Returns
    -------
    DataFrame
        Exceptions, all lines of the voucher; detail ``one_line`` where a line names several funds,
        else ``voucher``.
    """
    own, joint, other = _cells(ledger, fund)
    line = f"""
        select entry_id, date, unit, date_trunc('month', date) as month,
            case when document_no = '' then entry_id else '' end as single, document_no,
            case when fund in {listed(own + joint)} then 1 else 0 end as ours,
            case when fund in {listed(joint + other)} then 1 else 0 end as other,
            case when fund in {listed(joint)} then 1 else 0 end as joint
        from line
        where document_no <> '' or fund in {listed(joint)}
    """
    voucher = "unit, document_no, month, single"
    hits = f"""
        select entry_id,
            first_value(entry_id) over (partition by {voucher} order by date, entry_id)
                as first_entry,
            case when joins > 0 then 'one_line' else 'voucher' end as detail
        from ({line}) as one
        join (
            select {voucher}, max(joint) as joins from ({line}) as every
            group by {voucher} having max(ours) = 1 and max(other) = 1
        ) as mixed using ({voucher})
    """
    return exceptions(ledger, "mixed_funds", hits, needs=("fund",))


def of_fund(ledger: Table, *, fund: str) -> Table:
    """The lines of the fund, alone or beside others; all lines where the ledger names no fund."""
    if "fund" not in ledger.columns or no_rows(ledger):
        return ledger
    own, joint, other = _cells(ledger, fund)
    if not own + joint + other:
        return ledger
    if isinstance(ledger, pd.DataFrame):
        return ledger[ledger["fund"].isin(own + joint)]
    large: Any = ledger
    if kind_of(ledger) == "relation":
        return large.filter(f"fund in {listed(own + joint)}")
    return large.filter(large["fund"].isin(own + joint))


def _cells(ledger: Table, fund: str) -> tuple[list[str], list[str], list[str]]:
    """How the ledger writes the fund alone, the fund joined to others, and other funds."""
    cells = ask(ledger, "select distinct fund from line order by fund", needs=("fund",))["fund"]
    beside = re.compile(rf"(?:^|(?<={_JOINTS})){re.escape(fold(fund))}(?=$|{_JOINTS})")
    own: list[str] = []
    joint: list[str] = []
    other: list[str] = []
    for cell in cells:
        text = fold(cell)
        rest = beside.sub("", text)
        if rest == text:
            other += [cell] if text else []
        else:
            (joint if re.sub(_JOINTS, "", rest) else own).append(cell)
    return own, joint, other
