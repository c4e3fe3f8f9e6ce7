"""The ledgers while they are made: clean payments, what is planted, and the truth about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from auditbook.synthesize.payees import Payees
from auditbook.synthesize.schedule import Schedule
from auditbook.synthesize.settings import ROUND_FEN
from auditbook.synthesize.workdays import PERIODS, WorkDays
from auditbook.synthesize.world import World

UNFUNDED = 0
"""The period of payments that no regular instalment pays for."""

COLUMNS = ("unit", "day", "amount", "payee", "purpose", "fund", "voucher", "period")


@dataclass(eq=False)
class Paid:
    """A payment that is not among the regular ones; `values` in the order of ``COLUMNS``."""

    values: tuple[int, ...]
    note: str = ""


@dataclass(eq=False)
class Received:
    """A line of the ledger of receipts."""

    sender: int
    unit: int
    day: int
    amount: int
    document: str
    entry: str = ""


@dataclass(eq=False)
class Sent:
    """A line of the ledger of transfers, with what was booked of it below."""

    sender: int
    unit: int
    period: int
    day: int
    amount: int
    document: str
    received: list[Received] = field(default_factory=list)
    entry: str = ""


Entry = Paid | Received | Sent | int | tuple[int, int] | str
"""A line that the truth names: a regular payment by its place among the clean ones, the receipt
of a regular instalment by its unit and period, any line by its entry."""


@dataclass(frozen=True)
class Truth:
    """What was planted, or a near miss that is no error."""

    kind: str
    planted: str
    table: str
    entries: Sequence[Entry]
    note: str


@dataclass
class Book:
    """A case's ledgers in the making.

    Attributes
    ----------
    clean : dict of column to int64 array
        The regular payments.
    alive : bool array
        Which of them are still there.
    paid : list of Paid
    extra : list of Sent
        Transfers beside the regular instalments.
    unsent : list of Received
        Receipts that nobody sent.
    held : set of int
        Villages whose money is held; nothing else is planted there.
    gaps : int
        How many numbers are to be left out when vouchers are numbered.
    """

    world: World
    days: WorkDays
    schedule: Schedule
    rng: np.random.Generator
    payees: Payees
    clean: dict[str, np.ndarray]
    alive: np.ndarray
    next_voucher: int
    paid: list[Paid] = field(default_factory=list)
    extra: list[Sent] = field(default_factory=list)
    unsent: list[Received] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    gaps: int = 0
    _documents: int = 100
    _slots: list[tuple[int, int]] = field(default_factory=list)

    def note(self, kind: str, planted: str, table: str, entries: Sequence[Entry], why: str) -> None:
        """Write down what was planted."""
        self.truth.append(Truth(kind, planted, table, entries, why))

    def slot(self) -> tuple[int, int]:
        """A paying unit and one of its periods 2 to 5; each only again when all were given."""
        if not self._slots:
            units = [u for u in self.world.payers.tolist() if u not in self.held]
            pairs = [(unit, period) for period in range(2, PERIODS) for unit in units]
            self._slots = [pairs[i] for i in self.rng.permutation(len(pairs)).tolist()]
        return self._slots.pop()

    def slots(self, count: int) -> Iterator[tuple[int, int]]:
        """So many slots."""
        return (self.slot() for _ in range(count))

    def villages(self, count: int) -> list[int]:
        """Villages whose money is not held, in random order, again from the start if too few."""
        units = [u for u in self.world.at(3).tolist() if u not in self.held]
        order = [units[i] for i in self.rng.permutation(len(units)).tolist()]
        return [order[i % len(order)] for i in range(count)]

    def window(self, unit: int, period: int) -> np.ndarray:
        """The working days on which a unit spends an instalment, the day of receipt not."""
        first = int(self.schedule.received[unit, period]) + 1
        return self.days.between(first, int(self.schedule.last[period]))

    def day(self, unit: int, period: int, *, room: int = 0) -> int:
        """A working day to pay on, with so many calendar days left in the period after it."""
        window = self.window(unit, period)
        return self.pick(window[window <= window[-1] - room])

    def pick(self, days: np.ndarray) -> int:
        """One of some days."""
        return int(days[int(self.rng.integers(len(days)))])

    def amount(self, low: int = 50_000, high: int = 2_000_000) -> int:
        """An amount in fen, log-uniform, not round."""
        return int(log_uniform(self.rng, 1, low, high)[0])

    def pay(
        self,
        unit: int,
        day: int,
        amount: int,
        *,
        payee: int | None = None,
        purpose: int = 1,
        fund: int = 0,
        voucher: int | None = None,
        period: int = UNFUNDED,
        note: str = "",
    ) -> Paid:
        """Add a payment; to a new supplier and on a voucher of its own unless they are given."""
        payee = self.payees.new_supplier() if payee is None else payee
        voucher = self.voucher() if voucher is None else voucher
        line = Paid((unit, day, amount, payee, purpose, fund, voucher, period), note)
        self.paid.append(line)
        return line

    def document(self, sender: int, number: int | None = None) -> str:
        """The number of a sender's document, a new one unless it is given: 示财预〔2018〕12号."""
        if number is None:
            self._documents += 1
            number = self._documents
        office = "财预" if self.world.level[sender] < 2 else "财"
        return f"{self.world.short[sender]}{office}〔{self.days.year}〕{number}号"

    def voucher(self) -> int:
        """A new voucher; its number comes later."""
        self.next_voucher += 1
        return self.next_voucher - 1


def log_uniform(rng: np.random.Generator, count: int, low: int, high: int) -> np.ndarray:
    """Amounts in fen whose logarithm is uniform, one in each of `count` equal strips, shuffled.

    Over whole decades their first digits follow Benford's law. None is a multiple of 1万元.
    """
    strips = (rng.permutation(count) + rng.random(count)) / max(count, 1)
    amounts: np.ndarray = np.floor(low * (high / low) ** strips).astype("int64")
    amounts[amounts % ROUND_FEN == 0] += 1
    return amounts
