"""How answers are spread, which questions matter, and what open answers say, group by group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.survey.groups import Group, by_group
from auditbook.procedures.survey.importance import importance_performance
from auditbook.procedures.survey.open_answers import keyword_counts, quotes
from auditbook.procedures.survey.spread import answer_counts, choice_counts

_ANSWERS = [
    "question", "question_text", "label", "side", "answers_count", "share_rate", "lower_rate",
    "upper_rate",
]  # fmt: skip
_CHOICES = [
    "question", "question_text", "label", "answers_count", "n_count", "share_rate", "lower_rate",
    "upper_rate",
]  # fmt: skip
_IMPORTANCE = [
    "question",
    "question_text",
    "n_count",
    "importance_number",
    "performance_rate",
    "quadrant",
    "small",
]


def answers_table(groups: Sequence[Group]) -> pd.DataFrame:
    """How often each label of each question of the scale was chosen.

    Returns
    -------
    DataFrame
        group, group_zh, group_en and the columns of
        :func:`~auditbook.procedures.survey.spread.answer_counts`.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        return records(_named(answer_counts(group.answers, confidence=group.confidence)))

    return by_group(groups, rows, _ANSWERS)


def choices_table(groups: Sequence[Group]) -> pd.DataFrame:
    """How often each option of each single and multiple choice was chosen.

    Returns
    -------
    DataFrame
        group, group_zh, group_en and the columns of
        :func:`~auditbook.procedures.survey.spread.choice_counts`.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        return records(_named(choice_counts(group.answers, confidence=group.confidence)))

    return by_group(groups, rows, _CHOICES)


def importance_table(groups: Sequence[Group]) -> pd.DataFrame:
    """Importance and performance of each question, where there is one on the whole.

    Returns
    -------
    DataFrame
        group, group_zh, group_en and the columns of
        :func:`~auditbook.procedures.survey.importance.importance_performance`.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        return records(_named(importance_performance(group.answers))) if group.overall else []

    return by_group(groups, rows, _IMPORTANCE)


def answer_rows(table: pd.DataFrame, *, lang: str) -> pd.DataFrame:
    """A table of several groups as it is drawn: questions under the name of their group."""
    return table.assign(question=table[f"group_{lang}"].str.cat(table["question"], sep=" "))


def topics_table(groups: Sequence[Group]) -> pd.DataFrame:
    """In how many open answers each topic of the case occurs.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, question, topic (``none``: none of them), answers_count,
        share_rate (of the answers that say something).
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        found = keyword_counts(group.answers, keywords=group.survey.keywords)
        return records(_named(found.assign(topic=found["topic"].replace("", "none"))))

    return by_group(groups, rows, ["question", "topic", "answers_count", "share_rate"])


def quotes_table(groups: Sequence[Group], *, most: int = 5) -> pd.DataFrame:
    """Some open answers of each question in their own words, personal data masked.

    Returns
    -------
    DataFrame
        group, group_zh, group_en, question, quote, source_row.
    """

    def rows(group: Group) -> Iterable[dict[str, Any]]:
        found = quotes(group.answers, most=most)
        return records(found.rename(columns={"row": "source_row"}))

    return by_group(groups, rows, ["question", "quote", "source_row"])


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Columns under the names that people's tables have."""
    names = {"text": "question_text", "count": "answers_count", "importance": "importance_number"}
    return table.rename(columns=names)
