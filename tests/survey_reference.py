"""Values that R or a publication prints for surveys, ``tests/reference/survey_*.csv``."""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "reference"


def printed(name):
    """The rows of ``<name>.csv`` as parameters of a test; ids say what was asked."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"{number}-{_title(row)}") for number, row in enumerate(rows, 2)]


def as_printed(row, value):
    """Whether a number, rounded as its source rounds, is the one printed there."""
    how, _, digits = row["rounding"].partition(":")
    if how == "relative":
        return value == pytest.approx(float(row["printed"]), rel=float(digits), abs=1e-14)
    if how == "exact":
        return value == float(row["printed"])
    assert how == "half", how
    step = Decimal(1).scaleb(-int(digits))
    return Decimal(repr(value)).quantize(step, ROUND_HALF_UP) == Decimal(row["printed"])


def asked(module, row):
    """What the function of a row gives, or the field of it that the row is about."""
    found = getattr(module, row["function"])(**json.loads(row["arguments"]))
    return getattr(found, row["field"]) if row["field"] else found


def _title(row):
    given = json.loads(row["arguments"]).values()
    words = " ".join(str(value) for value in given if not isinstance(value, list))
    return f"{row['function']} {words} {row['field']}"
