"""Numbers for payments: the voucher in its unit and month, the line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditbook.synthesize.book import COLUMNS, Book
from auditbook.synthesize.kinds import DECOYS, PlantError

_SHORTEST_RUN = 4


@dataclass(frozen=True)
class Payments:
    """The ledger of payments in its order: by date, unit and voucher.

    Attributes
    ----------
    columns : dict of column to int64 array
        As in ``COLUMNS``, with ``number``, the voucher's in its unit and month.
    notes : dict of place to text
    place : int64 array
        Where each clean payment, then each planted one, stands; -1: dropped.
    """

    columns: dict[str, np.ndarray]
    notes: dict[int, str]
    place: np.ndarray


def number_payments(book: Book) -> Payments:
    """Put all payments in order and number their vouchers; leave out the numbers asked for."""
    added = np.array([line.values for line in book.paid], dtype="int64").reshape(-1, len(COLUMNS))
    kept = np.flatnonzero(book.alive)
    columns = {
        name: np.concatenate([book.clean[name][kept], added[:, i]])
        for i, name in enumerate(COLUMNS)
    }
    order = np.lexsort((columns["voucher"], columns["unit"], columns["day"]))
    columns = {name: values[order] for name, values in columns.items()}
    back = np.empty(len(order), dtype="int64")
    back[order] = np.arange(len(order))
    place = np.full(len(book.alive) + len(book.paid), -1, dtype="int64")
    place[kept] = back[: len(kept)]
    place[len(book.alive) :] = back[len(kept) :]
    start = len(book.alive)
    notes = {int(place[start + i]): p.note for i, p in enumerate(book.paid) if p.note}
    columns["number"] = _numbers(book, columns)
    return Payments(columns, notes, place)


def _numbers(book: Book, columns: dict[str, np.ndarray]) -> np.ndarray:
    """记-0001 and on for each unit and month; what is left out is written into the truth."""
    run = columns["unit"] * 12 + _month(columns["day"]) - 1
    order = np.lexsort((columns["voucher"], columns["day"], run))
    runs, vouchers = run[order], columns["voucher"][order]
    new_run = np.append(True, runs[1:] != runs[:-1])
    new = new_run | np.append(True, vouchers[1:] != vouchers[:-1])
    count = np.cumsum(new)
    starts = np.flatnonzero(new_run)
    number = count - np.repeat(count[starts], np.diff(np.append(starts, len(order)))) + 1
    _leave_out(book, order, runs, number)
    _runs_and_lines(book, order, new_run, new)
    numbers = np.empty(len(order), dtype="int64")
    numbers[order] = number
    return numbers


def _leave_out(book: Book, order: np.ndarray, runs: np.ndarray, number: np.ndarray) -> None:
    """Leave one number out of some runs, never the first."""
    last = np.flatnonzero(np.append(runs[1:] != runs[:-1], True))
    long = last[number[last] >= _SHORTEST_RUN]
    if book.gaps > len(long):
        raise PlantError(f"voucher_gaps:{book.gaps}: only {len(long)} runs of vouchers are long")
    for end in book.rng.permutation(long)[: book.gaps].tolist():
        missing = int(book.rng.integers(2, number[end]))
        first = int(np.searchsorted(runs, runs[end]))
        after = first + int(np.searchsorted(number[first : end + 1], missing))
        number[after : end + 1] += 1
        book.note(
            "voucher_gaps",
            "error",
            "payments",
            [_in_ledger(order[after - 1]), _in_ledger(order[after])],
            f"缺 记-{missing:04d}",
        )


def _runs_and_lines(book: Book, order: np.ndarray, new_run: np.ndarray, new: np.ndarray) -> None:
    """Near misses that every ledger has: a run that starts again, a voucher of several lines."""
    again = np.flatnonzero(new_run)[1:]
    for place in book.rng.permutation(again)[:DECOYS].tolist():
        named = [_in_ledger(order[place - 1]), _in_ledger(order[place])]
        book.note("voucher_gaps", "decoy", "payments", named, "编号重新起算")
    several = np.flatnonzero(~new)
    for place in book.rng.permutation(several)[:DECOYS].tolist():
        named = [_in_ledger(order[place - 1]), _in_ledger(order[place])]
        book.note("voucher_gaps", "decoy", "payments", named, "一张凭证有几行")


def _in_ledger(place: np.integer) -> str:
    return payment_id(int(place))


def payment_id(place: int) -> str:
    """The entry of the payment at a place of the ledger."""
    return f"P{place + 1:05d}"


def _month(day: np.ndarray) -> np.ndarray:
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return months % 12 + 1
