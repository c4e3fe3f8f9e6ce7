"""Importance and performance: which questions go with satisfaction as a whole, and how they do."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.procedures.survey.crosstabs import SMALL_GROUP


def importance_performance(answers: Answers) -> pd.DataFrame:
    """Each rated question against the one on the whole.

    Returns
    -------
    DataFrame, one row per question of the index; none without a question on the whole
        question, text, n_count (who answered both), importance (Spearman's rank correlation with
        the question on the whole; nan where one of the two does not vary), performance_rate (mean
        share of the scale), quadrant (split at the means of both: ``keep`` important and good,
        ``improve`` important and poor, ``excess`` unimportant and good, ``low_priority``; empty
        without an importance), small (``small``: fewer than 30).

    References
    ----------
    Martilla, J. A. and James, J. C. (1977), Importance-performance analysis, Journal of Marketing
    41(1), 77–79. Importance is derived here, not asked for.
    """
    columns = ["question", "text", "n_count", "importance", "performance_rate", "quadrant", "small"]
    instrument = answers.instrument
    if not instrument.overall:
        return pd.DataFrame(columns=columns)
    whole = answers.shares([instrument.question(instrument.overall)])[instrument.overall]
    shares = answers.shares(instrument.rated)
    rows = []
    for question in instrument.rated:
        both = pd.DataFrame({"one": shares[question.id], "whole": whole}).dropna()
        found = (len(both), _rank_correlation(both), shares[question.id].mean())
        rows.append((question.id, question.text, *found))
    table = pd.DataFrame(rows, columns=columns[:5])
    known = table["importance"].notna()
    middle = table.loc[known, ["importance", "performance_rate"]].mean()
    quadrants = [_quadrant(row, middle) if row[3] == row[3] else "" for row in rows]
    small = ["small" if n < SMALL_GROUP else "" for n in table["n_count"]]
    return table.assign(quadrant=quadrants, small=small)


def _rank_correlation(both: pd.DataFrame) -> float:
    if len(both) < 2 or both.nunique().min() < 2:
        return math.nan
    return float(both["one"].corr(both["whole"], method="spearman"))


def _quadrant(row: tuple[Any, ...], middle: pd.Series) -> str:
    important = _reaches(row[3], middle["importance"])
    good = _reaches(row[4], middle["performance_rate"])
    if important:
        return "keep" if good else "improve"
    return "excess" if good else "low_priority"


def _reaches(value: float, mean: float) -> bool:
    """Equal values are at their mean, whatever float noise says."""
    return value >= mean or math.isclose(value, mean, abs_tol=1e-12)
