"""Printed figures and the values that could have been printed so."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.case.money import round_half_up
from auditbook.case.printed import parse_printed

values = st.fractions(min_value=-1000, max_value=1000)
places = st.integers(0, 4)


@given(values, places)
def test_a_value_fits_its_own_rounding(value, digits):
    printed = parse_printed(f"{round_half_up(value, digits)}")

    assert printed.places == digits
    assert printed.fits(value) in ("exact", "rounded")


@given(st.fractions(min_value=0, max_value=1000), places)
def test_a_value_fits_its_own_cutting_off(value, digits):
    cut = Decimal(int(value * 10**digits)).scaleb(-digits)

    assert parse_printed(f"{cut:f}").fits(value) is not None


@given(values, places, st.integers(1, 5))
def test_a_value_a_whole_step_away_never_fits(value, digits, steps):
    printed = parse_printed(f"{round_half_up(value, digits)}")

    assert printed.fits(printed.exact + Fraction(steps, 10**digits)) is None


@pytest.mark.parametrize(
    ("text", "unit", "exact", "digits"),
    [
        ("83.99%", "", Fraction(8399, 10000), 2),
        ("100", "%", Fraction(1), 0),
        ("700.00", "万元", Fraction(700_000_000), 2),
        ("700万元", "", Fraction(700_000_000), 0),
        ("1,644", "个", Fraction(1644), 0),
        ("９４．２分", "", Fraction(471, 5), 1),
    ],
)
def test_a_printed_figure_is_a_value_in_the_inner_unit(text, unit, exact, digits):
    printed = parse_printed(text, unit)

    assert (printed.exact, printed.places) == (exact, digits)


@pytest.mark.parametrize(
    ("text", "value", "fit"),
    [
        ("83.99%", Fraction(299, 356), "rounded"),
        ("83.98%", Fraction(299, 356), "cut"),
        ("83.97%", Fraction(299, 356), None),
        ("94", Fraction(94), "exact"),
        ("94", Fraction(471, 5), "rounded"),
        ("0", Fraction(-1, 10), "rounded"),
    ],
)
def test_how_a_value_would_have_been_printed(text, value, fit):
    assert parse_printed(text).fits(value) == fit


@pytest.mark.parametrize("text", ["", "优", "-", "约3", "1,2"])
def test_what_holds_no_figure_is_refused(text):
    with pytest.raises(ValueError, match="not a"):
        parse_printed(text)
