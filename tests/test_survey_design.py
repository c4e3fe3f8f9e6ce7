"""Strata, clusters and weights: svy gives what R gives; what it would not say is said."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from auditbook.chain.fingerprint import packages
from auditbook.deliver.labels import coded
from auditbook.procedures import survey
from reference_values import prints_as, references

SVY = Path(sys.prefix) / "design"
"""Where `make test` puts svy: it brings pyarrow, with which pandas works otherwise."""

with_svy = pytest.mark.skipif(not (SVY / "svy").is_dir(), reason=f"no svy in {SVY}")


@pytest.fixture(scope="module")
def checks(root):
    command = [sys.executable, "-W", "error", str(root / "tests" / "design_checks.py"), str(SVY)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=root)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def traps(checks):
    return checks["traps"]


@pytest.fixture(scope="module")
def refused(checks):
    return checks["refused"]


# equal to R and to a textbook -------------------------------------------------------------------


@with_svy
@pytest.mark.parametrize("rows", references("survey_design"))
def test_estimates_tests_and_weights_are_those_of_r(checks, rows):
    """R's survey package on its own api data: strata, clusters, two stages, domains, nulls."""
    found = {
        (name, json.dumps(json.loads(text))): values
        for key, values in checks["reference"].items()
        for name, _, text in [key.partition(" ")]
    }

    differing = [
        row
        for row in rows
        if not prints_as(found[row.function, json.dumps(row.arguments)][row.field], row)
    ]

    assert differing == []


@with_svy
def test_hours_of_television_are_those_of_the_textbook(checks):
    """27.7 hours with a variance of 1.97, from the sizes of strata alone.

    Scheaffer, R. L., Mendenhall, W. and Ott, L., Elementary Survey Sampling, chapter on stratified
    random sampling: two towns and a rural area of 155, 62 and 93 households; as it is quoted, the
    book itself was not at hand.
    """
    found = checks["television"]

    assert round(found["estimate"] * 168, 1) == 27.7
    assert round((found["se"] * 168) ** 2, 2) == 1.97
    assert found["sum_of_weights"] == 310
    assert found["codes"] == [[]]


@with_svy
def test_a_share_of_a_random_sample_has_the_limits_it_has_without_a_design(traps):
    plain = survey.proportion_ci(count=152, n=200, population=600)

    found = [traps["random"][name] for name in ("estimate", "lower", "upper")]

    assert found == pytest.approx(list(plain), abs=1e-12)
    assert traps["random"]["deff"] == pytest.approx(1)


# guards -----------------------------------------------------------------------------------------


@with_svy
def test_a_population_given_whole_to_each_stratum_is_noticed(traps):
    """Survey notes §8, a published slip: each stratum got the 6,194 schools of all.

    svy gives another standard error without a word.
    """
    assert traps["right"]["codes"] == [[]]
    assert traps["slip"]["codes"] == [["population_and_weights"]]
    assert traps["slip"]["se"] > traps["right"]["se"]


@with_svy
@pytest.mark.parametrize("how", ["people", "clusters"])
def test_weights_that_cannot_be_those_of_the_people_are_noticed(traps, how):
    """6,194 for 9,000 people; 75,700 clusters, which would have more than 6,194 people."""
    assert "population_and_weights" in traps[how]["codes"][0]


@with_svy
def test_a_stratum_with_one_member_is_centred_and_said(traps):
    """R's lonely.psu = "adjust"; its standard error is among those compared with R."""
    all_of_it, _, _, high = traps["lone"]["codes"]

    assert all_of_it == ["lone_psu"]
    assert "lone_psu" in high
    assert traps["lone"]["lower"] < traps["lone"]["estimate"]


@with_svy
def test_all_satisfied_has_a_lower_limit_below_1(traps):
    """Wilson with n/max(1, Kish): svy has nan, R no width. Equal weights: 50/(50 + 1.96²)."""
    z = 1.959963984540054
    alike, part = traps["alike"], traps["alike_part_lower"][3]

    assert alike["codes"] == [["all_alike"]]
    assert (alike["lower"], alike["upper"]) == (
        pytest.approx(alike["n_effective"] / (alike["n_effective"] + z * z)),
        1,
    )
    assert alike["n_effective"] < 200
    assert part == pytest.approx(50 / (50 + z * z))


@with_svy
def test_nobody_satisfied_and_equal_indexes_have_a_width_too(traps):
    share = 200 / (200 + 1.959963984540054**2)

    assert traps["none"]["upper"] == pytest.approx(1 - share)
    assert traps["alike_index"]["lower"] == pytest.approx(0.8 * share)
    assert traps["alike_index"]["upper"] == pytest.approx(1 - 0.2 * share)


@with_svy
def test_no_variance_between_strata_of_which_each_is_alike_is_no_certainty(traps):
    """High schools all yes, the others all no: the linearised variance is 0."""
    found = traps["no_variance"]

    assert found["codes"] == [["no_variance"]]
    assert found["lower"] < found["estimate"] < found["upper"]
    assert traps["one_village"]["codes"][1] == ["no_variance", "small_cell", "few_psu"]


@with_svy
def test_a_census_has_no_margin(traps):
    found = traps["census"]

    assert found["lower"] == found["estimate"] == found["upper"] == 0.25
    assert found["codes"] == [[]]


@with_svy
def test_missing_answers_are_a_domain_and_not_filtered_away(traps):
    """Filtering first treats the number who answered as planned: another standard error."""
    assert traps["nulls"]["codes"] == [["nulls"]]
    assert traps["nulls"]["estimate"] == traps["filtered"]["estimate"]
    assert not math.isclose(traps["nulls"]["se"], traps["filtered"]["se"], rel_tol=1e-4)


@with_svy
def test_few_answers_are_said_aloud(traps):
    assert traps["small"]["codes"] == [["small_cell"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", survey.GUARDS)
def test_every_guard_has_words_in_the_module_and_in_the_tables(code, lang):
    assert survey.GUARDS[code][lang == "en"]
    assert coded("remarks", code, lang) != code


# refusals ---------------------------------------------------------------------------------------


@with_svy
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("negative", "the weight of answers.csv:5 is -1.0, not above 0"),
        ("missing", "the weight of answers.csv:5 is None, not above 0"),
        ("infinite", "the weight of answers.csv:5 is inf, not above 0"),
        ("stratum", "answers.csv:5 has none of the strata"),
        ("cluster", "answers.csv:5 has none of the clusters"),
        ("other_rows", "weights is not of the same rows as the answers: 199 and 200"),
        ("few", "populations has 9 for E, of which the sample has 100"),
        ("uncovered", "these differ: X"),
        ("unknown", "these differ: M"),
        ("one_psu", "every stratum has a single cluster"),
        ("off_scale", "answers.csv:2 has 840; give shares of the scale"),
        ("confidence", "write 0.95"),
        ("margins", "categories of stype are not those of the answers: M"),
        ("totals", "margins should have the same total, got a 6194"),
        ("silent", "nobody responded in H"),
        ("bounds", "0 < least ≤ 1 ≤ most, got 1.2 and 3"),
    ],
)
def test_what_no_estimate_can_rest_on_is_refused_where_it_stands(refused, what, said):
    assert said in refused[what]


@pytest.mark.parametrize(
    "call",
    [
        lambda share, design: survey.design_index(share, design=design),
        lambda share, design: survey.design_share(share > 0.6, design=design),
        lambda share, design: survey.compare_design(share, share, design=design),
        lambda share, design: survey.rake(design.weights, {"a": (share.astype(str), {"1.0": 3})}),
        lambda share, design: survey.post_stratify(design.weights, share, {"1.0": 3}),
        lambda share, design: survey.weighting_classes(design.weights, share, share > 0),
    ],
)
def test_without_svy_it_is_said_what_to_install(call):
    share = pd.Series([0.5, 1.0])
    design = survey.DesignColumns(weights=pd.Series([1.0, 2.0]))

    assert not survey.svy_available()
    with pytest.raises(survey.MissingSvyError, match=r'pip install "auditbook\[design\]"') as said:
        call(share, design)
    assert "底稿的其余部分不受影响" in said.value.message


@with_svy
def test_a_result_rests_on_the_version_of_svy_that_is_installed():
    assert packages([str(SVY)])["svy"].startswith("0.35.")


@with_svy
def test_a_comparison_that_rests_on_few_clusters_says_so(checks):
    assert "few_psu" in checks["by_hand"]["few_clusters"]


# weights by hand --------------------------------------------------------------------------------


@with_svy
def test_the_weight_of_the_silent_is_borne_by_their_class(checks):
    """Of two classes of 40 and 60 people, half and a third answered."""
    found = checks["by_hand"]

    assert found["classes"] == {"0": 40, "2": 60}
    assert found["margins"]["before"] == [20, 20]
    assert found["margins"]["after"] == found["margins"]["target"] == [40, 60]


def test_trimmed_weights_keep_their_sum_and_lie_within_the_bounds():
    """Of 1, 1, 1, 1 and 16 with the mean 4, 16 is cut to 8; the four bear the rest."""
    found = survey.trim(pd.Series([1.0, 1.0, 1.0, 1.0, 16.0]), least=0.5, most=2.0)

    assert found.weights.tolist() == pytest.approx([3, 3, 3, 3, 8], rel=1e-12)
    assert found.summary.loc["kish_deff", "before"] == pytest.approx(5 * 260 / 20**2)
    assert found.summary.loc["n_effective", "after"] == pytest.approx(20**2 / (4 * 9 + 64))


def test_trimming_never_leaves_a_weight_below_one_that_was_smaller():
    """svy 0.35 makes of 4, 5 and 6 here 4.55, 4.44 and 4.44."""
    weights = pd.Series([1.0, 2, 3, 4, 5, 6] * 3)
    found = survey.trim(weights, least=0.5, most=1.3).weights

    assert found.sum() == pytest.approx(weights.sum(), rel=1e-12)
    assert found.between(0.5 * 3.5 - 1e-12, 1.3 * 3.5 + 1e-12).all()
    assert found[weights.argsort()].is_monotonic_increasing
    assert survey.trim(weights, least=0.1, most=2).weights.equals(weights)
