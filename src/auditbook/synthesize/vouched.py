"""What auditors would find at the vouchers: the sample by money, and each item's audited value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from auditbook.procedures.sampling import mus_sample_size, select
from auditbook.synthesize.kinds import DECOYS, MISSTATED
from auditbook.synthesize.ledgers import Ledgers
from auditbook.synthesize.settings import (
    EXPECTED_SHARE,
    SAMPLING_CONFIDENCE,
    TOLERABLE_SHARE,
)
from auditbook.synthesize.vouchers import payment_id

NOT_PROVED = ("duplicate_payments", "purpose_not_allowed", "staff_payees")
"""Errors whose payments are not accepted at all: the last entry of each."""

_SHARES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
_ROUND = 10_000
"""Limits are stated in whole hundreds of yuan."""


@dataclass(frozen=True)
class Vouched:
    """A sample of payments by money, and what the vouchers show.

    Attributes
    ----------
    tolerable, expected : int, fen
    sample : DataFrame
        From ``sampling.select``.
    audited : dict of entry to fen
        Of every payment whose audited value is not its book value.
    otherwise : set of entries
        Sampled items that another procedure has confirmed.
    truth : list of rows
        As the truth has them: planted partial misstatements, and near misses.
    """

    tolerable: int
    expected: int
    sample: pd.DataFrame
    audited: Mapping[str, int]
    otherwise: frozenset[str]
    truth: Sequence[tuple[str, str, int, str, str, str]]


def vouch(ledgers: Ledgers, truth: pd.DataFrame, *, seed: int, year: int, count: int) -> Vouched:
    """Draw the sample of a case, and decide what its vouchers show.

    Parameters
    ----------
    truth : DataFrame
        From ``truth_table``.
    count : int
        How many misstatements are planted.
    """
    amounts = ledgers.payments.columns["amount"]
    frame = pd.DataFrame(
        {"id": [payment_id(place) for place in range(len(amounts))], "amount": amounts}
    )
    positive = frame[frame["amount"] > 0]
    total = int(positive["amount"].sum())
    tolerable, expected = (_whole(total * share) for share in (TOLERABLE_SHARE, EXPECTED_SHARE))
    size = mus_sample_size(
        book_value=Fraction(total, 100),
        tolerable_misstatement=Fraction(tolerable, 100),
        expected_misstatement=Fraction(expected, 100),
        confidence=SAMPLING_CONFIDENCE,
    )
    sample = select(frame, n=size, method="mus_fixed_interval", amount="amount", seed=seed)
    book = dict(zip(positive["id"], positive["amount"].tolist(), strict=True))
    audited = _not_proved(truth, book)
    taken = {entry for entries in truth["entries"] for entry in entries.split("、")}
    free = [entry for entry in book if entry not in taken]
    rng = np.random.Generator(np.random.PCG64([seed, year, 1]))
    partly = _partly(book, _chosen(rng, free, count))
    drawn = [item for item in sample["id"] if item in set(free) - set(partly)]
    otherwise = _chosen(rng, drawn, DECOYS)
    rows = [_row(entry, "error", _proves(fen), year) for entry, fen in partly.items()]
    rows += [_row(entry, "decoy", "由替代程序确认", year) for entry in otherwise]
    return Vouched(tolerable, expected, sample, {**audited, **partly}, frozenset(otherwise), rows)


def _whole(fen: Fraction) -> int:
    return int(fen) // _ROUND * _ROUND


def _not_proved(truth: pd.DataFrame, book: Mapping[str, int]) -> dict[str, int]:
    rows = truth[(truth["planted"] == "error") & truth["kind"].isin(NOT_PROVED)]
    last = [entries.split("、")[-1] for entries in rows["entries"]]
    return {entry: 0 for entry in last if entry in book}


def _chosen(rng: np.random.Generator, entries: Sequence[str], count: int) -> list[str]:
    size = min(count, len(entries))
    return [entries[i] for i in sorted(rng.choice(len(entries), size, replace=False).tolist())]


def _partly(book: Mapping[str, int], entries: Sequence[str]) -> dict[str, int]:
    """Payments of which the voucher proves only a part."""
    lost = {entry: _SHARES[i % len(_SHARES)] for i, entry in enumerate(entries)}
    return {entry: book[entry] - int(book[entry] * share) for entry, share in lost.items()}


def _proves(fen: int) -> str:
    return f"凭证只能证明 {fen // 100}.{fen % 100:02d} 元"


def _row(entry: str, planted: str, note: str, year: int) -> tuple[str, str, int, str, str, str]:
    return MISSTATED, planted, year, "payments", entry, note
