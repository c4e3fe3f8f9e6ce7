"""The ways of drawing: which items of a frame are hit, in which order, with what chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.frames import Lines, named
from auditbook.procedures.sampling.hits import (
    cell_hits,
    cell_probability,
    check_step,
    fixed_hits,
    fixed_probability,
    random_hits,
    random_probability,
    random_start,
)
from auditbook.procedures.sampling.hitting import hit_items, items
from auditbook.procedures.sampling.plans import Plan, Stratum, check_chosen
from auditbook.query import literal

_SPARE = 8.0  # standard deviations of a count of n


@dataclass(frozen=True)
class Drawn:
    """What a method drew.

    Attributes
    ----------
    items : DataFrame, one row per item, in the order of drawing
        id, hit, hits, probability (Fraction, or None without any).
    intervals, starts : dict
        By stratum, where the method has one.
    """

    items: pd.DataFrame
    intervals: dict[str, Fraction] = field(default_factory=dict)
    starts: dict[str, Fraction] = field(default_factory=dict)


def random_items(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """The items with the n smallest keys of each stratum."""
    found = _smallest_keys(lines, strata, plan)
    shares = {s.name: Fraction(s.n, s.count) for s in strata}
    chances = [shares[stratum] for stratum in found["stratum"]]
    return Drawn(items(found["id"], found["row"], 1, chances))


def _smallest_keys(lines: Lines, strata: list[Stratum], plan: Plan) -> pd.DataFrame:
    """Keys are looked at up to a limit under which a few more than n lie in all likelihood.

    Ordering ten million keys for the sake of the first few takes a minute; where the limit was
    too low after all, a higher one is taken.
    """
    sql = f"""
        select id, stratum, row from (
            select id, stratum, row, {_key(plan)} as key from lines
        ) join wanted using (stratum) where key < below
        qualify row_number() over (partition by stratum order by key, id) <= n
        order by stratum, key, id
    """
    drawn, spare = [s for s in strata if s.n], _SPARE
    while True:
        names, sizes = [s.name for s in drawn], [s.n for s in drawn]
        limits = [_limit(s, spare) for s in drawn]
        wanted = pd.DataFrame({"stratum": names, "n": sizes, "below": limits})
        found = lines.ask(sql, wanted=wanted)
        if len(found) == sum(sizes):
            return found
        spare = max(4 * spare, 1.0)


def _limit(stratum: Stratum, spare: float) -> str:
    """The key under which n and some more items are expected; above all where that is all."""
    share = Fraction(math.ceil(stratum.n + spare * math.sqrt(stratum.n)), stratum.count)
    return f"{math.floor(share * 2**256):064x}" if share < 1 else "g"


def judged_items(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """The items that somebody chose; no probability can be stated for them."""
    chosen = check_chosen(plan)
    found = lines.ask("select id, row from lines semi join chosen using (id)", chosen=chosen)
    unknown = sorted(set(chosen["id"]) - set(found["id"]))
    if unknown:
        raise PlanError(
            f"chosen 中有抽样框没有的 id：{named(unknown)}；请核对",
            f"chosen has ids that are not in the frame: {named(unknown)}; check them",
        )
    found = chosen.merge(found, on="id", validate="one_to_one")
    judged = items(found["id"], found["row"], 1, [None] * len(found))
    return Drawn(judged.assign(reason=found["reason"]))


def systematic_items(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """Rows ⌈start + j · N/n⌉ of each stratum."""
    return _at_intervals(lines, strata, plan, "cast(1 as bigint)")


def fixed_interval(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """The items on which start + j · total/n falls."""
    return _at_intervals(lines, strata, plan, "greatest(amount, 0)")


def cells(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """The items on which one random fen of each interval falls."""
    intervals = {s.name: Fraction(s.length, s.n) for s in strata if s.n}
    hits = [
        cell_hits(_seed(plan), s.purpose("cell"), intervals[s.name], s.n) if s.n else []
        for s in strata
    ]

    def chance(stratum: Stratum, before: int, after: int) -> Fraction:
        return cell_probability(before, after, intervals[stratum.name])

    found = hit_items(lines, strata, hits, _line(plan, "greatest(amount, 0)"), chance)
    return Drawn(found, intervals)


def random_money(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """The items on which n random fen fall, drawn with replacement."""
    hits = [random_hits(_seed(plan), s.purpose("draw"), s.length, s.n) for s in strata]

    def chance(stratum: Stratum, before: int, after: int) -> Fraction:
        return random_probability(after - before, stratum.length, stratum.n)

    return Drawn(hit_items(lines, strata, hits, _line(plan, "greatest(amount, 0)"), chance))


def certain_and_interval(lines: Lines, strata: list[Stratum], plan: Plan) -> Drawn:
    """Items at or above the interval for certain, the rest in random order by fixed interval."""
    cuts, rest = _cut(lines, [s for s in strata if s.n])
    certain = lines.ask(
        "select id from lines join cuts using (stratum) where amount >= least order by stratum, id",
        cuts=cuts,
    )
    sure = items(certain["id"], None, 1, [Fraction(1)] * len(certain))
    if not any(s.n for s in rest):
        return Drawn(sure)
    intervals = {s.name: Fraction(s.length, s.n) for s in rest if s.n}
    starts = {s.name: _start(s, intervals[s.name], plan) for s in rest if s.n}
    sql = f"""
        select id, amount as size from lines join cuts using (stratum)
        where amount > 0 and amount < least order by stratum, {_key(plan)}, id
    """
    found = _spaced(lines, rest, intervals, starts, sql, cuts=cuts)
    return Drawn(pd.concat([sure, found], ignore_index=True), intervals, starts)


METHODS: dict[str, Callable[[Lines, list[Stratum], Plan], Drawn]] = {
    "random": random_items,
    "systematic": systematic_items,
    "mus_fixed_interval": fixed_interval,
    "mus_cell": cells,
    "mus_random": random_money,
    "pps_systematic": certain_and_interval,
    "judgement": judged_items,
}


def _seed(plan: Plan) -> int | str:
    return "" if plan.seed is None else plan.seed


def _key(plan: Plan) -> str:
    """SQL: the same as :func:`~auditbook.procedures.sampling.draws.item_key`."""
    return f"sha256({literal(f'{plan.seed}|')} || id)"


def _line(plan: Plan, size: str) -> str:
    order = "order by stratum, id" if plan.strata is not None else ""
    return f"select id, {size} as size from lines {order}"


def _at_intervals(lines: Lines, strata: list[Stratum], plan: Plan, size: str) -> Drawn:
    intervals = {s.name: _interval(s, plan) for s in strata if s.n}
    starts = {s.name: _start(s, intervals[s.name], plan) for s in strata if s.n}
    found = _spaced(lines, strata, intervals, starts, _line(plan, size))
    return Drawn(found, intervals, starts)


def _spaced(
    lines: Lines,
    strata: list[Stratum],
    intervals: dict[str, Fraction],
    starts: dict[str, Fraction],
    sql: str,
    **tables: pd.DataFrame,
) -> pd.DataFrame:
    hits = [fixed_hits(starts[s.name], intervals[s.name], s.length) if s.n else [] for s in strata]

    def chance(stratum: Stratum, before: int, after: int) -> Fraction:
        return fixed_probability(after - before, intervals[stratum.name])

    return hit_items(lines, strata, hits, sql, chance, **tables)


def _interval(stratum: Stratum, plan: Plan) -> Fraction:
    if plan.interval is None:
        return Fraction(stratum.length, stratum.n)
    given = check_step("interval", plan.interval, least=1, most=Fraction(stratum.length))
    fewest, most = stratum.length // given, -(-stratum.length // given)
    if stratum.n not in (fewest, most):
        raise PlanError(
            f"间隔 {given} 在 {stratum.length} 上应有 {fewest} 至 {most} 个样本，"
            f"n 却为 {stratum.n}；请改其一",
            f"an interval of {given} on {stratum.length} makes {fewest} to {most} hits, n is "
            f"{stratum.n}; change one of them",
        )
    return given


def _start(stratum: Stratum, interval: Fraction, plan: Plan) -> Fraction:
    if plan.start is not None:
        return check_step("start", plan.start, most=interval)
    return random_start(_seed(plan), stratum.purpose("start"), interval)


def _cut(lines: Lines, strata: list[Stratum]) -> tuple[pd.DataFrame, list[Stratum]]:
    """The least amount that is taken for certain in each stratum, and what is left of the strata.

    What is above the interval goes; the interval of the rest is never longer than before, so
    that this ends, at the latest when nothing is left.
    """
    certain: dict[str, tuple[int, int]] = {}
    while True:
        rest = _without(strata, certain)
        least = [math.ceil(s.length / Fraction(s.n)) if s.n else 1 for s in rest]
        cuts = pd.DataFrame({"stratum": [s.name for s in rest], "least": least})
        found = records(lines.ask(_CERTAIN, cuts=cuts))
        now = {row["stratum"]: (int(row["count"]), int(row["fen"])) for row in found}
        if now == certain:
            return cuts, rest
        certain = now


_CERTAIN = """
    select stratum, count(*) as count, cast(sum(amount) as varchar) as fen
    from lines join cuts using (stratum) where amount >= least group by stratum
"""


def _without(strata: list[Stratum], certain: dict[str, tuple[int, int]]) -> list[Stratum]:
    taken = [certain.get(s.name, (0, 0)) for s in strata]
    lengths = [s.length - fen for s, (_, fen) in zip(strata, taken, strict=True)]
    offsets = accumulate([0, *lengths])
    return [
        Stratum(s.name, s.count - count, length, s.n - count, offset)
        for s, (count, _), length, offset in zip(strata, taken, lengths, offsets, strict=False)
    ]
