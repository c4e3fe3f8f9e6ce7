"""Names of units: aliases lead to one name, unknown names are told and never matched."""

from __future__ import annotations

from case_files import ALLOCATION, SETTINGS, USE, only_problem_in, opened, problems_in, write_case

UNITS = "单位,层级,别名\n甲县,县,甲区、甲市\n乙县,县,\n"
SAMPLE = "单位,身份,方法\n甲区,样本,未说明\n乙县,样本,未说明\n"


def test_every_place_takes_the_name_of_the_units_table(tmp_path):
    problems = "编号,问题,涉及单位\nP1,x,甲市、乙县\n"
    use = USE.replace("甲县", "甲 区")
    write_case(
        tmp_path,
        {"allocation": ALLOCATION, "units": UNITS, "sample": SAMPLE, "use": use,
         "problems": problems},
    )  # fmt: skip

    case = opened(tmp_path)

    assert case.use["unit"].tolist() == ["甲县", "乙县"]
    assert case.sample["id"].tolist() == ["甲县", "乙县"]
    assert case.problems["unit"].tolist() == ["甲县、乙县"]


def test_each_use_of_an_alias_is_listed_with_its_place(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "units": UNITS, "sample": SAMPLE})

    (use,) = opened(tmp_path).alias_uses().to_dict("records")

    assert use == {"written": "甲区", "unit": "甲县", "place": "sample.csv:2", "table": "sample"}


def test_aliases_may_stand_in_the_settings(tmp_path):
    settings = SETTINGS + "aliases: {甲区: 甲县}\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "sample": SAMPLE}, settings=settings)

    assert opened(tmp_path).sample["id"].tolist() == ["甲县", "乙县"]


def test_an_alias_of_an_unknown_unit_is_a_problem_of_the_settings(tmp_path):
    write_case(tmp_path, settings=SETTINGS + "aliases:\n  甲区: 甲洲县\n")

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("case.yaml", 30, "aliases.甲区")
    assert (problem.value, "相近的单位：甲县" in problem.message) == ("甲洲县", True)


def test_a_spelling_that_means_two_units_is_a_problem(tmp_path):
    units = UNITS.replace("乙县,县,", "乙县,县,甲市")
    write_case(tmp_path, {"allocation": ALLOCATION, "units": units})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("units.csv", 3, "别名")
    assert problem.value == "甲市"
    assert "既是 乙县 又是 甲县 的写法" in problem.message


def test_the_name_of_one_unit_is_no_alias_of_another(tmp_path):
    settings = SETTINGS + "aliases: {乙县: 甲县}\n"
    write_case(tmp_path, {"units": UNITS}, settings=settings)

    assert "既是 甲县 又是 乙县" in only_problem_in(tmp_path).message


def test_two_spellings_of_one_unit_in_a_table_are_a_duplicate(tmp_path):
    use = USE.replace("乙县", "甲区").replace("甲县", "甲市")
    write_case(tmp_path, {"allocation": ALLOCATION, "units": UNITS, "use": use})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("use.csv", 3, "甲区")
    assert "与第 2 行重复" in problem.message


def test_units_of_the_allocation_stand_in_the_units_table(tmp_path):
    units = UNITS.replace("乙县", "丙县")
    write_case(tmp_path, {"allocation": ALLOCATION, "units": units})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("allocation.csv", 3, "乙县")
    assert "不在单位名单（units）中" in problem.message


def test_each_unknown_unit_of_a_list_is_told(tmp_path):
    problems = "编号,问题,涉及单位\nP1,x,甲县、丁县、戊县\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "problems": problems})

    told = problems_in(tmp_path)

    assert [(p.row, p.column, p.value) for p in told] == [(2, "涉及单位", "甲县、丁县、戊县")] * 2
    assert told[0].message.startswith("丁县")


def test_brackets_and_width_do_not_make_another_unit(tmp_path):
    allocation = ALLOCATION.replace("甲县", "甲县（本级）")
    use = USE.replace("甲县", "甲县(本级)")
    write_case(tmp_path, {"allocation": allocation, "use": use})

    case = opened(tmp_path)

    assert case.use["unit"].tolist() == ["甲县（本级）", "乙县"]
    assert case.alias_uses().empty


def test_without_a_list_of_units_every_name_is_taken(tmp_path):
    write_case(tmp_path, {"use": USE})

    assert opened(tmp_path).use["unit"].tolist() == ["甲县", "乙县"]
