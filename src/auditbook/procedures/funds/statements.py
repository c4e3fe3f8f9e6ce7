"""Two statements of one fact, held against each other unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Verdict, records
from auditbook.procedures.funds.common import severity_of, verdict_of
from auditbook.query import Table, query

Amounts: TypeAlias = Mapping[str, tuple[str, str]] | Sequence[str]
"""What two tables both state: subject to (left column, right column), or columns of both."""

SIDES_COLUMNS = [
    "subject", "left_fen", "right_fen", "difference_fen", "verdict", "left_source", "right_source",
]  # fmt: skip
ALLOCATION_AND_USE = {
    "arrived": ("arrived", "disbursed"),
    "used": ("used", "used"),
    "balance": ("balance", "balance"),
}
"""What the allocation table and the table of use both state, and in which columns."""

_LARGE = 10_000
"""Frames of more rows are compared in SQL first, and only rows that disagree are looked at."""


def side_by_side(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    on: str | Sequence[str] = "unit",
    amounts: Amounts = ALLOCATION_AND_USE,
    tolerance: int = 0,
) -> pd.DataFrame:
    """Two statements of the same amounts, unit by unit.

    Parameters
    ----------
    left, right : DataFrame, one row per unit
        The columns of `on`, together unique; source_row, if there is one; the columns named in
        `amounts`, fen.
    on : str or list of str
        What makes two rows the same: ``unit``, or for example unit and year.
    amounts : dict of subject to (left column, right column), or list of columns of both
    tolerance : int, fen
        Amounts that are no further apart tie.

    Returns
    -------
    DataFrame, one row per unit and subject, in the order of `left`, then what only `right` has
        The columns of `on`, subject, left_fen, right_fen, difference_fen = left − right, verdict,
        left_source, right_source. Where one side lacks the unit or its amount, that is missing
        and the verdict is undecided; an amount that neither states is left out.

    Raises
    ------
    ValueError
        A unit appears twice in a table.

    """
    keys, columns = _keys(on), _columns(amounts)
    sides = [_by_key(table, keys) for table in (left, right)]
    rows = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        both = [side.get(key) for side in sides]
        sources = ["" if record is None else record.get("source_row", "") for record in both]
        for subject, names in columns.items():
            pair = [_amount(record, name) for record, name in zip(both, names, strict=True)]
            if pair != [None, None] or None in both:
                rows.append([*key, *_side(subject, pair, sources, tolerance)])
    table = pd.DataFrame(rows, columns=[*keys, *SIDES_COLUMNS])
    money = ["left_fen", "right_fen", "difference_fen"]
    return table.astype(dict.fromkeys(money, "Int64"))


def compare_tables(
    left: Table,
    right: Table,
    *,
    on: str | Sequence[str] = "unit",
    amounts: Amounts = ALLOCATION_AND_USE,
    tolerance: int = 0,
) -> pd.DataFrame:
    """Every unit and column where two sources disagree, units on one side only included.

    Arguments, columns and order as in :func:`side_by_side`; tables may also be DuckDB relations,
    of any size, whose rows are taken in the order of `on`. Rows that differ come first. A unit that
    one side lacks is one row, of the first subject, with the verdict undecided.
    """
    keys, columns = _keys(on), _columns(amounts)
    if not _is_small(left) or not _is_small(right):
        for table in (left, right):
            _refuse_twice(table, keys)
        first = _disagreeing(left, right, 0, keys, columns, tolerance)
        second = _disagreeing(right, left, 1, keys, columns, tolerance)
    else:
        first, second = left, right
    both = side_by_side(first, second, on=on, amounts=amounts, tolerance=tolerance)
    differ = both[both["verdict"] == Verdict.DIFFERS]
    one_sided = both[both["verdict"] == Verdict.UNDECIDED].drop_duplicates(keys)
    return pd.concat([differ, one_sided], ignore_index=True)


def comparison_findings(
    comparison: pd.DataFrame, *, money_unit: str, material: int, rule: str = "funds.two_tables"
) -> list[Finding]:
    """One finding per unit for which two tables disagree.

    All columns that disagree stand in one finding, since used and balance move together; the
    difference is the largest of theirs, and `material` (fen) decides what is 重大.

    Parameters
    ----------
    comparison : DataFrame
        From :func:`compare_tables`, on unit.
    money_unit : str
    material : int, fen
    rule : str
        ``funds.two_tables``: the allocation table and the table of use; ``funds.ledgers``: the
        allocation table and what the ledgers add up to.
    """
    differ = comparison[comparison["verdict"] == Verdict.DIFFERS]
    findings = []
    for unit, rows in differ.groupby("unit", sort=False):
        largest = max(rows["difference_fen"].abs())
        findings.append(
            Finding(
                rule,
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


def _keys(on: str | Sequence[str]) -> list[str]:
    return [on] if isinstance(on, str) else list(on)


def _is_small(table: Table) -> TypeGuard[pd.DataFrame]:
    return isinstance(table, pd.DataFrame) and len(table) <= _LARGE


def _columns(amounts: Amounts) -> Mapping[str, tuple[str, str]]:
    return amounts if isinstance(amounts, Mapping) else {name: (name, name) for name in amounts}


def _by_key(table: pd.DataFrame, keys: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    _refuse(table.loc[table.duplicated(keys), keys])
    names = zip(*(table[key] for key in keys), strict=True)
    return dict(zip(names, records(table), strict=True))


def _amount(record: dict[str, Any] | None, column: str) -> int | None:
    return None if record is None or pd.isna(record[column]) else int(record[column])


def _side(subject: str, pair: list[int | None], sources: list[str], tolerance: int) -> list[Any]:
    left, right = pair
    difference = None if left is None or right is None else left - right
    verdict = Verdict.UNDECIDED if difference is None else verdict_of(abs(difference) <= tolerance)
    return [subject, left, right, difference, verdict, *sources]


def _refuse_twice(table: Table, keys: list[str]) -> None:
    names = ", ".join(_quoted(key) for key in keys)
    twice = f"select {names} from stated group by {names} having count(*) > 1 order by {names}"
    _refuse(query(f"{twice} limit 1", stated=table))


def _refuse(twice: pd.DataFrame) -> None:
    if len(twice):
        raise ValueError(f"more than one row of {'、'.join(map(str, twice.iloc[0]))}")


def _disagreeing(
    table: Table,
    other: Table,
    place: int,
    keys: list[str],
    columns: Mapping[str, tuple[str, str]],
    tolerance: int,
) -> pd.DataFrame:
    """Rows of `table` that `other` lacks or contradicts; amounts as text, which loses nothing."""
    names = [(pair[place], pair[1 - place]) for pair in columns.values()]
    differ = [
        f"(coalesce(abs(t.{own} - o.{its}) > {tolerance}, t.{own} is not null or "
        f"o.{its} is not null))"
        for own, its in ((_quoted(own), _quoted(its)) for own, its in names)
    ]
    same = " and ".join(f"t.{_quoted(key)} = o.{_quoted(key)}" for key in keys)
    chosen = [f"t.{_quoted(key)}" for key in keys]
    texts = [f"t.{_quoted(own)}::varchar as {_quoted(own)}" for own in dict(names)]
    source = ["t.source_row"] if "source_row" in table.columns else []
    rows = query(
        f"""
        select {", ".join([*chosen, *texts, *source])}
        from stated as t left join other as o on {same}
        where o.{_quoted(keys[0])} is null or {" or ".join(differ)}
        order by {", ".join(chosen)}
        """,
        stated=table,
        other=other,
    )
    return table.merge(rows[keys], on=keys) if isinstance(table, pd.DataFrame) else rows


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _amounts(fens: Iterable[int], money_unit: str) -> str:
    return "、".join(amount_text(fen, money_unit) for fen in fens)
