"""Numbers typed from their sources (``tests/reference/*.csv``), and whether ours print the same."""

import csv
import json
import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

FOLDER = Path(__file__).parent / "reference"


class Reference(NamedTuple):
    """A row of ``tests/reference/<name>.csv``."""

    function: str
    arguments: dict[str, Any]
    field: str
    printed: str
    rounding: str
    source: str

    def of(self, result: Any) -> Any:
        """The number that the source prints, of a function's result."""
        return getattr(result, self.field) if self.field else result

    @property
    def title(self) -> str:
        """Function, arguments and field, for the name of a test."""
        given = [str(one) for one in self.arguments.values() if not isinstance(one, dict)]
        return " ".join([self.function, *given, self.field]).strip()


def reference_rows(name: str) -> list[Any]:
    """The rows of one file as parameters of a test, one each."""
    return [pytest.param(row, id=f"{n}-{row.title}") for n, row in enumerate(_rows(name), 2)]


def references(name: str) -> list[Any]:
    """The rows of one file as parameters of a test, one for each source and function."""
    groups: dict[str, list[Reference]] = {}
    for row in _rows(name):
        groups.setdefault(f"{row.source}: {row.function}", []).append(row)
    return [pytest.param(rows, id=title) for title, rows in groups.items()]


def assert_as_printed(row: Reference, result: Any) -> None:
    """The result of a function, or its field, prints as the source has it."""
    assert prints_as(row.of(result), row), (row.of(result), row.printed, row.source)


def differing(module: ModuleType, rows: list[Reference]) -> list[str]:
    """What the module's functions give where it does not print as the source does."""
    found = []
    for row in rows:
        value = row.of(getattr(module, row.function)(**row.arguments))
        if not prints_as(value, row):
            found.append(f"{row.arguments} {row.field}: {value}, printed {row.printed}")
    return found


def prints_as(value: float, row: Reference) -> bool:
    """The value, rounded as the source rounds, is what the source prints."""
    how, _, digits = row.rounding.partition(":")
    if how == "exact":
        return value == float(row.printed)
    if how == "relative":
        return math.isclose(value, float(row.printed), rel_tol=float(digits), abs_tol=1e-15)
    unit = Decimal(1).scaleb(-int(digits))
    if how == "up":
        return math.ceil(value / float(unit) - 1e-9) * unit == Decimal(row.printed)
    way = {"half": ROUND_HALF_UP, "down": ROUND_DOWN}[how]
    return Decimal(repr(float(value))).quantize(unit, way) == Decimal(row.printed)


def _rows(name: str) -> list[Reference]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Reference(**{**row, "arguments": json.loads(row["arguments"])})
            for row in csv.DictReader(file)
        ]
