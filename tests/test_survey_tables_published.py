"""What the published figures of Kunming 2018 support alone: 94.42% and 97.78%, 50 forms each.

Survey notes of the project, §1: residents 52 issued and 50 returned, staff 55 and 50.
"""

import math
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.procedures import survey
from survey_groups import STAFF, setting


@pytest.fixture(scope="module")
def surveys(kunming):
    return kunming.settings.surveys


@pytest.fixture(scope="module")
def published(kunming, surveys):
    return survey.satisfaction(kunming.survey_counts, surveys)


def printed(*figures, n=50):
    """Published figures, one group each."""
    rows = [
        {"group": f"g{i}", "group_zh": f"组{i}", "group_en": f"G{i}", "printed": text,
         "forms_count": n}
        for i, text in enumerate(figures)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_94_42_percent_fits_no_count_of_50_rounded_or_cut_and_197_is_the_fewest(published):
    table = survey.existing_percentages(published)
    own = table[table["group"] == "residents"]

    assert own["printing"].tolist() == ["rounded", "cut"]
    assert own["possible"].tolist() == ["no", "no"]
    assert own["counts"].tolist() == ["", ""]
    assert own["smallest_count"].tolist()[0] == 197
    assert own["smallest_share"].tolist()[0] == "186/197"
    for count, share in zip(own["smallest_count"], own["smallest_share"], strict=True):
        assert all(int(Fraction(k, n) * 10000) != 9442 for n in range(1, count) for k in range(n))
        assert share.endswith(f"/{count}")


def test_97_78_percent_is_no_count_of_50_but_440_of_450_with_nine_questions(published):
    table = survey.existing_percentages(published)
    own = table[(table["group"] == "staff") & (table["printing"] == "rounded")].iloc[0]

    assert own["possible"] == "no"
    assert own["possible_items"].startswith("9（440/450）、")
    cut = table[(table["group"] == "staff") & (table["printing"] == "cut")].iloc[0]
    assert not cut["possible_items"].startswith("9")  # 97.777…% cut is 97.77%


def test_a_percentage_that_can_be_is_shown_with_its_counts_and_no_more_than_eight_numbers():
    table = survey.existing_percentages(printed("94.00%", "4.2", "94％"))

    assert table["group"].unique().tolist() == ["g0", "g2"]  # 4.2 is no percentage
    assert table["possible"].tolist() == ["yes"] * 4
    assert table["counts"].tolist() == ["47/50"] * 4
    assert table["possible_items"][0] == "1（47/50）、2、3、4、5、6、7、8、…"
    assert table["smallest_count"][0] == 50


def test_a_percentage_may_fit_if_it_was_cut_and_not_if_it_was_rounded():
    """2/3 is 66.67% rounded and 66.66% cut."""
    table = survey.existing_percentages(printed("66.67%", "66.66%", n=3))

    assert table["possible"].tolist() == ["yes", "no", "no", "yes"]
    assert table["counts"].tolist() == ["2/3", "", "", "2/3"]


def test_exactly_eight_numbers_of_questions_are_not_cut_short():
    """11/18 is 61.11%: with 3 forms 6, 12, … 48 questions. 4/15: 5, 10, … 50, which are ten."""
    shown = survey.existing_percentages(printed("61.11%", "26.67%", n=3))["possible_items"]

    assert shown[0] == "6（11/18）、12、18、24、30、36、42、48"
    assert shown[2] == "5（4/15）、10、15、20、25、30、35、40、…"


def test_at_least_90_percent_is_not_shown_for_residents_and_for_staff_by_sampling_only(
    published, surveys
):
    """One-sided: 94.42 − 5.5 is below 90; 97.78 − 3.5 is not, but 88.9 is, the five being worst."""
    table = survey.published_targets(published, surveys)
    rows = {(row["group"], row["target_rate"]): row for row in table.to_dict("records")}
    verdicts = {key: (row["by_sampling"], row["by_nonresponse"]) for key, row in rows.items()}

    assert verdicts["residents", 0.9] == ("not_shown", "proven")
    assert verdicts["staff", 0.9] == ("proven", "not_shown")
    assert verdicts["residents", 0.85] == ("proven", "proven")
    assert verdicts["residents", 0.95] == ("not_shown", "failed")
    assert float(rows["staff", 0.9]["worst_rate"]) == pytest.approx(0.9778 * 50 / 55)
    # t(49) at 95% on one side is 1.676551; the largest variance 0.9442·0.0558·50/49.
    assert float(rows["residents", 0.9]["one_lower_rate"]) == pytest.approx(
        0.9442 - 1.676551 * math.sqrt(0.9442 * 0.0558 / 49), abs=1e-6
    )


def test_the_target_of_the_case_stands_among_the_usual_ones(published, surveys):
    own = [one.model_copy(update={"target": None}) for one in surveys]
    usual = survey.published_targets(published, tuple(own))
    assert usual["target_rate"].tolist() == [0.8, 0.85, 0.9, 0.95] * 2

    own[0] = setting(target={"share": 0.88})
    more = survey.published_targets(published, tuple(own))
    assert more["target_rate"].tolist()[:5] == [0.8, 0.85, 0.88, 0.9, 0.95]
    own[0] = setting(target={"share": 0.9})
    assert len(survey.published_targets(published, tuple(own))) == 8


def test_residents_and_staff_are_not_shown_to_differ(published, surveys):
    """(0.9442 − 0.9778)/√(0.9442·0.0558/49 + 0.9778·0.0222/49) = −0.86."""
    row = survey.published_differences(published, surveys).iloc[0]

    assert row["difference_rate"] == pytest.approx(-0.0336)
    assert round(row["z_number"], 2) == -0.86
    assert row["margin_rate"] == pytest.approx(1.959964 * 0.0385729 * math.sqrt(50 / 49), abs=1e-6)
    assert row["shown"] == "not_shown"
    assert row["pair_zh"].count("－") == 1


@pytest.mark.parametrize(("level", "shown"), [(0.95, "yes"), (0.99, "not_shown")])
def test_the_larger_confidence_of_two_groups_decides_whether_they_differ(level, shown):
    """0.8 and 0.9 of 100: z = −1.99, beyond 1.96 and not beyond 2.58."""
    table = survey.satisfaction(_counts("80%", "90%"), _two(level))
    row = survey.published_differences(table, _two(level)).iloc[0]

    assert row["z_number"] == pytest.approx(-2.0 * math.sqrt(99 / 100))
    assert row["shown"] == shown


def test_figures_at_the_ends_of_the_scale_differ_without_any_margin():
    table = survey.satisfaction(_counts("0%", "100%"), _two(0.95))
    assert survey.published_differences(table, _two(0.95))["z_number"][0] == -math.inf

    same = survey.satisfaction(_counts("100%", "100%"), _two(0.95))
    row = survey.published_differences(same, _two(0.95)).iloc[0]
    assert (row["z_number"], row["shown"]) == (0, "not_shown")


def _two(level):
    return setting(confidence=0.9), setting(**STAFF, confidence=level)


def _counts(*figures):
    rows = [
        {"group": name, "issued": 100, "returned": 100, "printed": text, "source_row": "c.csv:2"}
        for name, text in zip(("residents", "staff"), figures, strict=True)
    ]
    return pd.DataFrame(rows)
