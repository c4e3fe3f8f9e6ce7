"""Tables of notebook 03 where a survey is small, uniform, or only partly there."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.case.answers import Answers
from auditbook.case.instrument import Instrument
from auditbook.case.survey_settings import Survey
from auditbook.deliver.labels import wording
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


def counted(**row):
    """Counts and settings of residents of whom only a figure was published."""
    counts = {
        "group": "residents", "issued": 52, "returned": 50, "printed": "94.42%",
        "population": None, "valid": None, "source_row": "survey_counts.csv:2",
    }  # fmt: skip
    settings: dict[str, object] = {
        "group": "residents", "zh": "群众", "en": "residents", "selection": "random",
        "confidence": "0.95",
    }  # fmt: skip
    for key in ("selection", "target", "instrument"):
        settings |= {key: row.pop(key)} if key in row else {}
    return pd.DataFrame([{**counts, **row}]), (Survey.model_validate(settings),)


@pytest.mark.parametrize("target", ["0.88", "0.888", "0.89", "0.99"])
def test_one_figure_has_one_verdict_on_a_target_in_03_3_and_03_8(target):
    """The test is one-sided (survey notes §6.9): 88.8% lies between the two lower limits."""
    counts, surveys = counted(target={"share": target})
    printed = survey.satisfaction(counts, surveys)

    usual = survey.published_targets(printed, surveys).set_index("target_rate")
    own = survey.target_table([], printed, surveys)

    assert usual["by_sampling"][float(target)] == own["target_verdict"].item()
    assert usual["one_lower_rate"][float(target)] == own["one_lower_rate"].item()


def test_a_published_census_decides_its_target():
    """50 of 50 people: the printed 94.42% is what they think, and reaches 93%."""
    counts, surveys = counted(issued=50, population=50, target={"share": "0.93"})
    printed = survey.satisfaction(counts, surveys)

    assert printed["lower_rate"].item() == printed["upper_rate"].item()
    assert survey.target_table([], printed, surveys)["target_verdict"].item() == "proven"


@pytest.mark.parametrize(("selection", "margin"), [("census", False), ("random", True)])
def test_everybody_got_a_form_in_a_census_and_only_there_are_forms_people(selection, margin):
    """Survey notes §1: forms issued are the population only if they went to everybody."""
    counts, surveys = counted(issued=50, selection=selection)
    row = survey.satisfaction(counts, surveys).iloc[0]

    assert (row["upper_rate"] > row["lower_rate"]) == margin
    given = groups_of(
        [question("Q1")], counts=counts, settings={"selection": selection}, Q1=["满意", "一般"] * 25
    )
    index = survey.satisfaction_table(given).iloc[0]
    assert (index["upper_rate"] > index["lower_rate"]) == margin


def test_published_figures_differ_by_the_largest_variance_a_sample_can_have(kunming):
    """Survey notes §1: z is about 0.86; s² is at most m(1 − m)·n/(n − 1)."""
    surveys = kunming.settings.surveys
    printed = survey.satisfaction(kunming.survey_counts, surveys)

    z = survey.published_differences(printed, surveys)["z_number"].item()

    assert z == pytest.approx(-0.0336 / (0.9442 * 0.0558 / 49 + 0.9778 * 0.0222 / 49) ** 0.5)
    assert round(z, 2) == -0.86


@pytest.mark.parametrize(
    ("instrument", "answered", "rules"),
    [("", (), ["survey.no_answers"]), ("十题", (), ["survey.no_forms"]), ("", ("residents",), [])],
)
def test_only_a_figure_whose_answers_are_not_there_cannot_be_recomputed(
    instrument, answered, rules
):
    """That the setting `instrument` is blank says nothing of answers that were received."""
    counts, surveys = counted(instrument=instrument)
    printed = survey.satisfaction(counts, surveys)

    assert [f.rule for f in survey.findings(printed, surveys, answered=answered)] == rules


def test_the_fewest_forms_are_those_of_either_way_of_printing():
    """82.27%: 116/141 rounded, 65/79 cut off; a report does not say which."""
    counts, surveys = counted(issued=400, returned=383, printed="82.27%")
    percentages = survey.existing_percentages(survey.satisfaction(counts, surveys))

    (found,) = survey.impossible_findings(percentages)

    assert (found.details["smallest"], found.details["n"]) == ("79", "383")


def test_a_confidence_of_half_leaves_no_one_sided_limit(tmp_path):
    folder = write_survey(tmp_path, None)
    path = folder / "case.yaml"
    text = path.read_text("utf-8").replace("random, confidence: 0.95", "random, confidence: 0.5")
    path.write_text(text, "utf-8")

    assert problems_in(tmp_path)[0].column == "surveys[0].confidence"


DOUBTFUL = {"selection": "not_random", "target": {"share": "0.5"}, "basic": ("一般",)}


def test_every_interval_of_a_sample_that_is_not_random_is_labelled_so():
    """Issue 7: a non-random sample gets its interval labelled as such."""
    found = groups_of(
        [question("Q1"), question("Q2")], overall="Q2", settings=SATISFIED | DOUBTFUL,
        unit=["甲县", "乙县"] * 10, Q1=["满意", "一般"] * 10, Q2=["很满意", "满意"] * 10,
    )  # fmt: skip
    flagged = survey.flagged_forms(found)
    tables = [
        survey.satisfaction_table(found), survey.rates_table(found), survey.maps_table(found),
        survey.units_table(found), survey.answers_table(found),
        survey.sensitivity_table(found, flagged), survey.target_table(found, flagged, ()),
    ]  # fmt: skip

    assert all(set(table["selection"]) <= {"not_random"} for table in tables)
    assert survey.comparisons_table(found)["remarks"].str.contains("not_random").all()
    bars = {lang: survey.unit_bars(tables[3], lang=lang)["unit"].tolist() for lang in ("zh", "en")}
    assert bars["zh"] == ["群众（非随机）", "群众 乙县", "群众 甲县"]
    assert bars["en"][0] == "residents (not random)"


def test_a_target_of_a_doubtful_sample_is_found_with_the_doubt():
    """A verdict supposes a simple random sample; a stated design is named where it is left out."""
    settings = DOUBTFUL | {"design": {"strata": "unit"}}
    found = groups_of([question("Q1")], settings=settings, unit=["甲县"] * 9, Q1=["不满意"] * 9)
    targets = survey.target_table(found, pd.DataFrame(), tuple(g.survey for g in found))
    empty = pd.DataFrame(columns=["group"])

    (finding,) = survey.answer_findings(
        found, satisfaction=survey.satisfaction_table(found), flags=empty.assign(flag=[]),
        sensitivity=empty, quotas=empty, targets=targets, items=empty,
    )  # fmt: skip

    assert targets["rests_upon"].item() == "answers_plain"
    assert wording(finding, "zh").endswith(
        "（样本不是随机选取，仅供参考）（没有按抽样设计计算，见 03.9）"
    )
    assert wording(finding, "en").endswith("for which see 03.9)")


def test_limits_of_a_figure_say_what_they_suppose_and_where_people_are_counted():
    counts, _ = counted(issued=30, population=100)
    found = groups_of(
        [question("Q1")], counts=counts, settings={"selection": "not_random"},
        Q1=["满意", "一般"] * 10,
    )  # fmt: skip
    made = survey.answer_figures(
        found, satisfaction=survey.satisfaction_table(found), composite=pd.DataFrame({"group": []})
    )
    figures = {figure.key.rpartition(".")[2]: figure for figure in made}

    assert figures["lower"].formula.endswith("（样本不是随机选取，仅供参考）")
    assert figures["satisfaction"].source == ("answers.csv:2-21",)
    for measure in ("lower", "upper", "worst", "best"):
        assert figures[measure].source == ("answers.csv:2-21", "survey_counts.csv:2")


def test_without_labels_of_the_wider_sense_there_is_no_wider_rate():
    """A column that says 含基本满意 and counts nothing more would mislead."""
    found = groups_of(
        [question("Q1")], overall="Q1", settings=SATISFIED, Q1=["满意", "一般", "一般"]
    )
    made = survey.answer_figures(
        found, satisfaction=survey.satisfaction_table(found), composite=pd.DataFrame({"group": []})
    )

    assert survey.rates_table(found)["basic_rate"].isna().all()
    assert [f.key for f in made] == ["survey.residents.forms", "survey.residents.satisfied"]


@pytest.mark.parametrize(("forms", "named"), [(12, 0), (400, 2)])
def test_a_slightly_negative_correlation_of_few_forms_is_chance(forms, named):
    """r = −0.24 of 12 forms has a one-sided upper limit above 0 (Fisher), of 400 below it."""
    spelt = {"Q1": "011001010110", "Q2": "101010101010", "Q3": "110011001100"}
    columns = {name: [["一般", "满意"][int(n)] for n in text] for name, text in spelt.items()}
    columns = {name: (given * 40)[:forms] for name, given in columns.items()}

    items = survey.items_table(groups_of([question(f"Q{n}") for n in (1, 2, 3)], **columns))

    assert items["item_rest_number"][0] < 0
    assert (items["looks_reversed"] == "reversed").sum() == named


def test_this_year_has_one_interval_wherever_it_is_printed():
    """The share of 2018 in the table of years is that of the table of rates, population and all."""
    counts, _ = counted(issued=30, population=40)
    found = groups_of(
        [question("Q1"), question("Q2")], overall="Q2", counts=counts, settings=SATISFIED,
        Q1=["满意"] * 20, Q2=["满意", "一般"] * 10,
    )  # fmt: skip
    earlier = {"group": "residents", "year": "2016", "valid": 30, "satisfied": 20, "source_row": ""}

    years = survey.years_table(found, pd.DataFrame([earlier]), year=2018).iloc[-1]
    rates = survey.rates_table(found).iloc[-1]

    assert (years["lower_rate"], years["upper_rate"]) == (rates["lower_rate"], rates["upper_rate"])


def test_groups_that_were_asked_other_questions_are_compared_with_that_said():
    one = groups_of([question("Q1")], Q1=["满意", "一般"] * 20)
    two = groups_of([question("S1")], S1=["满意", "满意"] * 20)

    assert "other_questions" in survey.comparisons_table([*one, *two])["remarks"].item()
    assert "other_questions" not in survey.comparisons_table([*one, *one])["remarks"].item()
