"""From hits to items: one walk along the frame, with a running sum and the next hits in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from auditbook.procedures.sampling.frames import Lines
from auditbook.procedures.sampling.plans import Stratum

Chance: TypeAlias = Callable[[Stratum, int, int], Fraction]
"""The probability that an item is drawn, from its stratum and where it begins and ends on it."""


def items(ids: Any, hit: Any, hits: Any, probabilities: Sequence[Fraction | None]) -> pd.DataFrame:
    """Items as methods give them: id, hit, hits, probability."""
    table = pd.DataFrame({"id": list(ids)}, dtype="str")
    table["hit"] = pd.array([pd.NA] * len(table) if hit is None else list(hit), dtype="Int64")
    table["hits"] = np.asarray(hits, dtype="int64")
    table["probability"] = pd.Series(list(probabilities), dtype="object")
    return table


def hit_items(
    lines: Lines,
    strata: list[Stratum],
    hits: list[list[int]],
    sql: str,
    chance: Chance,
    **tables: pd.DataFrame,
) -> pd.DataFrame:
    """The items that are hit, in the order of their first hits.

    Parameters
    ----------
    lines : Lines
    strata : list of Stratum
        Laid end to end in the order of `sql`.
    hits : list of lists of int
        For each stratum, in the order of drawing, from 1 to its length.
    sql : str
        id and size of the items on the line, in order.
    chance : Chance
    **tables : DataFrame
        That `sql` asks for.

    Returns
    -------
    DataFrame
        As :func:`items`; hit is the first one, on the line of the item's stratum.
    """
    of = [s for s, places in zip(strata, hits, strict=True) for _ in places]
    places = [place for many in hits for place in many]
    along = [s.offset + place for s, place in zip(of, places, strict=True)]
    found = located(lines, along, sql, **tables).assign(hit=places, of=range(len(of)))
    times = found["id"].value_counts()
    first = found.drop_duplicates("id")
    spans = zip(
        first["of"].tolist(), first["before"].tolist(), first["after"].tolist(), strict=True
    )
    chances = [chance(of[k], b - of[k].offset, a - of[k].offset) for k, b, a in spans]
    return items(first["id"], first["hit"], first["id"].map(times), chances)


def located(lines: Lines, along: list[int], sql: str, **tables: pd.DataFrame) -> pd.DataFrame:
    """The item under each hit u: C(i-1) < u ≤ C(i), C the running sum of sizes.

    Returns
    -------
    DataFrame, one row per hit, in the order given
        id; before, after: C(i-1) and C(i).
    """
    order = np.argsort(np.asarray(along, dtype="int64"), kind="stable")
    waiting = np.asarray(along, dtype="int64")[order]
    found, carried = [_no_hits()], 0
    for batch in lines.walk(sql, **tables):
        sizes = batch["size"].to_numpy(dtype="int64")
        sums = carried + np.cumsum(sizes)
        first, end = np.searchsorted(waiting, [carried, sums[-1]], side="right")
        at = np.searchsorted(sums, waiting[first:end], side="left")
        ids = batch["id"].iloc[at].to_numpy(dtype="object")
        found.append(pd.DataFrame({"id": ids, "before": (sums - sizes)[at], "after": sums[at]}))
        carried = int(sums[-1])
    table = pd.concat(found, ignore_index=True).set_axis(order)
    return table.sort_index()


def _no_hits() -> pd.DataFrame:
    whole = {name: pd.Series(dtype="int64") for name in ("before", "after")}
    return pd.DataFrame({"id": pd.Series(dtype="object")} | whole)
