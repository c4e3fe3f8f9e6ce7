"""A large ledger as a table of its case."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from auditbook.case.errors import Problem, unreadable
from auditbook.case.files import Files, TableFile
from auditbook.case.root import store_of
from auditbook.case.schemas import SCHEMAS
from auditbook.case.settings import Settings, Source
from auditbook.case.table import Table, empty_frame, mapped_columns, two_units
from auditbook.case.titles import Titles
from auditbook.case.units import AliasUse, UnitNames


def large_table(
    file: TableFile, files: Files, settings: Settings, names: UnitNames, uses: list[AliasUse]
) -> tuple[Table | None, list[Problem], int]:
    """Read a large ledger, or take it from where it was put when it was read.

    Returns
    -------
    table : Table or None
        None when it has problems.
    problems : list of Problem
    untold : int
        Problems beyond those.
    """
    from auditbook.case.ledger_store import stored_ledger  # DuckDB takes a while to come

    try:
        sha256 = files.sha256(file.file)
    except OSError as error:
        return None, [unreadable(file.file, error)], 0
    ledger = stored_ledger(file, sha256, settings, names, store_of(files.folder))
    problems = [*ledger.problems, *_of_settings(file, settings.sources.get(file.table))]
    declared = settings.sources[file.table].money_unit if file.table in settings.sources else ""
    problems += two_units(file, ledger.money_unit, ledger.money_unit_row, declared or "")
    untold = ledger.problem_count - len(ledger.problems)
    if problems:
        return None, problems, untold
    uses.extend(ledger.uses)
    schema = SCHEMAS[file.table]
    no_rows = empty_frame(schema)
    table = Table(
        file.table,
        schema,
        file,
        no_rows,
        no_rows,
        above=ledger.above,
        blank_rows=ledger.blank,
        ignored=ledger.ignored,
        ledger=ledger,
    )
    return table, [], 0


def _of_settings(file: TableFile, source: Source | None) -> list[Problem]:
    schema = SCHEMAS[file.table]
    return mapped_columns(
        file.table, source, Titles(schema, (), source.columns if source else {}), schema
    )


def keep_only(store: Path, tables: Iterable[Table]) -> None:
    """Remove what other states of a case have left where its large ledgers are put."""
    kept = {table.ledger.path.parent for table in tables if table.ledger}
    for path in store.glob("[!.]*"):
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)
