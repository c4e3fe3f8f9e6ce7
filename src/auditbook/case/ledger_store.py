"""Large ledgers of a case: read once, then taken from where they were put, until anything changes.

They are put beside the outputs of all cases, never in ``data/`` nor among the results of a case:
nothing that is kept or compared depends on them, and they may be removed at any time.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from auditbook.case.errors import Problem
from auditbook.case.files import TableFile
from auditbook.case.ledger_file import LedgerFile, read_ledger
from auditbook.case.ledger_problems import changed
from auditbook.case.settings import Settings
from auditbook.case.units import AliasUse, UnitNames
from auditbook.folders import HeldFolder

_ENTRIES, _RECORD = "entries.parquet", "ledger.json"


def stored_ledger(
    file: TableFile, sha256: str, settings: Settings, names: UnitNames, store: Path
) -> LedgerFile:
    """A large ledger, read now or taken from the store.

    It is taken if the file's bytes, its place, the unit of money, further titles, the names of
    all units, auditbook's code for reading and DuckDB are those with which it was read.

    Parameters
    ----------
    file : TableFile
    sha256 : str
        Of the file.
    settings : Settings
    names : UnitNames
    store : Path
        From :func:`auditbook.case.root.store_of`.

    Raises
    ------
    OSError
        The store cannot be written.
    MemoryError
        DuckDB needs more than it may take.
    """
    source = settings.sources.get(file.table)
    columns = dict(source.columns) if source else {}
    unit = (source.money_unit if source else None) or settings.money_unit
    how = [sha256, file.table, file.place, file.encoding, unit, [*columns.items()]]
    key = json.dumps([*how, names.spellings(), _reader()], ensure_ascii=False)
    place = store / f"{file.table}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
    ledger = _taken(place)
    if ledger is not None:
        return ledger
    work = HeldFolder(store)
    try:
        new = work.path / "new"
        ledger = _read(file, columns, unit, names, new / _ENTRIES)
        if ledger.problem_count:
            return ledger
        if ledger.sha256 != sha256:
            return _refused(ledger, changed(file.place))
        return _put(ledger, new, place)
    finally:
        work.close()


def _read(
    file: TableFile, columns: dict[str, str], unit: str, names: UnitNames, target: Path
) -> LedgerFile:
    try:
        return read_ledger(
            file.path,
            table=file.table,
            money_unit=unit,
            target=target,
            names=names,
            sheet=file.sheet or None,
            encoding=file.encoding,
            columns=columns,
            file=file.file,
        )
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(f"{file.place}: {error}") from error
    except duckdb.IOException as error:  # no room: DuckDB says so in words only
        raise OSError(errno.EIO, str(error), str(target.parent)) from error


def _refused(ledger: LedgerFile, problem: Problem) -> LedgerFile:
    return replace(ledger, problems=(problem,), problem_count=1)


def _taken(place: Path) -> LedgerFile | None:
    """The ledger in a place of the store; None where there is none, or not all of it."""
    try:
        record = json.loads((place / _RECORD).read_text("utf-8"))
        if (place / _ENTRIES).stat().st_size != record.pop("bytes"):
            return None
    except (OSError, ValueError, KeyError):
        return None
    record |= {name: tuple(record[name]) for name in ("above", "ignored")}
    record["uses"] = tuple(AliasUse(**use) for use in record["uses"])
    return LedgerFile(path=place / _ENTRIES, **record)


def _put(ledger: LedgerFile, new: Path, place: Path) -> LedgerFile:
    record: dict[str, Any] = asdict(ledger) | {"bytes": ledger.path.stat().st_size}
    del record["path"], record["problems"], record["problem_count"]
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    (new / _RECORD).write_text(text + "\n", encoding="utf-8")
    if _taken(place) is None:
        shutil.rmtree(place, ignore_errors=True)  # there, but not whole
        try:
            os.rename(new, place)
        except OSError:
            if _taken(place) is None:  # no other process was faster
                raise
    return replace(ledger, path=place / _ENTRIES)


@cache
def _reader() -> str:
    """What reads: the code of this package, and DuckDB."""
    code = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
