"""问卷质量 of each group: what was flagged, what was left unanswered, and what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.survey.forms import (
    flag_summary,
    form_flags,
    looked_for,
    not_tested,
)
from auditbook.procedures.survey.groups import NAMES, Group, by_group, question_texts
from auditbook.procedures.survey.quality import item_nonresponse, with_and_without


def flagged_forms(groups: Sequence[Group]) -> pd.DataFrame:
    """Every form that a test of the case marks, with the reason. None is left out for it.

    Returns
    -------
    DataFrame, one row per group, form and reason
        group, group_zh, group_en, flag, detail, source_row.
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        flags = form_flags(group.answers, quality=group.survey.quality)
        return records(flags.rename(columns={"row": "source_row"}))

    return by_group(groups, rows, ["flag", "detail", "source_row"])


def flags_table(groups: Sequence[Group], flagged: pd.DataFrame) -> pd.DataFrame:
    """How many forms each test marks; tests that could not be made, and why.

    Parameters
    ----------
    groups : sequence of Group
    flagged : DataFrame
        From :func:`flagged_forms`.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, flag, forms_count, share_rate (of the group's forms), lacking
        (the column without which a test cannot be made; forms_count is then missing).
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        flags = _of(flagged, group)
        quality = group.survey.quality
        tested = looked_for(group.answers, quality)
        made = records(flag_summary(flags, len(group.answers.frame), tested=tested))
        missing = records(not_tested(group.answers, quality))
        return [
            *({**row, "lacking": ""} for row in made),
            *({"flag": row["flag"], "lacking": row["missing_column"]} for row in missing),
        ]

    return by_group(groups, rows, ["flag", "forms_count", "share_rate", "lacking"])


def unanswered_table(groups: Sequence[Group]) -> pd.DataFrame:
    """题项缺答 of every question but open ones.

    Returns
    -------
    DataFrame, one row per group and question
        group, group_zh, group_en, scope_name, asked_count, n_count (answered), missing_count,
        missing_rate (of those asked).
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        asked = [q for q in group.answers.instrument.questions if q.kind != "open"]
        texts = question_texts(group)
        table = item_nonresponse(group.answers.labels(asked), skipped=group.answers.skipped(asked))
        return [
            {
                "scope_name": texts[row["item"]],
                "asked_count": row["asked"],
                "n_count": row["n"],
                "missing_count": row["missing"],
                "missing_rate": row["missing_rate"],
            }
            for row in records(table)
        ]

    columns = ["scope_name", "asked_count", "n_count", "missing_count", "missing_rate"]
    return by_group(groups, rows, columns)


def sensitivity_table(groups: Sequence[Group], flagged: pd.DataFrame) -> pd.DataFrame:
    """The index with all forms, without those of each flag, and without all flagged ones.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, without (``""``: nothing left out), forms_count (left out),
        n_count, satisfaction_rate, lower_rate, upper_rate, difference_rate (from that of all).
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        table = with_and_without(
            group.shares,
            _of(flagged, group),
            low=0,
            high=1,
            weights=group.answers.instrument.weights,
            confidence=group.confidence,
            population=group.population,
        )
        return [
            {
                "without": row["without"] or "none",
                "forms_count": row["forms_count"],
                "n_count": row["n"],
                "satisfaction_rate": row["index"],
                "lower_rate": row["lower"],
                "upper_rate": row["upper"],
                "difference_rate": row["difference"],
            }
            for row in records(table)
        ]

    columns = [
        "without", "forms_count", "n_count", "satisfaction_rate", "lower_rate", "upper_rate",
        "difference_rate",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def _of(flagged: pd.DataFrame, group: Group) -> pd.DataFrame:
    """A group's flags, as the tests returned them."""
    own = flagged[flagged["group"] == group.survey.group]
    return own.drop(columns=NAMES).rename(columns={"source_row": "row"})
