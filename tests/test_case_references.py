"""Codes, names and counts of one table that must fit another."""

from __future__ import annotations

import pytest

from case_files import ALLOCATION, SETTINGS, only_problem_in, opened, problems_in, write_case

INDICATORS = (
    "指标代码,一级指标,二级指标,分值,评分规则\nA1,决策,立项,8,扣分制\nB1,管理,资金,5,扣分制\n"
)
PROBLEMS = "编号,问题,对应指标\nP1,资金混用,B1\n"
JUDGEMENTS = "指标代码,类别,分数,理由,对应问题\nB1,扣分,1,混用,P1\n"
RECOMMENDATIONS = "编号,建议,对应问题\nR1,专款专用,P1\n"
TARGETS = "目标代码,目标,对应指标\nT1,覆盖率,A1、B1\n"
SURVEYS = (
    "surveys:\n"
    "  - {group: residents, zh: 群众, en: residents, selection: not_stated, confidence: 0.95}\n"
)
COUNTS = "对象组,发放份数,收回份数,有效份数\nresidents,52,50,48\n"
TABLES = {
    "indicators": INDICATORS,
    "problems": PROBLEMS,
    "judgements": JUDGEMENTS,
    "recommendations": RECOMMENDATIONS,
    "targets": TARGETS,
}


def test_references_that_lead_somewhere_are_taken(tmp_path):
    write_case(tmp_path, TABLES)

    case = opened(tmp_path)

    assert case.targets["indicator"].tolist() == ["A1、B1"]
    assert list(case.tables) == [
        "targets", "indicators", "judgements", "problems", "recommendations",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "old", "new", "column", "right"),
    [
        ("judgements", "B1,扣分", "B2,扣分", "指标代码", "不在 indicators.code 中"),
        ("judgements", ",P1", ",P1、P2", "对应问题", "P2 不在 problems.id 中，应为 P1 之一"),
        ("problems", ",B1", ",B1、C9", "对应指标", "C9 不在 indicators.code 中"),
        ("recommendations", ",P1", ",P7", "对应问题", "不在 problems.id 中"),
        ("targets", "A1、B1", "A1、B9", "对应指标", "最相近的是 B1"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_problem(tmp_path, table, old, new, column, right):
    text = TABLES[table].replace(old, new)
    write_case(tmp_path, TABLES | {table: text})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == (f"{table}.csv", 2, column)
    assert right in problem.message


def test_a_reference_to_a_table_the_case_has_not_is_a_problem(tmp_path):
    write_case(tmp_path, {"indicators": INDICATORS, "judgements": JUDGEMENTS})

    assert "案卷没有 problems 这张表" in only_problem_in(tmp_path).message


def test_sampled_vouchers_are_entries_of_the_payments(tmp_path):
    settings = SETTINGS.replace("frame: allocation", "frame: payments")
    settings = settings.replace("amount: arrived", "amount: amount")
    payments = "分录号,日期,单位,金额\nV1,2018-01-01,甲县,5\n"
    sample = "编号,身份,方法\nV1,样本,随机抽样\nV2,样本,随机抽样\n"
    write_case(
        tmp_path,
        {"allocation": ALLOCATION, "payments": payments, "sample": sample},
        settings=settings,
    )

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("sample.csv", 3, "V2")
    assert "不在 payments.entry_id 中" in problem.message


def test_the_amount_sampled_by_is_a_money_column_of_the_frame(tmp_path):
    write_case(tmp_path, settings=SETTINGS.replace("amount: arrived", "amount: arived"))

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("case.yaml", 24, "sampling.amount")
    assert "最相近的是 arrived" in problem.message


def test_answers_are_of_a_group_of_the_settings(tmp_path):
    answers = {"answers_resident": "序号,Q1\n1,5\n"}
    write_case(tmp_path, answers, settings=SETTINGS + SURVEYS)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.value) == ("answers_resident.csv", "resident")
    assert "最相近的是 residents" in problem.message


@pytest.mark.parametrize("broken", ["", "编码有误\n1\n", "问题\n资金混用\n"])
def test_a_table_that_cannot_be_read_makes_no_further_problems(tmp_path, broken):
    write_case(tmp_path, TABLES | {"problems": broken})

    assert only_problem_in(tmp_path).file == "problems.csv"


def test_a_list_of_units_that_cannot_be_read_makes_no_further_problems(tmp_path):
    units = "名字,层级\n甲县,县\n"
    write_case(tmp_path, {"allocation": ALLOCATION, "units": units})

    assert only_problem_in(tmp_path).file == "units.csv"


def test_a_workbook_that_cannot_be_read_makes_no_further_problems(tmp_path):
    adjustments = "表,行,列,原值,新值,调整人,日期,原因\nuse,甲,used,1,2,张三,2019-01-01,x\n"
    judgements = {"judgements": JUDGEMENTS, "adjustments": adjustments}
    write_case(tmp_path, judgements | {"inputs.xlsx": b"PK\3\4"})

    assert only_problem_in(tmp_path).file == "inputs.xlsx"


def test_groups_of_the_counts_are_those_of_the_settings(tmp_path):
    counts = COUNTS.replace("residents", "resident")
    write_case(tmp_path, {"survey_counts": counts}, settings=SETTINGS + SURVEYS)

    problems = problems_in(tmp_path)

    assert [(p.file, p.row, p.value) for p in problems] == [
        ("survey_counts.csv", 0, "residents"),
        ("survey_counts.csv", 2, "resident"),
    ]
    assert "surveys[0] 定义了它" in problems[0].message
    assert "最相近的是 residents" in problems[1].message


@pytest.mark.parametrize(
    ("row", "column", "right"),
    [
        ("residents,52,53,48", "收回份数", "应不超过发放份数（52）"),
        ("residents,52,50,51", "有效份数", "应不超过收回份数（50）"),
    ],
)
def test_no_more_come_back_than_went_out(tmp_path, row, column, right):
    counts = COUNTS.replace("residents,52,50,48", row)
    write_case(tmp_path, {"survey_counts": counts}, settings=SETTINGS + SURVEYS)

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (2, column)
    assert right in problem.message


def test_counts_that_are_missing_are_not_compared(tmp_path):
    counts = COUNTS.replace(",48", ",")
    write_case(tmp_path, {"survey_counts": counts}, settings=SETTINGS + SURVEYS)

    assert opened(tmp_path).survey_counts["valid"].isna().all()


def test_a_sampled_unit_must_stand_in_the_population(tmp_path):
    units = "单位,层级\n甲县,县\n乙县,县\n丁县,县\n"
    sample = "单位,身份,方法\n甲县,样本,随机抽样\n丁县,样本,随机抽样\n"
    write_case(tmp_path, {"units": units, "allocation": ALLOCATION, "sample": sample})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.value) == ("sample.csv", 3, "丁县")
