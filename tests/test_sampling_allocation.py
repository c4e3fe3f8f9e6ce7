"""Allocation of a sample to strata: published examples, and what holds for every allocation."""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.allocation import allocate

REFERENCE = Path(__file__).with_name("reference") / "sampling_allocation.csv"


def rows():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            arguments = json.loads(row["arguments"])
            label = f"{arguments.get('method', 'proportional')}-{row['field']}-{arguments['n']}"
            yield pytest.param(arguments, row, id=label)


def strata(size, sd=None):
    """Strata named 层1, 层2, …"""
    table = pd.DataFrame({"stratum": [f"层{k}" for k in range(1, len(size) + 1)], "size": size})
    return table if sd is None else table.assign(sd=sd)


def allocated(size, sd=None, **plan):
    return allocate(strata(size, sd), **plan)["allocated"].tolist()


def printed(value, rounding):
    if rounding == "exact":
        return value
    places = Decimal(1).scaleb(-int(rounding.partition(":")[2]))
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(number.quantize(places, ROUND_HALF_UP))


@pytest.mark.parametrize(("arguments", "row"), list(rows()))
def test_allocations_are_those_of_the_reference(arguments, row):
    """tests/reference/sampling_allocation.csv names the source of each number."""
    size, sd = arguments.pop("size"), arguments.pop("sd", None)

    table = allocate(strata(size, sd), **arguments)

    values = [printed(value, row["rounding"]) for value in table[row["field"]]]
    assert values == [Fraction(number) for number in row["printed"].split()]


def test_a_larger_sample_may_give_a_stratum_less():
    """The Alabama paradox of largest remainders: quotas 4.29, 4.29, 1.43, then 4.71, 4.71, 1.57."""
    assert allocated([6, 6, 2], n=10) == [4, 4, 2]
    assert allocated([6, 6, 2], n=11) == [5, 5, 1]


def test_equal_remainders_go_to_the_earlier_stratum():
    assert allocated([10, 10, 10], n=4) == [2, 1, 1]
    assert allocated([10, 10, 10], n=5, method="equal") == [2, 2, 1]


def test_standard_deviations_count_as_the_decimals_they_print():
    """0.1 and 0.3 as binary floats are not 1 : 3, which would move the tie."""
    table = allocate(strata([30, 10], [0.1, 0.3]), n=3, method="neyman")

    assert table["share"].tolist() == [Fraction(3, 2), Fraction(3, 2)]
    assert table["allocated"].tolist() == [2, 1]


def test_what_a_small_stratum_cannot_take_goes_to_the_others_by_the_same_rule():
    """Neyman weights 100, 100, 300 of 20: 4, 4, 12; the third has 5, the others share 15."""
    table = allocate(strata([100, 50, 5], [1, 2, 60]), n=20, method="neyman")

    assert table["share"].tolist() == [4, 4, 12]
    assert table["allocated"].tolist() == [8, 7, 5]
    assert table["cut"].tolist() == [0, 0, 7]


def test_a_minimum_is_given_first_and_the_rest_divided_by_the_same_rule():
    """Quotas of 20: 17, 2, 1; with 3 each for the small ones 14 are left."""
    table = allocate(strata([170, 20, 10]), n=20, minimum=3)

    assert table["allocated"].tolist() == [14, 3, 3]
    assert table["raised"].tolist() == [0, 1, 2]
    assert table["share"].tolist() == [17, 2, 1]


def test_a_stratum_smaller_than_the_minimum_is_taken_whole():
    assert allocated([100, 1, 0], n=10, minimum=2) == [9, 1, 0]


def test_strata_without_spread_get_nothing_until_the_others_are_exhausted():
    assert allocated([10, 20, 10], [3, 0, 0], n=8, method="neyman") == [8, 0, 0]
    assert allocated([10, 20, 10], [3, 0, 0], n=16, method="neyman") == [10, 4, 2]


cases = st.lists(
    st.tuples(st.integers(0, 60), st.decimals(0, 50, places=1)), min_size=1, max_size=7
).filter(lambda rows: sum(size for size, _ in rows) > 0)


@settings(deadline=None, max_examples=150)
@given(cases, st.sampled_from(["proportional", "neyman", "equal"]), st.integers(0, 4), st.data())
def test_every_allocation_adds_up_and_keeps_to_minimum_and_size(rows, method, minimum, data):
    size, sd = [list(column) for column in zip(*rows, strict=True)]
    least = max(1, sum(min(minimum, one) for one in size))
    n = data.draw(st.integers(least, sum(size)))
    if method == "neyman" and not any(a * b for a, b in rows):
        return

    table = allocate(strata(size, sd), n=n, method=method, minimum=minimum)

    got = table["allocated"]
    assert got.sum() == n
    assert table["share"].sum() == n
    assert (got <= table["size"]).all()
    assert (got >= table["size"].clip(upper=minimum)).all()
    untouched = table[(table["raised"] == 0) & (table["cut"] == 0)]
    if len(untouched) == len(table):
        assert all(abs(a - s) < 1 for a, s in zip(got, table["share"], strict=True))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"n": 31}, "30 个单位"),
        ({"n": 0}, "n 应为不小于 1"),
        ({"n": 5, "minimum": 2}, "共需 6 个"),
        ({"n": 5, "method": "neyman"}, "标准差 sd 一列"),
        ({"n": 5, "method": "optimal"}, "proportional, neyman, equal"),
    ],
)
def test_an_impossible_allocation_says_what_to_change(plan, said):
    with pytest.raises(PlanError, match=said):
        allocate(strata([10, 10, 10]), **plan)


def test_wrong_strata_are_named():
    with pytest.raises(PlanError, match="层名重复：甲"):
        allocate(pd.DataFrame({"stratum": ["甲", "甲"], "size": [1, 2]}), n=1)
    with pytest.raises(PlanError, match="size 层2 应为不小于 0"):
        allocate(strata([10, -1]), n=1)
    with pytest.raises(PlanError, match="层1 的是 -1"):
        allocate(strata([10, 10], [-1, 2]), n=1, method="neyman")
    with pytest.raises(PlanError, match="都是 0"):
        allocate(strata([10, 10], [0, 0]), n=1, method="neyman")
    with pytest.raises(PlanError, match="stratum 和 size"):
        allocate(pd.DataFrame({"size": [1, 2]}), n=1)
