"""What the results of a probability sample say of the population: projection and limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, cast

import pandas as pd

from auditbook.case.sampling_settings import Plan, Sampling
from auditbook.facts import records
from auditbook.procedures.sampling.attributes import attribute_upper_limit
from auditbook.procedures.sampling.estimation import estimate_total
from auditbook.procedures.sampling.estimators import Method
from auditbook.procedures.sampling.monetary import evaluate_mus
from auditbook.procedures.sampling.planning import Population, planned, tolerable_fen
from auditbook.procedures.sampling.projection import may_be_projected
from auditbook.procedures.sampling.results import NOT_EXAMINABLE, all_examined


@dataclass(frozen=True)
class Projected:
    """The most likely figure of the population and its limit, beside what is tolerable.

    Attributes
    ----------
    measure : str
        ``overstatement``, ``understatement``, ``misstatement`` (net, from an estimate) or
        ``deviation_rate``.
    method : str
        How it was computed: ``stringer``, ``difference``, ``binomial`` …
    most_likely, limit, tolerable : number
        Fen, or a rate.
    basic_precision : number or None
        Of a Stringer limit.
    warnings : tuple of str
    limit_at : function of int
        The limit of a sample of another size in which nothing more is found.
    """

    measure: str
    method: str
    most_likely: Fraction | float
    limit: Fraction | float
    tolerable: Fraction | float
    limit_at: Callable[[int], Fraction | float] = field(repr=False, compare=False)
    basic_precision: Fraction | float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def in_money(self) -> bool:
        """Whether it is in fen, and not a rate."""
        return self.measure != "deviation_rate"


def plan_to_project(found: pd.DataFrame, conditions: pd.DataFrame, design: Sampling) -> Plan | None:
    """The plan by which results are projected; None where they may not be, or are not complete."""
    ready = may_be_projected(conditions) and all_examined(found)
    return design.plan if ready else None


def project_results(
    found: pd.DataFrame,
    conditions: pd.DataFrame,
    population: Population,
    design: Sampling,
    *,
    rate: Any,
) -> list[Projected]:
    """Project a sample that was examined in full; nothing where it may not be projected.

    Parameters
    ----------
    found : DataFrame
        From :func:`auditbook.procedures.sampling.results`.
    conditions : DataFrame
        From :func:`auditbook.procedures.sampling.projection`; all must hold.
    population : Population
        What was drawn from.
    design : Sampling
    rate : Decimal
        The materiality of the case.

    References
    ----------
    The methods are those of :func:`evaluate_mus`, :func:`estimate_total` and
    :func:`attribute_upper_limit`.
    """
    plan = plan_to_project(found, conditions, design)
    if plan is None:
        return []
    tolerable = tolerable_fen(design, population, rate=rate)
    if plan.by_money:
        return _by_money(found, population, design, tolerable)
    projections = [_estimate(found, population, design, tolerable)]
    if plan.tolerable_rate is not None:
        projections.append(_deviations(found, population, design))
    return projections


def _by_money(
    found: pd.DataFrame, population: Population, design: Sampling, tolerable: int
) -> list[Projected]:
    """Key items as they are, the rest by the Stringer bound, each direction by itself."""
    plan = planned(design)
    key, rest = found[found["certainty"]], found[~found["certainty"]]
    evaluate = partial(
        evaluate_mus,
        _taints(rest),
        book_value=population.book_fen - int(key["book_fen"].sum()),
        confidence=design.confidence,
        method=plan.evaluation,
        key_items=[int(fen) for fen in key["difference_fen"]],
    )
    hits = int(rest["hits"].sum())
    if hits == 0:
        return _census(key, tolerable)
    result = evaluate(n=hits)
    key_hits = int(key["hits"].sum())
    over = Projected(
        "overstatement",
        plan.evaluation,
        result.most_likely + result.understatement_most_likely,
        result.upper_limit,
        tolerable,
        lambda size: evaluate(n=size - key_hits).upper_limit,
        result.basic_precision,
        tuple(result.warnings),
    )
    under = Projected(
        "understatement",
        plan.evaluation,
        result.understatement_most_likely,
        result.understatement_limit,
        tolerable,
        lambda size: evaluate(n=size - key_hits).understatement_limit,
        result.basic_precision,
    )
    return [over, under]


def _census(key: pd.DataFrame, tolerable: int) -> list[Projected]:
    """Every item was a key item: what was found is what there is."""
    found = [
        (measure, sum(max(0, sign * int(fen)) for fen in key["difference_fen"]))
        for measure, sign in (("overstatement", 1), ("understatement", -1))
    ]
    return [
        Projected(measure, "census", fen, fen, tolerable, partial(_same, fen))
        for measure, fen in found
    ]


def _same(fen: int, size: int) -> int:
    """A census has its limit whatever the size of a sample."""
    return fen


def _taints(rest: pd.DataFrame) -> list[Fraction]:
    """The taints of draws in error, one for each hit."""
    return [
        row["taint_rate"] for row in records(rest) if row["taint_rate"] for _ in range(row["hits"])
    ]


def _estimate(
    found: pd.DataFrame, population: Population, design: Sampling, tolerable: int
) -> Projected:
    plan = planned(design)
    by_stratum = population.strata
    result = estimate_total(
        found.astype({"audited_fen": "int64"}),
        population={name: items for name, (items, _) in by_stratum.items()} or population.items,
        method=cast(Method, plan.evaluation),
        audited="audited_fen",
        book="book_fen",
        book_total={name: fen for name, (_, fen) in by_stratum.items()} or population.book_fen,
        strata="stratum" if by_stratum else None,
        confidence=design.confidence,
    )
    point = abs(population.book_fen - result.point)
    half = (result.upper - result.lower) / 2
    n, items = len(found), population.items
    return Projected(
        "misstatement",
        plan.evaluation,
        point,
        point + half,
        tolerable,
        lambda size: point + half * ((1 / size - 1 / items) / (1 / n - 1 / items)) ** 0.5,
        warnings=tuple(result.warnings),
    )


def _deviations(found: pd.DataFrame, population: Population, design: Sampling) -> Projected:
    plan = planned(design)
    deviations, n = deviations_in(found), len(found)
    limit = partial(
        attribute_upper_limit,
        deviations=deviations,
        confidence=design.confidence,
        population=population.items,
        method=plan.likelihood,
    )
    assert plan.tolerable_rate is not None
    tolerable = Fraction(plan.tolerable_rate)
    return Projected(
        "deviation_rate",
        plan.likelihood,
        Fraction(deviations, n),
        limit(n=n),
        tolerable,
        lambda size: limit(n=size),
    )


def deviations_in(found: pd.DataFrame) -> int:
    """How many items deviate: misstated, or not to be examined."""
    wrong = (found["difference_fen"].fillna(0) != 0) | (found["visit"] == NOT_EXAMINABLE)
    return int(wrong.sum())


def projection_table(projections: list[Projected]) -> pd.DataFrame:
    """Projections in money, for showing.

    Returns
    -------
    DataFrame, one row per measure
        measure, projection_method, most_likely_fen, basic_precision_fen, limit_fen,
        tolerable_fen (whole fen; the limit rounded up), within (``yes`` where the limit is at
        most what is tolerable), warnings.
    """
    rows = [
        {
            "measure": one.measure,
            "projection_method": one.method,
            "most_likely_fen": round(one.most_likely),
            "basic_precision_fen": None
            if one.basic_precision is None
            else whole_fen(one.basic_precision),
            "limit_fen": whole_fen(one.limit),
            "tolerable_fen": int(one.tolerable),
            "within": "yes" if one.limit <= one.tolerable else "no",
            "warnings": "、".join(one.warnings),
        }
        for one in projections
        if one.in_money
    ]
    return pd.DataFrame(rows, columns=_MONEY).astype({"basic_precision_fen": "Int64"})


def rate_table(projections: list[Projected]) -> pd.DataFrame:
    """Projections of a rate, for showing.

    Returns
    -------
    DataFrame
        measure, projection_method, most_likely_rate, limit_rate, tolerable_rate, within.
    """
    rows = [
        {
            "measure": one.measure,
            "projection_method": one.method,
            "most_likely_rate": one.most_likely,
            "limit_rate": one.limit,
            "tolerable_rate": one.tolerable,
            "within": "yes" if one.limit <= one.tolerable else "no",
        }
        for one in projections
        if not one.in_money
    ]
    return pd.DataFrame(rows, columns=_RATES)


def whole_fen(value: Any) -> int:
    """Whole fen, rounded up: a limit is never made smaller; a float's noise is not money."""
    return math.ceil(value if isinstance(value, Fraction) else round(float(value), 6))


_MONEY = [
    "measure", "projection_method", "most_likely_fen", "basic_precision_fen", "limit_fen",
    "tolerable_fen", "within", "warnings",
]  # fmt: skip
_RATES = [
    "measure", "projection_method", "most_likely_rate", "limit_rate", "tolerable_rate", "within",
]  # fmt: skip
