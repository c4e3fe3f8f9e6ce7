"""The questions of a group as they are stated: in the table ``questions`` or in ``case.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, get_args

from auditbook.case.body import RawTable
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.errors import Problem
from auditbook.case.grid import Row
from auditbook.case.instrument import QuestionKind
from auditbook.case.money import plain
from auditbook.case.references_survey import declared_groups
from auditbook.case.settings import Settings
from auditbook.case.survey_settings import QuestionSetting
from auditbook.case.table import Table
from auditbook.case.values import cell_problem
from auditbook.case.yaml_settings import SettingsFile, dotted
from auditbook.case.yaml_text import FILE

KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)


@dataclass(frozen=True)
class Stated:
    """A question before its labels are read, and how to speak of a part of it.

    Attributes
    ----------
    groups : frozenset of str
        Empty: every group.
    problem : callable
        Name of the part (``labels``), its value, what is wrong in Chinese and English.
    """

    id: str
    text: str
    kind: QuestionKind
    labels: str
    direction: str
    weight: Decimal | None
    dimension: str
    source_row: str
    groups: frozenset[str]
    problem: Callable[[str, str, str, str], Problem]

    def asks(self, group: str) -> bool:
        """Whether a group is asked this question."""
        return not self.groups or group in self.groups


def in_table(table: Table, raw: RawTable) -> tuple[list[Stated], bool]:
    """The questions of the table, and whether rows are left out that have a problem already."""
    records: list[dict[str, Any]] = table.frame.to_dict("records")  # type: ignore[assignment]
    found = [
        Stated(
            record["id"],
            record["text"],
            record["kind"],
            record["labels"],
            record["direction"],
            record["weight"] if isinstance(record["weight"], Decimal) else None,
            record["dimension"],
            record["source_row"],
            frozenset(filter(None, map(plain, LIST_SIGNS.split(record["group"])))),
            partial(_in_cell, raw, row),
        )
        for row, record in zip(raw.body.rows, records, strict=True)
        if record["id"] and record["kind"] in KINDS
    ]
    return found, len(found) < len(records)


def in_settings(settings_file: SettingsFile, index: int) -> list[Stated]:
    """The questions that ``surveys[index]`` of ``case.yaml`` lists."""
    survey = settings_file.settings.surveys[index]
    return [
        Stated(
            question.id,
            question.text,
            question.kind,
            question.labels,
            question.direction or "",
            question.weight,
            question.dimension,
            settings_file.source(f"surveys.{index}.questions.{number}"),
            frozenset({survey.group}),
            partial(_in_yaml, settings_file, index, number, question),
        )
        for number, question in enumerate(survey.questions)
    ]


def setting_problem(
    settings_file: SettingsFile, path: tuple[str | int, ...], value: str, zh: str, en: str
) -> Problem:
    """A problem of a key of ``case.yaml``, with its line."""
    return Problem(FILE, settings_file.text.line(path), dotted(path), value, zh, en)


def unknown_groups(table: Table, raw: RawTable, settings: Settings) -> Iterator[Problem]:
    """Groups of the table of questions that the settings do not declare."""
    declared = [survey.group for survey in settings.surveys]
    column = raw.find("group")
    for row, written in zip(raw.body.rows, table.frame["group"], strict=True):
        for group in filter(None, map(plain, LIST_SIGNS.split(written))):
            if column and group not in declared:
                zh, en = declared_groups(group, declared)
                yield cell_problem(raw, row, column, f"{group} 不{zh}", f"{group} is not {en}")


def stated_twice(settings_file: SettingsFile, index: int, where: str) -> Problem:
    """The problem of a group whose questions stand in the settings and in the table."""
    return setting_problem(
        settings_file,
        ("surveys", index, "questions"),
        settings_file.settings.surveys[index].group,
        f"这一组的题目在 {where} 里也有；只能写在一处，删去其中一处",
        f"the questions of this group stand in {where} too; state them in one place",
    )


def _in_cell(raw: RawTable, row: Row, name: str, value: str, zh: str, en: str) -> Problem:
    column = raw.find(name)
    title = column.title if column else raw.schema.titles()[name].zh
    return Problem(raw.grid.file, row.number, title, value, zh, en)


def _in_yaml(
    settings_file: SettingsFile,
    index: int,
    number: int,
    question: QuestionSetting,
    name: str,
    value: str,
    zh: str,
    en: str,
) -> Problem:
    path = ("surveys", index, "questions", number, name)
    return setting_problem(settings_file, path, value, f"{question.id}：{zh}", en)
