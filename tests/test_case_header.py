"""Headers as they are printed: title rows, two rows with groups, units in titles, misspellings."""

from __future__ import annotations

import pytest

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

TWO_ROWS = """\
2018年资金情况表,,,,,
单位：元,,,,,
单位,到位资金,,,使用资金,结余资金
,合计,市级,县级,合计,
甲县,30,10,20,30,-
"""


def test_rows_above_the_header_are_kept_and_their_unit_is_honoured(tmp_path):
    write_case(tmp_path, {"allocation": "资金表,,,\n金额单位：元,,,\n" + ALLOCATION})

    case = opened(tmp_path)

    assert case.allocation["arrived"].tolist() == [1000, 2000]
    assert case.allocation["source_row"].tolist() == ["allocation.csv:4", "allocation.csv:5"]
    assert case.tables["allocation"].above == ("资金表", "金额单位：元")


def test_a_unit_that_prepared_the_sheet_is_not_a_money_unit(tmp_path):
    write_case(tmp_path, {"allocation": "编制单位：甲县财政局,,,\n单位：万元、%,,,\n" + ALLOCATION})

    assert opened(tmp_path).allocation["arrived"].tolist() == [10_000_000, 20_000_000]


def test_a_header_of_two_rows_names_columns_by_group_and_title(tmp_path):
    write_case(tmp_path, {"allocation": TWO_ROWS})

    (row,) = opened(tmp_path).allocation.to_dict("records")

    assert (row["arrived"], row["arrived_city"], row["arrived_county"]) == (3000, 1000, 2000)
    assert (row["used"], row["balance"], row["source_row"]) == (3000, 0, "allocation.csv:5")


def test_merged_header_cells_of_a_workbook_give_the_same_columns(tmp_path):
    folder = write_case(tmp_path, {})
    rows = [line.split(",") for line in TWO_ROWS.splitlines()]
    areas = ["A1:F1", "A3:A4", "B3:D3", "F3:F4"]
    write_workbook(folder / "inputs.xlsx", {"allocation": rows}, {"allocation": areas})

    (row,) = opened(tmp_path).allocation.to_dict("records")

    assert (row["arrived"], row["arrived_city"], row["arrived_county"]) == (3000, 1000, 2000)
    assert (row["used"], row["balance"]) == (3000, 0)
    assert row["source_row"] == "inputs.xlsx!allocation:5"


def test_a_unit_in_a_title_holds_for_its_column_only(tmp_path):
    text = "单位,到位资金（元）,使用资金,结余资金(千元)\n甲县,40000,4.00,0\n"
    write_case(tmp_path, {"allocation": text})

    (row,) = opened(tmp_path).allocation.to_dict("records")

    assert (row["arrived"], row["used"], row["balance"]) == (4_000_000, 4_000_000, 0)


def test_a_second_header_row_may_hold_units_only(tmp_path):
    text = "单位,到位资金,使用资金,结余资金\n,元,（万元）,万元\n甲县,40000,4.00,0\n"
    write_case(tmp_path, {"allocation": text})

    (row,) = opened(tmp_path).allocation.to_dict("records")

    assert (row["arrived"], row["used"], row["balance"]) == (4_000_000, 4_000_000, 0)


def test_percent_in_a_title_holds_for_its_printed_figures(tmp_path):
    use = USE.replace("资金使用率", "资金使用率（%）").replace("100.00%", "100.00")
    write_case(tmp_path, {"allocation": ALLOCATION, "use": use})

    assert opened(tmp_path).use["use_rate_printed"].tolist() == ["100.00%", "75.00%"]


@pytest.mark.parametrize(
    "titles",
    [
        "unit,arrived,used,balance",
        "Unit,Arrived,Used,Balance",
        "县（市）区,实际到位资金,实际使用资金,当年结余",
        "县(市)区, 到 位 资 金 ,使用资金,结余资金",
        "县市区,到位合计,使用合计,结余",
        "单位,资金来源到位情况/合计,资金使用/合计,资金结余/当年结余",
    ],
)
def test_titles_are_understood_in_every_accepted_spelling(tmp_path, titles):
    write_case(tmp_path, {"allocation": f"{titles}\n甲县,3,2,1\n"})

    (row,) = opened(tmp_path).allocation.to_dict("records")

    assert (row["unit"], row["arrived"], row["used"], row["balance"]) == (
        "甲县", 3_000_000, 2_000_000, 1_000_000,
    )  # fmt: skip


def test_titles_that_only_this_case_has_are_mapped_in_the_settings(tmp_path):
    settings = SETTINGS + (
        "sources:\n  allocation:\n    place: 报告\n    columns:\n"
        "      拨来的钱: arrived\n      旧账: ignore\n"
    )
    text = "单位,拨来的钱,使用资金,结余资金,旧账,经办\n甲县,3,2,1,9,某人\n"
    write_case(tmp_path, {"allocation": text}, settings=settings)

    case = opened(tmp_path)

    assert case.allocation["arrived"].tolist() == [3_000_000]
    assert case.inputs()["ignored"].tolist() == ["旧账、经办"]


def test_a_column_name_in_the_settings_that_the_table_has_not_is_a_problem(tmp_path):
    settings = SETTINGS + ("sources:\n  allocation: {place: 报告, columns: {经办: arived}}\n")
    write_case(tmp_path, settings=settings)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.column) == ("case.yaml", "sources.allocation.columns.经办")
    assert problem.row == 30
    assert (problem.value, "最相近的是 arrived" in problem.message) == ("arived", True)


def test_the_same_column_twice_is_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资金,实际到位资金,使用资金,结余\n甲县,3,3,2,1\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (1, "到位资金、实际到位资金")
    assert "B、C 列是同一个标题" in problem.message


def test_a_misspelt_title_of_a_missing_column_is_suggested(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资舍,使用资金,结余资金\n甲县,3,2,1\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (1, "到位资金")
    assert "表中有“到位资舍”，是否就是它" in problem.message


def test_a_misspelt_title_of_an_optional_column_is_never_left_out_silently(tmp_path):
    units = "单位,层级,网格员数量\n甲县,县,3\n乙县,县,4\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "units": units})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("units.csv", 1, "网格员数量")
    assert "很像“网格员数”" in problem.message
    assert "网格员数量: grid_workers" in problem.message


def test_a_source_of_money_that_the_case_does_not_declare_is_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": TWO_ROWS.replace("县级", "省级")})

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (4, "到位资金/省级")
    assert "已有：市级、县级" in problem.message


def test_a_sheet_without_any_known_title_is_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": "甲,乙,丙\n1,2,3\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("allocation.csv", 1, "甲，乙，丙")
    assert "应有一行标题含有：单位、到位资金、使用资金、结余资金" in problem.message


def test_a_printed_unit_that_contradicts_the_settings_is_a_problem(tmp_path):
    settings = SETTINGS + "sources:\n  allocation: {place: 报告, money_unit: 元}\n"
    write_case(tmp_path, {"allocation": "单位：万元,,,\n" + ALLOCATION}, settings=settings)

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (1, "单位", "万元")


def test_the_unit_of_a_table_in_the_settings_holds_where_the_sheet_names_none(tmp_path):
    settings = SETTINGS + "sources:\n  allocation: {place: 报告, money_unit: 元}\n"
    write_case(tmp_path, settings=settings)

    assert opened(tmp_path).allocation["arrived"].tolist() == [1000, 2000]


def test_content_under_no_title_is_a_problem_and_not_dropped(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资金,使用资金,结余资金\n甲县,1,234.50,1,0\n"})

    problem = problems_in(tmp_path)[0]

    assert (problem.row, problem.column, problem.value) == (2, "E 列", "0")
    assert "千分位逗号" in problem.message
