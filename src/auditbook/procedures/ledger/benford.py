"""首位数字检验: leading digits against Benford's law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from auditbook.query import Table, name, query

Conformity = Literal["close", "acceptable", "marginal", "nonconforming", "undecided"]
_GRADES: tuple[Conformity, ...] = ("close", "acceptable", "marginal")
_LIMITS = {1: (0.006, 0.012, 0.015), 2: (0.0012, 0.0018, 0.0022)}
_ENOUGH = {1: 300, 2: 1000}


@dataclass(frozen=True)
class Benford:
    """How leading digits are spread.

    Attributes
    ----------
    table : DataFrame, one row per leading digit (1 to 9) or pair (10 to 99)
        digits, amounts_count, share_rate, expected_rate (fractions, for display and statistics).
    n : int
        Amounts counted: without zeros and without those of too few digits.
    chi_square, p_value, mad : float
        nan without amounts. MAD: mean of the absolute differences of the two shares.
    df : int
        8 or 89.
    conformity : str
        By the MAD: ``close``, ``acceptable``, ``marginal``, ``nonconforming``; ``undecided``
        without amounts.
    warnings : tuple of str
        ``few_amounts``: fewer than 300 (one digit) or 1000 (two). ``assigned_amounts``: the ten
        most frequent amounts make up half of all or more, as with fixed rates of subsidy.
    zeros, short : int
        Amounts left out: of 0 fen; of fewer digits than asked.
    """

    table: pd.DataFrame
    n: int
    chi_square: float
    df: int
    p_value: float
    mad: float
    conformity: Conformity
    warnings: tuple[str, ...] = ()
    zeros: int = 0
    short: int = 0


def benford(amounts: pd.Series | Table, *, digits: Literal[1, 2] = 1) -> Benford:
    """Leading digits of amounts against Benford's law.

    Digits are those of the whole number of fen, by text, so that none is off at a boundary.
    Negative amounts count by absolute value.

    Parameters
    ----------
    amounts : Series, or Table of one column
        int64 fen.
    digits : 1 or 2

    Returns
    -------
    Benford
        Conformity by the limits of Nigrini, Benford's Law (2012), table 7.1.

    Raises
    ------
    ValueError
        `digits` is neither 1 nor 2, or the table has other than one column.
    """
    if digits not in _LIMITS:
        raise ValueError(f"one or two digits, got: {digits}")
    amounts = amounts.to_frame("amount") if isinstance(amounts, pd.Series) else amounts
    counted = _counted(amounts, digits)
    times = dict(zip(counted["digits"], counted["times"], strict=True))
    zeros = int(times.pop("0", 0))
    leading = range(10 ** (digits - 1), 10**digits)
    table = pd.DataFrame(
        {"digits": leading, "amounts_count": [times.pop(str(d), 0) for d in leading]}
    )
    short, n, df = int(sum(times.values())), int(table["amounts_count"].sum()), len(leading) - 1
    table["share_rate"] = table["amounts_count"] / n if n else math.nan
    table["expected_rate"] = [math.log10(1 + 1 / d) for d in leading]
    if not n:
        nan = math.nan
        return Benford(table, 0, nan, df, nan, nan, "undecided", ("few_amounts",), zeros, short)
    expected = table["expected_rate"] * n
    chi_square = float(((table["amounts_count"] - expected) ** 2 / expected).sum())
    mad = float((table["share_rate"] - table["expected_rate"]).abs().mean())
    p_value, grade = _tail(chi_square, df), conformity(mad, digits=digits)
    warnings = _warnings(amounts, n, digits)
    return Benford(table, n, chi_square, df, p_value, mad, grade, warnings, zeros, short)


def _tail(chi_square: float, df: int) -> float:
    """P(X ≥ chi square)."""
    from scipy.special import chdtrc  # not above: scipy.stats takes half a second to import

    return float(chdtrc(df, chi_square))


def conformity(mad: float, *, digits: Literal[1, 2] = 1) -> Conformity:
    """What a mean absolute deviation says; a limit belongs to the better grade."""
    for limit, grade in zip(_LIMITS[digits], _GRADES, strict=True):
        if mad <= limit:
            return grade
    return "nonconforming"


def _counted(amounts: Table, digits: int) -> pd.DataFrame:
    """How many amounts lead with which digits, ``0`` for zeros; short ones have fewer digits."""
    sql = f"""
        select left(size, {digits:d}) as digits, cast(sum(times) as bigint) as times
        from ({_sizes(amounts)}) as sizes group by left(size, {digits:d}) order by digits
    """
    return query(sql, amounts=amounts)


def _sizes(amounts: Table) -> str:
    if len(amounts.columns) != 1:
        raise ValueError(f"one column of amounts, got: {', '.join(map(str, amounts.columns))}")
    column = name(str(amounts.columns[0]))
    return f"""
        select size, cast(sum(times) as bigint) as times
        from (
            select replace(cast({column} as varchar), '-', '') as size, times
            from (select {column}, count(*) as times from amounts group by {column}) as values_once
        ) as written
        group by size
    """


def _warnings(amounts: Table, n: int, digits: int) -> tuple[str, ...]:
    sizes = _sizes(amounts)
    sql = f"""
        select times from ({sizes}) as sizes where length(size) >= {digits:d} and size <> '0'
        order by times desc, size limit 10
    """
    frequent = int(query(sql, amounts=amounts)["times"].sum())
    found = {"few_amounts": n < _ENOUGH[digits], "assigned_amounts": 2 * frequent >= n}
    return tuple(code for code, holds in found.items() if holds)
