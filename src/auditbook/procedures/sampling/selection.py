"""抽样: drawing a sample from a frame of any size, so that anybody can draw it again."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.errors import Number, PlanError
from auditbook.procedures.sampling.draws import GENERATOR
from auditbook.procedures.sampling.frames import Lines, opened
from auditbook.procedures.sampling.methods import METHODS, Drawn
from auditbook.procedures.sampling.plans import Plan, Stratum, check_plan, strata_of
from auditbook.query import Table


def select(
    frame: Table,
    *,
    n: int | Mapping[str, int] | None,
    method: str,
    amount: str | None = None,
    strata: str | None = None,
    seed: int | str | None,
    start: Number | None = None,
    interval: Number | None = None,
    chosen: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A sample of a frame, with the record by which it can be drawn again.

    The frame is sorted by id, as texts by code point: the same rows in another order give the
    same sample. All chance comes from the seed, as in :mod:`auditbook.procedures.sampling.draws`:

    random
        The n items with the smallest keys.
    systematic
        Rows ⌈start + j·N/n⌉, j = 0 … n - 1. Beware of periods in the frame.
    mus_fixed_interval
        The items on which start + j·I falls, I = total / n.
    mus_cell
        One random fen in each interval: (j - 1 + U(j))·I, purpose ``cell``.
    mus_random
        n random fen with replacement: U(j)·total, purpose ``draw``.
    pps_systematic
        Items at or above the interval for certain, until no such item is left among the rest,
        whose interval is computed anew each time; then the rest in the order of its keys, by
        fixed interval. Always n different items.
    judgement
        What `chosen` names. Nothing can be projected from it: no probabilities.

    Where a start is not given, it is the purpose ``start``. Methods of money draw positive
    amounts only; the record says what was set apart.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id, unique (texts or whole numbers); `amount`, whole fen; `strata`; source_row, optional.
        A relation may be of any size: it is written, sorted, to a temporary file, and lines are
        read from there by batches, within the memory limit of its connection.
    n : int, or mapping of stratum to int
        Items to draw; hits for ``mus_…``, of which several may fall on one item. An int is
        divided among strata in proportion to their number of items, for methods of money to
        their amount. None only for ``judgement``.
    method : str
    amount : str, optional
        The column of amounts; needed for methods of money.
    strata : str, optional
        A column: each of its values is drawn from separately.
    seed : int or str
        None is allowed where nothing is drawn by chance: for ``judgement``, and with a start for
        ``systematic`` and ``mus_fixed_interval``.
    start : number, optional
        0 < start ≤ interval, in fen or rows; for ``systematic``, ``mus_fixed_interval`` and
        ``pps_systematic`` without strata. Floats count as the decimals that they print.
    interval : number, optional
        For ``systematic`` and ``mus_fixed_interval`` without strata, instead of the exact one:
        hits then run to the end of the frame, so that n must be the number of intervals, rounded
        down or up.
    chosen : DataFrame, optional
        id and reason of each item, for ``judgement`` only.

    Returns
    -------
    DataFrame, one row per item, in the order of drawing; strata one after another
        id; draw, from 1; hit: the first hit of the item, counted in fen along the line of its
        stratum (``mus_…``, ``pps_systematic``; missing for items taken for certain,
        which come first), the row in
        its stratum (``systematic``) or in the sorted frame (``random``, ``judgement``); hits;
        stratum, when asked for; amount_fen, when `amount` is given; inclusion_probability, that
        the item is drawn at all; weight, its inverse; certainty, whether the probability is 1;
        reason, for ``judgement``; source_row, when the frame has it. `attrs` holds the record
        that :func:`drawing` shows.

    Raises
    ------
    PlanError
        n is under 1 or over the number of items that can be drawn; no positive amounts; ids that
        are missing or not unique; a start, interval or seed that is none; arguments that do not
        belong together; wrong columns.
    TypeError
        The frame is neither a DataFrame nor a DuckDB relation.

    Notes
    -----
    Inclusion probabilities: n/N (``random``); 1/I (``systematic``); a/I, at most 1
    (``mus_fixed_interval``, ``pps_systematic``); 1 - Π(1 - share of the cell) (``mus_cell``);
    1 - (1 - a/total)^n (``mus_random``). Weights are for estimates by item (Horvitz-Thompson);
    :func:`evaluate_mus` counts hits instead. Nothing can be said of a stratum that is given 0.
    Under systematic methods some pairs of items are never drawn together, so that no estimate of
    the variance is unbiased.

    References
    ----------
    AICPA Audit Guide Audit Sampling, chapter 6 (fixed interval, cells). Cochran, Sampling
    Techniques, 3rd ed. (1977), chapters 8 and 9A. Touw and Hoogduin, Statistiek voor Audit en
    Controlling, p. 31 (systematic). Horvitz and Thompson, Journal of the American Statistical
    Association 47 (1952).
    """
    plan = Plan(method, n, seed, amount, strata, start, interval, chosen)
    check_plan(plan)
    with opened(frame, amount=amount, strata=strata) as lines:
        digest = lines.digest()
        groups = [] if method == "judgement" else strata_of(lines, plan)
        drawn = METHODS[method](lines, groups, plan)
        table = _table(lines, drawn, plan)
        table.attrs.update(_record(lines, plan, groups, drawn), frame_hash=digest)
    return table


def drawing(sample: pd.DataFrame) -> pd.DataFrame:
    """How a sample was drawn: all that is needed to draw it again.

    Parameters
    ----------
    sample : DataFrame
        From :func:`select`.

    Returns
    -------
    DataFrame
        item, value, as texts: method, n, items, hits, certain, amount, strata, seed, generator,
        interval and start (exact, in fen or rows), population, population_fen, positive_count …,
        stratum (one row each, ``甲: n=3; count=20; length=5000; interval=5000/3; start=700/3``)
        and frame_hash; items that do not apply are left out.

    Raises
    ------
    PlanError
        The table carries no record: it was read from a file, or made by hand.
    """
    if "frame_hash" not in sample.attrs:
        raise PlanError(
            "这张表没有抽样记录；请用 select 的结果，不要用读回的文件",
            "the table carries no record of its drawing; take what select gave, not a file",
        )
    rows = []
    for item, value in sample.attrs.items():
        for one in value if isinstance(value, list) else [value]:
            rows.append([item, str(one)])
    return pd.DataFrame(rows, columns=["item", "value"], dtype="str")


def _table(lines: Lines, drawn: Drawn, plan: Plan) -> pd.DataFrame:
    ids = drawn.items[["id"]]
    details = lines.ask("select lines.* from lines semi join ids using (id)", ids=ids)
    found = drawn.items.merge(details, on="id", how="left", validate="one_to_one")
    found = found.sort_values("stratum", kind="stable", ignore_index=True)
    chances = found["probability"].tolist()
    columns: dict[str, Any] = {
        "id": found["id"],
        "draw": range(1, len(found) + 1),
        "hit": found["hit"],
        "hits": found["hits"],
        "stratum": found["stratum"] if plan.strata is not None else None,
        "amount_fen": found["amount"] if plan.amount is not None else None,
        "inclusion_probability": pd.Series(map(_float, chances), dtype="float64"),
        "weight": pd.Series([_float(p and 1 / p) for p in chances], dtype="float64"),
        "certainty": [chance == 1 for chance in chances],
        "reason": found.get("reason"),
        "source_row": found["source_row"] if lines.has_source else None,
    }
    return pd.DataFrame({name: column for name, column in columns.items() if column is not None})


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _record(lines: Lines, plan: Plan, groups: list[Stratum], drawn: Drawn) -> dict[str, Any]:
    whole = plan.strata is None
    record = {
        "method": plan.method,
        "n": sum(s.n for s in groups) if groups else len(drawn.items),
        "items": len(drawn.items),
        "hits": int(drawn.items["hits"].sum()),
        "certain": sum(chance == 1 for chance in drawn.items["probability"]),
        "amount": plan.amount,
        "strata": plan.strata,
        "seed": None if plan.seed is None else str(plan.seed),
        "generator": GENERATOR if plan.method != "judgement" else None,
        "interval": str(drawn.intervals[""]) if whole and drawn.intervals else None,
        "start": str(drawn.starts[""]) if whole and drawn.starts else None,
        **_population(lines),
        "stratum": None if whole else [_stratum(s, drawn) for s in groups],
    }
    return {item: value for item, value in record.items() if value is not None}


def _population(lines: Lines) -> dict[str, int]:
    parts = records(lines.parts())
    population = {"population": sum(part["count"] for part in parts)}
    if not lines.has_amount:
        return population
    population["population_fen"] = sum(part["amount_fen"] for part in parts)
    for part in parts:
        population[f"{part['part']}_count"] = part["count"]
        population[f"{part['part']}_fen"] = part["amount_fen"]
    return population


def _stratum(stratum: Stratum, drawn: Drawn) -> str:
    known: dict[str, int | Fraction | None] = {
        "n": stratum.n,
        "count": stratum.count,
        "length": stratum.length,
        "interval": drawn.intervals.get(stratum.name),
        "start": drawn.starts.get(stratum.name),
    }
    text = "; ".join(f"{word}={number}" for word, number in known.items() if number is not None)
    return f"{stratum.name}: {text}"
