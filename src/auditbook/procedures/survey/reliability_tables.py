"""信度 of each group's scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.intervals import normal_quantile
from auditbook.procedures.survey.factors import Factor, one_factor
from auditbook.procedures.survey.groups import Group, by_group, question_texts
from auditbook.procedures.survey.reliability import reliability


def reliability_table(groups: Sequence[Group]) -> pd.DataFrame:
    """Cronbach's alpha with Feldt's limits, omega, KMO and Bartlett's test.

    Returns
    -------
    DataFrame, one row per group of at least two questions and two complete forms
        group, group_zh, group_en, items_count, n_count (complete forms), left_out_count,
        alpha_number, lower_number, upper_number, omega_number, kmo_number, chi_square_number,
        df_count, p_number, remarks (codes). From omega to p_number missing where fewer than two
        questions vary: nothing correlates.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        shares = group.shares
        if not _enough(shares):
            return
        alpha = reliability(shares, confidence=group.confidence)
        factor = _factor(shares)
        codes = dict.fromkeys([*alpha.codes, *(factor.codes if factor else ())])
        yield {
            "items_count": shares.shape[1],
            "n_count": alpha.n,
            "left_out_count": alpha.left_out,
            "alpha_number": alpha.alpha.estimate,
            "lower_number": alpha.alpha.lower,
            "upper_number": alpha.alpha.upper,
            "omega_number": factor and factor.omega,
            "kmo_number": factor and factor.kmo,
            "chi_square_number": factor and factor.chi_square,
            "df_count": factor and factor.df,
            "p_number": factor and factor.p_value,
            "remarks": "、".join(codes),
        }

    columns = [
        "items_count", "n_count", "left_out_count", "alpha_number", "lower_number",
        "upper_number", "omega_number", "kmo_number", "chi_square_number", "df_count", "p_number",
        "remarks",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def items_table(groups: Sequence[Group]) -> pd.DataFrame:
    """What each question does to the scale; likely reversed ones are named, never turned.

    A question is named where its correlation with the others is shown to be below 0 by Fisher's
    one-sided limit: of a few forms a slightly negative one is chance.

    Returns
    -------
    DataFrame, one row per group and question
        group, group_zh, group_en, scope_name, mean_rate, sd_number, item_rest_number,
        alpha_if_dropped_number, loading_number, looks_reversed.

    References
    ----------
    Fisher, R. A. (1921), On the "probable error" of a coefficient of correlation, Metron 1, 3–32.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        shares, texts = group.shares, question_texts(group)
        if not _enough(shares):
            return
        factor = _factor(shares)
        loadings = factor.table.set_index("item")["loading"].to_dict() if factor else {}
        found = reliability(shares, confidence=group.confidence)
        for row in records(found.table):
            correlation = row["item_rest_correlation"]
            yield {
                "scope_name": texts[row["item"]],
                "mean_rate": row["mean"],
                "sd_number": row["sd"],
                "item_rest_number": correlation,
                "alpha_if_dropped_number": row["alpha_if_dropped"],
                "loading_number": loadings.get(row["item"]),
                "looks_reversed": "reversed"
                if _below_zero(correlation, found.n, group.confidence)
                else "",
            }

    columns = [
        "scope_name", "mean_rate", "sd_number", "item_rest_number", "alpha_if_dropped_number",
        "loading_number", "looks_reversed",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def _below_zero(correlation: float | None, n: int, confidence: float) -> bool:
    """Whether the one-sided upper limit of a correlation of n pairs is below 0."""
    if correlation is None or math.isnan(correlation) or n < 4:
        return False
    margin = normal_quantile(confidence) / math.sqrt(n - 3)
    return math.atanh(max(correlation, -1 + 1e-12)) + margin < 0


def _factor(shares: pd.DataFrame) -> Factor | None:
    """None where fewer than two questions vary among the complete forms."""
    complete = shares.dropna()
    varied = complete.max() > complete.min()
    return one_factor(shares) if varied.sum() > 1 else None


def _enough(shares: pd.DataFrame) -> bool:
    return shares.shape[1] > 1 and len(shares.dropna()) > 1
