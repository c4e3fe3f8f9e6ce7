"""Surveys of a case: instruments first, then the answers that are held against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from auditbook.case.answers_columns import Columns
from auditbook.case.answers_reading import Held, read_answers
from auditbook.case.body import RawTable
from auditbook.case.errors import Problem, Told
from auditbook.case.files import TableFile, Unread
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
    groups = [survey.group for survey in settings_file.settings.surveys]
    for file in found:
        if file.table.startswith(ANSWERS_PREFIX) and file.table in raws:
            group = file.table.removeprefix(ANSWERS_PREFIX)
            index = groups.index(group) if group in groups else -1
            raw = raws[file.table]
            held = _held(group, index, read, settings_file)
            told = Told()
            table, columns = read_answers(raw, file, held, names, surveys.uses, told)
            surveys.tables[file.table] = table
            surveys.problems.extend(told.problems)
            surveys.untold += told.untold
            if index >= 0:
                problems = _design_covers(raw, table, columns, settings_file, index)
                surveys.problems.extend(problems)
    return surveys


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
    raw: RawTable, table: Table, columns: Columns, settings_file: SettingsFile, index: int
) -> Iterator[Problem]:
    """Strata, clusters and weights of a design are there, and stand in every row."""
    design = settings_file.settings.surveys[index].design
    rows = {raw.place(row): row for row in raw.body.rows} if design else {}
    for key in ("strata", "cluster", "weight"):
        name = getattr(design, key, None)
        if name not in (*DESIGN_COLUMNS, "weight"):
            continue
        column = columns.described.get(name)
        missing = table.frame["source_row"][table.frame[name].isna()]
        if column is None or (len(missing) == len(table.frame) and len(missing)):
            yield setting_problem(
                settings_file,
                ("surveys", index, "design", key),
                name,
                f"{table.file.place} 没有这一列，或整列是空的",
                f"{table.file.place} has no such column, or nothing in it",
            )
        elif name != "weight":
            for place in missing.iloc[:20]:
                yield cell_problem(
                    raw,
                    rows[place],
                    column,
                    f"不能为空：抽样设计（design.{key}）用到它，每份答卷都要有",
                    f"should not be empty: the design ({key}) needs it of every form",
                )
