"""Opening a case: everything is read and checked once, and every problem is told at once."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from auditbook.case.adjust import COLUMNS
from auditbook.case.answers import Answers
from auditbook.case.errors import InputError
from auditbook.case.handed import read_or_take
from auditbook.case.instrument import Instrument
from auditbook.case.reads import Reads, RecordedTables
from auditbook.case.root import case_folder, find_root, outputs_root
from auditbook.case.schemas import ANSWERS_PREFIX, SCHEMAS, schema_for
from auditbook.case.settings import Settings
from auditbook.case.table import Table, empty_frame
from auditbook.case.table_schema import TableSchema
from auditbook.case.units import AliasUse
from auditbook.case.yaml_settings import SettingsFile

_TEXT_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Case:
    """One project in one year: its settings and its tables, read and checked.

    Tables are attributes too: ``case.allocation`` is ``case.table("allocation")``. A case notes
    which of its tables and texts are asked for, see :meth:`reads`.

    Attributes
    ----------
    project : str
    year : int
    root : Path
    folder : Path
        ``data/<project>/<year>``.
    settings : Settings
    tables : mapping of str to Table
        The tables that exist, in the order of the schemas.
    """

    project: str
    year: int
    root: Path
    folder: Path
    settings: Settings
    tables: RecordedTables
    _adjusted: pd.DataFrame
    _settings_file: SettingsFile
    _alias_uses: tuple[AliasUse, ...]
    _instruments: Mapping[str, Instrument]
    _reads: Reads = field(compare=False, repr=False)

    @property
    def outputs(self) -> Path:
        """Where everything that a run makes for this case goes."""
        return outputs_root(self.root) / self.project / str(self.year)

    def __getattr__(self, name: str) -> Any:
        """A table by its name."""
        if name.startswith("_") or schema_for(name) is None:
            raise AttributeError(f"a case has no {name!r}; its tables: {', '.join(SCHEMAS)}")
        return self.table(name)

    def table(self, name: str) -> Any:
        """The rows of a table; no rows, but its columns, when the case does not have it.

        Returns
        -------
        DataFrame, or DuckDB relation
            A ledger that is larger than 20 MB, or comes as Parquet, is a relation: it is read
            where it lies, by :func:`auditbook.query.query` or ``filter``, ``aggregate``,
            ``limit`` of its own; ``df()`` would take it into memory.

        Raises
        ------
        KeyError
            No table has this name.
        """
        schema = _described(name)
        if name not in self.tables:
            return empty_frame(schema)
        table = self.tables[name]
        return table.frame.copy() if table.ledger is None else table.entries()

    @property
    def adjustments_applied(self) -> pd.DataFrame:
        """What was adjusted.

        Returns
        -------
        DataFrame
            table, row (the place touched), unit, column, old, new, who, when, why, source_row.
        """
        self._reads.note(self._adjusted["table"])
        return self._adjusted

    def has(self, name: str) -> bool:
        """Whether the case has a table."""
        return name in self.tables

    def total(self, name: str) -> pd.Series[Any] | None:
        """The printed 合计 row of a table, with ``source_row``; None when it has none."""
        totals = self.totals(name)
        return None if totals.empty else totals.iloc[0]

    def totals(self, name: str) -> pd.DataFrame:
        """The printed 合计 row of a table as a frame of one row or none; none of a large ledger.

        Raises
        ------
        KeyError
            No table has this name.
        """
        schema = _described(name)
        return self.tables[name].totals.copy() if name in self.tables else empty_frame(schema)

    def instrument(self, group: str) -> Instrument:
        """The questions that a group of respondents was asked; none where the case has none.

        Raises
        ------
        KeyError
            The settings have no such group.
        """
        self._reads.note(["questions"])
        return self._instruments[group]

    def answers_of(self, group: str) -> Answers | None:
        """The answers of a group, held against its instrument; None when the case has none.

        Raises
        ------
        KeyError
            The settings have no such group.
        """
        instrument = self.instrument(group)
        name = f"{ANSWERS_PREFIX}{group}"
        if name not in self.tables:
            return None
        return Answers(instrument, self.tables[name].frame.set_index("source_row"))

    def answers(self) -> dict[str, Answers]:
        """The answers of every group that has any, in the order of ``surveys``."""
        found = {survey.group: self.answers_of(survey.group) for survey in self.settings.surveys}
        return {group: answers for group, answers in found.items() if answers is not None}

    def inputs(self, *tables: str) -> pd.DataFrame:
        """Which tables were received: one row per table of the case, or of those named.

        Parameters
        ----------
        tables : str
            Tables that a working paper reads, ``answers`` meaning those of every group; those that
            the case does not have are left out.

        Returns
        -------
        DataFrame
            table, title_zh, title_en, file, rows, sha256, place (where it was taken from),
            ignored (titles not used), adjusted (cells changed by adjustments).
        """
        columns = [
            "table", "title_zh", "title_en", "file", "rows", "sha256", "place", "ignored",
            "adjusted",
        ]  # fmt: skip
        names = {name for name in tables if name != "answers"}
        if "answers" in tables:
            names |= {ANSWERS_PREFIX + survey.group for survey in self.settings.surveys}
        wanted = self.tables.named(names) if tables else self.tables.values()
        return pd.DataFrame([self._input(table) for table in wanted], columns=columns)

    def alias_uses(self) -> pd.DataFrame:
        """Cells whose unit was written in another way: written, unit, place, table."""
        self._reads.note_units()
        records = [vars(use) for use in self._alias_uses]
        return pd.DataFrame(records, columns=["written", "unit", "place", "table"], dtype="str")

    def not_available(self, notebook: str | None = None) -> pd.DataFrame:
        """What the case does not have, of one notebook (``"03"``) or of all.

        Returns
        -------
        DataFrame
            notebook, what_zh, what_en, reason_zh, reason_en, source_row.
        """
        records = [
            {
                "notebook": missing.notebook,
                "what_zh": missing.what.zh,
                "what_en": missing.what.en,
                "reason_zh": missing.reason.zh,
                "reason_en": missing.reason.en,
                "source_row": self.settings_source(f"not_available.{index}"),
            }
            for index, missing in enumerate(self.settings.not_available)
            if notebook in (None, missing.notebook)
        ]
        columns = ["notebook", "what_zh", "what_en", "reason_zh", "reason_en", "source_row"]
        return pd.DataFrame(records, columns=columns, dtype="str")

    def text(self, name: str) -> str:
        """A text written by people, ``texts/<name>.md``; ``""`` when there is none."""
        if not _TEXT_NAME.fullmatch(name):
            return ""
        return io.TextIOWrapper(io.BytesIO(self._reads.text(name)), encoding="utf-8-sig").read()

    def reads(self) -> dict[str, str | None]:
        """The files that everything asked of this case so far came from.

        What a file changes in the reading of another is counted; a file of the case that
        somebody opens by its path is not.

        Returns
        -------
        dict
            File, relative to ``folder``, to the sha256 of its bytes when the case was opened;
            None for a file that was looked for and is not there.
        """
        return self._reads.files()

    def settings_source(self, dotted: str) -> str:
        """The place of a setting: ``case.yaml:12`` for ``fund.approved_budget``."""
        return self._settings_file.source(dotted)

    def _input(self, table: Table) -> dict[str, Any]:
        source = self.settings.sources.get(table.name)
        return {
            "table": table.name,
            "title_zh": table.schema.zh,
            "title_en": table.schema.en,
            "file": table.file.place,
            "rows": table.rows,
            "sha256": table.sha256,
            "place": source.place if source else "",
            "ignored": "、".join(table.ignored),
            "adjusted": table.adjusted,
        }


def _described(name: str) -> TableSchema:
    """The description of a table.

    Raises
    ------
    KeyError
        No table has this name.
    """
    schema = schema_for(name)
    if schema is None:
        raise KeyError(name)
    return schema


def open_case(project: str, year: int, *, root: Path | str | None = None) -> Case:
    """Open a case: read everything once, check it, apply the adjustments.

    Parameters
    ----------
    project : str
        Name of the project: the folder in ``data/``.
    year : int
    root : path, optional
        Folder that holds ``data/``; else ``AUDITBOOK_ROOT``, else found from the working folder
        upward.

    Raises
    ------
    InputError
        With every problem of the case at once; a missing case and a bad name too.
    """
    base = find_root(root)
    folder = case_folder(base, project, year)
    command = f"auditbook check {project} {year}"
    try:
        read, files = read_or_take(folder, project, int(year))
    except InputError as error:
        raise InputError(error.problems, command=command) from None
    if read.problems:
        raise InputError(read.problems, command=command, untold=read.untold)
    reads = Reads(files, read.settings_file.settings)
    return Case(
        project,
        int(year),
        base,
        folder,
        read.settings_file.settings,
        RecordedTables(read.tables, reads),
        pd.DataFrame(read.applied, columns=list(COLUMNS)),
        read.settings_file,
        tuple(read.uses),
        read.instruments,
        reads,
    )
