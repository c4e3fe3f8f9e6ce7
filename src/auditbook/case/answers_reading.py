"""Tables of answers: columns found for every question, cells understood by its labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from auditbook.case import answer_cells
from auditbook.case.answer_cells import Cells
from auditbook.case.answer_titles import AnswerTitles, Match
from auditbook.case.body import RawTable
from auditbook.case.errors import Problem, Told
from auditbook.case.files import TableFile
from auditbook.case.header import HeaderColumn
from auditbook.case.instrument import Instrument, Question
from auditbook.case.names import listed, nearest
from auditbook.case.table import Table, build_table
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.values import cell_problem

_IMPORT_ID = '{"ImportId"'

_META: dict[str, tuple[Callable[[Sequence[str]], Cells], str, str]] = {
    "submitted": (
        answer_cells.moments,
        "应为时间，例如 2018/11/05 09:30:00",
        "should be a moment, for example 2018/11/05 09:30:00",
    ),
    "seconds": (
        answer_cells.durations,
        "应为所用时间，例如 123秒、2分3秒或 02:03",
        "should be a duration, for example 123秒, 2分3秒 or 02:03",
    ),
    "weight": (
        answer_cells.weights,
        "权重应为大于 0 的数",
        "a weight should be a number above 0",
    ),
    "ip": (answer_cells.address, "", ""),
    "unit": (answer_cells.names, "", ""),
    "stratum": (answer_cells.names, "", ""),
    "cluster": (answer_cells.names, "", ""),
    "source": (answer_cells.names, "", ""),
}


@dataclass(frozen=True)
class _Found:
    """The columns of a sheet: those that every table of answers may have, and those of questions.

    Attributes
    ----------
    plain : tuple of HeaderColumn
    whole : mapping of question id to its column
    parts : mapping of question id to the columns of its options, with their labels
    unused : tuple of HeaderColumn
    """

    plain: tuple[HeaderColumn, ...]
    whole: dict[str, HeaderColumn]
    parts: dict[str, list[tuple[str, HeaderColumn]]]
    unused: tuple[HeaderColumn, ...]


def answers_table(
    raw: RawTable,
    file: TableFile,
    instrument: Instrument,
    names: UnitNames,
    uses: list[AliasUse],
    told: Told,
    *,
    out_of_scale: bool,
) -> Table:
    """A table of answers; problems are added, the table is always returned.

    Parameters
    ----------
    raw : RawTable
    file : TableFile
    instrument : Instrument
        Of the group; with at least one question.
    names, uses, told
        As for :func:`~auditbook.case.table.build_table`.
    out_of_scale : bool
        Answers that are no label are kept as they are; else each is a problem.
    """
    raw, texts = _without_import_rows(raw)
    found = _columns(raw, instrument, texts)
    told.problems.extend(_absent(raw, instrument, found))
    plain = replace(raw, header=replace(raw.header, columns=found.plain))
    table, _ = build_table(plain, file, {"unit": "unit"}, names, uses, told)
    columns = _common(plain, table.frame, told)
    for question in instrument.questions:
        cells = _answered(raw, question, found, told, out_of_scale=out_of_scale)
        if cells is not None:
            columns[question.id] = cells
    columns["source_row"] = table.frame["source_row"]
    return replace(
        table,
        frame=pd.DataFrame(columns),
        ignored=(*table.ignored, *(column.title for column in found.unused)),
    )


def _without_import_rows(raw: RawTable) -> tuple[RawTable, dict[int, str]]:
    """Without the second and third header row of Qualtrics; the texts of the second by column."""
    rows = raw.body.rows
    for number, row in enumerate(rows[:3]):
        filled = [cell for cell in row.cells if cell.strip()]
        if filled and all(cell.strip().startswith(_IMPORT_ID) for cell in filled):
            texts = dict(enumerate(rows[number - 1].cells)) if number else {}
            body = replace(raw.body, rows=rows[number + 1 :])
            return raw.with_rows(body, raw.before), texts
    return raw, {}


def _columns(raw: RawTable, instrument: Instrument, texts: dict[int, str]) -> _Found:
    titles = AnswerTitles(instrument)
    plain: list[HeaderColumn] = []
    whole: dict[str, HeaderColumn] = {}
    parts: dict[str, list[tuple[str, HeaderColumn]]] = {}
    unused: list[HeaderColumn] = []
    for column in raw.header.columns:
        if column.name in raw.schema.columns:
            plain.append(column)
            continue
        match = titles.match((column.name, column.title, texts.get(column.position, "")))
        if match is None or not _taken(match, column, whole, parts):
            unused.append(column)
    return _Found(tuple(plain), whole, parts, tuple(unused))


def _taken(
    match: Match,
    column: HeaderColumn,
    whole: dict[str, HeaderColumn],
    parts: dict[str, list[tuple[str, HeaderColumn]]],
) -> bool:
    """Note the column of a question, the first one if there are several."""
    name = match.question.id
    if match.label:
        parts.setdefault(name, []).append((match.label, column))
    elif name in whole:
        return False
    else:
        whole[name] = column
    return True


def _absent(raw: RawTable, instrument: Instrument, found: _Found) -> list[Problem]:
    """Questions of the group without a column."""
    titles = [column.title for column in found.unused]
    problems = []
    for question in instrument.questions:
        if question.id in found.whole or question.id in found.parts:
            continue
        near = nearest(question.text, titles) or nearest(question.id, titles)
        hint, hint_en = (
            (f"；表中有“{near}”，是否就是它", f"; is it {near!r}?") if near else ("", "")
        )
        problems.append(
            Problem(
                raw.grid.file,
                raw.header.row,
                question.id,
                question.text,
                f"没有这道题（{question.source_row}）的列；列名应为题号或题干，别的列名写在 "
                f"case.yaml 的 sources.{raw.name}.columns{hint}",
                f"no column for this question ({question.source_row}); title it by its id or its "
                f"wording, or name it under sources.{raw.name}.columns{hint_en}",
            )
        )
    return problems


def _common(plain: RawTable, frame: pd.DataFrame, told: Told) -> dict[str, Any]:
    """The columns that every table of answers has, empty where the sheet has none."""
    columns: dict[str, Any] = {"respondent": frame["respondent"]}
    for name, (read, zh, en) in _META.items():
        cells = read(frame[name].tolist())
        column = plain.find(name)
        if column is not None:
            _tell(plain, column, cells.wrong, told, zh, en)
        columns[name] = cells.column
    return columns | {"finished": frame["finished"], "source_detail": frame["source_detail"]}


def _answered(
    raw: RawTable, question: Question, found: _Found, told: Told, *, out_of_scale: bool
) -> pd.Series | None:
    """A question's answers; None where it has no column."""
    column = found.whole.get(question.id)
    if column is None:
        parts = found.parts.get(question.id)
        if parts is None:
            return None
        told.next_kind()
        for _, one in parts:
            wrong = answer_cells.options([("", _texts(raw, one))], question).wrong
            _tell(raw, one, wrong, told, "应为 1（选了）或 0（没选）", "should be 1 or 0")
        return answer_cells.options([(n, _texts(raw, c)) for n, c in parts], question).column
    texts = _texts(raw, column)
    if question.kind == "open":
        return answer_cells.words(texts).column
    if question.kind == "multiple":
        cells = answer_cells.choices(texts, question)
    else:
        cells = answer_cells.choice(texts, question, kept=out_of_scale)
    if not (out_of_scale and question.kind in ("scale", "single")):
        _tell(raw, column, cells.wrong, told, *_labels_of(question))
    return cells.column


def _texts(raw: RawTable, column: HeaderColumn) -> list[str]:
    return [row.cell(column.position) for row in raw.body.rows]


def _labels_of(question: Question) -> tuple[str, str]:
    texts = [f"{o.text}（{o.code}）" if o.code else o.text for o in question.labels]
    codes = (
        "" if any(label.code for label in question.labels) else "；答案是代码的，在问题表里写明代码"
    )
    en = "" if not codes else "; where answers are codes, the labels have to state them"
    return (
        f"不是{question.id}的选项，应为 {listed(texts)} 之一{codes}",
        f"is no label of {question.id}, which has {listed(texts)}{en}",
    )


def _tell(
    raw: RawTable, column: HeaderColumn, wrong: list[int], told: Told, zh: str, en: str
) -> None:
    told.next_kind()
    for place in wrong:
        told.add(partial(cell_problem, raw, raw.body.rows[place], column, zh, en))


def no_instrument(raw: RawTable, group: str) -> Problem:
    """The problem of answers to questions that nobody has described."""
    return Problem(
        raw.grid.file,
        value=group,
        message="没有这一组的题目，不知道每个答案计几分；请写 questions.csv（题号、题目、题型、"
        "选项、方向），或 case.yaml 的 surveys.questions",
        message_en="no questions of this group, so nobody knows what an answer counts; write "
        "questions.csv, or questions under surveys of case.yaml",
    )
