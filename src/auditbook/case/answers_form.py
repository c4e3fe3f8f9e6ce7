"""Columns of a table of answers that describe the form: its unit, moment, weight and so on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from auditbook.case.answers_cells import Codes, Factored, is_error, nothing
from auditbook.case.answers_meta import UNREADABLE, address, durations, moments, weights
from auditbook.case.body import RawTable
from auditbook.case.cells import SPREADSHEET_ERROR
from auditbook.case.errors import Problem, Told
from auditbook.case.header import HeaderColumn
from auditbook.case.money import plain
from auditbook.case.names import tidy
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.values import cell_problem

FORM_COLUMNS = (
    "respondent", "unit", "submitted", "seconds", "ip", "source", "weight", "stratum", "cluster",
    "source_detail", "finished",
)  # fmt: skip
"""Columns of a frame of answers before those of the questions."""

Words = Callable[[str], tuple[str, str]]
"""What to say of a cell that holds this text, in Chinese and English."""

_NO_WEIGHT = (
    "缺少权重：其他答卷有权重；每份答卷都要有，都没有就空着整列",
    "has no weight though others have; weights should cover every form of the group, or none",
)


@dataclass(frozen=True)
class Sheet:
    """A table of answers by column."""

    raw: RawTable
    cells: Sequence[Sequence[str]]
    told: Told

    @classmethod
    def of(cls, raw: RawTable, told: Told) -> Sheet:
        """The cells of all rows, turned on their side."""
        rows = (row.cells for row in raw.body.rows)
        return cls(raw, list(zip_longest(*rows, fillvalue="")), told)

    def column(self, column: HeaderColumn) -> Factored:
        """The cells of a column."""
        if column.position < len(self.cells):
            return Factored.of(self.cells[column.position])
        return Factored.of([""] * len(self.raw.body.rows))

    def tell(self, column: HeaderColumn, rows: Codes, words: Words) -> None:
        """Problems of cells, the first of them worded; ``words`` from what stands there."""
        self.told.next_kind()
        for number in rows[: self.told.most].tolist():
            self.told.add(partial(self._worded, column, number, words))
        self.told.untold += max(0, len(rows) - self.told.most)

    def _worded(self, column: HeaderColumn, number: int, words: Words) -> Problem:
        row = self.raw.body.rows[number]
        zh, en = words(row.cell(column.position))
        return cell_problem(self.raw, row, column, zh, en)


def form_columns(
    sheet: Sheet, columns: dict[str, HeaderColumn], names: UnitNames, uses: list[AliasUse]
) -> dict[str, Any]:
    """The columns that describe the forms; those that the sheet has not are all missing."""
    rows = len(sheet.raw.body.rows)
    found: dict[str, Any] = {}
    for name in FORM_COLUMNS:
        column = columns.get(name)
        if column is None:
            found[name] = _missing(name, rows)
        elif name == "unit":
            found[name] = _units(sheet, column, names, uses)
        elif name in ("submitted", "seconds", "weight"):
            found[name] = _read(sheet, name, column)
        else:
            found[name] = _texts(sheet, column, name)
    return found


def _missing(name: str, rows: int) -> Any:
    if name == "submitted":
        return pd.Series(pd.NaT, index=range(rows), dtype="datetime64[us]")
    if name in ("seconds", "weight"):
        return np.full(rows, np.nan)
    return pd.Series([""] * rows, dtype="str") if name == "respondent" else nothing(rows)


def _texts(sheet: Sheet, column: HeaderColumn, name: str) -> Any:
    """Texts as written; ids in plain figures and letters, addresses without their place."""
    cells = sheet.column(column)
    wrong = cells.rows([is_error(text) for text in cells.texts])
    sheet.tell(column, wrong, lambda _: SPREADSHEET_ERROR)
    if name == "respondent":
        return pd.Series(cells.spread([plain(text) for text in cells.texts]), dtype="str")
    tidied = address if name == "ip" else lambda text: text.strip() or None
    return pd.Series(cells.spread([tidied(text) for text in cells.texts]), dtype="object")


def _units(
    sheet: Sheet, column: HeaderColumn, names: UnitNames, uses: list[AliasUse]
) -> pd.Series[Any]:
    """The names used in the case for the names written; each other spelling is noted once."""
    cells = sheet.column(column)
    written = [tidy(text) for text in cells.texts]
    known = [names.resolve(text) if text else ("", False) for text in written]
    sheet.tell(
        column,
        cells.rows([bool(w) and not unit for w, (unit, _) in zip(written, known, strict=True)]),
        lambda text: names.unknown(tidy(text)),
    )
    for index, (unit, by_alias) in enumerate(known):
        if by_alias:
            first = sheet.raw.body.rows[int(np.argmax(cells.codes == index))]
            uses.append(AliasUse(written[index], unit, sheet.raw.place(first), sheet.raw.name))
    return pd.Series(cells.spread([unit or None for unit, _ in known]), dtype="object")


def _read(sheet: Sheet, name: str, column: HeaderColumn) -> Any:
    """Moments, durations or weights; what cannot be read is missing and a problem."""
    cells = sheet.column(column)
    if not any(text.strip() for text in cells.texts):
        return _missing(name, len(cells.codes))
    readers: dict[str, Callable[[Sequence[str]], tuple[Any, list[bool]]]] = {
        "submitted": moments, "seconds": durations, "weight": weights,
    }  # fmt: skip
    values, wrong = readers[name](cells.texts)
    words = partial(_words, name)
    sheet.tell(column, cells.rows(wrong), words)
    spread = np.asarray(values)[cells.codes]
    return pd.Series(spread, dtype="datetime64[us]" if name == "submitted" else "float64")


def _words(name: str, text: str) -> tuple[str, str]:
    return _NO_WEIGHT if name == "weight" and not text.strip() else UNREADABLE[name]
