"""How answers are spread over the levels of a scale, with simultaneous intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from auditbook.procedures.errors import PlanError, check_confidence, check_count


def level_distribution(counts: Mapping[str, int], *, confidence: float = 0.95) -> pd.DataFrame:
    """Shares of the levels, with intervals that hold all true shares at once (Sison and Glaz).

    Its authors ask for seven levels or more. With few and unequal ones the limits are somewhat
    narrow: three levels of 50 answers, meant at 95 %, are held in about 90 %.

    Parameters
    ----------
    counts : mapping
        Level → answers, in the order of the scale; a level that nobody chose has 0.
    confidence : float
        Of all intervals together, as a fraction.

    Returns
    -------
    DataFrame, one row per level
        level, count, share, lower, upper. Where all chose one level its lower limit is 1: with a
        single level in use the method has nothing to go by; see :func:`proportion_ci` instead.
        nan without any answer.

    Raises
    ------
    PlanError
        A count that is negative or no whole number, fewer than two levels, a wrong confidence.

    References
    ----------
    Sison, C. P. and Glaz, J. (1995), Simultaneous confidence intervals and sample size
    determination for multinomial proportions, JASA 90, 366–369. May, W. L. and Johnson, W. D.
    (2000), Constructing two-sided simultaneous confidence intervals for multinomial proportions,
    Journal of Statistical Software 5(6).
    """
    level = float(check_confidence(confidence))
    found = [check_count(f"counts[{name}]", count) for name, count in counts.items()]
    if len(found) < 2:
        raise PlanError(
            f"至少要两个选项，给的是 {len(found)} 个", f"at least two levels, got {len(found)}"
        )
    n = sum(found)
    table = pd.DataFrame({"level": list(counts), "count": found})
    if n == 0:
        return table.assign(share=math.nan, lower=math.nan, upper=math.nan)
    below, above = _distances(found, n, level)
    share = table["count"] / n
    return table.assign(
        share=share, lower=(share - below).clip(lower=0), upper=(share + above).clip(upper=1)
    )


def _distances(counts: list[int], n: int, level: float) -> tuple[float, float]:
    """How far the limits lie below and above each share.

    c is the last whole number for which counts within ± c are not yet likely enough; the part of
    the next step that is still needed widens the upper limits, twice.
    """
    c, reached, following = 0, 0.0, _chance(counts, n, 1)
    while following <= level:
        c, reached, following = c + 1, following, _chance(counts, n, c + 2)
    part = (level - reached) / (following - reached)
    return c / n, (c + 2 * part) / n


def _chance(counts: list[int], n: int, c: int) -> float:
    """P(every count within ± c of what was seen) of n answers with the shares seen.

    That of Poisson counts, each cut to its range, given their sum; the sum by an Edgeworth series.
    """
    from scipy.special import gammaln, xlogy

    if c >= n:
        return 1.0
    held, means, variances, thirds, fourths = zip(
        *(_cut_poisson(count, n, c) for count in counts), strict=True
    )
    spread = sum(variances)
    skew = sum(thirds) / spread**1.5
    excess = sum(four - 3 * two**2 for four, two in zip(fourths, variances, strict=True))
    z = (n - sum(means)) / math.sqrt(spread)
    series = (
        1
        + skew / 6 * (z**3 - 3 * z)
        + excess / spread**2 / 24 * (z**4 - 6 * z**2 + 3)
        + skew**2 / 72 * (z**6 - 15 * z**4 + 45 * z**2 - 15)
    )
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi * spread) * series
    return float(math.prod(held) * density / math.exp(xlogy(n, n) - n - gammaln(n + 1)))


def _cut_poisson(rate: int, n: int, c: int) -> tuple[float, float, float, float, float]:
    """Of a Poisson count within ± c of its rate: chance, mean, and three central moments."""
    import numpy as np
    from scipy.special import gammaln, xlogy

    values = np.arange(max(0, rate - c), min(n, rate + c) + 1, dtype=float)
    weights = np.exp(xlogy(values, rate) - rate - gammaln(values + 1))
    held = float(weights.sum())
    mean = float(weights @ values) / held
    second, third, fourth = (
        float(weights @ (values - mean) ** power) / held for power in (2, 3, 4)
    )
    return held, mean, second, third, fourth
