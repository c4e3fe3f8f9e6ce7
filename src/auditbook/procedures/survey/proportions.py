"""Intervals of a share (满意率), also of a finite population, and of the difference of two."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

from auditbook.intervals import (
    binomial_lower,
    binomial_upper,
    hypergeometric_lower,
    hypergeometric_upper,
    normal_quantile,
    side_confidence,
)
from auditbook.procedures.errors import PlanError, check_choice, check_confidence, check_count

Method = Literal[
    "wilson", "clopper-pearson", "agresti-coull", "normal", "jeffreys", "hypergeometric"
]


class Interval(NamedTuple):
    """An estimate with its limits."""

    estimate: float
    lower: float
    upper: float


def proportion_ci(
    *,
    count: int,
    n: int,
    confidence: float = 0.95,
    method: Method = "wilson",
    population: int | None = None,
) -> Interval:
    """A share, `count` of `n` answers, with its two-sided interval.

    Parameters
    ----------
    count, n : int
        0 ≤ count ≤ n, n ≥ 1.
    confidence : float
        As a fraction.
    method : str
        ``"wilson"`` (default); ``"clopper-pearson"``, which never covers less than stated: for
        "at least"; ``"agresti-coull"``; ``"normal"`` (p ± z·√(p(1−p)/n), clipped; of no width at 0
        and 1, for comparison only); ``"jeffreys"``; ``"hypergeometric"``: exact in a finite
        population.
    population : int, optional
        People in the group (N ≥ n), of whom n were drawn by simple random sampling; never the
        forms issued unless these went to everybody. All methods but the hypergeometric then use
        n* = (n − 1)/(1 − n/N) answers and Student's t with n − 1 for z, as R's survey does.

    Returns
    -------
    Interval
        As fractions within 0–1. A census (n = N) has no margin: all three are equal. One answer
        of a larger population says nothing, 0 to 1, except by the hypergeometric.

    Raises
    ------
    PlanError
        Counts outside their range, a confidence such as 95, a population below n, an unknown
        method, or ``"hypergeometric"`` without a population.

    References
    ----------
    Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, Statistics in
    Medicine 17, 857–872. Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Interval estimation for
    a binomial proportion, Statistical Science 16, 101–133 (Agresti-Coull eq. 5; Jeffreys §3.1.3,
    with its lower end 0 at none and its upper end 1 at all). Korn, E. L. and Graubard, B. I.
    (1998), Confidence intervals for proportions with small expected number of positive counts,
    Survey Methodology 24, 193–201. Buonaccorsi, J. P. (1987), The American Statistician 41,
    215–218.
    """
    check_choice("method", method, get_args(Method))
    level = float(check_confidence(confidence))
    n = check_count("n", n, least=1)
    count = check_count("count", count, most=n)
    share, left = count / n, uncovered(n, population)
    if left == 0:
        return Interval(share, share, share)
    if method == "hypergeometric":
        return Interval(share, *_hypergeometric(count, n, population, level))
    if population is None:
        return Interval(share, *_LIMITS[method](share, n, normal_quantile(level), level))
    if n == 1:
        return Interval(share, 0.0, 1.0)
    quantile = student_quantile(level, n - 1)
    return Interval(share, *_LIMITS[method](share, (n - 1) / left, quantile, level))


def share_difference(
    *,
    count: int,
    n: int,
    other_count: int,
    other_n: int,
    confidence: float = 0.95,
    population: int | None = None,
    other_population: int | None = None,
) -> Interval:
    """The difference of two independent shares, count/n − other_count/other_n.

    From the Wilson limits of each: Newcombe's hybrid score interval, method 10. With populations
    the Wilson limits are those of :func:`proportion_ci`.

    Returns
    -------
    Interval
        As fractions, −1 to 1. Two censuses have no margin.

    Raises
    ------
    PlanError
        As :func:`proportion_ci`.

    References
    ----------
    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873–890, method 10.
    """
    one = proportion_ci(count=count, n=n, confidence=confidence, population=population)
    two = proportion_ci(
        count=other_count, n=other_n, confidence=confidence, population=other_population
    )
    difference = one.estimate - two.estimate
    below = math.hypot(one.estimate - one.lower, two.upper - two.estimate)
    above = math.hypot(one.upper - one.estimate, two.estimate - two.lower)
    return Interval(difference, difference - below, difference + above)


def student_quantile(confidence: float, df: int) -> float:
    """The two-sided quantile of Student's t: 2.009575 for 0.95 and 49."""
    from scipy.special import stdtrit  # not above: scipy takes long to import

    return float(stdtrit(df, side_confidence(confidence)))


def uncovered(n: int, population: int | None) -> float:
    """What the finite population correction multiplies a variance by: 1 − n/N; 1 without N.

    Raises
    ------
    PlanError
        The population is smaller than n.
    """
    if population is None:
        return 1.0
    if check_count("population", population, least=1) < n:
        raise PlanError(
            f"总体 population = {population} 小于样本 n = {n}；请核对两个数",
            f"the population {population} is smaller than n = {n}; check both",
        )
    return 1 - n / population


def wilson_limits(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson's limits of a share of n answers, which may be an effective number."""
    z = quantile
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    margin = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return _ends(share, centre - margin, centre + margin)


def _wilson(share: float, n: float, z: float, level: float) -> tuple[float, float]:
    return wilson_limits(share, n, z)


def _ends(share: float, lower: float, upper: float) -> tuple[float, float]:
    """Within 0–1; exactly 0 at none and 1 at all, whatever float noise says."""
    return (0.0 if share == 0 else max(0.0, lower), 1.0 if share == 1 else min(1.0, upper))


def _agresti_coull(share: float, n: float, z: float, level: float) -> tuple[float, float]:
    size = n + z * z
    centre = (share * n + z * z / 2) / size
    margin = z * math.sqrt(centre * (1 - centre) / size)
    return max(0.0, centre - margin), min(1.0, centre + margin)


def _normal(share: float, n: float, z: float, level: float) -> tuple[float, float]:
    margin = z * math.sqrt(share * (1 - share) / n)
    return max(0.0, share - margin), min(1.0, share + margin)


def _clopper_pearson(share: float, n: float, z: float, level: float) -> tuple[float, float]:
    """With n* in place of n the counts are fractional (Korn and Graubard 1998)."""
    side, found = side_confidence(level), share * n
    return (
        binomial_lower(found, n, confidence=side),
        binomial_upper(found, n, confidence=side),
    )


def _jeffreys(share: float, n: float, z: float, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    found, side = share * n, side_confidence(level)
    lower, upper = betaincinv(found + 0.5, n - found + 0.5, [1 - side, side])
    return _ends(share, float(lower), float(upper))


def _hypergeometric(
    count: int, n: int, population: int | None, level: float
) -> tuple[float, float]:
    if population is None:
        raise PlanError(
            "hypergeometric 方法需要总体人数 population；不知道总体时用 wilson 或 clopper-pearson",
            "hypergeometric needs the population; without it use wilson or clopper-pearson",
        )
    side = side_confidence(level)
    return (
        hypergeometric_lower(count, n, population, confidence=side) / population,
        hypergeometric_upper(count, n, population, confidence=side) / population,
    )


_LIMITS: dict[str, Callable[[float, float, float, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
    "agresti-coull": _agresti_coull,
    "normal": _normal,
    "jeffreys": _jeffreys,
}
