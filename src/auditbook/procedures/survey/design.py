"""Satisfaction by the sampling design: all, and parts as domains; weighted beside unweighted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.intervals import normal_quantile
from auditbook.procedures.errors import PlanError, check_confidence
from auditbook.procedures.survey import svy_adapter
from auditbook.procedures.survey.design_columns import DesignColumns, by_stratum, drawn
from auditbook.procedures.survey.design_guards import (
    FEW_DF,
    SMALL_CELL,
    Guard,
    kish_deff,
    ordered,
)
from auditbook.procedures.survey.means import scale_ci
from auditbook.procedures.survey.proportions import student_quantile, wilson_limits

COLUMNS = [
    "domain", "n", "sum_of_weights", "estimate", "se", "lower", "upper", "df", "deff",
    "n_effective", "unweighted", "unweighted_lower", "unweighted_upper", "codes",
]  # fmt: skip
_NONE = 1e-9
"""A standard error below this is rounding noise."""


def design_index(
    values: pd.Series,
    *,
    design: DesignColumns,
    domains: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The mean of an index by design, for all and for each part (domain), by linearisation.

    Parts, and respondents who answered, are domains of the whole sample: nothing is filtered away
    before the variance is estimated.

    Parameters
    ----------
    values : Series
        One share of the scale (0–1) per respondent; missing where there is none.
    design : DesignColumns
        Of the same rows. With clusters and populations, weights above N_h/n_h say that only some
        of the people of a cluster were asked: the variance then has both stages.
    domains : Series, optional
        The part of each respondent; missing ones are in none.
    confidence : float
        As a fraction.

    Returns
    -------
    DataFrame
        domain (``""``: all), n, sum_of_weights, estimate, se, lower, upper (Student's t with df,
        clipped to the scale), df (clusters less strata), deff (against simple random sampling,
        without replacement where there are populations, else with), n_effective (n/deff);
        unweighted, unweighted_lower, unweighted_upper (:func:`scale_ci`, as if drawn at random);
        codes of :data:`GUARDS`. A stratum with one cluster is centred at the mean of all, as R's
        ``lonely.psu = "adjust"``. Where all answer alike, or no variance is seen, the limits are
        Wilson's with n/max(1, Kish's deff) answers. A census has no margin.

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        What :meth:`DesignColumns.frame` refuses; a wrong confidence; values off the scale or of
        other rows; nobody has a value; no stratum has two clusters.

    References
    ----------
    Lumley, T. (2010), Complex Surveys, Wiley, chapters 2 and 3. Kish, L. (1965), Survey Sampling.
    """
    return _table(values, design, domains, confidence, _index_limits)


def design_share(
    satisfied: pd.Series,
    *,
    design: DesignColumns,
    domains: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """A share (满意率) by design: :func:`design_index` of 0 and 1 with Wilson's limits.

    Wilson's with p(1 − p)/se² answers and Student's t with df, as R's survey since 4.5; of a
    simple random sample with a population they are those of :func:`proportion_ci`.

    Parameters
    ----------
    satisfied : Series of bool
        Missing where there is no answer.
    design, domains, confidence
        As for :func:`design_index`.

    Raises
    ------
    MissingSvyError, PlanError
        As :func:`design_index`.
    """
    numbers = satisfied.astype("Float64").astype("float64")
    return _table(numbers, design, domains, confidence, _share_limits)


@dataclass(frozen=True)
class _Part:
    """Respondents of a domain who have a value: which rows, and their columns."""

    name: Any
    rows: Any
    shares: pd.Series
    design: pd.DataFrame
    nulls: bool

    @property
    def alike(self) -> bool:
        return float(self.shares.min()) == float(self.shares.max())

    @property
    def df(self) -> int:
        units = self.design["cluster"].nunique() if "cluster" in self.design else len(self.shares)
        return int(units - by_stratum(self.design).ngroups)

    @property
    def effective(self) -> float:
        return len(self.shares) / max(1.0, kish_deff(self.design["weight"]))


_Limits = Callable[[Any, float], tuple[float, float]]


def _table(
    values: pd.Series,
    design: DesignColumns,
    domains: pd.Series | None,
    confidence: float,
    limits: _Limits,
) -> pd.DataFrame:
    level = float(check_confidence(confidence))
    svy_adapter.check_svy()
    frame = design.frame(values.index)
    _check(values, domains, frame)
    facts = frame.assign(lone=design.lone(frame), covered=design.covered(frame))
    parts = list(_parts(values, domains, facts))
    found = _estimates(values, frame, parts, level)
    rows = [_row(part, found.get(at), level, limits) for at, part in enumerate(parts)]
    if design.differs(frame):
        rows[0]["codes"] = ("population_and_weights", *rows[0]["codes"])
    return pd.DataFrame(rows, columns=COLUMNS)


def _check(values: pd.Series, domains: pd.Series | None, frame: pd.DataFrame) -> None:
    if domains is not None and not domains.index.equals(values.index):
        raise PlanError(
            f"domains 与答卷不是同一批：{len(domains)} 行对 {len(values)} 行",
            f"domains are not of the same rows as the answers: {len(domains)} and {len(values)}",
        )
    given = values.dropna()
    if given.empty:
        raise PlanError("没有任何一份答卷有满意度", "no respondent has an index")
    wrong = given[~given.between(0, 1)]
    if len(wrong):
        raise PlanError(
            f"{wrong.index[0]} 的值是 {wrong.iloc[0]}，应为量表上 0 到 1 之间的比率",
            f"{wrong.index[0]} has {wrong.iloc[0]}; give shares of the scale, 0 to 1",
        )
    if (drawn(frame) == 1).all():
        raise PlanError(
            "每一层都只有一个群（或一人），方差无从得知；请合并相近的层，或改用更小的群",
            "every stratum has a single cluster (or person), so that no variance can be known; "
            "join strata that are alike, or give smaller clusters",
        )


def _parts(values: pd.Series, domains: pd.Series | None, design: pd.DataFrame) -> Iterator[_Part]:
    """All first, then each part that has a value, in the order of categories or appearance."""
    given = values.notna().to_numpy()
    named: dict[Any, Any] = {"": given | True}
    if domains is not None:
        categories = isinstance(domains.dtype, pd.CategoricalDtype)
        names = list(domains.cat.categories if categories else pd.unique(domains.dropna()))
        named |= {name: (domains == name).fillna(False).to_numpy(dtype=bool) for name in names}
    for name, rows in named.items():
        here = rows & given
        if here.any():
            yield _Part(name, here, values[here], design[here], bool((rows & ~given).any()))


def _estimates(
    values: pd.Series, frame: pd.DataFrame, parts: list[_Part], level: float
) -> dict[int, Any]:
    """What svy gives for each part, by its place; parts whose answers are alike need none."""
    import numpy as np

    reference = "wor" if "size" in frame else "wr"
    found: dict[int, Any] = {}
    for places in (range(1), range(1, len(parts))):  # all, then the parts, which exclude another
        of_row = np.full(len(frame), -1)
        for place in places:
            if not parts[place].alike:
                of_row[parts[place].rows] = place
        if (of_row >= 0).any():
            numbers = values.fillna(0.0).to_numpy(dtype="float64")
            data = frame.assign(value=numbers, part=of_row, used=of_row >= 0)
            found |= svy_adapter.means(data, by="part", reference=reference, confidence=level)
    return found


def _row(part: _Part, one: Any, level: float, limits: _Limits) -> dict[str, Any]:
    n, weights = len(part.shares), part.design["weight"]
    seen = one is not None and one.se > _NONE
    estimate = float(part.shares.iloc[0]) if one is None else float(one.est)
    census = bool(part.design["covered"].all())
    deff = n / part.effective
    if seen:
        deff = math.nan if one.deff is None else float(one.deff)
    lower, upper = limits(one, level) if seen else _unseen(part, estimate, level, census=census)
    codes: dict[Guard, bool] = {
        "lone_psu": bool(part.design["lone"].any()),
        "nulls": part.nulls,
        "all_alike": part.alike and not census,
        "no_variance": not part.alike and not seen and not census,
        "small_cell": n < SMALL_CELL,
        "few_psu": part.df < FEW_DF and not census,
    }
    plain = scale_ci(part.shares, low=0.0, high=1.0, confidence=level)
    found = (
        part.name, n, float(weights.sum()), estimate, float(one.se) if seen else 0.0, lower, upper,
        part.df, math.nan if census else deff, math.nan if census else n / deff, *plain,
        ordered(codes),
    )  # fmt: skip
    return dict(zip(COLUMNS, found, strict=True))


def _index_limits(one: Any, level: float) -> tuple[float, float]:
    return max(0.0, float(one.lci)), min(1.0, float(one.uci))


def _share_limits(one: Any, level: float) -> tuple[float, float]:
    share, se = float(one.est), float(one.se)
    if one.df < 1:
        return math.nan, math.nan
    return wilson_limits(share, share * (1 - share) / se**2, student_quantile(level, one.df))


def _unseen(part: _Part, estimate: float, level: float, *, census: bool) -> tuple[float, float]:
    """Limits where no variance is seen; where all answer alike, a share of the people does so."""
    if census:
        return estimate, estimate
    quantile = normal_quantile(level)
    if not part.alike:
        return wilson_limits(estimate, part.effective, quantile)
    share, _ = wilson_limits(1.0, part.effective, quantile)
    return share * estimate, 1 - share * (1 - estimate)
