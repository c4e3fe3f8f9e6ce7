"""Which column of a table of answers holds what: a question, one of its options, or the form's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from auditbook.case.answers_titles import Asked, QuestionTitles
from auditbook.case.body import RawTable
from auditbook.case.columns import title_of
from auditbook.case.errors import Problem
from auditbook.case.grid import Row, column_letter
from auditbook.case.header import HeaderColumn
from auditbook.case.instrument import Instrument, Label, Question
from auditbook.case.labels_text import shown
from auditbook.case.names import listed, nearest, squeezed, without_brackets
from auditbook.case.titles import IGNORE

_IMPORT_ROW = '{"ImportId"'

OF_WENJUANXING = ("提交答卷时间", "所用时间", "来源", "来自IP")
"""Titles that an export of 问卷星 always has."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table of answers.

    Attributes
    ----------
    described : dict of str to HeaderColumn
        Those of the form: respondent, unit, submitted, …
    questions : dict of str to HeaderColumn
        Question to its column.
    options : dict of str to dict of str to HeaderColumn
        Question of several choices to the columns of its labels, by their texts.
    ignored : tuple of str
        Titles of all others.
    """

    described: dict[str, HeaderColumn] = field(default_factory=dict)
    questions: dict[str, HeaderColumn] = field(default_factory=dict)
    options: dict[str, dict[str, HeaderColumn]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def without_import_rows(raw: RawTable) -> tuple[RawTable, Row | None]:
    """The table without the second and third row of a Qualtrics export, and the row of texts."""
    first = raw.body.rows[:2]
    for index, row in enumerate(first):
        if any(cell.replace(" ", "").startswith(_IMPORT_ROW) for cell in row.cells):
            body = replace(raw.body, rows=raw.body.rows[index + 1 :])
            return replace(raw, body=body), first[0] if index else None
    return raw, None


def is_wenjuanxing(raw: RawTable) -> bool:
    """Whether the titles are those of an export of 问卷星."""
    titles = {squeezed(column.title) for column in raw.header.columns}
    return {squeezed(title) for title in OF_WENJUANXING} <= titles


def find_columns(
    raw: RawTable,
    instrument: Instrument,
    mapped: Mapping[str, str],
    texts: Row | None,
    doubted: Collection[str],
    problems: list[Problem],
) -> Columns:
    """What each column holds; questions without one, or with several, are problems.

    Parameters
    ----------
    raw : RawTable
    instrument : Instrument
    mapped : mapping of str to str
        ``sources.answers_<group>.columns`` of the case: title to question or column.
    texts : Row or None
        Texts of the questions below their titles (Qualtrics).
    doubted : collection of str
        Questions whose labels could not be read: nothing is said of their options.
    problems : list of Problem
    """
    titles = QuestionTitles(instrument)
    problems.extend(_unknown_targets(raw, mapped, titles))
    asked, described, unused = _sorted_out(raw, titles, mapped, texts)
    problems.extend(_several(raw, asked.values()))
    problems.extend(_unknown_options(raw, unused, titles, instrument, doubted))
    kept, spare = _foremost(raw, described, problems)
    questions = {one.question: columns[0] for one, columns in asked.items() if not one.option}
    options: dict[str, dict[str, HeaderColumn]] = {}
    for one, columns in asked.items():
        if one.option:
            options.setdefault(one.question, {})[one.option.text] = columns[0]
    left = [column for column, _ in unused]
    problems.extend(_absent(raw, instrument, questions, options, left, doubted))
    left = sorted([*left, *spare], key=lambda column: column.position)
    ignored = (*raw.header.ignored, *(column.title for column in left if column.title))
    return Columns(kept, questions, options, ignored)


def _sorted_out(
    raw: RawTable, titles: QuestionTitles, mapped: Mapping[str, str], texts: Row | None
) -> tuple[
    dict[Asked, list[HeaderColumn]],
    dict[str, list[HeaderColumn]],
    list[tuple[HeaderColumn, str]],
]:
    """Columns of questions and options, columns of the form, and others with their texts."""
    asked: dict[Asked, list[HeaderColumn]] = {}
    described: dict[str, list[HeaderColumn]] = {}
    unused = []
    by_title = {squeezed(title): name for title, name in mapped.items()}
    for column in raw.header.columns:
        text = texts.cell(column.position) if texts else ""
        meant = _meaning(raw, column, text, titles, by_title.get(squeezed(column.title), ""))
        if isinstance(meant, Asked):
            asked.setdefault(meant, []).append(column)
        elif meant:
            described.setdefault(meant, []).append(column)
        else:
            unused.append((column, text))
    return asked, described, unused


def _meaning(
    raw: RawTable, column: HeaderColumn, text: str, titles: QuestionTitles, mapped: str
) -> Asked | str | None:
    """A question or its option, the name of a column of the form, or None."""
    if mapped:
        return titles.by_id(mapped) or (mapped if mapped in raw.schema.columns else None)
    named = column.name if column.name in raw.schema.columns else ""
    asked = titles.by_id(column.title)
    if asked or (named and _spelt(raw, named, column.title)):
        return asked or named
    asked = titles.meaning(column.title) or (titles.meaning(text) if text else None)
    return asked or named or None


def _spelt(raw: RawTable, name: str, title: str) -> bool:
    """Whether a title is one of those that the description lists, and not only contains it."""
    known = [squeezed(s) for s in title_of(raw.schema.columns[name]).spellings(name)]
    return squeezed(title) in known or without_brackets(title) in known


def _foremost(
    raw: RawTable, described: Mapping[str, list[HeaderColumn]], problems: list[Problem]
) -> tuple[dict[str, HeaderColumn], list[HeaderColumn]]:
    """One column for each name: of several titles the one that its description lists first."""
    kept, spare = {}, []
    for name, columns in described.items():
        order = [squeezed(s) for s in title_of(raw.schema.columns[name]).spellings(name)]
        ranked = sorted(columns, key=lambda c: _rank(order, squeezed(c.title)))
        kept[name] = ranked[0]
        same = [c for c in ranked if squeezed(c.title) == squeezed(ranked[0].title)]
        problems.extend(_several(raw, [same]))
        spare += ranked[1:]
    return kept, spare


def _rank(order: list[str], title: str) -> int:
    return order.index(title) if title in order else len(order)


def _several(raw: RawTable, groups: Iterable[list[HeaderColumn]]) -> Iterator[Problem]:
    for columns in groups:
        if len(columns) > 1:
            letters = "、".join(column_letter(column.position) for column in columns)
            yield Problem(
                raw.grid.file,
                raw.header.row,
                "、".join(dict.fromkeys(column.title for column in columns)),
                message=f"{letters} 列是同一题或同一项；只能有一列，不用的一列在 case.yaml 的 "
                f"sources.{raw.name}.columns 里写为 {IGNORE}",
                message_en=f"columns {letters} are the same question or item; keep one, map the "
                f"other to {IGNORE} under sources.{raw.name}.columns of case.yaml",
            )


def _unknown_targets(
    raw: RawTable, mapped: Mapping[str, str], titles: QuestionTitles
) -> Iterator[Problem]:
    for title, name in mapped.items():
        if name != IGNORE and not titles.by_id(name) and name not in raw.schema.columns:
            known = listed(raw.schema.columns)
            yield Problem(
                "case.yaml",
                column=f"sources.{raw.name}.columns.{title}",
                value=name,
                message=f"没有这一题，也没有这一列；应为题号，或 {known} 之一，或 {IGNORE}",
                message_en=f"no such question or column; should be the id of a question, one of "
                f"{known}, or {IGNORE}",
            )


def _absent(
    raw: RawTable,
    instrument: Instrument,
    questions: Mapping[str, HeaderColumn],
    options: Mapping[str, Mapping[str, HeaderColumn]],
    unused: list[HeaderColumn],
    doubted: Collection[str],
) -> Iterator[Problem]:
    """Questions, and options of a question, that no column holds."""
    for question in instrument.questions:
        split = options.get(question.id, {})
        if question.id in questions and split:
            yield from _several(raw, [[questions[question.id], *split.values()]])
        elif question.id not in questions and not split and question.id not in doubted:
            yield _without_column(raw, question, None, unused)
        for label in question.labels if split and question.id not in doubted else ():
            if label.text not in split:
                yield _without_column(raw, question, label, unused)


def _without_column(
    raw: RawTable, question: Question, label: Label | None, unused: list[HeaderColumn]
) -> Problem:
    wanted = f"{question.text}({label.text})" if label else question.text
    near = nearest(wanted, [column.title for column in unused])
    where = f"sources.{raw.name}.columns"
    of = f"的选项“{label.text}”" if label else ""
    of_en = f" option {label.text!r}" if label else ""
    hint = f"；最相近的标题是“{near}”" if near else ""
    hint_en = f"; the nearest title is {near!r}" if near else ""
    example = near or "印出的标题"
    return Problem(
        raw.grid.file,
        raw.header.row,
        question.id,
        message=f"这一题（{question.text}）{of}没有对应的列{hint}；"
        + (f"若有，在 case.yaml 的 {where} 写 “{example}: {question.id}”" if not label else
           f"列名应如“{wanted}”"),
        message_en=f"no column for this question ({question.text}){of_en}{hint_en}; "
        + (f"where there is one, say {example!r}: {question.id} under {where} of case.yaml"
           if not label else f"its title should be like {wanted!r}"),
    )  # fmt: skip


def _unknown_options(
    raw: RawTable,
    unused: list[tuple[HeaderColumn, str]],
    titles: QuestionTitles,
    instrument: Instrument,
    doubted: Collection[str],
) -> Iterator[Problem]:
    """Columns of an option that its question does not have: their answers would be lost."""
    for column, text in unused:
        name = titles.opened(column.title) or (titles.opened(text) if text else "")
        if name and name not in doubted:
            known = shown(instrument.question(name).labels)
            yield Problem(
                raw.grid.file,
                raw.header.row,
                column.title,
                column.title,
                f"题目 {name} 没有这个选项，它的选项：{known}；不用的列在 case.yaml 的 "
                f"sources.{raw.name}.columns 里写为 {IGNORE}",
                f"question {name} has no such option, its labels: {known}; map a column that is "
                f"not used to {IGNORE} under sources.{raw.name}.columns of case.yaml",
            )
