"""What one table says of another: every code, name and count that must fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditbook.case.body import RawTable, column_title
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.errors import Problem
from auditbook.case.files import Unread
from auditbook.case.known import Known, known_values
from auditbook.case.money import plain
from auditbook.case.names import listed, nearest, tidy
from auditbook.case.references_survey import survey_references
from auditbook.case.schemas import SCHEMAS
from auditbook.case.settings import Settings
from auditbook.case.table import Table
from auditbook.case.values import cell_problem


@dataclass(frozen=True)
class Reference:
    """A column whose values must stand in a column of another table."""

    table: str
    column: str
    to_table: str
    to_column: str


REFERENCES = (
    Reference("judgements", "indicator", "indicators", "code"),
    Reference("judgements", "finding", "problems", "id"),
    Reference("problems", "indicator", "indicators", "code"),
    Reference("targets", "indicator", "indicators", "code"),
    Reference("recommendations", "problem", "problems", "id"),
)


def check_references(
    tables: dict[str, Table], raws: dict[str, RawTable], settings: Settings, unread: Unread
) -> list[Problem]:
    """Every reference that leads nowhere; one to a table that could not be read is left alone."""
    references = [*REFERENCES]
    if settings.sampling.frame == "payments":
        references.append(Reference("sample", "id", "payments", "entry_id"))
    problems: list[Problem] = []
    for reference in references:
        if reference.table in tables and not unread.may_be(reference.to_table):
            problems.extend(_follow(reference, tables, raws))
    problems.extend(_amount_of_the_frame(tables, settings))
    if {"sample", "units", "allocation"} <= tables.keys():
        problems.extend(_outside_the_frame(tables, raws, settings))
    problems.extend(survey_references(tables, raws, settings))
    return problems


def _follow(
    reference: Reference, tables: dict[str, Table], raws: dict[str, RawTable]
) -> Iterator[Problem]:
    raw = raws[reference.table]
    column = raw.find(reference.column)
    other = tables.get(reference.to_table)
    small = raws.get(reference.to_table)
    if column is None or (small and small.find(reference.to_column) is None):
        return
    values = [str(value) for value in tables[reference.table].frame[reference.column]]
    known = known_values(other, reference.to_column, {part for v in values for part in _parts(v)})
    for row, written in zip(raw.body.rows, values, strict=True):
        for part in _parts(written):
            if plain(part) not in known.found and part not in known.found:
                message, message_en = _nowhere(part, reference, known)
                name = "" if part == written else f"{part} "
                yield cell_problem(raw, row, column, name + message, name + message_en)


def _parts(written: str) -> list[str]:
    return [part for part in map(tidy, LIST_SIGNS.split(written)) if part]


def _nowhere(part: str, reference: Reference, known: Known) -> tuple[str, str]:
    where = f"{reference.to_table}.{reference.to_column}"
    if not known.count:
        return (
            f"应为 {where} 中的一个，但案卷没有 {reference.to_table} 这张表",
            f"should be in {where}, but the case has no table {reference.to_table}",
        )
    near = nearest(part, known.first) if known.count == len(known.first) else ""
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
    some = listed(known.first, of=known.count)
    return (
        f"不在 {where} 中，应为 {some} 之一{hint}",
        f"is not in {where}, which has {some}{hint_en}",
    )


def _amount_of_the_frame(tables: dict[str, Table], settings: Settings) -> Iterable[Problem]:
    """``sampling.amount`` is a money column of the table that is sampled from."""
    frame = settings.sampling.frame
    if frame not in tables:
        return
    kinds = {name: column_title(SCHEMAS[frame], str(name)).kind for name in tables[frame].frame}
    money = [str(name) for name, kind in kinds.items() if kind == "money"]
    if settings.sampling.amount not in money:
        near = nearest(settings.sampling.amount, money)
        hint = f"；最相近的是 {near}" if near else ""
        yield Problem(
            "case.yaml",
            column="sampling.amount",
            value=settings.sampling.amount,
            message=f"应为 {frame} 表的金额列：{listed(money)}{hint}",
            message_en=f"should be a money column of {frame}: {listed(money)}",
        )


def _outside_the_frame(
    tables: dict[str, Table], raws: dict[str, RawTable], settings: Settings
) -> Iterator[Problem]:
    """Sampled units that the case knows (an unknown one is told already) but that got no money."""
    if settings.sampling.frame != "allocation":
        return
    known, raw = set(tables["units"].frame["unit"]), raws["sample"]
    frame, column = set(tables["allocation"].frame["unit"]), raw.find("id")
    for row, unit in zip(raw.body.rows, tables["sample"].frame["id"], strict=True):
        if column and unit in known - frame:
            yield cell_problem(
                raw,
                row,
                column,
                "这个单位不在分配表中，不能是样本",
                "this unit is not in the allocation table and cannot be sampled from it",
            )
