"""Instruments from what is stated of questions: every label with its score, nothing inferred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditbook.case.body import RawTable
from auditbook.case.errors import Problem
from auditbook.case.files import Unread
from auditbook.case.instrument import Instrument, Label, Question
from auditbook.case.labels_text import parse_labels
from auditbook.case.questions_stated import (
    Stated,
    in_settings,
    in_table,
    stated_twice,
    unknown_groups,
)
from auditbook.case.schemas import SCHEMAS
from auditbook.case.survey_settings import Survey
from auditbook.case.table import Table
from auditbook.case.yaml_settings import SettingsFile
from auditbook.case.yaml_text import FILE

TABLE = "questions"


@dataclass(frozen=True)
class ReadInstrument:
    """The instrument of a group, and what of it has a problem already.

    Attributes
    ----------
    instrument : Instrument
    doubted : frozenset of str
        Questions whose labels cannot be relied on.
    incomplete : bool
        Questions may be missing: their table or their row could not be read.
    """

    instrument: Instrument
    doubted: frozenset[str] = frozenset()
    incomplete: bool = False


def read_instruments(
    tables: Mapping[str, Table],
    raws: Mapping[str, RawTable],
    settings_file: SettingsFile,
    unread: Unread,
    problems: list[Problem],
) -> dict[str, ReadInstrument]:
    """The instrument of each group; without questions, where none are stated.

    Parameters
    ----------
    tables, raws : mapping of str to Table, to RawTable
    settings_file : SettingsFile
    unread : Unread
    problems : list of Problem
        What is wrong is added, with its cell or its line.
    """
    settings = settings_file.settings
    shared: list[Stated] = []
    incomplete = unread.may_be(TABLE)
    if TABLE in tables:
        shared, left_out = in_table(tables[TABLE], raws[TABLE])
        incomplete = incomplete or left_out
        if settings.surveys:
            problems.extend(unknown_groups(tables[TABLE], raws[TABLE], settings))
    found = {}
    for index, survey in enumerate(settings.surveys):
        own = in_settings(settings_file, index)
        asked = [question for question in shared if question.asks(survey.group)]
        if own and asked:
            problems.append(stated_twice(settings_file, index, asked[0].source_row))
        instrument, doubted = _instrument(own or asked, survey, problems)
        found[survey.group] = ReadInstrument(instrument, doubted, incomplete)
    return found


def _instrument(
    stated: Sequence[Stated], survey: Survey, problems: list[Problem]
) -> tuple[Instrument, frozenset[str]]:
    """The instrument of one group, and the questions whose labels cannot be relied on."""
    doubted = set()
    questions = []
    for one in stated:
        labels, doubts = _labels(one, survey)
        if doubts:
            doubted.add(one.id)
        problems.extend(doubts)
        problems.extend(_apart_from_labels(one))
        turned = one.direction == "reversed"
        questions.append(
            Question(
                one.id, one.text, one.kind, labels, turned, one.weight, one.dimension,
                one.source_row,
            )
        )  # fmt: skip
    problems.extend(_weights([q for q in stated if q.kind == "scale" and q.id != survey.overall]))
    asked = Instrument(survey.group, tuple(questions), survey.low, survey.high, survey.overall)
    return asked, frozenset(doubted)


def _labels(one: Stated, survey: Survey) -> tuple[tuple[Label, ...], list[Problem]]:
    """The labels of a question, and what is wrong with them."""
    if one.kind == "open":
        return (), [one.problem("labels", one.labels, *_OPEN)] if one.labels.strip() else []
    labels, doubts = parse_labels(one.labels, scale=one.kind == "scale")
    problems = [one.problem("labels", doubt.part, doubt.zh, doubt.en) for doubt in doubts]
    if one.kind == "scale":
        problems += _off_the_scale(one, labels, survey)
    return labels, problems


def _apart_from_labels(one: Stated) -> Iterator[Problem]:
    if one.id in _TAKEN:
        yield one.problem("id", one.id, *_RESERVED)
    if one.kind == "scale" and not one.direction:
        yield one.problem("direction", "", *_NO_DIRECTION)


def _off_the_scale(one: Stated, labels: Sequence[Label], survey: Survey) -> Iterator[Problem]:
    for label in labels:
        if label.score is not None and not survey.low <= label.score <= survey.high:
            yield one.problem(
                "labels",
                f"{label.text}={label.score}",
                f"分值应在 {survey.low} 与 {survey.high} 之间：{survey.group} 组的量表写在 "
                "case.yaml 的 surveys（low、high）",
                f"the score should lie between {survey.low} and {survey.high}, the ends (low, "
                f"high) of the scale of {survey.group} in surveys of case.yaml",
            )


def _weights(rated: Sequence[Stated]) -> Iterator[Problem]:
    """Weights of the questions of the index: all or none, none below zero, not all zero."""
    given = [question.weight for question in rated if question.weight is not None]
    for question in rated if given else ():
        if question.weight is None:
            yield question.problem(
                "weight",
                "",
                f"缺少权重：同组的量表题 {len(given)} 题有，{len(rated) - len(given)} 题没有；"
                "要么每题都写，要么都空着（等权）",
                "the weight is missing though other questions of the group have one; state all of "
                "them, or none for equal weights",
            )
        elif question.weight < 0 and question.source_row.startswith(FILE):
            yield question.problem("weight", str(question.weight), *_NEGATIVE)
    if given and not any(given):
        yield rated[0].problem("weight", str(given[0]), *_ALL_ZERO)


_OPEN = ("开放题没有选项；应留空", "an open question has no labels")
_NO_DIRECTION = (
    "量表题要写方向：正向（positive）为分值越高越满意，反向（reversed）为分值越高越不满意；"
    "方向从不推断",
    "a question of a scale needs its direction, positive or reversed; the direction is never "
    "guessed",
)
_NEGATIVE = ("权重不能为负数", "a weight should not be below zero")
_ALL_ZERO = (
    "各题的权重都是 0，算不出满意度；应为正数，或都空着（等权）",
    "all weights are zero; they should be positive, or empty for equal weights",
)
_RESERVED = (
    "题号不能与答卷表的列名相同，例如改为 Q1",
    "a question cannot be called like a column of the answers; call it Q1, for example",
)
_TAKEN = frozenset({*SCHEMAS["answers"].columns, "source_row"})
