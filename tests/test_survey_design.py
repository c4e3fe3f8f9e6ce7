"""Strata, clusters and weights: svy gives what R gives; what it would not say is said."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from auditbook.procedures import survey
from auditbook.procedures.survey import weighting
from reference_values import prints_as, references

SVY = Path(sys.prefix) / "design"
"""Where `make test` puts svy: it brings pyarrow, with which pandas works otherwise."""

with_svy = pytest.mark.skipif(not (SVY / "svy").is_dir(), reason=f"no svy in {SVY}")


@pytest.fixture(scope="module")
def checks(root):
    script = root / "tests" / "design_checks.py"
    done = subprocess.run(
        [sys.executable, str(script), str(SVY)], capture_output=True, text=True, cwd=root
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@with_svy
@pytest.mark.parametrize("rows", references("survey_design"))
def test_estimates_and_weights_are_those_of_r(checks, rows):
    """R's survey package on its own api data, which its help pages print."""
    results = {(name, arguments): found for name, arguments, found in checks["results"]}
    asked = {(name, json.dumps(json.loads(text))): found for (name, text), found in results.items()}

    differing = [
        row
        for row in rows
        if not prints_as(asked[row.function, json.dumps(row.arguments)][row.field], row)
    ]

    assert differing == []


@pytest.fixture(scope="module")
def guards(checks):
    return checks["guards"]


@with_svy
def test_a_population_given_whole_to_each_stratum_is_noticed(guards):
    """Each stratum got the 6,194 schools of all: svy gives another error without a word."""
    assert guards["right"] == [[]]
    assert guards["slip"] == [["population_and_weights"]]
    assert guards["slip_se"] != guards["right_se"]


@with_svy
def test_weights_that_do_not_add_up_to_the_people_are_noticed(guards):
    assert guards["people"] == [["population_and_weights"]]


@with_svy
def test_a_stratum_with_one_member_gives_no_estimate_but_the_unweighted_one(guards):
    assert guards["lone_codes"] == [["lone_psu"]]
    assert math.isnan(guards["lone"]["estimate"][0])
    assert guards["lone"]["unweighted"][0] > 0


@with_svy
def test_all_satisfied_has_a_lower_limit_below_1(guards):
    """Wilson of 183 of 183, weights being equal: 183/(183 + 1.96²) = 0.9794."""
    assert guards["alike_codes"] == [["all_alike"]]
    assert guards["alike"]["upper"] == [1.0]
    assert guards["alike"]["lower"][0] == pytest.approx(183 / (183 + 1.959964**2), abs=1e-6)


@with_svy
def test_missing_answers_are_a_part_of_the_sample_and_not_filtered_away(guards):
    """Filtering first treats the number who answered as planned: another standard error."""
    assert guards["domain_se"] != guards["filtered_se"]


@with_svy
def test_few_answers_are_said_aloud(guards):
    assert guards["small"] == [["small_cell"]]


@with_svy
def test_weights_and_populations_that_cannot_be_are_refused_with_their_row(guards):
    assert "the weight of 3 is -1.0, not above 0" in guards["negative"]
    assert "the weight of 3 is nan, not above 0" in guards["missing"]
    assert "populations has 9 for E, of which the sample has 100" in guards["few"]
    assert "categories of stype are not those of the answers: M" in guards["margins"]


def test_without_svy_it_is_said_what_to_install():
    design = survey.DesignColumns(weights=pd.Series([1.0, 2.0]))

    with pytest.raises(survey.MissingSvyError, match=r'pip install "auditbook\[design\]"'):
        survey.design_index(pd.Series([0.5, 1.0]), design=design)


def test_the_weight_of_the_silent_is_borne_by_their_class():
    """Of two classes of 40 and 60 people, half and a third answered."""
    weights = pd.Series([20.0, 20.0, 20.0, 20.0, 20.0])
    classes = pd.Series(["a", "a", "b", "b", "b"], name="village")
    responded = pd.Series([True, False, True, False, False])

    found = weighting.weighting_classes(weights, classes, responded)

    assert found.weights.to_dict() == {0: 40.0, 2: 60.0}
    assert found.margins["after"].tolist() == found.margins["target"].tolist() == [40.0, 60.0]


def test_trimmed_weights_keep_their_sum_and_lie_within_the_bounds():
    weights = pd.Series([1.0, 1.0, 1.0, 1.0, 16.0])

    found = weighting.trim(weights, least=0.5, most=2.0)

    assert found.weights.tolist() == [3.0, 3.0, 3.0, 3.0, 8.0]
    assert found.before["kish_deff"] == pytest.approx(5 * 260 / 20**2)
    assert found.after["n_effective"] == pytest.approx(20**2 / (4 * 9 + 64))
