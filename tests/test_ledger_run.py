"""All tests of a ledger together: what is run, in which order, and the findings."""

from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.ledger_settings import Ledger
from auditbook.facts import Severity, Verdict
from auditbook.procedures import ledger as tests
from ledger_lines import EVERY_TEST, FUND, ledger, planted, random_ledgers, shuffled, staff

STAFF = staff(("王一", "622201"), ("李二", ""))
RECEIPTS = ledger(("2018-01-20", 100), ("2018-10-01", 100, {"unit": "乙乡"}))
CUT_OFF = date(2018, 10, 15)
GIVEN = {"receipts": RECEIPTS, "staff": STAFF, "cut_off": CUT_OFF}


def every_test(lines):
    return tests.ledger_tests(lines, EVERY_TEST, **GIVEN)


def findings(found, *, material=10**9):
    return tests.ledger_findings(found, money_unit="元", material=material)


def test_every_test_finds_something_among_planted_lines_in_the_fixed_order():
    found = every_test(planted())

    assert list(found["test"].unique()) == [test for test in tests.TESTS if test != "benford"]
    assert list(found.columns) == tests.EXCEPTION_COLUMNS


def test_exceptions_are_counted_and_ordered_by_their_first_line():
    for _, of_test in every_test(planted()).groupby("test"):
        firsts = of_test.drop_duplicates("case_no")
        numbers, order = list(firsts["case_no"]), ["case_no", "date", "entry_id"]
        assert numbers == list(range(1, len(firsts) + 1))
        assert firsts.sort_values(["date", "entry_id"])["case_no"].is_monotonic_increasing
        assert of_test.sort_values(order).index.equals(of_test.index)


def test_lines_of_other_funds_matter_to_mixed_funds_and_voucher_gaps_only():
    other = {"fund": "其他资金", "document_no": "记-1"}
    lines = ledger(
        ("2018-10-06", 3000, other), ("2018-10-06", 3000, other),
        ("2018-10-08", 1, {"document_no": "记-1"}), ("2018-10-08", 1, {"document_no": "记-3"}),
    )  # fmt: skip
    found = every_test(lines)

    assert set(found.loc[found["entry_id"] == "P0001", "test"]) == {"mixed_funds"}
    assert list(found.loc[found["test"] == "voucher_gaps", "entry_id"]) == ["P0004"]


def test_a_ledger_that_names_no_fund_is_wholly_of_the_fund():
    lines = ledger(("2018-10-06", 1), ("2018-10-06", 2)).assign(fund="")
    asked = Ledger(fund=FUND, non_working_days=True)

    assert len(tests.ledger_tests(lines, asked)) == 2
    assert len(tests.ledger_tests(lines.drop(columns="fund"), asked)) == 2
    assert tests.ledger_tests(lines.assign(fund=["", "其他资金"]), asked).empty


def test_what_is_not_asked_or_lacks_its_table_is_not_run_and_says_so():
    asked = Ledger(
        fund=FUND, before_arrival=True, staff_payees=True, after_cut_off=True,
        split_payments={"limit": "5万元", "days": 7}, benford=(1, 2),
        duplicate_payments=("payee", "amount"),
    )  # fmt: skip
    lines = ledger(("2018-10-06", 3000), ("2018-10-06", 3000))
    found = tests.ledger_tests(lines, asked, staff=staff())
    summary = tests.tests_run(asked, exceptions=found, staff=staff()).set_index("test")

    assert list(summary.index) == list(tests.TESTS)
    assert set(found["test"]) == {"duplicate_payments"}
    assert set(summary.index[summary["outcome"] == "no_table"]) == {
        "before_arrival", "staff_payees", "after_cut_off",
    }  # fmt: skip
    assert set(summary.index[summary["outcome"] == "run"]) == {
        "duplicate_payments", "split_payments", "benford",
    }  # fmt: skip
    assert summary.loc["split_payments", "parameters"] == "limit=5万元;days=7"
    assert summary.loc["benford", "parameters"] == "digits=1、2"
    assert tuple(summary.loc["duplicate_payments"]) == ("run", "keys=payee、amount", 1, 2)


def test_a_test_with_all_it_needs_is_run():
    summary = tests.tests_run(EVERY_TEST, exceptions=every_test(planted()), **GIVEN)
    summary = summary.set_index("test")

    assert set(summary.drop(index="benford")["outcome"]) == {"run"}
    assert (summary.drop(index="benford")["exceptions_count"] > 0).all()
    assert summary.loc["after_cut_off", "parameters"] == "cut_off=2018-10-15"
    assert summary.loc["benford", "outcome"] == "not_asked"


def test_an_empty_ledger_has_no_exceptions_but_all_columns():
    found = every_test(ledger())

    assert found.empty
    assert found.dtypes.equals(every_test(planted()).dtypes)


def test_a_relation_gives_what_a_frame_gives_whatever_its_table_is_called():
    lines = planted()
    with duckdb.connect() as database:
        for name, frame in (("ledger", lines), ("receipts", RECEIPTS)):
            database.register("frame", frame)
            database.execute(f"create table {name} as select * from frame")
            database.unregister("frame")
        found = tests.ledger_tests(
            database.table("ledger"), EVERY_TEST,
            receipts=database.table("receipts"), staff=STAFF, cut_off=CUT_OFF,
        )  # fmt: skip
        left = database.sql("select view_name from duckdb_views() where not internal")
        assert left.fetchall() == []

    pd.testing.assert_frame_equal(found, every_test(lines))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32 - 1), random_ledgers(20))
def test_the_order_of_lines_does_not_matter(seed, lines):
    pd.testing.assert_frame_equal(every_test(shuffled(lines, seed)), every_test(lines))


def test_the_order_of_planted_lines_does_not_matter():
    pd.testing.assert_frame_equal(every_test(shuffled(planted(), 1)), every_test(planted()))


@settings(deadline=None, max_examples=10)
@given(random_ledgers(20))
def test_a_line_is_in_one_exception_of_a_test_at_most(lines):
    assert not every_test(lines).duplicated(["test", "entry_id"]).any()


def test_each_exception_is_one_finding_but_explained_returns():
    found = every_test(planted())
    cases = found[found["test"] != "returns"].drop_duplicates(["test", "case_no"])

    rules = [finding.rule for finding in findings(found)]

    assert [rule.replace("calendar_unknown", "non_working_days") for rule in rules] == [
        f"ledger.{test}" for test in cases["test"]
    ]


def test_a_finding_has_amount_sources_and_details():
    lines = ledger(("2018-03-05", 300_000), ("2018-03-06", 200_000))
    (finding,) = findings(tests.split_payments(lines, limit=400_000, days=2))

    assert (finding.unit, finding.subject, finding.actual) == ("甲乡", "王＊＊", "5,000.00元")
    assert (finding.severity, finding.verdict) == (Severity.MEDIUM, Verdict.DIFFERS)
    assert finding.actual_source == "payments.csv:2-3"
    assert finding.details == {
        "limit": "4,000.00元", "sum": "5,000.00元", "lines_count": "2",
        "first_date": "2018-03-05", "last_date": "2018-03-06",
    }  # fmt: skip


def test_payees_are_masked_and_accounts_never_stand_in_a_finding():
    text = str(findings(every_test(planted())))

    assert "王＊＊" in text
    for personal in ("王一", "李二", "李 二", "赵三", "某某公司", "6222"):
        assert personal not in text


@pytest.mark.parametrize(
    ("material", "severity"), [(500_000, Severity.HIGH), (500_001, Severity.MEDIUM)]
)
def test_material_sums_are_serious(material, severity):
    lines = ledger(("2018-03-05", 300_000), ("2018-03-06", 200_000))
    found = tests.split_payments(lines, limit=400_000, days=2)

    assert [f.severity for f in findings(found, material=material)] == [severity]


def test_duplicates_are_serious_and_days_off_a_hint_whatever_the_sum():
    duplicates = tests.duplicate_payments(ledger(*[("2018-10-06", 1)] * 2), keys=["amount"])
    days_off = tests.non_working_days(ledger(("2018-10-06", 10**12)))

    assert [f.severity for f in findings(duplicates)] == [Severity.HIGH]
    assert [f.severity for f in findings(days_off)] == [Severity.LOW]


def test_an_unknown_calendar_is_undecided():
    (finding,) = findings(tests.non_working_days(ledger(("2099-03-02", 1))))

    assert (finding.rule, finding.verdict) == ("ledger.calendar_unknown", Verdict.UNDECIDED)


def test_voucher_findings_name_the_voucher():
    lines = ledger(
        ("2018-03-05", 1, {"document_no": "记-1"}), ("2018-03-05", 1, {"document_no": "记-3"})
    )
    (finding,) = findings(tests.voucher_gaps(lines))

    assert (finding.subject, finding.details["missing"]) == ("记-3", "记-2")


def test_only_digits_that_do_not_conform_are_a_finding():
    fives = pd.Series(range(50_000, 50_400), dtype="int64")
    (finding,) = tests.benford_findings([tests.benford(fives), tests.benford(fives.iloc[:0])])

    assert (finding.rule, finding.severity) == ("ledger.benford", Severity.LOW)
    assert finding.details["n"] == "400"
