"""满意度 of each group: the index, 满意率, other score maps, groups together, units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from auditbook.case.survey_settings import ScoreMapSetting
from auditbook.facts import records
from auditbook.procedures.survey.caveats import selection_of, short_caveat
from auditbook.procedures.survey.crosstabs import SMALL_GROUP
from auditbook.procedures.survey.groups import Group, by_group, question_texts
from auditbook.procedures.survey.index import composite_index, index_by_maps, satisfaction_index
from auditbook.procedures.survey.means import scale_ci
from auditbook.procedures.survey.proportions import Interval
from auditbook.procedures.survey.rates import satisfaction_rates

_INDEX = ["n_count", "satisfaction_rate", "lower_rate", "upper_rate"]


def satisfaction_table(groups: Sequence[Group]) -> pd.DataFrame:
    """满意度指数 of each group: all questions, each dimension, each question.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, scope, scope_name, n_count (respondents with an opinion there),
        satisfaction_rate (mean over respondents of the weighted mean of their shares of the
        scale), lower_rate, upper_rate, items_first_rate (the mean of the questions' means; it
        differs where questions were left unanswered), selection.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        texts = question_texts(group)
        for row in records(_index(group)):
            yield {
                "scope": row["level"],
                "scope_name": texts.get(row["name"], row["name"]),
                **_shown(row),
                "items_first_rate": row["items_first"],
            }

    return by_group(groups, rows, ["scope", "scope_name", *_INDEX, "items_first_rate"])


def units_table(groups: Sequence[Group]) -> pd.DataFrame:
    """The index of each unit against the target of its group; all units of a group first.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, unit (``""``: all), n_count, satisfaction_rate, lower_rate,
        upper_rate, target_rate, small (fewer than 30 answers), selection. Forms without a unit
        count in the first row only.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        target = None if group.survey.target is None else float(group.survey.target.share)
        units = [(row["unit"], _shown(row)) for row in _of_units(group)]
        for unit, shown in [("", _whole(group)), *units]:
            small = "small" if shown["n_count"] < SMALL_GROUP else ""
            yield {"unit": unit, **shown, "target_rate": target, "small": small}

    return by_group(groups, rows, ["unit", *_INDEX, "target_rate", "small"])


def unit_bars(table: pd.DataFrame, *, lang: str) -> pd.DataFrame:
    """Rows of :func:`units_table` to be drawn: each unit under the name of its group.

    Returns
    -------
    DataFrame
        As given, ``unit`` being ``群众 甲县``, and for all units the group's name alone, with the
        way of selection where its intervals are no more than a hint.
    """
    names = table[f"group_{lang}"].str.cat(table["unit"].fillna(""), sep=" ").str.strip()
    whole = table["unit"] == ""
    words = table["selection"].map(lambda way: short_caveat(way, lang)).where(whole, "")
    return table.assign(unit=names + words, whole=whole)


def rates_table(groups: Sequence[Group]) -> pd.DataFrame:
    """满意率 without and with 基本满意, of each question whose labels the case counts.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, scope, scope_name, n_count, rate_rate, lower_rate, upper_rate
        (one question: Wilson), basic_rate, basic_lower_rate, basic_upper_rate (missing where the
        case names no such labels), selection. In the row of all questions each respondent's share
        of them, the question on the whole included, and without weights.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        texts = question_texts(group)
        for row in records(_rates(group)):
            yield {
                "scope": row["level"],
                "scope_name": texts.get(row["name"], row["name"]),
                "n_count": row["n"],
                "rate_rate": row["rate"],
                **{f"{name}_rate": row[name] for name in ("lower", "upper")},
                **({name: row[source] for name, source in _WIDER} if group.survey.basic else {}),
            }

    columns = [
        "scope", "scope_name", "n_count", "rate_rate", "lower_rate", "upper_rate", "basic_rate",
        "basic_lower_rate", "basic_upper_rate",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def maps_table(groups: Sequence[Group]) -> pd.DataFrame:
    """The same answers under the score maps of the case: how much of the index is the map.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, map (``own``: that of the instrument), n_count,
        satisfaction_rate, lower_rate, upper_rate (as shares of the map's scale), floor_rate: below
        it the index cannot fall.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        yield {"map": "own", **_whole(group), "floor_rate": _floor(group)}
        for setting in group.survey.maps:
            yield _map_row(group, setting)

    return by_group(groups, rows, ["map", *_INDEX, "floor_rate"])


def composite_table(groups: Sequence[Group]) -> pd.DataFrame:
    """综合满意度 over the groups, weighted as the case says.

    Empty where a group has no weight, none is above 0, or fewer than two respondents.

    Returns
    -------
    DataFrame
        group (``all`` in the last row), group_zh, group_en, weight_rate (of all weights),
        satisfaction_rate, lower_rate, upper_rate, selection (of all: the most doubtful one).
    """
    columns = [
        "group", "group_zh", "group_en", "weight_rate", "satisfaction_rate", "lower_rate",
        "upper_rate", "selection",
    ]  # fmt: skip
    weights = {g.survey.group: g.survey.weight for g in groups if g.survey.weight is not None}
    values = {g.survey.group: g.index for g in groups}
    total = sum(weights.values())
    few = len(groups) < 2 or min(map(len, values.values())) < 2
    if few or not total or len(weights) < len(groups):
        return pd.DataFrame(columns=columns)
    rows: list[tuple[Any, ...]] = [
        (
            *group.names.values(),
            float(weights[group.survey.group] / total),
            *_interval(group),
            group.survey.selection,
        )
        for group in groups
    ]
    populations = {g.survey.group: g.population for g in groups if g.population is not None}
    found = composite_index(
        values,
        weights=weights,
        confidence=max(group.confidence for group in groups),
        populations=populations,
    )
    limits = max(0.0, found.lower), min(1.0, found.upper)
    chosen = selection_of(group.survey for group in groups)
    rows.append(("all", "综合", "All groups", 1.0, found.estimate, *limits, chosen))
    return pd.DataFrame(rows, columns=columns)


_WIDER = (
    ("basic_rate", "basic_rate"),
    ("basic_lower_rate", "basic_lower"),
    ("basic_upper_rate", "basic_upper"),
)


def _index(group: Group, *, units: pd.Series | None = None) -> pd.DataFrame:
    """The index of the group, by dimension and question; with units of each of them instead."""
    instrument, shares = group.answers.instrument, group.shares
    return satisfaction_index(
        shares if units is None else shares.loc[units.index],
        low=0,
        high=1,
        weights=instrument.weights,
        dimensions=instrument.dimensions if units is None else None,
        units=units,
        confidence=group.confidence,
        populations=group.populations,
    )


def _whole(group: Group) -> dict[str, Any]:
    """The index of the group over all questions, as a table shows it."""
    found = _interval(group)
    return dict(zip(_INDEX, (len(group.index), *found), strict=True))


def _interval(group: Group) -> Interval:
    if group.index.empty:
        return Interval(math.nan, math.nan, math.nan)
    return scale_ci(
        group.index, low=0, high=1, confidence=group.confidence, population=group.population
    )


def _of_units(group: Group) -> list[dict[str, Any]]:
    """A row per unit, in the order of the units; none where no form names one."""
    units = group.answers.frame["unit"].dropna()
    if units.empty:
        return []
    ordered = units.astype(group.unit_order).sort_values(kind="stable")
    found = _index(group, units=ordered)
    return records(found[(found["level"] == "all") & (found["unit"] != "")])


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "n_count": row["n"],
        "satisfaction_rate": row["index"],
        "lower_rate": row["lower"],
        "upper_rate": row["upper"],
    }


def _rates(group: Group) -> pd.DataFrame:
    """Of the questions of the scale, the one on the whole included, that the labels count for."""
    survey, instrument = group.survey, group.answers.instrument
    asked = [
        question
        for question in instrument.of_kind("scale")
        if set(survey.satisfied) & set(instrument.shares(question))
    ]
    if not asked:
        return pd.DataFrame(columns=["level"])
    with_score = {text for q in asked for text, s in instrument.shares(q).items() if s is not None}
    labels = group.answers.labels(asked)
    others = sorted(with_score - set(survey.satisfied) - set(survey.basic))
    return satisfaction_rates(
        labels.where(labels.isin(with_score), None),
        satisfied=survey.satisfied,
        basic=survey.basic,
        others=others,
        confidence=group.confidence,
        populations=group.populations,
    )


def _map_row(group: Group, setting: ScoreMapSetting) -> dict[str, Any]:
    instrument = group.answers.instrument
    labels = group.answers.labels(instrument.rated)
    row = records(
        index_by_maps(
            labels.where(labels.isin(list(setting.scores)), None),
            {setting.name: setting.scores},
            weights=instrument.weights,
            confidence=group.confidence,
            population=group.population,
        )
    )[0]
    low, high = float(setting.low), float(setting.high)
    share = {name: (row[name] - low) / (high - low) for name in ("index", "lower", "upper")}
    floor = (row["low"] - low) / (high - low)
    return {"map": setting.name, **_shown({**share, "n": row["n"]}), "floor_rate": floor}


def _floor(group: Group) -> float | None:
    instrument = group.answers.instrument
    shares = [s for q in instrument.rated for s in instrument.shares(q).values() if s is not None]
    return float(min(shares)) if shares else None
