"""The work list of site visits (核查清单) as a file: its names, its sheets and its seal.

``auditbook worklist`` writes it, people fill it in, and a case reads it back as the table
``verified_funds``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

TABLE = "verified_funds"
FILE = f"{TABLE}.xlsx"
"""The filled list in the folder of a case."""

LIST_SHEET = "核查清单"
SEAL_SHEET = "说明"
SEAL_TITLES = ("封签（SHA-256）", "Seal (SHA-256)")
"""What stands before the seal, in Chinese and English."""

SPELLINGS = ("worklist", LIST_SHEET)
"""What people call the file or sheet instead of :data:`FILE`."""


def list_sheet(sheets: Sequence[str]) -> str:
    """The sheet of a workbook that holds the list: by its name, else the first with data."""
    named = [name for name in (LIST_SHEET, TABLE) if name in sheets]
    others = [name for name in sheets if name != SEAL_SHEET]
    return next(iter([*named, *others, *sheets]), LIST_SHEET)


def seal(items: Iterable[tuple[str, int]]) -> str:
    """The seal of a list: SHA-256 over its sorted lines ``id,amount``.

    It holds a list against the sample that was sent out, however the rows are ordered. It is no
    signature: who changes the list on purpose can compute it anew, and is found out by the frame.

    Parameters
    ----------
    items : iterable of (id, amount in fen)

    Returns
    -------
    str
        64 hexadecimal digits; for no item the hash of nothing.
    """
    lines = "\n".join(sorted(f"{name},{fen}" for name, fen in items))
    return hashlib.sha256(lines.encode()).hexdigest()
