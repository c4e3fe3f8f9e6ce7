"""退回、收回: negative lines, and the payments that they take back."""

from __future__ import annotations

import pandas as pd

from auditbook.procedures.ledger.common import exceptions
from auditbook.query import Table

_ORDER = "partition by unit, payee, size order by date, step desc, entry_id"
RETURNED = f"""
    select entry_id, amount,
        case when level > 0
            then lag(entry_id) over (
                partition by unit, payee, size, level order by date, step desc, entry_id
            )
        end as original
    from (
        select *, case
            when step > 0 then height - ground
            when ground < lag(ground, 1, 0) over ({_ORDER}) then 0
            else height - ground + 1
        end as level
        from (
            select *, least(0, min(height) over (
                {_ORDER} rows between unbounded preceding and current row
            )) as ground
            from (
                select *, sum(step) over (
                    {_ORDER} rows between unbounded preceding and current row
                ) as height
                from (
                    select entry_id, date, unit, payee, amount, abs(amount) as size,
                        case when amount > 0 then 1 else -1 end as step
                    from line where amount <> 0
                ) as moved
                join (
                    select distinct unit, payee, -amount as size from line where amount < 0
                ) as negative using (unit, payee, size)
            ) as summed
        ) as grounded
    ) as nested
    qualify amount < 0
"""
"""SQL: each negative line, and as ``original`` the payment that it takes back, or null.

Payments and returns of one unit, payee and amount nest like brackets: ``height`` counts those that
are open, ``ground`` is how far it ever fell below nothing (returns without a payment before), and
``level`` is how deep a line stands. On one level payment and return alternate.
"""


def returns(ledger: Table) -> pd.DataFrame:
    """Every negative line, with the payment that it takes back.

    The payment has the same unit, payee and amount and is the nearest before that is not taken
    back yet; returns are taken in the order of their dates. On the day of a return its payment
    may stand on a line before or after it. Unit and payee count as far as the ledger has them.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen); unit, payee.

    Returns
    -------
    DataFrame
        Exceptions of two tests: ``returns``, two lines each, the payment and its return, with the
        payment's entry_id in detail ``returns=…``; then ``returns_unexplained``, one line each.
    """
    explained = f"""
        select entry_id, original as first_entry, 'returns=' || original as detail
        from (
            select entry_id, original from ({RETURNED}) as one where original is not null
            union all
            select original, original from ({RETURNED}) as two where original is not null
        ) as pairs
    """
    unexplained = f"""
        select entry_id, entry_id as first_entry, 'unexplained' as detail
        from ({RETURNED}) as back where original is null
    """
    found = [
        exceptions(ledger, "returns", explained),
        exceptions(ledger, "returns_unexplained", unexplained),
    ]
    return pd.concat(found, ignore_index=True)
