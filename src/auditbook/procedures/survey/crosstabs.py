"""Groups against answers: chi-square or Fisher, Cramér's V, and the trend over ordered groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from auditbook.procedures.errors import PlanError, check_count

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

TableCode = Literal["small_expected", "small_groups", "simulated", "nothing_to_compare"]
EXPECTED = 5
"""Cochran (1954): below it in any cell chi-square is not trusted and Fisher's test is taken."""
SMALL_GROUP = 30
"""A group of fewer answers is said to be small."""
RESAMPLES = 9999
_TABLES = 3_000_000  # that are looked at; 48 MB
_SAME = 1e-7  # probabilities of tables that differ by less are equal, as in R's fisher.test


@dataclass(frozen=True)
class TableTest:
    """Whether answers are spread alike in all groups.

    Attributes
    ----------
    test : str
        ``chi_square`` (Pearson, without continuity correction) or ``fisher``.
    statistic : float
        Pearson's chi-square, also where Fisher's test gives the p-value; nan without a table.
    df : int
    p_value : float
        Two-sided.
    cramers_v : float
        √(chi-square/(n·(min(rows, columns) − 1))), 0 to 1, not corrected for chance.
    n : int
        Answers.
    codes : tuple of str
        ``small_expected``: fewer than 5 expected in some cell, hence Fisher's test;
        ``small_groups``: a group of fewer than 30; ``simulated``: the p-value of 9,999 seeded
        tables with the same totals; ``nothing_to_compare``: one group or one answer only.
    """

    test: Literal["chi_square", "fisher"]
    statistic: float
    df: int
    p_value: float
    cramers_v: float
    n: int
    codes: tuple[TableCode, ...]


@dataclass(frozen=True)
class Trend:
    """Cochran and Armitage's test; z above 0: the share rises with the scores."""

    z: float
    p_value: float


def compare_answers(table: pd.DataFrame, *, seed: int = 0) -> TableTest:
    """Chi-square, or Fisher's exact test where a cell is expected to hold fewer than five.

    Parameters
    ----------
    table : DataFrame, one row per group, one column per answer
        Whole counts. Groups and answers without any count are left out.
    seed : int
        Of the simulation that replaces Fisher's test where more than two groups, or too many
        possible tables, put it out of reach.

    Raises
    ------
    PlanError
        A count is negative, missing or no whole number.

    References
    ----------
    Cochran, W. G. (1954), Some methods for strengthening the common χ² tests, Biometrics 10,
    417–451. Freeman, G. H. and Halton, J. H. (1951), Biometrika 38, 141–149. Cramér, H. (1946),
    Mathematical Methods of Statistics, §21.9.
    """
    import numpy as np
    from scipy.special import chdtrc

    counts = _counts(table)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n = int(counts.sum())
    if min(counts.shape) < 2:
        return TableTest("chi_square", math.nan, 0, math.nan, math.nan, n, ("nothing_to_compare",))
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    statistic = float(((counts - expected) ** 2 / expected).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    v = math.sqrt(statistic / (n * (min(counts.shape) - 1)))
    groups: list[TableCode] = ["small_groups"] if (counts.sum(axis=1) < SMALL_GROUP).any() else []
    if expected.min() >= EXPECTED:
        p_value = float(chdtrc(df, statistic))
        return TableTest("chi_square", statistic, df, p_value, v, n, tuple(groups))
    p_exact = _fisher(counts)
    codes: list[TableCode] = ["small_expected", *groups]
    if p_exact is None:
        p_exact = _simulated(counts, check_count("seed", seed))
        codes.append("simulated")
    return TableTest("fisher", statistic, df, p_exact, v, n, tuple(codes))


def trend(
    counts: Sequence[int], totals: Sequence[int], *, scores: Sequence[float] | None = None
) -> Trend:
    """Whether a share rises or falls over ordered groups or years (Cochran and Armitage).

    Parameters
    ----------
    counts, totals : sequence of int, one per group, in their order
        Satisfied, and all answers (at least one).
    scores : sequence of float, optional
        What the groups stand for; 1, 2, 3, … if not given.

    Returns
    -------
    Trend
        z² is the statistic of R's prop.trend.test. z is 0 and p 1 where nobody, or everybody, is
        satisfied.

    Raises
    ------
    PlanError
        Lengths differ, fewer than two groups, a count above its total, or equal scores only.

    References
    ----------
    Armitage, P. (1955), Tests for linear trends in proportions and frequencies, Biometrics 11,
    375–386.
    """
    import numpy as np
    from scipy.special import ndtr

    ranks = list(range(1, len(totals) + 1)) if scores is None else list(scores)
    if not len(counts) == len(totals) == len(ranks) or len(totals) < 2:
        raise PlanError(
            f"各组数目不一致或不足两组：counts {len(counts)}，totals {len(totals)}，"
            f"scores {len(ranks)}",
            f"groups differ in number or are fewer than two: counts {len(counts)}, totals "
            f"{len(totals)}, scores {len(ranks)}",
        )
    for count, total in zip(counts, totals, strict=True):
        check_count("counts", count, most=check_count("totals", total, least=1))
    if len(set(ranks)) < 2:
        raise PlanError("scores 全部相同，没有次序", "all scores are equal, so there is no order")
    x, size = np.asarray(ranks, dtype=float), np.asarray(totals, dtype=float)
    share = sum(counts) / sum(totals)
    centred = x - float(size @ x) / size.sum()
    variance = share * (1 - share) * float(size @ centred**2)
    if variance == 0:
        return Trend(0.0, 1.0)
    z = float(centred @ np.asarray(counts, dtype=float)) / math.sqrt(variance)
    return Trend(z, float(2 * ndtr(-abs(z))))


def _counts(table: pd.DataFrame) -> Counts:
    import numpy as np

    numbers: Any = table.to_numpy()
    for group, row in zip(table.index, numbers.tolist(), strict=True):
        for answer, count in zip(table.columns, row, strict=True):
            check_count(f"table[{group}, {answer}]", count)
    return np.asarray(numbers, dtype=np.int64)


def _fisher(counts: Counts) -> float | None:
    """The p-value of a table of two groups, or None where there are too many tables.

    All tables with the same totals that are no likelier than ours. The first group's answers are
    filled in column by column, the fullest one last: it takes what is left.
    """
    import numpy as np

    if min(counts.shape) > 2:
        return None
    two = counts if len(counts) == 2 else counts.T
    two = two[:, np.argsort(two.sum(axis=0), kind="stable")]
    *totals, fullest = two.sum(axis=0).tolist()
    left = np.array([int(two[0].sum())])  # of the first group, to be filled in
    likelihood = np.zeros(1)
    for total in totals:
        if len(left) * (total + 1) > _TABLES:
            return None
        choice = np.arange(total + 1)
        left = np.subtract.outer(left, choice).ravel()
        likelihood = np.add.outer(likelihood, _ways(total, choice)).ravel()
        left, likelihood = left[left >= 0], likelihood[left >= 0]
    possible = left <= fullest
    likelihood = likelihood[possible] + _ways(fullest, left[possible])
    mine = _ways(two.sum(axis=0), two[0]).sum()
    weights = np.exp(likelihood - likelihood.max())
    return min(1.0, float(weights[likelihood <= mine + _SAME].sum() / weights.sum()))


def _ways(total: Any, chosen: Any) -> Any:
    """The logarithm of (total over chosen)."""
    from scipy.special import gammaln

    return gammaln(total + 1) - gammaln(chosen + 1) - gammaln(total - chosen + 1)


def _simulated(counts: Counts, seed: int) -> float:
    """As scipy's Monte Carlo fisher_exact, which fails where n exceeds the simulated cells."""
    import numpy as np
    from scipy.special import gammaln
    from scipy.stats import random_table

    random = np.random.default_rng(seed)
    tables = random_table.rvs(
        counts.sum(axis=1), counts.sum(axis=0), size=RESAMPLES, random_state=random
    )
    likelihood = -gammaln(tables + 1).sum(axis=(1, 2))
    mine = -gammaln(counts + 1).sum()
    return float((1 + (likelihood <= mine + _SAME).sum()) / (1 + RESAMPLES))
