"""A ledger of any size means the same as a small table: any cells, any rows, the same words."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.body import split_body
from auditbook.case.errors import Told
from auditbook.case.files import TableFile
from auditbook.case.grid import read_csv_grid
from auditbook.case.ledger_head import understood
from auditbook.case.table import build_table
from ledger_files import frame, read_path, told, units

HEADER = ["编号", "日期", "层级", "拨出单位", "单位", "金额", "收款人", "备注"]
TEXTS = ("", "x", " 张三 ", "\u3000李", "\u00a0y\x1f", "#REF!", "＃n/a", "#1", "\x85z", "\u200bq")
GOOD = {
    "id": ("P{}", "支-{}", "Ｐ{}", " P{} ", "〔{}〕号", "½{}", "Q\n{}"),
    "date": ("2018-03-05", "2018/3/5", "2018年3月5日", "20180305", "２０１８．３．５",
             "2018-3-5 0:00"),
    "level": ("", "县", "county", "COUNTY", " 社区 "),
    "from": ("", "甲县", "甲区"),
    "unit": ("甲县", "甲区", "甲 县", "甲\u3000县", "乙县"),
    "amount": (
        "1", "１２", "1,234.5", "(3)", "−4", "-", "——", "无", "１．５元", "2万元", "¥5", "+7",
        " 8 ", "\u30009\u3000", "٣", "1.500", "5元人民币", "－6", "1234567.89",
    ),
    "text": TEXTS[:5] + TEXTS[7:],
}  # fmt: skip
BAD = {
    "id": ("P1", "Ｐ1", "合计", "总 计", "", "#N/A", "注：x", "小计", "备注1:", "{}、见"),
    "date": ("2018-02-30", "43164", "", "2018-03-05 12:00", "1899-01-01"),
    "level": ("村", "x"),
    "from": ("丙县", "#REF!"),
    "unit": ("丙县", "", "合计", "Total", "小计", "＃REF!"),
    "amount": ("", "1.001", "abc", "1e3", "12.", ".5", "--5", "1,23", "#N/A", "９" * 20, "½"),
    "text": TEXTS,
}
KINDS = ("id", "date", "level", "from", "unit", "amount", "text", "text")


def _row(pools):
    return st.tuples(*(st.sampled_from(pools[kind]) for kind in KINDS))


def _mixed():
    pools = {kind: GOOD[kind] * 2 + BAD[kind] for kind in BAD}
    odd = st.sampled_from(([], [""] * 8, [" "], ["注：另见"], ["P9", "2018-03-05"], ["x"] * 9))
    return st.one_of(_row(pools), _row(pools), _row(GOOD), odd)


def _small(path: Path):
    """Entries and problems of the code that reads small tables."""
    problems: list = []
    grid = read_csv_grid(path, path.name)
    raw = understood(
        path, path.name, list(grid.rows), table="payments", money_unit="元", columns={},
        problems=problems,
    )  # fmt: skip
    assert raw is not None
    body = split_body(grid, raw.header, raw.schema, problems)
    raw = replace(raw, grid=grid, body=body)
    place = TableFile("payments", path, path.name)
    units_in = {"unit": "unit", "from_unit": "unit"}
    told = Told()
    table, _ = build_table(raw, place, units_in, units(甲区="甲县"), [], told)
    return table.frame, {problem.line() for problem in problems + told.problems}


def _write(path: Path, rows) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    for number, row in enumerate(rows):
        writer.writerow([cell.replace("{}", str(number + 2)) for cell in row])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


@settings(max_examples=30, deadline=None)
@given(st.lists(_mixed(), min_size=1, max_size=30))
def test_any_ledger_has_the_problems_of_a_small_table(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.csv"
        _write(path, rows)
        _, problems = _small(path)

        ledger = read_path(path, names=units(甲区="甲县"))

    assert ledger.problem_count == len(problems)
    assert set(told(ledger)) <= problems
    assert len(set(told(ledger))) == min(len(problems), 50)


@settings(max_examples=20, deadline=None)
@given(st.lists(_row(GOOD), min_size=1, max_size=30))
def test_any_good_ledger_has_the_entries_of_a_small_table(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.csv"
        _write(path, rows)
        small, problems = _small(path)

        large = frame(read_path(path, names=units(甲区="甲县")))

    assert not problems
    large["date"] = large["date"].astype("datetime64[ns]")
    pd.testing.assert_frame_equal(large.astype(small.dtypes), small)
