"""Rates of return, and AAPOR's response rates."""

from fractions import Fraction

import pytest

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError

CASES = {
    "complete": 480, "partial": 20, "refused": 150, "non_contact": 100, "other": 50,
    "unknown_household": 150, "unknown_other": 50,
}  # fmt: skip
"""Made so that it can be followed by hand: 800 eligible, 200 unknown."""


@pytest.mark.parametrize(
    ("issued", "rate", "lower", "upper"), [(52, 96.15, 87.0, 98.9), (55, 90.91, 80.4, 96.1)]
)
def test_return_rates_of_2018_with_their_wilson_limits(issued, rate, lower, upper):
    """Survey notes §1: 50 returned of 52 and of 55."""
    found = survey.response_rates(issued=issued, returned=50).return_rate

    assert round(100 * found.estimate, 2) == rate
    assert (round(100 * found.lower, 1), round(100 * found.upper, 1)) == (lower, upper)


def test_valid_forms_are_shares_of_issued_and_of_returned_forms():
    """Survey notes §9: a share of the returned is not one of the issued."""
    found = survey.response_rates(issued=100, returned=80, valid=60)

    rates = [rate.estimate for rate in found if rate]
    assert rates == [0.8, 0.6, 0.75]
    assert found.valid_rate == survey.proportion_ci(count=60, n=80)


def test_what_is_not_known_has_no_rate():
    assert survey.response_rates(issued=9, returned=9).valid_rate is None
    nothing = survey.response_rates(issued=9, returned=0, valid=0)
    assert nothing.valid_return_rate == survey.proportion_ci(count=0, n=9)
    assert nothing.valid_rate is None


def test_aapor_rates_by_hand():
    """AAPOR Standard Definitions (2016): all 1,000; 800 + 0.5 × 200 = 900; 800 eligible only."""
    found = survey.aapor_rates(**CASES, eligible_share=0.5)

    assert found.rr1 == Fraction(480, 1000)
    assert found.rr2 == Fraction(500, 1000)
    assert found.rr3 == Fraction(480, 900)
    assert found.rr4 == Fraction(500, 900)
    assert found.rr5 == Fraction(480, 800)
    assert found.rr6 == Fraction(500, 800)


def test_the_eligible_share_is_estimated_from_cases_whose_eligibility_is_known():
    found = survey.aapor_rates(**CASES, ineligible=200)

    assert found.eligible_share == Fraction(4, 5)
    assert found.rr3 == Fraction(480, 960)


def test_without_an_eligible_share_rates_3_and_4_are_not_known():
    found = survey.aapor_rates(**CASES)

    assert (found.rr3, found.rr4, found.eligible_share) == (None, None, None)


def test_without_unknown_cases_all_denominators_are_one():
    found = survey.aapor_rates(complete=50, partial=1, refused=2, non_contact=3)

    assert found.rr1 == found.rr3 == found.rr5 == Fraction(50, 56)
    assert found.rr2 == found.rr4 == found.rr6 == Fraction(51, 56)


def test_no_case_known_to_be_eligible_leaves_rates_5_and_6_open():
    found = survey.aapor_rates(complete=0, unknown_other=7, eligible_share=0)

    assert found.rr1 == found.rr2 == 0
    assert [found.rr3, found.rr4, found.rr5, found.rr6] == [None] * 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"issued": 49}, "returned = 50 is more than issued = 49"),
        ({"valid": 51}, "valid = 51 is more than returned = 50"),
        ({"issued": 0, "returned": 0}, "at least 1"),
        ({"returned": -1}, "at least 0"),
        ({"confidence": 95}, "0.95"),
    ],
)
def test_impossible_numbers_of_forms_are_refused(wrong, message):
    with pytest.raises(PlanError, match=message):
        survey.response_rates(**({"issued": 52, "returned": 50} | wrong))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"complete": 0}, "no cases"),
        ({"complete": 5, "refused": -1}, "refused"),
        ({"complete": 5, "eligible_share": 50}, "50 percent is 0.5"),
        ({"complete": 5, "ineligible": -2}, "ineligible"),
    ],
)
def test_impossible_cases_are_refused(wrong, message):
    with pytest.raises(PlanError, match=message):
        survey.aapor_rates(**wrong)
