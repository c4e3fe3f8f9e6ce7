"""Alpha, omega, KMO and Bartlett against R; reversed questions; answers that do not vary."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from reference_values import prints_as, references

FOUND: dict[str, Any] = {"reliability": survey.reliability, "one_factor": survey.one_factor}


@pytest.fixture(scope="module")
def attitude():
    """Chatterjee and Price (1977): seven questions, 30 departments."""
    return pd.read_csv(Path(__file__).parent / "reference" / "survey_attitude.csv")


@pytest.fixture(scope="module")
def learning_turned(attitude):
    """One question scored the other way round."""
    return attitude.assign(learning=100 - attitude["learning"])


@pytest.fixture(scope="module")
def results(attitude, learning_turned):
    """What each function finds in the answers, and with one question turned."""
    return {
        (name, answers is learning_turned): function(answers)
        for name, function in FOUND.items()
        for answers in (attitude, learning_turned)
    }


def asked(found, field):
    """``alpha.lower`` of the result, or ``rating.kmo`` of its table, or ``omega``."""
    first, _, second = field.partition(".")
    if first == "alpha":
        return getattr(found.alpha, second)
    return of_item(found, first, second) if second else getattr(found, first)


def of_item(found, item, column):
    return float(found.table.set_index("item")[column][item])


@pytest.mark.parametrize("rows", references("survey_reliability"))
def test_results_are_those_of_r(rows, results):
    for row in rows:
        found = results[row.function, "turned" in row.arguments]
        assert prints_as(float(asked(found, row.field)), row), row


def test_a_question_scored_the_wrong_way_is_named_and_not_turned(attitude, learning_turned):
    """Survey notes §9: one unreversed question of bfi lets alpha drop from .70 to .43."""
    right, wrong = survey.reliability(attitude), survey.reliability(learning_turned)

    assert (right.reversed, right.alpha_turned, right.codes) == ((), None, ())
    assert wrong.reversed == ("learning",)
    assert wrong.codes == ("reversed_items",)
    assert wrong.alpha.estimate < 0.6 < right.alpha.estimate
    assert wrong.alpha_turned == pytest.approx(right.alpha.estimate)


def test_answers_of_which_each_contradicts_the_other_have_a_negative_alpha():
    found = survey.reliability(pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 2, 3, 1]}))

    assert found.alpha.estimate < 0
    assert "negative_alpha" in found.codes


def test_rows_with_a_gap_are_left_out_as_a_whole_and_counted(attitude):
    """Survey notes §9: listwise, not pairwise as psych does it."""
    gaps = attitude.astype(float)
    gaps.loc[[0, 7], "raises"] = np.nan
    gaps.loc[7, "rating"] = np.nan

    found = survey.reliability(gaps)

    assert (found.n, found.left_out, found.codes) == (28, 2, ("incomplete_rows",))
    assert found.alpha == survey.reliability(attitude.drop([0, 7])).alpha


def test_a_question_that_all_answer_alike_breaks_nothing(attitude):
    """A known crash elsewhere (jamovi #649)."""
    answers = attitude.assign(same=80)
    alpha, factor = survey.reliability(answers), survey.one_factor(answers)

    assert alpha.codes == ("no_variation",)
    assert math.isnan(of_item(alpha, "same", "item_rest_correlation"))
    assert "same" not in alpha.reversed
    assert factor.codes == ("no_variation",)
    assert factor.omega == pytest.approx(survey.one_factor(attitude).omega)
    assert math.isnan(of_item(factor, "same", "kmo"))


def test_answers_that_never_differ_have_no_alpha():
    found = survey.reliability(pd.DataFrame({"a": [5, 5, 5], "b": [5, 5, 5]}))

    assert math.isnan(found.alpha.estimate)
    assert found.codes == ("no_variation",)


def test_alpha_is_one_where_all_questions_get_the_same_answer():
    scores = [1, 2, 5, 4]
    found = survey.reliability(pd.DataFrame({"a": scores, "b": scores, "c": scores}))

    assert found.alpha == pytest.approx((1, 1, 1))


def test_a_repeated_question_makes_the_correlations_singular(attitude):
    found = survey.one_factor(attitude.assign(again=attitude["rating"]))

    assert found.codes == ("singular",)
    assert math.isnan(found.omega)


def test_two_questions_have_no_factor_but_a_bartlett_test(attitude):
    found = survey.one_factor(attitude[["rating", "complaints"]])

    assert found.codes == ("too_few_items",)
    assert math.isnan(found.omega)
    assert found.df == 1
    assert found.kmo == pytest.approx(0.5)


def test_an_improper_factor_is_said_to_be_improper():
    """One question is the factor itself, but for a little noise."""
    random = np.random.default_rng(4)
    true = random.normal(size=400)
    answers = {"a": true, "b": true + random.normal(size=400), "c": true + random.normal(size=400)}
    answers["a"] = true + 0.001 * random.normal(size=400)

    assert "improper" in survey.one_factor(pd.DataFrame(answers)).codes


def test_omega_and_alpha_agree_where_all_questions_are_alike():
    """McDonald (1999): alpha equals omega for loadings that are all the same."""
    random = np.random.default_rng(2)
    true = random.normal(size=(20_000, 1))
    answers = pd.DataFrame(true + random.normal(size=(20_000, 5)), columns=list("abcde"))

    alpha = survey.reliability(answers).alpha.estimate

    assert survey.one_factor(answers).omega == pytest.approx(alpha, abs=0.003)
    assert alpha == pytest.approx(5 / 6, abs=0.01)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"a": [1, 2, 3]}, "at least two questions"),
        ({"a": [1.0, None], "b": [1, 2]}, "two complete rows, got 2 and 1"),
        ({"a": ["满意", "不满意"], "b": [1, 2]}, "question a holds no scores"),
        ({"a": [1.0, math.inf], "b": [1, 2]}, "infinite"),
    ],
)
def test_answers_that_have_no_alpha_are_refused(answers, message):
    with pytest.raises(PlanError, match=message):
        survey.reliability(pd.DataFrame(answers))


def test_repeated_names_and_questions_without_variation_are_refused():
    with pytest.raises(PlanError, match="repeated: a"):
        survey.reliability(pd.DataFrame([[1, 2], [2, 1]], columns=["a", "a"]))
    with pytest.raises(PlanError, match="any variation"):
        survey.one_factor(pd.DataFrame({"a": [1, 1, 1], "b": [1, 2, 3]}))
    with pytest.raises(PlanError, match="write 0"):
        survey.reliability(pd.DataFrame({"a": [1, 2], "b": [1, 2]}), confidence=95)
