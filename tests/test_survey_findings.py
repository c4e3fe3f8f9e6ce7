"""Findings of notebook 03: each rule fires, and does not at its boundary."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.facts import records
from auditbook.procedures import survey
from auditbook.procedures.survey.survey_findings import agrees
from survey_answers import answers, question
from survey_groups import STAFF, group, setting

CALLS = question("calls")
LABELS = ["很满意", "满意", "一般", "不满意", "很不满意"]


def one(labels, **settings):
    return group(answers([CALLS], calls=labels), **settings)


def tables(*groups):
    """The tables of some groups that findings are made from."""
    flagged = survey.flagged_forms(groups)
    nothing = survey.satisfaction(pd.DataFrame(columns=["group", "printed"]), ())
    return {
        "satisfaction": survey.satisfaction_table(groups),
        "flags": survey.flags_table(groups, flagged),
        "sensitivity": survey.sensitivity_table(groups, flagged),
        "quotas": survey.quota_table(groups),
        "targets": survey.target_table(groups, nothing, tuple(one.survey for one in groups)),
        "items": survey.items_table(groups),
    }


def findings(*groups, **instead):
    return survey.answer_findings(groups, **tables(*groups) | instead)


def rules(*groups, **instead):
    return [found.rule for found in findings(*groups, **instead)]


# figures that differ ----------------------------------------------------------------------------

TWO_THIRDS = ["很满意", "很满意", "很不满意"]  # 66.6…% of the scale; 3.66… on 1 to 5


@pytest.mark.parametrize("printed", ["66.67%", "66.66%", "66.6％", "67%", "3.67", "3.66", "4"])
def test_a_figure_rounded_or_cut_is_what_the_answers_give(printed):
    assert rules(one(TWO_THIRDS, counts={"printed": printed})) == []


@pytest.mark.parametrize("printed", ["66.68%", "66.65%", "68%", "3.68", "3.65", "66.67"])
def test_any_other_figure_differs(printed):
    (found,) = findings(one(TWO_THIRDS, counts={"printed": printed}))

    assert (found.rule, found.severity, found.verdict) == (
        "survey.printed_differs", "high", "differs",
    )  # fmt: skip
    assert (found.expected, found.actual) == ("66.67%", printed)
    assert (found.actual_source, found.unit, found.subject) == (
        "counts.csv:2", "residents", "residents",
    )  # fmt: skip
    assert found.details == {"group_zh": "群众", "group_en": "residents"}


def test_without_a_scale_of_its_own_a_bare_number_is_a_percentage():
    plain = setting(low=0, high=1)

    assert agrees("66.67", Fraction(2, 3), plain)
    assert agrees("66.66", Fraction(2, 3), plain)
    assert not agrees("0.67", Fraction(2, 3), plain)
    assert agrees("0.67", Fraction(2, 3), setting(low=0, high=2)) is False
    assert agrees("1.33", Fraction(2, 3), setting(low=0, high=2))


def test_nothing_printed_or_nothing_answered_cannot_differ():
    for printed in (None, ""):
        assert rules(one(TWO_THIRDS, counts={"printed": printed})) == []
    assert rules(one(TWO_THIRDS)) == []
    assert rules(one(["不了解"], counts={"printed": "90%"})) == []


@pytest.mark.parametrize(("valid", "fires"), [(2, True), (3, False), (4, True), (None, False)])
def test_as_many_forms_as_were_counted_as_valid_have_been_read(valid, fires):
    found = findings(one(TWO_THIRDS, counts={"valid": valid}))

    assert [each.rule for each in found] == ["survey.valid_differs"] * fires
    for each in found:
        assert (each.expected, each.actual, each.verdict) == (str(valid), "3", "differs")
        assert (each.expected_source, each.severity) == ("counts.csv:2", "medium")


# forms to look at -------------------------------------------------------------------------------

GAPS = {"unanswered": 0.5}


def test_five_in_a_hundred_flagged_forms_are_a_finding_and_fewer_are_not():
    """1 of 20 is 5%; 2 of 41 are 4.88%. Without it 0.75 for all: the gap counts for nothing."""
    assert rules(one(["满意"] * 39 + [None] * 2, quality=GAPS)) == []
    (found,) = findings(one(["满意"] * 19 + [None], quality=GAPS))

    assert (found.rule, found.severity, found.verdict) == ("survey.flagged", "low", "undecided")
    assert (found.difference, found.details["share"]) == ("1", "5.00%")


def test_flagged_forms_are_told_with_what_hangs_on_them():
    """Two equal forms of 1 beside 0.5: 0.8333 with them, 0.5 without."""
    (found,) = findings(one(["很满意", "很满意", "一般"], quality={"duplicates": True}))

    assert (found.expected, found.actual, found.difference) == ("83.33%", "50.00%", "2")
    assert found.details["share"] == "66.67%"


def test_where_every_form_is_flagged_or_none_was_handed_in_there_is_no_figure_without():
    (found,) = findings(one(["满意", "满意"], quality={"duplicates": True}))
    assert (found.expected, found.actual) == ("75.00%", "—")

    asked = answers([CALLS], calls=["满意"])
    nobody = replace(asked, frame=asked.frame[:0])
    assert rules(group(nobody, quality=GAPS)) == []


def test_a_quota_is_short_by_one_form_and_not_when_it_is_reached():
    plan = [{"unit": "甲县", "quota": 2}, {"unit": "乙县", "quota": 2}, {"unit": "丙县"}]
    given = answers([CALLS], calls=["满意"] * 4, unit=["甲县", "甲县", "乙县", "丙县"])

    (found,) = findings(group(given, units=plan))

    assert (found.rule, found.severity, found.verdict) == ("survey.quota_short", "low", "differs")
    assert (found.subject, found.expected, found.actual, found.difference) == (
        "乙县", "2", "1", "1",
    )  # fmt: skip


def test_a_question_against_all_others_looks_reversed():
    """c with a + b + d: −26/√(10·76) = −0.943."""
    columns = {"a": [0, 1, 2, 3, 4], "b": [0, 2, 1, 3, 4], "c": [4, 3, 2, 0, 1],
               "d": [1, 0, 2, 4, 3]}  # fmt: skip
    ticked = {name: [LABELS[i] for i in some] for name, some in columns.items()}
    given = group(answers([question(name) for name in columns], **ticked))

    (found,) = findings(given)

    assert (found.rule, found.severity) == ("survey.looks_reversed", "medium")
    assert (found.verdict, found.subject, found.actual) == ("undecided", "c c？", "-0.943")
    turned = [question(name, turned=name == "c") for name in columns]
    assert rules(group(answers(turned, **ticked))) == []


# targets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "rule", "severity", "verdict"),
    [(0.3, None, None, None), (0.9, "survey.target_not_shown", "medium", "undecided")],
)
def test_a_target_that_is_not_shown_is_undecided(target, rule, severity, verdict):
    """0.75, one-sided from 32.85% up, of three answers."""
    found = findings(one(LABELS[:3], target={"share": target}))

    assert [each.rule for each in found] == [rule] * bool(rule)
    for each in found:
        assert (each.severity, each.verdict) == (severity, verdict)
        assert (each.expected, each.actual) == ("90.00%", "75.00%")
        assert each.details == {
            "group_zh": "群众", "group_en": "residents", "at_least": "32.85%",
            "at_most": "100.00%", "caveat_zh": "", "caveat_en": "",
        }  # fmt: skip


def test_a_target_above_the_upper_limit_has_failed():
    (found,) = findings(one(LABELS[2:], target={"share": 0.7}))

    assert (found.rule, found.severity, found.verdict) == (
        "survey.target_failed", "high", "differs",
    )  # fmt: skip
    assert (found.unit, found.details["at_most"]) == ("residents", "67.15%")


# several groups, and percentages that cannot be -------------------------------------------------


def test_findings_of_a_group_rest_on_its_own_rows():
    """Staff is printed as residents should be."""
    residents = one(TWO_THIRDS, counts={"printed": "66.67%", "valid": 3})
    staff = one(["满意"] * 3, counts={"printed": "66.67%", "valid": 3}, **STAFF)

    found = findings(residents, staff)

    assert [(each.rule, each.unit) for each in found] == [("survey.printed_differs", "staff")]
    assert found[0].expected == "75.00%"


def test_the_order_is_by_group_then_by_rule_and_targets_last():
    plan = [{"unit": "甲县", "quota": 5}]
    asked = one(
        ["满意", "满意", "一般"],
        counts={"printed": "90%", "valid": 4},
        quality={"duplicates": True},
        units=plan,
        target={"share": 0.99},
    )
    asked.answers.frame["unit"] = "甲县"

    assert rules(asked) == [
        f"survey.{name}"
        for name in ("printed_differs", "valid_differs", "flagged", "quota_short",
                     "target_failed")
    ]  # fmt: skip


def test_percentages_of_kunming_2018_are_no_share_of_50_rounded_or_cut(kunming):
    table = survey.satisfaction(kunming.survey_counts, kunming.settings.surveys)
    percentages = survey.existing_percentages(table)

    found = survey.impossible_findings(percentages)

    assert [(each.rule, each.unit, each.actual) for each in found] == [
        ("survey.no_share", "residents", "94.42%"), ("survey.no_share", "staff", "97.78%"),
    ]  # fmt: skip
    assert (found[0].severity, found[0].verdict) == ("low", "undecided")
    assert found[0].details["n"] == "50"
    assert found[0].details["smallest"] == "197"
    answered = survey.impossible_findings(percentages, answered=["residents"])
    assert [each.unit for each in answered] == ["staff"]


@pytest.mark.parametrize(("printed", "fires"), [("66.67%", False), ("66.66%", False),
                                                ("66.65%", True), ("66.68%", True)])  # fmt: skip
def test_a_percentage_that_is_a_share_rounded_or_cut_is_no_finding(printed, fires):
    row = {"group": "residents", "issued": 3, "returned": 3, "printed": printed,
           "source_row": "counts.csv:2"}  # fmt: skip
    table = survey.satisfaction(pd.DataFrame([row]), (setting(),))

    found = survey.impossible_findings(survey.existing_percentages(table))

    assert bool(found) is fires
    assert [each["printed"] for each in records(table)] == [printed]
