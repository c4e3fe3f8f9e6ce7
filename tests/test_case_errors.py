"""What is wrong in a case is told with its place, its value and what would be right."""

from __future__ import annotations

import zipfile

import pytest

from auditbook import InputError, open_case
from auditbook.case.errors import SHOWN_AT_MOST, Problem
from case_files import ALLOCATION, SETTINGS, USE, only_problem_in, problems_in, write_case


def place(problem):
    return problem.file, problem.row, problem.column, problem.value


def with_sources(text):
    return SETTINGS + "sources:\n" + text


def test_a_file_named_in_sources_and_missing_is_a_problem(tmp_path):
    settings = with_sources("  use: {place: 报告第三页, file: 资金使用表.csv}\n")
    write_case(tmp_path, {"allocation": ALLOCATION, "资金使用情况.csv": USE}, settings=settings)

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("资金使用表.csv", 0, "sources.use.file", "资金使用表.csv")
    assert "放入案卷文件夹" in problem.message
    assert "资金使用情况.csv" in problem.message


def test_a_table_described_in_sources_and_missing_is_a_problem(tmp_path):
    write_case(tmp_path, settings=with_sources("  use: {place: 报告第三页}\n"))

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("use.csv", 0, "", "")
    assert "应有 use.csv" in problem.message


def test_a_missing_column_names_the_titles_that_are_accepted(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资金,使用资金\n甲县,10,10\n"})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 1, "结余资金", "")
    assert "可用的标题：结余资金、balance、Balance、当年结余" in problem.message


def test_a_misspelt_unit_names_the_nearest_and_is_never_matched(tmp_path):
    use = USE.replace("乙县", "乙洗县")
    write_case(tmp_path, {"allocation": ALLOCATION, "use": use})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("use.csv", 3, "单位", "乙洗县")
    assert "相近的单位：乙县（allocation.csv:3）" in problem.message


def test_text_in_an_amount_says_which_unit_the_amount_should_have(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION.replace("15.00", "约十五")})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 3, "使用资金", "约十五")
    assert "应为以万元计的金额，例如 1,234.50" in problem.message


def test_a_negative_amount_is_refused_where_nothing_can_be_negative(tmp_path):
    write_case(tmp_path, {"allocation": "单位,到位资金,使用资金,结余资金\n甲县,-10.00,0,-10.00\n"})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 2, "到位资金", "-10.00")
    assert "应为 0 或正数" in problem.message


def test_a_duplicate_unit_names_the_row_it_repeats(tmp_path):
    text = "单位,到位资金,使用资金,结余资金\n甲县,1,1,0\n乙县,2,2,0\n甲 县,1,1,0\n"
    write_case(tmp_path, {"allocation": text})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 4, "单位", "甲 县")
    assert "与第 2 行重复" in problem.message


def test_a_wrong_total_names_the_sum_and_the_difference(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION.replace("合计,30.00", "合计,31.00")})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 4, "到位资金", "31.00")
    assert "合计应为 30.00万元（2 行相加），相差 1.00万元" in problem.message


def test_an_unknown_money_unit_in_the_settings_lists_the_known_ones(tmp_path):
    write_case(tmp_path, settings=SETTINGS.replace("money_unit: 万元", "money_unit: 万圆"))

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("case.yaml", 6, "money_unit", "万圆")
    assert "应为 分、元、千元、万元" in problem.message


def test_an_unknown_money_unit_on_a_sheet_lists_the_known_ones(tmp_path):
    write_case(tmp_path, {"allocation": "单位：万美元,,,\n" + ALLOCATION})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("allocation.csv", 1, "单位：万美元", "万美元")
    assert "应为 分、元、千元、万元" in problem.message


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_file_is_a_problem(tmp_path, content):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": content})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("use.csv", 0, "", "")
    assert "应有一行标题和至少一行数据" in problem.message


def test_a_header_without_rows_is_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": USE.splitlines()[0]})

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("use.csv", 1, "", "")
    assert "没有数据" in problem.message


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_opened(tmp_path):
    folder = write_case(tmp_path)
    with zipfile.ZipFile(folder / "inputs.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("inputs.xlsx", 0, "")
    assert problem.value.endswith("→ 300 MB")
    assert "应不超过 200 MB" in problem.message


def test_a_folder_without_case_yaml_is_a_problem(tmp_path):
    folder = write_case(tmp_path)
    (folder / "case.yaml").unlink()

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("case.yaml", 0, "", "")
    assert "复制另一个案卷的 case.yaml" in problem.message


def test_a_key_that_stands_twice_in_the_settings_is_a_problem(tmp_path):
    write_case(tmp_path, settings=SETTINGS.replace("rule_set:", "year: 2019\nrule_set:"))

    problem = only_problem_in(tmp_path)

    assert place(problem) == ("case.yaml", 5, "year", "year: 2019")
    assert "写了两次" in problem.message


@pytest.mark.parametrize("name", ["..", "../data/test-grid", "a/b", "", "Grid", "-x", "a b", "甲"])
def test_a_project_name_that_is_none_is_refused_with_the_names_that_exist(tmp_path, name):
    write_case(tmp_path)

    with pytest.raises(InputError) as caught:
        open_case(name, 2018, root=tmp_path)

    (problem,) = caught.value.problems
    assert place(problem) == ("data/", 0, "project", name or "（空）")
    assert "应由小写字母、数字和连字符组成" in problem.message
    assert "现有项目：test-grid" in problem.message


def test_problems_of_all_files_are_reported_at_once_in_file_order(tmp_path):
    settings = SETTINGS.replace("project: test-grid", "project: other")
    sample = "单位,身份,方法\n丁县,样本,抽签\n"
    allocation = ALLOCATION.replace("10.00,10.00,-", "十,10.00,-").replace("5.00\n合", "#REF!\n合")
    write_case(
        tmp_path, {"allocation": allocation, "use": b"", "sample": sample}, settings=settings
    )

    problems = problems_in(tmp_path)

    assert [(p.file, p.row, p.column) for p in problems] == [
        ("case.yaml", 1, "project"),
        ("allocation.csv", 2, "到位资金"),
        ("allocation.csv", 3, "结余资金"),
        ("use.csv", 0, ""),
        ("sample.csv", 2, "单位"),
        ("sample.csv", 2, "方法"),
    ]


def test_a_mistake_in_the_settings_does_not_hide_those_in_the_tables(tmp_path):
    settings = SETTINGS.replace("money_unit: 万元", "money_unit: 万圆")
    settings = settings.replace("rate: 0.01", "rate: 7") + "sinthetic: true\n"
    write_case(tmp_path, {"allocation": ALLOCATION.replace("15.00", "x")}, settings=settings)

    assert [(p.file, p.row) for p in problems_in(tmp_path)] == [
        ("case.yaml", 6),
        ("case.yaml", 14),
        ("case.yaml", 29),
        ("allocation.csv", 3),
    ]


NO_ALLOCATION = {"allocation": "名,钱\n甲,1\n"}
ALIASED = {"allocation": ALLOCATION, "use": USE.replace("甲县", "甲区")}
COUNTED = {"survey_counts": "对象组,发放份数,收回份数\nresidents,1,1\n"}
SAMPLED = {"allocation": ALLOCATION, "sample": "编号,身份,方法\nV1,样本,未说明\n"}


@pytest.mark.parametrize(
    ("old", "new", "tables"),
    [
        ("key: county,", "key: 县,", NO_ALLOCATION),
        ("frame: allocation", "frame: payment", SAMPLED),
        ("prepared:", "surveys: [{group: 甲}]\nprepared:", COUNTED),
        ("prepared:", "aliases: {甲区: [1]}\nprepared:", ALIASED),
        ("prepared:", "sources: {allocation: {columns: {}}}\nprepared:", NO_ALLOCATION),
    ],
)
def test_what_rests_on_a_wrong_setting_is_not_judged(tmp_path, old, new, tables):
    write_case(tmp_path, tables, settings=SETTINGS.replace(old, new))

    assert {problem.file for problem in problems_in(tmp_path)} == {"case.yaml"}


def test_the_message_numbers_the_problems_and_names_the_next_command(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION.replace("15.00", "x")})

    with pytest.raises(InputError) as caught:
        open_case("test-grid", 2018, root=tmp_path)

    assert str(caught.value).splitlines() == [
        "发现 1 个问题，未生成任何结果：",
        "1. allocation.csv › 第 3 行 › 使用资金：填写为“x”，应为以万元计的金额，例如 1,234.50",
        "改好后运行：auditbook check test-grid 2018",
    ]
    assert caught.value._render_traceback_() == [str(caught.value)]
    assert "row 3" in caught.value.text("en")


def test_a_problem_stays_on_one_line_whatever_its_cell_holds():
    line = Problem("a.csv", 2, "列", "甲\n乙\x1b[31m", "不对").line()

    assert line == "a.csv › 第 2 行 › 列：填写为“甲 乙 [31m”，不对"


def test_a_long_list_of_problems_is_cut_and_says_how_many_are_left():
    error = InputError([Problem("a.csv", row=n) for n in range(1, SHOWN_AT_MOST + 4)])

    assert len(error.problems) == SHOWN_AT_MOST + 3
    assert error.text().splitlines()[-1] == "…另有 3 个问题未列出"
