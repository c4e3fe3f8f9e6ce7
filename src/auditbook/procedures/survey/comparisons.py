"""Ordered answers of groups: Mann-Whitney, Kruskal-Wallis, pairs with Holm, effect sizes."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.crosstabs import SMALL_GROUP

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Scores = npt.NDArray[np.float64]

ScoreCode = Literal["small_groups", "no_variation", "missing_answers", "nothing_to_compare"]


@dataclass(frozen=True)
class ScoresCompared:
    """Whether the scores of groups differ, and by how much.

    Attributes
    ----------
    test : str
        ``mann_whitney`` for two groups, ``kruskal_wallis`` for more.
    statistic : float
        U of the first group, or H with ties corrected.
    p_value : float
        Two-sided. Mann-Whitney: exact where there are no ties and a group of at most 8, else
        normal with ties and continuity corrected.
    effect : float
        Two groups: Cliff's delta, −1 to 1, above 0 where the first is the higher one. More:
        epsilon² = H/(n − 1), 0 to 1 (not eta²_H).
    groups : DataFrame, one row per group
        group, n, mean, median, mean_rank, small (fewer than 30).
    pairs : DataFrame, one row per pair of groups
        first, second, first_n, second_n, u, p_value, p_holm, cliffs_delta.
    n, left_out : int
        Answers used; answers missing, left out.
    codes : tuple of str
        ``small_groups``, ``missing_answers``; ``no_variation``: all answers are equal, p = 1;
        ``nothing_to_compare``: fewer than two groups have answers, everything is nan.
    """

    test: Literal["mann_whitney", "kruskal_wallis"]
    statistic: float
    p_value: float
    effect: float
    groups: pd.DataFrame
    pairs: pd.DataFrame
    n: int
    left_out: int
    codes: tuple[ScoreCode, ...]


def compare_scores(scores: pd.Series, groups: pd.Series) -> ScoresCompared:
    """Mann-Whitney or Kruskal-Wallis, with all pairs after Holm and effect sizes.

    Parameters
    ----------
    scores : Series of numbers, one per respondent
        Only their order counts. Missing ones are left out and counted.
    groups : Series, of the same index
        Group, unit or year of each respondent; in the order of its categories, or of appearance.

    Raises
    ------
    PlanError
        Lengths differ, scores are no numbers, or a group is missing.

    References
    ----------
    Mann, H. B. and Whitney, D. R. (1947), Annals of Mathematical Statistics 18, 50–60. Kruskal, W.
    H. and Wallis, W. A. (1952), JASA 47, 583–621. Holm, S. (1979), Scandinavian Journal of
    Statistics 6, 65–70. Cliff, N. (1993), Psychological Bulletin 114, 494–509. Tomczak, M. and
    Tomczak, E. (2014), Trends in Sport Sciences 1(21), 19–25 (epsilon²).
    """
    answered = _checked(scores, groups)
    parts = _by_group(scores[answered], groups[answered])
    summary = _summary(parts)
    pairs = _pairs(parts)
    used = [part for part in parts.values() if len(part)]
    n = sum(map(len, used))
    found: dict[ScoreCode, bool] = {
        "small_groups": bool(summary["small"].any()),
        "missing_answers": n < len(scores),
        "no_variation": n > 0 and min(map(min, used)) == max(map(max, used)),
        "nothing_to_compare": len(used) < 2,
    }
    codes = tuple(code for code, holds in found.items() if holds)
    left_out = len(scores) - n
    if len(used) == 2:
        pair = pairs.iloc[0]
        numbers = (float(pair["u"]), float(pair["p_value"]), float(pair["cliffs_delta"]))
        return ScoresCompared("mann_whitney", *numbers, summary, pairs, n, left_out, codes)
    numbers = (math.nan,) * 3 if found["nothing_to_compare"] else _kruskal(used, n)
    return ScoresCompared("kruskal_wallis", *numbers, summary, pairs, n, left_out, codes)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number by Holm's step-down, made monotone, in their order.

    As R's p.adjust(method = "holm"); nan stays nan and does not count.
    """
    tested = [place for place, p in enumerate(p_values) if not math.isnan(p)]
    adjusted, largest = list(p_values), 0.0
    for rank, place in enumerate(sorted(tested, key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(tested) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def _checked(scores: pd.Series, groups: pd.Series) -> pd.Series:
    """Which rows are answered."""
    if not scores.index.equals(groups.index):
        raise PlanError(
            f"分数与分组不是同一批答卷：{len(scores)} 行对 {len(groups)} 行；请用同一张表的两列",
            f"scores and groups are not of the same rows: {len(scores)} and {len(groups)}; give "
            "two columns of one table",
        )
    if not pd.api.types.is_numeric_dtype(scores):
        raise PlanError(
            "分数不是数；请先按赋分表换成分数", "scores are no numbers; turn answers into scores"
        )
    missing = int(groups.isna().sum())
    if missing:
        raise PlanError(
            f"{missing} 份答卷没有分组；请补上或单列一组",
            f"{missing} rows have no group; name one, or make them a group of their own",
        )
    return scores.notna()


def _by_group(scores: pd.Series, groups: pd.Series) -> dict[Hashable, Scores]:
    if isinstance(groups.dtype, pd.CategoricalDtype):
        names: list[Any] = list(groups.cat.categories)
    else:
        names = list(pd.unique(groups))
    parts = dict(iter(scores.groupby(groups, observed=True, sort=False)))
    return {name: parts[name].to_numpy(dtype=float) if name in parts else _none() for name in names}


def _none() -> Scores:
    import numpy as np

    return np.empty(0)


def _summary(parts: dict[Hashable, Scores]) -> pd.DataFrame:
    import numpy as np
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([*parts.values(), _none()]))
    ends = np.cumsum([len(part) for part in parts.values()])
    rows = [
        {"group": name, "n": len(part), "mean": _mean(part),
         "median": float(np.median(part)) if len(part) else math.nan,
         "mean_rank": _mean(ranks[end - len(part) : end]), "small": len(part) < SMALL_GROUP}
        for (name, part), end in zip(parts.items(), ends.tolist(), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["group", "n", "mean", "median", "mean_rank", "small"])


def _mean(part: Scores) -> float:
    return math.fsum(part) / len(part) if len(part) else math.nan


def _pairs(parts: dict[Hashable, Scores]) -> pd.DataFrame:
    filled = {name: part for name, part in parts.items() if len(part)}
    rows = []
    for first, second in combinations(filled, 2):
        one, two = filled[first], filled[second]
        u, p_value = _mann_whitney(one, two)
        delta = 2 * u / (len(one) * len(two)) - 1
        rows.append((first, second, len(one), len(two), u, p_value, math.nan, delta))
    columns = ["first", "second", "first_n", "second_n", "u", "p_value", "p_holm", "cliffs_delta"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p_holm=holm(table["p_value"].tolist()))


def _mann_whitney(one: Scores, two: Scores) -> tuple[float, float]:
    from scipy.stats import mannwhitneyu

    if min(one.min(), two.min()) == max(one.max(), two.max()):
        return len(one) * len(two) / 2, 1.0
    found = mannwhitneyu(one, two)
    return float(found.statistic), float(found.pvalue)


def _kruskal(used: list[Scores], n: int) -> tuple[float, float, float]:
    """H, its p-value, epsilon²."""
    from scipy.stats import kruskal

    if min(map(min, used)) == max(map(max, used)):
        return 0.0, 1.0, 0.0
    found = kruskal(*used)
    return float(found.statistic), float(found.pvalue), float(found.statistic) / (n - 1)
