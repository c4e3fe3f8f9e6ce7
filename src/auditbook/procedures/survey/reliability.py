"""信度: whether the questions of a scale go together; which ones look reverse worded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from auditbook.intervals import side_confidence
from auditbook.procedures.errors import check_confidence
from auditbook.procedures.survey.answers import complete_scores
from auditbook.procedures.survey.proportions import Interval

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

ReliabilityCode = Literal["negative_alpha", "reversed_items", "no_variation", "incomplete_rows"]


@dataclass(frozen=True)
class Reliability:
    """Cronbach's alpha and what each question does to it.

    Attributes
    ----------
    alpha : Interval
        With Feldt's limits; nan where no row differs from another.
    alpha_turned : float or None
        Alpha had the questions named in `reversed` been scored the other way round.
    table : DataFrame, one row per question, in their order
        item, mean, sd (n − 1), item_rest_correlation (with the sum of the other questions),
        alpha_if_dropped, reversed (the correlation is below 0: reverse worded, or scored the wrong
        way?). nan where a question has no variation, and alpha_if_dropped with two questions.
    reversed : tuple of str
        The questions so marked. They are named, never turned.
    n, left_out : int
        Rows used, and rows left out because an answer is missing.
    codes : tuple of str
        ``negative_alpha``, ``reversed_items``; ``no_variation``: all answers to a question are
        equal; ``incomplete_rows``: some rows were left out.
    """

    alpha: Interval
    alpha_turned: float | None
    table: pd.DataFrame
    reversed: tuple[str, ...]
    n: int
    left_out: int
    codes: tuple[ReliabilityCode, ...]


def reliability(items: pd.DataFrame, *, confidence: float = 0.95) -> Reliability:
    """Cronbach's alpha with its interval, question by question.

    alpha = k/(k − 1)·(1 − Σ s²/s²_T); limits 1 − (1 − alpha)·F at the upper and lower tail, with
    n − 1 and (n − 1)(k − 1) degrees of freedom.

    Parameters
    ----------
    items : DataFrame, one row per respondent, one column of scores per question
        Rows with a missing answer are left out as a whole (listwise) and counted; psych's default
        is pairwise.
    confidence : float
        As a fraction.

    Raises
    ------
    PlanError
        Answers that are no scores, repeated names, fewer than two questions or two complete rows,
        or a wrong confidence.

    References
    ----------
    Cronbach, L. J. (1951), Coefficient alpha, Psychometrika 16, 297–334. Feldt, L. S., Woodruff,
    D. J. and Salih, F. A. (1987), Statistical inference for coefficient alpha, Applied
    Psychological Measurement 11, 93–103.
    """
    import numpy as np

    level = float(check_confidence(confidence))
    kept = complete_scores(items)
    spread = np.cov(kept, rowvar=False)
    rest = _item_rest(spread)
    table = pd.DataFrame(
        {
            "item": [str(name) for name in items.columns],
            "mean": kept.mean(axis=0),
            "sd": np.sqrt(np.diag(spread)),
            "item_rest_correlation": rest,
            "alpha_if_dropped": _alpha_if_dropped(spread),
            "reversed": rest < 0,
        }
    )
    turned = np.where(rest < 0, -1.0, 1.0)
    alpha = _feldt(_alpha(spread), len(kept), kept.shape[1], level)
    found: dict[ReliabilityCode, bool] = {
        "negative_alpha": alpha.estimate < 0,
        "reversed_items": bool((rest < 0).any()),
        "no_variation": bool((np.diag(spread) == 0).any()),
        "incomplete_rows": len(kept) < len(items),
    }
    return Reliability(
        alpha,
        _alpha(spread * np.outer(turned, turned)) if found["reversed_items"] else None,
        table,
        tuple(table.loc[table["reversed"], "item"]),
        len(kept),
        len(items) - len(kept),
        tuple(code for code, holds in found.items() if holds),
    )


def _alpha(spread: Matrix) -> float:
    k, total = len(spread), float(spread.sum())
    return k / (k - 1) * (1 - float(spread.trace()) / total) if total > 0 else math.nan


def _feldt(alpha: float, n: int, k: int, level: float) -> Interval:
    from scipy.special import fdtri

    side, df = side_confidence(level), (n - 1, (n - 1) * (k - 1))
    lower, upper = (1 - (1 - alpha) * float(fdtri(*df, tail)) for tail in (side, 1 - side))
    return Interval(alpha, lower, upper)


def _item_rest(spread: Matrix) -> Matrix:
    """Of each question with the sum of the others; nan without variation."""
    import numpy as np

    variance, sums = np.diag(spread), spread.sum(axis=0)
    rest = spread.sum() - 2 * sums + variance
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Matrix = (sums - variance) / np.sqrt(variance * rest)
    return np.where((variance > 0) & (rest > 0), found, np.nan)


def _alpha_if_dropped(spread: Matrix) -> list[float]:
    import numpy as np

    k = len(spread)
    if k < 3:
        return [math.nan] * k
    without = [np.delete(np.delete(spread, item, 0), item, 1) for item in range(k)]
    return [_alpha(matrix) for matrix in without]
