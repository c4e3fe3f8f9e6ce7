"""Result tables as CSV that Excel opens and that read back as they were."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pandas as pd

_FORMULA_SIGNS = (*"=+-@", *"＝＋－＠", "\t", "\r")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV (UTF-8 with BOM for Excel); text that looks like a formula gets a ``'``."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_rows(file, list(frame.columns), frame.itertuples(index=False))


def write_rows(file: TextIO, titles: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Rows as CSV; text that looks like a formula gets a ``'``."""
    writer = csv.writer(file)
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_cell_text(value) for value in row])


def read_csv(path: Path) -> pd.DataFrame:
    """A table that :func:`write_csv` wrote, with the numbers its column suffixes promise.

    ``_fen`` and ``_count`` become ``Int64``, ``_rate`` ``Float64``, ``_points`` Decimal; the rest
    is text.
    """
    import pandas as pd

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
    if isinstance(value, str):
        return "'" + value if value.startswith((*_FORMULA_SIGNS, "'")) else value
    if isinstance(value, Fraction):
        return repr(float(value))
    return "" if _is_missing(value) else str(value)


def _is_missing(value: Any) -> bool:
    if value is None or isinstance(value, int | Decimal):
        return value is None
    import pandas as pd

    return value is pd.NA or value is pd.NaT or bool(value != value)


def _unprotected(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell
