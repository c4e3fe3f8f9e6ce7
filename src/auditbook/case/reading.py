"""The order in which a case is read: settings, sheets, units, adjustments, values, references.

Large ledgers are set aside while sheets are read, and read when the units are known.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditbook.case.adjust import Adjuster, Adjustment
from auditbook.case.body import RawTable
from auditbook.case.errors import InputError, Problem, Told
from auditbook.case.files import Files, TableFile, Unread, find_tables
from auditbook.case.grid import decode
from auditbook.case.instrument import Instrument
from auditbook.case.large import keep_only, large_table
from auditbook.case.references import check_references
from auditbook.case.root import store_of
from auditbook.case.schemas import ANSWERS_PREFIX
from auditbook.case.survey_reading import read_surveys
from auditbook.case.table import Table, build_table, raw_table, unit_columns
from auditbook.case.units import AliasUse, UnitNames, unit_names
from auditbook.case.usable import check_usable
from auditbook.case.verified import check_verified
from auditbook.case.yaml_settings import SettingsFile, read_settings


@dataclass
class ReadCase:
    """Everything that was read, and every problem; of ``untold`` ones only the number."""

    settings_file: SettingsFile
    problems: list[Problem]
    tables: dict[str, Table] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    applied: list[Adjustment] = field(default_factory=list)
    uses: list[AliasUse] = field(default_factory=list)
    untold: int = 0


def read_case(folder: Path, project: str, year: int) -> ReadCase:
    """Read a case folder; a problem in one table never hides those of another.

    Raises
    ------
    InputError
        ``case.yaml`` cannot be read: without it no table can be.
    """
    settings_file, problems = read_settings(folder, project, year)
    settings = settings_file.settings
    case = ReadCase(settings_file, problems)
    files = Files(folder, problems)
    found = find_tables(files, settings)
    large = {f.table for f in found if settings_file.reads(f.table) and f.is_large()}
    raws = _raw_tables(files, [f for f in found if f.table not in large], settings_file)
    unread = _unread(files, found, {*raws, *large}, settings_file)
    names = unit_names(raws, settings.aliases, unread, problems)
    _adjust(case, raws, found, names, unread, large)
    for file in found:
        if file.table in large:
            _read_large(case, file, files, names)
        elif file.table in raws and file.table not in case.tables and not _is_answers(file):
            _read_small(case, file, raws[file.table], names)
    _read_surveys(case, raws, found, names, unread)
    _note_hashes(case, found, files)
    unread = replace(unread, tables=unread.tables | (large - case.tables.keys()))
    problems.extend(check_references(case.tables, raws, settings, unread))
    problems.extend(check_usable(case.tables, raws, settings))
    problems.extend(check_verified(case.tables, raws, settings, unread, files))
    problems.extend(_texts(folder))
    case.problems = in_file_order([_with_line(p, settings_file) for p in problems], found)
    if not case.problems:
        keep_only(store_of(folder), case.tables.values())
    return case


def _read_small(case: ReadCase, file: TableFile, raw: RawTable, names: UnitNames) -> None:
    frame = case.settings_file.settings.sampling.frame
    told = Told()
    case.tables[file.table], _ = build_table(
        raw, file, unit_columns(file.table, raw.schema, frame), names, case.uses, told
    )
    case.problems.extend(told.problems)
    case.untold += told.untold


def _read_large(case: ReadCase, file: TableFile, files: Files, names: UnitNames) -> None:
    settings = case.settings_file.settings
    table, problems, untold = large_table(file, files, settings, names, case.uses)
    case.problems.extend(problems)
    case.untold += untold
    if table is not None:
        case.tables[file.table] = table


def _is_answers(file: TableFile) -> bool:
    return file.table.startswith(ANSWERS_PREFIX)


def _read_surveys(
    case: ReadCase,
    raws: dict[str, RawTable],
    found: list[TableFile],
    names: UnitNames,
    unread: Unread,
) -> None:
    read = read_surveys(case.tables, raws, found, case.settings_file, names, unread)
    case.instruments = read.instruments
    case.tables |= read.tables
    case.uses += read.uses
    case.problems.extend(read.problems)
    case.untold += read.untold


def _note_hashes(case: ReadCase, found: list[TableFile], files: Files) -> None:
    """Put the tables in the order of the schemas, each with the hash of its file."""
    case.tables = {
        file.table: replace(case.tables[file.table], sha256=files.sha256(file.file))
        for file in found
        if file.table in case.tables
    }


def in_file_order(problems: list[Problem], found: list[TableFile]) -> list[Problem]:
    """Problems of ``case.yaml`` first, then table by table, in each from top to bottom."""
    order = {"case.yaml": -1} | {file.place: rank for rank, file in enumerate(found)}
    return sorted(
        dict.fromkeys(problems), key=lambda p: (order.get(p.file, len(order)), p.file, p.row)
    )


def _with_line(problem: Problem, settings_file: SettingsFile) -> Problem:
    """A problem of a setting with its line, which whoever found the problem did not know."""
    if problem.file != "case.yaml" or problem.row or not problem.column:
        return problem
    levels = 1 if problem.column.startswith("aliases.") else 3  # names may hold full stops
    line = settings_file.text.line(tuple(problem.column.split(".", levels)))
    return replace(problem, row=line)


def _unread(
    files: Files, found: list[TableFile], read: set[str], settings_file: SettingsFile
) -> Unread:
    tables = {file.table for file in found if file.table not in read}
    if settings_file.fallback and "aliases" in settings_file.fallback.wrong:
        tables.add("units")  # no name can be called unknown
    damaged = any(book is None for book in files.books.values())
    return Unread(frozenset(tables), frozenset(read), damaged)


def _raw_tables(
    files: Files, found: list[TableFile], settings_file: SettingsFile
) -> dict[str, RawTable]:
    raws = {}
    for file in found:
        grid = files.grid(file) if settings_file.reads(file.table) else None
        raw = raw_table(file, grid, settings_file.settings, files.problems) if grid else None
        if raw:
            raws[file.table] = raw
    return raws


def _adjust(
    case: ReadCase,
    raws: dict[str, RawTable],
    found: list[TableFile],
    names: UnitNames,
    unread: Unread,
    large: set[str],
) -> None:
    """Read ``adjustments`` before all other tables and change their cells."""
    own = raws.get("adjustments")
    if own is None:
        return
    file = next(file for file in found if file.table == "adjustments")
    told = Told(most=sys.maxsize)  # rows with a problem must be known, each of them
    case.tables["adjustments"], _ = build_table(own, file, {}, names, case.uses, told)
    case.problems.extend(told.problems)
    unsound = {problem.row for problem in case.problems if problem.file == file.place}
    adjuster = Adjuster(raws, unread, names, own, large)
    records = case.tables["adjustments"].frame.to_dict("records")
    for record, row in zip(records, own.body.rows, strict=True):
        if row.number not in unsound:
            adjuster.apply({str(key): value for key, value in record.items()}, row)
    case.applied = adjuster.applied
    case.problems.extend(adjuster.problems)


def _texts(folder: Path) -> list[Problem]:
    """Texts that cannot be read."""
    problems: list[Problem] = []
    for path in sorted((folder / "texts").glob("*.md")):
        try:
            content = path.read_bytes()
            if content.strip():
                decode(content, f"texts/{path.name}", "utf-8")
        except InputError as error:
            problems.extend(error.problems)
    return problems
