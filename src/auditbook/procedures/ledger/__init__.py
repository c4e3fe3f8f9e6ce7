"""Tests of payment ledgers (明细账): each gives the lines that a person must look at.

A ledger is any table with ``entry_id`` (unique), ``date`` and ``amount`` (int64 fen, negative where
money was returned or recovered) and what the test needs of unit, payee, account, document_no,
purpose, fund, source_row (texts, empty but never null). It is a pandas frame, a DuckDB relation
or a Spark frame: the same SQL is asked, see :mod:`auditbook.query`.

Each test returns exceptions, one row per line: test; case_no, which lines that belong together
share, counted by their first date and entry_id; entry_id, date, unit, payee, document_no,
amount_fen, detail (``key=value``, parted by ``;``), source_row; in the order of case_no, date,
entry_id. The order of the ledger's lines does not matter. A column that a test needs and
the ledger does not have is a KeyError.
"""

from auditbook.facts import EXCEPTION_COLUMNS
from auditbook.procedures.ledger.benford import Benford, benford, conformity
from auditbook.procedures.ledger.duplicates import duplicate_payments, near_duplicates
from auditbook.procedures.ledger.findings import (
    SEVERITIES,
    benford_findings,
    ledger_findings,
    masked,
)
from auditbook.procedures.ledger.fund import mixed_funds, of_fund, purpose_not_allowed
from auditbook.procedures.ledger.lines import round_sums, staff_payees, voucher_gaps
from auditbook.procedures.ledger.returns import returns
from auditbook.procedures.ledger.run import TESTS, ledger_tests, tests_run
from auditbook.procedures.ledger.shown import (
    benford_digits,
    benford_results,
    benford_summary,
    without_names,
)
from auditbook.procedures.ledger.splits import split_payments
from auditbook.procedures.ledger.timing import after_cut_off, before_arrival, non_working_days

__all__ = [
    "EXCEPTION_COLUMNS",
    "SEVERITIES",
    "TESTS",
    "Benford",
    "after_cut_off",
    "before_arrival",
    "benford",
    "benford_digits",
    "benford_findings",
    "benford_results",
    "benford_summary",
    "conformity",
    "duplicate_payments",
    "ledger_findings",
    "ledger_tests",
    "masked",
    "mixed_funds",
    "near_duplicates",
    "non_working_days",
    "of_fund",
    "purpose_not_allowed",
    "returns",
    "round_sums",
    "split_payments",
    "staff_payees",
    "tests_run",
    "voucher_gaps",
    "without_names",
]
