"""Values printed by named sources, and whether a result prints as they do."""

import csv
import json
import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest


class Reference(NamedTuple):
    """A row of ``tests/reference/<name>.csv``."""

    function: str
    arguments: dict[str, Any]
    field: str
    printed: str
    rounding: str
    source: str


def references(name: str) -> list[Any]:
    """The rows of one file as parameters of a test, one for each source and function."""
    path = Path(__file__).parent / "reference" / f"{name}.csv"
    groups: dict[str, list[Reference]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            asked = Reference(**{**row, "arguments": json.loads(row["arguments"])})
            groups.setdefault(f"{asked.source}: {asked.function}", []).append(asked)
    return [pytest.param(rows, id=title) for title, rows in groups.items()]


def differing(module: ModuleType, rows: list[Reference]) -> list[str]:
    """What the module's functions give where it does not print as the source does."""
    found = []
    for row in rows:
        value = getattr(module, row.function)(**row.arguments)
        value = getattr(value, row.field) if row.field else value
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
    assert how == "half", row.rounding
    return Decimal(value).quantize(unit, ROUND_HALF_UP) == Decimal(row.printed)
