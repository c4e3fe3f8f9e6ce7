"""Errors in when a payment was made and how it was numbered, and their near misses."""

from __future__ import annotations

import numpy as np

from auditbook.synthesize.book import Book
from auditbook.synthesize.kinds import DECOYS
from auditbook.synthesize.workdays import PERIODS


def before_arrival(book: Book, errors: int) -> None:
    """A payment before the unit's first receipt; the last instalment pays for it."""
    for unit in book.villages(errors):
        arrives = int(book.schedule.received[unit, 1])
        day = book.pick(book.days.working[book.days.working < arrives])
        line = book.pay(unit, day, book.amount(), period=PERIODS)
        book.note("before_arrival", "error", "payments", [line], "首次到账之前支付")
    for unit in book.villages(DECOYS):
        day = int(book.schedule.received[unit, 1])
        line = book.pay(unit, day, book.amount(), period=1)
        book.note("before_arrival", "decoy", "payments", [line], "首次到账当天支付")


def after_cut_off(book: Book, errors: int) -> None:
    """A payment between the cut-off date and the end of the year."""
    late = book.days.working[book.days.working > book.days.cut_off]
    for unit in book.villages(errors):
        line = book.pay(unit, book.pick(late), book.amount(), period=PERIODS)
        book.note("after_cut_off", "error", "payments", [line], "截止日之后支付")
    for unit in book.villages(DECOYS):
        line = book.pay(unit, book.days.cut_off, book.amount(), period=PERIODS)
        book.note("after_cut_off", "decoy", "payments", [line], "截止日当天支付")


def non_working_days(book: Book, errors: int) -> None:
    """A payment on a day of rest; decoys are on Saturdays and Sundays that were made up."""
    for unit, period in book.slots(errors):
        window = book.window(unit, period)
        rest = book.days.resting
        day = book.pick(rest[(rest > window[0]) & (rest < window[-1])])
        line = book.pay(unit, day, book.amount(), period=period)
        book.note("non_working_days", "error", "payments", [line], "周末或法定节假日支付")
    for unit, period, day in _made_up(book):
        line = book.pay(unit, day, book.amount(), period=period)
        book.note("non_working_days", "decoy", "payments", [line], "调休上班的周末支付")


def _made_up(book: Book) -> list[tuple[int, int, int]]:
    """Make-up days on which a village spends an instalment: village, period, day."""
    found = [
        (unit, period, day)
        for unit in book.villages(len(book.world.at(3)) // 2)
        for period in range(1, PERIODS + 1)
        for day in np.intersect1d(book.window(unit, period), book.days.made_up).tolist()
    ]
    return [found[i] for i in book.rng.permutation(len(found))[:DECOYS].tolist()]


def voucher_gaps(book: Book, errors: int) -> None:
    """Numbers to be left out when vouchers are numbered."""
    book.gaps = errors
