"""Tables of forms (notebook 03): returns, quotas, flags, unanswered questions, targets."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.procedures import survey
from survey_answers import answers, question
from survey_groups import STAFF, group, setting, wilson

CALLS, VISITS = question("calls"), question("visits")
BOTH = (setting(), setting(**STAFF))
CASES = ["valid", "partial", "refused", "non_contact", "other", "unknown", "ineligible"]


def counts(**row):
    """A row of survey_counts; what is not named is not known."""
    given = {"group": "residents", "source_row": "counts.csv:2", **dict.fromkeys(CASES), **row}
    return pd.DataFrame([given]).astype(dict.fromkeys(CASES, "Int64"))


def published(text=None, n=50):
    """What was published of the residents."""
    row = counts(issued=n, returned=n, printed=text)
    return survey.satisfaction(row, BOTH)


# returns ----------------------------------------------------------------------------------------


def test_return_rates_divide_by_forms_issued_and_the_valid_rate_by_those_returned():
    table = survey.response_table(counts(issued=55, returned=50, valid=48), BOTH)

    assert table["rate_name"].tolist() == ["return", "valid_return", "valid"]
    assert table["part_count"].tolist() == [50, 48, 48]
    assert table["whole_count"].tolist() == [55, 55, 50]
    assert table["share_rate"].tolist() == pytest.approx([50 / 55, 48 / 55, 48 / 50])
    for part, whole, lower, upper in zip(
        table["part_count"], table["whole_count"], table["lower_rate"], table["upper_rate"],
        strict=True,
    ):  # fmt: skip
        assert (lower, upper) == pytest.approx(wilson(part, whole), abs=1e-6)
    assert table["group_zh"].unique().tolist() == ["群众"]
    assert table["source_row"].unique().tolist() == ["counts.csv:2"]


def test_return_rates_have_the_confidence_of_their_group():
    row = counts(issued=55, returned=50)
    wide, narrow = (
        survey.response_table(row, (setting(confidence=level),)).loc[0] for level in (0.99, 0.9)
    )
    assert (wide["lower_rate"], wide["upper_rate"]) == pytest.approx(
        wilson(50, 55, 2.575829), abs=1e-6
    )
    assert wide["lower_rate"] < narrow["lower_rate"]


def test_without_valid_forms_only_returns_and_without_issued_ones_nothing():
    assert survey.response_table(counts(issued=52, returned=50), BOTH)["rate_name"].tolist() == [
        "return"
    ]
    assert survey.response_table(counts(issued=0, returned=0, valid=0), BOTH).empty
    nobody = survey.response_table(counts(issued=9, returned=0, valid=0), BOTH)
    assert nobody["rate_name"].tolist() == ["return", "valid_return"]


OUTCOMES = {"issued": 100, "returned": 60, "valid": 50, "partial": 10, "refused": 20,
            "non_contact": 5, "other": 5, "unknown": 6, "ineligible": 4}  # fmt: skip


def test_aapor_rates_of_cases_that_add_up_to_the_forms_issued():
    """e = 90/94; RR1 = 50/96, RR3 = 50/(90 + 6e), RR5 = 50/90; even ones with the partial."""
    row = survey.aapor_table(counts(**OUTCOMES), BOTH).iloc[0]

    with_e = 90 + 6 * Fraction(90, 94)
    assert row["eligible_share_rate"] == Fraction(90, 94)
    assert [row[f"rr{i}_rate"] for i in range(1, 7)] == [
        Fraction(50, 96), Fraction(60, 96), 50 / with_e, 60 / with_e, Fraction(50, 90),
        Fraction(60, 90),
    ]  # fmt: skip


@pytest.mark.parametrize("change", [{"refused": 19}, {"unknown": 7}, {"valid": None, "issued": 50}])
def test_cases_that_do_not_add_up_have_no_aapor_rates(change):
    assert survey.aapor_table(counts(**OUTCOMES | change), BOTH).empty


def test_where_everybody_asked_was_not_eligible_there_is_no_aapor_rate():
    none = dict.fromkeys(CASES, 0)
    assert survey.aapor_table(counts(**none | {"ineligible": 3}, issued=3), BOTH).empty
    assert survey.aapor_table(counts(**none, issued=0), BOTH).empty


# quotas -----------------------------------------------------------------------------------------

PLAN = [{"unit": "甲县", "quota": 3, "issued": 8, "returned": 4}, {"unit": "乙县", "quota": 1},
        {"unit": "丙县", "quota": 2}]  # fmt: skip


def test_quotas_are_what_each_unit_was_to_bring_and_has_brought():
    given = answers([CALLS], calls=["满意"] * 4, unit=["甲县", "乙县", "乙县", None])

    table = survey.quota_table([group(given, units=PLAN)]).set_index("unit")

    assert table["quota_count"].tolist()[:3] == [3, 1, 2]
    assert table["got_count"].to_dict() == {"甲县": 1, "乙县": 2, "丙县": 0, "": 1}
    assert table["lacking_count"].tolist()[:3] == [2, 0, 2]
    assert table["reached_rate"].tolist()[:3] == pytest.approx([1 / 3, 2, 0])
    assert (table.loc["甲县", "returned_count"], table.loc["甲县", "return_rate"]) == (4, 0.5)


def test_forms_that_name_no_unit_say_nothing_of_any_quota():
    given = answers([CALLS], calls=["满意"] * 4)

    table = survey.quota_table([group(given, units=PLAN)])

    assert table["unit"].tolist() == ["甲县", "乙县", "丙县"]
    assert table[["got_count", "lacking_count", "reached_rate"]].isna().all(axis=None)
    assert table["return_rate"].tolist()[0] == 0.5


def test_a_group_without_a_plan_has_no_quotas():
    given = answers([CALLS], calls=["满意"], unit=["甲县"])
    assert survey.quota_table([group(given)]).empty


# flags ------------------------------------------------------------------------------------------


def pair():
    """Residents: two equal forms of three. Staff: two different ones."""
    quality = {"duplicates": True, "unanswered": 0.4, "same_ip": True}
    given = answers(
        [CALLS, VISITS], calls=["满意", "满意", "很满意"], visits=["一般", "一般", None]
    )
    other = answers([CALLS, VISITS], calls=["满意", "一般"], visits=["一般", "一般"])
    return [group(given, quality=quality), group(other, quality=quality, **STAFF)]


def test_every_flagged_form_stands_with_its_reason_under_its_group():
    table = survey.flagged_forms(pair())

    assert table[["group", "flag", "source_row"]].to_numpy().tolist() == [
        ["residents", "unanswered", "answers.csv:4"],
        ["residents", "duplicate", "answers.csv:2"],
        ["residents", "duplicate", "answers.csv:3"],
    ]
    assert table["detail"][0] == "missing=1;questions=2"


def test_flags_are_counted_per_group_and_tests_that_could_not_be_made_are_said():
    """The same row numbers occur in both groups: 3 of 3 residents, none of 2 staff."""
    groups = pair()

    table = survey.flags_table(groups, survey.flagged_forms(groups))

    rows = table.astype(object).where(table.notna(), None)
    assert rows[["group", "flag", "forms_count", "share_rate", "lacking"]].to_numpy().tolist() == [
        ["residents", "unanswered", 1, 1 / 3, ""],
        ["residents", "duplicate", 2, 2 / 3, ""],
        ["residents", "any", 3, 1.0, ""],
        ["residents", "same_ip", None, None, "ip"],
        ["staff", "unanswered", 0, 0.0, ""],
        ["staff", "duplicate", 0, 0.0, ""],
        ["staff", "any", 0, 0.0, ""],
        ["staff", "same_ip", None, None, "ip"],
    ]


def test_the_index_with_and_without_flagged_forms():
    """0.625, 0.625 and 1; without the two equal ones 1, without the gap 0.625, then none."""
    groups = pair()

    table = survey.sensitivity_table(groups, survey.flagged_forms(groups))
    own = table[table["group"] == "residents"]

    assert own["without"].tolist() == ["none", "unanswered", "duplicate", "any"]
    assert own["forms_count"].tolist() == [0, 1, 2, 3]
    assert own["n_count"].tolist() == [3, 2, 1, 0]
    assert own["satisfaction_rate"].tolist()[:3] == pytest.approx([0.75, 0.625, 1])
    assert own["difference_rate"].tolist()[:3] == pytest.approx([0, -0.125, 0.25])
    assert pd.isna(own["satisfaction_rate"].iloc[3])
    assert own["lower_rate"].iloc[0] < 0.75 < own["upper_rate"].iloc[0]
    assert table.loc[table["group"] == "staff", "forms_count"].tolist() == [0, 0]


def test_the_index_without_flagged_forms_knows_weights_and_population():
    """A census of three has no margin; calls weigh all."""
    asked = [replace(CALLS, weight=Decimal(1)), replace(VISITS, weight=Decimal(0))]
    given = answers(asked, calls=["满意", "很满意", "一般"], visits=["很不满意"] * 3)
    known = group(given, counts={"population": 3})

    row = survey.sensitivity_table([known], survey.flagged_forms([known])).iloc[0]

    assert row[["lower_rate", "satisfaction_rate", "upper_rate"]].tolist() == [0.75] * 3


def test_unanswered_questions_are_counted_among_those_asked_without_open_ones():
    given = answers(
        [CALLS, VISITS, question("more", "open")],
        calls=["满意", None, "(跳过)", "不了解"],
        visits=["满意"] * 4,
        more=[None] * 4,
    )
    table = survey.unanswered_table([group(given)])

    assert table["scope_name"].tolist() == ["calls calls？", "visits visits？"]
    assert table["asked_count"].tolist() == [3, 4]
    assert table["n_count"].tolist() == [2, 4]
    assert table["missing_count"].tolist() == [1, 0]
    assert table["missing_rate"].tolist() == pytest.approx([1 / 3, 0])


# targets ----------------------------------------------------------------------------------------


def one(labels, **settings):
    return group(answers([CALLS], calls=labels), **settings)


@pytest.mark.parametrize(
    ("labels", "target", "verdict"),
    [
        (["很满意", "满意", "一般"], 0.32, "proven"),
        (["很满意", "满意", "一般"], 0.33, "not_shown"),
        (["一般", "不满意", "很不满意"], 0.67, "not_shown"),
        (["一般", "不满意", "很不满意"], 0.68, "failed"),
    ],
)
def test_a_target_is_proven_not_shown_or_failed_by_one_sided_limits_of_the_answers(
    labels, target, verdict
):
    """0.75 − 2.919986·0.25/√3 = 0.32853, and 0.25 + 0.42147 = 0.67147."""
    asked = one(labels, target={"share": target})

    row = survey.target_table([asked], published("99%"), (asked.survey,)).iloc[0]

    assert (row["rests_upon"], row["n_count"], row["target_verdict"]) == ("answers", 3, verdict)
    assert row["target_rate"] == target
    assert row["confidence_rate"] == 0.95
    assert row["selection"] == "random"
    limit = row["one_lower_rate"] if target < 0.5 else row["one_upper_rate"]
    assert limit == pytest.approx(0.328535 if target < 0.5 else 0.671465, abs=1e-5)


@pytest.mark.parametrize(
    ("target", "verdict"), [(0.88, "proven"), (0.9, "not_shown"), (1, "failed")]
)
def test_without_answers_the_published_figure_has_the_widest_one_sided_limits(target, verdict):
    """0.9442 ± 1.676551·√(0.9442·0.0558/49) = 0.054975."""
    own = setting(target={"share": target})

    row = survey.target_table([], published("94.42%"), (own,)).iloc[0]

    assert (row["rests_upon"], row["n_count"], row["target_verdict"]) == ("published", 50, verdict)
    assert row["one_lower_rate"] == pytest.approx(0.9442 - 0.054975, abs=1e-5)
    assert row["one_upper_rate"] == pytest.approx(0.9442 + 0.054975, abs=1e-5)


def test_answers_without_any_opinion_leave_the_published_figure():
    asked = one(["不了解", None], target={"share": 0.9})

    table = survey.target_table([asked], published("94.42%"), (asked.survey,))

    assert table["rests_upon"].tolist() == ["published"]
    assert survey.target_table([asked], published(None), (asked.survey,)).empty


def test_a_group_without_a_target_is_not_tested_and_a_census_decides():
    assert survey.target_table([one(["满意"])], published("94.42%"), BOTH).empty
    asked = one(["很满意", "一般"], target={"share": 0.75}, counts={"population": 2})
    row = survey.target_table([asked], published(), (asked.survey,)).iloc[0]
    assert (row["one_lower_rate"], row["target_verdict"]) == (0.75, "proven")
