"""What tests of forms return: one row per flagged form and reason. No form is ever removed."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

Flag = Literal[
    "unanswered",
    "duplicate",
    "same_ip",
    "straight_line",
    "low_variability",
    "speed",
    "burst",
    "outside_window",
    "out_of_scale",
    "contradiction",
]
FLAG_COLUMNS = ["flag", "row", "detail"]


def flagged(flag: Flag, index: pd.Index, where: Any, **details: Any) -> pd.DataFrame:
    """The rows of a table that a test marks.

    Parameters
    ----------
    flag : str
    index : Index
        Of the table of answers: what its rows are called.
    where : array of bool, one per row
    details : arrays, one value per row
        Shown as ``key=value``, parted by ``;``.

    Returns
    -------
    DataFrame
        flag, row, detail; in the order of the table.
    """
    import numpy as np

    marked = np.asarray(where, dtype=bool)
    columns = [np.asarray(values)[marked].tolist() for values in details.values()]
    texts = [
        ";".join(f"{key}={_shown(value)}" for key, value in zip(details, values, strict=True))
        for values in zip(*columns, strict=True)
    ]
    return pd.DataFrame({"flag": flag, "row": index[marked], "detail": texts}, columns=FLAG_COLUMNS)


def _shown(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
