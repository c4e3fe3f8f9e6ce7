"""Lines of ledgers that break a rule, in the form that all tests of ledgers give."""

from __future__ import annotations

import pandas as pd

from auditbook.facts import EXCEPTION_COLUMNS

_KINDS = {"case_no": "int64", "date": "datetime64[ns]", "amount_fen": "int64"}


def no_exceptions() -> pd.DataFrame:
    """The columns of exceptions without a line."""
    kinds = {column: _KINDS.get(column, "str") for column in EXCEPTION_COLUMNS}
    return pd.DataFrame(columns=EXCEPTION_COLUMNS).astype(kinds)


def exceptions(test: str, lines: pd.DataFrame, *, case: str) -> pd.DataFrame:
    """Lines as exceptions of `test`, numbered by their first date and entry.

    Parameters
    ----------
    test : str
    lines : DataFrame
        entry_id, date, unit, payee, document_no, amount_fen, detail, source_row and the column
        named by `case`, which lines that belong together share.

    Returns
    -------
    DataFrame
        The columns of :data:`EXCEPTION_COLUMNS`, ordered by case_no, date, entry_id.
    """
    ordered = lines.sort_values(["date", "entry_id", "source_row"])
    numbers = pd.factorize(ordered[case])[0] + 1
    numbered = ordered.assign(test=test, case_no=numbers)[EXCEPTION_COLUMNS]
    kinds = {column: _KINDS.get(column, "str") for column in EXCEPTION_COLUMNS}
    return numbered.astype(kinds).sort_values("case_no", kind="stable", ignore_index=True)
