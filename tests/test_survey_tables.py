"""Tables of the index (notebook 03): computed by hand from a few answers."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from auditbook.procedures import survey
from auditbook.procedures.survey.groups import asked_groups, question_texts
from survey_answers import answers, question
from survey_groups import STAFF, group, scale, setting, wilson

CALLS = replace(question("calls"), weight=Decimal(3), dimension="走访")
LATE = replace(question("late", turned=True), weight=Decimal(1), dimension="处理")
WHOLE = question("whole")
ASKED = [CALLS, LATE, WHOLE]
LABELS = ["很满意", "满意", "一般", "不满意", "很不满意"]
SHARES = dict(zip(LABELS, (1, 0.75, 0.5, 0.25, 0), strict=True))


def forms(**more):
    """Indexes 1, 0.75 (late: no opinion), (3·0.5 + 0)/4 = 0.375, and none."""
    columns = {
        "calls": ["很满意", "满意", "一般", None],
        "late": ["很不满意", "不了解", "很满意", None],
        "whole": ["很不满意", "很不满意", "很不满意", "满意"],
    }
    return answers(ASKED, **(columns | more))


def one(labels, **settings):
    """A group that was asked a single question."""
    return group(answers([question("calls")], calls=labels), **settings)


# groups -----------------------------------------------------------------------------------------


def test_groups_come_in_the_order_of_the_settings_and_only_where_answers_are_there():
    surveys = [setting(**STAFF), setting(), setting(group="firms")]
    units = pd.DataFrame({"group": ["staff", "residents"], "unit": ["甲县", "乙县"]})
    counts = pd.DataFrame({"group": ["residents"], "population": [90]})

    found = asked_groups(
        surveys, {"residents": forms(), "staff": forms()}, counts=counts, units=units
    )

    assert [one.survey.group for one in found] == ["staff", "residents"]
    assert [one.population for one in found] == [None, 90]
    assert [list(one.units["unit"]) for one in found] == [["甲县"], ["乙县"]]
    assert found[0].names == {"group": "staff", "group_zh": "工作人员", "group_en": "staff"}


def test_people_are_known_in_all_and_by_unit_where_the_case_says_so():
    units = [{"unit": "甲县", "population": 40}, {"unit": "乙县"}]

    assert group(forms(), units=units).populations == {"甲县": 40}
    assert group(forms(), units=units, counts={"population": 90}).populations == {
        "": 90, "甲县": 40,
    }  # fmt: skip
    assert group(forms(), counts={"population": None}).population is None


def test_satisfied_are_those_who_said_so_of_the_whole_among_those_with_an_opinion():
    given = forms(whole=["满意", "一般", "不了解", None])
    asked = group(given, overall="whole")
    assert asked.satisfied().tolist() == [True, False]
    assert asked.satisfied(basic=True).tolist() == [True, True]
    assert group(given).satisfied() is None
    assert group(given, overall="whole", satisfied=[], basic=[]).satisfied() is None


def test_the_instrument_says_what_each_answer_counts():
    more = question("sex", "single", ["男", "女"])
    given = group(answers([CALLS, LATE, more], calls=["满意"]))

    table = survey.instrument_table([given]).set_index("question")

    scale = "很满意=5；满意=4；一般=3；不满意=2；很不满意=1；不了解=不计"
    assert table["labels_text"].to_dict() == {"calls": scale, "late": scale, "sex": "男；女"}
    assert table["direction"].tolist() == ["positive", "reversed", ""]
    assert table["weight_number"].tolist()[:2] == [3, 1]
    assert table["dimension"].tolist() == ["走访", "处理", ""]
    assert table["kind"].tolist() == ["scale", "scale", "single"]
    assert table.loc["late", "source_row"] == "questions.csv:late"
    assert question_texts(given)["late"] == "late late？"


# the index --------------------------------------------------------------------------------------


def test_the_index_is_made_row_by_row_with_weights_and_reversed_questions_turned():
    """(1 + 0.75 + 0.375)/3; no opinion leaves the denominator; the whole is no part of it."""
    table = survey.satisfaction_table([group(forms(), overall="whole", confidence=0.9)])

    assert table["scope"].tolist() == ["all", "dimension", "dimension", "question", "question"]
    assert table["scope_name"].tolist() == ["", "走访", "处理", "calls calls？", "late late？"]
    assert table["n_count"].tolist() == [3, 3, 2, 3, 2]
    assert table["satisfaction_rate"].tolist() == pytest.approx(
        [2.125 / 3, 0.75, 0.5, 0.75, 0.5], abs=1e-9
    )
    assert table["selection"].unique().tolist() == ["random"]
    # s² = 0.0989583, t(2) at 90% = 2.919986: 0.708333 ± 0.530328, clipped at 1
    assert table.loc[0, "lower_rate"] == pytest.approx(0.178005, abs=1e-5)
    assert table.loc[0, "upper_rate"] == 1


def test_the_mean_of_questions_differs_from_that_of_rows_where_answers_are_missing():
    """0.75·0.75 + 0.25·0.5 against 0.7083; with all answers they are equal."""
    table = survey.satisfaction_table([group(forms(), overall="whole")])
    assert table.loc[0, "items_first_rate"] == pytest.approx(0.6875)

    given = forms(late=["很不满意", "一般", "很满意", "一般"], calls=LABELS[:4])
    whole = survey.satisfaction_table([group(given, overall="whole")]).iloc[0]
    assert whole["items_first_rate"] == pytest.approx(whole["satisfaction_rate"])


def test_a_known_population_narrows_the_interval():
    """3 of 6: 0.530328·√½ = 0.374999."""
    known = group(forms(), overall="whole", confidence=0.9, counts={"population": 6})
    lower = survey.satisfaction_table([known])["lower_rate"][0]
    assert lower == pytest.approx(2.125 / 3 - 0.374999, abs=1e-5)


# units ------------------------------------------------------------------------------------------


def test_units_stand_in_the_order_of_the_plan_then_of_their_names():
    given = forms(calls=LABELS[:4], late=[None] * 4, unit=["乙县", "甲县", "丙县", "丁县"])
    plan = [{"unit": "丙县"}, {"unit": "甲县"}]

    table = survey.units_table([group(given, overall="whole", units=plan)])

    assert table["unit"].tolist() == ["", "丙县", "甲县", "丁县", "乙县"]
    assert table["satisfaction_rate"].tolist()[1:] == [0.5, 0.75, 0.25, 1]


def test_forms_without_a_unit_count_in_all_units_only():
    given = forms(unit=["甲县", None, "甲县", "甲县"])

    table = survey.units_table([group(given, overall="whole", target={"share": 0.9})])

    assert table["unit"].tolist() == ["", "甲县"]
    assert table["n_count"].tolist() == [3, 2]
    assert table["satisfaction_rate"].tolist() == pytest.approx([2.125 / 3, 1.375 / 2])
    assert table["target_rate"].tolist() == [0.9, 0.9]
    assert survey.units_table([group(forms(), overall="whole")])["target_rate"].isna().all()


def test_a_unit_where_everybody_was_asked_has_no_margin():
    given = forms(unit=["甲县", "乙县", "甲县", None])
    plan = [{"unit": "甲县", "population": 2}, {"unit": "乙县", "population": 9}]

    table = survey.units_table([group(given, overall="whole", units=plan)]).set_index("unit")

    assert (table["lower_rate"]["甲县"], table["upper_rate"]["甲县"]) == (0.6875, 0.6875)
    assert table["lower_rate"]["乙县"] < 0.75 < table["upper_rate"]["乙县"]


def test_fewer_than_thirty_answers_are_small():
    units = ["甲县"] * 29 + ["乙县"] * 30
    given = answers([question("calls")], calls=["满意", *["一般"] * 58], unit=units)

    table = survey.units_table([group(given)]).set_index("unit")
    assert table["small"].to_dict() == {"": "", "甲县": "small", "乙县": ""}


def test_units_are_drawn_under_the_name_of_their_group():
    table = survey.units_table([group(forms(unit=["甲县"] * 4), overall="whole")])
    bars = survey.unit_bars(table, lang="zh")
    assert bars["unit"].tolist() == ["群众", "群众 甲县"]
    assert bars["whole"].tolist() == [True, False]
    assert survey.unit_bars(table, lang="en")["unit"].tolist() == ["residents", "residents 甲县"]


# rates, maps, all groups ------------------------------------------------------------------------


def test_rates_are_given_without_and_with_the_basically_satisfied():
    """2 and 3 of 4 with an opinion, Wilson; 太好了 is no label and counts as missing."""
    given = answers(
        [CALLS, WHOLE, scale("often", {"从不": 5, "总是": 1})],
        calls=["很满意", "满意", "一般", "不满意", "不了解", "太好了"],
        whole=["满意", None, None, None, None, "一般"],
        often=["从不"] * 6,
    )
    table = survey.rates_table([group(given, overall="whole")]).set_index("scope_name")

    assert table.index.tolist() == ["", "calls calls？", "whole whole？"]  # nobody is 满意 of often
    assert table["n_count"].tolist() == [5, 4, 2]
    calls = table.loc["calls calls？"]
    assert (calls["rate_rate"], calls["basic_rate"]) == (0.5, 0.75)
    assert (calls["lower_rate"], calls["upper_rate"]) == pytest.approx(wilson(2, 4), abs=1e-6)
    assert (calls["basic_lower_rate"], calls["basic_upper_rate"]) == pytest.approx(
        wilson(3, 4), abs=1e-6
    )
    # each person's share of answers first: 1, 1, 0, 0, 0
    assert table.loc["", "rate_rate"] == pytest.approx(0.4)


def test_rates_and_maps_have_the_confidence_and_the_people_of_their_group():
    """z = 1.644854 at 90%; where all four were asked there is no margin; late weighs nothing."""
    scores = {text: 1 + 4 * share for text, share in SHARES.items()}
    maps = [{"name": "五分", "low": 1, "high": 5, "scores": scores}]
    asked = [CALLS, replace(LATE, weight=Decimal(0))]
    given = answers(asked, calls=LABELS[:4], late=["很满意"] * 4)
    some, every = (
        group(given, maps=maps, confidence=0.9, counts={"population": people})
        for people in (None, 4)
    )

    rate = survey.rates_table([one(LABELS[:4], confidence=0.9)]).iloc[1]
    assert (rate["lower_rate"], rate["upper_rate"]) == pytest.approx(
        wilson(2, 4, 1.644854), abs=1e-6
    )
    census = survey.rates_table([every]).iloc[0]
    assert census["lower_rate"] == census["rate_rate"] == census["upper_rate"]
    for row in survey.maps_table([every]).to_dict("records"):
        assert row["lower_rate"] == row["satisfaction_rate"] == row["upper_rate"] == 0.625
    # s = 0.322749, t(3) at 90% = 2.353363
    lower = survey.maps_table([some])["lower_rate"]
    assert lower.tolist() == pytest.approx([0.625 - 2.353363 * 0.3227486 / 2] * 2, abs=1e-6)


def test_without_labels_that_count_there_is_no_rate():
    assert survey.rates_table([group(forms(), satisfied=[], basic=[])]).empty


def test_other_maps_count_the_same_answers_on_their_own_scale():
    """很满意, 一般 and 不了解: 0.75 on 1–5; (100 + 60)/2 of 100; (5 + 3)/2 of 0 to 5."""
    hundred = dict(zip(LABELS, (100, 80, 60, 30, 0), strict=True))
    five = dict(zip(LABELS, (5, 4, 3, 2, 1), strict=True))
    maps = [
        {"name": "百分", "low": 0, "high": 100, "scores": hundred},
        {"name": "五分", "low": 0, "high": 5, "scores": five},
        {"name": "一至五", "low": 1, "high": 5, "scores": five},
    ]

    table = survey.maps_table([one(["很满意", "一般", "不了解"], maps=maps)])

    assert table["map"].tolist() == ["own", "百分", "五分", "一至五"]
    assert table["n_count"].tolist() == [2] * 4
    assert table["satisfaction_rate"].tolist() == pytest.approx([0.75, 0.8, 0.8, 0.75])
    assert table["floor_rate"].tolist() == pytest.approx([0, 0, 0.2, 0])
    assert table["lower_rate"].tolist()[2:] == pytest.approx([0.2, 0])
    assert table["upper_rate"].tolist() == [1] * 4


def test_the_floor_of_a_map_is_its_lowest_score_that_can_be_ticked():
    """Labels of 2 to 5 on a scale of 1 to 5: nobody can be below a quarter."""
    asked = scale("calls", {"满意": 5, "不满意": 2, "不了解": None})
    table = survey.maps_table([group(answers([asked], calls=["满意", "不满意"]))])

    assert table["floor_rate"].tolist() == [0.25]


def test_all_groups_together_are_weighted_as_the_case_says():
    """3 : 1; √(0.75²·0.125/2 + 0.25²·0.0625/3) = 0.190941, t(3) = 3.182446; on the scale."""
    residents = one(["很满意", "一般"], weight=3, confidence=0.9)
    staff = one(["很满意", "满意", "一般"], weight=1, **STAFF)
    low = one(["不满意", "很不满意", "很不满意"], weight=1, **STAFF)

    table = survey.composite_table([residents, staff])

    assert table["group"].tolist() == ["residents", "staff", "all"]
    assert table["weight_rate"].tolist() == [0.75, 0.25, 1]
    assert table["satisfaction_rate"].tolist() == [0.75] * 3
    assert table.loc[2, "lower_rate"] == pytest.approx(0.75 - 0.607660, abs=1e-5)
    assert table["upper_rate"].tolist() == [1] * 3
    other = survey.composite_table([residents, low]).iloc[-1]
    assert other["satisfaction_rate"] == pytest.approx(0.75 * 0.75 + 0.25 * 0.25 / 3)
    assert other["lower_rate"] == 0


def test_a_census_of_every_group_leaves_no_margin():
    residents = one(["很满意", "一般"], weight=1, counts={"population": 2})
    staff = one(["满意", "一般"], weight=1, counts={"population": 2}, **STAFF)

    for row in survey.composite_table([residents, staff]).to_dict("records"):
        assert row["lower_rate"] == row["satisfaction_rate"] == row["upper_rate"]


def test_without_a_weight_of_every_group_or_two_answers_nothing_is_put_together():
    first = one(["很满意", "一般"], weight=1)

    assert survey.composite_table([first]).empty
    assert survey.composite_table([first, one(["满意"] * 2, **STAFF)]).empty
    assert survey.composite_table([first, one(["满意"], weight=1, **STAFF)]).empty
