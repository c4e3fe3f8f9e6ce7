"""Questions of :mod:`~auditbook.procedures.funds.matching`: which lines may be a pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from auditbook.procedures.funds.documents import document_no_sql
from auditbook.procedures.funds.lump_sums import Line
from auditbook.query import Table, kind_of, query

_LINE = ["entry_id", "date", "unit", "payee", "document_no", "amount", "source_row", "no"]
_JOINED = ["place", "date", "unit", "amount", "no"]


class Rest:
    """Lines of one side that no rule has used yet, by their place in (date, entry_id)."""

    def __init__(self, lines: pd.DataFrame) -> None:
        self.lines = lines.assign(place=np.arange(len(lines)))
        self.is_open = np.ones(len(lines), dtype=bool)

    @property
    def open(self) -> pd.DataFrame:
        """Lines that are left."""
        return self.lines[self.is_open]

    def use(self, places: Iterable[int]) -> None:
        """Lines that no later rule gets."""
        self.is_open[list(places)] = False

    def as_lines(self, *, sign: int) -> list[Line]:
        """Lines that are left, as the search for lump sums takes them; days times `sign`."""
        days = self.open["date"].to_numpy().astype("datetime64[D]").astype("int64") * sign
        columns = [self.open[name].tolist() for name in ("place", "unit", "no", "amount")]
        return [Line(*row) for row in zip(days.tolist(), *columns, strict=True)]


def same_document_and_amount(
    sent: Table, received: Table
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Pairs with the same document number, unit and amount, and what they leave of both sides.

    The k-th transfer by date and entry belongs to the k-th receipt.

    Returns
    -------
    tuple of three DataFrames, ordered by date and entry
        Pairs: sent_id, received_id, unit, sent_fen, received_fen, days, sent_source,
        received_source. Of either side: entry_id, date, unit, payee, document_no, amount,
        source_row, and ``no``, the document number as it is compared.

    Raises
    ------
    TypeError
        Spark frames: a replacement in the SQL of document numbers means another thing there.
    """
    if any(kind_of(table) == "spark" for table in (sent, received)):
        raise TypeError("transfers are matched in pandas frames or DuckDB relations")
    both = query(
        f"""
        select coalesce(s.entry_id, '') as sent_id, coalesce(r.entry_id, '') as received_id,
            coalesce(s.unit, r.unit) as unit, coalesce(s.date, r.date) as date,
            coalesce(s.amount, r.amount) as amount,
            coalesce(date_diff('day', s.date, r.date), 0) as days,
            coalesce(s.source_row, '') as sent_source,
            coalesce(r.source_row, '') as received_source,
            {", ".join(f"{_of_the_rest(column)} as {column}" for column in _REST_ONLY)}
        from ({_keyed("sent")}) as s full outer join ({_keyed("received")}) as r
        on s.key = r.key and s.unit = r.unit and s.amount = r.amount and s.k = r.k
        order by coalesce(s.date, r.date), coalesce(s.entry_id, r.entry_id),
            s.entry_id is null
        """,
        sent=sent,
        received=received,
    )
    has_sent, has_received = both["sent_id"] != "", both["received_id"] != ""
    pairs = both[has_sent & has_received]
    pairs = pairs.assign(sent_fen=pairs["amount"], received_fen=pairs["amount"])
    return (
        pairs.drop(columns=["amount", "date", *_REST_ONLY]),
        _one_side(both[~has_received], "sent"),
        _one_side(both[~has_sent], "received"),
    )


_REST_ONLY = ("payee", "document_no", "no")


def _of_the_rest(column: str) -> str:
    paired = "s.entry_id is not null and r.entry_id is not null"
    return f"case when {paired} then '' else coalesce(s.{column}, r.{column}) end"


def _one_side(lines: pd.DataFrame, side: str) -> pd.DataFrame:
    titles = {f"{side}_id": "entry_id", f"{side}_source": "source_row"}
    return lines.rename(columns=titles)[_LINE].reset_index(drop=True)


def pair_rules(days: int, tolerance: int) -> Iterator[tuple[str, str, str]]:
    """Rule, condition and order of the choices of pairs, one after another."""
    close = f"abs(s.amount - r.amount) <= {tolerance}"
    if tolerance:
        yield "document_amount", f"s.no = r.no and s.no <> '' and {close}", "gap, abs(days)"
    window = f"(s.no = '' or r.no = '') and date_diff('day', s.date, r.date) between 0 and {days}"
    yield "amount_unit_days", f"s.amount = r.amount and {window}", "days"
    if tolerance:
        yield "amount_unit_days", f"{close} and {window}", "days, gap"


def pairs(left: Rest, right: Rest, condition: str, order: str) -> list[tuple[int, int]]:
    """Pairs of places, the first in `order` first, each line once; they are used up.

    Lines `s` and `r` are of the same unit and sign and meet the condition; the order may speak of
    ``gap`` in fen and ``days``, and ends with the dates and entries of both.
    """
    if not left.is_open.any() or not right.is_open.any():
        return []
    candidates = query(
        f"""
        select s.place as sent, r.place as received, abs(s.amount - r.amount) as gap,
            date_diff('day', s.date, r.date) as days
        from sent as s join received as r
        on s.unit = r.unit and sign(s.amount) = sign(r.amount) and {condition}
        order by {order}, s.place, r.place
        """,
        sent=left.open[_JOINED],
        received=right.open[_JOINED],
    )
    chosen = []
    free, wanted = bytearray(left.is_open), bytearray(right.is_open)
    for s, r in zip(candidates["sent"].tolist(), candidates["received"].tolist(), strict=True):
        if free[s] and wanted[r]:
            chosen.append((s, r))
            free[s] = wanted[r] = False
    left.use(s for s, _ in chosen)
    right.use(r for _, r in chosen)
    return chosen


def _keyed(table: str) -> str:
    return f"""
        select {", ".join(_LINE)}, nullif(no, '') as key,
            row_number() over (partition by no, unit, amount order by date, entry_id) as k
        from (select *, {document_no_sql("document_no")} as no from {table}) as numbered
        """
