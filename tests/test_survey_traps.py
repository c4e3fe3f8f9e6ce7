"""Traps of survey statistics (survey notes §9) that no test of a single procedure shows.

The others: continuity correction, epsilon² and small groups in ``test_survey_comparisons``;
listwise alpha and unturned questions in ``test_survey_reliability``; questions with different n in
``test_survey_index``; returned and issued in ``test_survey_response``; the strict inversion in
``test_survey_intervals``; halves in printed figures in ``test_survey_possible``.
"""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from auditbook.case.money import percent_text
from auditbook.case.survey_settings import Survey
from auditbook.deliver.labels import coded
from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.groups import asked_groups
from auditbook.procedures.survey.index_tables import satisfaction_table
from survey_answers import LEVELS, answers, question

FIVE = [80.0, 90, 100, 70, 60]


@pytest.mark.parametrize(
    "call",
    [
        lambda: survey.proportion_ci(count=4, n=5, population=4),
        lambda: survey.proportion_ci(count=4, n=5, method="hypergeometric", population=4),
        lambda: survey.share_difference(count=4, n=5, other_count=4, other_n=5, population=4),
        lambda: survey.share_difference(
            count=4, n=5, other_count=4, other_n=5, other_population=4
        ),
        lambda: survey.share_target(count=4, n=5, target=0.8, population=4),
        lambda: survey.mean_ci(FIVE, population=4),
        lambda: survey.mean_ci(FIVE, method="bootstrap", seed=1, population=4),
        lambda: survey.scale_ci(FIVE, low=0, high=100, population=4),
        lambda: survey.scale_ci([80] * 5, low=0, high=100, population=4),
        lambda: survey.index_target(FIVE, target=80, low=0, high=100, population=4),
        lambda: survey.index_bounds(mean=0.8, n=5, population=4),
        lambda: survey.composite_index(
            {"a": pd.Series(FIVE)}, weights={"a": 1}, populations={"a": 4}
        ),
        lambda: survey.index_by_maps(
            pd.DataFrame({"q": list("abbab")}), {"m": {"a": 1, "b": 2}}, population=4
        ),
        lambda: survey.with_and_without(
            pd.DataFrame({"q": FIVE}), pd.DataFrame(columns=survey.FLAG_COLUMNS), low=0, high=100,
            population=4,
        ),
    ],
)  # fmt: skip
def test_a_population_of_fewer_people_than_answers_is_refused_everywhere(call):
    """The correction 1 − n/N would be negative; as a rule the forms issued were given for N."""
    with pytest.raises(PlanError, match="population 4 is smaller than n = 5"):
        call()


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(Fraction(1, 16), "6.3%"), (Fraction(3, 16), "18.8%"), (0.9445, "94.5%"), (0.9435, "94.4%")],
)
def test_reports_round_half_up_as_clerks_do(rate, shown):
    """Python's round(6.25, 1) is 6.2: half to even; and 0.9435 as a float lies below the half."""
    assert percent_text(rate, places=1) == shown


def test_a_reversed_question_is_turned_by_the_instrument_before_alpha():
    """bfi: A1 unturned lets alpha drop from .70 to .43. The instrument says which to turn."""
    random = np.random.default_rng(5)
    labels = [text for text, score in LEVELS.items() if score is not None]
    person = random.normal(size=(300, 1)) + random.normal(size=(300, 5))
    places = np.digitize(person, [-1.5, -0.5, 0.5, 1.5])
    ticked = {f"q{i}": [labels[4 - place] for place in places[:, i]] for i in range(5)}
    ticked["q0"] = [labels[place] for place in places[:, 0]]

    def alpha(turned):
        asked = [question(name, turned=turned and name == "q0") for name in ticked]
        given = answers(asked, **ticked)
        return survey.reliability(given.shares(asked))

    assert alpha(turned=False).reversed == ("q0",)
    assert alpha(turned=False).alpha.estimate < 0.5
    assert alpha(turned=True).alpha.estimate > 0.75


def test_the_interval_of_a_sample_that_is_not_random_is_labelled_so():
    """非随机样本，仅供参考: how people were chosen stands beside every interval of satisfaction."""
    settings = {"group": "residents", "zh": "群众", "en": "residents", "confidence": 0.95}
    one = Survey.model_validate(settings | {"selection": "not_random", "low": 1, "high": 5})
    given = {"residents": answers([question("q1")], q1=["满意", "很满意", "一般"])}
    groups = asked_groups([one], given, counts=pd.DataFrame(), units=_units())

    table = satisfaction_table(groups)
    printed = pd.DataFrame([{"group": "residents", "issued": 52, "returned": 50,
                             "printed": "4.2", "source_row": "survey_counts.csv:2"}])  # fmt: skip
    published = survey.satisfaction(printed, (one,))

    for found in (table, published):
        assert found["lower_rate"].notna().all()
        assert set(found["selection"]) == {"not_random"}
    assert coded("selection", "not_random", "zh") == "非随机"
    assert coded("selection", "not_random", "en") == "not random"


def _units():
    return pd.DataFrame(columns=["group", "unit", "population", "issued", "returned", "quota"])


def test_rates_with_other_denominators_are_not_one_rate():
    """Not asked and no opinion leave the denominator; a gap does not answer for satisfied."""
    asked = [question("q1"), question("q2")]
    given = answers(asked, q1=["满意", "不了解", None, "不满意"],
                    q2=["(跳过)", "满意", "满意", "满意"])  # fmt: skip
    table = survey.satisfaction_index(given.shares(asked), low=0, high=1).set_index("name")

    assert table["n"].to_dict() == {"": 4, "q1": 2, "q2": 3}
    assert table.loc["", "index"] == pytest.approx((0.75 + 0.75 + 0.75 + 0.5) / 4)
    assert table.loc["", "items_first"] == pytest.approx((0.5 + 0.75) / 2)
