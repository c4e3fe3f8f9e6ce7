"""Sampling frames (抽样框) of any size: read once, sorted by id, and asked again and again.

A frame is written to a temporary file in the order of its ids, so that what is hashed is what is
drawn from, and the order in which its rows came plays no part. From there on only a batch of
lines is in memory; DuckDB keeps to the memory limit of the connection that the frame came from.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.query import Table, connection, kind_of, literal

if TYPE_CHECKING:
    import duckdb

PARTS = ("positive", "zero", "negative")

_BATCH = 64  # of DuckDB's vectors of 2048 lines
_MOST_FEN = 2**63 - 1
_NAMED = 5
_WHOLE = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
)  # fmt: skip
_TEXT = ("VARCHAR", "ENUM", "UUID")


def parts(frame: Table, *, amount: str) -> pd.DataFrame:
    """A frame in its positive, zero and negative amounts.

    Monetary-unit sampling draws from positive amounts only. Negative ones are a population of
    their own, to be tested separately; zeros can never be hit: list them for an analytical test.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id, unique; the amount column.
    amount : str
        The column of amounts, whole fen.

    Returns
    -------
    DataFrame, three rows
        part (``positive``, ``zero``, ``negative``), count, amount_fen. The three add up to the
        number of lines and to the total of the frame.

    Raises
    ------
    PlanError
        The frame has no such column, or amounts that are missing or no whole numbers.
    """
    with opened(frame, amount=amount) as lines:
        return lines.parts()


def frame_hash(frame: Table, *, amount: str | None) -> str:
    """SHA-256 of a frame, by which anybody can tell whether it is the one that was drawn from.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id, unique; the amount column.
    amount : str or None
        The column of amounts, whole fen; without one only ids count.

    Returns
    -------
    str
        SHA-256 over the lines ``id,amount`` (``id`` without amounts), each with a line feed at
        its end, in UTF-8, in the order of the ids by code point. With ids that hold no comma,
        ``LC_ALL=C sort -t, -k1,1 frame.csv | sha256sum`` prints the same.

    Raises
    ------
    PlanError
        As for :func:`~auditbook.procedures.sampling.frames.opened`; ids that are not unique.
    """
    with opened(frame, amount=amount) as lines:
        return lines.digest()


@dataclass(frozen=True)
class Lines:
    """A frame as it was read: the view ``lines`` of a database, sorted by id.

    Its columns are id (text), amount (bigint, fen), stratum and source_row (texts), and row, the
    number of the line from 1; what the frame does not have is 0 or empty.

    Attributes
    ----------
    database : DuckDBPyConnection
    has_amount, has_source : bool
    """

    database: duckdb.DuckDBPyConnection
    has_amount: bool
    has_source: bool

    def ask(self, sql: str, **tables: pd.DataFrame) -> pd.DataFrame:
        """The answer to a question about ``lines``, and about frames by the names given."""
        with self.database.cursor() as database:
            for name, table in tables.items():
                database.register(name, table)
            answer: pd.DataFrame = database.sql(sql).df()
        return answer

    def walk(self, sql: str, **tables: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """The answer in batches, in its order; without one in that of the ids."""
        with self.database.cursor() as database:
            for name, table in tables.items():
                database.register(name, table)
            database.execute(sql)
            while len(batch := database.fetch_df_chunk(_BATCH)):
                yield batch

    def parts(self) -> pd.DataFrame:
        """See :func:`parts`."""
        sql = """
            select 1 - sign(amount) as place, count(*) as count, cast(sum(amount) as varchar) as fen
            from lines group by place
        """
        found = self.ask(sql).set_index("place").reindex(range(len(PARTS)))
        amounts = [int(fen) if isinstance(fen, str) else 0 for fen in found["fen"]]
        if max(amounts) > _MOST_FEN:
            raise PlanError(
                f"正数金额合计 {max(amounts)} 分太大；请检查金额单位是否为分",
                f"positive amounts total {max(amounts)} fen, too much; check that they are fen",
            )
        counts = found["count"].fillna(0).astype("int64").tolist()
        return pd.DataFrame({"part": PARTS, "count": counts, "amount_fen": amounts})

    def digest(self) -> str:
        """See :func:`frame_hash`; ids are looked through for repeated ones on the way."""
        found, last, repeated = hashlib.sha256(), None, set[str]()
        for batch in self.walk("select id, amount from lines"):
            ids: list[str] = batch["id"].tolist()
            repeated |= {a for a, b in pairwise([last, *ids]) if a == b and a is not None}
            if self.has_amount:
                pairs = zip(ids, batch["amount"].tolist(), strict=True)
                text = "".join([f"{item},{fen}\n" for item, fen in pairs])
            else:
                text = "\n".join([*ids, ""])
            found.update(text.encode("utf-8"))
            last = ids[-1]
        if repeated:
            _refuse_repeated(sorted(repeated))
        return found.hexdigest()


@contextmanager
def opened(
    frame: Table, *, amount: str | None = None, strata: str | None = None
) -> Iterator[Lines]:
    """A frame, read once and sorted by id.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id (texts or whole numbers); `amount` (whole fen); `strata`; source_row, optional.
    amount, strata : str, optional
        Columns.

    Raises
    ------
    PlanError
        A column is missing or of another type; an id, amount or stratum is missing; an id has a
        line break, which would make the hash ambiguous.
    TypeError
        The frame is neither a DataFrame nor a DuckDB relation.
    """
    if (kind := kind_of(frame)) == "spark":
        raise TypeError("frames to draw from are DataFrames or DuckDB relations, got: spark")
    settings = _settings(frame) if kind == "relation" else {}
    with tempfile.TemporaryDirectory(prefix="auditbook-frame-") as name:
        folder = Path(name)
        with connection(folder=folder / "spill", **settings) as database:
            source: Any = frame if kind == "relation" else database.from_df(cast(Any, frame))
            lines = Lines(database, amount is not None, "source_row" in source.columns)
            sql = _sorted(dict(zip(source.columns, source.types, strict=True)), amount, strata)
            source.query("frame", sql).to_parquet(str(folder / "lines.parquet"))
            database.execute("set preserve_insertion_order = true")
            database.execute(_view(folder / "lines.parquet"))
            _refuse_gaps(lines, amount, strata)
            yield lines


def column(columns: list[str], name: str) -> str:
    """A frame's column as SQL.

    Raises
    ------
    PlanError
        There is none of this name.
    """
    if name not in columns:
        raise PlanError(
            f"抽样框没有 {name} 一列；有 {'、'.join(map(str, columns))}",
            f"the frame has no column {name}; it has {', '.join(map(str, columns))}",
        )
    return '"' + name.replace('"', '""') + '"'


def in_sample(ids: pd.Series) -> str:
    """SQL: whether the line of a frame is one of the sampled items."""
    texts = sorted({str(item) for item in ids})
    return f"cast(id as varchar) in {literal(texts)}" if texts else "false"


def named(items: list[str]) -> str:
    """The first few ids, for a message."""
    return "、".join(items[:_NAMED]) + (" …" if len(items) > _NAMED else "")


def _settings(relation: Any) -> dict[str, Any]:
    """The memory limit and the threads of a relation's connection, for ours."""
    sql = "select current_setting('memory_limit'), current_setting('threads')"
    memory, threads = relation.limit(1).query("frame", sql).fetchall()[0]
    return {"memory": memory, "threads": threads}


def _sorted(types: dict[str, Any], amount: str | None, strata: str | None) -> str:
    columns = list(types)
    number, item = "0", column(columns, "id")
    _check_type("id", types["id"], (*_TEXT, *_WHOLE))
    if amount is not None:
        number = column(columns, amount)
        _check_type(amount, types[amount], _WHOLE)
    stratum = column(columns, strata) if strata is not None else "''"
    source = "source_row" if "source_row" in columns else "''"
    return f"""
        select cast({item} as varchar) as id, cast({number} as bigint) as amount,
            cast({stratum} as varchar) as stratum, cast({source} as varchar) as source_row
        from frame order by id
    """


def _view(path: Path) -> str:
    file = f"read_parquet({literal(str(path))}, file_row_number = true)"
    return f"create view lines as select * exclude (file_row_number), file_row_number + 1 as row \
from {file}"


def _check_type(name: str, kind: Any, allowed: tuple[str, ...]) -> None:
    if str(kind).partition("(")[0] not in allowed:
        wanted, wanted_en = "以分为单位的整数", "whole numbers of fen"
        if name == "id":
            wanted, wanted_en = "文字或整数", "texts or whole numbers"
        raise PlanError(
            f"{name} 一列应为{wanted}，现为 {kind}；请先转换",
            f"the column {name} should hold {wanted_en}, it is {kind}; convert it first",
        )


def _refuse_gaps(lines: Lines, amount: str | None, strata: str | None) -> None:
    counts = lines.ask("""
        select count(*) filter (id is null or id = '') as id,
            count(*) filter (amount is null) as amount,
            count(*) filter (stratum is null) as stratum,
            count(*) filter (contains(id, chr(10)) or contains(id, chr(13))) as broken
        from lines
    """).iloc[0]
    for title, gaps in (("id", counts["id"]), (amount, counts["amount"]), (strata, counts.stratum)):
        if gaps:
            raise PlanError(
                f"{title} 一列有 {gaps} 行为空；请补齐后再抽样",
                f"the column {title} is empty in {gaps} rows; fill it before drawing",
            )
    if counts["broken"]:
        raise PlanError(
            f"有 {counts['broken']} 个 id 含换行；请去掉",
            f"{counts['broken']} ids contain line breaks; remove them",
        )


def _refuse_repeated(ids: list[str]) -> None:
    raise PlanError(
        f"id 重复 {len(ids)} 个：{named(ids)}；每个抽样单元的 id 应唯一",
        f"{len(ids)} ids are repeated: {named(ids)}; each item needs an id of its own",
    )
