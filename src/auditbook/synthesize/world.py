"""The invented units of a case and how large each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditbook.synthesize.workdays import PERIODS

CITY = "示例市"
LEVELS = ("市", "县", "乡镇", "社区")
"""How the tables write a level, by its number."""

_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_DIGITS = "零一二三四五六七八九"
_SUBSIDY_SHARE = 0.55
_PLANTED = 150
_WORKERS_PER_GRID = 2
_RESIDENTS_PER_GRID = 900


@dataclass(frozen=True)
class World:
    """Units by number: the city is 0, then counties, townships, villages.

    Attributes
    ----------
    names, short : list of str
        Full name, and the name used in the numbers of its documents.
    parent : int64 array
        The unit above; the city's is itself.
    level : int64 array
        0 city, 1 county, 2 township, 3 village.
    payers : int64 array
        Units that pay workers and suppliers: villages, and every second township.
    workers : int
        Grid workers of a paying unit.
    purchases : int
        Purchases of a paying unit in one period.
    """

    names: list[str]
    short: list[str]
    parent: np.ndarray
    level: np.ndarray
    payers: np.ndarray
    workers: int
    purchases: int

    def at(self, level: int) -> np.ndarray:
        """The units of a level."""
        return np.flatnonzero(self.level == level)

    @property
    def receivers(self) -> np.ndarray:
        """The units that receive money: all but the city."""
        return np.arange(1, len(self.names))

    def county(self) -> np.ndarray:
        """The county above each unit, itself for a county; 0 for the city."""
        above = np.arange(len(self.names))
        for _ in range(2):
            above = np.where(self.level[above] > 1, self.parent[above], above)
        return above

    def grid_workers(self) -> dict[int, int]:
        """Grid workers below each county."""
        counts = np.bincount(self.county()[self.payers], minlength=len(self.names)) * self.workers
        return {c: int(counts[c]) for c in self.at(1).tolist()}

    def grids(self) -> dict[int, int]:
        """Grids of each county."""
        return {c: -(-n // _WORKERS_PER_GRID) for c, n in self.grid_workers().items()}

    def served(self) -> dict[int, int]:
        """Residents of each county."""
        return {c: grids * _RESIDENTS_PER_GRID for c, grids in self.grids().items()}


def make_world(lines: int) -> World:
    """Units for ledgers of about so many lines in all."""
    villages = lines**0.6 / 5
    counties = min(len(_SIGNS), max(3, round(villages ** (1 / 3))))
    townships = min(99, max(2, round((villages / counties) ** 0.5)))
    each = min(99, max(2, round(villages / counties / townships)))
    names, short, parent, level = [CITY], ["示"], [0], [0]
    for sign in _SIGNS[:counties]:
        _add(names, short, parent, level, f"{sign}县", sign, 0, 1)
    for county in range(1, counties + 1):
        for number in map(_numeral, range(1, townships + 1)):
            name, brief = f"{names[county]}{number}乡", f"{short[county]}{number}"
            _add(names, short, parent, level, name, brief, county, 2)
    for township in range(counties + 1, len(names)):
        for number in map(_numeral, range(1, each + 1)):
            name, brief = f"{names[township]}{number}社区", f"{short[township]}{number}"
            _add(names, short, parent, level, name, brief, township, 3)
    levels = np.array(level)
    second = np.flatnonzero(levels == 2)[::2]
    payers = np.concatenate([second, np.flatnonzero(levels == 3)])
    rest = (lines - _PLANTED - 2 * PERIODS * (len(names) - 1)) / len(payers)
    workers = max(2, round(rest * _SUBSIDY_SHARE / 12))
    purchases = max(2, round((rest - 12 * workers) / PERIODS))
    return World(names, short, np.array(parent), levels, payers, workers, purchases)


def _add(
    names: list[str],
    short: list[str],
    parent: list[int],
    level: list[int],
    name: str,
    brief: str,
    above: int,
    depth: int,
) -> None:
    names.append(name)
    short.append(brief)
    parent.append(above)
    level.append(depth)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
