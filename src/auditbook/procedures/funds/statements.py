"""Two statements of one fact, held against each other unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Verdict
from auditbook.procedures.funds.common import severity_of, verdict_of

SIDES_COLUMNS = [
    "unit", "subject", "left_fen", "right_fen", "difference_fen", "verdict", "left_source",
    "right_source",
]  # fmt: skip
ALLOCATION_AND_USE = {
    "arrived": ("arrived", "disbursed"),
    "used": ("used", "used"),
    "balance": ("balance", "balance"),
}
"""What the allocation table and the table of use both state, and in which columns."""


def side_by_side(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    on: str = "unit",
    amounts: Mapping[str, tuple[str, str]] = ALLOCATION_AND_USE,
    tolerance: int = 0,
) -> pd.DataFrame:
    """Two statements of the same amounts, unit by unit.

    Parameters
    ----------
    left, right : DataFrame, one row per unit
        `on` unique; source_row; the columns named in `amounts`, fen.
    amounts : dict of subject to (left column, right column)
    tolerance : int, fen
        Amounts that are no further apart tie.

    Returns
    -------
    DataFrame, one row per unit and subject, in the order of `left`, then what only `right` has
        unit, subject, left_fen, right_fen, difference_fen = left − right, verdict, left_source,
        right_source. Where one side lacks the unit its amount is missing and the verdict is
        undecided.

    """
    rows = []
    lefts, rights = left.set_index(on), right.set_index(on)
    for unit in dict.fromkeys([*left[on], *right[on]]):
        sides = [s.loc[unit] if unit in s.index else None for s in (lefts, rights)]
        for subject, columns in amounts.items():
            pair = [None if s is None else int(s[c]) for s, c in zip(sides, columns, strict=True)]
            sources = ["" if s is None else s["source_row"] for s in sides]
            rows.append(_side(unit, subject, pair, sources, tolerance))
    table = pd.DataFrame(rows, columns=SIDES_COLUMNS)
    money = ["left_fen", "right_fen", "difference_fen"]
    return table.astype(dict.fromkeys(money, "Int64"))


def compare_tables(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    on: str = "unit",
    amounts: Mapping[str, tuple[str, str]] = ALLOCATION_AND_USE,
    tolerance: int = 0,
) -> pd.DataFrame:
    """Every unit and column where two sources disagree, units on one side only included.

    Arguments and columns as in :func:`side_by_side`; rows that differ come first. A unit that
    one side lacks is one row, of the first subject, with the verdict undecided.
    """
    both = side_by_side(left, right, on=on, amounts=amounts, tolerance=tolerance)
    differ = both[both["verdict"] == Verdict.DIFFERS]
    one_sided = both[both["verdict"] == Verdict.UNDECIDED].drop_duplicates("unit")
    return pd.concat([differ, one_sided], ignore_index=True)


def comparison_findings(
    comparison: pd.DataFrame, *, money_unit: str, material: int
) -> list[Finding]:
    """One finding per unit for which two tables disagree.

    All columns that disagree stand in one finding, since used and balance move together; the
    difference is the largest of theirs, and `material` (fen) decides what is 重大.
    """
    differ = comparison[comparison["verdict"] == Verdict.DIFFERS]
    findings = []
    for unit, rows in differ.groupby("unit", sort=False):
        largest = max(rows["difference_fen"].abs())
        findings.append(
            Finding(
                "funds.two_tables",
                severity_of(largest, material),
                Verdict.DIFFERS,
                unit=str(unit),
                subject="、".join(rows["subject"]),
                expected=_amounts(rows["left_fen"], money_unit),
                actual=_amounts(rows["right_fen"], money_unit),
                difference=amount_text(largest, money_unit),
                expected_source=rows["left_source"].iloc[0],
                actual_source=rows["right_source"].iloc[0],
            )
        )
    return findings


def used_differently(allocation: pd.DataFrame, use: pd.DataFrame) -> pd.DataFrame:
    """Units of both tables whose use differs; the columns of :func:`side_by_side`."""
    both = side_by_side(allocation, use, amounts={"used": ("used", "used")})
    return both[both["difference_fen"].fillna(0) != 0].reset_index(drop=True)


def _side(
    unit: str, subject: str, pair: list[int | None], sources: list[str], tolerance: int
) -> dict[str, Any]:
    left, right = pair
    difference = None if left is None or right is None else left - right
    verdict = Verdict.UNDECIDED if difference is None else verdict_of(abs(difference) <= tolerance)
    return dict(
        zip(SIDES_COLUMNS, [unit, subject, left, right, difference, verdict, *sources], strict=True)
    )


def _amounts(fens: Iterable[int], money_unit: str) -> str:
    return "、".join(amount_text(fen, money_unit) for fen in fens)
