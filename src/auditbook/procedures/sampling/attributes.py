"""属性抽样 (attribute sampling): how many units to examine, and what the deviations found show.

References
----------
AICPA Audit Guide, Audit Sampling (2017), appendix A. GAO/CIGIE, Financial Audit Manual, section
450. ISA 530; 中国注册会计师审计准则第1314号——审计抽样.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditbook.intervals import binomial_upper, hypergeometric_upper, poisson_upper
from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_confidence,
    check_count,
    check_rate,
)
from auditbook.procedures.sampling.sizes import found_size, known_method, planned_size


def attribute_sample_size(
    *,
    tolerable_rate: Number,
    expected_rate: Number = 0.0,
    confidence: Number = 0.95,
    population: int | None = None,
    method: str = "binomial",
) -> int:
    """样本量: how many units to examine, so that the planned deviations are still tolerable.

    The smallest n with P(X ≤ k | n, tolerable) ≤ 1 − confidence. The probability is tested and
    not the printed limit: in a finite population they differ (1,000 units, 5 %: 57, not 56).

    Parameters
    ----------
    tolerable_rate : number
        可容忍偏差率, a fraction between 0 and 1; taken as the decimal that it prints.
    expected_rate : number
        预计偏差率, less than tolerable. Planned deviations k = n × expected_rate, rounded up anew
        for each n; fractional for ``poisson``.
    confidence : number
        置信水平, one-sided: 1 − confidence is the risk of overreliance (信赖过度风险).
    population : int, optional
        总体单位数; needed for ``hypergeometric``, where ceil(population × tolerable_rate) units
        deviate. The other methods draw as if from an endless population, and only refuse a sample
        larger than it.
    method : str
        ``binomial`` (AICPA tables A-1 and A-2), ``poisson`` (table C-1), ``hypergeometric``.

    Returns
    -------
    int
        n ≥ 1, at most 50,000.

    Raises
    ------
    PlanError
        A rate or the confidence outside its range, expected ≥ tolerable, no population for
        ``hypergeometric``, or a sample larger than the population or than 50,000.

    References
    ----------
    AICPA Audit Guide, Audit Sampling (2017), tables A-1 and A-2. Other rules: a fixed number of
    acceptable deviations (FAM 450: :func:`extended_sample_size`).

    Examples
    --------
    >>> attribute_sample_size(tolerable_rate=0.05, expected_rate=0.01)
    93
    """
    tolerable = check_rate("tolerable_rate", tolerable_rate)
    expected = check_rate("expected_rate", expected_rate, zero=True)
    if expected >= tolerable:
        raise PlanError(
            f"预计偏差率 expected_rate {expected_rate} 应小于可容忍偏差率 tolerable_rate "
            f"{tolerable_rate}；否则抽样无从证明，请全部检查或改变计划",
            f"expected_rate {expected_rate} should be below tolerable_rate {tolerable_rate}; "
            "otherwise no sample can show it: examine all, or change the plan",
        )
    return planned_size(
        expected,
        tolerable=tolerable,
        confidence=check_confidence(confidence),
        population=_population(population),
        method=method,
    )


def extended_sample_size(
    *,
    deviations: int,
    tolerable_rate: Number,
    confidence: Number = 0.95,
    population: int | None = None,
    method: str = "binomial",
) -> int:
    """扩大到的样本量: the smallest n that shows the rate tolerable with these deviations in all.

    It says to what size a sample must be extended, if no further deviation is found in the units
    added; one more deviation needs a larger one. With the deviations fixed beforehand it plans a
    sample with so many acceptable deviations (FAM 450).

    Parameters
    ----------
    deviations : int
        Found so far, or acceptable.
    tolerable_rate, confidence, population, method
        As for :func:`attribute_sample_size`.

    Raises
    ------
    PlanError
        As for :func:`attribute_sample_size`; more deviations than units.

    References
    ----------
    Touw, P. and Hoogduin, L. (2011), Statistiek voor audit en controlling, p. 126.
    """
    units = _population(population)
    return found_size(
        check_count("deviations", deviations, most=units),
        tolerable=check_rate("tolerable_rate", tolerable_rate),
        confidence=check_confidence(confidence),
        population=units,
        method=method,
    )


def attribute_upper_limit(
    *,
    deviations: int,
    n: int,
    confidence: Number = 0.95,
    population: int | None = None,
    method: str = "binomial",
) -> float:
    """偏差率上限: at most so many deviate, with the stated confidence; one-sided.

    Parameters
    ----------
    deviations, n : int
        Units that deviate, of the n examined; a unit that could not be examined deviates.
    confidence : number
        One-sided. A two-sided interval has 1 − (1 − confidence) / 2 at each end.
    population : int, optional
        Needed for ``hypergeometric``; otherwise only n ≤ population is checked.
    method : str
        ``binomial`` (Clopper-Pearson), ``poisson``, ``hypergeometric``.

    Returns
    -------
    float
        A fraction from 0 to 1. ``binomial``: 1 when all deviate. ``poisson``: capped at 1.
        ``hypergeometric``: whole units ÷ population; deviations ÷ n in a census.

    Raises
    ------
    PlanError
        Counts or confidence outside their range, or no population for ``hypergeometric``.

    References
    ----------
    AICPA Audit Guide, Audit Sampling (2017), tables A-3 and A-4 (rounded up).

    Examples
    --------
    >>> round(attribute_upper_limit(deviations=1, n=50), 7)
    0.0913981
    """
    units = _population(population)
    size = check_count("n", n, least=1, most=units)
    seen = check_count("deviations", deviations, most=size)
    level = float(check_confidence(confidence))
    how = known_method(method, units)
    if how == "binomial":
        return binomial_upper(seen, size, confidence=level)
    if how == "poisson":
        return min(1.0, poisson_upper(seen, confidence=level) / size)
    assert units is not None  # by known_method
    return hypergeometric_upper(seen, size, units, confidence=level) / units


def what_it_would_allow(
    *,
    n: int,
    population: int,
    confidence: Number = 0.95,
    deviations: Sequence[int] = (0, 1),
    at_most: Sequence[int] = (2, 1),
) -> pd.DataFrame:
    """What a sample of this size would have allowed, had it been drawn at random.

    A judgement sample (判断抽样) is never projected: this table says what was given up, and what
    it would take. Drawn without replacement (hypergeometric), one-sided.

    Parameters
    ----------
    n, population : int
        Units examined, and in all.
    confidence : number
    deviations : sequence of int
        Deviations to assume in the n units; those over n are left out.
    at_most : sequence of int
        Deviating units in the population that one might wish to conclude with none found; those
        of `population` and more are left out, since they need no sample.

    Returns
    -------
    DataFrame
        case (``drawn``: n units as given; ``needed``: the size it takes), n, deviations,
        at_most_count, at_most_rate (Fraction): with n units drawn at random of which
        `deviations` deviate, at most `at_most_count` of the population do.

    Raises
    ------
    PlanError
        Counts or confidence outside their range, n > population, or a size of over 50,000.

    Examples
    --------
    >>> what_it_would_allow(n=7, population=19)["at_most_count"].tolist()
    [5, 8, 2, 1]
    """
    units = check_count("population", population, least=1)
    size = check_count("n", n, least=1, most=units)
    level = check_confidence(confidence)
    drawn = [check_count("deviations", seen) for seen in deviations]
    wished = [check_count("at_most", count) for count in at_most]
    rows = [_drawn(size, seen, units, level) for seen in drawn if seen <= size]
    rows += [_needed(count, units, level) for count in wished if count < units]
    columns = ["case", "n", "deviations", "at_most_count", "at_most_rate"]
    return pd.DataFrame([(*row, Fraction(row[-1], units)) for row in rows], columns=columns)


def _drawn(n: int, deviations: int, units: int, level: Fraction) -> tuple[str, int, int, int]:
    limit = hypergeometric_upper(deviations, n, units, confidence=float(level))
    return "drawn", n, deviations, limit


def _needed(count: int, units: int, level: Fraction) -> tuple[str, int, int, int]:
    """None found in so many: `count` + 1 deviating units are no longer credible."""
    size = found_size(
        0,
        tolerable=Fraction(count + 1, units),
        confidence=level,
        population=units,
        method="hypergeometric",
    )
    return "needed", size, 0, count


def _population(population: int | None) -> int | None:
    return None if population is None else check_count("population", population, least=1)
