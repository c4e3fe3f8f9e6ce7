"""Result tables as CSV that Excel opens and that read back as they were."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV (UTF-8 with BOM for Excel); text that looks like a formula gets a ``'``."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        for row in frame.itertuples(index=False):
            writer.writerow([_cell_text(value) for value in row])


def read_csv(path: Path) -> pd.DataFrame:
    """A table that :func:`write_csv` wrote, with the numbers its column suffixes promise.

    ``_fen`` and ``_count`` become ``Int64``, ``_rate`` ``Float64``, ``_points`` Decimal; the rest
    is text.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    rows = [[_unprotected(cell) for cell in row] for row in rows]
    frame = pd.DataFrame(rows, columns=header, dtype="str")
    for name in header:
        if name.endswith(("_fen", "_count")):
            numbers = [int(cell) if cell else None for cell in frame[name]]
            frame[name] = pd.array(numbers, dtype="Int64")
        elif name.endswith("_rate"):
            frame[name] = pd.array([float(c) if c else None for c in frame[name]], "Float64")
        elif name.endswith("_points"):
            points = [Decimal(cell) if cell else None for cell in frame[name]]
            frame[name] = pd.Series(points, dtype="object")
    return frame


def _cell_text(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, Fraction):
        return repr(float(value))
    text = str(value)
    looks_live = isinstance(value, str) and text.startswith((*_FORMULA_SIGNS, "'"))
    return "'" + text if looks_live else text


def _unprotected(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell
