"""When money moves: instalments down the levels, pay days of the workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from auditbook.synthesize.workdays import PERIODS, WorkDays, day_number
from auditbook.synthesize.world import World

_PAY_DAY = 20


@dataclass(frozen=True)
class Schedule:
    """Days of the regular instalments; arrays by unit and period (1 to 6, column 0 unused).

    Attributes
    ----------
    sent, received : int64 array
        When the money left the unit above and when the unit booked it.
    last : int64 array, by period
        The last day on which an instalment is spent.
    """

    sent: np.ndarray
    received: np.ndarray
    last: np.ndarray


def make_schedule(world: World, days: WorkDays, rng: np.random.Generator) -> Schedule:
    """Money goes down one level after another, each within a few working days."""
    shape = (len(world.names), PERIODS + 1)
    sent, received = np.zeros(shape, dtype="int64"), np.zeros(shape, dtype="int64")
    last = np.zeros(PERIODS + 1, dtype="int64")
    wait = rng.integers(1, 3, size=shape)
    for period in range(1, PERIODS + 1):
        last[period] = days.end_of_period(period)
        start = days.index(days.first_of_month(2 * period - 1)) + 1
        place = np.full(len(world.names), start)
        for level in (1, 2, 3):
            units = world.at(level)
            leaves = place[world.parent[units]] + (level > 1)
            place[units] = leaves + wait[units, period]
            sent[units, period] = days.working[leaves]
            received[units, period] = days.working[place[units]]
    return Schedule(sent, received, last)


def pay_days(world: World, days: WorkDays, schedule: Schedule) -> np.ndarray:
    """The day on which each unit pays its workers, by unit and month (1 to 12)."""
    found = np.zeros((len(world.names), 13), dtype="int64")
    for month in range(1, 13):
        for offset in range(4):
            day = days.on_or_after(day_number(date(days.year, month, _PAY_DAY + offset)))
            found[offset::4, month] = min(day, days.cut_off)
        after = schedule.received[:, (month + 1) // 2] + 1
        found[:, month] = np.maximum(found[:, month], days.working[_places(days, after)])
    return found


def _places(days: WorkDays, wanted: np.ndarray) -> np.ndarray:
    return np.minimum(np.searchsorted(days.working, wanted), len(days.working) - 1)
