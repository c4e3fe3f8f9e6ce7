"""What is believed of the rate of error before the sample and after it, for showing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.sampling_settings import Plan, Sampling
from auditbook.procedures.sampling.bayes import BetaPosterior, beta_posterior
from auditbook.procedures.sampling.evaluation import plan_to_project
from auditbook.procedures.sampling.planning import Population, tolerable_fen
from auditbook.procedures.sampling.priors import BetaPrior, impartial_prior, prior_from_sample


def posterior(
    found: pd.DataFrame,
    conditions: pd.DataFrame,
    population: Population,
    design: Sampling,
    *,
    rate: Any,
) -> BetaPosterior | None:
    """What is believed of the deviation rate after the sample; None where nothing is planned.

    In a sample by money the rate is that of yuan, each hit one trial, and every misstated item
    counts in full: a cautious count.
    """
    plan = plan_to_project(found, conditions, design)
    if plan is None:
        return None
    tolerable = plan.tolerable_rate
    if plan.by_money:
        share = Fraction(tolerable_fen(design, population, rate=rate), population.book_fen)
    elif tolerable is not None:
        share = Fraction(tolerable)
    else:
        return None
    if not 0 < share < 1:
        return None
    rows = found[~found["certainty"]] if plan.by_money else found
    wrong = rows[(rows["difference_fen"].fillna(0) != 0)]
    a, b = _prior(plan, share)
    return beta_posterior(
        prior_a=a,
        prior_b=b,
        deviations=int(wrong["hits"].sum()),
        n=int(rows["hits"].sum()),
        tolerable_rate=share,
        confidence=design.confidence,
    )


def _prior(plan: Plan, tolerable: Fraction) -> BetaPrior:
    if plan.last_year is not None:
        return prior_from_sample(deviations=plan.last_year.deviations, n=plan.last_year.n)
    return impartial_prior(tolerable_rate=tolerable)


def densities(believed: BetaPosterior | None) -> pd.DataFrame:
    """What is believed before and after the sample, for a chart.

    Returns
    -------
    DataFrame
        rate, prior, posterior, limit, tolerable; no rows where there is nothing to believe.
    """
    if believed is None:
        return pd.DataFrame(columns=["rate", "prior", "posterior", "limit", "tolerable"])
    return believed.densities().assign(limit=believed.upper, tolerable=believed.tolerable_rate)


def belief_table(believed: BetaPosterior | None) -> pd.DataFrame:
    """The prior and the posterior in numbers.

    Returns
    -------
    DataFrame, one row or none
        prior (``Beta(1, 13.51)``), sample_count, deviations_count, mean_rate, limit_rate,
        tolerable_rate, prior_rate and posterior_rate (probability that the rate is tolerable),
        bayes_factor.
    """
    columns = [
        "prior", "sample_count", "deviations_count", "mean_rate", "limit_rate", "tolerable_rate",
        "prior_rate", "posterior_rate", "bayes_factor",
    ]  # fmt: skip
    if believed is None:
        return pd.DataFrame(columns=columns)
    row = [
        f"Beta({believed.prior_a:.4g}, {believed.prior_b:.4g})", believed.n, believed.deviations,
        believed.mean, believed.upper, believed.tolerable_rate, believed.prior_probability,
        believed.probability, f"{believed.bayes_factor:.1f}",
    ]  # fmt: skip
    return pd.DataFrame([row], columns=columns)
