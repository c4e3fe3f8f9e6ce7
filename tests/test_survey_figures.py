"""Figures of the answers, and the tables of the committed synthetic case with what is planted."""

import csv
import math
from fractions import Fraction

import pandas as pd
import pytest

from auditbook import open_case
from auditbook.facts import steady
from auditbook.procedures import survey
from auditbook.procedures.survey.index_tables import composite_table
from survey_answers import answers, question
from survey_groups import STAFF, group

CALLS, WHOLE = question("calls"), question("whole")


def figures(*groups):
    found = survey.answer_figures(
        groups,
        satisfaction=survey.satisfaction_table(groups),
        composite=survey.composite_table(groups),
    )
    return {figure.key: figure for figure in found}


def forms(calls, whole=(), *, overall="whole", **settings):
    """Who answered the question on the whole only when it is asked."""
    columns = {"calls": list(calls), "whole": [*whole, *[None] * (len(calls) - len(whole))]}
    return group(answers([CALLS, WHOLE], **columns), overall=overall, **settings)


def test_figures_of_a_group_are_fractions_of_twelve_decimals_with_their_rows():
    """Indexes 1, 1 and 0 of 4 issued: 2/3, at worst 2/4 and at best 3/4; 1 and 2 of 3 satisfied."""
    given = forms(["很满意", "很满意", "很不满意"], ["满意", "一般", "不满意", ],
                  counts={"issued": 4})  # fmt: skip

    found = figures(given)

    values = {key.removeprefix("survey.residents."): one.value for key, one in found.items()}
    half = 4.302653 * math.sqrt(1 / 3 / 3)
    assert {key: float(value) for key, value in values.items()} == pytest.approx({
        "forms": 3, "satisfaction": 2 / 3, "lower": max(0, 2 / 3 - half), "upper": 1,
        "worst": 1 / 2, "best": 3 / 4, "satisfied": 1 / 3, "basically_satisfied": 2 / 3,
    })  # fmt: skip
    assert values["satisfaction"] == Fraction("0.666666666667")
    assert values["worst"] == Fraction("0.5")
    assert values["satisfied"] == Fraction(1, 3)  # counts are exact
    beside_counts = {key for key, one in found.items() if one.source[1:] == ("counts.csv:2",)}
    assert beside_counts == {"survey.residents.worst", "survey.residents.best"}
    assert {one.source[0] for one in found.values()} == {"answers.csv:2-4"}
    assert found["survey.residents.forms"].unit == "count"
    assert {one.unit for key, one in found.items() if not key.endswith("forms")} == {"rate"}
    assert found["survey.residents.satisfied"].function.endswith(":rates_table")
    assert found["survey.residents.lower"].function.endswith(":satisfaction_table")
    assert all(one.formula and one.formula_en for one in found.values())


def test_what_does_not_exist_has_no_figure():
    plain = figures(forms(["满意", "一般"], overall=""))
    assert set(plain) == {f"survey.residents.{name}"
                          for name in ("forms", "satisfaction", "lower", "upper")}  # fmt: skip
    assert set(figures(forms(["不了解"]))) == {"survey.residents.forms"}
    fewer = figures(forms(["满意", "一般"], counts={"issued": 1}))
    assert "survey.residents.worst" not in fewer
    equal = figures(forms(["满意", "一般"], counts={"issued": 2}))
    assert equal["survey.residents.worst"].value == Fraction(5, 8)
    assert "survey.residents.worst" not in figures(forms(["满意"], counts={"issued": None}))


def test_all_groups_together_have_figures_that_rest_on_the_rows_of_all():
    residents = forms(["很满意", "一般"], weight=3)
    staff = forms(["很满意", "满意", "一般"], weight=1, **STAFF)

    found = figures(residents, staff)
    row = composite_table([residents, staff]).iloc[-1]

    together = found["survey.composite.satisfaction"]
    assert together.value == Fraction(3, 4)
    assert together.source == ("answers.csv:2-3", "answers.csv:2-4")  # one file per group
    assert found["survey.composite.lower"].value == steady(row["lower_rate"])
    assert found["survey.composite.upper"].value == 1
    assert together.function.endswith(":composite_table")
    assert not any(key.startswith("survey.composite") for key in figures(residents))


def test_a_group_whose_answers_are_there_is_not_taken_from_the_printed_figure(kunming):
    """Only returns are: satisfaction comes from the answers, and every key once."""
    counts, surveys = kunming.survey_counts, kunming.settings.surveys
    rates, table = survey.return_rates(counts, surveys), survey.satisfaction(counts, surveys)

    printed = survey.figures(rates, table, answered={"residents": None})
    made = figures(forms(["很满意", "一般"], counts={"issued": 52}))

    keys = [one.key for one in printed]
    assert "survey.staff.satisfaction" in keys
    assert [key for key in keys if key.startswith("survey.residents")] == [
        f"survey.residents.{name}" for name in ("issued", "returned", "return_rate")
    ]
    assert not set(keys) & set(made)


# the synthetic case, as committed ---------------------------------------------------------------

KINDS = {
    "survey_bursts": "burst", "survey_duplicates": "duplicate",
    "survey_straight_lines": "straight_line", "survey_speeders": "speed",
    "survey_outside_window": "outside_window", "survey_contradictions": "contradiction",
    "survey_out_of_scale": "out_of_scale", "survey_unanswered": "unanswered",
}  # fmt: skip


@pytest.fixture(scope="module")
def synthetic(root):
    case = open_case("synthetic-grid", 2018, root=root)
    return case, survey.asked_groups(
        case.settings.surveys, case.answers(), counts=case.survey_counts, units=case.survey_units
    )


@pytest.fixture(scope="module")
def flagged(synthetic):
    return survey.flagged_forms(synthetic[1])


@pytest.fixture(scope="module")
def truth(root):
    path = root / "data" / "synthetic-grid" / "2018" / "truth.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"].startswith("survey_")]


def planted(truth, kind, what):
    """Numbers of the forms; form 1 stands in row 2."""
    return {
        f"answers_residents.csv:{int(number) + 1}"
        for row in truth
        if (row["kind"], row["planted"]) == (kind, what)
        for number in row["entries"].split("、")
    }


@pytest.mark.parametrize(("kind", "flag"), KINDS.items())
def test_planted_forms_are_in_the_table_of_flags_and_near_misses_are_not(
    truth, flagged, kind, flag
):
    marked = set(flagged.loc[flagged["flag"] == flag, "source_row"])

    errors = planted(truth, kind, "error")
    assert errors <= marked
    assert not planted(truth, kind, "decoy") & marked
    if kind != "survey_duplicates":  # people may well answer alike
        assert marked == errors


def test_every_planted_fact_of_the_survey_is_looked_for(truth):
    assert {row["kind"] for row in truth} == {*KINDS, "survey_quota"}


def test_the_synthetic_case_finds_what_is_planted_and_ties_what_it_prints(
    synthetic, flagged, truth
):
    """丙县 brought 98 of 140; residents miss 90%; what is printed follows from the answers."""
    case, groups = synthetic
    flags = survey.flags_table(groups, flagged)
    published = survey.satisfaction(case.survey_counts, case.settings.surveys)
    quotas = survey.quota_table(groups)
    found = survey.answer_findings(
        groups,
        satisfaction=survey.satisfaction_table(groups),
        flags=flags,
        sensitivity=survey.sensitivity_table(groups, flagged),
        quotas=quotas,
        targets=survey.target_table(groups, published, case.settings.surveys),
        items=survey.items_table(groups),
    )

    assert [(one.rule, one.unit, one.subject) for one in found] == [
        ("survey.flagged", "residents", "residents"),
        ("survey.quota_short", "residents", "丙县"),
        ("survey.target_failed", "residents", "residents"),
    ]
    (short,) = [row for row in truth if (row["kind"], row["planted"]) == ("survey_quota", "error")]
    assert f"计划 {found[1].expected} 份，有效 {found[1].actual} 份" in short["note"]
    assert quotas.loc[(quotas["group"] == "residents") & (quotas["unit"] == "甲县"),
                      "lacking_count"].tolist() == [0]  # fmt: skip
    assert flags["lacking"].eq("").all()
    any_flag = flags[(flags["group"] == "residents") & (flags["flag"] == "any")]
    assert (
        any_flag["forms_count"].item()
        == flagged.loc[flagged["group"] == "residents", "source_row"].nunique()
    )


def test_the_synthetic_case_has_every_table_that_its_data_allow(synthetic):
    case, groups = synthetic
    years = survey.years_table(groups, case.survey_history, year=2018)

    assert survey.aapor_table(case.survey_counts, case.settings.surveys)["group"].tolist() == [
        "residents", "staff",
    ]  # fmt: skip
    assert len(survey.response_table(case.survey_counts, case.settings.surveys)) == 6
    assert survey.composite_table(groups)["group"].tolist() == ["residents", "staff", "all"]
    assert survey.trends_table(years)["years"].tolist() == ["2016、2017、2018"] * 2
    assert len(survey.pairs_table(groups)) == 6
    assert len(survey.comparisons_table(groups)) == 5
    assert pd.unique(survey.maps_table(groups)["map"]).tolist() == ["own", "百分赋分", "五分赋分"]
