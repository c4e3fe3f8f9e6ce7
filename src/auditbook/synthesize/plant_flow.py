"""Errors in how money moved from level to level, and their near misses."""

from __future__ import annotations

import numpy as np

from auditbook.synthesize.book import UNFUNDED, Book, Entry, Paid, Received, Sent
from auditbook.synthesize.kinds import DECOYS, PlantError
from auditbook.synthesize.settings import EQUIPMENT, HELD_DAYS, MATCH_DAYS, ROUND_FEN
from auditbook.synthesize.workdays import PERIODS

_LATE = MATCH_DAYS + 10
_HELD_PERIODS = (2, 5)


def held(book: Book, errors: int) -> None:
    """Money of which nothing is spent, or passed on, until more than N days after it came.

    One in three lies with a township, the others with villages.
    """
    villages, townships = book.world.at(3), book.world.at(2)
    if errors > len(villages) // 3:
        raise PlantError(
            f"held:{errors}: at most {len(villages) // 3} with {len(villages)} villages"
        )
    passing = np.setdiff1d(townships, book.world.payers)
    above = min(errors // 3, len(townships) // 4)
    for unit in book.rng.choice(passing, size=above, replace=False).tolist():
        _hold_township(book, unit, int(book.rng.integers(*_HELD_PERIODS)))
    free = villages[~np.isin(villages, list(book.held))]
    for unit in book.rng.choice(free, size=errors - above, replace=False).tolist():
        period = int(book.rng.integers(*_HELD_PERIODS))
        received = int(book.schedule.received[unit, period])
        day = book.days.on_or_after(received + HELD_DAYS + 2)
        line = _spend_late(book, unit, period, day)
        named: list[Entry] = [(unit, period), line]
        why = f"到账后 {day - received} 天才支付"
        book.note("held", "error", "receipts、payments", named, why)
    _passed_on_in_time(book)


def _spend_late(book: Book, unit: int, period: int, day: int) -> Paid:
    """Put one purchase on a day in the place of all payments of a period."""
    book.held.add(unit)
    clean = book.clean
    gone = (clean["unit"] == unit) & (clean["period"] == period)
    total = int(clean["amount"][gone].sum())
    book.alive &= ~gone
    next_ones = (clean["unit"] == unit) & (clean["period"] == period + 1)
    clean["day"][next_ones] = np.maximum(clean["day"][next_ones], day)
    amount = total + (total % ROUND_FEN == 0)
    return book.pay(unit, day, amount, purpose=EQUIPMENT, period=period)


def _hold_township(book: Book, unit: int, period: int) -> None:
    """Pass an instalment on late; the villages spend it at once."""
    schedule = book.schedule
    received = int(schedule.received[unit, period])
    day = book.days.on_or_after(received + HELD_DAYS + 2)
    below = np.flatnonzero(book.world.parent == unit)
    for late in (period, period + 1):
        schedule.sent[below, late] = np.maximum(schedule.sent[below, late], day)
        arrives = book.days.later(day, 2)
        schedule.received[below, late] = np.maximum(schedule.received[below, late], arrives)
    for village in below.tolist():
        _spend_late(book, village, period, book.days.later(day, 4))
    book.held.add(unit)
    why = f"到账后 {day - received} 天才转拨"
    book.note("held", "error", "receipts", [(unit, period)], why)


def _passed_on_in_time(book: Book) -> None:
    """Townships that pass the rest of an instalment on, the last of it on day N."""
    townships = [unit for unit in book.world.at(2).tolist() if unit not in book.held]
    exact = [
        (unit, period)
        for period in range(1, PERIODS)
        for unit in townships
        if book.days.works(int(book.schedule.received[unit, period]) + HELD_DAYS)
    ]
    for place in book.rng.permutation(len(exact))[:DECOYS].tolist():
        unit, period = exact[place]
        day = int(book.schedule.received[unit, period]) + HELD_DAYS
        sent = extra(book, _village(book, unit), period, day=day)
        why = f"第 {HELD_DAYS} 天转拨"
        book.note("held", "decoy", "receipts、transfers", [(unit, period), sent], why)
    for unit in book.rng.choice(townships, size=DECOYS).tolist():
        period = int(book.rng.integers(1, PERIODS))
        first = int(book.schedule.received[unit, period])
        days = [book.days.on_or_after(first + late) for late in (15, 40)]
        parts = [extra(book, _village(book, unit), period, day=day) for day in days]
        named: list[Entry] = [(unit, period), *parts]
        book.note("held", "decoy", "receipts、transfers", named, f"{HELD_DAYS} 天内分次转拨")


def _village(book: Book, township: int) -> int:
    below = [u for u in book.world.at(3).tolist() if book.world.parent[u] == township]
    free = [u for u in below if u not in book.held] or below
    return int(free[int(book.rng.integers(len(free)))])


def extra(
    book: Book,
    unit: int,
    period: int,
    *,
    day: int | None = None,
    wait: int = 2,
    less: int = 0,
    booked: bool = True,
) -> Sent:
    """A transfer beside the regular ones, which the unit receives and soon spends.

    Parameters
    ----------
    wait : int
        Calendar days until it is booked below, or the next working day.
    less : int
        Fen that are booked less than were sent.
    booked : bool
        Whether it is booked below at all; what is not booked is not spent.
    """
    sender = int(book.world.parent[unit])
    if day is None:
        first = int(book.schedule.received[sender, period]) + 5
        day = book.pick(book.days.between(first, first + 20))
    number = book.document(sender)
    sent = Sent(sender, unit, period, day, book.amount(), number)
    book.extra.append(sent)
    if booked:
        arrives = book.days.on_or_after(day + wait)
        amount = sent.amount - less
        sent.received.append(Received(sender, unit, arrives, amount, number))
        book.pay(unit, book.days.later(arrives, 2), amount, period=UNFUNDED)
    return sent


def unmatched_sent(book: Book, errors: int) -> None:
    """Transfers that nobody booked."""
    for unit in book.villages(errors):
        sent = extra(book, unit, int(book.rng.integers(2, PERIODS)), booked=False)
        book.note("unmatched_sent", "error", "transfers", [sent], "拨出后下级没有入账")


def unmatched_received(book: Book, errors: int) -> None:
    """Receipts that nobody sent, late in the year, still there at its end."""
    for unit in book.villages(errors):
        sender = int(book.world.parent[unit])
        first = int(book.schedule.received[unit, PERIODS])
        day = book.pick(book.days.between(first + 3, first + 25))
        line = Received(sender, unit, day, book.amount(), book.document(sender))
        book.unsent.append(line)
        book.note("unmatched_received", "error", "receipts", [line], "上级没有拨出记录")


def amount_mismatch(book: Book, errors: int) -> None:
    """Less was booked than was sent; decoys were booked in full, but late."""
    for unit in book.villages(errors):
        less = int(book.rng.integers(100, 40_000))
        sent = extra(book, unit, int(book.rng.integers(2, PERIODS)), less=less)
        named: list[Entry] = [sent, *sent.received]
        why = f"少记 {less} 分"
        book.note("amount_mismatch", "error", "transfers、receipts", named, why)
    for unit in book.villages(DECOYS):
        sent = extra(book, unit, int(book.rng.integers(1, PERIODS - 1)), wait=_LATE)
        named = [sent, *sent.received]
        why = f"文号和金额相同，{_LATE} 天后入账"
        book.note("amount_mismatch", "decoy", "transfers、receipts", named, why)
