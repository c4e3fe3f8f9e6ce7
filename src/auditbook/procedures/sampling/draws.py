"""Chance that anybody can compute again: keys and uniform numbers from SHA-256.

No library's random stream is used, since streams change with versions. All comes from the seed
as it was written down, by a hash that every system has::

    printf '%s' '20181231|记-0012' | sha256sum        # the key of the item 记-0012
    printf '%s' '20181231|start|1' | sha256sum        # the first number for the purpose start

Texts are hashed as UTF-8. Keys are compared as 64 hexadecimal digits.

References
----------
NIST FIPS 180-4 (2015), Secure Hash Standard, section 6.2.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction

from auditbook.procedures.errors import PlanError

GENERATOR = "SHA-256: key = H(seed|id), number = (H(seed|purpose|j) + 1) / 2^256"
"""How chance was made, as drawing records name it; it changes when the rule changes."""

_RANGE = 2**256


def item_key(seed: int | str, item: str) -> str:
    """The key by which items are drawn: the n smallest are a random sample, all a random order.

    Parameters
    ----------
    seed : int or str
        As it is written down; 7 and "7" are the same.
    item : str
        The item's id.

    Returns
    -------
    str
        SHA-256 of ``seed|id``, 64 hexadecimal digits.
    """
    return _hash(f"{seed}|{item}")


def uniform(seed: int | str, purpose: str, j: int) -> Fraction:
    """Number `j` of those that a purpose needs, uniform in (0, 1].

    Parameters
    ----------
    seed : int or str
    purpose : str
        What it is for: ``start``, ``cell``, ``draw``; in a stratum ``start/甲``.
    j : int
        From 1.

    Returns
    -------
    Fraction
        (SHA-256 of ``seed|purpose|j`` as a whole number + 1) / 2^256; never 0, so that it hits
        something.
    """
    return Fraction(int(_hash(f"{seed}|{purpose}|{j}"), 16) + 1, _RANGE)


def check_seed(seed: int | str | None) -> int | str:
    """A seed that can be written down and read again.

    Raises
    ------
    PlanError
        It is neither a whole number nor a text, or an empty one.
    """
    whole = hasattr(seed, "__index__") and not isinstance(seed, bool)
    if not (whole or (isinstance(seed, str) and seed)):
        raise PlanError(
            f"种子 seed 应为整数或文字，给的是 {seed!r}；请先定下并写入底稿，例如 20181231",
            f"seed should be a whole number or a text, got {seed!r}; fix one and write it down "
            "before drawing, such as 20181231",
        )
    return seed if isinstance(seed, str) else int(seed)  # type: ignore[arg-type]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
