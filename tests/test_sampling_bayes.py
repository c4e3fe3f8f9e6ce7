"""Beta posteriors, priors and the audit risk model."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.bayes import beta_posterior
from auditbook.procedures.sampling.priors import (
    detection_risk,
    impartial_prior,
    prior_from_risk,
    prior_from_sample,
)
from reference_values import differing, references


def posterior(**changed):
    return beta_posterior(**({"deviations": 0, "n": 59, "tolerable_rate": 0.05} | changed))


def from_risk(**changed):
    risks = {"audit_risk": 0.05, "inherent_risk": 1, "control_risk": 0.6}
    return prior_from_risk(**({"tolerable_rate": 0.05} | risks | changed))


SOURCES = SimpleNamespace(
    beta_posterior=beta_posterior, detection_risk=detection_risk, prior_from_risk=prior_from_risk
)


@pytest.mark.parametrize("rows", references("sampling_bayes"))
def test_numbers_are_those_of_the_source(rows):
    assert differing(SOURCES, rows) == []


@pytest.mark.parametrize(
    ("control_risk", "percents"),
    [(0.1, "* * * 50"), (0.3, "* 55 33 16"), (0.5, "* 33 20 10"), (1, "50 16 10 5")],
)
def test_detection_risks_are_those_of_the_standard(control_risk, percents):
    """PCAOB AS 2315 (AICPA AU 350), appendix: AR 5%, IR 1, percents cut off; * no test needed."""
    risks = [
        detection_risk(
            audit_risk=0.05, inherent_risk=1, control_risk=control_risk, analytical_risk=analytical
        )
        for analytical in (0.1, 0.3, 0.5, 1)
    ]

    assert ["*" if r == 1 else str(int(r * 100 + 1e-9)) for r in risks] == percents.split()


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.1, 50), st.floats(0.1, 200), st.integers(0, 30), st.integers(0, 200),
    st.floats(0.01, 0.3), st.floats(0.5, 0.999),
)  # fmt: skip
def test_posteriors_are_those_of_scipy(a, b, k, more, tolerable, confidence):
    found = posterior(
        prior_a=a, prior_b=b, deviations=k, n=k + more, tolerable_rate=tolerable,
        confidence=confidence,
    )  # fmt: skip
    after, before = stats.beta(a + k, b + more), stats.beta(a, b)
    odds = [math.exp(d.logcdf(tolerable) - d.logsf(tolerable)) for d in (after, before)]

    assert found.mean == pytest.approx(after.mean())
    assert found.upper == pytest.approx(after.ppf(confidence))
    assert found.probability == pytest.approx(after.cdf(tolerable))
    assert found.prior_probability == pytest.approx(before.cdf(tolerable))
    assert found.bayes_factor == pytest.approx(odds[0] / odds[1], rel=1e-7)


@pytest.mark.parametrize(
    ("a", "b", "mode"),
    [
        (1, 1, None), (0.5, 0.5, None), (0.5, 1, 0), (0.5, 3, 0), (1, 3, 0), (1, 0.5, 1),
        (3, 0.5, 1), (3, 1, 1), (2, 4, 0.25),
    ],
)  # fmt: skip
def test_the_mode_is_where_the_density_is_highest(a, b, mode):
    assert posterior(prior_a=a, prior_b=b, n=0).mode == mode


def test_without_a_sample_the_posterior_is_the_prior():
    found = posterior(prior_a=1, prior_b=10, n=0)

    assert (found.a, found.b, found.bayes_factor) == (1, 10, 1)
    assert found.probability == found.prior_probability


@pytest.mark.parametrize("n", [5_000, 20_000, 1_000_000])
def test_tiny_tails_keep_their_logarithm(n):
    """Beta(1, n + 1): P(rate > t) = (1 − t)^(n + 1), beyond floats from n = 13,812 on."""
    found = posterior(n=n)

    assert found.log_bayes_factor == pytest.approx(-(n + 1) * math.log(0.95) - math.log(1 / 19))
    assert found.bayes_factor == (math.inf if n > 13_812 else pytest.approx(4.819517387e112))
    assert found.probability == 1


def test_densities_are_those_of_scipy_and_cover_the_whole():
    found = posterior(prior_a=0.5, prior_b=2, deviations=2, n=100)
    table = found.densities(most=1, points=500)

    assert list(table.columns) == ["rate", "prior", "posterior"]
    np.testing.assert_allclose(table["posterior"], stats.beta(2.5, 100).pdf(table["rate"]))
    np.testing.assert_allclose(table["prior"], stats.beta(0.5, 2).pdf(table["rate"]))
    assert table["posterior"].mean() == pytest.approx(1, abs=1e-3)


def test_densities_reach_twice_as_far_as_limit_and_tolerable_rate():
    assert posterior().densities()["rate"].max() == pytest.approx(0.1 - 0.1 / 400)
    assert posterior(n=1).densities()["rate"].max() == pytest.approx(1 - 1 / 400)
    with pytest.raises(PlanError, match="most"):
        posterior().densities(most=2)
    with pytest.raises(PlanError, match="points"):
        posterior().densities(points=0)


def test_a_uniform_prior_makes_much_of_little_and_an_impartial_one_does_not():
    """Prior odds of "at most 5%" are 1 to 19 against 1 to 1."""
    fair = impartial_prior(tolerable_rate=0.05)

    assert posterior(n=0).prior_probability == pytest.approx(1 / 20)
    assert posterior(n=0, prior_a=fair.a, prior_b=fair.b).prior_probability == pytest.approx(0.5)
    assert posterior().bayes_factor > 9 * posterior(prior_b=fair.b).bayes_factor


@pytest.mark.parametrize("tolerable", [0.001, 0.05, 0.3, 0.9])
def test_the_tolerable_rate_is_the_median_of_an_impartial_prior(tolerable):
    a, b = impartial_prior(tolerable_rate=tolerable)

    assert a == 1
    assert stats.beta.median(a, b) == pytest.approx(tolerable, rel=1e-12)


def test_an_earlier_sample_is_a_prior_with_its_classical_limit():
    """AICPA Audit Sampling, table A-3: 1 of 50, 95%: .0913981, printed 9.2%."""
    a, b = prior_from_sample(deviations=1, n=50)

    assert posterior(prior_a=a, prior_b=b, n=0).upper == pytest.approx(0.0913981, abs=5e-8)


def test_an_earlier_sample_of_half_the_weight_counts_half_its_units():
    assert prior_from_sample(deviations=2, n=60, weight=0.5) == (2, 29)
    assert prior_from_sample(deviations=0, n=10) == (1, 10)


@pytest.mark.parametrize(
    ("changed", "prior"),
    [
        ({}, (1, 59 - 49)),
        ({"control_risk": 0.05}, (1, 59)),
        ({"inherent_risk": 0.5, "control_risk": 0.5}, (1, 59 - 32)),
        ({"inherent_risk": 0.5, "control_risk": 1, "analytical_risk": 0.5}, (1, 59 - 32)),
        ({"audit_risk": 0.1}, (1, 45 - 35)),
    ],
)
def test_the_risk_model_counts_the_units_it_saves(changed, prior):
    """AICPA table A-1 and jfa: 59 units at 5% risk, 45 at 10%; ln DR / ln .95 rounded up."""
    assert from_risk(**changed) == prior


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"deviations": 60}, "deviations.*不超过 59"),
        ({"deviations": -1}, "deviations"),
        ({"n": 59.5}, "n 应为"),
        ({"prior_a": 0}, "prior_a 应大于 0，给的是 0"),
        ({"prior_b": -1}, "prior_b"),
        ({"prior_b": math.nan}, "prior_b"),
        ({"prior_a": "one"}, "prior_a.*one"),
        ({"tolerable_rate": 5}, "tolerable_rate.*0.05"),
        ({"tolerable_rate": 0}, "tolerable_rate"),
        ({"confidence": 95}, r"confidence.*0\.95"),
    ],
)
def test_impossible_posteriors_say_what_to_change(changed, words):
    with pytest.raises(PlanError, match=words):
        posterior(**changed)


@pytest.mark.parametrize("name", ["audit_risk", "inherent_risk", "control_risk", "analytical_risk"])
@pytest.mark.parametrize("risk", [0, -0.1, 1.1, 60, "low", math.nan])
def test_risks_are_between_0_and_1(name, risk):
    risks = {"audit_risk": 0.05, "inherent_risk": 1, "control_risk": 0.6, name: risk}

    with pytest.raises(PlanError, match=name):
        detection_risk(**risks)
    with pytest.raises(PlanError, match=name):
        prior_from_risk(tolerable_rate=0.05, **risks)


def test_an_audit_risk_of_one_is_no_audit():
    with pytest.raises(PlanError, match="audit_risk"):
        detection_risk(audit_risk=1, inherent_risk=1, control_risk=1)


def test_what_says_nothing_makes_no_prior():
    with pytest.raises(PlanError, match="impartial_prior"):
        from_risk(control_risk=1)
    with pytest.raises(PlanError, match="全部有偏差"):
        prior_from_sample(deviations=3, n=3)
    with pytest.raises(PlanError, match="weight"):
        prior_from_sample(deviations=0, n=3, weight=0)
    with pytest.raises(PlanError, match="weight"):
        prior_from_sample(deviations=0, n=3, weight=1.5)
    with pytest.raises(PlanError, match="tolerable_rate"):
        impartial_prior(tolerable_rate=5)
