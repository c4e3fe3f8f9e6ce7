"""What was looked at: sampled items, and coverage by number and by money."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditbook.facts import Figure, FigureMaker, records, row_ranges
from auditbook.procedures.sampling.frames import column, in_sample
from auditbook.query import Table, query


def population(table: pd.DataFrame) -> pd.DataFrame:
    """总体: a table of units or of vouchers as a sampling frame, its name column called ``id``."""
    return table.rename(columns={"unit": "id"} if "entry_id" not in table else {"entry_id": "id"})


def sampled_items(frame: pd.DataFrame, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """The sampled units with their amount in the population and their share of it.

    Parameters
    ----------
    frame : DataFrame, the population
        From :func:`population`: id (unique), the money column `amount` in fen, source_row.
    sample : DataFrame
        id, role, method, reason, source_row.

    Returns
    -------
    DataFrame, one row per sampled item
        id, role, method, reason, amount_fen, share_rate, source_row, frame_source.

    """
    total = int(frame[amount].sum())
    frame = frame.set_index("id")
    rows = []
    for record in records(sample):
        fen = int(frame.loc[record["id"], amount])
        rows.append(
            {
                "id": record["id"],
                "role": record["role"],
                "method": record["method"],
                "reason": record["reason"],
                "amount_fen": fen,
                "share_rate": Fraction(fen, total) if total else None,
                "source_row": record["source_row"],
                "frame_source": frame.loc[record["id"], "source_row"],
            }
        )
    columns = ["id", "role", "method", "reason", "amount_fen", "share_rate", "source_row"]
    return pd.DataFrame(rows, columns=[*columns, "frame_source"])


def coverage(frame: Table, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """抽样覆盖面 by number and by money.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id (unique), the money column `amount` in fen.
    sample : DataFrame
        id.
    amount : str

    Returns
    -------
    DataFrame, two rows
        measure (``count``, ``amount``), sample_count, population_count, sample_fen,
        population_fen, share_rate. Coverage says how much was seen, nothing about the rest. No
        rows where the frame or the sample is empty.

    """
    total, whole, count, seen = _counted(frame, sample, amount)
    if not total or sample.empty:
        return pd.DataFrame(columns=_COVERAGE_COLUMNS)
    by_count = ["count", count, total, None, None, Fraction(count, total)]
    by_amount = ["amount", None, None, seen, whole, Fraction(seen, whole) if whole else None]
    table = pd.DataFrame([by_count, by_amount], columns=_COVERAGE_COLUMNS)
    return table.astype(dict.fromkeys(_COVERAGE_COLUMNS[1:5], "Int64"))


def _counted(frame: Table, sample: pd.DataFrame, amount: str) -> tuple[int, int, int, int]:
    """Items and fen of the frame, items and fen of what was sampled.

    A DataFrame is not asked through DuckDB: a case without large tables needs none.
    """
    if isinstance(frame, pd.DataFrame):
        inside = frame.loc[frame["id"].isin(sample["id"]), amount]
        return len(frame), int(frame[amount].sum()), len(inside), int(inside.sum())
    seen = f"filter ({in_sample(sample['id'])})"
    fen = column(list(frame.columns), amount)
    sql = f"""
        select count(*) as total, cast(sum({fen}) as varchar) as whole, count(*) {seen} as count,
            cast(sum({fen}) {seen} as varchar) as seen
        from frame
    """
    row = query(sql, frame=frame).iloc[0]
    whole, some = (int(fen) if isinstance(fen, str) else 0 for fen in (row["whole"], row["seen"]))
    return int(row["total"]), whole, int(row["count"]), some


def figures(frame: pd.DataFrame, sample: pd.DataFrame, *, amount: str) -> list[Figure]:
    """Coverage as figures; nothing where the population or the sample is not there."""
    table = coverage(frame, sample, amount=amount)
    if table.empty:
        return []
    rows = row_ranges([*frame["source_row"], *sample["source_row"]])
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


_COVERAGE_COLUMNS = [
    "measure", "sample_count", "population_count", "sample_fen", "population_fen", "share_rate",
]  # fmt: skip
