"""CSV as auditors receive it: encodings, quotes, line numbers."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from auditbook.case.grid import cell_text, column_letter
from case_files import ALLOCATION, SETTINGS, USE, only_problem_in, opened, write_case


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_each_encoding(tmp_path, encoding):
    write_case(tmp_path, {"allocation": ALLOCATION.replace("甲县", "㛃县").encode(encoding)})

    assert opened(tmp_path).allocation["unit"].tolist() == ["㛃县", "乙县"]


def test_a_declared_encoding_is_the_only_one_tried(tmp_path):
    settings = SETTINGS + "sources:\n  allocation: {place: x, encoding: utf-8}\n"
    write_case(tmp_path, {"allocation": ALLOCATION.encode("gb18030")}, settings=settings)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row) == ("allocation.csv", 0)
    assert "另存为“CSV UTF-8（逗号分隔）”" in problem.message


@pytest.mark.parametrize(
    "content",
    [ALLOCATION.encode("utf-16"), b"\xef\xbb\xbf\xff\xff", b"\xff\xff\xff\xff\n", b"a\0b"],
)
def test_what_is_no_text_is_a_problem(tmp_path, content):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": content})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row) == ("use.csv", 0)
    assert "CSV UTF-8" in problem.message


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_by_the_line_on_which_they_begin(tmp_path, ending):
    text = '单位,到位资金,使用资金,结余资金,备注\n甲县,1,1,0,"两\n行"\n\n乙县,1,1,0,x\n'
    write_case(tmp_path, {"allocation": text.replace("\n", ending)})

    frame = opened(tmp_path).allocation

    assert frame["source_row"].tolist() == ["allocation.csv:2", "allocation.csv:5"]
    assert frame["note"].tolist() == [f"两{ending}行", "x"]


def test_a_quote_that_is_never_closed_is_a_problem_and_swallows_nothing(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": USE.replace("乙县", '"乙县')})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row) == ("use.csv", 3)
    assert problem.value == '"乙县,20.00,15.00,5.00,75.00%'
    assert "引号没有成对" in problem.message


def test_a_row_that_is_too_short_misses_its_amounts(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资金,使用资金,结余资金\n甲县,1,1\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (2, "结余资金", "")
    assert "没有金额请填 0 或 -" in problem.message


def test_blank_rows_and_blank_columns_are_not_data(tmp_path):
    text = "单位,到位资金,,使用资金,结余资金,,\n甲县,1,,1,0,,\n,,,,,,\n , ,,,,,\n乙县,2,,2,0,,\n"
    write_case(tmp_path, {"allocation": text})

    case = opened(tmp_path)

    assert case.allocation["arrived"].tolist() == [1_000_000, 2_000_000]
    assert case.tables["allocation"].blank_rows == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234.5"),
        (1e15, "1000000000000000"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (True, "TRUE"),
        (None, ""),
        (date(2018, 12, 31), "2018-12-31"),
        (datetime(2018, 12, 31), "2018-12-31"),
        (datetime(2018, 12, 31, 9, 30), "2018-12-31 09:30:00"),
    ],
)
def test_typed_cells_become_plain_text(value, text):
    assert cell_text(value) == text


def test_columns_are_lettered_as_spreadsheets_do():
    assert [column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
