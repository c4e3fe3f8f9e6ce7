"""What auditors would find at the vouchers: the sample by money, and each item's audited value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from auditbook.procedures.sampling import mus_sample_size, select
from auditbook.synthesize.ledgers import Ledgers
from auditbook.synthesize.settings import (
    EXPECTED_SHARE,
    SAMPLING_CONFIDENCE,
    TOLERABLE_SHARE,
)
from auditbook.synthesize.vouchers import payment_id

MISSTATED = "misstated"
"""The kind of error that only a look at the voucher shows."""

NOT_PROVED = ("duplicate_payments", "purpose_not_allowed", "staff_payees")
"""Errors whose payments are not accepted at all: the last entry of each."""

_SHARES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
_PLANTED = 6
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
    truth : list of rows
        As the truth has them: planted partial misstatements.
    """

    tolerable: int
    expected: int
    sample: pd.DataFrame
    audited: Mapping[str, int]
    truth: Sequence[tuple[str, str, int, str, str, str]]


def vouch(ledgers: Ledgers, truth: pd.DataFrame, *, seed: int, year: int, errors: bool) -> Vouched:
    """Draw the sample of a case, and decide what its vouchers show.

    Parameters
    ----------
    truth : DataFrame
        From ``truth_table``.
    errors : bool
        Whether misstatements are planted at all.
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
    partly = _partly(book, audited, truth, seed=seed, year=year) if errors else {}
    rows = [_row(entry, book[entry], fen, year) for entry, fen in partly.items()]
    return Vouched(tolerable, expected, sample, {**audited, **partly}, rows)


def _whole(fen: Fraction) -> int:
    return int(fen) // _ROUND * _ROUND


def _not_proved(truth: pd.DataFrame, book: Mapping[str, int]) -> dict[str, int]:
    rows = truth[(truth["planted"] == "error") & truth["kind"].isin(NOT_PROVED)]
    last = [entries.split("、")[-1] for entries in rows["entries"]]
    return {entry: 0 for entry in last if entry in book}


def _partly(
    book: Mapping[str, int],
    audited: Mapping[str, int],
    truth: pd.DataFrame,
    *,
    seed: int,
    year: int,
) -> dict[str, int]:
    """Payments of which the voucher proves only a part; none that is planted otherwise."""
    taken = {entry for entries in truth["entries"] for entry in entries.split("、")}
    free = [entry for entry in book if entry not in taken and entry not in audited]
    rng = np.random.Generator(np.random.PCG64([seed, year, 1]))
    chosen = sorted(rng.choice(len(free), size=min(_PLANTED, len(free)), replace=False).tolist())
    lost = {free[place]: _SHARES[i % len(_SHARES)] for i, place in enumerate(chosen)}
    return {entry: book[entry] - int(book[entry] * share) for entry, share in lost.items()}


def _row(entry: str, book: int, audited: int, year: int) -> tuple[str, str, int, str, str, str]:
    note = f"凭证只能证明 {audited // 100}.{audited % 100:02d} 元"
    return MISSTATED, "error", year, "payments", entry, note
