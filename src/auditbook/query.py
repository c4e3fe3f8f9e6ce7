"""Tables asked in SQL: on this machine by DuckDB, on Spark where a ledger outgrows one machine.

Procedures that must stand any size are written in DuckDB's SQL. They take tables of three kinds:
pandas frames, DuckDB relations (a file of any size, or a database) and Spark frames, for which
the SQL is transpiled. The answer is a pandas frame: what people look at is small.
"""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import pandas as pd

from auditbook.folders import HeldFolder

if TYPE_CHECKING:  # imported when the first question is asked: cases without ledgers ask none
    import duckdb
    import pyspark.sql

Table: TypeAlias = "pd.DataFrame | duckdb.DuckDBPyRelation | pyspark.sql.DataFrame"
"""What procedures on ledgers take."""

_INEXACT = ("HUGEINT", "UHUGEINT", "DECIMAL")
_SPARK_TYPES = {
    "tinyint": "int8", "smallint": "int16", "int": "int32", "bigint": "int64", "boolean": "bool",
    "float": "float32", "double": "float64", "string": "str", "date": "datetime64[us]",
    "timestamp": "datetime64[us]", "timestamp_ntz": "datetime64[us]",
}  # fmt: skip
_WITH_GAPS = {
    "int8": "Int8", "int16": "Int16", "int32": "Int32", "int64": "Int64", "bool": "boolean",
}  # fmt: skip
_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": False,
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MOST_MEMORY = 4 << 30


def query(sql: str, /, **tables: Any) -> pd.DataFrame:
    """The answer to a question in DuckDB's SQL.

    The order of rows is the question's: it must name an order that leaves no ties.

    Parameters
    ----------
    sql : str
        One ``select``; values come into it through :func:`literal`.
    **tables : DataFrame, DuckDBPyRelation or Spark DataFrame
        By the names that the question uses. Frames beside relations are copied into their
        database for as long as the question takes; Spark frames stand beside none.

    Raises
    ------
    TypeError
        No tables, or Spark frames beside others; a column of the answer that pandas would make a
        float: a sum of whole numbers (``sum(…)::bigint`` is none).
    """
    kinds = {kind_of(table) for table in tables.values()}
    if not kinds or ("spark" in kinds and len(kinds) > 1):
        raise TypeError(f"tables must be of one kind: {', '.join(sorted(kinds)) or 'none given'}")
    if "spark" in kinds:
        return _on_spark(sql, tables)
    if "relation" in kinds:
        return _on_relations(sql, tables)
    with _shared(os.getpid()).cursor() as database:  # names of one cursor are not seen by another
        for name, frame in tables.items():
            database.register(name, frame)
        return _as_frame(database.sql(sql))


@cache
def _shared(process: int) -> duckdb.DuckDBPyConnection:
    """The database that questions to frames share: opening one takes longer than most answers.

    A fork opens its own, and leaves its parent's alone: the threads of that are not in the fork.
    """
    import duckdb

    return duckdb.connect(":memory:", config=_CONFIG)


def stored(path: Path, columns: str = "*") -> duckdb.DuckDBPyRelation:
    """A Parquet file as a table that is read where it lies, whenever it is asked.

    All such tables of a process are in one database, so that a question may join them. It takes
    half of the machine's memory at most, and no more than 4 GB; what does not fit goes to a folder
    beside the first file.

    Parameters
    ----------
    path : Path
    columns : str
        What is selected, in SQL.
    """
    database = _stored(os.getpid(), path.parent.parent)
    return database.sql(f"select {columns} from read_parquet({literal(str(path))})")


@cache
def _stored(process: int, folder: Path) -> duckdb.DuckDBPyConnection:
    """The database of a process (a fork opens its own) for the files of one folder."""
    import duckdb

    spilled = HeldFolder(folder)
    atexit.register(spilled.close)
    limit = f"{min(_memory() // 2, _MOST_MEMORY) >> 20}MiB"
    return duckdb.connect(
        ":memory:", config=_CONFIG | {"memory_limit": limit, "temp_directory": str(spilled.path)}
    )


def _memory() -> int:
    """The machine's memory in bytes; where it does not say, enough for the usual limit."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2 * _MOST_MEMORY


@contextmanager
def connection(
    *, memory: str | None = None, threads: int | None = None, folder: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that fetches nothing from outside.

    Parameters
    ----------
    memory : str, optional
        What it may take, ``4GB``; DuckDB's own choice is four fifths of the machine's.
    threads : int, optional
    folder : Path, optional
        Where it puts what does not fit.
    """
    import duckdb

    config = dict(_CONFIG)
    for name, value in (("memory_limit", memory), ("threads", threads)):
        if value is not None:
            config[name] = value
    if folder is not None:
        config["temp_directory"] = str(folder)
    with duckdb.connect(":memory:", config=config) as database:
        yield database


def literal(value: str | int | date | Sequence[str]) -> str:
    """A value as SQL text; a sequence of texts as a list in parentheses."""
    if isinstance(value, bool) or value is None:
        raise TypeError(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()[:10]}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "(" + ", ".join(literal(one) for one in value) + ")"


def name(text: str) -> str:
    """A name of a column that may stand in SQL as it is.

    Raises
    ------
    ValueError
        It is none of auditbook's.
    """
    if not _NAME.fullmatch(text):
        raise ValueError(f"no column name: {text!r}")
    return text


def spark_sql(sql: str) -> str:
    """DuckDB's SQL as Spark's."""
    import sqlglot

    translated: str
    (translated,) = sqlglot.transpile(sql, read="duckdb", write="spark")
    return translated


def kind_of(table: Any) -> str:
    """``frame``, ``relation`` or ``spark``.

    Raises
    ------
    TypeError
        It is none of these.
    """
    if isinstance(table, pd.DataFrame):
        return "frame"
    if type(table).__name__ == "DuckDBPyRelation":
        return "relation"
    if type(table).__module__.startswith("pyspark."):
        return "spark"
    raise TypeError(f"no table: {type(table).__name__}")


def no_rows(*tables: Any) -> bool:
    """Whether all tables are frames without rows, of which nothing need be asked."""
    return all(isinstance(table, pd.DataFrame) and table.empty for table in tables)


def rows_of(table: Any, column: str, values: Sequence[str]) -> pd.DataFrame:
    """The rows of a frame or a relation whose `column` holds one of some texts."""
    if isinstance(table, pd.DataFrame):
        return table[table[column].isin(values)]
    among = f"{name(column)} in {literal(list(values))}" if len(values) else "false"
    return query(f"select * from given where {among}", given=table)


def totals(table: Any, amount: str) -> tuple[int, int]:
    """How many rows a frame or a relation has, and the sum of a column of fen."""
    if isinstance(table, pd.DataFrame):
        return len(table), int(table[amount].sum())
    sql = f"select count(*) as items, coalesce(sum({name(amount)}), 0)::bigint as fen from given"
    row = query(sql, given=table).iloc[0]
    return int(row["items"]), int(row["fen"])


def sources(table: Any) -> list[str]:
    """Where the rows of a frame stand; of a relation, which may have many, only its file."""
    if isinstance(table, pd.DataFrame):
        return list(table["source_row"])
    first = query("select min(source_row) as place from given", given=table)["place"]
    return [str(place).rpartition(":")[0] for place in first]


def _as_frame(relation: duckdb.DuckDBPyRelation) -> pd.DataFrame:
    for column, kind in zip(relation.columns, relation.types, strict=True):
        if str(kind).startswith(_INEXACT):
            raise TypeError(f"{column} is {kind}, which pandas makes a float: cast it to bigint")
    frame: pd.DataFrame = relation.df()
    for column in frame.columns:
        if frame[column].dtype == object:
            frame[column] = frame[column].astype("str")
    return frame


def _on_relations(sql: str, tables: dict[str, Any]) -> pd.DataFrame:
    """The database may have tables of the same names: ours are of other names."""
    names = {title: f"auditbook_{title}_{uuid4().hex}" for title in tables}
    database = next(table for table in tables.values() if kind_of(table) == "relation")
    made: dict[str, str] = {}
    try:
        for title, table in tables.items():
            made[names[title]] = _put(database, names[title], table)
        return _as_frame(database.query("_", _renamed(sql, names, "not materialized ")))
    finally:
        for name, kind in made.items():
            database.query("_", f"drop {kind} {name}")


def _put(database: duckdb.DuckDBPyRelation, title: str, given: Any) -> str:
    """Give a table a name in a database: a relation of it as a view, a frame as a copy."""
    if kind_of(given) == "relation":
        given.create_view(title)
        return "view"
    database.query("_", f"create temp table {title} as select * from given")  # the argument
    return "table"


def _on_spark(sql: str, tables: dict[str, Any]) -> pd.DataFrame:
    session = next(iter(tables.values())).sparkSession
    views = {title: f"auditbook_{title}_{uuid4().hex}" for title in tables}
    for title, table in tables.items():
        table.createOrReplaceTempView(views[title])
    try:
        return _spark_frame(session.sql(_renamed(spark_sql(sql), views)))
    finally:
        for view in views.values():
            session.catalog.dropTempView(view)


def _renamed(sql: str, views: dict[str, str], how: str = "") -> str:
    names = ", ".join(f"{title} as {how}(select * from {view})" for title, view in views.items())
    start, rest = sql.split(maxsplit=1)
    if start.lower() == "with":
        return f"with {names}, {rest}"
    return f"with {names} {sql}"


def _spark_frame(answer: Any) -> pd.DataFrame:
    """Column by column with the types that DuckDB's answer has."""
    rows = answer.collect()
    columns = {}
    for position, (column, kind) in enumerate(answer.dtypes):
        if kind.startswith("decimal"):
            raise TypeError(f"{column} is {kind}: cast it to bigint")
        values = [row[position] for row in rows]
        columns[column] = pd.Series(values, dtype=_dtype(kind, None in values))
    return pd.DataFrame(columns)


def _dtype(kind: str, gaps: bool) -> str | None:
    dtype = _SPARK_TYPES.get(kind)
    if dtype is None or not gaps:
        return dtype
    return _WITH_GAPS.get(dtype, dtype)
