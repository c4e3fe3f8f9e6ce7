"""目标值检验 of each group: proven, not shown, or failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditbook.case.survey_settings import Survey
from auditbook.facts import records
from auditbook.procedures.survey.groups import NAMES, Group
from auditbook.procedures.survey.published import one_sided_bounds
from auditbook.procedures.survey.targets import index_target, target_verdict


def target_table(
    groups: Sequence[Group], published: pd.DataFrame, surveys: tuple[Survey, ...]
) -> pd.DataFrame:
    """Each group's satisfaction against its target, by one-sided limits.

    Parameters
    ----------
    groups : sequence of Group
        Whose answers are there: the one-sided t limits of the index.
    published : DataFrame
        From :func:`~auditbook.procedures.survey.satisfaction`: of other groups the widest limits
        (Bhatia–Davis), one-sided too.
    surveys : tuple of Survey

    Returns
    -------
    DataFrame, one row per group with a target
        group, group_zh, group_en, rests_upon (``answers``; ``answers_plain``: without the
        sampling design that the case states; ``published``), n_count,
        satisfaction_rate, one_lower_rate, one_upper_rate (each at the confidence), confidence_rate,
        target_rate, target_verdict, selection.
    """
    with_answers = {group.survey.group: group for group in groups}
    printed = {row["group"]: row for row in records(published)}
    rows: list[tuple[Any, ...]] = []
    for survey in surveys:
        if survey.target is None:
            continue
        if survey.group in with_answers and len(with_answers[survey.group].index) > 0:
            found = _of_answers(with_answers[survey.group])
        elif survey.group in printed:
            found = _of_published(survey, printed[survey.group])
        else:
            continue
        rows.append((survey.group, survey.zh, survey.en, *found, survey.selection))
    columns = [
        *NAMES, "rests_upon", "n_count", "satisfaction_rate", "one_lower_rate", "one_upper_rate",
        "confidence_rate", "target_rate", "target_verdict", "selection",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _of_answers(group: Group) -> tuple[Any, ...]:
    assert group.survey.target is not None
    index, target = group.index, float(group.survey.target.share)
    found = index_target(
        index,
        target=target,
        low=0,
        high=1,
        confidence=group.confidence,
        population=group.population,
    )
    rests_upon = "answers_plain" if group.survey.design else "answers"
    return (
        rests_upon, len(index), found.estimate, found.lower, found.upper, group.confidence, target,
        found.verdict,
    )  # fmt: skip


def _of_published(survey: Survey, row: dict[str, Any]) -> tuple[Any, ...]:
    assert survey.target is not None
    mean, target = float(row["satisfaction_rate"]), float(survey.target.share)
    found = one_sided_bounds(row, survey)
    verdict = target_verdict(lower=found.lower, upper=found.upper, target=target)
    return (
        "published", row["forms_count"], mean, found.lower, found.upper,
        float(survey.confidence), target, verdict,
    )  # fmt: skip
