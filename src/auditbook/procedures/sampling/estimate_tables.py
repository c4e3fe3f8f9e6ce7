"""Differences and estimates as working papers show them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import round_half_up
from auditbook.facts import records
from auditbook.procedures.sampling.estimation import Estimate
from auditbook.procedures.sampling.examined import Amount, amounts


def differences_table(sample: pd.DataFrame, *, audited: str, book: str) -> pd.DataFrame:
    """审定与账面的差异: every examined unit, the greatest difference first.

    Parameters
    ----------
    sample : DataFrame, one row per examined unit
        ``id`` and ``source_row`` are kept where there are any.
    audited, book : str
        Columns of amounts, int fen.

    Returns
    -------
    DataFrame, one row per row of the sample
        id, book_fen, audited_fen, difference_fen (book less audited: above zero overstated),
        taint_rate (difference over book, an exact Fraction; None where the book amount is 0),
        direction (``overstatement``, ``understatement``, ``none``), source_row. By size of the
        difference, equal ones by id, without ids as they came.

    Raises
    ------
    PlanError
        No rows, unknown columns, missing amounts.
    """
    kept = [name for name in ("id", "source_row") if name in sample.columns]
    pairs = zip(amounts(sample, book), amounts(sample, audited), strict=True)
    rows = [
        known | _difference(x, y)
        for known, (x, y) in zip(records(sample[kept]), pairs, strict=True)
    ]
    rows.sort(key=lambda row: (-abs(row["difference_fen"]), str(row.get("id", ""))))
    table = pd.DataFrame(rows)
    return table[[name for name in _DIFFERENCE_COLUMNS if name in table.columns]]


def estimate_summary(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """What each estimate says, in whole fen (half up).

    Returns
    -------
    DataFrame, one row per estimate
        method, sample_count, population_count, differences_count, point_fen, standard_error_fen,
        lower_fen, upper_fen, book_total_fen, misstatement_fen, misstatement_lower_fen,
        misstatement_upper_fen, df, warnings.
    """
    rows = [
        {
            "method": e.method,
            "sample_count": e.n,
            "population_count": e.population,
            "differences_count": e.differences,
            "point_fen": _fen(e.point),
            "standard_error_fen": _fen(e.standard_error),
            "lower_fen": _fen(e.lower),
            "upper_fen": _fen(e.upper),
            "book_total_fen": _fen(e.book_total),
            "misstatement_fen": _fen(e.misstatement),
            "misstatement_lower_fen": _fen(e.misstatement_lower),
            "misstatement_upper_fen": _fen(e.misstatement_upper),
            "df": str(e.df),
            "warnings": "、".join(e.warnings),
        }
        for e in estimates
    ]
    return _whole(pd.DataFrame(rows))


def estimate_strata(estimate: Estimate) -> pd.DataFrame:
    """The strata of an estimate, in whole fen (half up).

    Returns
    -------
    DataFrame, one row per stratum
        stratum, population_count, sample_count, differences_count, book_total_fen, point_fen,
        standard_error_fen, misstatement_fen, df.
    """
    money = ("book_total", "point", "standard_error", "misstatement")
    table = estimate.table.assign(df=estimate.table["df"].astype("str"))
    for column in money:
        table[column] = pd.Series([_fen(value) for value in table[column]], dtype="Int64")
    return _whole(table.rename(columns={column: f"{column}_fen" for column in money}))


def _difference(book: Amount, audited: Amount) -> dict[str, Any]:
    difference = book - audited
    direction = "overstatement" if difference > 0 else "understatement"
    return {
        "book_fen": book,
        "audited_fen": audited,
        "difference_fen": difference,
        "taint_rate": Fraction(difference) / book if book else None,
        "direction": direction if difference else "none",
    }


def _fen(amount: float | None) -> int | None:
    """Whole fen, half up away from zero; None where there is no amount."""
    if amount is None or math.isnan(amount):
        return None
    return int(round_half_up(Fraction(amount), 0))


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Money and counts as whole numbers that may be missing."""
    whole = [name for name in table.columns if name.endswith(("_fen", "_count"))]
    return table.astype(dict.fromkeys(whole, "Int64"))


_DIFFERENCE_COLUMNS = [
    "id", "book_fen", "audited_fen", "difference_fen", "taint_rate", "direction", "source_row",
]  # fmt: skip
