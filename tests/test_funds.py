"""Fund reconciliation: identities, two statements of one fact, rates, figures."""

from datetime import date
from fractions import Fraction

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditbook.case.settings import Fund, Materiality
from auditbook.facts import Severity, Verdict
from auditbook.procedures import funds
from auditbook.procedures.funds import statements


def wan(text):
    """万元 as printed → fen."""
    return int(Fraction(text) * 1_000_000)


def allocation(*rows):
    """Rows of (unit, arrived, used, balance) in 万元, as the case reader gives them."""
    return pd.DataFrame(
        [
            {"unit": u, "arrived": wan(a), "used": wan(s), "balance": wan(b),
             "source_row": f"allocation.csv:{i}"}
            for i, (u, a, s, b) in enumerate(rows, 4)
        ],
        columns=["unit", "arrived", "used", "balance", "source_row"],
    )  # fmt: skip


def use(*rows):
    """Rows of (unit, disbursed, used, balance) in 万元."""
    return pd.DataFrame(
        [
            {"unit": u, "disbursed": wan(a), "used": wan(s), "balance": wan(b),
             "use_rate_printed": "", "source_row": f"use.csv:{i}"}
            for i, (u, a, s, b) in enumerate(rows, 3)
        ],
        columns=["unit", "disbursed", "used", "balance", "use_rate_printed", "source_row"],
    )  # fmt: skip


NO_ROWS = allocation()
FUND = Fund(name="补助", approved_budget="700.00万元", execution_denominator="approved_budget")


def test_kunming_2018_two_tables_disagree_on_wuhua_and_luquan_only(kunming):
    """Published tables: 五华区 40.00 / 0.00 and 禄劝县 74.00 / 57.00 万元 used."""
    differ = funds.compare_tables(kunming.allocation, kunming.use)
    differ = differ[differ["verdict"] == Verdict.DIFFERS].set_index(["unit", "subject"])

    assert list(dict.fromkeys(unit for unit, _ in differ.index)) == ["五华区", "禄劝县"]
    assert differ.loc[("五华区", "used"), "left_fen"] == wan("40.00")
    assert differ.loc[("五华区", "used"), "right_fen"] == 0
    assert differ.loc[("禄劝县", "used"), "difference_fen"] == wan("17.00")


def test_kunming_2018_at_most_643_of_700_was_spent(kunming):
    """57.00 万元 of the sampled 356.00 were unspent: at most 91.86%, not the reported 100%."""
    found = {f.key: f for f in _kunming_figures(kunming)}

    assert found["funds.arrived.total"].value == wan("700.00")
    assert found["funds.unspent.at_least"].value == wan("57.00")
    assert found["funds.used.at_most"].value == wan("643.00")
    assert found["funds.execution_rate.at_most"].value == Fraction(643, 700)
    assert found["funds.execution_rate.at_most"].bound == "at_most"
    assert found["funds.sample.use_rate"].value == Fraction(299, 356)


def bound(left, right):
    """``funds.used.at_most`` of two tables: its value and whether it is a limit."""
    found = {f.key: f for f in funds.figures(allocation=left, use=right, units=NO_ROWS, fund=FUND)}
    return found["funds.used.at_most"], "funds.unspent.at_least" in found


def test_visited_units_count_as_the_table_of_use_states_them_whichever_is_larger():
    """30 and 60 as allocated, 40 and 50 on the spot: 90 were used, not 80."""
    left = allocation(("甲", "50", "30", "20"), ("乙", "60", "60", "0"), ("丙", "9", "9", "0"))

    used, unspent = bound(left, use(("甲", "50", "40", "10"), ("乙", "60", "50", "10")))

    assert (used.value, used.bound, unspent) == (wan("99"), "at_most", False)


def test_tables_that_agree_give_no_limit():
    used, unspent = bound(allocation(("甲", "50", "30", "20")), use(("甲", "50", "30", "20")))

    assert (used.value, used.bound, unspent) == (wan("30"), "exact", False)


def test_the_tolerance_of_the_case_holds_for_identities_too():
    table = allocation(("甲", "10", "7", "2.99"))

    strict = funds.check_identities(table, NO_ROWS)
    tolerant = funds.check_identities(table, NO_ROWS, tolerance=wan("0.01"))

    assert strict["verdict"].tolist() == [Verdict.DIFFERS]
    assert tolerant["verdict"].tolist() == [Verdict.TIES]


def test_a_printed_total_that_leaves_a_cell_empty_is_checked_in_the_others():
    table = allocation(("甲", "10", "7", "3"))
    total = table.assign(unit="合计", balance=pd.NA)

    checks = funds.check_identities(table, total)

    assert "column_used" in set(checks["identity"])
    assert "column_balance" not in set(checks["identity"])


def test_kunming_2018_unit_costs_are_those_of_the_published_counts(kunming):
    """700.00 万元 over 3,862 grids and 5,716 workers: 1,812.53 and 1,224.63 元 each."""
    found = {f.key: f.value for f in _kunming_figures(kunming)}

    assert round(float(found["funds.cost_per_grid"]) / 100, 2) == 1812.53
    assert round(float(found["funds.cost_per_grid_worker"]) / 100, 2) == 1224.63


def test_kunming_2018_tables_add_up_inside_themselves(kunming):
    """Domain notes, §12 item 32: table 1 and table 2 add; the contradiction is between them."""
    identities = funds.check_both_tables(
        allocation=kunming.allocation,
        allocation_total=kunming.totals("allocation"),
        use=kunming.use,
        use_total=kunming.totals("use"),
    )

    assert len(identities) > 0
    assert (identities["difference_fen"] == 0).all()


def test_kunming_2018_printed_use_rates_follow_from_their_rows(kunming):
    rates = funds.printed_rates(kunming.use, kunming.totals("use"))

    assert (rates["verdict"] == Verdict.TIES).all()
    assert rates.set_index("unit").loc["禄劝县", "fit"] == "rounded"
    assert rates.iloc[-1]["printed"] == "83.99%"


def test_arrived_must_equal_used_plus_balance():
    broken = funds.check_identities(allocation(("甲", "10", "7", "2")), NO_ROWS)

    assert broken["difference_fen"].tolist() == [wan("1")]
    assert broken["verdict"].tolist() == [Verdict.DIFFERS]


def test_parts_by_source_must_add_to_their_sum():
    table = allocation(("甲", "10", "10", "0")).assign(
        arrived_city=wan("6"), arrived_county=wan("3")
    )

    parts = funds.check_identities(table, NO_ROWS).set_index("identity").loc["parts_arrived"]

    assert (parts["left_fen"], parts["right_fen"]) == (wan("10"), wan("9"))


def test_each_column_is_held_against_the_printed_total():
    total = allocation(("合计", "21", "20", "0"))

    table = allocation(("甲", "10", "10", "0"), ("乙", "10", "10", "0"))
    checks = funds.check_identities(table, total)

    column = checks.set_index("identity").loc["column_arrived"]
    assert column["difference_fen"] == wan("1")
    assert column["source_row"] == "allocation.csv:4"


def test_one_fen_apart_is_a_difference():
    left, right = allocation(("甲", "10", "10", "0")), use(("甲", "10", "10", "0"))
    right.loc[0, "used"] -= 1

    assert funds.compare_tables(left, right)["difference_fen"].tolist() == [1]
    assert funds.compare_tables(left, right, tolerance=1).empty


def test_a_unit_in_one_table_only_cannot_be_decided():
    both = funds.compare_tables(allocation(("甲", "1", "1", "0")), use(("乙", "1", "1", "0")))

    assert set(both["unit"]) == {"甲", "乙"}
    assert (both["verdict"] == Verdict.UNDECIDED).all()
    assert funds.comparison_findings(both, money_unit="万元", material=1) == []


def test_columns_of_one_unit_that_disagree_are_one_finding():
    comparison = funds.compare_tables(
        allocation(("甲", "40", "40", "0")), use(("甲", "40", "0", "40"))
    )

    (finding,) = funds.comparison_findings(comparison, money_unit="万元", material=wan("7"))

    assert (finding.subject, finding.difference) == ("used、balance", "40.00万元")
    assert (finding.expected_source, finding.actual_source) == ("allocation.csv:4", "use.csv:3")


@pytest.mark.parametrize(("difference", "severity"), [("7", Severity.HIGH), ("6.99", "medium")])
def test_a_difference_is_serious_from_the_materiality_of_the_case_upward(difference, severity):
    left = allocation(("甲", "40", difference, "0"))
    comparison = funds.compare_tables(left, use(("甲", "40", "0", "0")))

    (finding,) = funds.comparison_findings(comparison, money_unit="万元", material=wan("7"))

    assert finding.severity == severity


def test_materiality_is_a_share_of_the_money_that_arrived():
    materiality = Materiality(rate="0.01", tolerance_fen=0, reason="")

    table = allocation(("甲", "699.99", "0", "0"))
    assert funds.materiality_fen(table, materiality) == 6_999_900


def test_a_rate_over_zero_is_missing_not_zero():
    rates = funds.unit_rates(allocation(("甲", "0", "0", "0")))

    assert rates["use_rate"].tolist() == [None, None]


def test_a_printed_rate_that_its_row_does_not_give_is_a_finding():
    table = use(("甲", "74", "57", "17")).assign(use_rate_printed="77.04%")

    (finding,) = funds.rate_findings(funds.printed_rates(table, use()))

    assert (finding.expected, finding.actual) == ("77.03%", "77.04%")


def test_the_case_names_the_denominator_of_the_execution_rate():
    table = allocation(("甲", "350", "350", "0"))
    by_arrived = FUND.model_copy(update={"execution_denominator": "arrived"})

    rate = {
        fund.execution_denominator: figure
        for fund in (FUND, by_arrived)
        for figure in funds.figures(allocation=table, use=use(), units=NO_ROWS, fund=fund)
        if figure.key == "funds.execution_rate"
    }

    assert rate["approved_budget"].value == Fraction(1, 2)
    assert rate["arrived"].value == 1
    assert "批复预算" in rate["approved_budget"].formula


def test_without_tables_there_are_no_figures():
    assert funds.figures(allocation=NO_ROWS, use=use(), units=NO_ROWS, fund=FUND) == []


def test_rates_over_the_budget_are_given_where_the_budget_is_known(kunming):
    table = allocation(("甲", "80", "40", "40"), ("乙", "50", "50", "0"))
    budgeted = table.assign(budget=pd.array([wan("100"), wan("50")], dtype="Int64"))

    rates = funds.unit_rates(budgeted).set_index("unit")

    assert rates["arrival_rate"].tolist() == [Fraction(4, 5), 1, Fraction(13, 15)]
    assert rates["execution_rate"].tolist() == [Fraction(2, 5), 1, Fraction(3, 5)]
    assert rates["use_rate"].tolist() == [Fraction(1, 2), 1, Fraction(9, 13)]
    assert list(funds.unit_rates(kunming.allocation)) == [
        "unit", "arrived_fen", "used_fen", "balance_fen", "use_rate", "balance_rate", "source_row",
    ]  # fmt: skip


def test_a_total_over_budgets_that_are_not_all_known_is_missing():
    table = allocation(("甲", "80", "40", "40"), ("乙", "50", "50", "0"))
    budgeted = table.assign(budget=pd.array([wan("100"), None], dtype="Int64"))

    rates = funds.unit_rates(budgeted)

    assert rates["arrival_rate"].tolist() == [Fraction(4, 5), None, None]


def receipts(*rows):
    """Rows of (unit, date, amount in fen)."""
    table = pd.DataFrame(rows, columns=["unit", "date", "amount"])
    return table.astype({"unit": "str", "date": "datetime64[ns]", "amount": "int64"})


def test_money_that_arrives_on_the_day_it_is_due_is_in_time():
    lines = receipts(("甲", "2018-06-30", 60), ("甲", "2018-07-01", 40), ("乙", "2018-07-02", 50))

    timely = funds.timeliness(lines, due=date(2018, 6, 30))

    assert timely["unit"].tolist() == ["乙", "甲", "合计"]
    assert timely["timely_rate"].tolist() == [0, Fraction(3, 5), Fraction(2, 5)]


def test_timeliness_is_measured_against_what_was_due_where_that_is_known():
    lines = receipts(("甲", "2018-06-30", 60))
    table = allocation(("甲", "1", "1", "0"), ("乙", "1", "1", "0"), ("丙", "1", "1", "0"))

    timely = funds.timeliness(lines, due=date(2018, 6, 30), expected={"甲": 80, "乙": 40})
    rates = funds.unit_rates(table, timely=timely)

    assert timely["due_fen"].tolist() == [40, 80, 120]
    assert rates["timely_rate"].tolist() == [Fraction(3, 4), 0, None, Fraction(1, 2)]


def test_without_receipts_there_is_no_timeliness():
    assert funds.timeliness(receipts(), due=date(2018, 6, 30)).empty


def yearly(kind, *rows):
    """Rows of (unit, year, paid in fen or None)."""
    table = pd.DataFrame(rows, columns=["unit", "year", "paid"]).astype({"paid": "Int64"})
    return table.assign(source_row=[f"{kind}.csv:{i}" for i in range(2, len(table) + 2)])


LEFT = yearly("a", ("甲", 2017, 5), ("甲", 2018, 7), ("乙", 2018, 1), ("丙", 2018, None),
              ("丁", 2018, None))  # fmt: skip
RIGHT = yearly("b", ("甲", 2018, 9), ("甲", 2017, 5), ("丙", 2018, 3), ("丁", 2018, None),
               ("戊", 2018, 4))  # fmt: skip


def test_tables_are_compared_on_several_columns_and_what_one_side_lacks_is_undecided():
    found = funds.compare_tables(LEFT, RIGHT, on=["unit", "year"], amounts=["paid"])

    assert found[["unit", "year"]].to_numpy().tolist() == [
        ["甲", 2018], ["乙", 2018], ["丙", 2018], ["戊", 2018],
    ]  # fmt: skip
    assert found["verdict"].tolist() == [Verdict.DIFFERS] + [Verdict.UNDECIDED] * 3
    assert found["difference_fen"].iloc[0] == -2
    assert found["right_source"].tolist() == ["b.csv:2", "", "b.csv:4", "b.csv:6"]


def test_large_tables_and_tables_in_a_database_give_the_same_comparison(monkeypatch):
    small = funds.compare_tables(LEFT, RIGHT, on=["unit", "year"], amounts=["paid"])
    monkeypatch.setattr(statements, "_LARGE", 2)

    large = funds.compare_tables(LEFT, RIGHT, on=["unit", "year"], amounts=["paid"])
    with duckdb.connect(":memory:") as database:
        database.register("a", LEFT)
        database.register("b", RIGHT)
        tables = [database.sql("select * from a"), database.sql("select * from b")]
        stored = funds.compare_tables(*tables, on=["unit", "year"], amounts=["paid"])

    assert large.equals(small)
    keys = ["unit", "year"]
    assert stored.sort_values(keys, ignore_index=True).equals(
        small.sort_values(keys, ignore_index=True)
    )


@pytest.mark.parametrize("large", [1, 100])
def test_a_row_that_stands_twice_cannot_be_compared(monkeypatch, large):
    monkeypatch.setattr(statements, "_LARGE", large)

    with pytest.raises(ValueError, match="甲"):
        funds.compare_tables(LEFT, RIGHT, on="unit", amounts=["paid"])


amounts = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))


@given(st.lists(amounts, min_size=1, max_size=20))
def test_rows_that_balance_never_break_an_identity(rows):
    """Property: arrived = used + balance by construction, total row = column sums."""
    table = pd.DataFrame(
        [{"unit": str(i), "arrived": a + b, "used": a, "balance": b, "source_row": f"t:{i}"}
         for i, (a, b) in enumerate(rows)]
    )  # fmt: skip
    total = table[["arrived", "used", "balance"]].sum().to_frame().T
    total = total.assign(unit="合计", source_row="t:99")

    assert (funds.check_identities(table, total)["difference_fen"] == 0).all()


@given(st.permutations(range(5)))
def test_comparison_does_not_depend_on_the_order_of_rows(order):
    left = allocation(*((f"县{i}", "10", str(i), "0") for i in range(5)))
    right = use(*((f"县{i}", "10", "2", "0") for i in range(5)))
    shuffled = right.iloc[list(order)]

    expected = funds.compare_tables(left, right)
    assert funds.compare_tables(left, shuffled).equals(expected)


def _kunming_figures(case):
    return funds.figures(
        allocation=case.allocation, use=case.use, units=case.units, fund=case.settings.fund
    )
