"""The conclusion of a sample: accept, extend it, qualify, or say why nothing may be concluded."""

from __future__ import annotations

from bisect import bisect_left
from typing import Literal

import pandas as pd

from auditbook.case.sampling_settings import Sampling
from auditbook.facts import records
from auditbook.procedures.sampling.evaluation import Projected
from auditbook.procedures.sampling.planning import Population, planned

Conclusion = Literal["not_projected", "pending", "accept", "extend", "qualify"]

_LARGEST_EXTENSION = 20
"""An extension to more than so many times the sample is no way out."""


def conclude(
    projections: list[Projected],
    conditions: pd.DataFrame,
    found: pd.DataFrame,
    *,
    population: Population,
    design: Sampling,
) -> pd.DataFrame:
    """The conclusion in words: accept, extend the sample, qualify, or why none can be drawn.

    Returns
    -------
    DataFrame, one row
        conclusion (``not_projected``, ``pending``, ``accept``, ``extend``, ``qualify``),
        sample_count (items, or hits), extended_count (what the sample would have to be extended
        to, should nothing more be found; missing elsewhere), reason (the conditions that do not
        hold, or the measures over the tolerable).
    """
    hits = int(found["hits"].sum()) if len(found) else 0
    broken = [row["condition"] for row in records(conditions) if row["holds"] == "no"]
    over = [one for one in projections if one.limit > one.tolerable]
    extended: int | None = None
    conclusion: Conclusion = "accept"
    if broken or conditions.empty or design.plan is None:
        conclusion, reasons = "not_projected", broken
    elif not projections:
        conclusion, reasons = "pending", []
    else:
        reasons = [one.measure for one in over]
        if any(float(one.most_likely) > float(one.tolerable) for one in over):
            conclusion = "qualify"
        elif over:
            extended = extended_size(over, found, population=population, design=design)
            conclusion = "extend" if extended else "qualify"
    row = [conclusion, hits, extended, "、".join(reasons)]
    table = pd.DataFrame([row], columns=_CONCLUSION)
    return table.astype({"sample_count": "Int64", "extended_count": "Int64"})


def extended_size(
    over: list[Projected], found: pd.DataFrame, *, population: Population, design: Sampling
) -> int | None:
    """The size to which a sample must grow for every limit to be tolerable.

    It is supposed that no more is found wrong. None where 20 times the sample, or the whole
    population, would not do. The limit falls as the sample grows, so that halving finds it.
    """
    n = int(found["hits"].sum())
    most = n * _LARGEST_EXTENSION
    if not planned(design).by_money:
        most = min(most, population.items)

    def enough(size: int) -> bool:
        return all(float(one.limit_at(size)) <= float(one.tolerable) for one in over)

    if not enough(most):
        return None
    return n + 1 + bisect_left(range(n + 1, most + 1), True, key=enough)


_CONCLUSION = ["conclusion", "sample_count", "extended_count", "reason"]
