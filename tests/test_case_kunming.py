"""The published 2018 Kunming case as ``data/`` holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditbook import open_case

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def kunming():
    return open_case("kunming-grid", 2018, root=ROOT)


def test_nineteen_units_got_seven_million_yuan(kunming):
    """Published report, table of money that arrived: 19 units, 700.00 万元."""
    assert len(kunming.allocation) == 19
    assert kunming.allocation["arrived"].sum() == 700_000_000


def test_the_printed_totals_are_the_sums_of_their_rows(kunming):
    for table, columns in (
        ("allocation", ["arrived", "arrived_city", "used", "used_city", "balance"]),
        ("use", ["disbursed", "used", "balance"]),
    ):
        printed = kunming.totals(table)[columns].iloc[0].tolist()

        assert kunming.table(table)[columns].sum().tolist() == printed


def test_the_printed_use_rate_of_the_sample_is_kept_as_printed(kunming):
    """Published report, table of use: 83.99 % in the total row."""
    assert kunming.totals("use")["use_rate_printed"].tolist() == ["83.99%"]


def test_jinning_is_one_unit_under_two_names(kunming):
    """The report writes 晋宁县 in its tables and 晋宁区 where it lists the sample."""
    uses = kunming.alias_uses().to_dict("records")

    assert {(use["written"], use["unit"]) for use in uses} == {("晋宁区", "晋宁县")}
    assert "晋宁县" in kunming.sample["id"].tolist()
    assert set(kunming.sample["id"]) <= set(kunming.allocation["unit"])
