"""Groups compared: R's tests, effect sizes by their definitions, small cells said aloud."""

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from reference_values import prints_as, references

few = settings(max_examples=40, deadline=None, derandomize=True)

TABLES = {
    "large": [[40, 35, 15, 10], [55, 30, 10, 5]],
    "small": [[30, 15, 4, 1, 0], [38, 10, 1, 0, 1]],
    "four_fold": [[47, 3], [49, 1]],
    "tall": [[20, 2], [15, 5], [9, 6], [11, 1]],
}
FIRST, SECOND = [5, 5, 4, 4, 3, 5, 4, 2, 5, 4], [4, 3, 3, 2, 4, 5, 3, 2, 1, 3, 3]
GROUPS: dict[str, Any] = {
    "two": [FIRST, SECOND],
    "untied": [[91, 84, 77.5, 60], [88, 70, 55, 52, 49]],
    "three": [FIRST, SECOND, [1, 2, 2, 3, 4, 1, 2]],
}
SMOKERS, PATIENTS = [83, 90, 129, 70], [86, 93, 136, 82]
"""Fleiss (1981), Statistical Methods for Rates and Proportions, p. 139, as R's help quotes it."""


def scored(*parts):
    """Scores and groups a, b, c … as two columns."""
    rows = [(score, name) for name, part in zip("abcdef", parts, strict=False) for score in part]
    table = pd.DataFrame(rows, columns=["score", "group"])
    return table["score"], table["group"]


def compared(*parts):
    return survey.compare_scores(*scored(*parts))


def asked(row):
    answers = row.arguments["answers"]
    if row.function == "compare_answers":
        return getattr(survey.compare_answers(pd.DataFrame(TABLES[answers])), row.field)
    if row.function == "trend":
        found = survey.trend(SMOKERS, PATIENTS, scores=[0, 0, 0, 1] if "_" in answers else None)
        return found.z**2 if row.field == "z_squared" else found.p_value
    found = compared(*GROUPS[answers])
    if row.field.startswith("pairs"):
        _, place, column = row.field.split(".")
        return float(found.pairs[column][int(place)])
    return getattr(found, row.field)


@pytest.mark.parametrize("rows", references("survey_comparisons"))
def test_tests_and_effects_are_those_of_r(rows):
    for row in rows:
        assert prints_as(asked(row), row), row


def test_fewer_than_five_expected_turn_chi_square_into_fisher_and_are_said():
    """Cochran (1954)."""
    small, large = (survey.compare_answers(pd.DataFrame(TABLES[n])) for n in ("small", "large"))

    assert (small.test, small.codes) == ("fisher", ("small_expected",))
    assert (large.test, large.codes) == ("chi_square", ())
    edge = survey.compare_answers(pd.DataFrame([[5, 45], [5, 45]]))
    assert (edge.test, edge.p_value) == ("chi_square", 1.0)


@given(st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=2), min_size=2, max_size=2))
@few
def test_fisher_is_that_of_scipy_in_tables_of_four_cells(cells):
    found = survey.compare_answers(pd.DataFrame(cells))

    if found.test == "fisher":
        assert found.p_value == pytest.approx(stats.fisher_exact(cells).pvalue, abs=1e-9)


def test_groups_of_fewer_than_30_are_said_to_be_small():
    assert survey.compare_answers(pd.DataFrame([[15, 14], [40, 40]])).codes == ("small_groups",)
    assert survey.compare_answers(pd.DataFrame([[15, 15], [40, 40]])).codes == ()
    scores = compared([3, 4] * 15, [4, 5] * 14)
    assert (scores.codes, scores.groups["small"].tolist()) == (("small_groups",), [False, True])


def test_more_than_two_groups_of_small_cells_are_simulated_by_a_seed():
    """Against scipy's chi-square the p-value is of the same order; the same seed repeats it."""
    table = pd.DataFrame([[8, 2, 1], [5, 5, 1], [3, 7, 2]])
    one, again, other = (survey.compare_answers(table, seed=seed) for seed in (1, 1, 2))

    assert one.codes == ("small_expected", "small_groups", "simulated")
    assert one == again
    assert one.p_value == pytest.approx(other.p_value, abs=0.02)
    assert one.p_value == pytest.approx(stats.chi2_contingency(table).pvalue, abs=0.08)


def test_a_rare_answer_among_200_000_is_still_counted_out():
    rare = [[3, 99_998], [6, 99_993]]

    found = survey.compare_answers(pd.DataFrame(rare))

    assert found.codes == ("small_expected",)
    assert found.p_value == pytest.approx(stats.fisher_exact(np.array(rare)).pvalue, abs=1e-6)


def test_simulated_and_counted_p_values_agree(monkeypatch):
    """The limit of tables looked at is lowered; three standard errors of 9,999 are 0.012."""
    counted = survey.compare_answers(pd.DataFrame(TABLES["small"]))
    monkeypatch.setattr("auditbook.procedures.survey.crosstabs._TABLES", 1)
    simulated = survey.compare_answers(pd.DataFrame(TABLES["small"]))

    assert simulated.codes == ("small_expected", "simulated")
    assert simulated.p_value == pytest.approx(counted.p_value, abs=0.012)


def test_empty_answers_and_groups_change_nothing():
    padded = [[40, 0, 35, 15, 10], [0, 0, 0, 0, 0], [55, 0, 30, 10, 5]]

    assert survey.compare_answers(pd.DataFrame(padded)) == survey.compare_answers(
        pd.DataFrame(TABLES["large"])
    )


def test_one_group_has_nothing_to_be_compared_with():
    found = survey.compare_answers(pd.DataFrame([[40, 10], [0, 0]]))

    assert found.codes == ("nothing_to_compare",)
    assert math.isnan(found.p_value)
    scores = survey.compare_scores(*scored([3, 4, 5]))
    assert scores.codes == ("small_groups", "nothing_to_compare")
    assert math.isnan(scores.p_value)


def test_cramers_v_is_one_where_the_group_tells_the_answer():
    assert survey.compare_answers(pd.DataFrame([[50, 0], [0, 50]])).cramers_v == 1


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=12), min_size=2, max_size=2))
@few
def test_cliffs_delta_is_wins_less_losses_over_all_pairs(parts):
    """Cliff (1993): the definition, counted out."""
    first, second = parts
    wins = [(a > b) - (a < b) for a, b in itertools.product(first, second)]
    found = compared(first, second)

    assert found.effect == pytest.approx(sum(wins) / len(wins))
    assert found.effect == pytest.approx(-compared(second, first).effect)


def test_ranks_are_compared_with_continuity_corrected_as_r_does():
    """Survey notes §9: scipy without it gives .0267, R and we .0292."""
    plain = stats.mannwhitneyu(FIRST, SECOND, use_continuity=False, method="asymptotic").pvalue

    assert compared(FIRST, SECOND).p_value > plain + 0.001


def test_epsilon_squared_is_h_over_n_less_one_not_eta_squared():
    """Survey notes §9; eta²_H = (H − k + 1)/(n − k) would be .322."""
    found = compared(*GROUPS["three"])
    h, n, k = found.statistic, 28, 3

    assert found.effect == pytest.approx(h / (n - 1))
    assert found.effect != pytest.approx((h - k + 1) / (n - k), abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@few
def test_holm_steps_down_and_never_falls(p_values):
    """Holm (1979), by its definition: the largest (m − j + 1)·p(j) so far, at most 1."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    expected = [
        max(min(1, (len(order) - j) * p_values[order[j]]) for j in range(rank + 1))
        for rank in range(len(order))
    ]

    adjusted = survey.holm(p_values)

    assert [adjusted[place] for place in order] == pytest.approx(expected)


def test_holm_leaves_out_what_was_not_tested():
    adjusted = survey.holm([0.01, math.nan, 0.04])

    assert adjusted[0] == 0.02
    assert math.isnan(adjusted[1])
    assert adjusted[2] == 0.04


def test_groups_are_summed_up_in_the_order_of_their_categories():
    scores, groups = scored([1, 2], [5, 5, 4])
    ordered = groups.astype(pd.CategoricalDtype(["b", "c", "a"]))

    found = survey.compare_scores(scores, ordered)

    assert found.groups["group"].tolist() == ["b", "c", "a"]
    assert found.groups["n"].tolist() == [3, 0, 2]
    assert found.groups["mean_rank"].dropna().tolist() == [4, 1.5]
    assert (found.test, found.effect) == ("mann_whitney", 1)


def test_equal_answers_do_not_differ():
    two, three = compared([3] * 9, [3] * 9), compared([3] * 9, [3] * 9, [3] * 2)

    assert (two.p_value, two.effect) == (1, 0)
    assert (three.p_value, three.effect) == (1, 0)
    assert "no_variation" in two.codes


def test_missing_answers_are_left_out_and_counted():
    scores, groups = scored([3, 4, 5, np.nan], [1, 2, 3])
    found = survey.compare_scores(scores, groups)

    assert (found.n, found.left_out) == (6, 1)
    assert "missing_answers" in found.codes
    assert found.p_value == compared([3, 4, 5], [1, 2, 3]).p_value


def test_a_falling_share_has_a_falling_trend():
    falling = survey.trend([90, 80, 70], [100, 100, 100])
    rising = survey.trend([70, 80, 90], [100, 100, 100])

    assert falling.z == pytest.approx(-rising.z)
    assert falling.z < -3
    assert survey.trend([50, 50], [50, 50]) == survey.Trend(0, 1)


def test_under_no_trend_one_test_in_twenty_is_significant():
    random = np.random.default_rng(8)
    counts = random.binomial(50, 0.9, size=(2000, 4))
    found = [survey.trend(row.tolist(), [50] * 4).p_value < 0.05 for row in counts]

    assert 0.035 < np.mean(found) < 0.065


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survey.compare_answers(pd.DataFrame([[1, -2]])), "table\\[0, 1\\].*-2"),
        (lambda: survey.compare_answers(pd.DataFrame([[1.5, 2]])), "whole number"),
        (lambda: survey.trend([1, 2], [5]), "counts 2, totals 1"),
        (lambda: survey.trend([1], [5]), "fewer than two"),
        (lambda: survey.trend([6, 1], [5, 5]), "at most 5"),
        (lambda: survey.trend([1, 1], [5, 5], scores=[1, 1]), "no order"),
        (lambda: survey.compare_scores(pd.Series([1, 2]), pd.Series(["a"])), "same rows: 2 and 1"),
        (lambda: survey.compare_scores(pd.Series(["满意"]), pd.Series(["a"])), "no numbers"),
        (lambda: survey.compare_scores(pd.Series([1, 2]), pd.Series(["a", None])), "1 rows have"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(PlanError, match=message):
        call()
