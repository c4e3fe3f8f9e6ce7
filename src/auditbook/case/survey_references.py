"""What tables of a survey say of each other: groups, units, years once; forms that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from auditbook.case.body import RawTable
from auditbook.case.errors import Problem
from auditbook.case.names import listed, nearest
from auditbook.case.schemas import ANSWERS_PREFIX
from auditbook.case.settings import Settings
from auditbook.case.table import Table
from auditbook.case.values import cell_problem

_ONCE = {"survey_units": "unit", "survey_history": "year"}
_COUNTS = {
    "survey_counts": (
        ("returned", "issued"),
        ("returned", "population"),
        ("valid", "returned"),
        ("refused", "issued"),
    ),
    "survey_units": (("returned", "issued"), ("returned", "population"), ("issued", "population")),
    "survey_history": (("satisfied", "valid"),),
}


def check_surveys(
    tables: Mapping[str, Table], raws: Mapping[str, RawTable], settings: Settings
) -> Iterator[Problem]:
    """Groups that are not declared or not counted, pairs that stand twice, counts that cannot be.

    Parameters
    ----------
    tables, raws : mapping of str to Table, to RawTable
    settings : Settings
    """
    declared = [survey.group for survey in settings.surveys]
    for name, pairs in _COUNTS.items():
        if name not in tables:
            continue
        table, raw = tables[name], raws[name]
        yield from _undeclared(table, raw, declared)
        if name in _ONCE:
            yield from _twice(table, raw, _ONCE[name])
        for part, whole in pairs:
            yield from _fewer(table, raw, part, whole)
    if "survey_counts" in tables:
        yield from _uncounted(tables["survey_counts"], raws["survey_counts"], declared)
        yield from _more_answers(tables, raws["survey_counts"])


def undeclared_answers(place: str, group: str, declared: list[str]) -> Problem:
    """The problem of a table of answers of a group that the settings do not declare."""
    near = nearest(group, declared)
    hint = f"；最相近的是 {near}" if near else ""
    known = listed(declared) or "（没有定义）"
    return Problem(
        place,
        value=group,
        message=f"表名里的对象组不在 case.yaml 的 surveys 中，应为 {known} 之一{hint}",
        message_en=f"no such group in surveys of case.yaml, which has {known}",
    )


def _undeclared(table: Table, raw: RawTable, declared: list[str]) -> Iterable[Problem]:
    column = raw.find("group")
    for row, group in zip(raw.body.rows, table.frame["group"], strict=True):
        if column and group and group not in declared:
            near = nearest(group, declared)
            hint = f"；最相近的是 {near}" if near else ""
            known = listed(declared) or "（没有定义）"
            yield cell_problem(
                raw,
                row,
                column,
                f"不在 case.yaml 的 surveys 中，应为 {known} 之一{hint}",
                f"not in surveys of case.yaml, which has {known}",
            )


def _uncounted(table: Table, raw: RawTable, declared: list[str]) -> Iterable[Problem]:
    """Groups of the settings without a row of counts."""
    column, counted = raw.find("group"), list(table.frame["group"])
    for index, group in enumerate(declared):
        if group not in counted:
            yield Problem(
                raw.grid.file,
                column="" if column is None else column.title,
                value=group,
                message=f"缺少这个对象组的一行：case.yaml 的 surveys[{index}] 定义了它",
                message_en=f"no row for this group, which surveys[{index}] of case.yaml defines",
            )


def _twice(table: Table, raw: RawTable, name: str) -> Iterable[Problem]:
    """A group's unit or year that stands in two rows."""
    column = raw.find(name)
    firsts: dict[tuple[str, str], int] = {}
    pairs = zip(table.frame["group"], table.frame[name], strict=True)
    for row, pair in zip(raw.body.rows, pairs, strict=True):
        first = firsts.setdefault(pair, row.number)
        if column and first != row.number:
            yield cell_problem(
                raw,
                row,
                column,
                f"与第 {first} 行重复：同一个对象组只能有一行",
                f"stands in row {first} for the same group already",
            )


def _fewer(table: Table, raw: RawTable, part: str, whole: str) -> Iterable[Problem]:
    """Counts that cannot be larger than what they are counted from."""
    column, other = raw.find(part), raw.find(whole)
    counts = zip(table.frame[part].tolist(), table.frame[whole].tolist(), strict=True)
    for row, (few, many) in zip(raw.body.rows, counts, strict=True):
        given = isinstance(few, int) and isinstance(many, int)
        if column and other and given and few > many:
            yield cell_problem(
                raw,
                row,
                column,
                f"应不超过{other.title}（{many}）",
                f"should be at most {other.title} ({many})",
            )


def _more_answers(tables: Mapping[str, Table], raw: RawTable) -> Iterable[Problem]:
    """More answers than forms came back."""
    column, counts = raw.find("returned"), tables["survey_counts"].frame
    for row, group, returned in zip(
        raw.body.rows, counts["group"], counts["returned"].tolist(), strict=True
    ):
        answers = tables.get(ANSWERS_PREFIX + group)
        if column and answers is not None and not pd.isna(returned) and answers.rows > returned:
            place, rows = answers.file.place, answers.rows
            yield cell_problem(
                raw,
                row,
                column,
                f"少于答卷份数：{place} 有 {rows} 份；请核对登记，或是否混入了别组的答卷",
                f"fewer than the answers: {place} has {rows}; check the register, or whether forms "
                "of another group got in",
            )
