"""One sum against several that add up to it: a bounded search."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_PARTS = 6
"""A lump sum is made up of no more parts than this."""
MOST_CANDIDATES = 20
"""The parts are looked for among so many lines of the unit, the nearest in time."""


class Line(NamedTuple):
    """One line that may be a lump sum or a part of one.

    Attributes
    ----------
    day : int
        Days since any fixed date.
    place : int
        Which line it is; the smaller of two goes first.
    unit : str
    document_no : str
        As :func:`~auditbook.procedures.funds.documents.normal_document_no` gives it, or empty.
    amount : int, fen
    """

    day: int
    place: int
    unit: str
    document_no: str
    amount: int


def lump_sums(
    wholes: Iterable[Line], parts: Iterable[Line], *, days: int, tolerance: int
) -> list[tuple[int, tuple[int, ...]]]:
    """Each lump sum with the parts that add up to it; a part is used once.

    A part is of the same unit and sign and 0 to `days` days later than the whole. Two to
    :data:`MOST_PARTS` parts are sought among the :data:`MOST_CANDIDATES` nearest in time; fewer
    parts go before more, near ones before far ones. A part whose document number is not that of
    the whole may belong to it only where either has none, or another part has the whole's.

    Parameters
    ----------
    wholes : Line
        In the order in which they may choose.
    parts : Line
    days : int
    tolerance : int, fen

    Returns
    -------
    list of (place of the whole, places of its parts)
    """
    waiting: dict[str, list[Line]] = {}
    for part in sorted(parts):
        waiting.setdefault(part.unit, []).append(part)
    found = []
    for whole in wholes:
        of_unit = waiting.get(whole.unit, [])
        chosen = _parts_of(whole, list(_candidates(whole, of_unit, days, tolerance)), tolerance)
        if chosen:
            found.append((whole.place, tuple(part.place for part in chosen)))
            waiting[whole.unit] = [part for part in of_unit if part not in chosen]
    return found


def _candidates(whole: Line, parts: Sequence[Line], days: int, tolerance: int) -> Iterator[Line]:
    taken = 0
    for place in range(bisect_left(parts, (whole.day,)), len(parts)):
        part = parts[place]
        if part.day > whole.day + days or taken == MOST_CANDIDATES:
            return
        same_sign = part.amount * whole.amount > 0
        if same_sign and abs(part.amount) <= abs(whole.amount) + tolerance:
            taken += 1
            yield part


def _parts_of(whole: Line, candidates: Sequence[Line], tolerance: int) -> list[Line]:
    amounts = np.array([part.amount for part in candidates], dtype=np.int64)
    if abs(int(amounts.sum())) < abs(whole.amount) - tolerance:
        return []
    for size in range(2, min(MOST_PARTS, len(candidates)) + 1):
        choices = _choices(len(candidates), size)
        gaps = np.abs(amounts[choices].sum(axis=1) - whole.amount)
        for row in np.flatnonzero(gaps <= tolerance):
            chosen = [candidates[place] for place in choices[row]]
            if _one_document(whole, chosen):
                return chosen
    return []


@cache
def _choices(candidates: int, size: int) -> NDArray[np.int64]:
    return np.array(list(combinations(range(candidates), size)), dtype=np.int64)


def _one_document(whole: Line, parts: Sequence[Line]) -> bool:
    numbers = {part.document_no for part in parts}
    return not whole.document_no or whole.document_no in numbers or numbers == {""}
