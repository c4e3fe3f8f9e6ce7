"""The plan of a sample: how large it must be for what it is to show, and the draw itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook import query
from auditbook.case.sampling_settings import Plan, Risks, Sampling
from auditbook.facts import records
from auditbook.procedures.sampling import frames
from auditbook.procedures.sampling.attributes import attribute_sample_size
from auditbook.procedures.sampling.monetary import mus_sample_size
from auditbook.procedures.sampling.priors import detection_risk
from auditbook.procedures.sampling.selection import select

_YUAN = 100


@dataclass(frozen=True)
class Population:
    """What is sampled from.

    Attributes
    ----------
    items : int
        Items that can be drawn; in sampling by money those with a positive amount.
    book_fen : int
        Their amount.
    strata : mapping of str to (items, fen)
        The same by stratum, where the plan has strata.
    """

    items: int
    book_fen: int
    strata: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def sampled_part(frame: query.Table, parts: pd.DataFrame, design: Sampling) -> Population:
    """The part of the population that the plan draws from.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        From :func:`auditbook.procedures.sampling.population`.
    parts : DataFrame
        From :func:`auditbook.procedures.sampling.parts`: part, count, amount_fen.
    design : Sampling
        By money, the positive amounts; else every item.
    """
    by_money = design.plan is not None and design.plan.by_money
    kept = parts[parts["part"] == "positive"] if by_money else parts
    items, fen = int(kept["count"].sum()), sum(int(fen) for fen in kept["amount_fen"])
    if design.plan is None or design.plan.strata is None:
        return Population(items, fen)
    column = query.name(design.plan.strata)
    table = query.query(
        f"select {column}::varchar as stratum, count(*) as items, "
        f"sum({query.name(design.amount)})::bigint as fen from frame group by 1 order by 1",
        frame=frame,
    )
    return Population(items, fen, {r["stratum"]: (r["items"], r["fen"]) for r in records(table)})


def tolerable_fen(design: Sampling, population: Population, *, rate: Decimal) -> int:
    """可容忍错报 in fen: the plan's, or else the case's materiality of what is sampled from.

    Parameters
    ----------
    rate : Decimal
        The materiality of the case, a share of the money; rounded down to whole fen.
    """
    if design.plan is not None and design.plan.tolerable_fen is not None:
        return design.plan.tolerable_fen
    return int(Fraction(rate) * population.book_fen)


def risk_allowed(risks: Risks) -> float:
    """检查风险: what the risks of a plan leave to its sample; plan with the confidence 1 − it."""
    return detection_risk(
        audit_risk=risks.audit,
        inherent_risk=risks.inherent,
        control_risk=risks.control,
        analytical_risk=risks.analytical,
    )


def planned_size(design: Sampling, population: Population, *, rate: Decimal) -> int:
    """How many items, or hits, the plan draws: as stated, or as many as it needs.

    Raises
    ------
    PlanError
        The plan cannot be carried out.
    """
    plan = planned(design)
    return plan.size or needed_size(design, population, rate=rate)


def needed_size(design: Sampling, population: Population, *, rate: Decimal) -> int:
    """How many items, or hits, the plan needs for what it is to show; 0 without a plan.

    Raises
    ------
    PlanError
        The plan cannot be carried out.
    """
    plan = design.plan
    if plan is None:
        return 0
    if plan.by_money:
        return mus_sample_size(
            book_value=Fraction(population.book_fen, _YUAN),
            tolerable_misstatement=Fraction(tolerable_fen(design, population, rate=rate), _YUAN),
            expected_misstatement=Fraction(plan.expected_fen, _YUAN),
            confidence=design.confidence,
            method=plan.likelihood,
        )
    if plan.tolerable_rate is None:
        return plan.size or 0
    return attribute_sample_size(
        tolerable_rate=plan.tolerable_rate,
        expected_rate=plan.expected_rate,
        confidence=design.confidence,
        population=population.items,
        method=plan.likelihood,
    )


def draw(frame: Any, population: Population, design: Sampling, *, rate: Decimal) -> pd.DataFrame:
    """Draw the sample that the plan asks for; no rows where the case has no plan.

    Parameters
    ----------
    frame : DataFrame or relation
        From :func:`auditbook.procedures.sampling.population`.
    population : Population
        From :func:`sampled_part`.
    design : Sampling
    rate : Decimal
        The materiality of the case.

    Returns
    -------
    DataFrame
        As :func:`auditbook.procedures.sampling.select` gives it.

    Raises
    ------
    PlanError
        The plan cannot be carried out.
    """
    plan = design.plan
    if plan is None or design.seed is None:
        return pd.DataFrame(columns=["draw", "id", "hits", "certainty", "stratum", "amount_fen"])
    sample: pd.DataFrame = select(
        frame,
        n=planned_size(design, population, rate=rate),
        method=plan.selection,
        amount=design.amount,
        strata=plan.strata,
        seed=design.seed,
    )
    return sample


def draw_planned(frame: Any, design: Sampling, *, rate: Decimal) -> pd.DataFrame:
    """Draw the plan's sample from a frame of which nothing is known yet; see :func:`draw`."""
    if design.plan is None:
        return draw(frame, Population(0, 0), design, rate=rate)
    parts = frames.parts(frame, amount=design.amount)
    return draw(frame, sampled_part(frame, parts, design), design, rate=rate)


def planned(design: Sampling) -> Plan:
    """The plan of a design that has one.

    Raises
    ------
    ValueError
        It has none.
    """
    if design.plan is None:
        raise ValueError("the case has no plan of its sample")
    return design.plan
