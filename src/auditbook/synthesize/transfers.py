"""Regular instalments down the levels: each unit gets what it and those below it need."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from auditbook.synthesize.book import Book, Received, Sent
from auditbook.synthesize.kinds import DECOYS
from auditbook.synthesize.settings import FUND, FUNDS
from auditbook.synthesize.workdays import PERIODS

_KEPT = (5_000, 500_000)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("全角数字", lambda text: text.translate(_FULL_WIDTH)),
    ("多空格", lambda text: text.replace("〔", " 〔").replace("〕", "〕 ")),
    ("多连字符", lambda text: text.replace("〕", "〕-")),
    ("前面补零", lambda text: text.replace("〕", "〕00")),
)


def regular_transfers(book: Book) -> list[Sent]:
    """The regular instalments with their receipts, one for each unit and period."""
    amounts = _amounts(book)
    step = book.rng.integers(0, 4, size=(len(book.world.names), PERIODS + 1))
    found = []
    for unit in book.world.receivers.tolist():
        sender = int(book.world.parent[unit])
        for period in range(1, PERIODS + 1):
            amount = int(amounts[unit, period])
            number = book.document(sender, 10 * period + int(step[sender, period]))
            arrives = int(book.schedule.received[unit, period])
            sent = Sent(sender, unit, period, int(book.schedule.sent[unit, period]), amount, number)
            sent.received.append(Received(sender, unit, arrives, amount, number))
            found.append(sent)
    return found


def _amounts(book: Book) -> np.ndarray:
    """What each unit gets in each period: payments, transfers below and what is kept at the end."""
    world, clean, alive = book.world, book.clean, book.alive
    need = np.zeros((len(world.names), PERIODS + 1), dtype="int64")
    np.add.at(need, (clean["unit"][alive], clean["period"][alive]), clean["amount"][alive])
    for line in book.paid:
        unit, _, amount, _, _, fund, _, period = line.values
        if FUND in FUNDS[fund]:
            need[unit, period] += amount
    for sent in book.extra:
        need[sent.sender, sent.period] += sent.amount
    keeps = world.payers[book.rng.random(len(world.payers)) < 0.5]
    need[keeps, PERIODS] += book.rng.integers(*_KEPT, size=len(keeps))
    for level in (3, 2):
        units = world.at(level)
        np.add.at(need, world.parent[units], need[units] * (np.arange(PERIODS + 1) > 0))
    return need


def spell_otherwise(book: Book, sent: list[Sent]) -> list[Sent]:
    """Near misses among the regular transfers; gives the transfers back, some of them in two.

    Document numbers written otherwise, receipts without one, one sum booked in parts, two
    transfers booked as one.
    """
    turn = iter(book.rng.permutation(len(sent)).tolist())
    for why, spell in _SPELLINGS:
        one = sent[next(turn)]
        one.received[0].document = spell(one.document)
        _note(book, "unmatched_sent", [one, *one.received], f"文号写法不同：{why}")
    for _ in range(DECOYS):
        one = sent[next(turn)]
        one.received[0].document = ""
        _note(book, "unmatched_received", [one, *one.received], "收款没有文号")
    for number in range(DECOYS):
        one = sent[next(turn)]
        one.received = _in_parts(book, one.received[0], named=number == 0)
        _note(book, "unmatched_sent", [one, *one.received], "一笔拨款分次入账")
    return [*sent, *(_sent_in_two(book, sent[next(turn)]) for _ in range(DECOYS))]


def _note(book: Book, kind: str, entries: list[Sent | Received], why: str) -> None:
    book.note(kind, "decoy", "transfers、receipts", entries, why)


def _in_parts(book: Book, whole: Received, *, named: bool) -> list[Received]:
    """The same sum on two or three working days, with or without the document's number."""
    count = int(book.rng.integers(2, 4))
    cuts = np.sort(book.rng.integers(whole.amount // 5, whole.amount, size=count - 1)).tolist()
    edges = [0, *cuts, whole.amount]
    number = whole.document if named else ""
    return [
        Received(whole.sender, whole.unit, book.days.later(whole.day, place), b - a, number)
        for place, (a, b) in enumerate(pairwise(edges))
        if b > a
    ]


def _sent_in_two(book: Book, whole: Sent) -> Sent:
    """Take a part of a transfer into one of its own; the receipt stays one sum."""
    part = max(1, whole.amount // 3)
    number = book.document(whole.sender)
    second = Sent(whole.sender, whole.unit, whole.period, whole.day, part, number)
    whole.amount -= part
    _note(book, "unmatched_sent", [whole, second, *whole.received], "两笔拨款合并入账")
    return second
