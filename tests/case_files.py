"""Case folders written from text, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from auditbook.case.errors import InputError, Problem
from auditbook.case.open import Case, open_case

PROJECT, YEAR = "test-grid", 2018

SETTINGS = """\
project: test-grid
year: 2018
title: {zh: 测试项目, en: Test project}
synthetic: true
rule_set: 财预〔2020〕10号
money_unit: 万元
fund:
  name: 测试资金
  sources:
    - {key: city, zh: 市级, en: city budget}
    - {key: county, zh: 县级, en: county budget}
  approved_budget: 100.00万元
  execution_denominator: approved_budget
materiality: {rate: 0.01, tolerance_fen: 0, reason: 测试}
scoring:
  full: 100
  places: null
  grades:
    - {name: 优, en: excellent, from: 90}
    - {name: 差, en: poor, from: 0}
sampling:
  frame: allocation
  unit: {zh: 县, en: county}
  amount: arrived
  method: not_stated
  confidence: 0.95
prepared: {by: null, on: null}
reviewed: {by: null, on: null}
"""

ALLOCATION = """\
单位,到位资金,使用资金,结余资金
甲县,10.00,10.00,-
乙县,20.00,15.00,5.00
合计,30.00,25.00,5.00
"""

USE = """\
单位,实际拨付资金,实际使用资金,年末结余,资金使用率
甲县,10.00,10.00,0,100.00%
乙县,20.00,15.00,5.00,75.00%
"""

Rows = Iterable[Iterable[Any]]


def write_case(
    root: Path,
    tables: Mapping[str, str | bytes] | None = None,
    *,
    settings: str = SETTINGS,
    project: str = PROJECT,
    year: int = YEAR,
) -> Path:
    """Write a case folder under ``root``; ``tables`` maps file names (or table names) to content.

    Without ``tables`` the case has the table of allocation only.
    """
    folder = root / "data" / project / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    (root / "notebooks").mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(settings, encoding="utf-8")
    for name, content in ({"allocation": ALLOCATION} if tables is None else tables).items():
        path = folder / (name if "." in name else f"{name}.csv")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def write_workbook(
    path: Path, sheets: Mapping[str, Rows], merged: Mapping[str, Iterable[str]] | None = None
) -> None:
    """Write a workbook: sheet name to rows of typed cells; ``merged`` ranges keep their text."""
    book = xlsxwriter.Workbook(str(path))
    date_format = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        grid = [list(row) for row in rows]
        for number, row in enumerate(grid):
            for column, value in enumerate(row):
                if hasattr(value, "isoformat"):
                    sheet.write_datetime(number, column, value, date_format)
                elif value not in ("", None):
                    sheet.write(number, column, value)
        for area in (merged or {}).get(name, ()):
            first, _, _ = area.partition(":")
            number, column = int(first[1:]) - 1, ord(first[0]) - ord("A")
            sheet.merge_range(area, grid[number][column])
    book.close()


def opened(root: Path) -> Case:
    """The case that :func:`write_case` wrote."""
    return open_case(PROJECT, YEAR, root=root)


def problems_in(root: Path) -> tuple[Problem, ...]:
    """The problems of the case that :func:`write_case` wrote."""
    with pytest.raises(InputError) as caught:
        opened(root)
    return caught.value.problems


def only_problem_in(root: Path) -> Problem:
    """The one problem of the case that :func:`write_case` wrote."""
    problems = problems_in(root)
    assert len(problems) == 1, "\n".join(problem.line() for problem in problems)
    return problems[0]
