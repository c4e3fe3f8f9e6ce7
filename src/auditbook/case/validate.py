"""Values against the schema: pandera finds what is wrong, people read where and what is right."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.errors

from auditbook.case.body import RawTable
from auditbook.case.columns import Title
from auditbook.case.errors import Problem
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.names import nearest


def validate(raw: RawTable, frame: pd.DataFrame, unread: set[tuple[int, str]]) -> list[Problem]:
    """Problems of a typed frame.

    Parameters
    ----------
    raw : RawTable
        The text that the frame was read from.
    frame : DataFrame
        One row per row of ``raw.body.rows``.
    unread : set of (row number, column name)
        Cells that already have a problem.
    """
    used = [column.name for column in raw.header.columns]
    numbered = frame[used].set_axis([row.number for row in raw.body.rows], axis=0)
    try:
        raw.schema.pandera.validate(numbered, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return _explained(raw, numbered, error.failure_cases, unread)
    return []


def _explained(
    raw: RawTable, frame: pd.DataFrame, cases: pd.DataFrame, unread: set[tuple[int, str]]
) -> list[Problem]:
    problems: dict[tuple[int, str], Problem] = {}
    rows = {row.number: row for row in raw.body.rows}
    key = raw.key()
    firsts: dict[Any, int] = {}
    for number, value in frame[key].items() if key in frame else ():
        firsts.setdefault(value, int(str(number)))
    for case in cases.to_dict("records"):
        if case["check"] == "column_in_dataframe":  # the header has told that already
            continue
        column = raw.find(str(case["column"])) or raw.find(raw.key())
        if column is None or case["index"] is None or pd.isna(case["index"]):
            raise AssertionError(f"unexpected schema failure: {case}")
        place = (int(case["index"]), column.name)
        if place not in unread and place not in problems:
            first = firsts.get(frame[column.name].loc[place[0]], 0)
            problems[place] = _problem(raw, rows[place[0]], column, str(case["check"]), first)
    return list(problems.values())


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
