"""Errors in who was paid, how much and for what, and their near misses."""

from __future__ import annotations

import numpy as np

from auditbook.synthesize.book import UNFUNDED, Book, Paid
from auditbook.synthesize.kinds import DECOYS
from auditbook.synthesize.settings import (
    BOTH_FUNDS,
    FORBIDDEN,
    FUNDS,
    NEAR_DAYS,
    NETWORK,
    OTHER_FUND,
    PURPOSES,
    ROUND_FEN,
    SPELT_OTHERWISE,
    SPLIT_DAYS,
    SPLIT_LIMIT_FEN,
    STATIONERY,
)

_SPLIT_PART = (1_700_000, 2_400_000)
_OVER_LIMIT = (5_000_001, 8_000_000)
_LATER = 12
_EQUAL_MONTHS = 28
_TAKEN_BACK = "退回"


def duplicate_payments(book: Book, errors: int) -> None:
    """The same payee, amount and date twice."""
    for unit, period in book.slots(errors):
        day, amount, payee = book.day(unit, period), book.amount(), book.payees.new_supplier()
        twice = [book.pay(unit, day, amount, payee=payee, period=period) for _ in range(2)]
        book.note("duplicate_payments", "error", "payments", twice, "同日同额付两次")
    for unit, period in book.slots(DECOYS):
        day, amount, payee = book.day(unit, period), book.amount(), book.payees.new_supplier()
        signs = ((1, ""), (-1, _TAKEN_BACK), (1, "退回后重付"))
        lines = [
            book.pay(unit, day, sign * amount, payee=payee, period=period, note=note)
            for sign, note in signs
        ]
        book.note("duplicate_payments", "decoy", "payments", lines, "退回后重付")
        book.note("returns", "decoy", "payments", lines[:2], "有原付款的退回")
    for unit, period in book.slots(DECOYS):
        day, amount = book.day(unit, period), book.amount()
        lines = [book.pay(unit, day, amount, period=period) for _ in range(2)]
        book.note("duplicate_payments", "decoy", "payments", lines, "同额付给两家")


def near_duplicates(book: Book, errors: int) -> None:
    """The same payee and amount a few days apart."""
    for unit, period in book.slots(errors):
        first = book.day(unit, period, room=NEAR_DAYS)
        later = book.days.between(first + 1, first + NEAR_DAYS)
        _same_twice(book, unit, period, (first, book.pick(later)), "error", "隔几天同额再付")
    for unit, period in book.slots(DECOYS):
        window = book.window(unit, period)
        apart = window[np.isin(window + NEAR_DAYS + 1, window)]
        first = book.pick(apart)
        days = (first, first + NEAR_DAYS + 1)
        _same_twice(book, unit, period, days, "decoy", f"相隔 {NEAR_DAYS + 1} 天")
    for pair in _equal_months(book):
        book.note("near_duplicates", "decoy", "payments", pair, "每月等额补助")


def _same_twice(
    book: Book, unit: int, period: int, days: tuple[int, int], planted: str, why: str
) -> None:
    amount, payee = book.amount(), book.payees.new_supplier()
    lines = [book.pay(unit, day, amount, payee=payee, period=period) for day in days]
    book.note("near_duplicates", planted, "payments", lines, why)


def _equal_months(book: Book) -> list[list[int]]:
    """Two monthly payments to the same worker, 28 days or more apart."""
    workers = book.payees.workers
    day = book.clean["day"][: 12 * workers].reshape(12, workers)
    alive = book.alive[: 12 * workers].reshape(12, workers)
    far = (day[1:] - day[:-1] >= _EQUAL_MONTHS) & alive[1:] & alive[:-1]
    month, worker = np.nonzero(far)
    chosen = book.rng.permutation(len(month))[:DECOYS].tolist()
    return [
        [int(m * workers + w), int((m + 1) * workers + w)]
        for m, w in ((month[i], worker[i]) for i in chosen)
    ]


def split_payments(book: Book, errors: int) -> None:
    """Three payments below the limit that reach it together."""
    for unit, period in book.slots(errors):
        first = book.day(unit, period, room=_LATER)
        days = sorted(book.pick(book.days.between(first, first + SPLIT_DAYS - 2)) for _ in range(2))
        parts = [int(p) for p in book.rng.integers(*_SPLIT_PART, size=3)]
        _parts(book, unit, period, [first, *days], parts, "error", "拆成三笔，合计过限")
    for unit, period in book.slots(DECOYS):
        first = book.day(unit, period, room=_LATER)
        part = int(book.rng.integers(*_SPLIT_PART))
        parts = [part, SPLIT_LIMIT_FEN - 1 - part]
        days = [first, book.days.on_or_after(first + 1)]
        _parts(book, unit, period, days, parts, "decoy", "合计差一分到限")
    for unit, period in book.slots(DECOYS):
        window = book.window(unit, period)
        first = int(window[0])
        last = book.days.on_or_after(first + SPLIT_DAYS + 2)
        parts = [int(p) + 1_000_000 for p in book.rng.integers(*_SPLIT_PART, size=2)]
        _parts(book, unit, period, [first, last], parts, "decoy", f"相隔超过 {SPLIT_DAYS} 天")
    for unit, period in book.slots(DECOYS):
        amount = book.amount(*_OVER_LIMIT)
        _parts(book, unit, period, [book.day(unit, period)], [amount], "decoy", "单笔过限")


def _parts(
    book: Book,
    unit: int,
    period: int,
    days: list[int],
    amounts: list[int],
    planted: str,
    why: str,
) -> None:
    payee = book.payees.new_supplier()
    lines = [
        book.pay(unit, day, _not_round(amount), payee=payee, purpose=4, period=period)
        for day, amount in zip(days, amounts, strict=True)
    ]
    book.note("split_payments", planted, "payments", lines, why)


def _not_round(amount: int) -> int:
    return amount + (amount % ROUND_FEN == 0)


def purpose_not_allowed(book: Book, errors: int) -> None:
    """A purpose that is not on the list; decoys are on it, spelt otherwise."""
    for number, (unit, period) in enumerate(book.slots(errors)):
        text = FORBIDDEN[number % len(FORBIDDEN)]
        _one(book, unit, period, "purpose_not_allowed", "error", text, PURPOSES.index(text))
    for text in SPELT_OTHERWISE:
        unit, period = book.slot()
        purpose = PURPOSES.index(text)
        _one(book, unit, period, "purpose_not_allowed", "decoy", "写法不同", purpose)


def _one(
    book: Book, unit: int, period: int, kind: str, planted: str, why: str, purpose: int
) -> None:
    day = book.day(unit, period)
    line = book.pay(unit, day, book.amount(), purpose=purpose, period=period)
    book.note(kind, planted, "payments", [line], why)


def mixed_funds(book: Book, errors: int) -> None:
    """The fund and another one on one voucher, or in one line."""
    other, both = FUNDS.index(OTHER_FUND), FUNDS.index(BOTH_FUNDS)
    for number, (unit, period) in enumerate(book.slots(errors)):
        day, voucher = book.day(unit, period), book.voucher()
        if number % 2:
            lines = [book.pay(unit, day, book.amount(), fund=both, period=period)]
            book.note("mixed_funds", "error", "payments", lines, "一行列两项资金")
        else:
            lines = [
                book.pay(unit, day, book.amount(), voucher=voucher, period=period),
                book.pay(unit, day, book.amount(), voucher=voucher, fund=other, period=UNFUNDED),
            ]
            book.note("mixed_funds", "error", "payments", lines, "一张凭证列两项资金")
    for unit, period in book.slots(DECOYS):
        day, voucher = book.day(unit, period), book.voucher()
        lines = [book.pay(unit, day, book.amount(), voucher=voucher, fund=other) for _ in range(2)]
        book.note("mixed_funds", "decoy", "payments", lines, "全部列另一项资金")


def round_sums(book: Book, errors: int) -> None:
    """Whole multiples of 1万元; decoys are one fen more."""
    for unit, period in book.slots(errors):
        amount = ROUND_FEN * int(book.rng.integers(1, 5))
        line = book.pay(unit, book.day(unit, period), amount, purpose=4, period=period)
        book.note("round_sums", "error", "payments", [line], "整数金额")
    for unit, period in book.slots(DECOYS):
        amount = ROUND_FEN * int(book.rng.integers(1, 5)) + 1
        line = book.pay(unit, book.day(unit, period), amount, purpose=4, period=period)
        book.note("round_sums", "decoy", "payments", [line], "多一分")


def staff_payees(book: Book, errors: int) -> None:
    """Payments into the account of a member of staff, under the own or another name."""
    staff = book.payees.staff
    for number, (unit, period) in enumerate(book.slots(errors)):
        name, account, _ = staff[int(book.rng.integers(len(staff)))]
        variants = (
            (name, account, "姓名和账号都在名单上"),
            (f"示例劳务部{number:04d}", account, "账号在名单上，收款人另写"),
            (name, "", "没有账号，姓名在名单上"),
        )
        _to_person(book, unit, period, *variants[number % 3], "error")
    for number, (unit, period) in enumerate(book.slots(DECOYS)):
        name, _, _ = staff[int(book.rng.integers(len(staff)))]
        _to_person(book, unit, period, name, f"63{number:06d}", "同名，账号不同", "decoy")


def _to_person(
    book: Book, unit: int, period: int, name: str, account: str, why: str, planted: str
) -> None:
    payee = book.payees.other(name, account)
    day = book.day(unit, period)
    line = book.pay(unit, day, book.amount(), payee=payee, purpose=NETWORK, period=period)
    book.note("staff_payees", planted, "payments", [line], why)


def returns(book: Book, count: int) -> None:
    """退回 of an earlier payment, after which the unit buys elsewhere; no error."""
    for unit, period in book.slots(count):
        first = book.day(unit, period, room=_LATER)
        amount, payee = book.amount(), book.payees.new_supplier()
        paid = book.pay(unit, first, amount, payee=payee, period=period)
        back = _take_back(book, unit, period, first, amount, payee)
        book.note("returns", "decoy", "payments", [paid, back], "有原付款的退回")
        book.note("returns_unexplained", "decoy", "payments", [back], "有原付款的退回")


def returns_unexplained(book: Book, errors: int) -> None:
    """A negative line that takes back what was never paid."""
    for unit, period in book.slots(errors):
        first = book.day(unit, period, room=_LATER)
        payee = book.payees.new_supplier()
        back = _take_back(book, unit, period, first, book.amount(), payee)
        book.note("returns_unexplained", "error", "payments", [back], "没有原付款的退回")


def _take_back(book: Book, unit: int, period: int, first: int, amount: int, payee: int) -> Paid:
    """A negative line, and a purchase elsewhere for a little more: no balance falls below zero."""
    day = book.days.later(first, 2)
    back = book.pay(unit, day, -amount, payee=payee, period=period, note=_TAKEN_BACK)
    more = _not_round(amount + int(book.rng.integers(1, 10_000)))
    book.pay(unit, book.days.later(day, 1), more, purpose=STATIONERY, period=period)
    return back


def benford(book: Book, suppliers: int) -> None:
    """Suppliers whose amounts begin with 5 to 9 equally often, 40 payments each."""
    for _ in range(suppliers):
        payee = book.payees.new_supplier()
        amounts = 50_000 + book.rng.choice(50_000, size=40, replace=False)
        lines = [
            book.pay(unit, book.day(unit, period), int(amount), payee=payee, period=period)
            for (unit, period), amount in zip(book.slots(40), amounts, strict=True)
        ]
        book.note("benford", "error", "payments", lines, "首位数字均匀取 5 至 9")
