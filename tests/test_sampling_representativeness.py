"""Where a sample is unlike its frame: standardised differences and tests, checked against R."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.representativeness import representativeness

SAMPLE = [12, 15.5, 30, 41, 44]
REST = [1, 2, 3.5, 7, 9, 11, 13, 14, 20, 25, 33]


def table(values, name="value"):
    """A frame of items 0, 1, 2, …"""
    return pd.DataFrame({"id": [str(k) for k in range(len(values))], name: values})


def first(frame, n):
    """A sample of the first n items."""
    return frame.iloc[:n][["id"]]


def compare(values, n):
    frame = table(values)
    return representativeness(frame, first(frame, n), by="value")


def test_numbers_are_compared_by_mean_and_kolmogorov_smirnov():
    """R 4.2.2: ks.test(s, r, exact = TRUE); (mean(s) - mean(p)) / sqrt(mean((p - mean(p))^2))."""
    row = compare([*SAMPLE, *REST], 5).iloc[0]

    assert (row["kind"], row["test"], row["level"]) == ("numeric", "ks", "")
    assert row["standardised_difference"] == pytest.approx(0.839881752973186, rel=1e-12)
    assert row["statistic"] == pytest.approx(0.545454545454545, rel=1e-12)
    assert row["p_value"] == pytest.approx(0.174450549450549, rel=1e-12)
    assert row["note"] == "large_difference"


def test_categories_are_compared_by_share_and_chi_square():
    """R 4.2.2: chisq.test(rbind(c(8, 2, 5), c(12, 18, 15)), correct = FALSE)."""
    sample, rest = ["甲"] * 8 + ["乙"] * 2 + ["丙"] * 5, ["甲"] * 12 + ["乙"] * 18 + ["丙"] * 15

    rows = compare([*sample, *rest], 15)

    head, levels = rows.iloc[0], rows.iloc[1:]
    assert (head["test"], head["note"]) == ("chi_square", "")
    assert head["statistic"] == pytest.approx(4.8, rel=1e-12)
    assert head["p_value"] == pytest.approx(0.0907179532894125, rel=1e-12)
    assert levels["level"].tolist() == ["丙", "乙", "甲"]
    assert levels["population_share"].tolist() == pytest.approx([1 / 3] * 3)
    assert levels["sample_share"].tolist() == pytest.approx([5 / 15, 2 / 15, 8 / 15])
    spread = (2 / 9) ** 0.5
    expected = [0, -0.2 / spread, 0.2 / spread]
    assert levels["standardised_difference"].tolist() == pytest.approx(expected, abs=1e-12)
    assert levels["note"].tolist() == ["", "large_difference", "large_difference"]


def test_the_chi_square_is_that_of_the_frame_with_finite_population_correction():
    """Σ(O - E)²/E against shares of the frame, divided by 1 - n/N: 3.6 / 0.75."""
    observed, expected = np.array([8, 2, 5]), np.array([5, 5, 5])

    assert ((observed - expected) ** 2 / expected).sum() / (1 - 15 / 60) == pytest.approx(4.8)


COLUMNS = [f"c{k}" for k in range(80)]


@pytest.mark.parametrize("values", [range(60), ["甲"] * 24 + ["乙"] * 18 + ["丙"] * 18])
def test_p_values_of_random_samples_are_as_often_small_as_they_say(values):
    """The first 20 of 60 shuffled values, 80 times over: a random sample each time.

    Half of the p-values are up to 0.5, within three standard errors (0.168); KS has few values
    and stays below. Compared with the whole frame instead of the rest it would be a fifth.
    """
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({name: rng.permutation(list(values)) for name in COLUMNS})
    frame.insert(0, "id", [str(k) for k in range(60)])

    table = representativeness(frame, first(frame, 20), by=COLUMNS)

    p_values = table["p_value"].dropna()
    assert len(p_values) == len(COLUMNS)
    assert 0.5 - 0.168 <= (p_values <= 0.5).mean() <= 0.5 + 0.168
    assert (p_values <= 0.05).mean() <= 0.05 + 3 * (0.05 * 0.95 / len(COLUMNS)) ** 0.5


def test_small_expected_counts_are_flagged():
    """Cochran (1954): expected counts under 5 make the chi-square rough. Here 12 · 6/24 and 3."""
    small = compare(["甲"] * 10 + ["乙"] * 2 + ["甲"] * 8 + ["乙"] * 4, 12)
    enough = compare(["甲"] * 8 + ["乙"] * 4 + ["甲"] * 6 + ["乙"] * 6, 12)

    assert small["note"].iloc[0] == "small_expected"
    assert enough["note"].iloc[0] == ""


@pytest.mark.parametrize(
    ("values", "n", "note"),
    [([7, 7, 7], 1, "constant"), (["甲", "甲"], 1, "constant"), ([1, 2], 2, "census"),
     (["甲", "乙"], 2, "census")],
)  # fmt: skip
def test_nothing_is_tested_where_nothing_can_differ(values, n, note):
    row = compare(values, n).iloc[0]

    assert (row["test"], row["note"]) == ("", note)
    assert np.isnan(row["p_value"])


def test_missing_numbers_are_left_out_and_missing_values_are_a_level():
    numbers = compare([1.0, 4.0, None, 2.0, 3.0], 3).iloc[0]
    texts = compare(["甲", None, "甲", "乙"], 2)

    assert numbers["note"] == "missing_values"
    assert numbers["standardised_difference"] == 0
    assert texts["level"].tolist() == ["", "(missing)", "乙", "甲"]
    assert texts["sample_share"].tolist()[1:] == [0.5, 0, 0.5]


def test_dates_are_compared_as_numbers():
    days = pd.Series([3, 1, 2, 9, 8, 7, 6, 5])
    dates = pd.Timestamp("2018-01-01") + pd.to_timedelta(days, unit="D")

    row, as_numbers = compare(dates, 3).iloc[0], compare(days, 3).iloc[0]

    assert row["kind"] == "numeric"
    assert row["standardised_difference"] == pytest.approx(as_numbers["standardised_difference"])
    assert row["p_value"] == as_numbers["p_value"]


def test_a_judgement_sample_by_size_shows_where_it_is_lopsided(kunming):
    """7 of 19 units with 356 of 700 (万元): the mean of the seven is 50.86, of all 36.84."""
    frame = kunming.allocation.rename(columns={"unit": "id"})
    part = frame["id"].isin(kunming.sample["id"])
    spread = frame["arrived"].std(ddof=0)
    expected = (frame["arrived"][part].mean() - frame["arrived"].mean()) / spread

    row = representativeness(frame, kunming.sample, by="arrived").iloc[0]

    assert row["standardised_difference"] == pytest.approx(expected)
    assert row["note"] == "large_difference"


def test_a_relation_in_another_order_gives_the_same():
    frame = table([*SAMPLE, *REST]).assign(group=["甲", "乙"] * 8)
    by = ["value", "group"]

    relation = duckdb.from_df(frame.sample(frac=1, random_state=2))

    expected = representativeness(frame, first(frame, 5), by=by)
    pd.testing.assert_frame_equal(representativeness(relation, first(frame, 5), by=by), expected)


def test_unknown_ids_and_columns_are_named_and_no_sample_gives_no_rows():
    frame = table([1, 2, 3])

    with pytest.raises(PlanError, match="没有的 id：9"):
        representativeness(frame, pd.DataFrame({"id": ["1", "9"]}), by="value")
    with pytest.raises(PlanError, match="没有 group 一列"):
        representativeness(frame, first(frame, 1), by=["value", "group"])
    assert representativeness(frame, first(frame, 0), by="value").empty
    assert representativeness(frame.iloc[:0], first(frame, 1), by="value").empty
