"""Tables asked in SQL: on this machine by DuckDB, on Spark where a ledger outgrows one machine.

Procedures that must stand any size are written in DuckDB's SQL. They take tables of three kinds:
pandas frames, DuckDB relations (a file of any size, or a database) and Spark frames, for which
the SQL is transpiled. The answer is a pandas frame: what people look at is small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pandas as pd

if TYPE_CHECKING:
    import pyspark.sql

Table: TypeAlias = "pd.DataFrame | duckdb.DuckDBPyRelation | pyspark.sql.DataFrame"
"""What procedures on ledgers take."""

_INEXACT = ("HUGEINT", "UHUGEINT", "DECIMAL")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def query(sql: str, /, **tables: Any) -> pd.DataFrame:
    """The answer to a question in DuckDB's SQL.

    The order of rows is the question's: it must name an order that leaves no ties.

    Parameters
    ----------
    sql : str
        One ``select``; values come into it through :func:`literal`.
    **tables : DataFrame, DuckDBPyRelation or Spark DataFrame
        All of one kind, by the names that the question uses.

    Raises
    ------
    TypeError
        Tables of different kinds; a column of the answer that pandas would make a float: a sum of
        whole numbers (``sum(…)::bigint`` is none).
    """
    kinds = {_kind(table) for table in tables.values()}
    if len(kinds) != 1:
        raise TypeError(f"tables must be of one kind: {', '.join(sorted(kinds)) or 'none given'}")
    (kind,) = kinds
    if kind == "spark":
        return _on_spark(sql, tables)
    if kind == "relation":
        for name, relation in tables.items():
            relation.create_view(name, replace=True)
        return _as_frame(next(iter(tables.values())).query("_", sql))
    with connection() as database:
        for name, frame in tables.items():
            database.register(name, frame)
        return _as_frame(database.sql(sql))


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
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    for name, value in (("memory_limit", memory), ("threads", threads)):
        if value is not None:
            config[name] = value
    if folder is not None:
        config["temp_directory"] = str(folder)
    with duckdb.connect(":memory:", config=config) as database:
        database.execute("set enable_progress_bar = false")
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


def _kind(table: Any) -> str:
    if isinstance(table, pd.DataFrame):
        return "frame"
    if isinstance(table, duckdb.DuckDBPyRelation):
        return "relation"
    if type(table).__module__.startswith("pyspark."):
        return "spark"
    raise TypeError(f"no table: {type(table).__name__}")


def _as_frame(relation: duckdb.DuckDBPyRelation) -> pd.DataFrame:
    for column, kind in zip(relation.columns, relation.types, strict=True):
        if str(kind).startswith(_INEXACT):
            raise TypeError(f"{column} is {kind}, which pandas makes a float: cast it to bigint")
    frame: pd.DataFrame = relation.df()
    for column in frame.columns:
        if frame[column].dtype == object:
            frame[column] = frame[column].astype("str")
    return frame


def _on_spark(sql: str, tables: dict[str, Any]) -> pd.DataFrame:
    session = next(iter(tables.values())).sparkSession
    for title, table in tables.items():
        table.createOrReplaceTempView(title)
    answer = session.sql(spark_sql(sql))
    return pd.DataFrame([row.asDict() for row in answer.collect()], columns=answer.columns)
