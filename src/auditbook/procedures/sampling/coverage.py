"""What was looked at: sampled items, and coverage by number and by money."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditbook import query
from auditbook.case.sampling_settings import Sampling
from auditbook.facts import Figure, FigureMaker, records, row_ranges


def population(table: query.Table) -> query.Table:
    """总体: a table of units or of vouchers as a sampling frame, its name column called ``id``."""
    columns = list(table.columns)
    name = "entry_id" if "entry_id" in columns else "unit"
    if isinstance(table, pd.DataFrame):
        return table.rename(columns={name: "id"})
    others = [query.name(column) for column in columns if column != name]
    return table.project(", ".join([f"{name} as id", *others]))


def sampled_items(
    frame: query.Table, sample: pd.DataFrame, drawn: pd.DataFrame, *, design: Sampling
) -> pd.DataFrame:
    """The sampled units with their amount in the population and their share of it.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation, the population
        From :func:`population`: id (unique), the money column `amount` in fen, source_row.
    sample : DataFrame
        The table ``sample``: id, role, method, reason, source_row. Where it has no rows, the
        items that were drawn are the sample.
    drawn : DataFrame
        From :func:`auditbook.procedures.sampling.draw`.
    design : Sampling

    Returns
    -------
    DataFrame, one row per sampled item
        id, role, method, reason, hits_count (missing where it was not drawn by a plan),
        amount_fen, share_rate, source_row, frame_source.

    """
    listed = _as_listed(drawn, design) if sample.empty else sample
    total = query.totals(frame, design.amount)[1]
    known = {row["id"]: row for row in records(items_of(frame, list(listed["id"])))}
    hits = dict(zip(drawn["id"], drawn["hits"], strict=True))
    rows = [
        {
            **{name: record[name] for name in ("id", "role", "method", "reason")},
            "hits_count": hits.get(record["id"]),
            "amount_fen": int(known[record["id"]][design.amount]),
            "share_rate": Fraction(int(known[record["id"]][design.amount]), total)
            if total
            else None,
            "source_row": record["source_row"] or known[record["id"]]["source_row"],
            "frame_source": known[record["id"]]["source_row"],
        }
        for record in records(listed)
    ]
    return pd.DataFrame(rows, columns=_ITEMS).astype({"hits_count": "Int64"})


def _as_listed(drawn: pd.DataFrame, design: Sampling) -> pd.DataFrame:
    """Drawn items as a sample table has them."""
    return pd.DataFrame(
        {
            "id": drawn["id"],
            "role": "sample",
            "method": design.method,
            "reason": "",
            "source_row": "",
        }
    )


def items_of(frame: query.Table, ids: Sequence[str]) -> pd.DataFrame:
    """Some items of a population, with all its columns.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        From :func:`population`.
    ids : sequence of str
        Those that it does not have are left out.
    """
    return query.rows_of(frame, "id", ids)


def coverage(frame: query.Table, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """抽样覆盖面 by number and by money.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation, the population
    sample : DataFrame
        With a column ``id``.
    amount : str
        Money column of the population, in fen.

    Returns
    -------
    DataFrame, two rows
        measure (``count``, ``amount``), sample_count, population_count, sample_fen,
        population_fen, share_rate. Coverage says how much was seen, nothing about the rest.

    """
    items, total = query.totals(frame, amount)
    if not items or sample.empty:
        return pd.DataFrame(columns=_COVERAGE_COLUMNS)
    inside = items_of(frame, list(sample["id"]))
    seen, count = int(inside[amount].sum()), len(inside)
    by_count = ["count", count, items, None, None, Fraction(count, items)]
    by_amount = ["amount", None, None, seen, total, Fraction(seen, total) if total else None]
    table = pd.DataFrame([by_count, by_amount], columns=_COVERAGE_COLUMNS)
    return table.astype(dict.fromkeys(_COVERAGE_COLUMNS[1:5], "Int64"))


def figures(frame: query.Table, sample: pd.DataFrame, *, amount: str) -> list[Figure]:
    """Coverage as figures; nothing where the population or the sample is not there."""
    table = coverage(frame, sample, amount=amount)
    if table.empty:
        return []
    rows = row_ranges([*query.sources(frame), *sample["source_row"]])
    count, money = records(table)

    make = FigureMaker(coverage, rows)

    return [
        make(
            "sampling.population.count",
            int(count["population_count"]),
            "count",
            ("总体单位数", "items in the population"),
        ),
        make(
            "sampling.sample.count",
            int(count["sample_count"]),
            "count",
            ("样本单位数", "items in the sample"),
        ),
        make(
            "sampling.coverage.count",
            count["share_rate"],
            "rate",
            ("样本单位数 ÷ 总体单位数", "items in the sample ÷ items in the population"),
        ),
        make(
            "sampling.population.amount",
            int(money["population_fen"]),
            "fen",
            ("总体金额", "amount of the population"),
        ),
        make(
            "sampling.sample.amount",
            int(money["sample_fen"]),
            "fen",
            ("样本金额", "amount of the sample"),
        ),
        *(
            [
                make(
                    "sampling.coverage.amount",
                    money["share_rate"],
                    "rate",
                    ("样本金额 ÷ 总体金额", "amount of the sample ÷ amount of the population"),
                )
            ]
            if money["share_rate"] is not None
            else []
        ),
    ]


_ITEMS = [
    "id", "role", "method", "reason", "hits_count", "amount_fen", "share_rate", "source_row",
    "frame_source",
]  # fmt: skip
_COVERAGE_COLUMNS = [
    "measure", "sample_count", "population_count", "sample_fen", "population_fen", "share_rate",
]  # fmt: skip
