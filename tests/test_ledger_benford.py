"""Benford's law: digits, published probabilities and limits, warnings."""

import math
from collections import Counter

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures.ledger import benford, conformity

NEWCOMB_1881 = [0.3010, 0.1761, 0.1249, 0.0969, 0.0792, 0.0669, 0.0580, 0.0512, 0.0458]
"""First digits 1 to 9: S. Newcomb, American Journal of Mathematics 4 (1881), p. 40."""


def amounts(*values):
    return pd.Series(values, dtype="int64")


def first_digits(*counts):
    """So many different amounts with first digit 1, 2, …"""
    found = [digit * 10_000 + k for digit, count in enumerate(counts, 1) for k in range(count)]
    return amounts(*found)


def test_first_digits_are_expected_as_published():
    expected = benford(amounts(1)).table["expected_rate"]

    assert [round(share, 4) for share in expected] == NEWCOMB_1881
    assert math.isclose(sum(expected), 1)
    assert math.isclose(expected[0], 0.30103, abs_tol=5e-7)


def test_first_two_digits_are_expected_as_published():
    """Nigrini (2012): 0.04139 for 10, 0.03779 for 11, 0.00436 for 99."""
    table = benford(amounts(10), digits=2).table
    shares = [round(share, 5) for share in table["expected_rate"]]

    assert list(table["digits"]) == list(range(10, 100))
    assert (shares[0], shares[1], shares[-1]) == (0.04139, 0.03779, 0.00436)


def test_chi_square_and_mad_are_those_computed_by_hand():
    """A thousand amounts, as Newcomb expects but for 30 that lead with 2 instead of 1.

    Counts 271, 206, 125, 97, 79, 67, 58, 51, 46 against 1000·log10(1 + 1/d): 301.0300, 176.0913,
    124.9387, 96.9100, 79.1812, 66.9468, 57.9919, 51.1525, 45.7575. Squares over expected:
    2.995717, 5.079939, 0.000030, 0.000084, 0.000415, 0.000042, 0.000001, 0.000455, 0.001285;
    absolute differences in thousandths: 30.0300, 29.9087, 0.0613, 0.0900, 0.1812, 0.0532, 0.0081,
    0.1525, 0.2425.
    """
    result = benford(first_digits(271, 206, 125, 97, 79, 67, 58, 51, 46))

    assert result.n == 1000
    assert result.chi_square == pytest.approx(8.077968, abs=2e-6)
    assert result.mad == pytest.approx(60.7275 / 9 / 1000, abs=1e-7)
    assert result.conformity == "acceptable"
    assert result.warnings == ()


def test_p_value_is_5_percent_at_the_critical_value():
    """Chi-square table, 5 %: 15.507 for df 8, 112.022 for df 89 (NIST/SEMATECH e-Handbook)."""
    one, two = benford(amounts(1)), benford(amounts(10), digits=2)

    assert (one.df, two.df) == (8, 89)
    assert stats.chi2.sf(15.507, one.df) == pytest.approx(0.05, abs=1e-5)
    assert stats.chi2.sf(112.022, two.df) == pytest.approx(0.05, abs=1e-5)
    assert one.p_value == stats.chi2.sf(one.chi_square, 8)


@pytest.mark.parametrize(
    ("digits", "mad", "expected"),
    [
        (1, 0.006, "close"), (1, 0.0061, "acceptable"), (1, 0.012, "acceptable"),
        (1, 0.0121, "marginal"), (1, 0.015, "marginal"), (1, 0.0151, "nonconforming"),
        (2, 0.0012, "close"), (2, 0.0013, "acceptable"), (2, 0.0018, "acceptable"),
        (2, 0.0019, "marginal"), (2, 0.0022, "marginal"), (2, 0.0023, "nonconforming"),
    ],
)  # fmt: skip
def test_conformity_has_the_limits_of_nigrini(digits, mad, expected):
    """Nigrini, Benford's Law (2012), table 7.1."""
    assert conformity(mad, digits=digits) == expected


def test_digits_are_exact_on_both_sides_of_every_power_of_ten():
    for power in range(1, 18):
        table = benford(amounts(10**power - 1, 10**power, -(10**power))).table
        assert list(table["amounts_count"]) == [2, 0, 0, 0, 0, 0, 0, 0, 1]


def test_zeros_and_short_amounts_are_left_out_and_counted():
    result = benford(amounts(0, 0, 5, -7, 12, -10), digits=2)

    assert (result.n, result.zeros, result.short) == (2, 2, 2)
    assert (benford(amounts(0, 5)).n, benford(amounts(0, 5)).short) == (1, 0)


def test_no_amounts_are_undecided():
    result = benford(amounts(0))

    assert (result.n, result.conformity, result.warnings) == (0, "undecided", ("few_amounts",))
    assert math.isnan(result.p_value)


@pytest.mark.parametrize(("digits", "enough"), [(1, 300), (2, 1000)])
def test_few_amounts_are_said_to_be_few(digits, enough):
    many = amounts(*range(100, 100 + enough))

    assert benford(many, digits=digits).warnings == ()
    assert benford(many.iloc[1:], digits=digits).warnings == ("few_amounts",)


def test_amounts_look_assigned_where_ten_of_them_make_up_half():
    rates, others = [50_000] * 150 + [60_000] * 50, list(range(101, 293))

    assert benford(amounts(*rates, *others)).warnings == ("assigned_amounts",)
    assert benford(amounts(*rates, *others, *range(1000, 1100))).warnings == ()


def test_a_relation_gives_what_a_series_gives():
    series = first_digits(30, 20, 10)
    relation = duckdb.from_df(series.to_frame("amount"))

    pd.testing.assert_frame_equal(benford(relation).table, benford(series).table)


def test_wrong_digits_and_several_columns_are_refused():
    with pytest.raises(ValueError, match="got: 3"):
        benford(amounts(1), digits=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one column"):
        benford(pd.DataFrame({"a": [1], "b": [2]}))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-(10**18), 10**18) | st.integers(-200, 200)), st.sampled_from([1, 2]))
def test_leading_digits_are_those_of_the_written_number(values, digits):
    written = [str(abs(value)) for value in values if value]
    expected = Counter(int(text[:digits]) for text in written if len(text) >= digits)
    result = benford(amounts(*values), digits=digits)
    table = result.table[result.table["amounts_count"] > 0]

    assert dict(zip(table["digits"], table["amounts_count"], strict=True)) == expected
    assert result.n + result.zeros + result.short == len(values)
