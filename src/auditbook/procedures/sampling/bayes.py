"""Bayesian evaluation of deviations (贝叶斯评价)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_confidence,
    check_count,
    check_rate,
    exact,
)


@dataclass(frozen=True)
class BetaPosterior:
    """What is known of the rate of deviation after the sample.

    Attributes
    ----------
    prior_a, prior_b : float
    deviations, n : int
    tolerable_rate, confidence : float
    a, b : float
        Of the posterior: prior_a + deviations, prior_b + n − deviations.
    mean : float
    mode : float or None
        Where the density is highest, 0 or 1 where it falls or rises throughout; None where there
        is no one such place (flat, or highest at both ends).
    upper : float
        One-sided upper limit: the rate is below it with the probability `confidence`.
    prior_probability, probability : float
        That the rate is below the tolerable one, before and after.
    bayes_factor : float
        Posterior odds of that over its prior odds; inf beyond the range of floats.
    log_bayes_factor : float
        Its natural logarithm, which stays finite.
    """

    prior_a: float
    prior_b: float
    deviations: int
    n: int
    tolerable_rate: float
    confidence: float
    a: float
    b: float
    mean: float
    mode: float | None
    upper: float
    prior_probability: float
    probability: float
    bayes_factor: float
    log_bayes_factor: float

    def densities(self, *, most: float | None = None, points: int = 200) -> pd.DataFrame:
        """Prior and posterior density for a chart.

        Parameters
        ----------
        most : float, optional
            Right end of the chart; twice the greater of limit and tolerable rate unless given.
        points : int
            Rates, evenly spread: the middles of so many steps, so that no density is infinite.

        Returns
        -------
        DataFrame, one row per rate
            rate, prior, posterior: densities. Their mean times `most` is about the probability
            below `most`, unless a density is narrower than a step.

        Raises
        ------
        PlanError
            `most` is not above 0 and at most 1, or there are no points.
        """
        end = min(1.0, 2 * max(self.upper, self.tolerable_rate)) if most is None else most
        check_rate("most", end, one=True)
        rates = (np.arange(check_count("points", points, least=1)) + 0.5) * (end / points)
        prior = _density(rates, self.prior_a, self.prior_b)
        posterior = _density(rates, self.a, self.b)
        return pd.DataFrame({"rate": rates, "prior": prior, "posterior": posterior})


def beta_posterior(
    *,
    prior_a: Number = 1.0,
    prior_b: Number = 1.0,
    deviations: int,
    n: int,
    tolerable_rate: Number,
    confidence: Number = 0.95,
) -> BetaPosterior:
    """Update a beta prior with the deviations of a random sample (binomial likelihood).

    Parameters
    ----------
    prior_a, prior_b : number above 0
        Beta(1, 1), the default, holds every rate to be equally likely: that is against the
        auditee, and makes Bayes factors huge. Always show the prior.
    deviations, n : int
        k of n; with n = 0 the posterior is the prior and the Bayes factor 1.
    tolerable_rate, confidence : number between 0 and 1

    Returns
    -------
    BetaPosterior

    Raises
    ------
    PlanError
        A prior that is no distribution, more deviations than units, a rate or a confidence that
        is not between 0 and 1.

    References
    ----------
    Derks, de Swart, van Batenburg, Wagenmakers & Wetzels, Priors in a Bayesian Audit,
    International Journal of Auditing 25 (2021) 621-636; numbers as in R package jfa 0.7.3.
    """
    level, tolerable = check_confidence(confidence), check_rate("tolerable_rate", tolerable_rate)
    prior_a = float(_check_above_zero("prior_a", prior_a))
    prior_b = float(_check_above_zero("prior_b", prior_b))
    n = check_count("n", n)
    deviations = check_count("deviations", deviations, most=n)
    a, b = prior_a + deviations, prior_b + n - deviations
    rate = float(tolerable)
    below, above = _log_tail(a, b, rate), _log_tail(b, a, 1 - rate)
    prior_below, prior_above = (
        _log_tail(prior_a, prior_b, rate),
        _log_tail(prior_b, prior_a, 1 - rate),
    )
    factor = (below - above) - (prior_below - prior_above)
    return BetaPosterior(
        prior_a=prior_a,
        prior_b=prior_b,
        deviations=deviations,
        n=n,
        tolerable_rate=rate,
        confidence=float(level),
        a=a,
        b=b,
        mean=a / (a + b),
        mode=_mode(a, b),
        upper=_upper(a, b, level),
        prior_probability=math.exp(prior_below),
        probability=math.exp(below),
        bayes_factor=_exp(factor),
        log_bayes_factor=factor,
    )


def _check_above_zero(name: str, number: Number) -> Fraction:
    try:
        value = exact(number)
    except (TypeError, ValueError, OverflowError):
        value = Fraction(0)
    if value <= 0:
        raise PlanError(
            f"{name} 应大于 0，给的是 {number}", f"{name} should be above 0, got {number}"
        )
    return value


def _mode(a: float, b: float) -> float | None:
    if a >= 1 and b >= 1:
        return (a - 1) / (a + b - 2) if a + b > 2 else None
    if a < 1 and b < 1:
        return None
    return 0.0 if a < 1 else 1.0


def _upper(a: float, b: float, level: Fraction) -> float:
    from scipy.special import betainccinv  # not above, nor scipy.stats: half a second to import

    return float(betainccinv(a, b, float(1 - level)))


def _log_tail(a: float, b: float, rate: float) -> float:
    """Logarithm of P(X < rate) for Beta(a, b), also below the range of floats.

    There by the series I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) Σ (a + b)_k / (a + 1)_k x^k (NIST
    Digital Library of Mathematical Functions, 8.17.8), whose terms shrink in a far tail.
    """
    from scipy.special import betainc, betaln

    probability = float(betainc(a, b, rate))
    if probability > 1e-300:
        return math.log(probability)
    first = a * math.log(rate) + b * math.log1p(-rate) - math.log(a) - float(betaln(a, b))
    terms, term, k = 1.0, 1.0, 0  # not scipy: its hyp2f1(20002, 1, 5002, .05) is nan
    while term > terms * 1e-17:
        term *= (a + b + k) / (a + 1 + k) * rate
        terms, k = terms + term, k + 1
    return first + math.log(terms)


def _density(rates: np.ndarray, a: float, b: float) -> np.ndarray:
    from scipy.special import betaln, xlog1py, xlogy

    logs = xlogy(a - 1, rates) + xlog1py(b - 1, -rates) - betaln(a, b)
    return np.asarray(np.exp(logs))


def _exp(logarithm: float) -> float:
    return math.exp(logarithm) if logarithm < 709 else math.inf
