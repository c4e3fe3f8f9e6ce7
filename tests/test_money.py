"""Money and rounding, the one place of both."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.case.money import (
    FEN_PER_UNIT,
    amount_text,
    money_text,
    parse_money,
    parse_number,
    percent_text,
    round_half_up,
)

EXACT_PLACES = {unit: len(str(fen)) - 1 for unit, fen in FEN_PER_UNIT.items()}


@given(st.integers(-(10**17), 10**17), st.sampled_from(sorted(FEN_PER_UNIT)))
def test_an_amount_reads_back_as_it_was_printed(fen, unit):
    text = money_text(fen, unit, places=EXACT_PLACES[unit])

    assert parse_money(text, unit) == fen
    assert parse_money(f"{text}{unit}", "元") == fen


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
       st.integers(0, 4))  # fmt: skip
def test_rounding_is_half_up_away_from_zero(value, places):
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

    assert round_half_up(value, places) == expected
    assert round_half_up(Fraction(value), places) == expected


@given(st.fractions(min_value=-(10**6), max_value=10**6), st.integers(0, 4))
def test_rounding_a_fraction_moves_it_by_half_a_step_at_most(value, places):
    assert abs(Fraction(round_half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.50", "1234.50"), ("－３", "-3"), ("+4", "4"), ("(12.00)", "-12.00"), ("¥5", "5"),
     ("−7", "-7"), ("—", "0"), ("无", "0"), (" 8 ", "8")],
)  # fmt: skip
def test_numbers_are_read_as_they_are_printed(text, number):
    assert str(parse_number(text)) == number


@pytest.mark.parametrize(
    "text", ["", "1,23", "12,345,6", "1.2.3", "1e3", "nan", "inf", "一", "0x1f", "1_000", "--1"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text)


def test_numbers_of_a_spreadsheet_lose_their_binary_noise():
    assert parse_number(0.1 + 0.2) == Decimal("0.3")
    assert parse_money(1234.56, "元") == 123_456
    assert parse_number(Decimal("1.10")) == Decimal("1.10")


def test_a_cell_that_names_its_unit_has_that_unit():
    assert parse_money("40.00万元", "元") == 40_000_000
    assert parse_money("1.5亿元", "万元") == 15_000_000_000
    assert parse_money("12元人民币", "万元") == 1_200


def test_an_amount_finer_than_a_fen_is_refused():
    with pytest.raises(ValueError, match="finer than one fen"):
        parse_money("0.001", "元")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="unknown money unit"):
        parse_money("1", "美元")


def test_amounts_and_rates_are_printed_as_people_write_them():
    assert amount_text(1_234_500_000, "万元") == "1,234.50万元"
    assert money_text(-5, "元") == "-0.05"
    assert percent_text(Fraction(299, 356)) == "83.99%"
    assert percent_text(0.5, places=0) == "50%"
