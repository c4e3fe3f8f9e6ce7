"""The smallest sample that shows a rate to be tolerable: one search for units and for money."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal, TypeAlias, cast

from auditbook.intervals import ROUNDING_NOISE, binomial_cdf, hypergeometric_cdf, poisson_cdf
from auditbook.procedures.errors import PlanError, check_choice

Method: TypeAlias = Literal["binomial", "poisson", "hypergeometric"]
METHODS = ("binomial", "poisson", "hypergeometric")

MOST = 50_000
"""The largest sample that is searched for: a larger one is a plan to examine everything."""

_FIRST = 256


def planned_size(
    expected: Fraction,
    *,
    tolerable: Fraction,
    confidence: Fraction,
    population: int | None,
    method: str,
) -> int:
    """The smallest n with P(X ≤ k | n, tolerable) ≤ 1 − confidence, where k are expected.

    k = n × expected, rounded up anew for each n, or fractional for ``poisson``. Since a larger n
    can fail again where k is rounded up, the search goes through every n from 1.

    Parameters
    ----------
    expected, tolerable, confidence : Fraction
        Rates, 0 ≤ expected < tolerable < 1; 0 < confidence < 1.
    population : int or None
        In units; needed for ``hypergeometric``, where ceil(population × tolerable) units are in
        error. The other methods only refuse a sample larger than it.
    method : str
        ``binomial``, ``poisson``, ``hypergeometric``.

    Returns
    -------
    int
        At most :data:`MOST` and at most `population`.

    Raises
    ------
    PlanError
        No such size; an unknown method; no population for ``hypergeometric``.
    """
    how = known_method(method, population)
    most, risk = _limits(confidence, population)
    chances = (
        _walk(expected, math.ceil(cast(int, population) * tolerable), cast(int, population))
        if how == "hypergeometric"
        else _tabulated(expected, tolerable, how, most)
    )
    for n, chance in enumerate(chances, 1):
        if n > most:
            break
        if chance <= risk:
            return n
    raise _no_size(most, population, how)


def found_size(
    deviations: int,
    *,
    tolerable: Fraction,
    confidence: Fraction,
    population: int | None,
    method: str,
) -> int:
    """The smallest n with P(X ≤ deviations | n, tolerable) ≤ 1 − confidence.

    With a fixed number the probability falls as n grows, so the search may bisect. Parameters,
    result and errors are those of :func:`planned_size`.
    """
    how = known_method(method, population)
    most, risk = _limits(confidence, population)

    def shown(n: int) -> bool:
        return bool(_chance(deviations, n, tolerable, population, how) <= risk)

    n = 1 + bisect_left(range(1, most + 1), True, key=shown)
    if n > most:
        raise _no_size(most, population, how)
    return n


def known_method(method: str, population: int | None) -> Method:
    """The method, checked.

    Raises
    ------
    PlanError
        It is unknown, or ``hypergeometric`` without a population.
    """
    check_choice("method", method, METHODS)
    if method == "hypergeometric" and population is None:
        raise PlanError(
            "hypergeometric 需要总体单位数：请给出 population，或改用 binomial",
            "hypergeometric needs the number of units: give population, or use binomial",
        )
    return cast(Method, method)


def _limits(confidence: Fraction, population: int | None) -> tuple[int, float]:
    most = MOST if population is None else min(MOST, population)
    return most, float(1 - confidence) * (1 + ROUNDING_NOISE)


def _planned(expected: Fraction, n: int) -> int:
    """ceil(n × expected) in whole numbers: 0.035 × 400 is 14, not 14.000000000000002."""
    return -(-n * expected.numerator // expected.denominator)


def _tabulated(
    expected: Fraction, tolerable: Fraction, method: Method, most: int
) -> Iterator[float]:
    """P(X ≤ k | n) for n = 1, 2, …, computed by ever larger chunks."""
    import numpy as np

    last = 0
    while last < most:
        n = np.arange(last + 1, min(2 * last + _FIRST, most) + 1)
        last = int(n[-1])
        exact = [_planned(expected, size) for size in n.tolist()]
        k = n * float(expected) if method == "poisson" else np.array(exact)
        yield from _chance(k, n, tolerable, None, method).tolist()


def _walk(expected: Fraction, marked: int, population: int) -> Iterator[float]:
    """P(X ≤ k | n) for n = 1, 2, … from a finite population, each from the one before.

    One more unit drawn is marked with chance (K − k) / (N − n) where k of n are. scipy sums k + 1
    terms anew for each n (minutes in all for a plan near the impossible) and is off by 1e-7 for
    10⁹ units.
    """
    n, k, here, below = 0, 0, 1.0, 1.0  # here = P(X = k), below = P(X ≤ k)
    while n < population and n - k <= population - marked:  # else P(X ≤ k) is 0
        if _planned(expected, n + 1) > k and n == k:
            here, n, k = here * (marked - k) / (population - n), n + 1, k + 1
        else:
            if _planned(expected, n + 1) > k:
                unmarked_left = population - marked - (n - k) + 1
                here *= (marked - k) * (n - k) / ((k + 1) * unmarked_left)
                below, k = below + here, k + 1
            below -= here * (marked - k) / (population - n)
            unmarked_left = population - marked - (n - k)
            here *= (n + 1) * unmarked_left / ((n + 1 - k) * (population - n))
            n += 1
        yield below


def _chance(k: Any, n: Any, tolerable: Fraction, population: int | None, method: Method) -> Any:
    """P(X ≤ k | n) where the rate is just what is no longer tolerable; also of arrays."""
    if method == "poisson":
        return poisson_cdf(k, n * float(tolerable))
    if method == "binomial":
        return binomial_cdf(k, n, float(tolerable))
    units = cast(int, population)  # by known_method
    return hypergeometric_cdf(k, n, math.ceil(units * tolerable), units)


def _no_size(most: int, population: int | None, method: Method) -> PlanError:
    change = "请提高可容忍水平、降低预计偏差或降低置信水平"
    change_en = "raise what is tolerable, expect less, or lower the confidence"
    if most == population and method != "hypergeometric":
        return PlanError(
            f"按 {method} 所需样本量超过总体 {population}：请全部检查，或改用 hypergeometric",
            f"by {method} the sample would exceed the population of {population}: examine all "
            "units, or use hypergeometric",
        )
    if most == population:
        return PlanError(
            f"总体只有 {population} 个单位，这些偏差已不可容忍：{change}，或全部检查",
            f"of only {population} units so many deviations are already more than is "
            f"tolerable: {change_en}, or examine all",
        )
    return PlanError(
        f"样本量超过 {most} 仍不够：{change}",
        f"even a sample of {most} does not suffice: {change_en}",
    )
