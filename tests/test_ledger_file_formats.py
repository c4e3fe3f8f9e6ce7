"""Ledgers in other encodings, as workbooks and as Parquet: the same entries, the same refusals."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
import xlsxwriter

from case_files import write_workbook
from ledger_files import HEADER, frame, read, read_path, told, written

LINES = "".join(f"P{i},2018-03-05,甲县,{i}.50,张三,办公费\n" for i in range(1, 101))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_ledger_in_any_encoding_is_the_same(tmp_path, encoding, declared):
    said = {"utf-8-sig": "utf-8"}.get(encoding, encoding) if declared else None

    ledger = read(tmp_path, (HEADER + LINES).encode(encoding), encoding=said)

    assert frame(ledger)["payee"].unique().tolist() == ["张三"]
    assert frame(ledger)["entry_id"].iloc[0] == "P1"


def test_gb18030_keeps_characters_of_four_bytes(tmp_path):
    ledger = read(tmp_path, (HEADER + LINES.replace("张三", "㐂𠮷")).encode("gb18030"))

    assert frame(ledger)["payee"].unique().tolist() == ["㐂𠮷"]


def test_a_line_in_another_encoding_is_told_with_line_and_byte(tmp_path):
    content = (HEADER + LINES).encode() + "P9,2018-03-05,乙县,1,,\n".encode("gb18030")
    offset = len((HEADER + LINES + "P9,2018-03-05,").encode())

    (problem,) = read(tmp_path, content).problems

    assert problem.row == 102
    assert f"从第 {offset + 1} 字节起不是 UTF-8" in problem.message


def test_a_line_of_utf8_in_a_file_of_gb18030_is_told(tmp_path):
    content = (HEADER + LINES).encode("gb18030") + "P9,2018-03-05,甲县人,1,,\n".encode()

    (problem,) = read(tmp_path, content).problems

    assert problem.row == 102
    assert "文字编码无法识别（已试 utf-8：第 1 行第 1 字节; gb18030：第 102 行" in problem.message


def test_a_declared_encoding_is_not_guessed_away(tmp_path):
    (problem,) = read(tmp_path, (HEADER + LINES).encode("gb18030"), encoding="utf-8").problems

    assert (problem.row, "已试 utf-8：第 1 行第 1 字节" in problem.message) == (1, True)


def test_a_line_without_end_is_refused_before_it_is_held(tmp_path):
    (problem,) = read(tmp_path, HEADER + "x" * (18 << 20)).problems

    assert (problem.row, "超过 16 MB" in problem.message) == (2, True)


def test_a_sheet_of_a_workbook_is_read_row_by_row(tmp_path):
    rows: list[list] = [["支付明细账"], ["编号", "日期", "单位", "金额", "备注"]]
    rows += [[f"P{i}", date(2018, 3, 5), "甲县", i + 0.1, ""] for i in range(100)]
    write_workbook(tmp_path / "inputs.xlsx", {"payments": [*rows, ["合计", "", "", 4960, ""]]})

    ledger = read_path(tmp_path / "inputs.xlsx")

    entries = frame(ledger)
    assert entries["amount"].tolist() == [i * 100 + 10 for i in range(100)]
    assert entries["source_row"].iloc[0] == "inputs.xlsx!payments:3"
    assert entries["date"].dt.date.unique().tolist() == [date(2018, 3, 5)]
    assert (ledger.records, ledger.totals) == (101, 1)


def test_merged_amounts_of_a_sheet_are_refused(tmp_path):
    rows = [["编号", "日期", "单位", "金额"]]
    rows += [[f"P{i}", "2018-03-05", "甲县", "1" if i < 3 else ""] for i in range(1, 4)]
    write_workbook(tmp_path / "inputs.xlsx", {"账": rows}, merged={"账": ["D3:D4"]})

    (problem,) = told(read_path(tmp_path / "inputs.xlsx", sheet="账"))

    assert problem.startswith("inputs.xlsx!账 › 第 4 行 › 金额")
    assert "单元格被合并" in problem


def test_a_sheet_that_is_not_there_is_told(tmp_path):
    write_workbook(tmp_path / "inputs.xlsx", {"账": [["编号"]]})

    assert "没有这个工作表；现有工作表：账" in told(read_path(tmp_path / "inputs.xlsx"))[0]


def _parquet(path, select):
    duckdb.connect().execute(f"copy ({select}) to '{path / 'payments.parquet'}' (format parquet)")
    return path / "payments.parquet"


BASE = "'P' || i as 编号, date '2018-03-05' + i::int as 日期, '甲县' as 单位"


def test_a_parquet_file_with_exact_types_is_read(tmp_path):
    path = _parquet(
        tmp_path, f"select {BASE}, (i + 0.25)::decimal(18, 2) as 金额, null::varchar as 备注, "
        "622200001111 + i as 收款账号 from range(1000) t(i)",
    )  # fmt: skip

    entries = frame(read_path(path))

    assert entries["amount"].tolist() == [i * 100 + 25 for i in range(1000)]
    assert entries["note"].unique().tolist() == [""]
    assert entries["account"].iloc[1] == "622200001112"
    assert entries["source_row"].tolist() == [f"payments.parquet:{i + 1}" for i in range(1000)]


def test_whole_fen_are_taken_where_the_title_says_so(tmp_path):
    path = _parquet(tmp_path, f'select {BASE}, i * 3 as "金额（分）" from range(10) t(i)')

    assert frame(read_path(path))["amount"].tolist() == [i * 3 for i in range(10)]


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("(i + 0.5)::double as 金额", "DOUBLE”，这一列是浮点数"),
        ("(i + 0.5)::float as 金额", "FLOAT”，这一列是浮点数"),
        ("i as 金额", "BIGINT”，这一列是整数，没有写明单位"),
        ("[i] as 金额", "BIGINT[]”，这一列的类型不能用于明细账"),
    ],
)
def test_parquet_types_that_may_not_be_exact_are_refused(tmp_path, amount, problem):
    path = _parquet(tmp_path, f"select {BASE}, {amount} from range(10) t(i)")

    assert problem in told(read_path(path))[0]


def test_bad_and_special_rows_of_a_parquet_file_are_found(tmp_path):
    path = _parquet(
        tmp_path,
        "select * from (values ('P1', '2018-03-05', '甲县', '1.00'), "
        "('P2', '2018-02-30', '甲县', 'x'),"
        "('', '', '', ''), ('合计', null, null, '1.00')) t(编号, 日期, 单位, 金额)",
    )

    ledger = read_path(path)

    assert [(p.row, p.column) for p in ledger.problems] == [(2, "日期"), (2, "金额")]
    assert (ledger.records, ledger.rows, ledger.rejected, ledger.blank, ledger.totals) == (
        4,
        1,
        1,
        1,
        1,
    )


def test_what_is_no_parquet_file_is_told(tmp_path):
    path = written(tmp_path, "PAR1 no", file="payments.parquet")

    assert "不是完整的 Parquet 文件" in told(read_path(path))[0]


def test_a_sheet_that_does_not_begin_in_its_first_cell_keeps_its_row_numbers(tmp_path):
    rows = [[], [], ["", "编号", "日期", "单位", "金额"], ["", "P1", "2018-03-05", "甲县", 1.5], []]
    write_workbook(
        tmp_path / "inputs.xlsx", {"payments": [*rows, ["", "P2", "2018-03-06", "乙县", 2]]}
    )

    ledger = read_path(tmp_path / "inputs.xlsx")

    assert frame(ledger)["source_row"].str[-1].tolist() == ["4", "6"]
    assert frame(ledger)["amount"].tolist() == [150, 200]


def test_a_formula_that_failed_in_a_sheet_is_told(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "inputs.xlsx"))
    sheet = book.add_worksheet("payments")
    for number, row in enumerate((["编号", "日期", "单位", "金额"], ["P1", "2018-03-05", "甲县"])):
        sheet.write_row(number, 0, row)
    sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
    book.close()

    (problem,) = told(read_path(tmp_path / "inputs.xlsx"))

    assert "第 2 行 › 金额：填写为“#DIV/0!”，单元格是电子表格的错误值" in problem


def test_a_damaged_workbook_is_told(tmp_path):
    path = written(tmp_path, b"PK\x03\x04 cut off", file="inputs.xlsx")

    assert "不完整" in told(read_path(path))[0] or "不是 Excel" in told(read_path(path))[0]
