"""Can this percentage exist? Printed figures against all that counts can give."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError

few = settings(max_examples=60, deadline=None, derandomize=True)
WAYS = {"rounded": ROUND_HALF_UP, "cut": ROUND_DOWN}


def prints(points, denominator, way, places=2):
    """The percentage as a clerk prints it, counted out in decimals."""
    share = Decimal(100 * points) / Decimal(denominator)
    return f"{share.quantize(Decimal(1).scaleb(-places), WAYS[way])}%"


def test_94_42_percent_is_no_share_of_50_answers():
    """2018 report, residents; survey notes §1: a plain share needs 197 at least (186/197)."""
    found = survey.possible_counts(printed="94.42%", n=50)

    assert (found.rounded, found.cut, found.exists) == ((), (), False)
    assert found.smallest_n.rounded == 197
    assert prints(186, 197, "rounded") == "94.42%"
    assert survey.possible_counts(printed="94.42%", n=197).rounded == (186,)


def test_97_78_percent_is_440_of_450():
    """2018 report, staff; survey notes §1: smallest n is 45 (44/45); 9 questions fit 50 forms."""
    assert not survey.possible_counts(printed="97.78%", n=50).exists

    nine = survey.possible_counts(printed="97.78%", n=50, items=9)

    assert (nine.denominator, nine.rounded, nine.cut) == (450, (440,), ())
    assert survey.possible_counts(printed="97.78%", n=45).rounded == (44,)
    assert survey.smallest_n(printed="97.78%") == (45, 226)


@pytest.mark.parametrize(
    ("text", "items"),
    [("94.42%", (19, 24, 33, 38, 43)), ("97.78%", (9, 18, 27, 36, 37))],
)
def test_numbers_of_questions_with_which_50_forms_give_the_2018_figures(text, items):
    """Survey notes §1; questionnaires of up to 44 questions."""
    assert survey.possible_items(printed=text, n=50, most=44).rounded == items


def test_rounding_and_cutting_are_told_apart():
    """2/3 is 66.666…: rounded 66.67%, cut 66.66%."""
    up, down = (survey.possible_counts(printed=text, n=3) for text in ("66.67%", "66.66%"))

    assert (up.rounded, up.cut) == ((2,), ())
    assert (down.rounded, down.cut) == ((), (2,))


def test_half_is_rounded_up_not_to_even():
    """1/8 is 12.5 and 3/8 37.5: half up 13 and 38; Python's round() gives 12 and 38."""
    assert survey.possible_counts(printed="13%", n=8).rounded == (1,)
    assert survey.possible_counts(printed="12%", n=8).rounded == ()
    assert survey.possible_counts(printed="38%", n=8).rounded == (3,)


def test_printed_zeros_count_as_decimals():
    assert survey.possible_counts(printed="94.4%", n=197).rounded == (186,)
    assert survey.possible_counts(printed="94.40%", n=197).rounded == ()


@pytest.mark.parametrize(("text", "points"), [("100.00%", (50,)), ("0.00%", (0,))])
def test_all_and_none_fit_any_number(text, points):
    found = survey.possible_counts(printed=text, n=50)

    assert found.rounded == found.cut == points
    assert found.smallest_n == (1, 1)


def test_all_points_are_the_most_that_can_be_had():
    """30,001 of 30,000 would be printed 100.00% too, but nobody can have it."""
    found = survey.possible_counts(printed="100.00%", n=30_000)

    assert (found.rounded, found.cut) == ((29_999, 30_000), (30_000,))


def test_levels_of_answers_multiply_the_points_that_can_be_had():
    """Brown and Heathers (2017): 5 levels, one item, 10 people: 40 steps of 2.5 %."""
    found = survey.possible_counts(printed="72.5%", n=10, levels=5)

    assert (found.denominator, found.rounded) == (40, (29,))
    assert not survey.possible_counts(printed="72.5%", n=10, levels=3).exists


answers = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(1, 5), st.integers(2, 5))
)


@given(answers, st.data(), st.sampled_from(sorted(WAYS)), st.integers(0, 3))
@few
def test_what_was_counted_is_always_found_again(asked, data, way, places):
    n, items, levels = asked
    denominator = n * items * (levels - 1)
    points = data.draw(st.integers(0, denominator))
    text = prints(points, denominator, way, places)

    found = survey.possible_counts(printed=text, n=n, items=items, levels=levels)

    everyone = range(denominator + 1)
    for fits, how in ((found.rounded, "rounded"), (found.cut, "cut")):
        assert list(fits) == [k for k in everyone if prints(k, denominator, how, places) == text]
    assert points in getattr(found, way)
    assert getattr(found.smallest_n, way) <= n


@given(st.integers(0, 1000), st.sampled_from([1, 2, 7, 9]))
@few
def test_the_smallest_n_is_that_of_trying_one_after_another(thousandths, items):
    text = f"{Decimal(thousandths) / 10:.1f}%"
    found = survey.smallest_n(printed=text, items=items)

    for way, smallest in zip(("rounded", "cut"), found, strict=True):
        tried = (survey.possible_counts(printed=text, n=n, items=items) for n in count(1))
        assert smallest == next(one.n for one in tried if getattr(one, way))


def test_a_figure_of_many_decimals_is_answered_at_once():
    """355/376 = 94.4148936170…%: no smaller n prints the same ten decimals."""
    assert survey.smallest_n(printed=prints(355, 376, "rounded", 10)).rounded == 376


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"printed": "满意"}, "94.42%"),
        ({"printed": "100.01%"}, "94.42%"),
        ({"printed": "-1%"}, "94.42%"),
        ({"printed": "94.42万元"}, "94.42%"),
        ({"n": 0}, "at least 1"),
        ({"n": 50.0}, "whole number"),
        ({"items": 0}, "at least 1"),
        ({"levels": 1}, "at least 2"),
    ],
)
def test_what_is_no_percentage_of_answers_is_refused(wrong, message):
    with pytest.raises(PlanError, match=message):
        survey.possible_counts(**({"printed": "94.42%", "n": 50} | wrong))
