"""The flow of money by level, money that was held back, and its chart."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.deliver import charts_flow
from auditbook.facts import Severity, records
from auditbook.procedures import funds

START = date(2018, 1, 1)
COLUMNS = ["entry_id", "date", "from_unit", "unit", "payee", "document_no", "amount", "source_row"]
UNITS = pd.DataFrame(
    [("市", "", "city"), ("甲县", "市", "county"), ("乙县", "市", "county"),
     ("丙乡", "甲县", "township")],
    columns=["unit", "parent", "level"],
)  # fmt: skip


def ledger(kind, *rows):
    """Rows of (day of the year, from_unit, unit, amount in fen)."""
    table = pd.DataFrame(
        [
            (f"{kind[0]}{i:02}", START + timedelta(day), a, b, "", "", fen, f"{kind}.csv:{i}")
            for i, (day, a, b, fen) in enumerate(rows, 2)
        ],
        columns=COLUMNS,
    )
    kinds = {column: "str" for column in COLUMNS}
    return table.astype(kinds | {"date": "datetime64[ns]", "amount": "int64"})


TRANSFERS = ledger("transfers", (0, "市", "甲县", 700), (0, "市", "乙县", 300),
                   (9, "甲县", "丙乡", 400))  # fmt: skip
RECEIPTS = ledger("receipts", (2, "市", "甲县", 700), (3, "市", "乙县", 200),
                  (10, "甲县", "丙乡", 400))  # fmt: skip
PAYMENTS = ledger("payments", (12, "", "丙乡", 350), (5, "", "甲县", 100), (20, "", "甲县", -30))


def test_each_unit_receives_passes_on_spends_and_keeps():
    _, county, unpaid, _ = records(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))

    amounts = ("received_fen", "passed_on_fen", "spent_fen", "kept_fen")
    assert [county[column] for column in amounts] == [700, 400, 70, 230]
    assert county["days_to_first_payment"] == 3
    assert county["first_receipt"] == pd.Timestamp("2018-01-03")
    assert pd.isna(unpaid["days_to_first_payment"])


def test_what_the_source_of_the_money_passed_on_was_its_own_and_what_it_keeps_is_unknown():
    city, *others = records(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))

    assert (city["own_fen"], city["received_fen"]) == (1000, 0)
    assert pd.isna(city["kept_fen"])
    assert {unit["own_fen"] for unit in others} == {0}


def test_a_unit_that_only_a_ledger_names_is_not_lost():
    flow = funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS[UNITS["unit"] != "丙乡"])

    assert flow["unit"].tolist() == ["市", "甲县", "乙县", "丙乡"]
    assert flow["level"].iloc[-1] == ""
    assert funds.flow_by_level(flow)["level"].tolist() == ["city", "county", ""]


def test_what_one_level_passed_on_the_next_received_or_it_is_in_transit():
    levels = funds.flow_by_level(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))

    assert levels["level"].tolist() == ["city", "county", "township"]
    assert levels["units_count"].tolist() == [1, 2, 1]
    assert levels["in_transit_fen"].tolist() == [100, 0, 0]
    came = levels["own_fen"] + levels["received_fen"]
    went = levels["passed_on_fen"] + levels["spent_fen"] + levels["kept_fen"]
    assert came.tolist() == went.tolist() == [1000, 900, 400]


def test_without_ledgers_nothing_is_said_of_any_unit():
    nothing = ledger("receipts")

    flow = funds.fund_flow(nothing, nothing, nothing, UNITS)

    assert flow.empty
    assert funds.flow_by_level(flow).empty
    assert funds.held(nothing, nothing, nothing, days=30, until=START).empty


def held(*, receipts, transfers=(), payments=(), days=30, until=365):
    found = funds.held(
        ledger("receipts", *receipts),
        ledger("transfers", *transfers),
        ledger("payments", *payments),
        days=days,
        until=START + timedelta(until),
    )
    return dict(zip(found["entry_id"], found["detail"], strict=True))


@pytest.mark.parametrize(("day", "found"), [(30, {}), (31, {"r02": "days=31;held_fen=100"})])
def test_money_passed_on_on_the_last_day_was_not_held(day, found):
    receipts, transfers = [(0, "市", "甲县", 100)], [(day, "甲县", "丙乡", 100)]

    assert held(receipts=receipts, transfers=transfers) == found


@pytest.mark.parametrize(("until", "found"), [(30, {}), (31, {"r02": "days=31;held_fen=100"})])
def test_money_is_not_held_before_the_days_are_over(until, found):
    assert held(receipts=[(0, "市", "甲县", 100)], until=until) == found


def test_what_came_first_goes_first_and_the_part_that_stays_is_held():
    receipts = [(0, "市", "甲县", 100), (20, "市", "甲县", 50)]
    payments = [(10, "", "甲县", 70), (25, "", "甲县", 40), (60, "", "甲县", 40)]

    assert held(receipts=receipts, payments=payments) == {"r03": "days=40;held_fen=40"}


def test_money_returned_to_where_it_came_from_is_not_held():
    assert held(receipts=[(0, "市", "甲县", 100), (9, "市", "甲县", -100)]) == {}


def test_money_that_comes_back_has_days_of_its_own():
    receipts, payments = [(0, "市", "甲县", 100)], [(10, "", "甲县", 100), (50, "", "甲县", -40)]

    assert held(receipts=receipts, payments=payments, until=80) == {}
    assert held(receipts=receipts, payments=payments, until=81) == {"p03": "days=31;held_fen=40"}


def test_a_payment_in_advance_is_set_against_the_money_that_comes():
    assert held(receipts=[(9, "市", "甲县", 100)], payments=[(0, "", "甲县", 100)]) == {}


move = st.tuples(st.integers(0, 25), st.sampled_from(["甲县", "乙县"]), st.integers(1, 9))


def first_in_first_out(inflows, outflows, days, until):
    """Day by day with a queue: what is still there of each inflow after its days."""
    found: dict[str, int] = {}
    for unit in ("甲县", "乙县"):
        queue, debt = [], 0
        for day in range(until + 1):
            for name, at, whose, fen in inflows:
                if (at, whose) == (day, unit):
                    queue.append([name, at, fen])
            debt += sum(fen for at, whose, fen in outflows if (at, whose) == (day, unit))
            for entry in queue:
                used = min(debt, entry[2])
                entry[2], debt = entry[2] - used, debt - used
            found |= {n: left for n, at, left in queue if at + days == day < until and left}
    return found


@given(st.lists(move, max_size=8), st.lists(move, max_size=8), st.integers(1, 12), st.randoms())
@settings(max_examples=40, deadline=None)
def test_held_is_what_a_queue_gives_day_by_day_whatever_order_rows_have(came, went, days, random):
    """Property, against a plain simulation of first in, first out."""
    receipts = ledger("receipts", *((day, "市", unit, fen) for day, unit, fen in came))
    payments = ledger("payments", *((day, "", unit, fen) for day, unit, fen in went))
    named = [(f"r{i:02}", *row) for i, row in enumerate(came, 2)]
    order = random.sample(range(len(came)), len(came))

    found = funds.held(
        receipts.iloc[order], ledger("transfers"), payments, days=days, until=START + timedelta(20)
    )

    left = {row["entry_id"]: int(row["detail"].split("=")[-1]) for row in records(found)}
    assert left == first_in_first_out(named, went, days, 20)
    assert found["case_no"].tolist() == list(range(1, len(found) + 1))


@given(st.lists(st.tuples(move, st.integers(0, 9)), max_size=10))
@settings(max_examples=25, deadline=None)
def test_no_fen_is_lost_between_the_levels(rows):
    """Property: what the city gave is spent, kept or in transit somewhere."""
    transfers = ledger("transfers", *((day, "市", unit, fen) for (day, unit, fen), _ in rows))
    receipts = ledger("receipts", *((day, "市", unit, fen) for (day, unit, fen), _ in rows[1:]))
    payments = ledger("payments", *((day, "", unit, paid) for (day, unit, _), paid in rows))

    levels = funds.flow_by_level(funds.fund_flow(transfers, receipts, payments, UNITS))

    ended = levels[["spent_fen", "kept_fen", "in_transit_fen"]].sum().sum()
    assert levels["own_fen"].sum() == transfers["amount"].sum() == ended


def test_ledgers_in_a_database_give_the_same_as_frames():
    with duckdb.connect(":memory:") as database:
        relations = []
        for title, frame in (("a", TRANSFERS), ("b", RECEIPTS), ("c", PAYMENTS)):
            database.register(title, frame)
            relations.append(database.sql(f"select * from {title}"))
        transfers, receipts, payments = relations

        flow = funds.fund_flow(transfers, receipts, payments, UNITS)
        kept = funds.held(receipts, transfers, payments, days=30, until=date(2018, 12, 31))

    assert flow.equals(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))
    assert kept.equals(funds.held(RECEIPTS, TRANSFERS, PAYMENTS, days=30, until=date(2018, 12, 31)))
    assert kept["entry_id"].tolist() == ["r02", "r03", "r04", "p04"]


def test_a_sum_that_was_held_is_a_finding_by_the_part_that_stayed():
    receipts = ledger("receipts", (0, "市", "甲县", 300))
    payments = ledger("payments", (5, "", "甲县", 250))
    found = funds.held(receipts, ledger("transfers"), payments, days=30, until=date(2018, 3, 1))

    (finding,) = funds.flow_findings(found, money_unit="元", material=100)

    assert (finding.rule, finding.severity) == ("funds.held", Severity.MEDIUM)
    assert (finding.actual, finding.actual_source) == ("0.50元", "receipts.csv:2")
    assert finding.details == {"date": "2018-01-01", "received": "3.00元", "days": "59"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_widths_of_the_bands_are_the_amounts_of_the_table(lang):
    levels = funds.flow_by_level(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))

    chart = charts_flow.fund_flow(levels, lang=lang, money_unit="元")

    bars = [bar.get_height() for bar in chart.axes[0].patches if hasattr(bar, "get_height")]
    assert bars == [1.0, 0.9, 0.4]
    assert len(chart.axes[0].patches) == 3 + 2 + 5
    words = [text.get_text() for text in chart.axes[0].texts]
    assert [w for w in words if w in ("10.00元", "9.00元", "4.00元")] == [
        "10.00元", "9.00元", "4.00元",
    ]  # fmt: skip
    assert {"1.00元", "0.70元", "4.30元", "3.50元", "0.50元"} <= set(words)


def test_without_money_the_chart_says_that_there_is_nothing():
    levels = funds.flow_by_level(funds.fund_flow(ledger("t"), ledger("r"), ledger("p"), UNITS))

    chart = charts_flow.fund_flow(levels, lang="zh", money_unit="元")

    assert "没有可画的数据" in [text.get_text() for text in chart.texts]


def test_no_chinese_character_of_the_chart_is_missing_and_it_is_drawn_the_same_each_time(tmp_path):
    levels = funds.flow_by_level(funds.fund_flow(TRANSFERS, RECEIPTS, PAYMENTS, UNITS))

    for name in ("a.svg", "b.svg"):
        chart = charts_flow.fund_flow(levels, lang="zh", money_unit="万元")
        chart.savefig(tmp_path / name, metadata={"Date": None})

    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
