"""Tests of a ledger that look at several payments: duplicates, splits, returns."""

from collections import Counter, defaultdict

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.ledger import (
    duplicate_payments,
    near_duplicates,
    returns,
    split_payments,
)
from ledger_lines import details, entries, ledger, random_ledgers

KEYS = ["unit", "payee", "amount", "date"]


def test_equal_payments_of_one_day_are_duplicates():
    found = duplicate_payments(
        ledger(("2018-03-05", 100), ("2018-03-05", 100), ("2018-03-06", 100)), keys=KEYS
    )

    assert entries(found) == [["P0001", "P0002"]]
    assert details(found) == ["times=2"]


def test_a_payment_returned_and_paid_again_is_no_duplicate():
    lines = [("2018-03-05", 100), ("2018-03-05", -100), ("2018-03-05", 100)]

    assert duplicate_payments(ledger(*lines), keys=KEYS).empty
    assert entries(duplicate_payments(ledger(*lines, ("2018-03-05", 100)), keys=KEYS)) == [
        ["P0001", "P0002", "P0003", "P0004"]
    ]


def test_duplicates_differ_in_nothing_that_is_a_key():
    other = ("2018-03-05", 100, {"payee": "李二"})

    assert duplicate_payments(ledger(("2018-03-05", 100), other), keys=KEYS).empty
    assert len(duplicate_payments(ledger(("2018-03-05", 100), other), keys=["amount"])) == 2


def test_lines_without_payee_are_compared_only_where_the_payee_is_no_key():
    nobody = ("2018-03-05", 100, {"payee": ""})

    assert duplicate_payments(ledger(nobody, nobody), keys=KEYS).empty
    assert len(duplicate_payments(ledger(nobody, nobody), keys=["unit", "amount"])) == 2


def test_duplicates_need_keys_that_the_ledger_has():
    with pytest.raises(ValueError, match="keys"):
        duplicate_payments(ledger(), keys=[])
    with pytest.raises(KeyError, match="account"):
        duplicate_payments(ledger().drop(columns="account"), keys=["account"])


def test_a_table_with_the_needed_columns_only_is_enough():
    lines = ledger(("2018-03-05", 100), ("2018-03-05", 100))[["entry_id", "date", "amount"]]
    found = duplicate_payments(lines, keys=["amount", "date"])

    assert entries(found) == [["P0001", "P0002"]]
    assert set(found["source_row"]) == {""}


@pytest.mark.parametrize(("day", "count"), [(5, 0), (6, 2), (8, 2), (9, 0)])
def test_near_duplicates_are_one_to_n_days_apart(day, count):
    """N = 3, first paid on the 5th: the same day is no near duplicate, nor is the 9th."""
    lines = ledger(("2018-03-05", 100), (f"2018-03-{day:02d}", 100))

    assert len(near_duplicates(lines, days=3)) == count


def test_near_duplicates_of_a_chain_are_one_exception_whichever_unit_paid():
    lines = ledger(
        ("2018-03-05", 100), ("2018-03-08", 100, {"unit": "乙乡"}), ("2018-03-11", 100),
        ("2018-03-15", 100), ("2018-03-16", 100),
    )  # fmt: skip
    found = near_duplicates(lines, days=3)

    assert entries(found) == [["P0001", "P0002", "P0003"], ["P0004", "P0005"]]
    assert details(found) == ["days=6;times=3", "days=1;times=2"]


def test_a_returned_payment_is_no_near_duplicate():
    lines = ledger(("2018-03-05", 100), ("2018-03-06", -100), ("2018-03-07", 100))

    assert near_duplicates(lines, days=3).empty


def test_split_payments_reach_the_limit_within_the_days():
    found = split_payments(ledger(("2018-03-05", 60), ("2018-03-07", 40)), limit=100, days=2)

    assert entries(found) == [["P0001", "P0002"]]
    assert details(found) == ["limit_fen=100;sum_fen=100"]


@pytest.mark.parametrize(
    "lines",
    [
        [("2018-03-05", 60), ("2018-03-07", 39)],
        [("2018-03-05", 60), ("2018-03-08", 40)],
        [("2018-03-05", 100), ("2018-03-05", 99)],
        [("2018-03-05", 60), ("2018-03-05", 60, {"payee": "李二"})],
        [("2018-03-05", 60), ("2018-03-05", 60, {"unit": "乙乡"})],
        [("2018-03-05", 60, {"payee": ""}), ("2018-03-05", 60, {"payee": ""})],
    ],
    ids=["one fen below", "too far apart", "one over the limit", "payees", "units", "no payee"],
)
def test_what_is_no_split(lines):
    assert split_payments(ledger(*lines), limit=100, days=2).empty


def test_windows_that_share_a_line_are_one_exception_and_others_are_not():
    days = [1, 2, 3, 10, 11]
    lines = ledger(*[(f"2018-03-{day:02d}", 60) for day in days])
    found = split_payments(lines, limit=100, days=1)

    assert entries(found) == [["P0001", "P0002", "P0003"], ["P0004", "P0005"]]
    assert details(found) == ["limit_fen=100;sum_fen=180", "limit_fen=100;sum_fen=120"]


def test_neighbours_of_two_windows_without_a_common_line_are_two_exceptions():
    lines = ledger(("2018-03-01", 60), ("2018-03-02", 60), ("2018-03-04", 60), ("2018-03-05", 60))

    assert entries(split_payments(lines, limit=120, days=1)) == [
        ["P0001", "P0002"], ["P0003", "P0004"],
    ]  # fmt: skip


def test_a_return_names_the_nearest_payment_before_that_is_not_yet_taken_back():
    lines = ledger(
        ("2018-03-01", 100), ("2018-03-02", 100), ("2018-03-03", -100), ("2018-03-04", -100),
        ("2018-03-05", -100), ("2018-03-06", 100),
    )  # fmt: skip
    found = returns(lines)
    explained, rest = (found[found["test"] == t] for t in ("returns", "returns_unexplained"))

    assert entries(explained) == [["P0001", "P0004"], ["P0002", "P0003"]]
    assert details(explained) == ["returns=P0001", "returns=P0002"]
    assert entries(rest) == [["P0005"]]
    assert details(rest) == ["unexplained"]


def test_on_the_day_of_a_return_the_payment_may_stand_after_it():
    assert details(returns(ledger(("2018-03-01", -100), ("2018-03-01", 100)))) == ["returns=P0002"]


def test_nothing_found_is_a_table_with_all_columns():
    found = returns(ledger())

    assert found.empty
    assert found.dtypes.equals(returns(ledger(("2018-03-01", -100))).dtypes)


@settings(deadline=None, max_examples=60)
@given(random_ledgers(), st.sampled_from([KEYS, ["payee", "amount"], ["unit", "date"]]))
def test_duplicates_are_those_of_counting_by_hand(lines, keys):
    groups: dict = defaultdict(set)
    net: Counter = Counter()
    for row in lines.to_dict("records"):
        if "payee" in keys and not row["payee"]:
            continue
        key = tuple(abs(row[k]) if k == "amount" else row[k] for k in keys)
        groups[key].add(row["entry_id"])
        net[key] += 1 if row["amount"] > 0 else -1
    expected = {frozenset(ids) for key, ids in groups.items() if net[key] > 1}

    assert _cases(duplicate_payments(lines, keys=keys)) == expected


@settings(deadline=None, max_examples=60)
@given(random_ledgers(20), st.integers(1, 9), st.sampled_from([5000, 10000, 12000, 20000]))
def test_splits_are_those_of_trying_every_window(lines, days, limit):
    assert _cases(split_payments(lines, limit=limit, days=days)) == _splits(lines, limit, days)


@settings(deadline=None, max_examples=60)
@given(random_ledgers(20))
def test_returns_are_those_of_taking_one_after_another(lines):
    expected = {pair for pair in _taken_back(lines).items()}
    found = returns(lines)
    negative = found[found["amount_fen"] < 0]
    original = negative["detail"].str.removeprefix("returns=")

    assert set(zip(negative["entry_id"], original, strict=True)) == expected


@settings(deadline=None, max_examples=60)
@given(random_ledgers(20), st.integers(1, 9))
def test_near_duplicates_are_those_of_walking_along_the_dates(lines, days):
    assert _cases(near_duplicates(lines, days=days)) == _near(lines, days)


def _cases(found):
    return {frozenset(ids) for ids in entries(found)}


def _splits(lines, limit, days):
    hits = []
    small = lines[(lines["amount"] > 0) & (lines["amount"] < limit) & (lines["payee"] != "")]
    for _, group in small.groupby(["unit", "payee"]):
        for first in group["date"]:
            for last in group["date"]:
                window = group[group["date"].between(first, last)]
                if last - first <= pd.Timedelta(days, "D") and window["amount"].sum() >= limit:
                    hits.append(frozenset(window["entry_id"]))
    cases: set = set()
    for hit in hits:
        linked = {case for case in cases if case & hit}
        cases = (cases - linked) | {hit.union(*linked)}
    return cases


def _in_order(lines):
    rows = lines.to_dict("records")
    return sorted(rows, key=lambda row: (row["date"], row["amount"] < 0, row["entry_id"]))


def _taken_back(lines):
    """Entry id of each return → entry id of its payment, or ``unexplained``."""
    free, found = [], {}
    for row in _in_order(lines):
        if row["amount"] > 0:
            free.append(row)
            continue
        same = [p for p in free if all(p[c] == row[c] for c in ("unit", "payee"))
                and p["amount"] == -row["amount"]]  # fmt: skip
        if same:
            free.remove(same[-1])
        found[row["entry_id"]] = same[-1]["entry_id"] if same else "unexplained"
    return found


def _near(lines, days):
    returned = set(_taken_back(lines).values())
    runs: dict = defaultdict(list)
    for row in _in_order(lines):
        if row["amount"] < 0 or not row["payee"] or row["entry_id"] in returned:
            continue
        of_payee = runs[row["payee"], row["amount"]]
        if of_payee and row["date"] - of_payee[-1][-1]["date"] <= pd.Timedelta(days, "D"):
            of_payee[-1].append(row)
        else:
            of_payee.append([row])
    every = [run for of_payee in runs.values() for run in of_payee]
    return {frozenset(row["entry_id"] for row in run)
            for run in every if run[0]["date"] < run[-1]["date"]}  # fmt: skip
