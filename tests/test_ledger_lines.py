"""Tests of a ledger that look at lines and vouchers: time, purpose, funds, staff, numbers."""

from collections import defaultdict
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings

from auditbook.procedures.ledger import (
    after_cut_off,
    before_arrival,
    mixed_funds,
    non_working_days,
    purpose_not_allowed,
    round_sums,
    staff_payees,
    voucher_gaps,
)
from ledger_lines import FUND, details, entries, ledger, random_ledgers, staff


def test_before_the_first_receipt_is_too_early_and_its_day_is_not():
    receipts = ledger(("2018-03-06", 100), ("2018-04-01", 100))
    lines = ledger(("2018-03-05", 1), ("2018-03-06", 1), ("2018-03-01", -1))
    found = before_arrival(lines, receipts=receipts, fund=FUND)

    assert entries(found) == [["P0001"]]
    assert details(found) == ["first_receipt=2018-03-06"]


def test_a_unit_without_any_receipt_paid_everything_too_early():
    receipts = ledger(("2018-03-01", 100, {"unit": "乙乡"}), ("2018-03-01", -100))
    found = before_arrival(ledger(("2018-03-05", 1)), receipts=receipts, fund=FUND)

    assert details(found) == ["no_receipt"]


def test_receipts_of_another_fund_are_no_arrival_of_this_one():
    other = {"fund": "其他资金"}
    receipts = ledger(("2018-03-01", 100, other), ("2018-03-06", 1))
    lines = ledger(("2018-03-05", 1), ("2018-02-05", 1, other))

    assert entries(before_arrival(lines, receipts=receipts, fund=FUND)) == [["P0001"]]


def test_after_the_cut_off_is_late_and_its_day_is_not():
    found = after_cut_off(
        ledger(("2018-12-31", 1), ("2019-01-03", 1), ("2019-01-04", -1)),
        cut_off=date(2018, 12, 31),
    )

    assert entries(found) == [["P0002"]]
    assert details(found) == ["days=3"]


def test_a_purpose_is_compared_without_spaces_and_full_width():
    purposes = ["Ａ类 补　助", "A类补助", "购车;加油", "", "a类补助"]
    lines = ledger(*[("2018-03-05", 1, {"purpose": text}) for text in purposes])
    found = purpose_not_allowed(lines, allowed=["A类补助"])

    assert entries(found) == [["P0003"], ["P0005"]]
    assert details(found) == ["purpose=购车,加油", "purpose=a类补助"]


def test_quotes_and_backslashes_in_settings_are_text():
    odd = "王'餐费\\nselect ' from line where"
    lines = ledger(("2018-03-05", 1, {"purpose": odd}))

    assert purpose_not_allowed(lines, allowed=[odd]).empty
    assert details(purpose_not_allowed(lines, allowed=["补助"])) == [
        f"purpose={odd.replace(' ', '')}"
    ]


def test_a_voucher_with_the_fund_and_another_is_mixed():
    other = {"fund": "其他资金", "document_no": "记-1"}
    lines = ledger(
        ("2018-03-05", 1, {"document_no": "记-1"}), ("2018-03-06", 1, other),
        ("2018-04-05", 1, {"document_no": "记-1"}), ("2018-03-05", 1, other | {"unit": "乙乡"}),
        ("2018-03-05", 1, other | {"document_no": "记-2"}), ("2018-03-05", 1, other),
    )  # fmt: skip
    found = mixed_funds(lines, fund=FUND)

    assert entries(found) == [["P0001", "P0006", "P0002"]]
    assert details(found) == ["voucher"]


@pytest.mark.parametrize("joint", list("、,，/;；+和及与"))
def test_a_line_that_names_several_funds_is_mixed(joint):
    found = mixed_funds(ledger(("2018-03-05", 1, {"fund": f"其他资金{joint}{FUND}"})), fund=FUND)

    assert details(found) == ["one_line"]


@pytest.mark.parametrize(
    "cell", ["", f" {FUND}", f"{FUND}、", "其他资金、第三资金", f"第二{FUND}、其他资金"]
)
def test_a_line_that_does_not_name_the_fund_beside_others_is_not_mixed(cell):
    assert mixed_funds(ledger(("2018-03-05", 1, {"fund": cell})), fund=FUND).empty


def test_a_fund_whose_name_has_an_and_in_it_is_one_fund():
    lines = ledger(("2018-03-05", 1, {"fund": "服务和治安补助"}))

    assert mixed_funds(lines, fund="服务和治安补助").empty


def test_a_multiple_is_round_and_one_fen_more_is_not():
    lines = ledger(("2018-03-05", 2000), ("2018-03-05", 2001), ("2018-03-05", -2000))

    assert entries(round_sums(lines, multiple=1000)) == [["P0001"]]


def test_weekends_and_holidays_are_no_working_days_and_make_up_days_are():
    """2018 (国办发明电〔2017〕12号): 1–7 October off, 29 and 30 September (weekend) worked."""
    days = ["2018-09-28", "2018-09-29", "2018-09-30", "2018-10-01", "2018-10-08", "2018-10-13"]
    found = non_working_days(ledger(*[(day, 1) for day in days]))

    assert entries(found) == [["P0004"], ["P0006"]]
    assert details(found) == ["holiday=National Day", "weekday=6"]


def test_a_year_without_a_calendar_is_said_to_be_unknown_once():
    found = non_working_days(ledger(("2018-03-05", 1), ("2099-03-02", 1), ("2099-03-01", 1)))

    assert entries(found) == [["P0003", "P0002"]]
    assert details(found) == ["calendar_unknown"]


def test_staff_are_found_by_account_where_both_have_one():
    listed = staff(("王一", "62 01"), ("李二", "6202"))
    lines = ledger(
        ("2018-03-05", 1, {"payee": "赵三", "account": "６２０１"}),
        ("2018-03-05", 1, {"payee": "王一", "account": "9999"}),
        ("2018-03-05", 1, {"payee": "李　二"}),
    )
    found = staff_payees(lines, staff=listed)

    assert entries(found) == [["P0001"], ["P0003"]]
    assert details(found) == ["by=account", "by=name"]


def test_staff_without_account_are_found_by_name():
    lines = ledger(("2018-03-05", 1, {"payee": "王一", "account": "9999"}), ("2018-03-05", -1))

    assert entries(staff_payees(lines, staff=staff(("王一", "")))) == [["P0001"]]
    assert entries(staff_payees(lines, staff=staff(("王一", ""))[["name"]])) == [["P0001"]]
    assert staff_payees(lines.drop(columns="account"), staff=staff(("李二", "1"))).empty


def vouchers(*numbers, **texts):
    return ledger(*[("2018-03-05", 1, {"document_no": n} | texts) for n in numbers])


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        (["记-0011", "记-0014"], ["missing=记-0012..记-0013"]),
        (["记-0011", "记-0011", "记-0012", "记-0014"], ["missing=记-0013"]),
        (["记-8", "记-11"], ["missing=记-9..记-10"]),
        (["98", "101", "１０３"], ["missing=99..100", "missing=102"]),
        (["记-0099", "付-0105", "记-0100", "", "无号"], []),
        (["2018-3", "2018 - 5"], ["missing=2018-4"]),
        (["9" * 20, "9" * 19 + "7"], [f"missing={'9' * 19}8"]),
    ],
)
def test_a_run_of_missing_numbers_is_one_exception(numbers, missing):
    assert details(voucher_gaps(vouchers(*numbers))) == missing


def test_the_entry_of_a_gap_is_the_first_line_after_it():
    assert entries(voucher_gaps(vouchers("1", "3", "3"))) == [["P0002"]]


def test_vouchers_start_again_each_month_and_in_each_unit():
    lines = ledger(
        ("2018-03-05", 1, {"document_no": "记-7"}), ("2018-04-05", 1, {"document_no": "记-1"}),
        ("2018-04-05", 1, {"document_no": "记-9", "unit": "乙乡"}),
    )  # fmt: skip

    assert voucher_gaps(lines).empty


@settings(deadline=None, max_examples=60)
@given(random_ledgers(20))
def test_gaps_are_those_of_going_through_the_numbers(lines):
    runs = defaultdict(set)
    for row in lines.to_dict("records"):
        number = row["document_no"].translate(str.maketrans("０９", "09"))
        prefix, digits = number.rstrip("0123456789"), number.lstrip("记付-")
        if digits:
            runs[row["unit"], prefix, row["date"].month].add(int(digits))
    missing = sum(len(set(range(min(run), max(run))) - run) for run in runs.values())
    found = 0
    for detail in details(voucher_gaps(lines)):
        ends = [int(end.rpartition("-")[2]) for end in detail.removeprefix("missing=").split("..")]
        found += ends[-1] - ends[0] + 1

    assert found == missing


def test_a_missing_column_is_named():
    lines = ledger(("2018-03-05", 1))

    with pytest.raises(KeyError, match="payee"):
        staff_payees(lines.drop(columns="payee"), staff=staff())
    with pytest.raises(KeyError, match="fund"):
        mixed_funds(lines.drop(columns="fund"), fund=FUND)
    with pytest.raises(KeyError, match="date"):
        round_sums(pd.DataFrame({"entry_id": ["a"], "amount": [1]}), multiple=5)
