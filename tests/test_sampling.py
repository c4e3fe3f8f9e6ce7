"""Sampling: coverage, and when a sample may be projected."""

from fractions import Fraction

import pandas as pd

from auditbook.case.sampling_settings import Sampling
from auditbook.case.strict import Bilingual
from auditbook.procedures import sampling

DESIGN = Sampling(
    frame="allocation",
    unit=Bilingual(zh="县", en="county"),
    amount="arrived",
    method="random",
    confidence="0.95",
)


def sample(*rows):
    """Rows of (id, role, method)."""
    return pd.DataFrame(
        [
            {"id": i, "role": r, "method": m, "reason": "", "source_row": f"sample.csv:{k}"}
            for k, (i, r, m) in enumerate(rows, 2)
        ]
    )


def test_kunming_2018_sample_covers_7_of_19_units_and_356_of_700(kunming):
    """36.84% by number, 50.86% by value."""
    population = sampling.population(kunming.allocation)

    by_count, by_amount = sampling.coverage(population, kunming.sample, amount="arrived")[
        "share_rate"
    ]

    assert by_count == Fraction(7, 19)
    assert by_amount == Fraction(356, 700)


def test_kunming_2018_sample_cannot_be_projected(kunming):
    """No method is stated, nothing shows that it was random, and the pilot unit is in it."""
    conditions = sampling.projection(kunming.sample, kunming.settings.sampling)

    assert not sampling.may_be_projected(conditions)
    assert conditions["holds"].tolist() == ["no", "no", "no"]
    assert conditions.set_index("condition").loc["no_pilot", "items"] == "宜良县"


def test_kunming_2018_sampling_findings_name_both_places(kunming):
    conditions = sampling.projection(kunming.sample, kunming.settings.sampling)

    found = sampling.findings(
        conditions, design=kunming.settings.sampling, surveys=kunming.settings.surveys
    )

    assert [f.rule for f in found] == [
        "sampling.method_stated", "sampling.no_pilot", "sampling.survey_random",
    ]  # fmt: skip
    assert all(f.expected_source and f.actual_source for f in found)


def test_a_random_sample_without_a_pilot_may_be_projected():
    conditions = sampling.projection(sample(("甲", "sample", "random")), DESIGN)

    assert sampling.may_be_projected(conditions)


def test_one_judgement_item_is_enough_to_forbid_projection():
    mixed = sample(("甲", "sample", "random"), ("乙", "sample", "judgement"))

    conditions = sampling.projection(mixed, DESIGN).set_index("condition")

    assert conditions.loc["probability_method", "items"] == "乙"
    assert not sampling.may_be_projected(conditions.reset_index())


def test_a_case_without_a_sample_has_no_coverage_and_no_projection(kunming):
    none = kunming.sample.iloc[:0]
    population = sampling.population(kunming.allocation)

    assert sampling.coverage(population, none, amount="arrived").empty
    assert sampling.figures(population, none, amount="arrived") == []
    assert not sampling.may_be_projected(sampling.projection(none, DESIGN))
