"""Ledgers that come as Parquet: their types are checked, their rows stay in the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from auditbook.case.body import RawTable
from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import Row
from auditbook.case.ledger_problems import inexact, unit_not_said, wrong_kind
from auditbook.case.ledger_records import RecordSorter
from auditbook.case.money import FEN_PER_UNIT
from auditbook.query import literal

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_PAGE = 20_000


def titles_of(database: duckdb.DuckDBPyConnection, path: Path, file: str) -> dict[str, str]:
    """Titles of the columns and their types.

    Raises
    ------
    InputError
        Not a whole Parquet file.
    """
    try:
        rows = database.execute(
            f"describe select * from read_parquet({literal(str(path))})"
        ).fetchall()
    except duckdb.Error:
        raise InputError([_damaged(file)]) from None
    return {str(row[0]): str(row[1]) for row in rows}


def typed_wrong(raw: RawTable, kinds: list[str], money_unit: str) -> list[Problem]:
    """Columns whose type cannot hold what they should, exactly."""
    problems = []
    for column in raw.header.columns:
        kind, wanted = kinds[column.position], raw.title(column).kind
        whole = kind.removeprefix("U") in _WHOLE
        if kind in ("FLOAT", "DOUBLE"):
            problems.append(inexact(raw.grid.file, column.title, kind))
        elif kind == "VARCHAR" or (kind in _DAYS and wanted == "date"):
            continue
        elif wanted == "money" and whole:
            if column.unit not in FEN_PER_UNIT and money_unit != "分":
                problems.append(unit_not_said(raw.grid.file, column.title, kind))
        elif wanted == "money" and kind.startswith("DECIMAL"):
            continue
        elif not (whole and wanted in ("id", "date", "text")):
            problems.append(wrong_kind(raw.grid.file, column.title, kind))
    return problems


def load_parquet(
    database: duckdb.DuckDBPyConnection,
    sorter: RecordSorter,
    kinds: list[tuple[str, str]],
    folder: Path,
) -> None:
    """Sort the rows: those that are entries beyond doubt go to ``usual`` without leaving SQL."""
    path = sorter.raw.grid.path
    used = {column.position for column in sorter.raw.header.columns}
    texts = [
        f"coalesce({_quoted(title)}::varchar, '') as c{position}" if position in used
        else f"''::varchar as c{position}"
        for position, (title, _) in enumerate(kinds)
    ]  # fmt: skip
    database.execute(
        "create view source as select file_row_number + 1 as line, 0 as problems, "
        f"{', '.join(texts)} from read_parquet({literal(str(path))}, file_row_number=true)"
    )
    usual = sorter.usual_sql()
    packed = folder / "usual.parquet"
    database.execute(
        f"copy (select * from source where {usual}) to {literal(str(packed))} (format parquet)"
    )
    database.execute(f"create view usual as select * from read_parquet({literal(str(packed))})")
    counted = database.execute(
        "select count(*), coalesce(sum(line), 0)::bigint from usual"
    ).fetchone()
    assert counted is not None
    sorter.add_counted(*counted)
    sorter.add_rows(_rows(database, f"not ({usual})"))
    sorter.finish()


def _rows(database: duckdb.DuckDBPyConnection, where: str) -> Iterator[Row]:
    answer = database.cursor().execute(
        f"select * exclude (line, problems), line from source where {where} order by line"
    )
    while page := answer.fetchmany(_PAGE):
        for *cells, line in page:
            yield Row(line, tuple(cells))


def _quoted(title: str) -> str:
    return '"' + title.replace('"', '""') + '"'


def _damaged(file: str) -> Problem:
    return Problem(
        file,
        message="不是完整的 Parquet 文件；请重新取得完整的文件，或改用 CSV",
        message_en="not a whole Parquet file; get the whole file again, or use CSV",
    )
