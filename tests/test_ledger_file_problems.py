"""Bad ledgers: every problem is counted and told with its line, nothing is lost, memory holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from auditbook.case import ledger_sources
from auditbook.case.grid import Row
from auditbook.case.ledger_records import RecordSorter
from ledger_files import HEADER, frame, read, read_path, told, units

GOOD = "P1,2018-03-05,甲县,1.00,张三,\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("P2,2018-03-05,甲县,十元,,", "金额：填写为“十元”，应为以元计的金额，例如 1,234.50"),
        ("P2,2018-03-05,甲县,1.001,,", "金额：填写为“1.001”，金额细于一分；应为以元计"),
        ("P2,2018-03-05,甲县,1e3,,", "金额：填写为“1e3”，应为以元计的金额，例如 1,234.50"),
        ("P2,2018-03-05,甲县,nan,,", "金额：填写为“nan”，应为以元计的金额，例如 1,234.50"),
        ("P2,2018-03-05,甲县,,,", "金额：金额为空；没有金额请填 0 或 -"),
        ("P2,2018-03-05,甲县,#REF!,,", "金额：填写为“#REF!”，单元格是电子表格的错误值"),
        ("P2,2018-03-05,甲县,9999999999999999,,", "数值过大，请核对单位和位数"),
        ("P2,2018-02-30,甲县,1,,", "日期：填写为“2018-02-30”，应为年月日，例如 2018-12-31"),
        ("P2,3018-02-03,甲县,1,,", "日期：填写为“3018-02-03”，应为年月日"),
        ("P2,43164,甲县,1,,", "日期：填写为“43164”，应为年月日"),
        ("P2,,甲县,1,,", "日期：日期为空；应如 2018-12-31"),
        ("P2,2018-03-05,甲州县,1,,", "单位：填写为“甲州县”，不在单位名单（units）中；相近"),
        ("P2,2018-03-05,,1,,", "单位：不能为空，应填写单位"),
        (",2018-03-05,甲县,1,,", "分录号：不能为空，应填写分录号"),
        ("Ｐ1,2018-03-05,甲县,1,,", "分录号：填写为“Ｐ1”，与第 2 行重复"),
        ("P2,2018-03-05,甲县,1,234.00,,", "G 列"),
        ("P2,2018-03-05", "单位：不能为空，应填写单位"),
        ("小计,,,1.00,,", "小计行会与明细重复计算"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_told_with_its_place(tmp_path, line, problem):
    line = line if problem != "G 列" else line + "x"

    ledger = read(tmp_path, HEADER + GOOD + line + "\n", names=units())

    problem_at_line = [text for text in told(ledger) if text.startswith("payments.csv › 第 3 行")]
    assert any(problem in text for text in problem_at_line), told(ledger)
    assert (ledger.rows, ledger.rejected, ledger.records) == (1, 1, 2)


def test_a_problem_is_told_in_english_too(tmp_path):
    ledger = read(tmp_path, HEADER + GOOD.replace("1.00", "x"))

    assert ledger.problems[0].line("en") == (
        "payments.csv › row 2 › 金额: found 'x'; should be an amount in 元, for example 1,234.50"
    )


def test_a_duplicate_names_both_lines_wherever_they_stand(tmp_path):
    many = "".join(f"N{i},2018-03-05,甲县,1,,\n" for i in range(5_000))

    ledger = read(tmp_path, HEADER + GOOD + many + GOOD)

    assert told(ledger) == [
        "payments.csv › 第 5003 行 › 分录号：填写为“P1”，与第 2 行重复；每行的分录号应各不相同"
    ]


def test_a_missing_column_is_told_and_the_others_are_still_checked(tmp_path):
    ledger = read(tmp_path, "分录号,日期,单位\nP1,2018-13-01,甲县\n")

    assert [(p.row, p.column) for p in ledger.problems] == [(1, "金额"), (2, "日期")]
    assert "缺少这一列；可用的标题：金额、amount、Amount" in told(ledger)[0]


def test_without_the_column_that_names_entries_the_others_are_still_checked(tmp_path):
    ledger = read(tmp_path, "日期,单位,金额\n2018-03-05,甲县,x\n合计,,1\n")

    assert [(p.row, p.column) for p in ledger.problems] == [(1, "分录号"), (2, "金额")]


def test_a_column_named_twice_is_a_problem(tmp_path):
    ledger = read(tmp_path, "分录号,日期,单位,金额,金额\nP1,2018-03-05,甲县,1,2\n")

    assert "D、E 列是同一个标题（amount）" in told(ledger)[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "文件是空的"),
        (b"\xef\xbb\xbf \r\n", "文件是空的"),
        ("\n \n", "文件是空的"),
        ("甲,乙,丙\n1,2,3\n", "第 1 行：填写为“甲，乙，丙”，找不到标题行"),
        (HEADER, "第 1 行：标题行下面没有数据"),
        (HEADER + "\n,,,,,\n", "第 1 行：标题行下面没有数据"),
        (HEADER + GOOD + "P2,2018-03-05,甲\0县,1,,\n", "第 3 行：第 "),
    ],
)
def test_what_is_no_ledger_is_told(tmp_path, content, problem):
    (text,) = told(read(tmp_path, content))

    assert problem in text


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    assert "文件无法读取" in told(read_path(tmp_path / "payments.csv"))[0]


@pytest.mark.parametrize("line", [3, 100, 50_000])
def test_a_quote_that_is_never_closed_names_the_line_where_it_opens(tmp_path, line):
    lines = [f"N{i},2018-03-05,甲县,1,,\n" for i in range(60_000)]
    lines[line - 2] = 'P1,2018-03-05,甲县,1,"张三,\n'

    ledger = read(tmp_path, HEADER + "".join(lines))

    (problem,) = ledger.problems
    assert (problem.row, "引号没有成对" in problem.message) == (line, True)
    assert (ledger.rows, problem.value) == (0, 'P1,2018-03-05,甲县,1,"张三,')


def test_the_open_quote_of_a_record_of_several_lines_is_found_in_it(tmp_path):
    ledger = read(tmp_path, HEADER + GOOD + 'P2,2018-03-05,甲县,1,"a\nb","c\nd\n')

    assert [problem.row for problem in ledger.problems] == [4]


def test_any_number_of_bad_rows_is_counted_and_the_first_fifty_shown(tmp_path):
    lines = (f"P{i},2018-03-05,甲县,bad{i},,\n" for i in range(100_000))

    ledger = read(tmp_path, HEADER + GOOD.replace("P1", "G") + "".join(lines))

    assert (ledger.problem_count, ledger.rejected, ledger.rows) == (100_000, 100_000, 1)
    assert [problem.row for problem in ledger.problems] == list(range(3, 53))


def test_lines_with_too_many_cells_are_counted_and_the_first_fifty_shown(tmp_path):
    lines = (f"P{i},2018-03-05,甲县,1,,,over\n" for i in range(20_000))

    ledger = read(tmp_path, HEADER + "".join(lines))

    assert (ledger.problem_count, ledger.rejected) == (20_000, 20_000)
    assert [problem.row for problem in ledger.problems] == list(range(2, 52))


def test_two_problems_of_a_line_are_two_problems_of_one_rejected_record(tmp_path):
    ledger = read(tmp_path, HEADER + "P1,x,甲县,y,,\n" + GOOD.replace("P1", "P2"))

    assert (ledger.problem_count, ledger.rejected, ledger.rows) == (2, 1, 1)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    def sorted_late(source, lines, folder, tally):
        sorter = original(source, lines, folder, tally)
        with source.path.open("a", encoding="utf-8") as stream:
            stream.write("P9,2018-03-05,甲县,1,,\n")
        return sorter

    original = ledger_sources.Source._sort_lines
    monkeypatch.setattr(ledger_sources.Source, "_sort_lines", sorted_late)

    assert "读取时文件变了" in told(read(tmp_path, HEADER + GOOD))[0]


def test_a_record_lost_on_the_way_to_the_database_refuses_the_file(tmp_path, monkeypatch):
    original = RecordSorter._later
    monkeypatch.setattr(RecordSorter, "_later", lambda self, row: _lose(self, row, original))

    ledger = read(tmp_path, HEADER + GOOD + GOOD.replace("P1", "P2") + GOOD.replace("P1", "P3"))

    assert "文件有 3 条记录，读出的连同退回的只有 2 条" in told(ledger)[0]


def _lose(sorter, row: Row, original) -> None:
    if row.cells[0] == "P2":
        sorter.records += 1
    else:
        original(sorter, row)


_BOUNDED = """
import resource, sys
from pathlib import Path
from auditbook.case.ledger_file import read_ledger
import pandas, duckdb
limit = 700 << 20
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
path = Path(sys.argv[1])
ledger = read_ledger(path, table="payments", money_unit="元", target=path.parent / "t.parquet",
                     memory="200MB")
print(ledger.problem_count, ledger.rejected, len(ledger.problems))
"""


def test_the_memory_for_many_bad_lines_is_bounded(tmp_path):
    path = tmp_path / "payments.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEADER)
        for i in range(300_000):
            stream.write(f"P{i},2018-13-{i},甲县,bad{i},张三,{'x' * 40}\n")

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _BOUNDED, str(path)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip

    assert done.stdout.split() == ["600000", "300000", "50"], done.stderr[-2000:]
    assert [found.name for found in Path(tmp_path).iterdir()] == ["payments.csv"]


def test_a_good_ledger_after_a_bad_one_is_read(tmp_path):
    assert read(tmp_path, HEADER + "P1,x,甲县,1,,\n").problem_count == 1

    assert len(frame(read(tmp_path, HEADER + GOOD))) == 1
