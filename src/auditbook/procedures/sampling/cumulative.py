"""The running sum of a population with the items that were drawn, for a chart."""

from __future__ import annotations

import pandas as pd

from auditbook import query


def cumulative(
    frame: query.Table, drawn: pd.DataFrame, *, amount: str, points: int = 400
) -> pd.DataFrame:
    """The running sum of a population in the order of ids, for a chart.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation, the population
    drawn : DataFrame
        From :func:`draw`: id, hits, certainty. Without rows nothing is summed.
    points : int
        About how many places are kept beside those of drawn items.

    Returns
    -------
    DataFrame, one row per place kept
        place_count (items so far), cumulative_fen, hits (0 where nothing was drawn), certainty.
    """
    columns = ["place_count", "cumulative_fen", "hits", "certainty"]
    if drawn.empty:
        return pd.DataFrame(columns=columns)
    table = query.query(
        f"""
        with summed as (
            select id, row_number() over (order by id) as place_count, count(*) over () as items,
                sum({query.name(amount)}) over (order by id rows unbounded preceding)::bigint
                    as cumulative_fen
            from frame where {query.name(amount)} > 0
        )
        select id, place_count, cumulative_fen from summed
        where id in {query.literal(list(drawn["id"]))}
            or place_count % greatest(1, items // {query.literal(points)}) = 0
            or place_count = items
        order by place_count
        """,
        frame=frame,
    )
    hits = dict(zip(drawn["id"], drawn["hits"], strict=True))
    key = dict(zip(drawn["id"], drawn["certainty"], strict=True))
    table["hits"] = [int(hits.get(item, 0)) for item in table["id"]]
    table["certainty"] = [bool(key.get(item, False)) for item in table["id"]]
    return table[columns]
