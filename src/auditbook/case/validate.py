"""Values against the schema: pandera finds what is wrong, people read where and what is right."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import pandera.errors

from auditbook.case.body import RawTable
from auditbook.case.columns import Title
from auditbook.case.errors import Problem, Told
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.names import nearest


def validate(raw: RawTable, frame: pd.DataFrame, unread: set[tuple[int, str]], told: Told) -> None:
    """Tell the problems of a typed frame.

    Parameters
    ----------
    raw : RawTable
        The text that the frame was read from.
    frame : DataFrame
        One row per row of ``raw.body.rows``.
    unread : set of (row number, column name)
        Cells that already have a problem.
    told : Told
    """
    used = [column.name for column in raw.header.columns]
    numbered = frame[used].set_axis([row.number for row in raw.body.rows], axis=0)
    try:
        raw.schema.pandera.validate(numbered, lazy=True)
    except pandera.errors.SchemaErrors as error:
        _explain(raw, numbered, error.failure_cases, unread, told)


def _explain(
    raw: RawTable,
    frame: pd.DataFrame,
    cases: pd.DataFrame,
    unread: set[tuple[int, str]],
    told: Told,
) -> None:
    rows, seen = {row.number: row for row in raw.body.rows}, set(unread)
    firsts = _first_rows(frame[raw.key()]) if raw.key() in frame else {}
    columns = ["column", "index", "check"]
    cases = cases.sort_values("index", kind="stable", key=lambda at: at.astype("float64"))
    told.next_kind()
    for name, index, check in cases[columns].itertuples(index=False, name=None):
        if check == "column_in_dataframe":  # the header has told that already
            continue
        column = raw.find(str(name)) or raw.find(raw.key())
        if column is None or index is None or pd.isna(index):
            raise AssertionError(f"unexpected schema failure: {name}, {index}, {check}")
        number = int(index)
        if (number, column.name) not in seen:
            seen.add((number, column.name))
            value = frame[column.name].loc[number] if told.has_room else None
            first = firsts.get(value, 0)
            told.add(partial(_problem, raw, rows[number], column, str(check), first))


def _first_rows(keys: pd.Series[Any]) -> dict[Any, int]:
    firsts: dict[Any, int] = {}
    for number, value in keys.items():
        firsts.setdefault(value, int(str(number)))
    return firsts


def _problem(raw: RawTable, row: Row, column: HeaderColumn, check: str, first: int) -> Problem:
    text = row.cell(column.position)
    title = raw.title(column)
    if check == "not_negative":
        words = ("不能为负数，应为 0 或正数", "should not be below zero")
    elif check == "not_blank":
        words = (f"不能为空，应填写{title.zh}", f"should not be empty: {title.en}")
    elif check == "choice" or check.startswith("isin"):
        words = _choices(title, text)
    elif "unique" in check:
        words = _repeated(first, title)
    else:
        raise AssertionError(f"no wording for the check {check}")
    return Problem(raw.grid.file, row.number, column.title, text, *words)


def _choices(title: Title, text: str) -> tuple[str, str]:
    words = "、".join(f"{zh}（{code}）" for code, zh, _ in title.choices)
    near = nearest(text, [word for choice in title.choices for word in choice])
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near and text else ("", "")
    codes = ", ".join(code for code, _, _ in title.choices)
    return f"应为 {words} 之一{hint}", f"should be one of {codes}{hint_en}"


def _repeated(first: int, title: Title) -> tuple[str, str]:
    return (
        f"与第 {first} 行重复；每行的{title.zh}应各不相同",
        f"the same as in row {first}; each row should have its own",
    )
