"""Groups of respondents whose answers are there: what all tables of notebook 03 start from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.case.instrument import Question
from auditbook.case.survey_settings import Survey
from auditbook.facts import records
from auditbook.procedures.survey.breakdown import Populations
from auditbook.procedures.survey.index import row_index
from auditbook.procedures.survey.published import people_served

NAMES = ["group", "group_zh", "group_en"]


@dataclass(frozen=True)
class Group:
    """A group of respondents, its answers, and how many people it has.

    Attributes
    ----------
    survey : Survey
    answers : Answers
    counts : mapping
        Its row of ``survey_counts``; empty where there is none.
    units : DataFrame
        Its rows of ``survey_units``.
    """

    survey: Survey
    answers: Answers
    counts: Mapping[str, Any]
    units: pd.DataFrame

    @property
    def names(self) -> dict[str, str]:
        """How the group is called in a row of a table."""
        return {"group": self.survey.group, "group_zh": self.survey.zh, "group_en": self.survey.en}

    @property
    def confidence(self) -> float:
        """Of every interval of the group, as a fraction."""
        return float(self.survey.confidence)

    @property
    def population(self) -> int | None:
        """People in the group, of a census those who got a form; None where it is not known."""
        return people_served(self.counts, self.survey)

    @property
    def populations(self) -> Populations:
        """People in all (under ``""``) and in each unit, where the case says so."""
        known = self.units[self.units["population"].notna()]
        found = dict(zip(known["unit"], known["population"].astype(int), strict=True))
        return found if self.population is None else {"": self.population} | found

    @property
    def unit_order(self) -> pd.CategoricalDtype:
        """The units of the group, in the order of ``survey_units``, then of their names."""
        answered = sorted(self.answers.frame["unit"].dropna().unique())
        return pd.CategoricalDtype(list(dict.fromkeys([*self.units["unit"], *answered])))

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Scores of the questions that make the index, as shares of the scale."""
        return self.answers.shares(self.answers.instrument.rated)

    @cached_property
    def index(self) -> pd.Series:
        """One index per respondent; those who gave no opinion at all are left out."""
        return row_index(self.shares, weights=self.answers.instrument.weights).dropna()

    @property
    def overall(self) -> Question | None:
        """The question on satisfaction as a whole."""
        name = self.answers.instrument.overall
        return self.answers.instrument.question(name) if name else None

    def satisfied(self, *, basic: bool = False) -> pd.Series | None:
        """Whether each respondent with an opinion is satisfied as a whole; None: not asked.

        Parameters
        ----------
        basic : bool
            Count 基本满意 too.
        """
        if self.overall is None or not self.survey.satisfied:
            return None
        known = self.answers.instrument.shares(self.overall)
        labels = self.answers.labels([self.overall])[self.overall.id]
        labels = labels[labels.map(lambda text: known.get(text) is not None)]
        counted = {*self.survey.satisfied, *(self.survey.basic if basic else ())}
        return labels.isin(counted)


def asked_groups(
    surveys: Iterable[Survey],
    answers: Mapping[str, Answers],
    *,
    counts: pd.DataFrame,
    units: pd.DataFrame,
) -> list[Group]:
    """The groups whose answers the case has, in the order of the settings.

    Parameters
    ----------
    surveys : iterable of Survey
    answers : mapping
        Group → answers.
    counts, units : DataFrame
        The tables ``survey_counts`` and ``survey_units``.
    """
    of_group = {row["group"]: row for row in records(counts)}
    return [
        Group(
            survey,
            answers[survey.group],
            of_group.get(survey.group, {}),
            units[units["group"] == survey.group].reset_index(drop=True),
        )
        for survey in surveys
        if survey.group in answers
    ]


def instrument_table(groups: Sequence[Group]) -> pd.DataFrame:
    """The instrument of each group: what was asked, and what each answer counts.

    Returns
    -------
    DataFrame, one row per group and question
        group, group_zh, group_en, question, question_text, kind, labels_text (label=score, best
        first), direction, weight_number, dimension, source_row.
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        return [_question_row(q) for q in group.answers.instrument.questions]

    columns = [
        "question", "question_text", "kind", "labels_text", "direction", "weight_number",
        "dimension", "source_row",
    ]  # fmt: skip
    return by_group(groups, rows, columns)


def _question_row(question: Question) -> dict[str, Any]:
    texts = [
        f"{label.text}={label.score}" if question.kind == "scale" else label.text
        for label in question.labels
    ]
    return {
        "question": question.id,
        "question_text": question.text,
        "kind": question.kind,
        "labels_text": "；".join(text.replace("=None", "=不计") for text in texts),
        "direction": ("reversed" if question.reversed else "positive")
        if question.kind == "scale"
        else "",
        "weight_number": None if question.weight is None else float(question.weight),
        "dimension": question.dimension,
        "source_row": question.source_row,
    }


def by_group(
    groups: Sequence[Group],
    rows: Callable[[Group], Iterable[Mapping[str, Any]]],
    columns: Sequence[str],
) -> pd.DataFrame:
    """A table with the rows of every group, each under the group's names.

    Beside limits it says how the respondents were chosen: an interval supposes a random sample.
    """
    limits = any(name.endswith("lower_rate") for name in columns)
    columns = [*columns, *(["selection"] if limits and "selection" not in columns else [])]
    found = [
        {**group.names, "selection": group.survey.selection, **row}
        for group in groups
        for row in rows(group)
    ]
    table = pd.DataFrame(found, columns=[*NAMES, *columns])
    return table.astype({name: "Int64" for name in columns if name.endswith("_count")})


def question_texts(group: Group) -> dict[str, str]:
    """Question → its number and text, as tables name it."""
    return {q.id: f"{q.id} {q.text}" for q in group.answers.instrument.questions}
