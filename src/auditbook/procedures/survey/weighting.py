"""加权: post-stratification, raking, weighting classes, trimming; margins before and after.

svy adjusts, but for trimming; here stands what must hold of what it is given, and what comes back
beside it. Adjusted weights then count as given: an interval by design with them leaves out that
adjusting to known totals makes it narrower.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey import svy_adapter
from auditbook.procedures.survey.design_columns import DesignColumns
from auditbook.procedures.survey.design_guards import kish_deff

Margins = Mapping[str, tuple[pd.Series, Mapping[str, float]]]
"""Variable → the category of each respondent, and the people served in each category."""

SUMMARY = ["least", "most", "mean", "kish_deff", "n_effective"]


@dataclass(frozen=True)
class Weighted:
    """Weights after an adjustment.

    Attributes
    ----------
    weights : Series
    margins : DataFrame
        variable, category, before, after, target: sums of weights. No rows where there are none.
    summary : DataFrame
        least, most, mean, kish_deff = 1 + cv², n_effective = (Σw)²/Σw² by row; before, after.
    """

    weights: pd.Series
    margins: pd.DataFrame
    summary: pd.DataFrame


def post_stratify(
    weights: pd.Series, categories: pd.Series, totals: Mapping[str, float]
) -> Weighted:
    """事后分层: weights whose sums are the people in each category.

    Parameters
    ----------
    weights : Series
        Before, above 0.
    categories : Series
        Of each respondent, named as the margin is to be.
    totals : mapping
        Category → people. Every category that occurs needs its people, and people respondents.

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        A weight that is missing or not above 0; categories that are missing or do not match.

    References
    ----------
    Holt, D. and Smith, T. M. F. (1979), Post stratification, JRSS A 142, 33–46.
    """
    margins = {str(categories.name or "category"): (categories, totals)}
    data, codes = _columns(weights, margins)
    new = svy_adapter.post_stratified(data.rename(columns={"m0": "category"}), codes["m0"])
    return weighted(weights, pd.Series(new, index=weights.index), margins)


def rake(weights: pd.Series, margins: Margins) -> Weighted:
    """迭代比例拟合: weights whose sums are those of several margins at once (to 1e-10).

    Parameters
    ----------
    weights : Series
        Before, above 0.
    margins : mapping
        As for :func:`post_stratify`, by variable; all of the same total.

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        As :func:`post_stratify`; margins of different totals; no convergence.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940), Annals of Mathematical Statistics 11, 427–444.
    """
    sums = {name: math.fsum(people.values()) for name, (_, people) in margins.items()}
    if not sums or max(sums.values()) - min(sums.values()) > 1e-6 * max(sums.values()):
        shown = "、".join(f"{name} {total:g}" for name, total in sums.items()) or "—"
        raise PlanError(
            f"各项人数的合计应相同，现为 {shown}",
            f"margins should have the same total, got {shown}",
        )
    data, codes = _columns(weights, margins)
    new = svy_adapter.raked(data, codes)
    return weighted(weights, pd.Series(new, index=weights.index), margins)


def weighting_classes(weights: pd.Series, classes: pd.Series, responded: pd.Series) -> Weighted:
    """The weight of those who did not respond is borne by those of their class who did.

    Parameters
    ----------
    weights, classes : Series
        Of everybody who was asked.
    responded : Series of bool

    Returns
    -------
    Weighted
        Weights of the respondents; margins by class against the weight of all who were asked.

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        A class in which nobody responded, or as :func:`post_stratify`.

    References
    ----------
    Kalton, G. and Flores-Cervantes, I. (2003), Weighting methods, Journal of Official Statistics
    19, 81–97.
    """
    if not responded.index.equals(weights.index) or responded.isna().any():
        raise PlanError(
            "responded 应逐人写明是否应答，与权重同一批", "responded should say yes or no of each"
        )
    yes = responded.astype(bool)
    asked = {str(name): float(sum_) for name, sum_ in weights.groupby(classes).sum().items()}
    silent = sorted(asked.keys() - set(classes[yes].astype(str)))
    if silent:
        raise PlanError(
            f"{'、'.join(silent)} 没有人应答；请并入相近的类",
            f"nobody responded in {', '.join(silent)}; join it with a class that is like it",
        )
    data, _ = _columns(weights, {"class": (classes, asked)})
    data = data.rename(columns={"m0": "category"}).assign(responded=yes.to_numpy(dtype="int64"))
    new = pd.Series(svy_adapter.reweighted(data), index=weights.index[yes])
    return weighted(weights[yes], new, {str(classes.name or "class"): (classes[yes], asked)})


def trim(weights: pd.Series, *, least: float, most: float) -> Weighted:
    """Weights within multiples of their mean, their sum and their order kept.

    Each w becomes c·w, cut to the bounds, with the one factor c that keeps the sum.

    Parameters
    ----------
    weights : Series
        Above 0.
    least, most : float
        Multiples of the mean weight, 0 < least ≤ 1 ≤ most.

    Raises
    ------
    PlanError
        Bounds that do not hold 1; a weight that is missing or not above 0.

    References
    ----------
    Potter, F. (1990), A study of procedures to identify and trim extreme sampling weights,
    Proceedings of the Survey Research Methods Section, ASA, 225–230.
    """
    from scipy.optimize import brentq  # svy 0.35 leaves some that were cut below smaller ones

    if not 0 < least <= 1 <= most < math.inf:
        raise PlanError(
            f"应有 0 < least ≤ 1 ≤ most，给的是 {least} 和 {most}",
            f"0 < least ≤ 1 ≤ most, got {least} and {most}",
        )
    given = DesignColumns(weights=weights).frame(weights.index)["weight"]
    low, high = least * given.mean(), most * given.mean()

    def beyond(factor: float) -> float:
        return float((given * factor).clip(low, high).sum() / given.sum() - 1)

    if given.between(low, high).all():
        return weighted(weights, given, {})
    factor = brentq(beyond, low / given.max(), high / given.min(), xtol=1e-15)
    return weighted(weights, (given * factor).clip(low, high), {})


def weighted(before: pd.Series, after: pd.Series, margins: Margins) -> Weighted:
    """Weights before and after one or more adjustments, held against margins."""
    rows = [
        (name, category, before[of == category].sum(), after[of == category].sum(), target)
        for name, (column, totals) in margins.items()
        for of in [column.astype(str)]
        for category, target in totals.items()
    ]
    table = pd.DataFrame(rows, columns=["variable", "category", "before", "after", "target"])
    summary = {"before": _summary(before), "after": _summary(after)}
    return Weighted(after, table, pd.DataFrame(summary, index=SUMMARY))


def _summary(weights: pd.Series) -> list[float]:
    kish, n = kish_deff(weights), len(weights)
    ends = float(weights.min()), float(weights.max())
    return [*ends, math.fsum(weights) / n, kish, n / kish]


def _columns(
    weights: pd.Series, margins: Margins
) -> tuple[pd.DataFrame, dict[str, dict[int, float]]]:
    """Weights and categories as numbers, and the totals of these."""
    svy_adapter.check_svy()
    data = DesignColumns(weights=weights).frame(weights.index)
    totals: dict[str, dict[int, float]] = {}
    for place, (name, (column, people)) in enumerate(margins.items()):
        _check_margin(name, column, people, weights.index)
        known = list(people)
        data[f"m{place}"] = column.astype(str).map(known.index).astype("int64")
        totals[f"m{place}"] = {code: float(people[text]) for code, text in enumerate(known)}
    return data, totals


def _check_margin(
    name: str, column: pd.Series, people: Mapping[str, float], index: pd.Index
) -> None:
    if not column.index.equals(index) or column.isna().any():
        row = column.index[column.isna()][0] if column.isna().any() else f"{len(column)}"
        raise PlanError(
            f"每份答卷都要有 {name}，与权重同一批：{row}",
            f"every form needs its {name}, of the same rows as the weights: {row}",
        )
    differing = set(column.astype(str)).symmetric_difference(people)
    differing |= {text for text, total in people.items() if not 0 < total < math.inf}
    if differing:
        shown = ", ".join(sorted(differing))
        raise PlanError(
            f"{name} 的类别与答卷不一致：{shown}；每份答卷都要有类别，每类都要有人数和答卷",
            f"categories of {name} are not those of the answers: {shown}; every form needs "
            "one, and each needs people and forms",
        )
