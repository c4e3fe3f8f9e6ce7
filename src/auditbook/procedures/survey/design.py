"""Strata, clusters and weights: the one place where svy is called.

svy (optional, ``pip install "auditbook[design]"``) linearises; what is here hands it tables, and
looks at what it would not say: people that differ from the sum of weights, a stratum with a single
cluster, answers that are all alike, small parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import pandas as pd

from auditbook.procedures.errors import PlanError, check_confidence
from auditbook.procedures.survey.means import scale_ci
from auditbook.procedures.survey.proportions import Interval, proportion_ci

SMALL = 30
FEW = 10
_OFF = 0.01
"""People and sum of weights that are further apart than this share are not the same."""

COLUMNS = [
    "domain", "n", "estimate", "se", "lower", "upper", "df", "deff", "n_effective", "unweighted",
    "unweighted_lower", "unweighted_upper", "codes",
]  # fmt: skip


class MissingSvyError(PlanError):
    """svy is not installed; says what to install."""

    def __init__(self) -> None:
        super().__init__(
            '按抽样设计估计要用 svy，还没有安装：pip install "auditbook[design]"；其余各节不受影响',
            "estimates by design need svy, which is not installed: "
            'pip install "auditbook[design]"; the other sections stand without it',
        )


def svy_available() -> bool:
    """Whether svy can be imported."""
    return find_spec("svy") is not None


@dataclass(frozen=True)
class DesignColumns:
    """How respondents were drawn; all series of one index.

    Attributes
    ----------
    strata, clusters : Series or None
        What each respondent belongs to; clusters (群) lie within strata.
    weights : Series or None
        People that each respondent stands for; None: all alike.
    populations : mapping or None
        Stratum → clusters in it (people, where no clusters were drawn), for the finite population
        correction; under ``all`` without strata.
    people : int or None
        People in the whole population, to be held against the sum of weights.
    """

    strata: pd.Series | None = None
    clusters: pd.Series | None = None
    weights: pd.Series | None = None
    populations: Mapping[str, int] | None = None
    people: int | None = None

    def check(self) -> None:
        """Refuse what no estimate can rest on.

        Raises
        ------
        PlanError
            A weight that is missing or not above 0, a stratum or cluster that is missing, a stratum
            without a population where others have one, more clusters than there are.
        """
        for name, column in (("strata", self.strata), ("clusters", self.clusters)):
            if column is not None and column.isna().any():
                row = column.index[column.isna()][0]
                raise PlanError(f"{row} 没有 {name}；每份答卷都要有", f"{row} has no {name}")
        if self.weights is not None:
            wrong = ~(self.weights > 0)
            if wrong.any():
                row, value = self.weights.index[wrong][0], self.weights[wrong].iloc[0]
                raise PlanError(
                    f"{row} 的权重是 {value}，应大于 0",
                    f"the weight of {row} is {value}, not above 0",
                )
        for stratum, (drawn, there) in self._drawn().items():
            if there is None or there < drawn:
                raise PlanError(
                    f"populations 里 {stratum} 是 {there}，样本里已有 {drawn} 个",
                    f"populations has {there} for {stratum}, of which the sample has {drawn}",
                )

    def lone(self) -> list[str]:
        """Strata with a single cluster that is not all of the stratum: no variance is known."""
        counts = self._clusters()
        known = self.populations or {}
        return [str(s) for s, n in counts.items() if n == 1 and known.get(str(s)) != 1]

    def _clusters(self) -> dict[Any, int]:
        """Units drawn in each stratum: clusters, or people."""
        frame = self.frame
        grouped = frame.groupby("stratum", sort=False)
        counts = grouped.size() if self.clusters is None else grouped["cluster"].nunique()
        return {str(stratum): int(n) for stratum, n in counts.items()}

    def _drawn(self) -> dict[str, tuple[int, int | None]]:
        if self.populations is None:
            return {}
        return {s: (n, self.populations.get(s)) for s, n in self._clusters().items()}

    @cached_property
    def frame(self) -> pd.DataFrame:
        """stratum, cluster, weight, size: plain columns, one row per respondent."""
        given = next(c for c in (self.weights, self.strata, self.clusters) if c is not None)
        index = given.index
        strata = pd.Series("all", index=index) if self.strata is None else self.strata.astype(str)
        frame = pd.DataFrame({"stratum": strata.to_numpy(dtype=object)}, index=index)
        frame["cluster"] = (
            [str(n) for n in range(len(index))]
            if self.clusters is None
            else frame["stratum"].str.cat(self.clusters.astype(str).to_numpy(dtype=object), sep="/")
        )
        frame["weight"] = 1.0 if self.weights is None else self.weights.astype(float)
        sizes = {} if self.populations is None else dict(self.populations)
        frame["size"] = frame["stratum"].map(sizes).astype(float)
        return frame


def design_index(
    values: pd.Series,
    *,
    design: DesignColumns,
    domains: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The mean of an index by design, for all and for each part (domain).

    Parts, and respondents without a value, are domains of the whole sample: nothing is filtered
    away before the variance is estimated.

    Parameters
    ----------
    values : Series
        One share of the scale (0–1) per respondent; missing where there is none.
    design : DesignColumns
        Of the same index.
    domains : Series, optional
        The part of each respondent; missing ones are in none.
    confidence : float
        As a fraction.

    Returns
    -------
    DataFrame
        domain (``""``: all), n, estimate, se, lower, upper (t), df, deff (against simple random
        sampling without replacement; with, where the weights do not count people), n_effective
        (n/deff), unweighted, unweighted_lower, unweighted_upper (:func:`scale_ci`), codes:
        ``population_and_weights``, ``lone_psu`` (no estimate), ``all_alike`` (the limits are
        Wilson's with n/max(1, Kish's deff) answers), ``small_cell`` (fewer than 30), ``few_psu``
        (fewer than 10 degrees of freedom).

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        As :meth:`DesignColumns.check`; a wrong confidence; nobody has a value.
    """
    level = float(check_confidence(confidence))
    if not svy_available():
        raise MissingSvyError
    design.check()
    if not values.notna().any():
        raise PlanError("没有任何一份答卷有满意度", "no respondent has an index")
    parts = pd.Series("", index=values.index) if domains is None else domains
    found = {} if design.lone() else dict(_estimates(values, design, domains, level))
    names = ["", *([] if domains is None else _names(domains))]
    rows = []
    for name in names:
        here = values.notna() & ((parts == name) if name else True)
        if here.any():
            rows.append(_row(name, values[here], design, found.get(name), level, here))
    return pd.DataFrame(rows, columns=COLUMNS)


def design_share(
    satisfied: pd.Series,
    *,
    design: DesignColumns,
    domains: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """A share (满意率) by design, as :func:`design_index` of 0 and 1.

    Parameters
    ----------
    satisfied : Series of bool
        Missing where there is no answer.
    design, domains, confidence
        As for :func:`design_index`.
    """
    return design_index(
        satisfied.astype("Float64").astype("float64"),
        design=design,
        domains=domains,
        confidence=confidence,
    )


def _names(domains: pd.Series) -> list[Any]:
    if isinstance(domains.dtype, pd.CategoricalDtype):
        used = set(domains.dropna())
        return [name for name in domains.cat.categories if name in used]
    return list(pd.unique(domains.dropna()))


def _sample(data: pd.DataFrame, design: DesignColumns) -> tuple[Any, Any]:
    import polars
    import svy

    columns = {str(name): data[name].tolist() for name in data.columns}
    drawn = svy.Design(
        stratum=None if design.strata is None else "stratum",
        psu=None if design.clusters is None else "cluster",
        wgt="weight",
        pop_size=None if design.populations is None else "size",
    )
    return svy.Sample(polars.DataFrame(columns, strict=False), drawn), svy


def _estimates(
    values: pd.Series, design: DesignColumns, domains: pd.Series | None, level: float
) -> Iterator[tuple[Any, Any]]:
    """What svy gives: for all, and for each domain."""
    data = design.frame.assign(y=values.fillna(0.0), used=values.notna())
    reference = "wor" if data["weight"].sum() > len(data) else "wr"
    sample, svy = _sample(data, design)
    options = {"deff": reference, "alpha": 1 - level}
    yield "", sample.estimation.mean("y", where=svy.col("used"), **options).estimates[0]
    if domains is None:
        return
    data["domain"] = domains.astype("object").map(str, na_action="ignore").fillna("")
    data["used"] &= domains.notna()
    sample, svy = _sample(data, design)
    by_name = {str(name): name for name in _names(domains)}
    found = sample.estimation.mean("y", by="domain", where=svy.col("used"), **options)
    for one in found.estimates:
        if one.by_level[0] in by_name:
            yield by_name[one.by_level[0]], one


def _row(
    name: Any, values: pd.Series, design: DesignColumns, one: Any, level: float, here: pd.Series
) -> tuple[Any, ...]:
    n = len(values)
    plain = scale_ci(values, low=0.0, high=1.0, confidence=level)
    codes = [] if name else _of_all(design)
    if n < SMALL:
        codes.append("small_cell")
    if one is None:
        return (name, n, *[math.nan] * 7, *plain, tuple([*codes, "lone_psu"]))
    if one.df < FEW:
        codes.append("few_psu")
    limits, deff = (one.est, max(0.0, one.lci), min(1.0, one.uci)), one.deff
    if values.min() == values.max():
        codes.append("all_alike")
        limits, deff = _alike(values, design.frame.loc[here, "weight"], level)
    effective = n / deff if deff and deff == deff else math.nan
    return (
        name, n, limits[0], one.se, limits[1], limits[2], one.df, deff, effective, *plain,
        tuple(codes),
    )  # fmt: skip


def _alike(values: pd.Series, weights: pd.Series, level: float) -> tuple[Interval, float]:
    """Limits where all answers are equal: at least a share L of the people answers so."""
    kish = len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
    n = max(1, math.floor(len(values) / max(1.0, kish)))
    share, value = proportion_ci(count=n, n=n, confidence=level).lower, float(values.iloc[0])
    return Interval(value, share * value, 1 - share * (1 - value)), max(1.0, kish)


def _of_all(design: DesignColumns) -> list[str]:
    """Whether the weights can be those of the population."""
    frame = design.frame
    if design.weights is None:
        return []
    off = False
    if design.people:
        off = abs(frame["weight"].sum() / design.people - 1) > _OFF
    if design.populations is not None and design.clusters is None:
        sums = frame.groupby("stratum")["weight"].sum()
        off |= any(abs(total / design.populations[str(s)] - 1) > _OFF for s, total in sums.items())
    return ["population_and_weights"] if off else []
