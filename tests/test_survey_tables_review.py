"""Tables of notebook 03 where a survey is small, uniform, or only partly there."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.case.answers import Answers
from auditbook.case.instrument import Instrument
from auditbook.case.survey_settings import Survey
from auditbook.procedures import survey
from auditbook.procedures.survey.groups import asked_groups
from case_files import opened, problems_in
from survey_answers import answers, question
from survey_cases import write_survey

UNITS = pd.DataFrame(columns=["group", "unit", "population", "issued", "returned", "quota"])
COUNTS = pd.DataFrame(columns=["group"])
SATISFIED = {"satisfied": ("很满意", "满意")}
FIVE = "题号,题目,题型,选项,方向\n" + "".join(
    f"Q{n},第{n}问,量表,很满意=5；满意=4；一般=3；不满意=2；很不满意=1,正向\n" for n in range(1, 6)
)


def groups_of(questions, *, overall="", counts=COUNTS, settings=None, **columns):
    """The residents, who answered these questions in this way."""
    given = answers(questions, **columns)
    scale = given.instrument
    asked = Instrument("residents", tuple(questions), scale.low, scale.high, overall)
    words = {
        "group": "residents", "zh": "群众", "en": "residents", "selection": "random", "low": 1,
        "high": 5, "confidence": "0.95", "overall": overall, **(settings or {}),
    }  # fmt: skip
    held = {"residents": Answers(asked, given.frame)}
    return asked_groups([Survey(**words)], held, counts=counts, units=UNITS)


@pytest.mark.parametrize("given", [["满意"] * 30, ["满意", "不满意"] + ["满意"] * 28])
def test_answers_that_are_all_alike_have_no_correlations_and_that_is_said(given):
    """Nothing correlates where fewer than two questions vary; psych::alpha stops with an error."""
    found = groups_of([question("Q1"), question("Q2")], Q1=["满意"] * 30, Q2=given)

    table, items = survey.reliability_table(found), survey.items_table(found)

    assert "no_variation" in table["remarks"].item()
    assert table["omega_number"].isna().all() and table["kmo_number"].isna().all()
    assert items["loading_number"].isna().all() and (items["looks_reversed"] == "").all()


def test_a_group_that_was_asked_of_the_whole_only_has_a_rate_and_no_index():
    """The question on the whole is no part of the index (docs/survey.md)."""
    found = groups_of(
        [question("Q1")], overall="Q1", settings=SATISFIED, Q1=["满意", "满意", "一般", None]
    )

    index, rates = survey.satisfaction_table(found), survey.rates_table(found)

    assert index["scope"].tolist() == ["all"] and index["n_count"].tolist() == [0]
    assert math.isnan(index["satisfaction_rate"].item())
    assert math.isnan(index["items_first_rate"].item())
    assert rates["rate_rate"].tolist() == [2 / 3, 2 / 3]
    assert survey.maps_table(found)["satisfaction_rate"].isna().all()
    assert survey.answer_figures(
        found, satisfaction=index, composite=survey.composite_table(found)
    )[-1].value == Fraction(2, 3)


def test_weights_of_groups_that_are_all_0_give_no_index_of_all_groups():
    given = {"Q1": ["满意", "一般", "满意"]}
    one = groups_of([question("Q1")], settings={"weight": 0}, **given)

    assert survey.composite_table([*one, *one]).empty


def test_where_every_form_is_flagged_nobody_is_left_to_compare_with():
    found = groups_of(
        [question("Q1")], settings={"quality": {"duplicates": True}}, Q1=["满意", "满意"]
    )
    flagged = survey.flagged_forms(found)

    made = survey.answer_findings(
        found, satisfaction=survey.satisfaction_table(found),
        flags=survey.flags_table(found, flagged),
        sensitivity=survey.sensitivity_table(found, flagged), quotas=survey.quota_table(found),
        targets=survey.target_table(found, pd.DataFrame(), ()), items=survey.items_table(found),
    )  # fmt: skip

    assert [(f.rule, f.expected, f.actual) for f in made] == [("survey.flagged", "75.00%", "—")]


@pytest.mark.parametrize(("least", "taken"), [(5, True), (6, False)])
def test_a_straight_line_is_no_longer_than_the_questions_of_the_scale(tmp_path, least, taken):
    """A limit that no form can reach is a slip, told by the check and not by notebook 03."""
    more = f", quality: {{straight_lines: {least}}}"
    write_survey(tmp_path, None, questions=FIVE, more=more)

    if taken:
        opened(tmp_path)
    else:
        assert problems_in(tmp_path)[0].column == "surveys[0].quality.straight_lines"


@pytest.mark.parametrize(
    ("people", "returned", "column"),
    [("2", "2", ""), ("", "1", "收回份数"), ("1", "", "总体人数")],
)
def test_a_unit_has_no_more_answers_than_people_or_forms(tmp_path, people, returned, column):
    units = f"对象组,单位,总体人数,收回份数\nresidents,甲县,{people},{returned}\n"
    given = "序号,单位,Q1\n1,甲县,满意\n2,甲县,一般\n3,乙县,满意\n"
    one = FIVE[: FIVE.index("Q2")]
    write_survey(tmp_path, given, questions=one, tables={"survey_units": units})

    if column:
        problem = problems_in(tmp_path)[0]
        assert (problem.row, problem.column, problem.value) == (2, column, people + returned)
    else:
        opened(tmp_path)
