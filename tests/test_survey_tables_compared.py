"""Tables that compare (notebook 03): groups, units, years; reliability, design, spread."""

import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from auditbook.procedures import survey
from survey_answers import answers, question
from survey_groups import STAFF, group, wilson

LABELS = ["很满意", "满意", "一般", "不满意", "很不满意"]
WHOLE = question("whole")


def one(labels, *, name="calls", **settings):
    """A group that was asked a single question."""
    more = {key: settings.pop(key) for key in ("unit",) if key in settings}
    return group(answers([question(name)], **{name: labels}, **more), **settings)


def whole(yes, no, **settings):
    """A group that was asked of the whole only: so many satisfied and so many not."""
    return one(["满意"] * yes + ["不满意"] * no, name="whole", overall="whole", **settings)


# groups and units -------------------------------------------------------------------------------


def test_two_groups_are_compared_by_mann_whitney_and_cliffs_delta():
    """All three above both others: U = 6, exact p = 2/10, delta 1."""
    asked = [replace(question("a"), weight=Decimal(5)), replace(question("b"), weight=Decimal(1))]
    high = answers(asked, a=LABELS[:3], b=LABELS[:3])
    low = answers(asked, a=LABELS[3:], b=LABELS[3:])

    row = survey.comparisons_table([group(high), group(low, **STAFF)]).iloc[0]

    assert (row["compared_zh"], row["compared_en"]) == ("群众－工作人员", "residents − staff")
    assert (row["subject"], row["test"], row["n_count"]) == ("index", "mann_whitney", 5)
    assert (row["statistic_number"], row["effect"], row["effect_number"]) == (6, "cliffs_delta", 1)
    assert row["p_number"] == pytest.approx(0.2)
    assert row["remarks"] == "small_groups"


def test_three_units_are_compared_by_kruskal_wallis_and_forms_without_a_unit_are_left_out():
    """Ranks 5, 4; 3; 2, 1: H = 12/30·(81/2 + 9 + 9/2) − 18 = 3.6, epsilon² = 3.6/4."""
    units = ["甲县", "甲县", "乙县", "丙县", "丙县", None]
    asked = one([*LABELS, "很满意"], unit=units)

    table = survey.comparisons_table([asked])

    assert len(table) == 1  # nobody was asked of the whole
    row = table.iloc[0]
    assert (row["compared_zh"], row["test"], row["n_count"]) == (
        "群众：各单位",
        "kruskal_wallis",
        5,
    )
    assert row["statistic_number"] == pytest.approx(3.6)
    assert (row["effect"], row["effect_number"]) == ("epsilon_squared", pytest.approx(0.9))


def test_answers_on_the_whole_are_compared_without_a_correction_for_continuity():
    """10 and 10 against 20 and 0: χ² = 2·25/5 + 2·25/15 = 13.33, V = √(13.33/40)."""
    given = answers(
        [question("calls"), WHOLE],
        calls=["满意"] * 42,
        whole=["满意"] * 10 + ["不满意"] * 10 + ["满意"] * 20 + ["太好了"] * 2,
        unit=["甲县"] * 20 + ["乙县"] * 20 + ["甲县", "乙县"],
    )
    row = survey.comparisons_table([group(given, overall="whole")]).iloc[1]

    assert (row["subject"], row["test"], row["n_count"]) == ("overall", "chi_square", 40)
    assert row["statistic_number"] == pytest.approx(40 / 3)
    assert (row["effect"], row["effect_number"]) == ("cramers_v", pytest.approx(math.sqrt(1 / 3)))


def test_one_unit_or_none_is_compared_with_nothing():
    for units in (["甲县"] * 5, ["甲县", None, None, None, None], [None] * 5):
        asked = one(LABELS, unit=units)
        assert survey.comparisons_table([asked]).empty
        assert survey.pairs_table([asked]).empty


def test_pairs_of_units_stand_after_holm_with_the_plainest_difference_first():
    """Four each: apart p = 2/70, with one pair crossed 4/70; Holm 3·2/70, monotone; U = 15."""
    asked = [replace(question("a"), weight=Decimal(5)), replace(question("b"), weight=Decimal(1))]
    places = {"乙县": [7, 8, 9, 13], "丙县": [10, 14, 15, 16], "甲县": [0, 1, 2, 3]}
    spots = [place for some in places.values() for place in some]
    given = answers(
        asked,
        a=[LABELS[place // 5] for place in spots],
        b=[LABELS[place % 5] for place in spots],
        unit=[unit for unit, some in places.items() for _ in some],
    )
    table = survey.pairs_table([group(given)])

    assert table[["first", "second"]].to_numpy().tolist() == [
        ["乙县", "甲县"], ["丙县", "甲县"], ["乙县", "丙县"],
    ]  # fmt: skip
    assert table["p_number"].tolist() == pytest.approx([2 / 70, 2 / 70, 4 / 70])
    assert table["p_holm_number"].tolist() == pytest.approx([6 / 70] * 3)
    assert table["effect_number"].tolist() == pytest.approx([-1, -1, 0.875])
    assert table[["first_count", "second_count"]].to_numpy().tolist() == [[4, 4]] * 3


def test_shares_of_the_satisfied_differ_within_newcombes_limits():
    """Newcombe (1998), example (a): 56/70 and 48/80 differ by 0.2, 0.0524 to 0.3339."""
    row = survey.share_differences([whole(56, 14, confidence=0.9), whole(48, 32, **STAFF)]).iloc[0]

    assert (row["first_count"], row["second_count"]) == (70, 80)
    assert (row["first_rate"], row["second_rate"]) == pytest.approx((0.8, 0.6))
    assert row["difference_rate"] == pytest.approx(0.2)
    assert (row["lower_rate"], row["upper_rate"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert survey.share_differences([whole(5, 2), one(["满意"], **STAFF)]).empty
    nobody = one(["不了解"], name="whole", overall="whole", **STAFF)
    assert survey.share_differences([whole(5, 2), nobody]).empty


def test_two_censuses_differ_without_a_margin():
    first, second = whole(3, 1, counts={"population": 4}), whole(1, 1, counts={"population": 2})

    row = survey.share_differences([first, second]).iloc[0]

    assert row[["lower_rate", "difference_rate", "upper_rate"]].tolist() == [0.25] * 3


# years ------------------------------------------------------------------------------------------


def history(*rows):
    """Year, who answered, who was satisfied, of the residents; and one year of others."""
    given = [("residents", *row, f"history.csv:{i}") for i, row in enumerate(rows, 2)]
    given.append(("staff", "2016", 9, 9, "history.csv:9"))
    return pd.DataFrame(given, columns=["group", "year", "valid", "satisfied", "source_row"])


def test_the_change_from_the_year_before_has_newcombes_limits():
    """2017: 48 of 80; this year 56 of 70; a year of which nothing is known is left out."""
    rows = history(("2017", 80, 48), ("2015", 10, 5), ("2016", 0, 0))

    table = survey.years_table([whole(56, 14)], rows, year=2018)

    assert table["year"].tolist() == ["2015", "2017", "2018"]
    assert table["n_count"].tolist() == [10, 80, 70]
    assert table["satisfied_count"].tolist() == [5, 48, 56]
    assert table["share_rate"].tolist() == pytest.approx([0.5, 0.6, 0.8])
    assert pd.isna(table["change_rate"][0])
    assert table["change_rate"].tolist()[1:] == pytest.approx([0.1, 0.2])
    last = table.iloc[2]
    assert (last["change_lower_rate"], last["change_upper_rate"]) == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )
    assert table["source_row"].tolist() == ["history.csv:3", "history.csv:2", ""]


def test_without_an_earlier_year_or_a_question_on_the_whole_there_is_no_series():
    rows = history(("2017", 80, 48))
    assert survey.years_table([whole(5, 5)], rows[1:], year=2018).empty
    assert survey.years_table([one(["满意"])], rows, year=2018).empty
    nobody = one(["不了解"], name="whole", overall="whole")
    assert survey.years_table([nobody], rows, year=2018).empty


def test_shares_of_years_have_wilsons_limits_at_the_confidence_of_the_group():
    table = survey.years_table(
        [whole(56, 14, confidence=0.9)], history(("2017", 80, 48)), year=2018
    )
    for row, (count, n) in zip(table.to_dict("records"), ((48, 80), (56, 70)), strict=True):
        assert (row["lower_rate"], row["upper_rate"]) == pytest.approx(
            wilson(count, n, 1.644854), abs=1e-6
        )
    assert table["change_lower_rate"][1] > 0.0524


def test_a_trend_takes_three_years_at_their_distances():
    """10, 12, 14 of 20 in 2015, 2017, 2018: z = 6/√(0.24·93.33) = 1.2677."""
    rows = history(("2015", 20, 10), ("2017", 20, 12))
    years = survey.years_table([whole(14, 6)], rows, year=2018)

    row = survey.trends_table(years).iloc[0]

    assert row["years"] == "2015、2017、2018"
    assert row["z_number"] == pytest.approx(1.267731, abs=1e-6)
    assert row["p_number"] == pytest.approx(0.204896, abs=1e-5)
    assert survey.trends_table(years[1:]).empty


# reliability ------------------------------------------------------------------------------------

SCALE = {
    "a": ["很满意", "满意", "一般", "不满意", "很满意"],
    "b": ["很满意", "一般", "满意", "不满意", None],
}


def test_reliability_is_of_complete_forms():
    """Variances 5/48 each, covariance 1/12: alpha = 2·(1 − 0.2083/0.375) = 8/9; r = 0.8.

    Feldt: 1 − (1/9)·15.4392 and 1 − (1/9)/15.4392, F(3, 3). Bartlett: −1.5·ln 0.36.
    """
    given = group(answers([question("a"), question("b")], **SCALE))

    row = survey.reliability_table([given]).iloc[0]

    assert row[["items_count", "n_count", "left_out_count"]].tolist() == [2, 4, 1]
    assert row["alpha_number"] == pytest.approx(8 / 9)
    limits = row["lower_number"], row["upper_number"]
    assert limits == pytest.approx((1 - 15.4392 / 9, 1 - 1 / 9 / 15.4392), abs=1e-4)
    assert (row["kmo_number"], row["df_count"]) == (pytest.approx(0.5), 1)
    assert row["chi_square_number"] == pytest.approx(1.532477, abs=1e-5)
    assert row["p_number"] == pytest.approx(0.215742, abs=1e-4)
    assert math.isnan(row["omega_number"])
    assert row["remarks"] == "incomplete_rows、too_few_items"
    narrow = group(given.answers, confidence=0.6)
    assert survey.reliability_table([narrow])["lower_number"][0] > limits[0]


def test_a_question_that_looks_reversed_is_named_and_not_turned():
    columns = {"a": [0, 1, 2, 3, 4], "b": [0, 2, 1, 3, 4], "c": [4, 3, 2, 0, 1],
               "d": [1, 0, 2, 4, 3]}  # fmt: skip
    ticked = {name: [LABELS[i] for i in some] for name, some in columns.items()}
    given = answers([question(name) for name in columns], **ticked)

    table = survey.items_table([group(given)])

    assert table["looks_reversed"].tolist() == ["", "", "reversed", ""]
    assert table["scope_name"].tolist() == ["a a？", "b b？", "c c？", "d d？"]
    rest = np.corrcoef(columns["c"], np.sum([columns[n] for n in "abd"], axis=0))[0, 1]
    assert table["item_rest_number"][2] == pytest.approx(rest)
    assert table["mean_rate"].tolist() == [0.5] * 4
    assert table["sd_number"][0] == pytest.approx(np.std([0, 0.25, 0.5, 0.75, 1], ddof=1))
    # a, b, d: variances 2.5 each; covariances 2.25, 2, 1.5: 3/2·(1 − 7.5/19)
    assert table["alpha_if_dropped_number"][2] == pytest.approx(1.5 * (1 - 7.5 / 19))
    assert table["loading_number"].notna().all()
    assert table["loading_number"][2] < 0 < table["loading_number"][0]


def test_questions_that_everybody_answers_alike_have_no_factor_but_do_not_stop_the_table():
    alike = group(answers([question("a"), question("b")], a=LABELS, b=["满意"] * 5))

    row = survey.reliability_table([alike]).iloc[0]

    assert row["remarks"] == "no_variation"
    assert pd.isna(row["omega_number"])
    assert pd.isna(row["df_count"])
    assert survey.items_table([alike])["loading_number"].isna().all()


def test_one_question_or_one_complete_form_has_no_reliability():
    single = one(LABELS)
    incomplete = group(
        answers([question("a"), question("b")], a=["满意"] * 3, b=["满意", None, None])
    )

    for given in (single, incomplete):
        assert survey.reliability_table([given]).empty
        assert survey.items_table([given]).empty
