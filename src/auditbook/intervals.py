"""Exact one-sided limits of a proportion, for samples of vouchers and of answers alike.

Each function gives one end at the stated confidence. A two-sided interval of confidence 0.95
is the lower and the upper end at 0.975 each: :func:`side_confidence`.

References
----------
Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in
the case of the binomial, Biometrika 26, 404-413. Garwood, F. (1936), Fiducial limits for the
Poisson distribution, Biometrika 28, 437-442. Buonaccorsi, J. P. (1987), A note on confidence
intervals for proportions in finite populations, The American Statistician 41, 215-218.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any, TypeAlias

Counts: TypeAlias = Any  # an int, or an array of ints: numpy passes both alike

_COUNTED = 10_000
"""Populations that are small enough to count the ways of drawing."""

ROUNDING_NOISE = 1e-9
"""Relative noise of a computed probability that is forgiven at the stated risk.

One of 20 units left out has a chance of exactly 1/20: float noise must not turn that into more
than 5 %.
"""


def side_confidence(confidence: float) -> float:
    """The confidence of each end of a two-sided interval: 0.975 for 0.95.

    Raises
    ------
    ValueError
        `confidence` is not between 0 and 1.
    """
    return (1 + _checked(confidence)) / 2


def normal_quantile(confidence: float) -> float:
    """The two-sided standard normal quantile z: 1.959964 for 0.95.

    Raises
    ------
    ValueError
        `confidence` is not between 0 and 1.
    """
    from scipy.special import ndtri  # not above: scipy takes long to import

    return float(ndtri(side_confidence(confidence)))


def binomial_upper(found: float, n: float, *, confidence: float) -> float:
    """The upper limit of a proportion, `found` of `n` drawn (Clopper and Pearson 1934).

    Parameters
    ----------
    found, n : float
        0 ≤ found ≤ n, n ≥ 1; effective numbers of a survey may be fractional.
    confidence : float
        Of this one end, between 0 and 1.

    Returns
    -------
    float
        1 when all were found.

    Raises
    ------
    ValueError
        Counts or confidence outside their range.
    """
    from scipy.special import betaincinv

    _check_counts(found, n)
    level = _checked(confidence)
    return 1.0 if found == n else float(betaincinv(found + 1, n - found, level))


def binomial_lower(found: float, n: float, *, confidence: float) -> float:
    """The lower limit of a proportion, the mirror of :func:`binomial_upper`; 0 for none found."""
    from scipy.special import betainccinv

    _check_counts(found, n)
    level = _checked(confidence)
    return 0.0 if found == 0 else float(betainccinv(found, n - found + 1, level))


def poisson_upper(found: float, *, confidence: float) -> float:
    """The upper limit of an expected number, `found` seen (Garwood 1936); ÷ n for a rate.

    With none found it is the confidence factor −ln(1 − confidence): 2.9957 at 0.95.

    Parameters
    ----------
    found : float
        Not negative; a planned number may be fractional.
    confidence : float
        Of this one end, between 0 and 1.

    Raises
    ------
    ValueError
        Number or confidence outside their range.
    """
    from scipy.special import gammaincinv

    return float(gammaincinv(_seen(found) + 1, _checked(confidence)))


def poisson_lower(found: float, *, confidence: float) -> float:
    """The lower limit of an expected number, the mirror of :func:`poisson_upper`; 0 for none."""
    from scipy.special import gammainccinv

    level = _checked(confidence)
    return 0.0 if _seen(found) == 0 else float(gammainccinv(found, level))


def hypergeometric_upper(found: int, n: int, population: int, *, confidence: float) -> int:
    """The most units of a finite population that may be marked, `found` of `n` drawn being so.

    The largest K with P(X ≤ found | K) > 1 − confidence (Buonaccorsi 1987). What was seen counts:
    K lies from `found` to population − (n − found), and is `found` in a census (n = population).

    Parameters
    ----------
    found, n, population : int
        0 ≤ found ≤ n ≤ population, n ≥ 1; drawn without replacement.
    confidence : float
        Of this one end, between 0 and 1.

    Returns
    -------
    int
        Whole units K; ÷ population for a rate.

    Raises
    ------
    ValueError
        Counts or confidence outside their range.
    """
    _check_counts(found, n, population)
    risk = (1 - _checked(confidence)) * (1 + ROUNDING_NOISE)

    def likely(marked: int) -> bool:
        return bool(hypergeometric_cdf(found, n, marked, population) > risk)

    return _last(likely, found, population - (n - found))


def hypergeometric_lower(found: int, n: int, population: int, *, confidence: float) -> int:
    """The fewest units that may be marked, the mirror of :func:`hypergeometric_upper`."""
    unmarked = hypergeometric_upper(n - found, n, population, confidence=confidence)
    return population - unmarked


def binomial_cdf(found: Counts, n: Counts, rate: float) -> Any:
    """P(X ≤ found) of `n` draws with replacement; arrays of numbers give an array."""
    import numpy as np
    from scipy.special import betaincc

    drawn = np.maximum(np.asarray(n) - found, 1)  # 0 has no beta distribution; settled below
    return np.where(np.asarray(found) >= n, 1.0, betaincc(np.asarray(found) + 1, drawn, rate))


def poisson_cdf(found: Any, expected: Any) -> Any:
    """P(X ≤ found) where `expected` are expected; a fractional `found` by the gamma function."""
    import numpy as np
    from scipy.special import gammaincc

    return gammaincc(np.asarray(found) + 1, expected)


def hypergeometric_cdf(found: Counts, n: Counts, marked: Counts, population: int) -> Any:
    """P(X ≤ found) of `n` draws without replacement where `marked` units are so.

    One number of a population of at most 10,000 is counted in whole numbers. Else scipy's
    accuracy: about 1e-6 relative for 10⁹ units.
    """
    if population <= _COUNTED and all(isinstance(one, int) for one in (found, n, marked)):
        return _counted_cdf(found, n, marked, population)
    from scipy.stats import hypergeom  # takes a second to import

    return hypergeom.cdf(found, population, marked, n)


def _counted_cdf(found: int, n: int, marked: int, population: int) -> float:
    rest = population - marked
    ways = sum(comb(marked, k) * comb(rest, n - k) for k in range(max(0, n - rest), found + 1))
    return float(Fraction(ways, comb(population, n)))


def _last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The last number for which a falling condition holds; `low` if it does for none."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _checked(confidence: float) -> float:
    level = float(confidence)
    if not 0 < level < 1:
        raise ValueError(f"confidence should be between 0 and 1, got {confidence}")
    return level


def _check_counts(found: float, n: float, population: int | None = None) -> None:
    if not (0 <= found <= n and 1 <= n <= (n if population is None else population)):
        drawn = f"{n} drawn" if population is None else f"{n} drawn of {population}"
        raise ValueError(f"found {found} of {drawn}: 0 ≤ found ≤ n ≤ population, n ≥ 1")


def _seen(found: float) -> float:
    if not found >= 0:
        raise ValueError(f"found should not be negative, got {found}")
    return found
