"""Figures of the answers, ``survey.<group>.…``: what 04 scores and the report prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.facts import Figure, FigureMaker, records, row_ranges, steady
from auditbook.procedures.survey.caveats import caveat
from auditbook.procedures.survey.groups import Group
from auditbook.procedures.survey.index_tables import (
    composite_table,
    rates_table,
    satisfaction_table,
)
from auditbook.procedures.survey.means import nonresponse_bounds
from auditbook.procedures.survey.published import known_count

_SATISFACTION = {
    "satisfaction": (
        "每份答卷的加权平均占量表的比例，再取各份的平均",
        "mean over respondents of each one's weighted mean as a share of the scale",
    ),
    "lower": ("满意度的区间下限（t，双侧）", "lower limit of satisfaction (t, two-sided)"),
    "upper": ("满意度的区间上限（t，双侧）", "upper limit of satisfaction (t, two-sided)"),
    "worst": ("没有有效答卷的全部最不满意时", "had everybody without a valid form been the worst"),
    "best": ("没有有效答卷的全部最满意时", "had everybody without a valid form been the best"),
}
_RATES = {
    "satisfied": (
        "总体题答满意的 ÷ 回答总体题的",
        "satisfied with the whole ÷ who answered the question on it",
    ),
    "basically_satisfied": (
        "总体题答满意或基本满意的 ÷ 回答总体题的",
        "satisfied or basically satisfied ÷ who answered the question on the whole",
    ),
}
_FORMS = ("读入的答卷", "answers read")
_COMPOSITE = {
    "satisfaction": ("各组满意度按组权重加权", "satisfaction of the groups by their weights"),
    "lower": ("综合满意度的区间下限", "lower limit of satisfaction of all groups"),
    "upper": ("综合满意度的区间上限", "upper limit of satisfaction of all groups"),
}


def answer_figures(
    groups: Sequence[Group], *, satisfaction: pd.DataFrame, composite: pd.DataFrame
) -> list[Figure]:
    """Figures of every group whose answers are there, and of all together.

    Parameters
    ----------
    groups : sequence of Group
    satisfaction, composite : DataFrame
        From ``satisfaction_table`` and ``composite_table``.

    Returns
    -------
    list of Figure
        ``survey.<group>.satisfaction``, ``.lower``, ``.upper``, ``.worst``, ``.best``, ``.forms``;
        with a question on the whole ``.satisfied`` and, where the case names its labels,
        ``.basically_satisfied``;
        ``survey.composite.satisfaction``, ``.lower``, ``.upper``.
    """
    found = [figure for group in groups for figure in _of_group(group, satisfaction)]
    for row in records(composite[composite["group"] == "all"]):
        make = FigureMaker(composite_table, tuple(_rows(groups)))
        design = any(group.survey.design for group in groups)
        for measure, (zh, en) in _COMPOSITE.items():
            value = steady(row[f"{measure}_rate"])
            more = ("", "")
            if measure != "satisfaction":
                more = caveat(row["selection"], design=design)
            formula = (zh + more[0], en + more[1])
            found.append(make(f"survey.composite.{measure}", value, "rate", formula))
    return found


def _of_group(group: Group, satisfaction: pd.DataFrame) -> Iterator[Figure]:
    rows = row_ranges(list(group.answers.frame.index))
    key = f"survey.{group.survey.group}"
    make = FigureMaker(satisfaction_table, rows)
    yield make(f"{key}.forms", len(group.answers.frame), "count", _FORMS)
    counted = (*rows, *_counts_row(group))
    for measure, value in _measures(group, satisfaction).items():
        zh, en = _SATISFACTION[measure]
        source = rows
        if measure in ("lower", "upper"):
            more = caveat(group.survey.selection, design=group.survey.design is not None)
            zh, en = zh + more[0], en + more[1]
            source = rows if group.population is None else counted
        elif measure in ("worst", "best"):
            source = counted
        yield make(f"{key}.{measure}", value, "rate", (zh, en), source=source)
    make = FigureMaker(rates_table, rows)
    for measure, basic in (("satisfied", False), ("basically_satisfied", True)):
        chosen = group.satisfied(basic=basic)
        if chosen is not None and len(chosen) and (group.survey.basic or not basic):
            share = Fraction(int(chosen.sum()), len(chosen))
            yield make(f"{key}.{measure}", share, "rate", _RATES[measure])


def _measures(group: Group, satisfaction: pd.DataFrame) -> dict[str, Fraction]:
    """The index with its limits, and what those without a valid form could change."""
    own: list[dict[str, Any]] = records(
        satisfaction[
            (satisfaction["group"] == group.survey.group) & (satisfaction["scope"] == "all")
        ]
    )
    if not own or not own[0]["n_count"]:
        return {}
    row = own[0]
    found = {name: row[f"{name}_rate"] for name in ("satisfaction", "lower", "upper")}
    issued = known_count(group.counts, "issued")
    if issued is not None and issued >= row["n_count"]:
        bounds = nonresponse_bounds(
            estimate=found["satisfaction"], returned=int(row["n_count"]), issued=issued
        )
        found |= {"worst": bounds.lower, "best": bounds.upper}
    return {name: steady(value) for name, value in found.items()}


def _counts_row(group: Group) -> tuple[str, ...]:
    """Where people and forms of the group are counted."""
    return tuple(text for text in (group.counts.get("source_row"),) if text)


def _rows(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        yield from row_ranges(list(group.answers.frame.index))
