"""Ledgers written from text, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from auditbook.case.ledger_file import LedgerFile, read_ledger
from auditbook.case.units import UnitNames

HEADER = "分录号,日期,单位,金额,收款人,备注\n"
COLUMNS = (
    "entry_id", "date", "level", "from_unit", "unit", "document_no", "amount", "payee", "account",
    "purpose", "fund", "note", "source_row",
)  # fmt: skip


def units(**aliases: str) -> UnitNames:
    """Units 甲县 and 乙县, with aliases."""
    names = UnitNames("units")
    names.add("甲县", "units.csv:2")
    names.add("乙县", "units.csv:3")
    for written, unit in aliases.items():
        names.alias(written, unit)
    return names


def written(folder: Path, content: str | bytes, *, file: str = "payments.csv") -> Path:
    """A file with a content."""
    path = folder / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, *, file: str = "payments.csv", **kwargs) -> LedgerFile:
    """The ledger with a content."""
    return read_path(written(folder, content, file=file), **kwargs)


def read_path(path: Path, **kwargs) -> LedgerFile:
    """The ledger in a file; no temporary file is left, and no target where there are problems."""
    target = path.parent / "read" / "payments.parquet"
    settings: dict[str, Any] = {"table": "payments", "money_unit": "元", "target": target} | kwargs
    ledger = read_ledger(path, **settings)
    left = [found.name for found in target.parent.iterdir()]
    assert left == ([] if ledger.problem_count else [target.name])
    others = ledger.blank + ledger.notes + ledger.totals
    assert ledger.rows + ledger.rejected + others == ledger.records
    assert len(ledger.problems) == min(ledger.problem_count, 50)
    return ledger


def frame(ledger: LedgerFile) -> pd.DataFrame:
    """The entries of a ledger without problems."""
    assert not ledger.problem_count, "\n".join(problem.line() for problem in ledger.problems)
    with duckdb.connect() as database:  # which keeps the order of the file
        entries: pd.DataFrame = ledger.relation(database).df()
        return entries


def told(ledger: LedgerFile) -> list[str]:
    """The problems as people read them."""
    return [problem.line() for problem in ledger.problems]
