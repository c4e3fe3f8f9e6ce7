"""Who is paid: invented workers, suppliers and staff, with invented accounts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


@dataclass
class Payees:
    """Payees by number: workers, then the suppliers of each unit, then all others.

    Attributes
    ----------
    workers, suppliers : int
        How many there are of each.
    staff : list of (name, account, unit)
    """

    workers: int
    suppliers: int
    staff: list[tuple[str, str, int]] = field(default_factory=list)
    _others: list[tuple[str, str]] = field(default_factory=list)
    _new: int = 0

    def new_supplier(self) -> int:
        """A supplier that nobody else pays."""
        self._new += 1
        number = self.suppliers + self._new
        return self.other(_supplier(number), _supplier_account(number))

    def other(self, name: str, account: str) -> int:
        """A payee of this name and account."""
        self._others.append((name, account))
        return self.workers + self.suppliers + len(self._others) - 1

    def texts(self) -> tuple[np.ndarray, np.ndarray]:
        """Name and account of every payee, by number."""
        workers, suppliers = range(self.workers), range(self.suppliers)
        names = [_worker(n) for n in workers] + [_supplier(n) for n in suppliers]
        accounts = [f"62{n:06d}" for n in workers] + [_supplier_account(n) for n in suppliers]
        names += [name for name, _ in self._others]
        accounts += [account for _, account in self._others]
        return np.array(names, dtype=object), np.array(accounts, dtype=object)


def staff_of(units: np.ndarray) -> list[tuple[str, str, int]]:
    """Two members of staff of each unit: name, account, unit."""
    return [
        (f"{_SURNAMES[(3 * n) % len(_SURNAMES)]}会计{n:04d}", f"61{n:06d}", int(units[n // 2]))
        for n in range(2 * len(units))
    ]


def _worker(number: int) -> str:
    return f"{_SURNAMES[number % len(_SURNAMES)]}某{number:04d}"


def _supplier(number: int) -> str:
    return f"示例商行{number:04d}"


def _supplier_account(number: int) -> str:
    return f"88{number:06d}"
