"""满意度指数: per question, dimension and unit, over groups, and under several score maps.

Answers of one person go together. Every figure over several questions is therefore made row by
row first, and the interval is that of a mean over rows: n is people, never people × questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

import pandas as pd

from auditbook.procedures.errors import Number, PlanError, check_confidence, exact
from auditbook.procedures.survey.answers import scores_of
from auditbook.procedures.survey.breakdown import Dimensions, Populations, parts
from auditbook.procedures.survey.means import numbers_given, scale_ci
from auditbook.procedures.survey.proportions import Interval, student_quantile, uncovered
from auditbook.procedures.survey.scores import ScoreMap, check_weights, scored

Weights: TypeAlias = Mapping[str, Number]
DECIMALS = 10


def row_index(scores: pd.DataFrame, *, weights: Weights | None = None) -> pd.Series:
    """One index per respondent: Σ w·score/Σ w over the questions that were answered.

    Parameters
    ----------
    scores : DataFrame, one row per respondent, one numeric column per question
    weights : mapping, optional
        Question → weight; equal ones if not given.

    Returns
    -------
    Series of float
        Rounded to ten decimals; NaN where no question of positive weight was answered.

    Raises
    ------
    PlanError
        Answers that are no scores; weights negative or not covering the questions.
    """
    import numpy as np

    numbers = scores_of(scores)
    shares = check_weights("questions", scores.columns, weights)
    weight = np.array([shares[str(name)] for name in scores.columns])
    answered = ~np.isnan(numbers)
    weighed = answered.astype(float) @ weight
    sums = np.where(answered, numbers, 0.0) @ weight
    index = np.divide(sums, weighed, out=np.full(len(sums), np.nan), where=weighed > 0)
    # Without the noise of float sums: equal answers stay equal, and none leaves the scale.
    return pd.Series(np.round(index, DECIMALS), index=scores.index, name="index")


def satisfaction_index(
    scores: pd.DataFrame,
    *,
    low: float,
    high: float,
    weights: Weights | None = None,
    dimensions: Dimensions | None = None,
    units: pd.Series | None = None,
    confidence: float = 0.95,
    populations: Populations | None = None,
) -> pd.DataFrame:
    """满意度指数 over all questions, per dimension and per question, for all and for each unit.

    Parameters
    ----------
    scores : DataFrame, one row per respondent, one column of scores per question
    low, high : float
        Lowest and highest score of the scale.
    weights : mapping, optional
        Question → weight, within dimensions too; a dimension of questions that all weigh 0 has
        equal ones.
    dimensions : mapping, optional
        Dimension → its questions.
    units : Series, optional
        Unit (县区) of each respondent; of the same index.
    confidence : float
        As a fraction.
    populations : mapping, optional
        People served, by unit; under ``""`` those of all. Where one is given the finite population
        correction is applied.

    Returns
    -------
    DataFrame
        unit (``""``: all), level (``all``, ``dimension``, ``question``), name, n (respondents with
        at least one answer there), index, lower, upper (:func:`scale_ci`), items_first:
        Σ w·S over the means of questions, each with its own n. It differs from index where
        questions were left unanswered, and a report must say which of the two it prints; nan where
        nobody answered one of the questions.
        All nan where nobody answered; a single answer has limits low to high.

    Raises
    ------
    PlanError
        Scores off the scale, weights or dimensions that do not match the questions, units of other
        rows, a population below n.
    """
    check_weights("questions", scores.columns, weights)
    numbers = pd.DataFrame(scores_of(scores), index=scores.index, columns=scores.columns)
    rows = []
    for part in parts(numbers, dimensions, units):
        chosen = _within(weights, part.answers)
        index = row_index(part.answers, weights=chosen).dropna()
        population = (populations or {}).get(part.unit)
        found = _interval(index, low, high, confidence, population)
        items_first = _items_first(part.answers, chosen)
        rows.append((part.unit, part.level, part.name, len(index), *found, items_first))
    columns = ["unit", "level", "name", "n", "index", "lower", "upper", "items_first"]
    return pd.DataFrame(rows, columns=columns)


def composite_index(
    groups: Mapping[str, pd.Series],
    *,
    weights: Weights,
    confidence: float = 0.95,
    populations: Populations | None = None,
) -> Interval:
    """综合满意度 over groups of respondents: Σ W·S, where W sums to 1.

    The standard error is √Σ W²(1 − f)s²/n, with n − H degrees of freedom for H groups.

    Parameters
    ----------
    groups : mapping
        Group → one index per respondent (:func:`row_index`), none missing; at least two each.
    weights : mapping
        Group → weight: as the evaluation sets them, or people served.
    confidence : float
        As a fraction.
    populations : mapping, optional
        Group → people served; the finite population correction for those that are given.

    Raises
    ------
    PlanError
        No group, a group of fewer than two, a missing index, weights that do not cover the groups,
        a population below n.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, 3rd ed., §5.3 and 5.4.
    """
    level = float(check_confidence(confidence))
    if not groups:
        raise PlanError("没有任何一组答卷", "there is no group of respondents")
    shares = check_weights("groups", groups, weights)
    centre, variance, df = [], [], 0
    for name, values in groups.items():
        numbers = numbers_given(name, values)
        n = len(numbers)
        if n < 2:
            raise PlanError(
                f"{name} 组只有 {n} 份答卷，至少要两份",
                f"group {name} has {n} respondents, it needs at least two",
            )
        mean, left = math.fsum(numbers) / n, uncovered(n, (populations or {}).get(name))
        spread = math.fsum((numbers - mean) ** 2) / (n - 1)
        centre.append(shares[name] * mean)
        variance.append(shares[name] ** 2 * left * spread / n)
        df += n - 1
    estimate = math.fsum(centre)
    margin = student_quantile(level, df) * math.sqrt(math.fsum(variance))
    return Interval(estimate, estimate - margin, estimate + margin)


def index_by_maps(
    answers: pd.DataFrame,
    maps: Mapping[str, ScoreMap],
    *,
    weights: Weights | None = None,
    confidence: float = 0.95,
    population: int | None = None,
) -> pd.DataFrame:
    """The same answers under several score maps: how much of the index is the map.

    Parameters
    ----------
    answers : DataFrame of labels, one row per respondent, one column per question
    maps : mapping
        Name → score map; each knows every label that occurs.
    weights, confidence, population
        As for :func:`satisfaction_index`.

    Returns
    -------
    DataFrame, one row per map, in their order
        map, low, high (of its scores), n, index, lower, upper, floor_rate = low/high: the index
        can never fall below this share of its highest; 0.2 for a map of 1 to 5.

    Raises
    ------
    PlanError
        A label that a map does not know; a map without a positive highest score or of one score.
    """
    rows = []
    for name, score_map in maps.items():
        low, high = _ends(name, score_map)
        index = row_index(scored(answers, score_map), weights=weights).dropna()
        found = _interval(index, float(low), float(high), confidence, population)
        rows.append((name, float(low), float(high), len(index), *found, float(low / high)))
    columns = ["map", "low", "high", "n", "index", "lower", "upper", "floor_rate"]
    return pd.DataFrame(rows, columns=columns)


def _ends(name: str, score_map: ScoreMap) -> tuple[Fraction, Fraction]:
    """Lowest and highest score of a map."""
    values = sorted(exact(score) for score in score_map.values())
    if not values or values[-1] <= 0 or values[0] == values[-1]:
        raise PlanError(
            f"赋分表 {name} 应至少有两种分数，且最高分大于 0",
            f"score map {name} should have at least two scores, the highest above 0",
        )
    return values[0], values[-1]


def _interval(
    index: pd.Series, low: float, high: float, confidence: float, population: int | None
) -> Interval:
    if index.empty:
        check_confidence(confidence)
        return Interval(math.nan, math.nan, math.nan)
    return scale_ci(index, low=low, high=high, confidence=confidence, population=population)


def _within(weights: Weights | None, answers: pd.DataFrame) -> Weights | None:
    """The weights of some questions; equal ones where they all weigh 0."""
    chosen = {} if weights is None else {name: weights[name] for name in answers.columns}
    return chosen if any(chosen.values()) else None


def _items_first(answers: pd.DataFrame, weights: Weights | None) -> float:
    shares = check_weights("questions", answers.columns, weights)
    means = [shares[str(name)] * column.mean() for name, column in answers.items()]
    return math.fsum(means) if means and answers.notna().any().all() else math.nan
