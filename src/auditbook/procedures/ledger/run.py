"""All tests of a ledger that a case asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from auditbook.case.ledger_settings import Ledger
from auditbook.procedures.ledger.common import no_exceptions, present
from auditbook.procedures.ledger.duplicates import duplicate_payments, near_duplicates
from auditbook.procedures.ledger.fund import mixed_funds, of_fund, purpose_not_allowed
from auditbook.procedures.ledger.lines import round_sums, staff_payees, voucher_gaps
from auditbook.procedures.ledger.returns import returns
from auditbook.procedures.ledger.splits import split_payments
from auditbook.procedures.ledger.timing import after_cut_off, before_arrival, non_working_days
from auditbook.query import Table, no_rows

TESTS = (
    "duplicate_payments", "near_duplicates", "split_payments", "before_arrival", "after_cut_off",
    "purpose_not_allowed", "mixed_funds", "round_sums", "non_working_days", "staff_payees",
    "voucher_gaps", "returns", "returns_unexplained", "benford",
)  # fmt: skip
"""Tests in the order in which their results stand."""


def ledger_tests(
    ledger: Table,
    settings: Ledger,
    *,
    receipts: Table | None = None,
    staff: Table | None = None,
    cut_off: date | None = None,
) -> pd.DataFrame:
    """The exceptions of all tests that the case asks for.

    ``mixed_funds`` and ``voucher_gaps`` look at the whole ledger: other funds are what the first
    is about, and vouchers are numbered over all funds. All other tests look at the lines of the
    fund (:func:`~auditbook.procedures.ledger.of_fund`). Benford's law is about no single line:
    see :func:`~auditbook.procedures.ledger.benford`.

    Parameters
    ----------
    ledger : Table
        entry_id, date, amount (fen) and the columns that the tests asked for need.
    settings : Ledger
    receipts : Table, of the same kind, optional
        What units received; without it ``before_arrival`` is not run.
    staff : Table, of any kind, optional
        name, account; without it ``staff_payees`` is not run.
    cut_off : date, optional
        Without it ``after_cut_off`` is not run.

    Returns
    -------
    DataFrame
        Exceptions, test by test in the order of :data:`TESTS`.
    """
    if no_rows(ledger):
        return no_exceptions()
    ours = of_fund(ledger, fund=settings.fund)
    found = [
        *_payments_alike(ours, settings),
        *_payments_in_time(ours, settings, receipts, cut_off),
        *_payments_for_the_fund(ledger, ours, settings),
        *_payments_of_note(ours, settings, staff),
        *([voucher_gaps(ledger)] if settings.voucher_gaps else []),
        *([returns(ours)] if settings.returns else []),
    ]
    found = [frame for frame in found if not frame.empty]
    return pd.concat(found, ignore_index=True) if found else no_exceptions()


def tests_run(
    settings: Ledger,
    *,
    exceptions: pd.DataFrame,
    receipts: Table | None = None,
    staff: Table | None = None,
    cut_off: date | None = None,
) -> pd.DataFrame:
    """Which tests were run, with what, and what they found.

    Parameters
    ----------
    settings, receipts, staff, cut_off
        As :func:`ledger_tests` had them.
    exceptions : DataFrame
        What it gave.

    Returns
    -------
    DataFrame, one row per test, in the order of :data:`TESTS`
        test; outcome: ``run``, ``not_asked``, ``no_table`` (asked for, but the case does not have
        what it needs); parameters: ``limit=5万元;days=7``; exceptions_count; lines_count.
    """
    asked = _asked(settings)
    missing = _without_table(receipts, staff, cut_off)
    rows = []
    for test in TESTS:
        lines = exceptions[exceptions["test"] == test]
        outcome = "not_asked" if test not in asked else "no_table" if test in missing else "run"
        rows.append(
            {
                "test": test,
                "outcome": outcome,
                "parameters": _parameters(test, asked.get(test, {}), cut_off),
                "exceptions_count": int(lines["case_no"].nunique()),
                "lines_count": len(lines),
            }
        )
    return pd.DataFrame(rows)


def _asked(settings: Ledger) -> dict[str, dict[str, str]]:
    """The tests that the case asks for, with their parameters as it writes them."""
    near, split = settings.near_duplicates, settings.split_payments
    fund = {"fund": settings.fund}
    parameters = {
        "duplicate_payments": _some(keys=_list(settings.duplicate_payments)),
        "near_duplicates": _some(days=near and near.days),
        "split_payments": _some(limit=split and split.limit, days=split and split.days),
        "before_arrival": fund if settings.before_arrival else None,
        "after_cut_off": {} if settings.after_cut_off else None,
        "purpose_not_allowed": _some(allowed=_list(settings.purposes)),
        "mixed_funds": fund if settings.mixed_funds else None,
        "round_sums": _some(multiple=settings.round_sums),
        "non_working_days": {} if settings.non_working_days else None,
        "staff_payees": {} if settings.staff_payees else None,
        "voucher_gaps": {} if settings.voucher_gaps else None,
        "returns": {} if settings.returns else None,
        "returns_unexplained": {} if settings.returns else None,
        "benford": _some(digits=_list(settings.benford)),
    }
    return {test: given for test, given in parameters.items() if given is not None}


def _some(**given: object) -> dict[str, str] | None:
    """Parameters as text, or None where the case gives none."""
    return {key: str(value) for key, value in given.items()} if all(given.values()) else None


def _list(values: tuple[object, ...] | None) -> str:
    return "、".join(map(str, values or ()))


def _parameters(test: str, given: dict[str, str], cut_off: date | None) -> str:
    if test == "after_cut_off" and cut_off is not None:
        given = {"cut_off": cut_off.isoformat()[:10]}
    return ";".join(f"{key}={value}" for key, value in given.items())


def _without_table(
    receipts: Table | None, staff: Table | None, cut_off: date | None
) -> frozenset[str]:
    needs = {
        "before_arrival": not present(receipts),
        "staff_payees": not present(staff),
        "after_cut_off": cut_off is None,
    }
    return frozenset(test for test, missing in needs.items() if missing)


def _payments_alike(ours: Table, settings: Ledger) -> Iterator[pd.DataFrame]:
    if settings.duplicate_payments:
        yield duplicate_payments(ours, keys=settings.duplicate_payments)
    if settings.near_duplicates:
        yield near_duplicates(ours, days=settings.near_duplicates.days)
    if settings.split_payments:
        split = settings.split_payments
        yield split_payments(ours, limit=split.limit_fen, days=split.days)


def _payments_in_time(
    ours: Table, settings: Ledger, receipts: Table | None, cut_off: date | None
) -> Iterator[pd.DataFrame]:
    if settings.before_arrival and present(receipts):
        yield before_arrival(ours, receipts=receipts, fund=settings.fund)
    if settings.after_cut_off and cut_off is not None:
        yield after_cut_off(ours, cut_off=cut_off)


def _payments_for_the_fund(ledger: Table, ours: Table, settings: Ledger) -> Iterator[pd.DataFrame]:
    if settings.purposes:
        yield purpose_not_allowed(ours, allowed=settings.purposes)
    if settings.mixed_funds:
        yield mixed_funds(ledger, fund=settings.fund)


def _payments_of_note(ours: Table, settings: Ledger, staff: Table | None) -> Iterator[pd.DataFrame]:
    if settings.round_fen is not None:
        yield round_sums(ours, multiple=settings.round_fen)
    if settings.non_working_days:
        yield non_working_days(ours)
    if settings.staff_payees and present(staff):
        yield staff_payees(ours, staff=staff)
