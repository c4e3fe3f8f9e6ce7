"""The days of one year by the calendar of China: working days, rest days, make-up days.

A day is a whole number: days since 1970-01-01.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from chinese_calendar import is_workday

from auditbook.synthesize.kinds import PlantError

PERIODS = 6
"""Instalments of a year: one for every two months."""


def day_number(day: date) -> int:
    """A date as days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


class WorkDays:
    """The working days of a year and the days on which nobody should pay.

    Attributes
    ----------
    working : int64 array
        Working days in order, make-up days included.
    resting : int64 array
        Weekends and public holidays.
    made_up : int64 array
        调休: Saturdays and Sundays on which people work.
    cut_off : int
        The first working day from 25 December on.
    """

    def __init__(self, year: int) -> None:
        start = date(year, 1, 1)
        days = [start + timedelta(n) for n in range((date(year + 1, 1, 1) - start).days)]
        try:
            works = [is_workday(day) for day in days]
        except NotImplementedError:
            raise PlantError(f"the calendar of working days does not know {year}") from None
        numbers = np.array([day_number(day) for day in days], dtype="int64")
        weekend = np.array([day.weekday() >= 5 for day in days])
        working = np.array(works)
        self.year = year
        self.working = numbers[working]
        self.resting = numbers[~working]
        self.made_up = numbers[working & weekend]
        self.cut_off = self.on_or_after(day_number(date(year, 12, 25)))

    def index(self, day: int) -> int:
        """The place of the first working day on or after a day."""
        return int(np.searchsorted(self.working, day))

    def on_or_after(self, day: int) -> int:
        """The first working day on or after a day."""
        return int(self.working[min(self.index(day), len(self.working) - 1)])

    def later(self, day: int, steps: int) -> int:
        """The working day so many working days after a day."""
        place = int(np.searchsorted(self.working, day, side="right")) - 1 + steps
        return int(self.working[min(place, len(self.working) - 1)])

    def works(self, day: int) -> bool:
        """Whether it is a working day of the year."""
        place = self.index(day)
        return place < len(self.working) and int(self.working[place]) == day

    def between(self, first: int, last: int) -> np.ndarray:
        """The working days from one day to another, both included."""
        low, high = np.searchsorted(self.working, (first, last + 1)).tolist()
        within: np.ndarray = self.working[low:high]
        return within

    def first_of_month(self, month: int) -> int:
        """The first calendar day of a month."""
        return day_number(date(self.year, month, 1))

    def end_of_period(self, period: int) -> int:
        """The last day on which an instalment is spent; the last one's is the cut-off."""
        if period == PERIODS:
            return self.cut_off
        return self.first_of_month(2 * period + 1) - 1
