"""Numbers typed from their sources (``tests/reference/*.csv``), and whether ours print the same."""

import csv
import json
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "reference"
ROUNDING = {"half": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}


def reference_rows(name):
    """The rows of ``<name>.csv`` as test parameters; ids say function, arguments and field."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"{number}-{_title(row)}") for number, row in enumerate(rows, 2)]


def assert_as_printed(row, found):
    """The result of a function, or its field, rounded as the source rounds it."""
    value = getattr(found, row["field"]) if row["field"] else found
    rule, _, digits = row["rounding"].partition(":")
    if rule == "relative":
        assert value == pytest.approx(float(row["printed"]), rel=float(digits)), row["source"]
    elif rule == "exact":
        assert value == float(row["printed"]), row["source"]
    else:
        step = Decimal(1).scaleb(-int(digits))
        rounded = Decimal(repr(value)).quantize(step, ROUNDING[rule])
        assert rounded == Decimal(row["printed"]), row["source"]


def _title(row):
    given = json.loads(row["arguments"]).values()
    words = " ".join(str(value) for value in given if not isinstance(value, dict))
    return f"{row['function']} {words} {row['field']}".strip()
