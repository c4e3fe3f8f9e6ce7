"""问卷样本量: how many answers a share needs, and how sure a share of so many answers is.

Both use the normal approximation with the finite population correction (有限总体校正). They plan;
for the results near 0 or 1 take an exact limit (:mod:`auditbook.intervals`).

References
----------
Cochran, W. G. (1977), Sampling Techniques, 3rd edition, section 4.4. Krejcie, R. V. and Morgan,
D. W. (1970), Determining sample size for research activities, Educational and Psychological
Measurement 30, 607-610.
"""

from __future__ import annotations

import math
from fractions import Fraction

from auditbook.intervals import normal_quantile
from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_confidence,
    check_count,
    check_rate,
)

_ROUNDING_NOISE = 1e-9


def proportion_sample_size(
    *,
    margin: Number,
    proportion: Number = 0.5,
    confidence: Number = 0.95,
    population: int | None = None,
) -> int:
    """How many valid answers a share needs for this margin of error: rounded up.

    Divide by the expected response rate for the number of forms to send out.

    Parameters
    ----------
    margin : number
        抽样误差, half the width of the interval, as a fraction: 0.05 for ±5 percentage points.
    proportion : number
        The share expected; 0.5 needs the most answers.
    confidence : number
        置信水平, two-sided.
    population : int, optional
        People served, not forms issued; without it the population is taken as endless.

    Returns
    -------
    int
        n ≥ 1, at most the population.

    Raises
    ------
    PlanError
        A rate or the confidence outside its range. At a proportion of 0 or 1 the normal
        approximation has no margin.

    References
    ----------
    Krejcie and Morgan (1970), whose table rounds to the nearest, not up.

    Examples
    --------
    >>> proportion_sample_size(margin=0.05), proportion_sample_size(margin=0.1, population=19)
    (385, 17)
    """
    needed = proportion_sample_size_unrounded(
        margin=margin, proportion=proportion, confidence=confidence, population=population
    )
    return math.ceil(needed - _ROUNDING_NOISE)


def proportion_sample_size_unrounded(
    *,
    margin: Number,
    proportion: Number = 0.5,
    confidence: Number = 0.95,
    population: int | None = None,
) -> float:
    """The figure before rounding up: 16.001 becomes 17 answers, and a reader should see why.

    n₀ = z² p (1 − p) / margin²; n = n₀ / (1 + (n₀ − 1) / population). The short form
    n₀ / (1 + n₀ / population) is a touch smaller and does not invert :func:`margin_of_error`.
    Parameters and errors are those of :func:`proportion_sample_size`.
    """
    half = float(check_rate("margin", margin))
    share = _share(proportion)
    z = normal_quantile(float(check_confidence(confidence)))
    endless = z**2 * float(share * (1 - share)) / half**2
    if population is None:
        return endless
    return endless / (1 + (endless - 1) / check_count("population", population, least=1))


def margin_of_error(
    *,
    n: int,
    proportion: Number = 0.5,
    confidence: Number = 0.95,
    population: int | None = None,
) -> float:
    """抽样误差: half the width of the interval of a share of `n` valid answers.

    z √(p (1 − p) / n × (N − n) / (N − 1)), the inverse of :func:`proportion_sample_size`.

    Parameters
    ----------
    n : int
        Valid answers of people drawn at random; for others it is only a figure of comparison.
    proportion, confidence, population
        As for :func:`proportion_sample_size`.

    Returns
    -------
    float
        A fraction; 0 for a census (n = population).

    Raises
    ------
    PlanError
        n over the population, or a rate or the confidence outside its range.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd edition, section 3.2.

    Examples
    --------
    >>> round(margin_of_error(n=150, population=300), 4)
    0.0567
    """
    units = None if population is None else check_count("population", population, least=1)
    size = check_count("n", n, least=1, most=units)
    share = _share(proportion)
    z = normal_quantile(float(check_confidence(confidence)))
    if size == units:
        return 0.0
    left = 1.0 if units is None else (units - size) / (units - 1)
    return z * math.sqrt(float(share * (1 - share)) / size * left)


def _share(proportion: Number) -> Fraction:
    share = check_rate("proportion", proportion, zero=True, one=True)
    if share in (0, 1):
        raise PlanError(
            f"proportion 为 {proportion} 时正态近似失效：计划时请用 0.5 或预计比率，"
            "结果请用精确置信限",
            f"at a proportion of {proportion} the normal approximation fails: plan with 0.5 or "
            "the share expected, and give results an exact limit",
        )
    return share
