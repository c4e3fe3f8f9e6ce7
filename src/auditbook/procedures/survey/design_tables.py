"""Satisfaction as the sampling design has it: weighted and unweighted side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.survey.design import design_index
from auditbook.procedures.survey.design_columns import DesignColumns
from auditbook.procedures.survey.groups import Group, by_group
from auditbook.procedures.survey.svy_adapter import svy_available
from auditbook.procedures.survey.weighting import Weighted, rake, trim, weighted

_ESTIMATES = [
    "unit", "n_count", "weighted_rate", "lower_rate", "upper_rate", "unweighted_rate",
    "unweighted_lower_rate", "unweighted_upper_rate", "deff_number", "effective_count", "df_count",
    "remarks",
]  # fmt: skip


def design_table(groups: Sequence[Group]) -> pd.DataFrame:
    """The index of each group with a design, in all and by unit, weighted and unweighted.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, unit (``""``: all), n_count, weighted_rate, lower_rate,
        upper_rate (Taylor linearisation), unweighted_rate, unweighted_lower_rate,
        unweighted_upper_rate (as if of a simple random sample), deff_number (设计效应),
        effective_count (有效样本量), df_count, remarks (codes of guards; ``needs_svy``: svy is not
        there, and only the unweighted figures are given).
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        if not svy_available():
            yield {"unit": "", "n_count": len(group.index), "unweighted_rate": group.index.mean(),
                   "remarks": "needs_svy"}  # fmt: skip
            return
        units = None
        if group.answers.has("unit"):
            units = group.answers.frame["unit"].astype(group.unit_order)
        index = group.index.reindex(group.answers.frame.index)
        found = design_index(
            index, design=_columns(group), domains=units, confidence=group.confidence
        )
        for row in records(found):
            yield {
                "unit": row["domain"],
                "n_count": row["n"],
                "weighted_rate": row["estimate"],
                "lower_rate": row["lower"],
                "upper_rate": row["upper"],
                "unweighted_rate": row["unweighted"],
                "unweighted_lower_rate": row["unweighted_lower"],
                "unweighted_upper_rate": row["unweighted_upper"],
                "deff_number": row["deff"],
                "effective_count": round(row["n_effective"])
                if row["n_effective"] == row["n_effective"]
                else None,
                "df_count": row["df"],
                "remarks": "、".join(row["codes"]),
            }

    return by_group(_designed(groups), rows, _ESTIMATES)


def margins_table(groups: Sequence[Group]) -> pd.DataFrame:
    """Where weights are adjusted: margins before and after, beside what they should be.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, variable, category, before_rate, after_rate, target_rate: shares
        of the sum of weights.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        adjusted = _adjusted(group)
        if adjusted is None:
            return
        for row in records(adjusted.margins):
            of_variable = adjusted.margins[adjusted.margins["variable"] == row["variable"]]
            yield {
                "variable": row["variable"],
                "category": row["category"],
                **{
                    f"{name}_rate": row[name] / of_variable[name].sum()
                    for name in ("before", "after", "target")
                },
            }

    columns = ["variable", "category", "before_rate", "after_rate", "target_rate"]
    return by_group(_designed(groups), rows, columns)


def _designed(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.survey.design is not None]


def _columns(group: Group) -> DesignColumns:
    """Strata, clusters and weights of the answers as the settings name them."""
    design, frame = group.survey.design, group.answers.frame
    assert design is not None
    adjusted = _adjusted(group)
    weights = frame[design.weight] if design.weight else None
    return DesignColumns(
        strata=frame[design.strata] if design.strata else None,
        clusters=frame[design.cluster] if design.cluster else None,
        weights=weights if adjusted is None else adjusted.weights,
        populations=design.populations or None,
        people=group.population if design.weight else None,
    )


def _adjusted(group: Group) -> Weighted | None:
    """The weights after raking and trimming; None where they are used as they are."""
    design, frame = group.survey.design, group.answers.frame
    if design is None or design.weighting is None or not svy_available():
        return None
    weights = frame[design.weight] if design.weight else pd.Series(1.0, index=frame.index)
    settings, found = design.weighting, weights
    margins = {
        name: (frame[name], {key: float(total) for key, total in totals.items()})
        for name, totals in settings.rake.items()
    }
    if margins:
        found = rake(found, margins).weights
    if settings.least is not None and settings.most is not None:
        found = trim(found, least=float(settings.least), most=float(settings.most)).weights
    return weighted(weights, found, margins)
