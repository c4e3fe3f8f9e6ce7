"""Comparisons: groups, units within each group, and this year with earlier ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.survey.caveats import doubtful, selection_of
from auditbook.procedures.survey.comparisons import ScoresCompared, compare_scores
from auditbook.procedures.survey.crosstabs import compare_answers, trend
from auditbook.procedures.survey.groups import Group, by_group
from auditbook.procedures.survey.proportions import proportion_ci, share_difference

_TESTS = [
    "compared_zh", "compared_en", "subject", "test", "n_count", "statistic_number", "p_number",
    "effect", "effect_number", "remarks",
]  # fmt: skip


def comparisons_table(groups: Sequence[Group]) -> pd.DataFrame:
    """Whether groups differ from each other, and the units of a group among themselves.

    Returns
    -------
    DataFrame, one row per comparison
        compared_zh, compared_en, subject (``index``: each respondent's index; ``overall``: answers
        to the question on the whole that it has), test, n_count, statistic_number, p_number, effect
        (``cliffs_delta``, ``epsilon_squared``, ``cramers_v``), effect_number, remarks (codes, of
        small groups and so on; ``other_questions``: two groups were not asked the same). The tests
        suppose simple random samples.
    """
    rows: list[dict[str, Any]] = []
    for one, two in combinations(groups, 2):
        scores = pd.concat([one.index, two.index])
        names = [g.survey.group for g in (one, two) for _ in range(len(g.index))]
        found = compare_scores(scores, pd.Series(names, index=scores.index))
        rows.append(_scores_row(_paired(one, two), found, _asked_alike(one, two)))
    for group in groups:
        of_units = _units_compared(group)
        if of_units is None:
            continue
        title = f"{group.survey.zh}：各单位", f"{group.survey.en}: units"
        rows.append(_scores_row(title, of_units, _sampled(group)))
        rows += _answers_row(title, group)
    return pd.DataFrame(rows, columns=_TESTS)


def pairs_table(groups: Sequence[Group]) -> pd.DataFrame:
    """All pairs of units of a group, with p-values after Holm; the plainest differences first.

    Returns
    -------
    DataFrame, one row per pair
        group, group_zh, group_en, first, second, first_count, second_count, p_number,
        p_holm_number, effect_number (Cliff's delta; above 0 where the first is the higher one).
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        found = _units_compared(group)
        if found is None:
            return
        for row in records(found.pairs.sort_values("p_value", kind="stable")):
            yield {
                "first": row["first"],
                "second": row["second"],
                "first_count": row["first_n"],
                "second_count": row["second_n"],
                "p_number": row["p_value"],
                "p_holm_number": row["p_holm"],
                "effect_number": row["cliffs_delta"],
            }

    columns = [
        "first", "second", "first_count", "second_count", "p_number", "p_holm_number",
        "effect_number",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def share_differences(groups: Sequence[Group]) -> pd.DataFrame:
    """The difference of two groups in the share of the satisfied, with its interval (Newcombe).

    Returns
    -------
    DataFrame, one row per pair of groups that were asked of satisfaction as a whole
        pair_zh, pair_en, first_count, second_count (who answered), first_rate, second_rate,
        difference_rate, lower_rate, upper_rate, selection (the more doubtful one).
    """
    rows: list[tuple[Any, ...]] = []
    for one, two in combinations(groups, 2):
        first, second = one.satisfied(), two.satisfied()
        if first is None or second is None or not (len(first) and len(second)):
            continue
        found = share_difference(
            count=int(first.sum()), n=len(first), other_count=int(second.sum()),
            other_n=len(second), confidence=max(one.confidence, two.confidence),
            population=one.population, other_population=two.population,
        )  # fmt: skip
        rows.append(
            (*_paired(one, two), len(first), len(second), first.mean(), second.mean(), *found,
             selection_of((one.survey, two.survey)))
        )  # fmt: skip
    columns = [
        "pair_zh", "pair_en", "first_count", "second_count", "first_rate", "second_rate",
        "difference_rate", "lower_rate", "upper_rate", "selection",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def years_table(groups: Sequence[Group], history: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The share of the satisfied year by year, with the change from the one before.

    Parameters
    ----------
    groups : sequence of Group
    history : DataFrame
        The table ``survey_history``: group, year, valid, satisfied, source_row.
    year : int
        Of the case; its share is that of the question on the whole.

    Returns
    -------
    DataFrame, one row per group and year, of groups with an earlier year
        group, group_zh, group_en, year, n_count, satisfied_count, share_rate, lower_rate,
        upper_rate (Wilson, of this year with its population, where known, as in
        ``rates_table``), change_rate (from the earlier year before it), change_lower_rate,
        change_upper_rate (Newcombe), source_row, selection.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        series = _years(group, history, year)
        before: list[tuple[str, int, int, str] | None] = [None]
        for last, this in zip([*before, *series], series, strict=False):
            people = group.population if this is series[-1] else None
            yield _year_row(last, this, group.confidence, people)

    columns = [
        "year", "n_count", "satisfied_count", "share_rate", "lower_rate", "upper_rate",
        "change_rate", "change_lower_rate", "change_upper_rate", "source_row",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def trends_table(years: pd.DataFrame) -> pd.DataFrame:
    """Whether the share rises or falls over the years (Cochran and Armitage).

    Parameters
    ----------
    years : DataFrame
        From :func:`years_table`.

    Returns
    -------
    DataFrame, one row per group with at least three years
        group, group_zh, group_en, years, z_number (above 0: it rises), p_number.
    """
    rows: list[tuple[Any, ...]] = []
    for names, part in years.groupby(["group", "group_zh", "group_en"], sort=False):
        if len(part) < 3:
            continue
        scores = [float(year) for year in part["year"]]
        found = trend(part["satisfied_count"].tolist(), part["n_count"].tolist(), scores=scores)
        rows.append((*names, "、".join(part["year"]), found.z, found.p_value))
    columns = ["group", "group_zh", "group_en", "years", "z_number", "p_number"]
    return pd.DataFrame(rows, columns=columns)


def _paired(one: Group, two: Group) -> tuple[str, str]:
    """How two groups are called together, in Chinese and English."""
    return f"{one.survey.zh}－{two.survey.zh}", f"{one.survey.en} − {two.survey.en}"


def _units_compared(group: Group) -> ScoresCompared | None:
    """The index by unit; None where fewer than two units are known."""
    units = group.answers.frame["unit"]
    if len(units.dropna().unique()) < 2:
        return None
    of_forms = units.loc[group.index.index].dropna()
    return compare_scores(group.index.loc[of_forms.index], of_forms)


def _sampled(*groups: Group) -> list[str]:
    """The code of a sample that a test does not suppose."""
    way = selection_of(group.survey for group in groups)
    return [way] if doubtful(way) else []


def _asked_alike(one: Group, two: Group) -> list[str]:
    """What a comparison of two groups rests upon beside their answers."""
    texts = [{q.text for q in group.answers.instrument.rated} for group in (one, two)]
    return [*(["other_questions"] if texts[0] != texts[1] else []), *_sampled(one, two)]


def _scores_row(
    title: tuple[str, str], found: ScoresCompared, more: Sequence[str]
) -> dict[str, Any]:
    two = found.test == "mann_whitney"
    return {
        "compared_zh": title[0],
        "compared_en": title[1],
        "subject": "index",
        "test": found.test,
        "n_count": found.n,
        "statistic_number": found.statistic,
        "p_number": found.p_value,
        "effect": "cliffs_delta" if two else "epsilon_squared",
        "effect_number": found.effect,
        "remarks": "、".join([*found.codes, *more]),
    }


def _answers_row(title: tuple[str, str], group: Group) -> Iterable[dict[str, Any]]:
    if group.overall is None:
        return
    known = [label.text for label in group.overall.labels]
    labels = group.answers.labels([group.overall])[group.overall.id]
    labels = labels.where(labels.isin(known), None)
    found = compare_answers(pd.crosstab(group.answers.frame["unit"], labels))
    yield {
        "compared_zh": title[0],
        "compared_en": title[1],
        "subject": "overall",
        "test": found.test,
        "n_count": found.n,
        "statistic_number": found.statistic,
        "p_number": found.p_value,
        "effect": "cramers_v",
        "effect_number": found.cramers_v,
        "remarks": "、".join([*found.codes, *_sampled(group)]),
    }


def _years(group: Group, history: pd.DataFrame, year: int) -> list[tuple[str, int, int, str]]:
    """Year, who answered, who is satisfied, source; empty without any earlier year."""
    satisfied = group.satisfied()
    earlier = [
        (row["year"], int(row["valid"]), int(row["satisfied"]), row["source_row"])
        for row in records(history[history["group"] == group.survey.group].sort_values("year"))
        if int(row["valid"]) > 0
    ]
    if satisfied is None or not len(satisfied) or not earlier:
        return []
    return [*earlier, (str(year), len(satisfied), int(satisfied.sum()), "")]


def _year_row(
    last: tuple[str, int, int, str] | None,
    this: tuple[str, int, int, str],
    confidence: float,
    people: int | None,
) -> dict[str, Any]:
    year, n, satisfied, source = this
    share = proportion_ci(count=satisfied, n=n, confidence=confidence, population=people)
    change = [math.nan] * 3
    if last is not None:
        change = list(
            share_difference(
                count=satisfied,
                n=n,
                other_count=last[2],
                other_n=last[1],
                confidence=confidence,
                population=people,
            )
        )
    names = ("change_rate", "change_lower_rate", "change_upper_rate")
    return {
        "year": year,
        "n_count": n,
        "satisfied_count": satisfied,
        "share_rate": share.estimate,
        "lower_rate": share.lower,
        "upper_rate": share.upper,
        **dict(zip(names, change, strict=True)),
        "source_row": source,
    }
