"""A portfolio entry as JSON: the manifest of a finished case keeps it for later portfolios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from auditbook.deliver.portfolio import PortfolioEntry
from auditbook.facts import Figure, Severity

_FIGURES = ("arrived", "used", "use_rate")
_POINTS = ("score", "full")


def entry_as_json(entry: PortfolioEntry) -> dict[str, Any]:
    """A JSON object; points as text, so that nothing is lost."""
    record = {field.name: getattr(entry, field.name) for field in fields(entry)}
    for name in _FIGURES:
        record[name] = record[name].as_json() if record[name] is not None else None
    for name in _POINTS:
        record[name] = str(record[name]) if record[name] is not None else None
    if entry.findings is not None:
        record["findings"] = {severity.value: n for severity, n in entry.findings.items()}
    return record


def entry_from_json(record: Mapping[str, Any]) -> PortfolioEntry:
    """Back from :func:`entry_as_json`."""
    values = dict(record)
    for name in _FIGURES:
        values[name] = Figure.from_json(values[name]) if values[name] is not None else None
    for name in _POINTS:
        values[name] = Decimal(values[name]) if values[name] is not None else None
    if values["findings"] is not None:
        values["findings"] = {Severity(k): n for k, n in values["findings"].items()}
    return PortfolioEntry(**values)
