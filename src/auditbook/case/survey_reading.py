"""Surveys of a case: instruments first, then the answers that are held against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from auditbook.case.answers_columns import Columns
from auditbook.case.answers_reading import Held, read_answers
from auditbook.case.body import RawTable
from auditbook.case.errors import Problem, Told
from auditbook.case.files import TableFile, Unread
from auditbook.case.header import HeaderColumn
from auditbook.case.instrument import Instrument
from auditbook.case.instrument_checks import DESIGN_COLUMNS, check_instruments
from auditbook.case.instrument_reading import ReadInstrument, read_instruments
from auditbook.case.questions_stated import setting_problem
from auditbook.case.schemas import ANSWERS_PREFIX
from auditbook.case.settings import Source
from auditbook.case.table import Table
from auditbook.case.units import AliasUse, UnitNames
from auditbook.case.values import cell_problem
from auditbook.case.yaml_settings import SettingsFile


@dataclass
class Surveys:
    """What was read of the surveys of a case.

    Attributes
    ----------
    instruments : dict of str to Instrument
        By group.
    tables : dict of str to Table
        The tables of answers.
    uses : list of AliasUse
    problems : list of Problem
    untold : int
    """

    instruments: dict[str, Instrument] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    uses: list[AliasUse] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0


def read_surveys(
    tables: Mapping[str, Table],
    raws: Mapping[str, RawTable],
    found: list[TableFile],
    settings_file: SettingsFile,
    names: UnitNames,
    unread: Unread,
) -> Surveys:
    """Instruments of all groups, and every table of answers.

    Parameters
    ----------
    tables : mapping of str to Table
        Those that were read before: ``questions`` among them.
    raws : mapping of str to RawTable
    found : list of TableFile
    settings_file : SettingsFile
    names : UnitNames
    unread : Unread
    """
    surveys = Surveys()
    read = read_instruments(tables, raws, settings_file, unread, surveys.problems)
    surveys.problems.extend(check_instruments(read, settings_file))
    surveys.instruments = {group: one.instrument for group, one in read.items()}
    for file in found:
        if file.table.startswith(ANSWERS_PREFIX) and file.table in raws:
            _read_group(surveys, file, raws[file.table], read, settings_file, names)
    return surveys


def _read_group(
    surveys: Surveys,
    file: TableFile,
    raw: RawTable,
    read: Mapping[str, ReadInstrument],
    settings_file: SettingsFile,
    names: UnitNames,
) -> None:
    group = file.table.removeprefix(ANSWERS_PREFIX)
    groups = [survey.group for survey in settings_file.settings.surveys]
    index = groups.index(group) if group in groups else -1
    told = Told()
    held = _held(group, index, read, settings_file)
    table, columns = read_answers(raw, file, held, names, surveys.uses, told)
    if index >= 0:
        _design_covers(raw, table, columns, settings_file, index, told)
    surveys.tables[file.table] = table
    surveys.problems.extend(told.problems)
    surveys.untold += told.untold


def _held(
    group: str, index: int, read: Mapping[str, ReadInstrument], settings_file: SettingsFile
) -> Held:
    settings = settings_file.settings
    source: Source | None = settings.sources.get(ANSWERS_PREFIX + group)
    mapped = source.columns if source else {}
    if index < 0:
        nothing = Instrument(group, (), Decimal(0), Decimal(1))
        return Held(ReadInstrument(nothing), mapped, declared=False)
    return Held(read[group], mapped, settings.surveys[index].quality.out_of_scale)


def _design_covers(
    raw: RawTable,
    table: Table,
    columns: Columns,
    settings_file: SettingsFile,
    index: int,
    told: Told,
) -> None:
    """Strata, clusters and weights of a design are there, and stand in every row."""
    design = settings_file.settings.surveys[index].design
    for key in ("strata", "cluster", "weight"):
        name = getattr(design, key, None)
        if name not in (*DESIGN_COLUMNS, "weight"):
            continue
        column = columns.described.get(name)
        missing = table.frame["source_row"][table.frame[name].isna()].tolist()
        if column is None or 0 < len(table.frame) == len(missing):
            told.problems.append(_no_column(settings_file, index, key, name, table.file))
        elif name != "weight":  # a weight that is missing is told where it is read
            _tell_missing(raw, column, key, missing, told)


def _no_column(
    settings_file: SettingsFile, index: int, key: str, name: str, file: TableFile
) -> Problem:
    return setting_problem(
        settings_file,
        ("surveys", index, "design", key),
        name,
        f"{file.place} 没有这一列，或整列是空的",
        f"{file.place} has no such column, or nothing in it",
    )


def _tell_missing(
    raw: RawTable, column: HeaderColumn, key: str, places: list[str], told: Told
) -> None:
    wanted, words = set(places), (
        f"不能为空：抽样设计（design.{key}）用到它，每份答卷都要有",
        f"should not be empty: the design ({key}) needs it of every form",
    )  # fmt: skip
    told.next_kind()
    for row in raw.body.rows if wanted else ():
        if raw.place(row) in wanted:
            told.add(partial(cell_problem, raw, row, column, *words))
