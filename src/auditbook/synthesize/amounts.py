"""What the ledgers of a year add up to, county by county, in fen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from auditbook.synthesize.book import Book
from auditbook.synthesize.ledgers import Ledgers
from auditbook.synthesize.settings import FUND, FUNDS

_BUDGET_STEP = 1_000_000


@dataclass(frozen=True)
class Amounts:
    """Per county: what arrived from the city, and what its units spent of the fund, net.

    Attributes
    ----------
    names : list of str
    arrived, used : list of int, fen
    """

    names: list[str]
    arrived: list[int]
    used: list[int]

    @property
    def totals(self) -> tuple[int, int, int]:
        """Arrived, used and left, in all."""
        arrived, used = sum(self.arrived), sum(self.used)
        return arrived, used, arrived - used

    @property
    def budget(self) -> int:
        """The approved budget: what arrived, up to the next 1万元."""
        return -(-sum(self.arrived) // _BUDGET_STEP) * _BUDGET_STEP

    @property
    def use_rate(self) -> Fraction:
        """Used ÷ arrived."""
        return Fraction(self.totals[1], self.totals[0])


def county_amounts(book: Book, ledgers: Ledgers) -> Amounts:
    """Add the ledgers up by county; a line whose fund names several counts in full."""
    world, columns = book.world, ledgers.payments.columns
    counties = world.at(1)
    arrived = dict.fromkeys(counties.tolist(), 0)
    for line in ledgers.received:
        if line.unit in arrived:
            arrived[line.unit] += line.amount
    ours = np.array([FUND in text for text in FUNDS])[columns["fund"]]
    used = np.zeros(len(world.names), dtype="int64")
    np.add.at(used, world.county()[columns["unit"][ours]], columns["amount"][ours])
    names = [world.names[c] for c in counties.tolist()]
    return Amounts(names, list(arrived.values()), [int(used[c]) for c in counties])
