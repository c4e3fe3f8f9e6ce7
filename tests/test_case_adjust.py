"""``adjustments.csv``: corrections applied, listed, and never guessed."""

from __future__ import annotations

import pytest

from case_files import ALLOCATION, USE, only_problem_in, opened, problems_in, write_case

HEADER = "表,行,列,原值,新值,调整人,日期,原因\n"


def adjustment(table="allocation", row="乙县", column="used", old="15.00", new="20.00"):
    return f"{table},{row},{column},{old},{new},张三,2019-05-01,凭证12号\n"


BALANCED = ALLOCATION.replace("合计,30.00,25.00,5.00\n", "")


@pytest.mark.parametrize("row", ["乙县", "乙 县", "#3", "乙市"])
@pytest.mark.parametrize("column", ["used", "使用资金", "Used"])
@pytest.mark.parametrize("old", ["15.00", "15", "150000元", "１５．００"])
def test_a_cell_is_named_by_unit_alias_or_row_number(tmp_path, row, column, old):
    text = HEADER + adjustment(row=row, column=column, old=old)
    units = "单位,层级,别名\n甲县,县,\n乙县,县,乙市\n"
    write_case(tmp_path, {"allocation": BALANCED, "units": units, "adjustments": text})

    case = opened(tmp_path)

    assert case.allocation["used"].tolist() == [10_000_000, 20_000_000]
    assert case.allocation["arrived"].tolist() == [10_000_000, 20_000_000]


def test_what_was_adjusted_is_listed(tmp_path):
    write_case(tmp_path, {"allocation": BALANCED, "adjustments": HEADER + adjustment(row="#3")})

    case = opened(tmp_path)
    (applied,) = case.adjustments_applied.to_dict("records")

    assert applied["when"].date().isoformat() == "2019-05-01"
    assert {k: v for k, v in applied.items() if k != "when"} == {
        "table": "allocation", "row": "allocation.csv:3", "unit": "乙县", "column": "used",
        "old": "15.00", "new": "20.00", "who": "张三", "why": "凭证12号",
        "source_row": "adjustments.csv:2",
    }  # fmt: skip
    assert case.inputs()["adjusted"].tolist() == [1, 0]


def test_without_adjustments_the_list_is_empty(tmp_path):
    write_case(tmp_path)

    applied = opened(tmp_path).adjustments_applied

    assert applied.empty
    assert applied.columns.tolist() == [
        "table", "row", "unit", "column", "old", "new", "who", "when", "why", "source_row",
    ]  # fmt: skip


def test_a_total_that_ties_to_the_rows_as_received_stays_right(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "adjustments": HEADER + adjustment()})

    case = opened(tmp_path)

    assert case.allocation["used"].sum() == 30_000_000
    assert case.totals("allocation")["used"].tolist() == [25_000_000]


def test_a_cell_that_made_the_total_wrong_can_be_corrected(tmp_path):
    allocation = ALLOCATION.replace("15.00", "51.00")
    text = HEADER + adjustment(old="51.00", new="15.00")
    write_case(tmp_path, {"allocation": allocation, "adjustments": text})

    assert opened(tmp_path).allocation["used"].sum() == 25_000_000


def test_a_misprinted_total_can_be_corrected(tmp_path):
    allocation = ALLOCATION.replace("合计,30.00", "合计,31.00")
    text = HEADER + adjustment(row="合计", column="arrived", old="31.00", new="30.00")
    write_case(tmp_path, {"allocation": allocation, "adjustments": text})

    case = opened(tmp_path)

    assert case.totals("allocation")["arrived"].tolist() == [30_000_000]
    assert case.adjustments_applied["unit"].tolist() == ["合计"]


def test_an_adjustment_that_makes_nothing_tie_is_told(tmp_path):
    allocation = ALLOCATION.replace("合计,30.00,25.00", "合计,30.00,26.00")
    write_case(tmp_path, {"allocation": allocation, "adjustments": HEADER + adjustment()})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("allocation.csv", 4, "26.00")


def test_a_cell_that_cannot_be_read_can_be_corrected(tmp_path):
    allocation = BALANCED.replace("15.00", "十五")
    text = HEADER + adjustment(old="十五", new="15.00")
    write_case(tmp_path, {"allocation": allocation, "adjustments": text})

    assert opened(tmp_path).allocation["used"].tolist() == [10_000_000, 15_000_000]


def test_an_empty_cell_can_be_filled(tmp_path):
    allocation = BALANCED.replace("15.00", "")
    write_case(tmp_path, {"allocation": allocation, "adjustments": HEADER + adjustment(old="")})

    assert opened(tmp_path).allocation["used"].tolist() == [10_000_000, 20_000_000]


def test_a_misspelt_unit_can_be_corrected(tmp_path):
    use = USE.replace("乙县", "已县")
    text = HEADER + adjustment("use", "已县", "unit", "已县", "乙县")
    write_case(tmp_path, {"allocation": ALLOCATION, "use": use, "adjustments": text})

    assert opened(tmp_path).use["unit"].tolist() == ["甲县", "乙县"]


@pytest.mark.parametrize(
    ("line", "column", "value", "right"),
    [
        (adjustment(table="alocation"), "表", "alocation", "最相近的是 allocation"),
        (adjustment(table="use"), "表", "use", "没有这个表，应为 allocation 之一"),
        (adjustment(column="use"), "列", "use", "最相近的是 used"),
        (adjustment(row="已县"), "行", "已县", "相近的是 甲县"),
        (adjustment(row="#9"), "行", "#9", "应为单位名称、编号或 #行号"),
        (adjustment(old="16.00"), "原值", "16.00", "allocation.csv:3 的“使用资金”是 15.00"),
        (adjustment(new="二十"), "新值", "二十", "应为以万元计的金额"),
        (adjustment(new=""), "新值", "", "没有金额请填 0 或 -"),
        (",乙县,used,15,20,张三,2019-05-01,x\n", "表", "", "不能为空"),
        ("allocation,乙县,used,15,20,,2019-05-01,x\n", "调整人", "", "不能为空"),
        ("allocation,乙县,used,15,20,张三,五月,x\n", "日期", "五月", "例如 2018-12-31"),
    ],
)
def test_an_adjustment_that_does_not_fit_is_a_problem(tmp_path, line, column, value, right):
    write_case(tmp_path, {"allocation": BALANCED, "adjustments": HEADER + line})

    problem = problems_in(tmp_path)[0]

    assert (problem.file, problem.row) == ("adjustments.csv", 2)
    assert (problem.column, problem.value) == (column, value)
    assert right in problem.message


def test_a_cell_is_adjusted_once(tmp_path):
    text = HEADER + adjustment() + adjustment(old="20.00", new="21.00")
    write_case(tmp_path, {"allocation": BALANCED, "adjustments": text})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (3, "列")
    assert "只能调整一次" in problem.message


def test_a_row_name_that_fits_several_rows_is_refused(tmp_path):
    payments = "分录号,日期,单位,金额\n1,2018-01-01,甲县,5\n2,2018-01-02,甲县,6\n"
    text = HEADER + adjustment("payments", "甲县", "amount", "5", "7")
    write_case(tmp_path, {"allocation": ALLOCATION, "payments": payments, "adjustments": text})

    assert "请写行号：#2、#3" in only_problem_in(tmp_path).message


def test_the_file_as_received_is_not_changed(tmp_path):
    folder = write_case(tmp_path, {"allocation": BALANCED, "adjustments": HEADER + adjustment()})

    opened(tmp_path)

    assert (folder / "allocation.csv").read_text(encoding="utf-8") == BALANCED
