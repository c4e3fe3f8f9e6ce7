"""What was found in the sample: each item's book value, audited value and taint."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.facts import records

NOT_EXAMINABLE = "not_examinable"
"""An item that could not be looked at counts as wholly misstated (ISA 530 paragraph 11)."""


def results(items: pd.DataFrame, verified: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Every sampled item with what was found.

    Parameters
    ----------
    items : DataFrame
        From :func:`auditbook.procedures.sampling.sampled_items`: id, amount_fen, source_row.
    verified : DataFrame
        The table ``verified_funds``: id, audited (fen, missing while it is not examined),
        outcome, source_row.
    drawn : DataFrame
        From :func:`auditbook.procedures.sampling.draw`: id, hits, certainty, stratum; without
        rows where the sample was not drawn by a plan.

    Returns
    -------
    DataFrame, one row per sampled item, in its order
        id, hits (1 where the sample was not drawn by money), certainty, stratum, book_fen,
        audited_fen (0 for an item that could not be examined), difference_fen = book − audited,
        taint_rate = difference ÷ book (exact; missing where book is 0), visit (``examined``,
        ``alternative``, ``not_examinable``, ``pending``), source_row.

    References
    ----------
    ISA 530 paragraph 11 and A16; AICPA Audit Guide *Audit Sampling*: an item that cannot be
    examined is treated as misstated unless an alternative procedure settles it.
    """
    found = {row["id"]: row for row in records(verified)}
    design = {row["id"]: row for row in records(drawn)}
    rows = [_result(item, found.get(item["id"]), design.get(item["id"], {})) for item in
            records(items)]  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"audited_fen": "Int64",
                                                       "difference_fen": "Int64"})  # fmt: skip


def all_examined(table: pd.DataFrame) -> bool:
    """Whether every sampled item was examined, or found not to be examinable.

    Parameters
    ----------
    table : DataFrame
        From :func:`results`.
    """
    return len(table) > 0 and not (table["visit"] == "pending").any()


def differing(table: pd.DataFrame) -> pd.DataFrame:
    """The examined items that are misstated, the largest difference first.

    Parameters
    ----------
    table : DataFrame
        From :func:`results`.

    Returns
    -------
    DataFrame
        Its columns, hits as hits_count, certainty ``yes`` or empty; without stratum where there
        are none.
    """
    wrong = table[table["difference_fen"].fillna(0) != 0].rename(columns={"hits": "hits_count"})
    wrong = wrong.assign(certainty=["yes" if key else "" for key in wrong["certainty"]])
    order = wrong.assign(size=wrong["difference_fen"].abs()).sort_values(
        ["size", "id"], ascending=[False, True]
    )
    unused = ["size", *([] if (order["stratum"] != "").any() else ["stratum"])]
    return order.drop(columns=unused)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How many items were examined, and what the differences add up to.

    Parameters
    ----------
    table : DataFrame
        From :func:`results`.

    Returns
    -------
    DataFrame, one row per outcome that occurs, and a last one for all (``合计``)
        visit, items_count, book_fen, audited_fen, over_fen (overstatements), under_fen
        (understatements, as a positive amount), differing_count.
    """
    kinds = [kind for kind in _OUTCOMES if (table["visit"] == kind).any()]
    rows = [_sums(kind, table[table["visit"] == kind]) for kind in kinds]
    if rows:
        rows.append(_sums("all", table))
    return pd.DataFrame(rows, columns=_SUMMARY).astype({"audited_fen": "Int64"})


_COLUMNS = [
    "id", "hits", "certainty", "stratum", "book_fen", "audited_fen", "difference_fen",
    "taint_rate", "visit", "source_row",
]  # fmt: skip
_OUTCOMES = ("examined", "alternative", NOT_EXAMINABLE, "pending")
_SUMMARY = [
    "visit", "items_count", "book_fen", "audited_fen", "over_fen", "under_fen",
    "differing_count",
]  # fmt: skip


def _result(item: dict[str, Any], found: dict[str, Any] | None, drawn: dict[str, Any]
            ) -> dict[str, Any]:  # fmt: skip
    book = int(item["amount_fen"])
    outcome, audited = _outcome(found)
    difference = None if audited is None else book - audited
    taint = None if difference is None or book == 0 else Fraction(difference, book)
    return {
        "id": item["id"],
        "hits": int(drawn.get("hits", 1)),
        "certainty": bool(drawn.get("certainty", False)),
        "stratum": drawn.get("stratum", ""),
        "book_fen": book,
        "audited_fen": audited,
        "difference_fen": difference,
        "taint_rate": taint,
        "visit": outcome,
        "source_row": found["source_row"] if found else item["source_row"],
    }


def _outcome(found: dict[str, Any] | None) -> tuple[str, int | None]:
    """What became of an item, and its audited value."""
    if found is None:
        return "pending", None
    outcome = found.get("outcome") or ""
    if outcome == NOT_EXAMINABLE:
        return NOT_EXAMINABLE, 0
    if pd.isna(found["audited"]):
        return "pending", None
    return outcome or "examined", int(found["audited"])


def _sums(outcome: str, rows: pd.DataFrame) -> dict[str, Any]:
    differences = [int(fen) for fen in rows["difference_fen"].dropna()]
    seen = rows["audited_fen"].dropna()
    return {
        "visit": outcome,
        "items_count": len(rows),
        "book_fen": int(rows["book_fen"].sum()),
        "audited_fen": None if seen.empty else int(seen.sum()),
        "over_fen": sum(fen for fen in differences if fen > 0),
        "under_fen": -sum(fen for fen in differences if fen < 0),
        "differing_count": sum(fen != 0 for fen in differences),
    }
