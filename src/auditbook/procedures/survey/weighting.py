"""加权: post-stratification, raking, weighting classes, trimming; margins before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.design import MissingSvyError, svy_available

Margins = Mapping[str, tuple[pd.Series, Mapping[str, float]]]
"""Variable → the category of each respondent, and the people served in each category."""


@dataclass(frozen=True)
class Weighted:
    """Weights after an adjustment.

    Attributes
    ----------
    weights : Series
    margins : DataFrame
        variable, category, before, after, target: sums of weights. Without a target: nan.
    before, after : Series
        least, most and mean weight, kish_deff = 1 + cv², n_effective = (Σw)²/Σw².
    """

    weights: pd.Series
    margins: pd.DataFrame
    before: pd.Series
    after: pd.Series


def rake(weights: pd.Series, margins: Margins) -> Weighted:
    """迭代比例拟合: weights whose sums are those of several margins at once; one margin: 事后分层.

    Parameters
    ----------
    weights : Series
        Before, above 0.
    margins : mapping
        Every category that occurs needs its people, and people need respondents.

    Raises
    ------
    MissingSvyError
    PlanError
        Categories that do not match, margins of different totals, or no convergence.
    """
    if not svy_available():
        raise MissingSvyError
    import polars
    import svy

    _check(margins)
    data: dict[str, Any] = {"w": weights.astype(float).tolist()}
    data |= {name: column.astype(str).tolist() for name, (column, _) in margins.items()}
    sample = svy.Sample(polars.DataFrame(data), svy.Design(wgt="w"))
    controls = {name: dict(totals) for name, (_, totals) in margins.items()}
    try:
        raked = sample.weighting.rake(controls=controls, wgt_name="raked", tol=1e-8, max_iter=1000)
    except svy.SvyError as error:
        raise PlanError(
            f"迭代比例拟合没有收敛（{error}）；请核对各项人数",
            f"raking did not converge ({error}); check the margins",
        ) from None
    found = pd.Series(raked.data["raked"].to_list(), index=weights.index)
    return weighted(weights, found, margins)


def post_stratify(
    weights: pd.Series, categories: pd.Series, totals: Mapping[str, float]
) -> Weighted:
    """事后分层: weights whose sums are the people in each category; as :func:`rake` of one."""
    return rake(weights, {str(categories.name or "category"): (categories, totals)})


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
        Weights of the respondents.

    Raises
    ------
    PlanError
        A class in which nobody responded.

    References
    ----------
    Kalton, G. and Flores-Cervantes, I. (2003), Weighting methods, Journal of Official Statistics
    19, 81–97.
    """
    asked = weights.groupby(classes).sum()
    answered = weights[responded].groupby(classes[responded]).sum()
    silent = [str(name) for name in asked.index if name not in answered.index]
    if silent:
        raise PlanError(
            f"{'、'.join(silent)} 没有人应答；请并入相近的类",
            f"nobody responded in {', '.join(silent)}; join it with a class that is like it",
        )
    factor = classes[responded].map(asked / answered).astype(float)
    people = {str(name): float(total) for name, total in asked.items()}
    margins = {str(classes.name or "class"): (classes[responded].astype(str), people)}
    return weighted(weights[responded], weights[responded] * factor, margins)


def trim(weights: pd.Series, *, least: float, most: float) -> Weighted:
    """Weights within multiples of their mean, their sum kept.

    What is cut off is borne by the others, until all lie within the bounds.

    Raises
    ------
    PlanError
        Bounds that do not hold 1.

    References
    ----------
    Potter, F. (1990), A study of procedures to identify and trim extreme sampling weights,
    Proceedings of the Survey Research Methods Section, ASA, 225–230.
    """
    if not 0 < least <= 1 <= most:
        raise PlanError(
            f"应有 0 < least ≤ 1 ≤ most，给的是 {least} 和 {most}",
            f"0 < least ≤ 1 ≤ most, got {least} and {most}",
        )
    mean, total = float(weights.mean()), float(weights.sum())
    low, high, found = least * mean, most * mean, weights.astype(float)
    for _ in range(len(weights) + 1):
        found = found.clip(low, high)
        missing = total - float(found.sum())
        free = found < high if missing > 0 else found > low
        if abs(missing) <= 1e-9 * total or not free.any():
            break
        found[free] *= 1 + missing / float(found[free].sum())
    return weighted(weights, found, {})


def weighted(before: pd.Series, after: pd.Series, margins: Margins) -> Weighted:
    """Weights before and after one or more adjustments, held against margins."""
    rows = [
        (name, category, before[column == category].sum(), after[column == category].sum(), target)
        for name, (column, totals) in margins.items()
        for category, target in totals.items()
    ]
    table = pd.DataFrame(rows, columns=["variable", "category", "before", "after", "target"])
    return Weighted(after, table, _summary(before), _summary(after))


def _summary(weights: pd.Series) -> pd.Series:
    total, squares = float(weights.sum()), float((weights**2).sum())
    effective = total**2 / squares
    return pd.Series(
        {
            "least": float(weights.min()),
            "most": float(weights.max()),
            "mean": total / len(weights),
            "kish_deff": len(weights) / effective,
            "n_effective": effective,
        }
    )


def _check(margins: Margins) -> None:
    totals = {name: sum(people.values()) for name, (_, people) in margins.items()}
    if max(totals.values()) - min(totals.values()) > 1e-6 * max(totals.values()):
        shown = "、".join(f"{name} {total:g}" for name, total in totals.items())
        raise PlanError(f"各项人数合计不同：{shown}", f"margins have different totals: {shown}")
    for name, (column, people) in margins.items():
        occurring = set(column.dropna().astype(str))
        differing = occurring.symmetric_difference(people)
        if differing or column.isna().any():
            shown = "、".join(sorted(differing)) or "—"
            raise PlanError(
                f"{name} 的类别与答卷不一致：{shown}；每份答卷都要有类别，每类都要有人数和答卷",
                f"categories of {name} are not those of the answers: {shown}; every form needs "
                "one, and each needs people and forms",
            )
