"""What every part of auditbook speaks of: figures, findings and verdicts.

A *figure* is one named number with its unit, formula and source. A *finding* is one exception.
Both are plain records: procedures make them, working papers keep them, deliverables show them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Unit = Literal["fen", "rate", "count", "points", "text", "fen_per_item"]
"""fen: money as whole fen; rate: a fraction (0.8399); count: whole things; points: score."""

Bound = Literal["exact", "at_most", "at_least"]


class Verdict(StrEnum):
    """核对结论. Never forced to yes or no."""

    TIES = "ties"
    DIFFERS = "differs"
    UNDECIDED = "undecided"


class Severity(StrEnum):
    """How serious a finding is: 重大, 一般, 提示."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


EXCEPTION_COLUMNS = [
    "test", "case_no", "entry_id", "date", "unit", "payee", "document_no", "amount_fen", "detail",
    "source_row",
]  # fmt: skip
"""What tests of ledgers say of a line that breaks a rule; lines of one exception share case_no."""


@dataclass(frozen=True)
class Figure:
    """One named number.

    Attributes
    ----------
    key : str
        Dotted, English; the first word is the procedure module: ``funds.arrived.total``.
    value : int, Fraction, Decimal or str
        Fen for money, an exact fraction for rates, Decimal for points, int for counts.
    unit : Unit
    formula, formula_en : str
        One line in words, in Chinese and English; a rate names its denominator.
    source : tuple of str
        Input rows, ``file:rows`` (``allocation.csv:3-21``), or keys of other figures.
    function : str
        ``module:function`` that computed it.
    bound : Bound
        Whether the value is exact or only a limit.

    """

    key: str
    value: int | Fraction | Decimal | str
    unit: Unit
    formula: str
    source: tuple[str, ...] = ()
    function: str = ""
    bound: Bound = "exact"
    formula_en: str = ""
    section: str = ""

    def formula_in(self, lang: str) -> str:
        """The formula in ``lang``; in Chinese where there is no English one."""
        return (lang == "en" and self.formula_en) or self.formula

    def as_json(self) -> dict[str, Any]:
        """A JSON object; rates as ``numerator/denominator`` text so that nothing is lost."""
        value = self.value
        if isinstance(value, Fraction | Decimal):
            value = str(value)
        return asdict(self) | {"value": value, "source": list(self.source)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Figure:
        """Back from :meth:`as_json`."""
        value = record["value"]
        if record["unit"] in ("rate", "fen_per_item"):
            value = Fraction(value)
        elif record["unit"] == "points":
            value = Decimal(value)
        return cls(**(record | {"value": value, "source": tuple(record["source"])}))


@dataclass(frozen=True)
class Finding:
    """One exception, with the two places that disagree.

    Attributes
    ----------
    rule : str
        What was broken, ``module.rule``: ``funds.two_tables``. Its wording in zh and en stands
        in the label table under ``finding.<rule>``; the attributes here and ``details`` fill it.
    severity, verdict : Severity, Verdict
    unit : str
        The unit (县区), indicator or group it concerns; empty for the whole project.
    subject : str
        What disagrees: a column, a key, an indicator, or a text from the case.
    expected, actual, difference : str
        As people read them, with their unit.
    expected_source, actual_source : str
        The two places: input rows, figures or places in the published report.
    details : dict of str to str
        Whatever else the wording of the rule needs.
    code : str
        ``F-01.4-2``: table and running number, given when the working paper records it.

    """

    rule: str
    severity: Severity
    verdict: Verdict
    unit: str = ""
    subject: str = ""
    expected: str = ""
    actual: str = ""
    difference: str = ""
    expected_source: str = ""
    actual_source: str = ""
    details: dict[str, str] = field(default_factory=dict)
    code: str = ""


def computed_by(function: Callable[..., Any]) -> str:
    """The name of a procedure as figures carry it: ``auditbook.procedures.funds:totals``."""
    return f"{function.__module__}:{inspect.unwrap(function).__qualname__}"


class FigureMaker:
    """Makes the figures of one function and one source.

    Parameters
    ----------
    function : callable
        The procedure that computes them.
    source : tuple of str
        Input rows, where a figure does not name its own.
    """

    def __init__(self, function: Callable[..., Any], source: tuple[str, ...]) -> None:
        self.function, self.source = computed_by(function), source

    def __call__(
        self,
        key: str,
        value: int | Fraction | Decimal | str,
        unit: Unit,
        formula: tuple[str, str],
        *,
        source: tuple[str, ...] | None = None,
        bound: Bound = "exact",
    ) -> Figure:
        """A figure; `formula` in Chinese and English."""
        zh, en = formula
        rows = self.source if source is None else source
        return Figure(key, value, unit, zh, rows, self.function, bound, en)


def steady(value: float) -> Fraction:
    """A computed share as a figure: twelve decimals, which it has on every machine."""
    return Fraction(format(value, ".12f"))


def by_key(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Figures by key.

    Raises
    ------
    ValueError
        Two figures have the same key.

    """
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.key in found:
            raise ValueError(f"two figures have the key {figure.key}")
        found[figure.key] = figure
    return found


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dicts by column name."""
    return table.to_dict("records")  # type: ignore[return-value]


def row_ranges(sources: Sequence[str]) -> tuple[str, ...]:
    """Join ``file:row`` references into ranges: a.csv:3, a.csv:4, a.csv:6 → a.csv:3-4,6.

    The order of files is kept as first seen; a reference without a row number stays as it is.
    """
    rows: dict[str, list[int]] = {}
    whole: list[str] = []
    for source in sources:
        file, _, row = source.rpartition(":")
        if file and row.isdigit():
            rows.setdefault(file, []).append(int(row))
        elif source not in whole:
            whole.append(source)
    return tuple(f"{file}:{_ranges(numbers)}" for file, numbers in rows.items()) + tuple(whole)


def _ranges(numbers: Iterable[int]) -> str:
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
