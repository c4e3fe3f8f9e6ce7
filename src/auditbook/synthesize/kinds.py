"""The kinds of errors that can be planted, and how many of each are asked for."""

from __future__ import annotations

KINDS = (
    "unmatched_sent",
    "unmatched_received",
    "amount_mismatch",
    "held",
    "duplicate_payments",
    "near_duplicates",
    "split_payments",
    "before_arrival",
    "after_cut_off",
    "purpose_not_allowed",
    "mixed_funds",
    "round_sums",
    "non_working_days",
    "staff_payees",
    "voucher_gaps",
    "returns",
    "returns_unexplained",
    "benford",
    "misstated",
)
"""Every kind of the ledgers, in the order of ``docs/synthetic.md``."""

SURVEY_QUOTA = "survey_quota"
SURVEY_KINDS = (
    "survey_bursts",
    "survey_duplicates",
    "survey_straight_lines",
    "survey_speeders",
    "survey_outside_window",
    "survey_contradictions",
    "survey_out_of_scale",
    "survey_unanswered",
    SURVEY_QUOTA,
)
"""Every kind of the survey: forms that a test should mark, which does not prove them wrong."""

ONCE = ("survey_bursts", SURVEY_QUOTA)
"""Kinds of which one is planted where no count is given."""

BY_NAME_ONLY = ("benford",)
"""Kinds that are planted only when they are named: they are statistical."""

NO_ERROR = ("returns",)
"""Kinds that are no error: they are there whatever is planted, and the truth calls them decoys."""

MISSTATED = "misstated"
"""Planted at the vouchers, which only a sample looks at; no test of a ledger can find it."""

DEFAULT_COUNT = 3
DECOYS = 2
"""How often each near miss is made, whatever is planted."""


class PlantError(ValueError):
    """What was asked to be planted cannot be."""


def planted_counts(words: str | None) -> dict[str, int]:
    """How many errors of each kind: ``duplicate_payments:5,held:2``, ``none``, or all when None.

    Raises
    ------
    PlantError
        An unknown kind, one named twice, or a count that is no whole number from 1.
    """
    usual = dict.fromkeys(NO_ERROR, DEFAULT_COUNT)
    if words is None or words.strip() == "all":
        every = [kind for kind in (*KINDS, *SURVEY_KINDS) if kind not in BY_NAME_ONLY]
        return usual | {kind: _default(kind) for kind in every}
    if words.strip() == "none":
        return usual
    counts: dict[str, int] = {}
    for word in words.split(","):
        kind, _, number = word.strip().partition(":")
        if kind not in (*KINDS, *SURVEY_KINDS):
            known = ", ".join((*KINDS, *SURVEY_KINDS))
            raise PlantError(f"no such kind: {kind!r}; kinds: {known}")
        if kind in counts:
            raise PlantError(f"{kind} is named twice")
        if number and not (number.isascii() and number.isdigit() and int(number) > 0):
            raise PlantError(f"{word.strip()!r}: the count should be a whole number from 1")
        counts[kind] = int(number) if number else _default(kind)
    return usual | counts


def _default(kind: str) -> int:
    return 1 if kind in ONCE else DEFAULT_COUNT
