"""The parts of a population, and how large samples of it would have to be, for showing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook import query
from auditbook.case.sampling_settings import Sampling
from auditbook.case.survey_settings import Survey
from auditbook.facts import records
from auditbook.procedures.sampling.attributes import attribute_sample_size, what_it_would_allow
from auditbook.procedures.sampling.planning import Population
from auditbook.procedures.sampling.questionnaires import margin_of_error, proportion_sample_size

USUAL_CONFIDENCE = (Decimal("0.90"), Decimal("0.95"), Decimal("0.99"))
USUAL_RATES = (Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))
USUAL_MARGIN = Decimal("0.05")


def parts_table(frame: query.Table, parts: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """The parts of the population above its total, which is counted for itself.

    Returns
    -------
    DataFrame, four rows
        part (``positive``, ``zero``, ``negative``, ``all``), items_count, amount_fen.
    """
    items, fen = query.totals(frame, amount)
    whole = pd.DataFrame({"part": ["all"], "count": [items], "amount_fen": [fen]})
    table = pd.concat([parts, whole], ignore_index=True)
    return table.rename(columns={"count": "items_count"})


def sizes(population: Population, design: Sampling) -> pd.DataFrame:
    """How many items a probability sample of this population would need.

    Returns
    -------
    DataFrame, one row per usual confidence level and tolerable rate, by number of items
        confidence_rate, tolerable_rate, needed_count (no deviation expected, hypergeometric),
        population_count, needed_rate (of the population), chosen (``yes`` at the confidence of
        the case).
    """
    rows = [
        {
            "confidence_rate": Fraction(confidence),
            "tolerable_rate": Fraction(tolerable),
            "needed_count": needed,
            "population_count": population.items,
            "needed_rate": Fraction(needed, population.items),
            "chosen": "yes" if confidence == design.confidence else "",
        }
        for confidence in sorted({*USUAL_CONFIDENCE, design.confidence})
        for tolerable in USUAL_RATES
        if population.items
        for needed in [_items_needed(population.items, tolerable, confidence)]
    ]
    return pd.DataFrame(rows, columns=_SIZES)


def _items_needed(items: int, tolerable: Decimal, confidence: Decimal) -> int:
    return attribute_sample_size(
        tolerable_rate=tolerable,
        confidence=confidence,
        population=items,
        method="hypergeometric",
    )


def questionnaire_sizes(counts: pd.DataFrame, surveys: Sequence[Survey]) -> pd.DataFrame:
    """What the number of questionnaires allows, had they been answered by a random sample.

    Parameters
    ----------
    counts : DataFrame
        The table ``survey_counts``: group, population, issued, returned, valid, source_row.
    surveys : sequence of Survey

    Returns
    -------
    DataFrame, one row per group
        group_zh, group_en, population_count, issued_count, answered_count (valid, or returned
        where valid is not known), needed_count (margin 5 points at the group's confidence, with
        the finite population), confidence_rate, margin_rate (at the worst share, one half),
        selection, source_row.
    """
    rows = list(_groups(counts, surveys))
    return pd.DataFrame(rows, columns=_QUESTIONNAIRES).astype(
        {name: "Int64" for name in _QUESTIONNAIRES if name.endswith("_count")}
    )


def _groups(counts: pd.DataFrame, surveys: Sequence[Survey]) -> Iterable[dict[str, Any]]:
    for row in records(counts):
        survey = next((one for one in surveys if one.group == row["group"]), None)
        if survey is None:
            continue
        population = _count(row.get("population"))
        answered = _count(row.get("valid")) or _count(row["returned"]) or 0
        yield {
            "group_zh": survey.zh,
            "group_en": survey.en,
            "population_count": population,
            "issued_count": _count(row["issued"]),
            "answered_count": answered,
            "needed_count": proportion_sample_size(
                margin=USUAL_MARGIN, confidence=survey.confidence, population=population
            ),
            "confidence_rate": Fraction(survey.confidence),
            "margin_rate": margin_of_error(
                n=answered, confidence=survey.confidence, population=population
            )
            if answered
            else None,
            "selection": survey.selection,
            "source_row": row["source_row"],
        }


def _count(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def allowed(items: pd.DataFrame, population: Population, design: Sampling) -> pd.DataFrame:
    """What a random sample of this size would have allowed to be said of the population.

    Returns
    -------
    DataFrame
        As :func:`what_it_would_allow` gives it, with sample_count and deviations_count; no rows
        where nothing was sampled, or a plan says what the sample is to show.
    """
    names = {"case": "allowed_case", "n": "sample_count", "deviations": "deviations_count"}
    if items.empty or design.plan is not None or len(items) > population.items:
        return pd.DataFrame(columns=[*names.values(), "at_most_count", "at_most_rate"])
    table = what_it_would_allow(
        n=len(items), population=population.items, confidence=design.confidence
    )
    return table.rename(columns=names)


_SIZES = [
    "confidence_rate", "tolerable_rate", "needed_count", "population_count", "needed_rate",
    "chosen",
]  # fmt: skip
_QUESTIONNAIRES = [
    "group_zh", "group_en", "population_count", "issued_count", "answered_count", "needed_count",
    "confidence_rate", "margin_rate", "selection", "source_row",
]  # fmt: skip
