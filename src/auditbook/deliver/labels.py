"""Words that people read, in Chinese and English: one table, ``labels.csv``.

Keys: ``column.<name>`` titles of result columns (titles of input columns come from the table
descriptions), ``<column>.<code>`` coded cells, ``finding.<rule>`` wordings, ``unit.<unit>``,
``caption.<topic>`` titles of tables, ``chart.*``, ``show.*``, ``report.*``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditbook.facts import Finding

if TYPE_CHECKING:
    from auditbook.case.columns import Title

LANGS = ("zh", "en")
SUFFIXES = ("_fen", "_rate", "_points", "_count", "_number")
LIST_MARK = "、"


class LabelError(KeyError):
    """A key that the label table does not have."""


@cache
def labels() -> Mapping[str, tuple[str, str]]:
    """The label table: key → (zh, en)."""
    text = files("auditbook.deliver").joinpath("labels.csv").read_text("utf-8")
    return {row["key"]: (row["zh"], row["en"]) for row in csv.DictReader(text.splitlines())}


def label(key: str, lang: str, **values: Any) -> str:
    """The words of a key, with ``{placeholders}`` filled from `values`.

    Raises
    ------
    LabelError
        The table has no such key.
    """
    try:
        words = labels()[key][LANGS.index(lang)]
    except KeyError:
        raise LabelError(key) from None
    return words.format_map(values) if values else words


def column_title(name: str, lang: str) -> str:
    """The title of a result column; of an input column as its table describes it."""
    if f"column.{name}" in labels():
        return label(f"column.{name}", lang)
    plain = next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)
    if f"column.{plain}" in labels():
        return label(f"column.{plain}", lang)
    for title in _input_titles().get(plain, ()):
        return title.zh if lang == "zh" else title.en
    raise LabelError(f"column.{name}")


@cache
def _input_titles() -> Mapping[str, Sequence[Title]]:
    """Column names of input tables to their descriptions."""
    from auditbook.case.schemas import SCHEMAS  # not above: the command line needs words only

    found: dict[str, list[Title]] = {}
    for schema in SCHEMAS.values():
        for name, title in schema.titles().items():
            found.setdefault(name, []).append(title)
    return found


def coded(column: str, value: str, lang: str) -> str:
    """The words of a coded cell; a list of codes word by word; other text as it is."""
    parts = [_word(column, part, lang) for part in value.split(LIST_MARK)]
    if None in parts:
        return value
    return (LIST_MARK if lang == "zh" else ", ").join(part for part in parts if part)


def _word(column: str, value: str, lang: str) -> str | None:
    if f"{column}.{value}" in labels():
        return label(f"{column}.{value}", lang)
    for title in _input_titles().get(column, ()):
        for code, zh, en in title.choices:
            if code == value:
                return zh if lang == "zh" else en
    base, _, part = value.rpartition("_")
    if column == "identity" and f"{column}.{base}" in labels():
        return f"{label(f'{column}.{base}', lang)}（{part}）"
    return None


def wording(finding: Finding, lang: str) -> str:
    """A finding as a sentence: the wording of its rule, filled with its fields and details.

    ``{subject_label}`` is the subject with its codes in words, ``{operator_label}`` likewise.
    """
    details = finding.details
    values = {
        "unit": finding.unit,
        "subject": finding.subject,
        "subject_label": coded("subject", finding.subject, lang),
        "expected": finding.expected,
        "actual": finding.actual,
        "difference": finding.difference,
        "operator_label": coded("operator", details.get("operator", ""), lang),
        **details,
    }
    return label(f"finding.{finding.rule}", lang, **values)
