"""Scores and indexes: by hand, by R, under several maps; unanswered questions; errors located."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from reference_values import differing, references

few = settings(max_examples=30, deadline=None, derandomize=True)

LABELS = ["很满意", "满意", "基本满意", "不满意", "很不满意"]
HUNDRED = dict(zip(LABELS, [100, 80, 60, 30, 0], strict=True))
FIFTHS = {label: Fraction(fifths, 5) for label, fifths in zip(LABELS, range(5, 0, -1), strict=True)}
ANSWERS = pd.DataFrame(
    {
        "speed": ["很满意", "满意", "满意", "基本满意"],
        "fairness": ["很满意", "很满意", "不满意", "基本满意"],
        "overall": ["很满意", "满意", None, "很不满意"],
    }
)
SCORES = survey.scored(ANSWERS, HUNDRED)
WEIGHTS = {"speed": 1, "fairness": 3, "overall": 0}


def indexed(scores=SCORES, **given):
    table = survey.satisfaction_index(scores, **({"low": 0, "high": 100} | given))
    return table.set_index(["unit", "level", "name"])


def test_answers_become_scores_by_the_map_and_gaps_stay_gaps():
    assert SCORES["speed"].tolist() == [100, 80, 80, 60]
    assert SCORES["overall"].isna().tolist() == [False, False, True, False]


def test_none_and_na_are_answers_where_the_map_knows_them():
    """Survey notes §9: pandas would read these words as missing."""
    answers = pd.DataFrame({"q": ["None", "NA", None]})
    scores = survey.scored(answers, {"None": 0, "NA": 1})

    assert scores["q"].tolist()[:2] == [0, 1]
    assert math.isnan(scores["q"][2])


def test_an_unknown_label_is_refused_where_it_stands():
    answers = ANSWERS.set_axis([11, 12, 13, 14])
    answers.loc[13, "fairness"] = "非常满意"

    with pytest.raises(PlanError, match="'非常满意' in fairness, row 13"):
        survey.scored(answers, HUNDRED)


def test_the_index_of_a_row_is_the_weighted_mean_of_what_was_answered():
    """Third row: (1·80 + 3·30)/4; without weights, of two answers, 55."""
    assert survey.row_index(SCORES, weights=WEIGHTS).tolist() == [100, 95, 42.5, 60]
    assert survey.row_index(SCORES).tolist() == [100, round(260 / 3, 10), 55, 40]


def test_equal_answers_have_equal_indexes_whatever_the_weights():
    """0.1·80 + 0.2·80 + 0.7·80 is not 80 in floats."""
    scores = pd.DataFrame([[80.0] * 3, [80.0] * 3, [80.0, 80.0, math.nan]], columns=list("abc"))

    index = survey.row_index(scores, weights={"a": 0.1, "b": 0.2, "c": 0.7})

    assert index.tolist() == [80, 80, 80]


def test_a_row_without_any_answer_has_no_index():
    scores = pd.DataFrame({"a": [80, np.nan], "b": [np.nan, np.nan]})

    assert survey.row_index(scores).tolist()[0] == 80
    assert survey.row_index(scores).isna().tolist() == [False, True]
    assert indexed(scores).loc[("", "all", ""), "n"] == 1
    assert math.isnan(indexed(scores).loc[("", "question", "b"), "index"])


def test_indexes_of_all_of_dimensions_and_of_questions():
    table = indexed(weights=WEIGHTS, dimensions={"service": ["speed", "fairness"]})

    assert table.loc[("", "all", ""), "index"] == (100 + 95 + 42.5 + 60) / 4
    assert table.loc[("", "dimension", "service"), "index"] == (100 + 95 + 42.5 + 60) / 4
    assert table.loc[("", "question", "overall"), "index"] == 60
    assert table.loc[("", "question", "overall"), "n"] == 3


def test_the_interval_of_an_index_counts_people_not_answers():
    """Survey notes §6.5: items of one person are correlated; here they are all alike."""
    scores = [100, 80, 60, 80, 100, 30, 80, 60]
    once, five = (pd.DataFrame({f"q{i}": scores for i in range(k)}) for k in (1, 5))

    one, many = (indexed(table).loc[("", "all", "")] for table in (once, five))

    assert one.tolist() == pytest.approx(many.tolist())
    assert many["lower"] == pytest.approx(survey.mean_ci(scores).lower)


def test_unanswered_questions_part_the_index_from_the_mean_of_questions():
    """Survey notes §9: (100 + 86.67 + 55 + 40)/4 against (80 + 72.5 + 60)/3."""
    row = indexed().loc[("", "all", "")]

    assert row["index"] == pytest.approx((100 + 260 / 3 + 55 + 40) / 4)
    assert row["items_first"] == pytest.approx((80 + 72.5 + 60) / 3)
    full = indexed(SCORES[["speed", "fairness"]]).loc[("", "all", "")]
    assert full["index"] == full["items_first"]


def test_units_have_their_own_index_and_population():
    units = pd.Series(["五华区", "禄劝县", "五华区", "禄劝县"])
    table = indexed(SCORES[["speed"]], units=units, populations={"五华区": 2, "": 4000})

    row = table.loc[("五华区", "question", "speed")]
    assert row[["n", "index", "lower", "upper"]].tolist() == [2, 90, 90, 90]
    assert table.loc[("禄劝县", "all", ""), "lower"] < 70
    assert table.loc[("", "all", ""), "index"] == 80


@pytest.mark.parametrize(("population", "lower"), [(None, 0.92887), (60, 58 / 60), (50, 1)])
def test_where_all_are_fully_satisfied_a_sample_still_leaves_doubt(population, lower):
    """Survey notes §6.4. Clopper and Pearson: .025^(1/50) = .92887. Two of 60 may differ,
    since both are missed with a chance of 10·9/(60·59) = .0254; three with one of .0035.
    """
    scores = pd.DataFrame({"q": [100] * 50})
    table = indexed(scores, populations=None if population is None else {"": population})

    row = table.loc[("", "all", "")]
    assert row["upper"] == row["index"] == 100
    assert row["lower"] == pytest.approx(100 * lower, abs=0.001)


@given(st.integers(2, 60), st.sampled_from([None, 80]))
@few
def test_equal_answers_in_mid_scale_leave_doubt_on_both_sides(n, population):
    alike = survey.proportion_ci(
        count=n,
        n=n,
        method="clopper-pearson" if population is None else "hypergeometric",
        population=population,
    ).lower

    found = survey.scale_ci([60] * n, low=0, high=100, population=population)

    assert found == pytest.approx((60, 60 * alike, 100 - 40 * alike))


def test_an_interval_stays_on_its_scale():
    """Student's t alone would leave it: 30 ± 74.5 and 70 ± 74.5."""
    assert (
        survey.mean_ci([0, 30, 60]).lower < 0 == survey.scale_ci([0, 30, 60], low=0, high=99).lower
    )
    assert survey.scale_ci([100, 70, 40], low=0, high=100).upper == 100


@pytest.mark.parametrize("share", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])
def test_intervals_of_an_index_cover_it_near_as_often_as_stated(share):
    """50 people, five answers each, alike in a person; the t interval is short near the top."""
    random = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        person = random.beta(9 * share, 9 * (1 - share), 50)
        scores = random.binomial(5, person) / 5
        found = survey.scale_ci(scores, low=0, high=1)
        inside += found.lower <= share <= found.upper

    assert inside / 300 >= (0.91 if share < 0.95 else 0.85)


def test_the_same_answers_under_several_maps():
    """By hand, speed and fairness: 100, 90, 55, 60 and 1, .9, .6, .6."""
    table = survey.index_by_maps(
        ANSWERS[["speed", "fairness"]], {"hundred": HUNDRED, "fifths": FIFTHS}
    ).set_index("map")

    assert table["index"].tolist() == pytest.approx([76.25, 0.775])
    assert table["floor_rate"].tolist() == [0, pytest.approx(0.2)]
    assert table["n"].tolist() == [4, 4]


def test_a_map_with_a_floor_can_not_fall_below_it():
    """Survey notes §5: 1, .8, .6, .4, .2 never falls below 20 %."""
    answers = pd.DataFrame({"q": ["很不满意"] * 9})
    one_to_five = {label: 5 * share for label, share in FIFTHS.items()}
    table = survey.index_by_maps(answers, {"fifths": FIFTHS, "points": one_to_five})

    assert table["index"].tolist() == table["lower"].tolist() == table["low"].tolist() == [0.2, 1]
    assert table["floor_rate"].tolist() == [0.2, 0.2]


@pytest.mark.parametrize("rows", references("survey_index"))
def test_indexes_over_groups_are_those_of_r(rows):
    assert differing(survey, rows) == []


def test_groups_weigh_as_the_evaluation_says_not_by_their_answers():
    groups = {"a": pd.Series([100.0, 100, 100, 90, 90, 90]), "b": pd.Series([60.0, 70])}
    found = survey.composite_index(groups, weights={"a": 1, "b": 1})

    assert found.estimate == pytest.approx((95 + 65) / 2)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"weights": {"speed": 1, "fairness": 1}}, "overall has no weight"),
        ({"weights": WEIGHTS | {"price": 1}}, "price is unknown"),
        ({"weights": WEIGHTS | {"speed": -1}}, "speed=-1"),
        ({"weights": dict.fromkeys(WEIGHTS, 0)}, "nor all 0"),
        ({"dimensions": {"service": ["speed", "price"]}}, "dimension service.*price"),
        ({"units": pd.Series(["a", "b"])}, "same rows: 2 and 4"),
        ({"units": pd.Series(["a", "b", None, "a"])}, "1 missing"),
        ({"high": 90}, "scale 0 to 90"),
        ({"populations": {"": 3}}, "smaller than n = 4"),
        ({"confidence": 95}, "write 0.95"),
    ],
)
def test_what_does_not_match_the_questions_is_refused(given_, message):
    with pytest.raises(PlanError, match=message):
        indexed(**given_)


@pytest.mark.parametrize(
    ("groups", "weights", "message"),
    [
        ({}, {}, "no group"),
        ({"a": [80.0, 90], "b": [70.0]}, {"a": 1, "b": 1}, "group b has 1"),
        ({"a": [80.0, 90], "b": [70.0, 60]}, {"a": 1}, "b has no weight"),
        ({"a": [80.0, math.nan]}, {"a": 1}, "a holds 1 missing"),
    ],
)
def test_groups_that_cannot_be_combined_are_refused(groups, weights, message):
    with pytest.raises(PlanError, match=message):
        survey.composite_index(groups, weights=weights)


def test_maps_without_a_scale_are_refused():
    for flat in ({}, {"满意": 1}, {"满意": 0, "不满意": -1}):
        with pytest.raises(PlanError, match="at least two scores"):
            survey.index_by_maps(pd.DataFrame({"q": ["满意"]}), {"flat": flat})
