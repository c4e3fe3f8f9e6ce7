"""What the tables of a survey say of each other: groups, counts of forms, units and years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditbook.case.body import RawTable
from auditbook.case.errors import Problem
from auditbook.case.names import listed, nearest
from auditbook.case.schemas import ANSWERS_PREFIX
from auditbook.case.settings import Settings
from auditbook.case.table import Table
from auditbook.case.values import cell_problem

_PARTS = {
    "survey_counts": (
        ("returned", "issued"),
        ("returned", "population"),
        ("valid", "returned"),
        ("valid", "population"),
        ("refused", "issued"),
    ),
    "survey_units": (("returned", "issued"), ("returned", "population")),
    "survey_history": (("satisfied", "valid"),),
}
"""Counts that cannot be larger than what they are counted from."""

_ONCE = {"survey_units": ("group", "unit"), "survey_history": ("group", "year")}
"""Columns that name a row together."""


def survey_references(
    tables: Mapping[str, Table], raws: Mapping[str, RawTable], settings: Settings
) -> Iterator[Problem]:
    """Groups that are not declared, rows that stand twice, parts larger than the whole."""
    yield from _answers(tables, settings)
    for name, parts in _PARTS.items():
        if name in tables:
            yield from _groups(tables[name], raws[name], settings)
            for part, whole in parts:
                yield from _fewer(tables[name], raws[name], part, whole)
            yield from _once(tables[name], raws[name], _ONCE.get(name, ()))
    if "survey_counts" in tables:
        yield from _uncounted(tables["survey_counts"], raws["survey_counts"], settings)
        yield from _more_answers(tables, raws["survey_counts"])
    if "survey_units" in tables:
        yield from _more_in_unit(tables, raws["survey_units"])
    if "survey_history" in tables:
        yield from _years(tables["survey_history"], raws["survey_history"], settings)


def declared_groups(group: str, declared: Sequence[str]) -> tuple[str, str]:
    """Where a group that is not declared should stand, and which one was meant perhaps."""
    near = nearest(group, declared)
    hint = f"；最相近的是 {near}" if near else ""
    known = listed(declared) or "（没有定义）"
    return (
        f"在 case.yaml 的 surveys 中，应为 {known} 之一{hint}",
        f"in surveys of case.yaml, which has {known}",
    )


def _answers(tables: Mapping[str, Table], settings: Settings) -> Iterable[Problem]:
    """Each table of answers is of a group that the settings declare."""
    declared = [survey.group for survey in settings.surveys]
    for name, table in tables.items():
        group = name.removeprefix(ANSWERS_PREFIX)
        if group != name and group not in declared:
            zh, en = declared_groups(group, declared)
            yield Problem(
                table.file.place,
                value=group,
                message=f"表名里的对象组不{zh}",
                message_en=f"no such group {en}",
            )


def _groups(table: Table, raw: RawTable, settings: Settings) -> Iterator[Problem]:
    """Groups of respondents that the settings do not declare."""
    declared = [survey.group for survey in settings.surveys]
    column = raw.find("group")
    for row, group in zip(raw.body.rows, table.frame["group"], strict=True):
        if column and group and group not in declared:
            zh, en = declared_groups(group, declared)
            yield cell_problem(raw, row, column, f"不{zh}", f"not {en}")


def _uncounted(table: Table, raw: RawTable, settings: Settings) -> Iterator[Problem]:
    """Groups that the settings declare and the counts do not have."""
    column, counted = raw.find("group"), set(table.frame["group"])
    for index, survey in enumerate(settings.surveys):
        if survey.group not in counted:
            yield Problem(
                raw.grid.file,
                column="" if column is None else column.title,
                value=survey.group,
                message=f"缺少这个对象组的一行：case.yaml 的 surveys[{index}] 定义了它",
                message_en=f"no row for this group, which surveys[{index}] of case.yaml defines",
            )


def _fewer(table: Table, raw: RawTable, part: str, whole: str) -> Iterator[Problem]:
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


def _once(table: Table, raw: RawTable, names: tuple[str, ...]) -> Iterator[Problem]:
    """Rows that two columns name together, named twice."""
    columns = [column for column in map(raw.find, names) if column]
    if not names or len(columns) < len(names):
        return
    firsts: dict[tuple[str, ...], int] = {}
    rows = table.frame[list(names)].itertuples(index=False, name=None)
    for row, key in zip(raw.body.rows, rows, strict=True):
        first = firsts.setdefault(key, row.number)
        if first != row.number and all(key):
            both = "、".join(column.title for column in columns)
            yield cell_problem(
                raw,
                row,
                columns[-1],
                f"与第 {first} 行重复；{both}合起来每行应各不相同",
                f"the same as in row {first}: {both} together should name one row",
            )


def _more_answers(tables: Mapping[str, Table], raw: RawTable) -> Iterator[Problem]:
    """More forms than came back; fewer are no problem, some may be invalid."""
    column = raw.find("returned")
    counts = tables["survey_counts"].frame
    for row, group, returned in zip(
        raw.body.rows, counts["group"], counts["returned"].tolist(), strict=True
    ):
        answers = tables.get(ANSWERS_PREFIX + group)
        if column and answers and isinstance(returned, int) and answers.rows > returned:
            yield cell_problem(
                raw,
                row,
                column,
                f"{answers.file.place} 有 {answers.rows} 份答卷，多于收回份数；核对二者",
                f"{answers.file.place} has {answers.rows} forms, more than were returned",
            )


def _more_in_unit(tables: Mapping[str, Table], raw: RawTable) -> Iterator[Problem]:
    """More forms of a unit than came back from it, or than it has people."""
    counts = {
        name.removeprefix(ANSWERS_PREFIX): (table, table.frame["unit"].value_counts())
        for name, table in tables.items()
        if name.startswith(ANSWERS_PREFIX)
    }
    lines = tables["survey_units"].frame.to_dict("records")
    for row, line in zip(raw.body.rows, lines, strict=True):
        table, forms = counts.get(str(line["group"]), (None, None))
        if table is None or forms is None:
            continue
        found = int(forms.get(line["unit"], 0))
        for name in ("returned", "population"):
            column, most = raw.find(name), line[name]
            if column and isinstance(most, int) and found > most:
                place, unit = table.file.place, line["unit"]
                zh = f"{place} 中 {unit} 有 {found} 份答卷，多于{column.title}；核对二者"
                yield cell_problem(
                    raw, row, column, zh, f"{place} has {found} forms of {unit}, more than this"
                )
                break


def _years(table: Table, raw: RawTable, settings: Settings) -> Iterator[Problem]:
    column = raw.find("year")
    for row, year in zip(raw.body.rows, table.frame["year"], strict=True):
        earlier = year.isdecimal() and 1990 <= int(year) < settings.year
        if column and year and not earlier:
            yield cell_problem(
                raw,
                row,
                column,
                f"应为早于 {settings.year} 的四位年度，例如 {settings.year - 1}",
                f"should be a year before {settings.year}, for example {settings.year - 1}",
            )
