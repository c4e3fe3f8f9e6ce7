"""The audit risk model (审计风险模型), and what was known before as a prior (先验分布)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_count,
    check_rate,
    exact,
)


class BetaPrior(NamedTuple):
    """A beta distribution of the rate of deviation before the sample is seen."""

    a: float
    b: float


def detection_risk(
    *,
    audit_risk: Number,
    inherent_risk: Number,
    control_risk: Number,
    analytical_risk: Number = 1.0,
) -> float:
    """Allowed risk that tests of details miss a material misstatement (检查风险).

    DR = AR / (IR × CR × AP), at most 1; plan the tests with the confidence 1 − DR. At 1 the other
    evidence is enough by the model, and no test of details is needed for it.

    Parameters
    ----------
    audit_risk : number between 0 and 1
        Accepted risk of a wrong opinion, 1 − confidence of the whole audit.
    inherent_risk, control_risk : number above 0, at most 1
    analytical_risk : number above 0, at most 1
        Risk that analytical procedures miss it (AP); 1 without any.

    Raises
    ------
    PlanError
        A risk of 0 or less, or above 1; an audit risk of 1.

    References
    ----------
    AICPA AU section 350 (now PCAOB AS 2315), appendix: table of allowable risks for AR 5%, IR 1.
    """
    return float(_detection_risk(audit_risk, inherent_risk, control_risk, analytical_risk))


def impartial_prior(*, tolerable_rate: Number) -> BetaPrior:
    """Prior odds of 1: the tolerable rate is the median; no deviation is the likeliest.

    a = 1, b = ln .5 / ln(1 − tolerable).

    Raises
    ------
    PlanError
        A rate that is not between 0 and 1.

    References
    ----------
    Derks, de Swart, Wagenmakers & Wetzels, An impartial Bayesian hypothesis test for audit
    sampling (2022); R package jfa 0.7.3, ``auditPrior(method = "impartial")``.
    """
    tolerable = float(check_rate("tolerable_rate", tolerable_rate))
    return BetaPrior(1.0, math.log(0.5) / math.log1p(-tolerable))


def prior_from_sample(*, deviations: int, n: int, weight: Number = 1.0) -> BetaPrior:
    """An earlier sample, last year's say, as a prior: Beta(1 + w k, w (n − k)).

    With the weight 1 its upper limit is the classical one of that sample (Clopper-Pearson). A
    sample of other controls or another year deserves less: 0.5 counts two units as one.

    Parameters
    ----------
    deviations, n : int
        k of n.
    weight : number above 0, at most 1

    Raises
    ------
    PlanError
        More deviations than units, no unit without deviation (no distribution), weight 0 or
        above 1.

    References
    ----------
    R package jfa 0.7.3, ``auditPrior(method = "power")``; Ibrahim & Chen, Power prior
    distributions for regression models, Statistical Science 15 (2000) 46-60.
    """
    n = check_count("n", n, least=1)
    deviations = check_count("deviations", deviations, most=n)
    share = check_rate("weight", weight, one=True)
    if deviations == n:
        raise PlanError(
            f"上期样本 {n} 个单位全部有偏差，不能作先验；请直接给出 prior_a、prior_b",
            f"all {n} units of the earlier sample deviate, which makes no prior; "
            "give prior_a and prior_b themselves",
        )
    return BetaPrior(float(1 + share * deviations), float(share * (n - deviations)))


def prior_from_risk(
    *,
    tolerable_rate: Number,
    audit_risk: Number,
    inherent_risk: Number,
    control_risk: Number,
    analytical_risk: Number = 1.0,
) -> BetaPrior:
    """The audit risk model as a prior: as if the units it saves had been examined, none deviating.

    a = 1, b = n(AR) − n(DR): the sample sizes at the confidence 1 − AR and 1 − DR with no
    deviations planned; n(DR) is 0 where the detection risk is 1.

    Raises
    ------
    PlanError
        Risks as for :func:`detection_risk`; risks that save no unit (all of them 1).

    References
    ----------
    Derks and others, Priors in a Bayesian Audit (2021); R package jfa 0.7.3,
    ``auditPrior(method = "arm")``: n 59 and 49 make Beta(1, 10).
    """
    risk = _detection_risk(audit_risk, inherent_risk, control_risk, analytical_risk)
    from auditbook.procedures.sampling.attributes import attribute_sample_size

    def size(risk: Fraction) -> int:
        return attribute_sample_size(tolerable_rate=tolerable_rate, confidence=1 - risk)

    saved = size(exact(audit_risk)) - (size(risk) if risk < 1 else 0)
    if not saved:
        raise PlanError(
            f"按风险模型检查风险为 {float(risk):g}，没有减少样本，构不成先验；用 impartial_prior",
            f"by the risk model the detection risk is {float(risk):g} and saves no unit, which "
            "makes no prior; use impartial_prior",
        )
    return BetaPrior(1.0, float(saved))


def _detection_risk(
    audit_risk: Number, inherent_risk: Number, control_risk: Number, analytical_risk: Number
) -> Fraction:
    allowed = check_rate("audit_risk", audit_risk)
    others = {
        "inherent_risk": inherent_risk,
        "control_risk": control_risk,
        "analytical_risk": analytical_risk,
    }
    for name, risk in others.items():
        allowed /= check_rate(name, risk, one=True)
    return min(allowed, Fraction(1))
