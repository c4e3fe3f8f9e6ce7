"""What one table says of another: every code, name and count that must fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditbook.case.body import RawTable
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.errors import Problem
from auditbook.case.money import plain
from auditbook.case.names import listed, nearest, tidy
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
    Reference("sample_results", "id", "sample", "id"),
)

_COUNTS = (("returned", "issued"), ("valid", "returned"), ("refused", "issued"))


def check_references(
    tables: dict[str, Table], raws: dict[str, RawTable], settings: Settings
) -> list[Problem]:
    """Every reference that leads nowhere, in the order of the tables."""
    problems: list[Problem] = []
    for reference in REFERENCES:
        problems.extend(_follow(reference, tables, raws))
    if settings.sampling.frame == "payments":
        problems.extend(_follow(Reference("sample", "id", "payments", "entry_id"), tables, raws))
    if "survey_counts" in tables:
        problems.extend(_groups(tables["survey_counts"], raws["survey_counts"], settings))
        problems.extend(_fewer(tables["survey_counts"], raws["survey_counts"]))
    return problems


def _follow(
    reference: Reference, tables: dict[str, Table], raws: dict[str, RawTable]
) -> Iterator[Problem]:
    if reference.table not in tables:
        return
    raw = raws[reference.table]
    column = raw.find(reference.column)
    other = tables.get(reference.to_table)
    known = set(other.frame[reference.to_column]) if other else set()
    for row in raw.body.rows if column else ():
        values = tables[reference.table].frame[reference.column]
        written = values.iloc[raw.body.rows.index(row)]
        for part in filter(None, map(tidy, LIST_SIGNS.split(str(written)))):
            if plain(part) not in known and part not in known and column:
                yield cell_problem(raw, row, column, *_nowhere(part, reference, sorted(known)))


def _nowhere(part: str, reference: Reference, known: list[str]) -> tuple[str, str]:
    where = f"{reference.to_table}.{reference.to_column}"
    if not known:
        return (
            f"{part} 应为 {where} 中的一个，但案卷没有 {reference.to_table} 这张表",
            f"{part} should be in {where}, but the case has no table {reference.to_table}",
        )
    near = nearest(part, known)
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
    return (
        f"{part} 不在 {where} 中，应为 {listed(known)} 之一{hint}",
        f"{part} is not in {where}, which has {listed(known)}{hint_en}",
    )


def _groups(table: Table, raw: RawTable, settings: Settings) -> Iterable[Problem]:
    """Groups of respondents: the settings and the counts name the same ones."""
    declared = [survey.group for survey in settings.surveys]
    column = raw.find("group")
    counted = list(table.frame["group"])
    for row, group in zip(raw.body.rows, counted, strict=True):
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
    for index, group in enumerate(declared):
        if group not in counted:
            yield Problem(
                raw.grid.file,
                column="" if column is None else column.title,
                value=group,
                message=f"缺少这个对象组的一行：case.yaml 的 surveys[{index}] 定义了它",
                message_en=f"no row for this group, which surveys[{index}] of case.yaml defines",
            )


def _fewer(table: Table, raw: RawTable) -> Iterable[Problem]:
    """Counts that cannot be larger than what they are counted from."""
    for part, whole in _COUNTS:
        column, other = raw.find(part), raw.find(whole)
        for row, (few, many) in zip(
            raw.body.rows,
            zip(table.frame[part].tolist(), table.frame[whole].tolist(), strict=True),
            strict=True,
        ):
            given = isinstance(few, int) and isinstance(many, int)
            if column and other and given and few > many:
                yield cell_problem(
                    raw,
                    row,
                    column,
                    f"应不超过{other.title}（{many}）",
                    f"should be at most {other.title} ({many})",
                )
