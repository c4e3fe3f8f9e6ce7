"""One factor behind the questions: omega, and whether their correlations suit it (KMO, Bartlett).

statsmodels has a factor analysis by maximum likelihood too; that of one factor is short enough
not to carry a library for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.answers import complete_scores

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

FactorCode = Literal["no_variation", "singular", "too_few_items", "improper", "not_converged"]
LEAST_UNIQUENESS = 0.005
"""A question of which the factor leaves less than this unexplained is an improper solution."""


@dataclass(frozen=True)
class Factor:
    """A one-factor solution of the correlations, and whether they suit it.

    Attributes
    ----------
    omega : float
        (Σ l)²/((Σ l)² + Σ θ), McDonald's omega total of standardised questions.
    kmo : float
        Kaiser, Meyer and Olkin's measure of sampling adequacy.
    chi_square, p_value : float
        Bartlett's test that all correlations are 0.
    df : int
    table : DataFrame, one row per question, in their order
        item, loading (l), uniqueness (θ), kmo; nan where it has no variation.
    n : int
        Complete rows.
    codes : tuple of str
        ``no_variation``: questions with equal answers were left out; ``singular``: a question is
        the sum of others, or there are too few rows: everything is nan; ``too_few_items``: fewer
        than three, no factor; ``improper``: a uniqueness at 0.005 (Heywood case);
        ``not_converged``.
    """

    omega: float
    kmo: float
    chi_square: float
    df: int
    p_value: float
    table: pd.DataFrame
    n: int
    codes: tuple[FactorCode, ...]


def one_factor(items: pd.DataFrame) -> Factor:
    """Omega by one factor (maximum likelihood), KMO and Bartlett's test.

    Parameters
    ----------
    items : DataFrame, one row per respondent, one column of scores per question
        Only complete rows count.

    Raises
    ------
    PlanError
        Answers that are no scores, fewer than two questions or two complete rows.

    References
    ----------
    Jöreskog, K. G. (1967), Some contributions to maximum likelihood factor analysis, Psychometrika
    32, 443–482. McDonald, R. P. (1999), Test Theory, eq. 6.20b. Kaiser, H. F. and Rice, J. (1974),
    Little Jiffy, Mark IV, Educational and Psychological Measurement 34, 111–117. Bartlett, M. S.
    (1951), The effect of standardization on a chi square approximation, Biometrika 38, 337–344.
    """
    import numpy as np

    kept = complete_scores(items)
    varied = np.ptp(kept, axis=0) > 0
    if varied.sum() < 2:
        raise PlanError(
            "有变化的题目不足两道，不能计算相关；请核对答案",
            "fewer than two questions have any variation, so nothing correlates; check the answers",
        )
    codes: list[FactorCode] = [] if varied.all() else ["no_variation"]
    correlations: Matrix = np.asarray(np.corrcoef(kept[:, varied], rowvar=False))
    table = pd.DataFrame(
        {"item": [str(name) for name in items.columns], "loading": np.nan, "uniqueness": np.nan,
         "kmo": np.nan}
    )  # fmt: skip
    k = len(correlations)
    df = k * (k - 1) // 2
    if np.linalg.cond(correlations) > 1e12:
        nan = math.nan
        return Factor(nan, nan, nan, df, nan, table, len(kept), (*codes, "singular"))
    kmo, table.loc[varied, "kmo"] = _kmo(correlations)
    chi_square = -(len(kept) - 1 - (2 * k + 5) / 6) * float(np.linalg.slogdet(correlations)[1])
    omega = math.nan
    if k < 3:
        codes.append("too_few_items")
    else:
        loadings, unique, doubts = _maximum_likelihood(correlations)
        table.loc[varied, "loading"], table.loc[varied, "uniqueness"] = loadings, unique
        omega = float(loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum()))
        codes += doubts
    p_value = _tail(chi_square, df)
    return Factor(omega, kmo, chi_square, df, p_value, table, len(kept), tuple(codes))


def _tail(chi_square: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, chi_square))


def _kmo(correlations: Matrix) -> tuple[float, Matrix]:
    """Squared correlations against squared partial ones: over all, and for each question."""
    import numpy as np

    inverse = np.linalg.inv(correlations)
    scale = np.sqrt(np.diag(inverse))
    partial = (inverse / np.outer(scale, scale)) ** 2
    squared = correlations**2
    np.fill_diagonal(partial, 0)
    np.fill_diagonal(squared, 0)
    total, each = squared.sum(), squared.sum(axis=0)
    with np.errstate(invalid="ignore"):  # a question that correlates with none has no measure
        return float(total / (total + partial.sum())), each / (each + partial.sum(axis=0))


def _maximum_likelihood(correlations: Matrix) -> tuple[Matrix, Matrix, list[FactorCode]]:
    """Loadings and uniquenesses of one factor, as R's factanal() finds them."""
    import numpy as np
    from scipy.optimize import minimize

    start = 0.5 / np.diag(np.linalg.inv(correlations))  # Jöreskog: half of 1 − R² with the others
    found = minimize(
        _discrepancy,
        start,
        args=(correlations,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1)] * len(start),
        options={"ftol": 1e-12, "gtol": 1e-8},
    )
    unique: Matrix = found.x
    values, vectors = np.linalg.eigh(correlations / np.sqrt(np.outer(unique, unique)))
    loadings = vectors[:, -1] * np.sqrt(unique * max(values[-1] - 1, 0))
    doubts: dict[FactorCode, bool] = {
        "improper": bool((unique <= LEAST_UNIQUENESS * 1.001).any()),
        "not_converged": bool((np.abs(found.jac)[_inside(unique)] > 1e-4).any()),
    }
    signed: Matrix = loadings * (1 if loadings.sum() >= 0 else -1)
    return signed, unique, [code for code, holds in doubts.items() if holds]


def _inside(unique: Matrix) -> npt.NDArray[np.bool_]:
    """Uniquenesses at neither limit: their gradient should vanish."""
    return (unique > LEAST_UNIQUENESS * 1.001) & (unique < 1)


def _discrepancy(unique: Matrix, correlations: Matrix) -> tuple[float, Matrix]:
    """−log likelihood of the best loadings for these uniquenesses, and its gradient."""
    import numpy as np

    values, vectors = np.linalg.eigh(correlations / np.sqrt(np.outer(unique, unique)))
    left = values[:-1]
    loadings = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0)) * np.sqrt(unique)
    implied = np.outer(loadings, loadings) + np.diag(unique)
    gradient = np.diag(implied - correlations) / unique**2
    return float((left - np.log(left) - 1).sum()), gradient
