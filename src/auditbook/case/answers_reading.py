"""A table of answers: from its sheet to one row per respondent, held against the instrument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from auditbook.case.answers_cells import (
    Answer,
    AnswersOf,
    Factored,
    is_error,
    nothing,
    option_answer,
)
from auditbook.case.answers_columns import (
    Columns,
    find_columns,
    is_wenjuanxing,
    without_import_rows,
)
from auditbook.case.answers_form import Sheet, form_columns
from auditbook.case.body import RawTable, no_data
from auditbook.case.cells import SPREADSHEET_ERROR
from auditbook.case.errors import Problem, Told
from auditbook.case.files import TableFile
from auditbook.case.header import HeaderColumn
from auditbook.case.instrument import SKIPPED, Instrument, Question
from auditbook.case.instrument_reading import ReadInstrument
from auditbook.case.labels_text import JOINT, shown
from auditbook.case.table import Table, empty_frame
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.validate import validate


@dataclass(frozen=True)
class Held:
    """What answers are held against.

    Attributes
    ----------
    read : ReadInstrument
    mapped : mapping of str to str
        ``sources.answers_<group>.columns`` of the case.
    keep_unknown : bool
        Answers that are no label stay (``quality.out_of_scale``); else they are problems.
    declared : bool
        The settings have such a group.
    """

    read: ReadInstrument
    mapped: Mapping[str, str]
    keep_unknown: bool = False
    declared: bool = True


def read_answers(
    raw: RawTable,
    file: TableFile,
    held: Held,
    names: UnitNames,
    uses: list[AliasUse],
    told: Told,
) -> tuple[Table, Columns]:
    """Read the answers of a group; problems are added, the table is always returned.

    Returns
    -------
    Table
        Its frame as :class:`~auditbook.case.answers.Answers` describes it, and ``source_row``.
    Columns
        Which of its columns hold what.
    """
    raw, texts = without_import_rows(raw)
    told.problems.extend(_nothing_to_read(raw, file, held))
    columns = find_columns(
        raw, held.read.instrument, held.mapped, texts, held.read.doubted, told.problems
    )
    sheet = Sheet.of(raw, told)
    frame = pd.DataFrame(
        form_columns(sheet, columns.described, names, uses)
        | _questions(sheet, columns, held)
        | {"source_row": pd.Series([raw.place(row) for row in raw.body.rows], dtype="str")}
    )
    _check_respondents(raw, columns, frame, told)
    table = Table(
        raw.name,
        raw.schema,
        file,
        frame,
        empty_frame(raw.schema),
        notes=raw.body.note_texts,
        above=raw.header.above,
        blank_rows=len(raw.body.blank),
        ignored=columns.ignored,
        adjusted=len(raw.before),
    )
    return table, columns


def _nothing_to_read(raw: RawTable, file: TableFile, held: Held) -> Iterator[Problem]:
    instrument = held.read.instrument
    if not raw.body.rows:
        yield no_data(raw.grid, raw.header)
    if held.declared and not instrument.questions and not held.read.incomplete:
        yield _no_instrument(file, instrument.group)


def _check_respondents(raw: RawTable, columns: Columns, frame: pd.DataFrame, told: Told) -> None:
    column = columns.described.get("respondent")
    if column is not None:
        header = replace(raw.header, columns=(replace(column, name="respondent"),))
        validate(replace(raw, header=header), frame, set(), told)


def _questions(sheet: Sheet, columns: Columns, held: Held) -> dict[str, Any]:
    """One column per question of the instrument; without a column of the sheet all missing."""
    instrument = held.read.instrument
    cells = {name: sheet.column(column) for name, column in columns.questions.items()}
    coded = is_wenjuanxing(sheet.raw) and (bool(columns.options) or _by_code(instrument, cells))
    found: dict[str, Any] = {}
    for question in instrument.questions:
        reader = AnswersOf(question, coded)
        told = question.id not in held.read.doubted and not held.keep_unknown
        if question.id in cells:
            column = columns.questions[question.id]
            found[question.id] = _answers(sheet, column, cells[question.id], reader, told, held)
        elif question.id in columns.options:
            found[question.id] = _options(sheet, columns.options[question.id], reader)
        else:
            found[question.id] = nothing(len(sheet.raw.body.rows))
    return found


def _by_code(instrument: Instrument, cells: Mapping[str, Factored]) -> bool:
    """Whether the answers to questions with labels are codes, none of them a label's text."""
    by_code = False
    for question in (q for q in instrument.questions if q.id in cells and q.labels):
        reader = AnswersOf(question)
        found = [reader.read(text) for text in cells[question.id].texts]
        given = [one for one in found if one.known and one.text not in (None, SKIPPED)]
        if not all(one.by_code for one in given):
            return False
        by_code = by_code or bool(given)
    return by_code


def _answers(
    sheet: Sheet,
    column: HeaderColumn,
    cells: Factored,
    reader: AnswersOf,
    told: bool,
    held: Held,
) -> pd.Series[Any]:
    """The answers in one column, as categories where one label is chosen, else as texts."""
    answers = [reader.read(text) for text in cells.texts]
    if told:
        wrong = cells.rows([not answer.known for answer in answers])
        sheet.tell(column, wrong, lambda text: _unknown(reader.question, text))
    kept = [one.text if one.known or held.keep_unknown else None for one in answers]
    if reader.question.kind not in ("scale", "single"):
        return pd.Series(cells.spread(kept), dtype="object")
    return pd.Series(_categories(reader.question, cells, kept))


def _categories(question: Question, cells: Factored, texts: list[str | None]) -> pd.Categorical:
    """Categories in the order of the labels, then what else occurs: not asked, unknown answers."""
    labels = [label.text for label in question.labels]
    others = [text for text in dict.fromkeys(texts) if text is not None and text not in labels]
    others.sort(key=lambda text: text != SKIPPED)
    places = {text: number for number, text in enumerate([*labels, *others])}
    known = np.array([-1 if text is None else places[text] for text in texts], dtype="int64")
    codes: np.ndarray[Any, np.dtype[np.int64]] = known[cells.codes] if len(known) else known
    found: pd.Categorical[Any] = pd.Categorical.from_codes(
        codes, dtype=pd.CategoricalDtype([*places])
    )
    return found


_CHOSEN, _NOT_CHOSEN, _BLANK, _SKIPPED, _UNKNOWN = range(5)


def _options(
    sheet: Sheet, columns: Mapping[str, HeaderColumn], reader: AnswersOf
) -> pd.Series[Any]:
    """Labels of one answer that stand in a column each, joined in the order of the labels."""
    labels = [label for label in reader.question.labels if label.text in columns]
    states = []
    pattern = np.zeros(len(sheet.raw.body.rows), dtype="int64")
    for label in labels:
        column = columns[label.text]
        cells = sheet.column(column)
        answers = [option_answer(label, text, coded=reader.coded) for text in cells.texts]
        wrong = cells.rows([not answer.known for answer in answers])
        sheet.tell(column, wrong, lambda text: _not_marked(text))
        state = np.array([_state(answer) for answer in answers], dtype="int64")[cells.codes]
        states.append(state)
        pattern = pd.factorize(pattern * 5 + state)[0]
    _, firsts = np.unique(pattern, return_index=True)
    texts = [_joined([int(s[row]) for s in states], [one.text for one in labels]) for row in firsts]
    return pd.Series(Factored(pattern, []).spread(texts), dtype="object")


def _state(answer: Answer) -> int:
    if not answer.known:
        return _UNKNOWN
    if answer.text is None:
        return _BLANK
    return _SKIPPED if answer.text == SKIPPED else _CHOSEN if answer.text else _NOT_CHOSEN


def _joined(states: list[int], labels: list[str]) -> str | None:
    chosen = [text for text, state in zip(labels, states, strict=True) if state == _CHOSEN]
    if chosen:
        return JOINT.join(chosen)
    return SKIPPED if _SKIPPED in states else None


def _unknown(question: Question, text: str) -> tuple[str, str]:
    if is_error(text):
        return SPREADSHEET_ERROR
    known = shown(question.labels)
    hint = hint_en = ""
    if text.strip().lstrip("-").isdecimal() and not any(one.code for one in question.labels):
        hint = "；答卷里是代码的，在选项里写明：1:很满意=5，从不推断"
        hint_en = "; state what codes stand for in the labels, 1:satisfied=5: they are not guessed"
    return (
        f"不是题目 {question.id} 的选项，应为 {known} 之一{hint}",
        f"is no label of question {question.id}, which has {known}{hint_en}",
    )


def _not_marked(_: str) -> tuple[str, str]:
    return (
        "应为 1（选了）或 0（没选），或选项的文字",
        "should be 1 (chosen) or 0 (not), or the text of the option",
    )


def _no_instrument(file: TableFile, group: str) -> Problem:
    return Problem(
        file.place,
        value=group,
        message="有答卷而没有这一组的题目，答案读不了；在 questions 表（或 case.yaml 的 surveys 的 "
        "questions）写明每题的题号、题目、题型、选项、方向，例如：Q1,您对…是否满意？,量表,"
        "很满意=5；满意=4；一般=3,正向",
        message_en="there are answers but no questions of this group; state them in the table "
        "questions, or under surveys in case.yaml: id, text, kind, labels, direction, for example "
        "Q1, How satisfied are you?, scale, satisfied=5; fair=3, positive",
    )
