"""Rows below the header: data, the printed total, notes, blank rows; none is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_files import ALLOCATION, USE, only_problem_in, opened, problems_in, write_case

HEADER = "序号,单位,到位资金,使用资金,结余资金,备注\n"


@pytest.mark.parametrize("label", ["合计", "合  计", "总计", "Total", "合　计"])
@pytest.mark.parametrize("row", [",{label},3,3,0,", "{label},,3,3,-,", "{label},{label},3,3,0,"])
def test_the_printed_total_is_kept_apart_from_the_rows(tmp_path, label, row):
    text = HEADER + "1,甲县,1,1,0,\n2,乙县,2,2,0,\n" + row.format(label=label) + "\n"
    write_case(tmp_path, {"allocation": text})

    case = opened(tmp_path)
    total = case.total("allocation")

    assert case.allocation["unit"].tolist() == ["甲县", "乙县"]
    assert total is not None
    assert (total["unit"], total["arrived"], total["balance"]) == ("合计", 3_000_000, 0)
    assert total["source_row"] == "allocation.csv:4"
    assert case.totals("allocation").dtypes["arrived"] == "int64"


def test_a_table_without_a_printed_total_has_none(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": USE})

    case = opened(tmp_path)

    assert case.total("use") is None
    assert case.totals("use").empty
    assert case.totals("use").columns.tolist() == case.use.columns.tolist()
    assert case.total("payments") is None


def test_a_total_may_leave_columns_empty(tmp_path):
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,\n,合计,1,,,\n"})

    total = opened(tmp_path).totals("allocation")

    assert total["arrived"].tolist() == [1_000_000]
    assert total["used"].isna().all()


def test_printed_rates_of_the_total_are_kept_as_text(tmp_path):
    use = USE + "合计,30.00,25.00,5.00,83.33%\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "use": use})

    assert opened(tmp_path).totals("use")["use_rate_printed"].tolist() == ["83.33%"]


def test_every_column_of_a_wrong_total_is_told(tmp_path):
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,\n,合计,2,1.00,0.01,\n"})

    problems = problems_in(tmp_path)

    assert [(p.row, p.column, p.value) for p in problems] == [
        (3, "到位资金", "2"),
        (3, "结余资金", "0.01"),
    ]
    assert "相差 0.01万元" in problems[1].message


def test_a_total_is_checked_in_its_own_unit(tmp_path):
    text = "单位,到位资金（元）,使用资金,结余资金\n甲县,40000,4,0\n合计,40001,4,0\n"
    write_case(tmp_path, {"allocation": text})

    assert "应为 40,000.00元（1 行相加），相差 1.00元" in only_problem_in(tmp_path).message


def test_text_in_the_total_is_a_problem_of_its_own(tmp_path):
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,\n,合计,一,1,0,\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (3, "到位资金", "一")


def test_a_column_with_an_unreadable_cell_is_not_summed(tmp_path):
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,一,1,0,\n,合计,9,1,0,\n"})

    assert only_problem_in(tmp_path).row == 2


def test_two_totals_are_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION + "总计,30.00,25.00,5.00\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.value) == (5, "总计")
    assert "第 4 行已是合计行" in problem.message


def test_a_subtotal_would_count_rows_twice(tmp_path):
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,\n,小计,1,1,0,\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.value) == (3, "小计")
    assert "重复计算" in problem.message


def test_a_total_where_none_belongs_is_a_problem(tmp_path):
    problems = "编号,问题\nP1,甲\n合计,1\n"
    write_case(tmp_path, {"problems": problems})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row) == ("problems.csv", 3)
    assert "不应有合计行" in problem.message


def test_the_word_total_in_a_description_is_no_total(tmp_path):
    text = "分录号,日期,单位,金额,用途\n1,2018-01-01,甲县,5,合计\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "payments": text})

    assert len(opened(tmp_path).payments) == 1


def test_notes_are_kept_apart(tmp_path):
    notes = "注：单位为万元,,,,,\n2.数据由各县填报,,,,,\n\n资料来源: 财政局,,,,,\n"
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,注：见上\n" + notes})

    case = opened(tmp_path)

    assert case.tables["allocation"].notes == (
        "注：单位为万元", "2.数据由各县填报", "资料来源: 财政局",
    )  # fmt: skip
    assert case.allocation["note"].tolist() == ["注：见上"]


def test_a_row_without_amounts_below_a_note_is_a_row_and_no_note(tmp_path):
    notes = "注：单位为万元,,,,,\n,丙县,,,,\n"
    write_case(tmp_path, {"allocation": HEADER + "1,甲县,1,1,0,\n" + notes})

    assert [problem.row for problem in problems_in(tmp_path)] == [4, 4, 4]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["data", "blank", "note"]), max_size=8), st.booleans())
def test_no_row_is_lost(tmp_path_factory, kinds, with_total):
    root = tmp_path_factory.mktemp("rows")
    lines = {"blank": ",,,,,", "note": "注：甲,,,,,"}
    body = [lines.get(kind, f"{n},{n}县,1,1,0,") for n, kind in enumerate(["data", *kinds])]
    count = 1 + kinds.count("data")
    body += [f",合计,{count},{count},0,"] if with_total else []
    write_case(root, {"allocation": HEADER + "\n".join(body) + "\n"})

    case = opened(root)
    table = case.tables["allocation"]

    kept = len(table.frame) + len(table.totals) + len(table.notes) + table.blank_rows
    assert kept == len(body)
    assert len(table.frame) == count
