"""Excel workbooks: the same tables as from CSV, and refusal of what is not safe or whole."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditbook.case.schemas import SCHEMAS
from case_files import (
    ALLOCATION,
    SETTINGS,
    USE,
    only_problem_in,
    opened,
    problems_in,
    write_case,
    write_workbook,
)

HEADER: list[Any] = ["单位", "到位资金", "使用资金", "结余资金"]

TABLES: dict[str, list[list[Any]]] = {
    "allocation": [
        ["2018年资金", "", "", "", ""],
        ["单位：元", "", "", "", ""],
        ["序号", "单位", "到位资金", "使用资金", "结余资金"],
        [1, "甲县", 1234.5, 1234.5, "-"],
        [2, "乙县", "2，000.00", 0.1, "1999.90"],
        ["", "", "", "", ""],
        ["", "合  计", 3234.5, 1234.6, 1999.9],
        ["注：单位为元", "", "", "", ""],
    ],
    "units": [
        ["单位", "层级", "别名", "网格数"],
        ["甲县", "县", "甲区、甲市", 12],
        ["乙县", "county", "", ""],
    ],
    "use": [
        ["单位", "实际拨付资金", "实际使用资金", "年末结余", "资金使用率"],
        ["甲区", "40.00万元", "400000元", "—", "100.00%"],
    ],
    "payments": [
        ["分录号", "日期", "单位", "金额", "收款人"],
        [1, date(2018, 3, 1), "甲县", -3.25, "某人"],
        ["0002", "2018年3月2日", "乙县", 5, ""],
    ],
    "survey_counts": [["对象组", "发放份数", "收回份数"], ["residents", 52, 50]],
    "indicators": [
        ["指标代码", "一级指标", "二级指标", "分值", "评分规则"],
        ["A1", "决策", "立项", 8.2, "扣分制"],
    ],
}
SURVEY = """\
surveys:
  - {group: residents, zh: 群众, en: residents, selection: not_stated, confidence: 0.95}
"""


def csv_text(rows):
    lines = []
    for row in rows:
        cells = [c.isoformat() if isinstance(c, date) else str(c) for c in row]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(lines) + "\n"


def without_place(frame):
    return frame.drop(columns="source_row")


@pytest.mark.parametrize("table", TABLES)
def test_a_sheet_gives_the_same_frame_as_the_csv(tmp_path, table):
    texts = {name: csv_text(rows) for name, rows in TABLES.items()}
    write_case(tmp_path / "csv", texts, settings=SETTINGS + SURVEY)
    folder = write_case(tmp_path / "xlsx", {}, settings=SETTINGS + SURVEY)
    write_workbook(folder / "inputs.xlsx", TABLES)

    from_csv, from_xlsx = opened(tmp_path / "csv"), opened(tmp_path / "xlsx")

    assert without_place(from_csv.table(table)).equals(without_place(from_xlsx.table(table)))
    assert (from_csv.table(table).dtypes == from_xlsx.table(table).dtypes).all()
    assert without_place(from_csv.totals(table)).equals(without_place(from_xlsx.totals(table)))
    rows = [place.rpartition(":")[2] for place in from_csv.table(table)["source_row"]]
    assert from_xlsx.table(table)["source_row"].tolist() == [
        f"inputs.xlsx!{table}:{row}" for row in rows
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fen=st.lists(st.integers(0, 10**14), min_size=1, max_size=5),
    unit=st.sampled_from(["元", "万元", "亿元"]),
)
def test_amounts_typed_in_excel_are_those_written_in_csv(tmp_path_factory, fen, unit):
    root = tmp_path_factory.mktemp("amounts")
    per = {"元": 100, "万元": 10**6, "亿元": 10**10}[unit]
    rows = [[f"{n}县", amount / per, amount / per, 0] for n, amount in enumerate(fen)]
    folder = write_case(
        root, {}, settings=SETTINGS.replace("money_unit: 万元", f"money_unit: {unit}")
    )
    write_workbook(folder / "inputs.xlsx", {"allocation": [HEADER, *rows]})

    assert opened(root).allocation["arrived"].tolist() == fen


def test_only_sheets_named_after_tables_are_read(tmp_path):
    folder = write_case(tmp_path, {})
    write_workbook(
        folder / "inputs.xlsx", {"allocation": [HEADER, ["甲县", 1, 1, 0]], "草稿": [["x"]]}
    )

    assert list(opened(tmp_path).tables) == ["allocation"]


def test_a_table_may_be_a_sheet_of_another_workbook(tmp_path):
    sources = "sources:\n  allocation: {place: 县财政局, file: 县财政局.xlsx, sheet: 表2}\n"
    folder = write_case(tmp_path, {}, settings=SETTINGS + sources)
    write_workbook(folder / "县财政局.xlsx", {"表2": [HEADER, ["甲县", 1, 1, 0]]})

    case = opened(tmp_path)

    assert case.inputs()["file"].tolist() == ["县财政局.xlsx!表2"]
    assert case.inputs()["place"].tolist() == ["县财政局"]


def test_a_sheet_that_is_not_there_lists_those_that_are(tmp_path):
    sources = "sources:\n  allocation: {place: x, sheet: 表3}\n"
    folder = write_case(tmp_path, {}, settings=SETTINGS + sources)
    write_workbook(folder / "inputs.xlsx", {"表1": [["x"]], "表2": [["x"]]})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.column) == ("inputs.xlsx", "sources.allocation.sheet")
    assert (problem.value, "表1、表2" in problem.message) == ("表3", True)


def test_a_table_as_csv_and_as_sheet_is_a_problem(tmp_path):
    folder = write_case(tmp_path)
    write_workbook(folder / "inputs.xlsx", {"allocation": [HEADER, ["甲县", 1, 1, 0]]})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.value) == ("inputs.xlsx!allocation", "allocation")
    assert "还有 allocation.csv" in problem.message


def test_spreadsheet_errors_are_never_read_as_empty(tmp_path):
    folder = write_case(tmp_path, {})
    book = openpyxl.Workbook()
    sheet = book.create_sheet("allocation")
    for row in [[*HEADER, "备注"], ["甲县", 1, "#DIV/0!", 0, ""], ["乙县", "=1+1", 2, 0, "#N/A"]]:
        sheet.append(row)
    book.save(folder / "inputs.xlsx")

    problems = problems_in(tmp_path)

    assert [(p.row, p.column, p.value) for p in problems] == [
        (2, "使用资金", "#DIV/0!"),
        (3, "到位资金", "#未计算的公式"),
        (3, "备注", "#N/A"),
    ]
    assert "错误值" in problems[0].message


def test_a_formula_that_gives_nothing_leaves_its_row_blank(tmp_path):
    folder = write_case(tmp_path, {})
    write_workbook(folder / "inputs.xlsx", {"allocation": [HEADER, ["甲县", 1, 1, 0]]})
    blank = b'<row r="3"><c r="A3" t="str"><f>IF(1,"","")</f><v></v></c></row></sheetData>'
    rewrite(folder / "inputs.xlsx", b"</sheetData>", blank)

    case = opened(tmp_path)

    assert len(case.allocation) == 1
    assert case.tables["allocation"].blank_rows == 1


def rewrite(path, old, new):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_an_amount_in_merged_cells_belongs_to_nobody(tmp_path):
    folder = write_case(tmp_path, {})
    rows: list[list[Any]] = [HEADER, ["甲县", 5, 1, 4], ["乙县", "", 1, 0]]
    write_workbook(folder / "inputs.xlsx", {"allocation": rows}, {"allocation": ["B2:B3"]})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (3, "到位资金", "5")
    assert "请取消合并" in problem.message


def test_a_name_in_merged_cells_holds_for_every_row(tmp_path):
    folder = write_case(tmp_path, {})
    rows: list[list[Any]] = [
        ["指标代码", "一级指标", "二级指标", "分值", "评分规则"],
        ["A1", "决策", "立项", 8, "扣分制"],
        ["A2", "", "目标", 12, "扣分制"],
    ]
    write_workbook(folder / "inputs.xlsx", {"indicators": rows}, {"indicators": ["B2:B3"]})

    assert opened(tmp_path).indicators["level1"].tolist() == ["决策", "决策"]


def test_ids_typed_as_numbers_have_no_decimals(tmp_path):
    folder = write_case(tmp_path, {})
    rows: list[list[Any]] = [["编号", "问题"], [1.0, "甲"], [2.0, "乙"]]
    write_workbook(folder / "inputs.xlsx", {"problems": rows})

    assert opened(tmp_path).problems["id"].tolist() == ["1", "2"]


def test_a_printed_rate_kept_as_a_number_is_its_plain_decimal_text(tmp_path):
    folder = write_case(tmp_path, {})
    header = ["单位", "实际拨付资金", "实际使用资金", "年末结余", "资金使用率"]
    write_workbook(folder / "inputs.xlsx", {"use": [header, ["甲县", 1, 1, 0, 0.8399]]})

    assert opened(tmp_path).use["use_rate_printed"].tolist() == ["0.8399"]


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_truncated_workbook_is_a_problem(tmp_path, kept):
    folder = write_case(tmp_path)
    path = folder / "inputs.xlsx"
    write_workbook(path, {"use": [["x"]]})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("inputs.xlsx", 0, "")
    assert "不完整或已损坏" in problem.message


def test_a_changed_byte_in_a_workbook_is_a_problem(tmp_path):
    folder = write_case(tmp_path)
    path = folder / "inputs.xlsx"
    write_workbook(path, {"use": [["x"]]})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)

    assert "不完整或已损坏" in only_problem_in(tmp_path).message


@pytest.mark.parametrize(
    ("content", "right"),
    [
        (b"", "没有就删除它"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "去掉密码，另存为 .xlsx"),
        (USE.encode(), "另存为 .xlsx，或改用 CSV"),
    ],
)
def test_what_is_no_workbook_is_a_problem(tmp_path, content, right):
    folder = write_case(tmp_path)
    (folder / "inputs.xlsx").write_bytes(content)

    assert right in only_problem_in(tmp_path).message


def test_a_zip_without_sheets_is_no_workbook(tmp_path):
    folder = write_case(tmp_path)
    with zipfile.ZipFile(folder / "inputs.xlsx", "w") as archive:
        archive.writestr("x.txt", "x")

    assert "不是 Excel 工作簿" in only_problem_in(tmp_path).message


def test_a_workbook_packed_beyond_the_ratio_is_refused(tmp_path):
    folder = write_case(tmp_path)
    with zipfile.ZipFile(folder / "inputs.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(20 * 1024 * 1024))

    assert "不超过文件大小的 200 倍" in only_problem_in(tmp_path).message


def test_a_stray_cell_far_outside_is_refused_before_the_sheet_is_opened(tmp_path):
    folder = write_case(tmp_path)
    path = folder / "inputs.xlsx"
    write_workbook(path, {"use": [["x"]]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewrite(path, b"</sheetData>", far)

    problem = only_problem_in(tmp_path)

    assert problem.value == "1048576 × 16384"
    assert "删去表外的内容" in problem.message


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("alocation.csv", "allocation.csv"),
        ("Use.csv", "use.csv"),
        ("资金使用表.csv", "use.csv"),
        ("use.xls", "use.csv"),
        ("input.xlsx", "inputs.xlsx"),
    ],
)
def test_a_file_that_looks_like_a_table_is_never_left_out_silently(tmp_path, name, right):
    write_case(tmp_path, {"units": "单位,层级\n甲县,县\n", name: ALLOCATION})

    problem = only_problem_in(tmp_path)

    assert problem.file == name
    assert f"很像 {right}" in problem.message


def test_a_sheet_that_looks_like_a_table_is_never_left_out_silently(tmp_path):
    folder = write_case(tmp_path)
    write_workbook(folder / "inputs.xlsx", {"problem": [["x"]]})

    problem = only_problem_in(tmp_path)

    assert problem.file == "inputs.xlsx!problem"
    assert "请改名为 problems" in problem.message


def test_other_files_are_nobodys_business(tmp_path):
    folder = write_case(tmp_path)
    for name in ("合同.pdf", "notes.txt", "~$inputs.xlsx", ".DS_Store", "凭证汇总.xlsx"):
        (folder / name).write_bytes(b"x")

    assert list(opened(tmp_path).tables) == ["allocation"]


def test_every_table_of_the_schemas_has_a_name_unlike_the_others():
    assert len({name.casefold() for name in SCHEMAS}) == len(SCHEMAS)
