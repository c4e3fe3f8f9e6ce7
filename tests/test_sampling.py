"""Sampling: coverage, when a sample may be projected, and what is concluded from it."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.case.sampling_settings import Plan, Sampling
from auditbook.case.strict import Bilingual
from auditbook.procedures import sampling

RATE = Decimal("0.01")
NINETEEN = sampling.Population(items=19, book_fen=70_000_000)


def design(**changed):
    said = {
        "frame": "payments",
        "unit": Bilingual(zh="笔", en="payment"),
        "amount": "amount",
        "method": "not_stated",
        "confidence": "0.95",
    }
    return Sampling(**{**said, **changed})


def by_money(**changed):
    plan = {
        "selection": "mus_fixed_interval",
        "tolerable_misstatement": "1000元",
        "likelihood": "poisson",
        "evaluation": "stringer",
    }
    return design(method="monetary_unit", seed=7, plan=Plan(**{**plan, **changed}))


def by_items(**changed):
    plan = {
        "selection": "random",
        "tolerable_rate": "0.1",
        "tolerable_misstatement": "1000元",
        "likelihood": "hypergeometric",
        "evaluation": "difference",
    }
    return design(method="random", seed=7, plan=Plan(**{**plan, **changed}))


def frame(*amounts):
    """Payments P001, P002 … of so many fen."""
    ids = [f"P{number:03d}" for number in range(1, len(amounts) + 1)]
    places = [f"payments.csv:{row}" for row in range(2, len(amounts) + 2)]
    return pd.DataFrame({"id": ids, "amount": amounts, "source_row": places}).astype(
        {"amount": "int64"}
    )


def listed(*rows):
    """Rows of a sample table: (id, role, method)."""
    return pd.DataFrame(
        [
            {"id": i, "role": r, "method": m, "reason": "", "source_row": f"sample.csv:{k}"}
            for k, (i, r, m) in enumerate(rows, 2)
        ],
        columns=["id", "role", "method", "reason", "source_row"],
    )


def verified(**found):
    """Audited values in fen by id; None: it cannot be examined."""
    return pd.DataFrame(
        [
            {
                "id": item,
                "audited": audited,
                "outcome": "not_examinable" if audited is None else "",
                "source_row": f"verified_funds.csv:{row}",
            }
            for row, (item, audited) in enumerate(found.items(), 2)
        ],
        columns=["id", "audited", "outcome", "source_row"],
    )


class Sampled:
    """A population with a plan, drawn and looked at, step by step as the notebook does it."""

    def __init__(self, population: pd.DataFrame, plan: Sampling, **audited: int) -> None:
        self.frame, self.design = population, plan
        self.parts = sampling.parts(population, amount="amount")
        self.population = sampling.sampled_part(population, self.parts, plan)
        self.drawn = sampling.draw(population, self.population, plan, rate=RATE)
        self.items = sampling.sampled_items(population, listed(), self.drawn, design=plan)
        books = dict(zip(population["id"], population["amount"].tolist(), strict=True))
        self.audited = {
            item: audited[item] if item in audited else books[item] for item in self.items["id"]
        }
        self.found = sampling.results(self.items, verified(**self.audited), self.drawn)
        needed = sampling.needed_size(plan, self.population, rate=RATE)
        self.conditions = sampling.projection(self.items, self.drawn, design=plan, needed=needed)

    def projected(self):
        return sampling.project_results(
            self.found, self.conditions, self.population, self.design, rate=RATE
        )

    def conclusion(self):
        (row,) = sampling.conclude(
            self.projected(),
            self.conditions,
            self.found,
            population=self.population,
            design=self.design,
        ).to_dict("records")
        return row


# the published sample ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(kunming):
    population = sampling.population(kunming.allocation)
    items = sampling.sampled_items(
        population,
        kunming.sample,
        sampling.draw(population, NINETEEN, kunming.settings.sampling, rate=RATE),
        design=kunming.settings.sampling,
    )
    return population, items


def conditions_of(items, plan):
    drawn = pd.DataFrame({"id": [], "hits": [], "certainty": []})
    return sampling.projection(items, drawn, design=plan)


def test_kunming_2018_sample_covers_7_of_19_units_and_356_of_700(published):
    """36.84% by number, 50.86% by value."""
    by_count, by_amount = sampling.coverage(*published, amount="arrived")["share_rate"]

    assert by_count == Fraction(7, 19)
    assert by_amount == Fraction(356, 700)


def test_kunming_2018_sample_cannot_be_projected(published, kunming):
    """No method is stated, nothing shows that it was random, and the pilot unit is in it."""
    conditions = conditions_of(published[1], kunming.settings.sampling)

    assert not sampling.may_be_projected(conditions)
    assert conditions["holds"].tolist() == ["no", "no", "no", "no"]
    assert conditions.set_index("condition").loc["no_pilot", "items"] == "宜良县"


def test_kunming_2018_sampling_findings_name_both_places(published, kunming):
    conditions = conditions_of(published[1], kunming.settings.sampling)

    found = sampling.findings(
        conditions, design=kunming.settings.sampling, surveys=kunming.settings.surveys
    )

    assert [f.rule for f in found] == [
        "sampling.method_stated", "sampling.no_pilot", "sampling.survey_random",
    ]  # fmt: skip
    assert all(f.expected_source and f.actual_source for f in found)


def test_kunming_2018_seven_random_units_would_have_allowed_at_most_5_or_8_of_19(
    published, kunming
):
    """sampling.md section 2: none found 5, one found 8; at most 2 takes 12 units, at most 1 15."""
    table = sampling.allowed(published[1], NINETEEN, kunming.settings.sampling)

    assert table["at_most_count"].tolist() == [5, 8, 2, 1]
    assert table["sample_count"].tolist() == [7, 7, 12, 15]


def test_kunming_2018_is_only_stated_and_never_projected(published, kunming):
    """Whatever is found at the seven units, nothing is said of the other twelve."""
    plan, items = kunming.settings.sampling, published[1]
    seen = verified(**dict.fromkeys(items["id"], 0))
    found = sampling.results(items, seen, pd.DataFrame(columns=["id"]))
    conditions = conditions_of(items, plan)

    projected = sampling.project_results(found, conditions, NINETEEN, plan, rate=RATE)
    conclusion = sampling.conclude(projected, conditions, found, population=NINETEEN, design=plan)

    assert projected == []
    assert conclusion["conclusion"].tolist() == ["not_projected"]
    assert sampling.posterior(found, conditions, NINETEEN, plan, rate=RATE) is None


def test_a_case_without_a_sample_has_no_coverage_and_no_projection(published, kunming):
    none = published[1].iloc[:0]

    assert sampling.coverage(published[0], none, amount="arrived").empty
    assert sampling.figures(published[0], none, amount="arrived") == []
    assert not sampling.may_be_projected(conditions_of(none, kunming.settings.sampling))


# conditions -------------------------------------------------------------------------------------

EVEN = frame(*[10_000] * 40)


def test_what_the_seed_gives_may_be_projected():
    assert sampling.may_be_projected(Sampled(EVEN, by_items()).conditions)


def broken(sample, plan=None):
    drawn = Sampled(EVEN, plan or by_items())
    items = sampling.sampled_items(EVEN, sample(drawn), drawn.drawn, design=drawn.design)
    table = sampling.projection(items, drawn.drawn, design=drawn.design, needed=len(drawn.drawn))
    return table[table["holds"] == "no"].set_index("condition")["items"].to_dict()


def as_listed(drawn, **changed):
    return listed(*[(item, "sample", "random") for item in drawn.items["id"]]).assign(**changed)


def test_one_judgement_item_is_enough_to_forbid_projection():
    def mixed(drawn):
        table = as_listed(drawn)
        return table.assign(method=["judgement", *table["method"][1:]])

    assert list(broken(mixed)) == ["probability_method"]


def test_a_sample_other_than_the_one_that_the_seed_gives_is_not_projected():
    """One drawn item was exchanged for another: both are named."""

    def exchanged(drawn):
        other = next(item for item in EVEN["id"] if item not in set(drawn.items["id"]))
        table = as_listed(drawn)
        return table.assign(id=[other, *table["id"][1:]])

    (named,) = broken(exchanged).values()
    assert len(named.split("、")) == 2


def test_a_sample_that_is_smaller_than_its_plan_needs_is_not_projected():
    drawn = Sampled(EVEN, by_items(size=5))

    assert drawn.conditions.set_index("condition").loc["enough", "holds"] == "no"
    assert drawn.conclusion()["conclusion"] == "not_projected"


# results ----------------------------------------------------------------------------------------


def test_an_item_that_cannot_be_examined_counts_as_wholly_misstated():
    """ISA 530: unless an alternative procedure settles it."""
    items = sampling.sampled_items(
        EVEN, listed(("P001", "sample", "random")), Sampled(EVEN, by_items()).drawn,
        design=by_items(),
    )  # fmt: skip

    (row,) = sampling.results(items, verified(P001=None), pd.DataFrame(columns=["id"])).to_dict(
        "records"
    )

    assert (row["visit"], row["audited_fen"], row["taint_rate"]) == ("not_examinable", 0, 1)


def test_while_an_item_is_not_examined_nothing_is_concluded():
    sampled = Sampled(EVEN, by_items())
    sampled.found = sampling.results(sampled.items, verified(), sampled.drawn)

    assert sampled.conclusion()["conclusion"] == "pending"
    assert set(sampled.found["visit"]) == {"pending"}


def test_over_and_understatements_are_never_netted_in_the_sum():
    sampled = Sampled(EVEN, by_items(size=30), P001=9_000, P002=10_500, P003=10_000)
    rows = sampling.summary(sampled.found)

    over = {item: 10_000 - fen for item, fen in sampled.audited.items() if fen < 10_000}
    under = {item: fen - 10_000 for item, fen in sampled.audited.items() if fen > 10_000}
    assert rows["over_fen"].iloc[-1] == sum(over.values())
    assert rows["under_fen"].iloc[-1] == sum(under.values())
    assert (over or under) and rows["differing_count"].iloc[-1] == len(over) + len(under)


# projection and conclusion ----------------------------------------------------------------------

VOUCHERS = frame(*[5_000] * 200, 600_000, *[2_000] * 150, -3_000, 0)
"""13,000 yuan in 351 payments above zero, one of them a key item, a return and a zero."""


def test_negative_and_zero_amounts_are_set_apart_and_the_parts_tie_to_the_ledger():
    parts = sampling.parts(VOUCHERS, amount="amount")
    table = sampling.parts_table(VOUCHERS, parts, amount="amount")

    assert table["amount_fen"].tolist() == [1_900_000, 0, -3_000, 1_897_000]
    assert parts["count"].tolist() == [351, 1, 1]
    assert Sampled(VOUCHERS, by_money()).population == sampling.Population(351, 1_900_000)


def test_nothing_found_leaves_the_basic_precision_and_is_accepted():
    over, under = Sampled(VOUCHERS, by_money()).projected()

    assert (over.most_likely, under.most_likely) == (0, 0)
    assert over.limit == over.basic_precision <= over.tolerable == 100_000


def test_a_key_item_counts_as_it_was_found_and_not_projected():
    """The item of 6,000 yuan is larger than the interval: 400 yuan too much are 400 yuan."""
    clean = Sampled(VOUCHERS, by_money()).projected()[0]
    over = Sampled(VOUCHERS, by_money(), P201=560_000).projected()[0]

    assert over.most_likely == pytest.approx(40_000)
    assert over.limit - clean.limit == pytest.approx(40_000)


def test_a_limit_over_the_tolerable_asks_for_the_very_size_at_which_it_is_not():
    """One item of 50 yuan, half of it not proved."""
    sampled = Sampled(VOUCHERS, by_money())
    item = sampled.items["id"][sampled.items["amount_fen"] == 5_000].iloc[0]
    sampled = Sampled(VOUCHERS, by_money(), **{item: 2_500})

    row = sampled.conclusion()
    (over, _) = sampled.projected()

    assert (row["conclusion"], row["reason"]) == ("extend", "overstatement")
    assert over.limit_at(row["extended_count"]) <= over.tolerable
    assert over.limit_at(row["extended_count"] - 1) > over.tolerable


def test_more_than_is_tolerable_is_qualified_and_no_extension_helps():
    sampled = Sampled(VOUCHERS, by_money())
    wrong = dict.fromkeys(sampled.items["id"], 0)

    row = Sampled(VOUCHERS, by_money(), **wrong).conclusion()

    assert row["conclusion"] == "qualify"
    assert pd.isna(row["extended_count"])


def test_a_random_sample_is_judged_by_its_estimate_and_by_its_rate_of_deviation():
    sampled = Sampled(EVEN, by_items())
    wrong = sampled.items["id"].iloc[0]

    estimate, rate = Sampled(EVEN, by_items(), **{wrong: 9_000}).projected()

    assert (estimate.measure, rate.measure) == ("misstatement", "deviation_rate")
    n = len(sampled.items)
    assert rate.most_likely == Fraction(1, n)
    assert estimate.most_likely == pytest.approx(40 * 1_000 / n)
    assert "few_differences" in estimate.warnings


def test_each_difference_and_each_exceeded_limit_is_a_finding():
    sampled = Sampled(VOUCHERS, by_money())
    wrong = dict.fromkeys(sampled.items["id"], 0)
    sampled = Sampled(VOUCHERS, by_money(), **wrong)

    found = sampling.result_findings(
        sampled.found, sampled.projected(), money_unit="元", material=100_000
    )

    assert [f.rule for f in found].count("sampling.misstated") == len(wrong)
    assert found[0].subject == "P201" and found[0].severity == "high"
    assert found[-1].rule == "sampling.over_tolerable"


def test_a_questionnaire_group_is_held_against_what_a_margin_of_5_points_needs(kunming):
    """50 answers: a margin of 13.86 points had they been drawn at random, and 385 needed."""
    table = sampling.questionnaire_sizes(kunming.survey_counts, kunming.settings.surveys)

    assert table["needed_count"].tolist() == [385, 385]
    assert [round(margin, 4) for margin in table["margin_rate"]] == [0.1386, 0.1386]
