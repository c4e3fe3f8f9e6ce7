"""The regular payments: workers by the month, suppliers through the period; nothing is wrong."""

from __future__ import annotations

import numpy as np

from auditbook.synthesize.book import COLUMNS, Book, log_uniform
from auditbook.synthesize.payees import Payees, staff_of
from auditbook.synthesize.schedule import make_schedule, pay_days
from auditbook.synthesize.settings import SUBSIDY
from auditbook.synthesize.workdays import PERIODS, WorkDays
from auditbook.synthesize.world import World

_ON_A_VOUCHER = 10
_LINES_PER_PAIR = 4
_WAGE = (20_000, 200_000)
_PURCHASE = (2_000, 2_000_000)


def clean_book(world: World, days: WorkDays, rng: np.random.Generator) -> Book:
    """The ledgers of a year in which nothing went wrong."""
    schedule = make_schedule(world, days, rng)
    first = _subsidies(world, pay_days(world, days, schedule), rng)
    vouchers = int(first["voucher"].max()) + 1
    second = _purchases(world, days, schedule.received, schedule.last, rng)
    second["voucher"] += vouchers
    suppliers_each = 2 * world.purchases
    payees = Payees(
        len(world.payers) * world.workers,
        len(world.payers) * suppliers_each,
        staff_of(np.concatenate([world.at(1), world.at(2)])),
    )
    clean = {name: np.concatenate([first[name], second[name]]) for name in COLUMNS}
    alive = np.ones(len(clean["unit"]), dtype=bool)
    after = int(clean["voucher"].max()) + 1
    return Book(world, days, schedule, rng, payees, clean, alive, after)


def _subsidies(
    world: World, paid_on: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Every worker the same sum each month, some of them on one voucher."""
    workers = len(world.payers) * world.workers
    wage = log_uniform(rng, workers, *_WAGE)
    worker = np.tile(np.arange(workers), 12)
    month = np.repeat(np.arange(1, 13), workers)
    unit = world.payers[worker // world.workers]
    sheet = (worker % world.workers) // _ON_A_VOUCHER
    sheets = -(-world.workers // _ON_A_VOUCHER)
    return {
        "unit": unit,
        "day": paid_on[unit, month],
        "amount": wage[worker],
        "payee": worker,
        "purpose": np.full(len(unit), SUBSIDY),
        "fund": np.zeros(len(unit), dtype="int64"),
        "voucher": ((month - 1) * len(world.payers) + worker // world.workers) * sheets + sheet,
        "period": (month + 1) // 2,
    }


def _purchases(
    world: World,
    days: WorkDays,
    received: np.ndarray,
    last: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Purchases in turn from a unit's own suppliers, so that none comes twice within a period."""
    each, payers = world.purchases, len(world.payers)
    count = payers * PERIODS * each
    payer = np.repeat(np.arange(payers), PERIODS * each)
    period = np.tile(np.repeat(np.arange(1, PERIODS + 1), each), payers)
    number = np.tile(np.arange(PERIODS * each), payers)
    unit = world.payers[payer]
    low = np.searchsorted(days.working, received[unit, period], side="right")
    high = np.searchsorted(days.working, last[period], side="right")
    place = low + np.floor(rng.random(count) * (high - low)).astype("int64")
    second = number % _LINES_PER_PAIR == _LINES_PER_PAIR - 1
    second &= number % each != 0
    place[second] = place[np.flatnonzero(second) - 1]
    return {
        "unit": unit,
        "day": days.working[place],
        "amount": log_uniform(rng, count, *_PURCHASE),
        "payee": payers * world.workers + payer * 2 * each + number % (2 * each),
        "purpose": rng.integers(1, 5, size=count),
        "fund": np.zeros(count, dtype="int64"),
        "voucher": np.arange(count) - second,
        "period": period,
    }
