"""The draw and its balance as working papers show them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import records
from auditbook.procedures.sampling.representativeness import representativeness
from auditbook.procedures.sampling.selection import drawing
from auditbook.query import Table


def drawing_record(drawn: pd.DataFrame) -> pd.DataFrame:
    """How the plan's sample was drawn; no rows where the case has no plan.

    Parameters
    ----------
    drawn : DataFrame
        From :func:`auditbook.procedures.sampling.draw`.

    Returns
    -------
    DataFrame
        drawing_item, drawing_value, as :func:`~auditbook.procedures.sampling.drawing` has them.
    """
    if "frame_hash" not in drawn.attrs:
        return pd.DataFrame(columns=["drawing_item", "drawing_value"], dtype="str")
    table = drawing(drawn)
    texts = [_readable(item, value) for item, value in zip(table["item"], table["value"],
                                                           strict=True)]  # fmt: skip
    return pd.DataFrame({"drawing_item": table["item"], "drawing_value": texts}, dtype="str")


def _readable(item: str, value: str) -> str:
    """Amounts in yuan; what is exact in parts of a fen beside it."""
    if item.endswith("_fen"):
        return amount_text(int(value), "元")
    if item in ("interval", "start"):
        return f"{amount_text(int(Fraction(value)), '元')} ({value} fen)"
    return value


def lopsided(frame: Table, items: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Where the sample differs from the population, in words and rounded numbers.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
    items : DataFrame
        The sample: id.
    by : list of str
        Columns of the frame.

    Returns
    -------
    DataFrame
        compared (the column), level, population_rate, sample_rate, standardised_difference and
        p_value (texts of two and three decimals), balance_test, balance (codes of
        :func:`representativeness`, with ``balanced`` where there is none).
    """
    table = representativeness(frame, items, by=list(dict.fromkeys(by)))
    rows = [
        {
            "compared": row["by"],
            "level": row["level"] or "",
            "population_rate": row["population_share"],
            "sample_rate": row["sample_share"],
            "standardised_difference": _text(row["standardised_difference"], "+.2f"),
            "balance_test": row["test"] or "",
            "p_value": _p_value(row["p_value"]),
            "balance": str(row["note"] or "balanced").replace(";", "、"),
        }
        for row in records(table)
    ]
    return pd.DataFrame(rows, columns=_LOPSIDED)


def _p_value(number: Any) -> str:
    return "<0.001" if number < 0.001 else _text(number, ".3f")


def _text(number: Any, form: str) -> str:
    return "" if pd.isna(number) else format(float(number), form)


_LOPSIDED = [
    "compared", "level", "population_rate", "sample_rate", "standardised_difference",
    "balance_test", "p_value", "balance",
]  # fmt: skip
