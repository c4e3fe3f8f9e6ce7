"""Transfers against receipts: rules in order, each line once, no fen lost."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.facts import Severity, records
from auditbook.procedures import funds
from auditbook.procedures.funds.documents import document_no_sql
from auditbook.query import query

COLUMNS = ["entry_id", "date", "unit", "payee", "document_no", "amount", "source_row"]


def lines(kind, *rows):
    """Rows of (day of the year, unit, document_no, amount in fen)."""
    table = pd.DataFrame(
        [
            (f"{kind[0]}{i}", date(2018, 1, 1) + timedelta(day), unit, "", no, fen, f"{kind}:{i}")
            for i, (day, unit, no, fen) in enumerate(rows, 2)
        ],
        columns=COLUMNS,
    )
    kinds = {column: "str" for column in COLUMNS}
    return table.astype(kinds | {"date": "datetime64[ns]", "amount": "int64"})


def matched(sent, received, **limits):
    """What matched as (rule, sent_id, received_id), and the three tables of what did not."""
    found = funds.match_transfers(lines("transfers", *sent), lines("receipts", *received), **limits)
    pairs = found.matches[["rule", "sent_id", "received_id"]].itertuples(index=False)
    return [tuple(pair) for pair in pairs], found


@pytest.mark.parametrize(
    "written",
    ["昆财建〔2018〕12号", "昆财建[２０１８]０１２号", "昆财建 【2018】 12 号", "昆财建（2018）12",
     "昆财建2018－0012号", "昆 财 建 2 0 1 8 — 1 2 号"],
)  # fmt: skip
def test_a_document_number_is_the_same_however_it_is_written(written):
    assert funds.normal_document_no(written) == "昆财建201812"


def test_document_numbers_that_differ_stay_different():
    numbers = ["昆财建〔2018〕12号", "昆财建〔2018〕120号", "昆财社〔2018〕12号", "A0", "A", "B-10"]

    assert len({funds.normal_document_no(number) for number in numbers}) == len(numbers)
    assert funds.normal_document_no(" -　") == ""


marks = st.text(alphabet="00112９０aｚZ 　\u200b\t-－—_〔〕[](（）【】号財")
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(marks | texts, min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_document_numbers_are_the_same_in_sql_and_python(numbers):
    table = pd.DataFrame({"i": range(len(numbers)), "no": pd.Series(numbers, dtype="str")})

    answer = query(f"select i, {document_no_sql('no')} as plain from t order by i", t=table)

    assert answer["plain"].tolist() == [funds.normal_document_no(text) for text in numbers]


def test_the_same_document_number_and_amount_match_many_days_later_too():
    pairs, found = matched([(0, "甲", "建〔2018〕1号", 100)], [(200, "甲", "建[2018]01", 100)])

    assert pairs == [("document_amount", "t2", "r2")]
    assert found.matches["days"].tolist() == [200]
    assert found.exceptions.empty


def test_equal_lines_of_one_document_match_first_with_first():
    sent = [(5, "甲", "1", 100), (1, "甲", "1", 100)]

    pairs, found = matched(sent, [(2, "甲", "1", 100), (6, "甲", "1", 100), (7, "甲", "1", 100)])

    assert pairs == [("document_amount", "t3", "r2"), ("document_amount", "t2", "r3")]
    assert found.unmatched_received["entry_id"].tolist() == ["r4"]


def test_without_a_document_number_amount_unit_and_days_decide_and_the_nearest_goes_first():
    sent = [(0, "甲", "1", 100), (8, "甲", "2", 100)]

    pairs, _ = matched(sent, [(9, "甲", "", 100), (20, "甲", "", 100)])

    assert pairs == [("amount_unit_days", "t3", "r2"), ("amount_unit_days", "t2", "r3")]


@pytest.mark.parametrize(("day", "matches"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
def test_a_receipt_without_number_fits_from_the_day_of_the_transfer_to_the_last_of_the_window(
    day, matches
):
    pairs, found = matched([(40, "甲", "1", 100)], [(40 + day, "甲", "", 100)], days=30)

    assert len(pairs) == matches
    assert len(found.unmatched_sent) == len(found.unmatched_received) == 1 - matches


@pytest.mark.parametrize(
    "receipt", [(3, "甲", "2", 100), (3, "乙", "", 100), (3, "甲", "", 101), (3, "甲", "", -100)]
)
def test_another_document_unit_amount_or_sign_is_no_match(receipt):
    pairs, found = matched([(0, "甲", "1", 100)], [receipt])

    assert pairs == []
    assert found.unmatched_sent["test"].tolist() == ["unmatched_sent"]
    assert found.unmatched_received["amount_fen"].tolist() == [receipt[3]]


def test_one_sum_received_in_several_parts_is_one_match_with_a_row_per_part():
    receipts = [(2, "甲", "1", 60), (9, "甲", "", 30), (11, "甲", "", 10), (12, "甲", "", 7)]

    pairs, found = matched([(0, "甲", "1", 100)], receipts)

    assert pairs == [("lump_sent", "t2", f"r{i}") for i in (2, 3, 4)]
    assert found.matches["match_no"].tolist() == [1, 1, 1]
    assert found.matches["sent_fen"].tolist() == [60, 30, 10]
    assert found.unmatched_received["entry_id"].tolist() == ["r5"]


def test_several_transfers_received_as_one_are_one_match():
    sent = [(0, "甲", "1", 60), (3, "甲", "2", 40), (3, "乙", "2", 40)]

    pairs, found = matched(sent, [(5, "甲", "1", 100)])

    assert sorted(pairs) == [("lump_received", "t2", "r2"), ("lump_received", "t3", "r2")]
    assert found.matches["received_fen"].sum() == 100
    assert found.unmatched_sent["entry_id"].tolist() == ["t4"]


@pytest.mark.parametrize(
    ("sent", "receipts"),
    [
        ((0, "甲", "1", 100), [(2, "甲", "2", 60), (2, "甲", "3", 40)]),
        ((0, "甲", "1", 100), [(2, "甲", "", 60), (31, "甲", "", 40)]),
        ((0, "甲", "1", 100), [(2, "甲", "", 130), (3, "甲", "", -30)]),
        ((0, "甲", "1", 700), [(day, "甲", "", 100) for day in range(7)]),
    ],
    ids=["other documents", "after the window", "other sign", "seven parts"],
)
def test_what_is_no_lump_sum_stays_unmatched(sent, receipts):
    pairs, found = matched([sent], receipts)

    assert pairs == []
    assert len(found.exceptions) == 1 + len(receipts)


def test_the_same_document_with_another_amount_is_a_difference_and_not_unmatched():
    pairs, found = matched([(0, "甲", "建1号", 100)], [(3, "甲", "建 01", 90)])

    assert pairs == []
    assert found.differences["entry_id"].tolist() == ["t2", "r2"]
    assert found.differences["case_no"].tolist() == [1, 1]
    assert set(found.differences["detail"]) == {"sent_fen=100;received_fen=90"}
    assert found.unmatched_sent.empty
    assert found.unmatched_received.empty


def test_money_returned_matches_money_returned():
    sent = [(0, "甲", "1", 100), (9, "甲", "1", -20)]

    pairs, _ = matched(sent, [(1, "甲", "1", 100), (9, "甲", "", -20)])

    assert pairs == [("document_amount", "t2", "r2"), ("amount_unit_days", "t3", "r3")]


def test_a_tolerance_lets_amounts_pass_the_closest_first():
    receipts = [(1, "甲", "1", 98), (2, "甲", "1", 99), (3, "乙", "", 51), (5, "丙", "", 24)]
    sent = [(0, "甲", "1", 100), (0, "乙", "2", 50), (0, "丙", "3", 50), (0, "丁", "4", 5)]

    pairs, found = matched(sent, [*receipts, (6, "丙", "", 25), (6, "丁", "4", 7)], tolerance=1)

    assert pairs == [
        ("document_amount", "t2", "r3"), ("amount_unit_days", "t3", "r4"),
        ("lump_sent", "t4", "r5"), ("lump_sent", "t4", "r6"),
    ]  # fmt: skip
    assert found.matches["difference_fen"].tolist() == [1, -1, 0, 1]
    assert found.differences["entry_id"].tolist() == ["t5", "r7"]


def test_an_amount_that_is_equal_goes_before_one_that_is_only_close():
    pairs, _ = matched([(0, "甲", "1", 100)], [(1, "甲", "", 99), (9, "甲", "", 100)], tolerance=1)

    assert pairs == [("amount_unit_days", "t2", "r3")]


def test_without_lines_there_is_nothing_but_every_column():
    pairs, found = matched([], [])

    assert pairs == []
    assert found.exceptions.columns.tolist() == [
        "test", "case_no", "entry_id", "date", "unit", "payee", "document_no", "amount_fen",
        "detail", "source_row",
    ]  # fmt: skip
    assert str(found.exceptions.dtypes["amount_fen"]) == "int64"


row = st.tuples(
    st.integers(0, 45),
    st.sampled_from("甲乙"),
    st.sampled_from(["", "", "建1号", "建01", "2"]),
    st.sampled_from([10, 20, 30, 50, 51, -10, -20]),
)
rows = st.lists(row, max_size=9)


def fingerprint(found):
    tables = (found.matches, found.unmatched_sent, found.unmatched_received, found.differences)
    return [table.to_csv() for table in tables]


@given(rows, rows, st.integers(0, 1), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_decides_nothing(sent, received, tolerance, random):
    """Property: shuffled ledgers give the same four tables."""
    tables = [lines("transfers", *sent), lines("receipts", *received)]
    found = funds.match_transfers(*tables, days=20, tolerance=tolerance)
    shuffled = [
        table.iloc[random.sample(range(len(table)), len(table))].reset_index(drop=True)
        for table in tables
    ]

    again = funds.match_transfers(*shuffled, days=20, tolerance=tolerance)

    assert fingerprint(again) == fingerprint(found)


@given(rows, rows, st.integers(0, 1))
@settings(max_examples=40, deadline=None)
def test_every_line_is_used_once_and_no_fen_is_lost(sent, received, tolerance):
    """Property: matched + unmatched + differing is what was sent, and what was received."""
    ledgers = {"t": lines("transfers", *sent), "r": lines("receipts", *received)}
    found = funds.match_transfers(ledgers["t"], ledgers["r"], days=20, tolerance=tolerance)

    for side, ids, fens, left in (
        ("t", "sent_id", "sent_fen", found.unmatched_sent),
        ("r", "received_id", "received_fen", found.unmatched_received),
    ):
        differing = found.differences[found.differences["entry_id"].str.startswith(side)]
        once = found.matches.drop_duplicates(["match_no", ids])[ids]
        assert sorted([*once, *left["entry_id"], *differing["entry_id"]]) == sorted(
            ledgers[side]["entry_id"]
        )
        total = found.matches[fens].sum() + left["amount_fen"].sum()
        assert total + differing["amount_fen"].sum() == ledgers[side]["amount"].sum()
    gaps = found.matches.groupby("match_no")["difference_fen"].sum().abs()
    assert (gaps <= tolerance).all()


def plainly(sent, received, days):
    """The first two rules in plain loops."""
    free = {"t": records(sent.sort_values(["date", "entry_id"])),
            "r": records(received.sort_values(["date", "entry_id"]))}  # fmt: skip
    found = []

    def use(rule, s, r):
        found.append((rule, s["entry_id"], r["entry_id"]))
        free["t"].remove(s)
        free["r"].remove(r)

    def number(line):
        return funds.normal_document_no(line["document_no"])

    def same(s, r):
        return (s["unit"], s["amount"]) == (r["unit"], r["amount"])

    for s in list(free["t"]):
        fits = [r for r in free["r"] if same(s, r) and number(s) == number(r) != ""]
        if fits:
            use("document_amount", s, fits[0])
    near = [
        ((r["date"] - s["date"]).days, s["date"], s["entry_id"], r["date"], r["entry_id"], s, r)
        for s in free["t"] for r in free["r"]
        if same(s, r) and "" in (number(s), number(r))
    ]  # fmt: skip
    for gap, *_, s, r in sorted(near, key=lambda pair: pair[:5]):
        if 0 <= gap <= days and s in free["t"] and r in free["r"]:
            use("amount_unit_days", s, r)
    return found


@given(rows, rows)
@settings(max_examples=40, deadline=None)
def test_pairs_are_those_of_the_rules_in_plain_loops(sent, received):
    tables = lines("transfers", *sent), lines("receipts", *received)

    found = funds.match_transfers(*tables, days=20).matches

    pairs = found.loc[~found["rule"].str.startswith("lump"), ["rule", "sent_id", "received_id"]]
    assert [tuple(pair) for pair in pairs.to_numpy()] == plainly(*tables, days=20)


def test_ledgers_in_a_database_give_the_same_as_frames():
    sent = lines("transfers", *[(i, "甲乙"[i % 2], f"建{i}号", 100 + i) for i in range(30)])
    received = lines("receipts", *[(i + 3, "甲乙"[i % 2], f"建0{i}", 100 + i) for i in range(25)])
    with duckdb.connect(":memory:") as database:
        relations = []
        for title, frame in (("a", sent), ("b", received)):
            database.register(title, frame)
            relations.append(database.sql(f"select * from {title}"))

        found = funds.match_transfers(*relations)

    assert len(found.matches) == 25
    assert fingerprint(found) == fingerprint(funds.match_transfers(sent, received))


def test_tables_of_another_kind_are_refused():
    with pytest.raises(TypeError, match="no table: object"):
        funds.match_transfers(object(), object())


def test_each_exception_is_a_finding_with_its_rows():
    sent = [(0, "甲", "1", 100), (0, "乙", "2", 70)]

    _, found = matched(sent, [(3, "甲", "1", 90), (4, "丙", "", 5)])
    findings = funds.matching_findings(found.exceptions, money_unit="元", material=10)

    assert [f.rule for f in findings] == [
        "funds.unmatched_sent", "funds.unmatched_received", "funds.amount_mismatch",
    ]  # fmt: skip
    assert [f.severity for f in findings] == [Severity.HIGH, Severity.MEDIUM, Severity.HIGH]
    assert (findings[0].expected_source, findings[0].actual_source) == ("transfers:3", "")
    assert (findings[1].expected, findings[1].actual) == ("0.00元", "0.05元")
    assert findings[1].details["document_no"] == "—"
    assert (findings[2].expected, findings[2].actual) == ("1.00元", "0.90元")
    assert (findings[2].expected_source, findings[2].actual_source) == ("transfers:2", "receipts:2")
