"""What is planted in a book: every kind that is asked for, and every kind's near misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditbook.synthesize import plant_days, plant_flow, plant_payments
from auditbook.synthesize.book import Book
from auditbook.synthesize.kinds import BY_NAME_ONLY

_PLANTS: dict[str, Callable[[Book, int], None]] = {
    "held": plant_flow.held,  # first: nothing else may be planted where money is held
    "unmatched_sent": plant_flow.unmatched_sent,
    "unmatched_received": plant_flow.unmatched_received,
    "amount_mismatch": plant_flow.amount_mismatch,
    "duplicate_payments": plant_payments.duplicate_payments,
    "near_duplicates": plant_payments.near_duplicates,
    "split_payments": plant_payments.split_payments,
    "before_arrival": plant_days.before_arrival,
    "after_cut_off": plant_days.after_cut_off,
    "purpose_not_allowed": plant_payments.purpose_not_allowed,
    "mixed_funds": plant_payments.mixed_funds,
    "round_sums": plant_payments.round_sums,
    "non_working_days": plant_days.non_working_days,
    "staff_payees": plant_payments.staff_payees,
    "voucher_gaps": plant_days.voucher_gaps,
    "returns": plant_payments.returns,
    "returns_unexplained": plant_payments.returns_unexplained,
    "benford": plant_payments.benford,
}


def plant(book: Book, counts: Mapping[str, int]) -> None:
    """Plant so many errors of each kind; the near misses come in any case.

    Raises
    ------
    PlantError
        More than the units of the case can hold.
    """
    for kind, function in _PLANTS.items():
        if kind in counts or kind not in BY_NAME_ONLY:
            function(book, counts.get(kind, 0))
