"""分配: how a sample is divided among strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.errors import PlanError, check_choice, check_count, exact

METHODS = ("proportional", "neyman", "equal")

COLUMNS = ["stratum", "size", "share", "allocated", "raised", "cut"]


def allocate(
    strata: pd.DataFrame, *, n: int, method: str = "proportional", minimum: int = 0
) -> pd.DataFrame:
    """A sample of n units divided among strata (样本量分配), in whole numbers that add up to n.

    Shares are n·N_h/N (``proportional``), n·N_h·S_h/Σ N_h·S_h (``neyman``) or n/H (``equal``).
    Whole numbers come from them by largest remainders, ties to the earlier stratum. A stratum
    below the minimum is raised to it, one above its size is cut to it, and what is left is
    divided among the others by the same rule, until nothing changes; where both happen at once
    and neither outweighs the other, the minimum goes first.

    Parameters
    ----------
    strata : DataFrame, one row per stratum
        stratum, unique; size, number of its units; sd, their standard deviation in any one unit
        of measure, for ``neyman`` only. Floats count as the decimals that they print.
    n : int
    method : {"proportional", "neyman", "equal"}
    minimum : int
        For each stratum, or its size where that is less: 2 units give a variance.

    Returns
    -------
    DataFrame, in the order of `strata`
        stratum, size, share (exact fraction, before minimum and size are looked at), allocated,
        raised (units added by the minimum), cut (units taken away since the stratum has no more).
        A stratum with 0 allocated cannot be projected.

    Raises
    ------
    PlanError
        n is under 1, over the number of all units, or too small for the minimum; strata are named
        twice, or a size or standard deviation is none; no stratum has any spread (``neyman``).

    Notes
    -----
    In a stratum without spread (sd = 0) Neyman draws nothing but the minimum, unless the others
    are exhausted; then what is left is divided by size.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. (1977), sections 5.5 and 5.9. J. Neyman, "On the two
    different aspects of the representative method", Journal of the Royal Statistical Society 97
    (1934). Proportional and Neyman examples: R samplingbook 1.2.4, ``stratasamp``.
    """
    check_choice("method", method, METHODS)
    names, sizes = _sizes(strata)
    least = check_count("minimum", minimum)
    n = check_count("n", n, least=1)
    _check_total(n, sizes, least)
    weights = _weights(strata, sizes, method)
    shares = apportion(weights, sizes, n=n, minimum=least)
    whole = sum(weights)
    rows = [
        [stratum, size, n * weight / whole, share.allocated, share.raised, share.cut]
        for stratum, size, weight, share in zip(names, sizes, weights, shares, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class Apportioned:
    """What one stratum gets.

    Attributes
    ----------
    allocated, raised, cut : int
        Units in all; of these added by the minimum; taken away at the cap.
    """

    allocated: int
    raised: int = 0
    cut: int = 0


def apportion(
    weights: Sequence[Fraction], caps: Sequence[int], *, n: int, minimum: int = 0
) -> list[Apportioned]:
    """N divided by weights, within minimum and caps; Σ min(minimum, cap) ≤ n ≤ Σ caps.

    In each round either all strata under their minimum are settled there, or all above their cap,
    whichever is more units off: settling the others as well could leave more or less to divide
    than the rest can take.
    """
    floors = [min(minimum, cap) for cap in caps]
    settled: dict[int, Apportioned] = {}
    while True:
        open_ = [h for h in range(len(caps)) if h not in settled]
        left = n - sum(done.allocated for done in settled.values())
        now = dict(zip(open_, _open_shares(weights, caps, open_, left), strict=True))
        low = {h: floors[h] - now[h] for h in open_ if now[h] < floors[h]}
        high = {h: now[h] - caps[h] for h in open_ if now[h] > caps[h]}
        if not low and not high:
            settled |= {h: Apportioned(count) for h, count in now.items()}
            return [settled[h] for h in range(len(caps))]
        if sum(low.values()) >= sum(high.values()):
            settled |= {h: Apportioned(floors[h], raised=units) for h, units in low.items()}
        else:
            settled |= {h: Apportioned(caps[h], cut=units) for h, units in high.items()}


def _open_shares(
    weights: Sequence[Fraction], caps: Sequence[int], open_: list[int], left: int
) -> list[int]:
    given = [weights[h] for h in open_]
    return _largest_remainders(given if any(given) else [Fraction(caps[h]) for h in open_], left)


def _largest_remainders(weights: Sequence[Fraction], n: int) -> list[int]:
    """Hamilton's rule: whole parts, then one more to the largest remainders, earlier ones first."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [n * weight / whole for weight in weights]
    counts = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda h: (counts[h] - shares[h], h))
    for h in by_remainder[: n - sum(counts)]:
        counts[h] += 1
    return counts


def _sizes(strata: pd.DataFrame) -> tuple[list[Any], list[int]]:
    missing = [column for column in ("stratum", "size") if column not in strata]
    if missing or strata.empty:
        got = "、".join(map(str, strata.columns)) if missing else "0"
        raise PlanError(
            f"strata 应每层一行，含 stratum 和 size 两列，给的是 {got}",
            f"strata should have a row for each stratum, with stratum and size, got {got}",
        )
    rows = records(strata)
    names = [row["stratum"] for row in rows]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise PlanError(
            f"层名重复：{'、'.join(twice)}；每层只列一次",
            f"strata named more than once: {', '.join(twice)}; list each once",
        )
    return names, [check_count(f"size {row['stratum']}", row["size"]) for row in rows]


def _check_total(n: int, sizes: list[int], minimum: int) -> None:
    if n > sum(sizes):
        raise PlanError(
            f"样本量 n 为 {n}，总体只有 {sum(sizes)} 个单位；请减小 n，或全部检查",
            f"n is {n}, but there are only {sum(sizes)} units; lower n, or examine all",
        )
    least = sum(min(minimum, size) for size in sizes)
    if n < least:
        raise PlanError(
            f"每层至少 {minimum} 个共需 {least} 个，样本量 n 只有 {n}；请增大 n 或减小 minimum",
            f"a minimum of {minimum} in each stratum takes {least} units, n is {n}; raise n or "
            "lower minimum",
        )


def _weights(strata: pd.DataFrame, sizes: list[int], method: str) -> list[Fraction]:
    if method == "equal":
        return [Fraction(1)] * len(sizes)
    if method == "proportional":
        return [Fraction(size) for size in sizes]
    if "sd" not in strata:
        raise PlanError(
            "method='neyman' 需要各层标准差 sd 一列；没有时请用 proportional",
            "method='neyman' needs a column sd with standard deviations; without it use "
            "proportional",
        )
    names = strata["stratum"].tolist()
    spread = [_spread(h, sd) for h, sd in zip(names, strata["sd"].tolist(), strict=True)]
    weights = [size * sd for size, sd in zip(sizes, spread, strict=True)]
    if not any(weights):
        raise PlanError(
            "各层标准差 sd 都是 0，无法按 neyman 分配；请用 proportional",
            "all standard deviations are 0, which neyman cannot divide by; use proportional",
        )
    return weights


def _spread(stratum: Any, sd: Any) -> Fraction:
    try:
        value = exact(sd)
    except (TypeError, ValueError, OverflowError):
        value = Fraction(-1)
    if value < 0:
        raise PlanError(
            f"标准差 sd 应为不小于 0 的数，{stratum} 的是 {sd}",
            f"sd should be a number of at least 0, got {sd} for {stratum}",
        )
    return value
