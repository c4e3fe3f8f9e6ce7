"""``case.yaml``: each mistake with its line, its key and what would be right."""

from __future__ import annotations

import pytest

from case_files import SETTINGS, only_problem_in, opened, problems_in, write_case


def settings_with(old, new):
    assert old in SETTINGS
    return SETTINGS.replace(old, new)


MISTAKES = [
    ("title: {zh: 测试项目, en: Test project}", "title: {zh: 测试项目}",
     3, "title.en", "", "必须写明"),
    ("synthetic: true", "synthetic: maybe", 4, "synthetic", "maybe", "应为 true 或 false"),
    ("synthetic: true", "sinthetic: true", 4, "sinthetic", "true", "最相近的是 synthetic"),
    ("  name: 测试资金", "  name: [1]", 8, "fund.name", "", "应为文字"),
    ("key: county,", "key: 县,", 11, "fund.sources[1].key", "县", "只含小写字母"),
    ("en: county budget}", "en: county budget, tax: 1}", 11, "fund.sources[1].tax", "1",
     "这里可以写：key、zh、en"),
    ("100.00万元", "100.00", 12, "fund.approved_budget", "100.0", "例如 700.00万元"),
    ("execution_denominator: approved_budget", "execution_denominator: budget", 13,
     "fund.execution_denominator", "budget", "应为 approved_budget、arrived 之一"),
    ("rate: 0.01", "rate: 1.5", 14, "materiality.rate", "1.5", "应小于 1"),
    ("rate: 0.01", "rate: 0", 14, "materiality.rate", "0", "应大于 0"),
    ("tolerance_fen: 0", "tolerance_fen: x", 14, "materiality.tolerance_fen", "x", "应为整数"),
    ("full: 100", "full: 满分", 16, "scoring.full", "满分", "应为数"),
    ("from: 90", "from: -1", 19, "scoring.grades[0].from", "-1", "应不小于 0"),
    ("  unit: {zh: 县, en: county}", "  unit: 县", 23, "sampling.unit", "县", "若干“键: 值”"),
    ("reviewed: {by: null, on: null}", "reviewed: {by: 某人, on: 昨天}", 28, "reviewed.on", "昨天",
     "例如 2018-12-31"),
    ("year: 2018", "year: 二〇一八", 2, "year", "二〇一八", "应为整数，例如 2018"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "row", "column", "value", "right"), MISTAKES)
def test_a_mistake_has_its_line_its_key_and_what_would_be_right(
    tmp_path, old, new, row, column, value, right
):
    write_case(tmp_path, settings=settings_with(old, new))

    (problem,) = [p for p in problems_in(tmp_path) if p.column == column]
    assert (problem.file, problem.row) == ("case.yaml", row)
    assert problem.value == value
    assert right in problem.message
    assert problem.message_en


def test_all_mistakes_are_told_from_top_to_bottom(tmp_path):
    settings = settings_with("synthetic: true", "synthetic: maybe")
    settings = settings.replace("rate: 0.01", "rate: 2").replace("year: 2018", "year: 2019")
    write_case(tmp_path, settings=settings)

    assert [problem.row for problem in problems_in(tmp_path)] == [2, 4, 14]


def test_project_and_year_must_be_those_of_the_folder(tmp_path):
    settings = settings_with("project: test-grid", "project: other-grid")
    write_case(tmp_path, settings=settings.replace("year: 2018", "year: 2017"))

    problems = problems_in(tmp_path)

    assert [(p.row, p.column, p.value) for p in problems] == [
        (1, "project", "other-grid"),
        (2, "year", "2017"),
    ]
    assert "应为 test-grid" in problems[0].message


def test_grades_go_from_the_highest_down(tmp_path):
    settings = SETTINGS.replace("from: 90", "from: 10").replace("from: 0", "from: 60")
    write_case(tmp_path, settings=settings)

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (15, "scoring")
    assert "从高到低" in problem.message


def test_a_source_of_money_has_its_own_code(tmp_path):
    write_case(tmp_path, settings=settings_with("key: county", "key: city"))

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (9, "fund.sources")
    assert "同一个代码出现两次" in problem.message


def test_zeros_before_a_number_belong_to_the_text(tmp_path):
    settings = settings_with("rule_set: 财预〔2020〕10号", "rule_set: 007")
    write_case(tmp_path, settings=settings)

    assert opened(tmp_path).settings.rule_set == "007"


def test_the_lowest_grade_starts_from_zero(tmp_path):
    write_case(tmp_path, settings=settings_with("from: 0}", "from: 5}"))

    assert "最低等级应从 0 起" in only_problem_in(tmp_path).message


@pytest.mark.parametrize(
    ("text", "row", "right"),
    [
        (SETTINGS + "\tx: 1\n", 29, "制表符"),
        (SETTINGS + "basis: [\n", 29, "括号和引号成对"),
        (SETTINGS + "basis: 'x\n", 29, "括号和引号成对"),
        (SETTINGS + "x y\n", 29, "冒号后有空格"),
        ("- 1\n", 1, "例如 project"),
        ("# 空\n", 1, "例如 project"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(tmp_path, text, row, right):
    write_case(tmp_path, settings=text)

    problem = only_problem_in(tmp_path)

    assert problem.file == "case.yaml"
    assert problem.row == row
    assert right in problem.message


def test_references_that_multiply_are_refused_quickly(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 12):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"
    write_case(tmp_path, settings=SETTINGS + bomb)

    assert "内容过多" in only_problem_in(tmp_path).message


def test_a_tagged_value_is_text_and_never_run(tmp_path):
    tagged = "rule_set: !!python/object/apply:os.system [echo]"
    write_case(tmp_path, settings=settings_with("rule_set: 财预〔2020〕10号", tagged))

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (5, "rule_set")


def test_settings_that_are_not_utf8_are_a_problem(tmp_path):
    folder = write_case(tmp_path)
    (folder / "case.yaml").write_bytes(SETTINGS.encode("gb18030"))

    assert "CSV UTF-8" in only_problem_in(tmp_path).message or "UTF-8" in str(problems_in(tmp_path))


def test_a_mark_at_the_start_of_the_file_does_not_matter(tmp_path):
    write_case(tmp_path, settings="\ufeff" + SETTINGS)

    assert opened(tmp_path).settings.money_unit == "万元"


def test_every_setting_knows_its_line(tmp_path):
    write_case(tmp_path)
    case = opened(tmp_path)

    assert case.settings_source("fund.approved_budget") == "case.yaml:12"
    assert case.settings_source("fund.sources.1.zh") == "case.yaml:11"
    assert case.settings_source("scoring.grades.0.from") == "case.yaml:19"
    assert case.settings_source("fund.cut_off") == "case.yaml:7"


@pytest.mark.parametrize(
    ("sources", "column", "right"),
    [
        ("  alocation: {place: x}\n", "sources.alocation", "最相近的是 allocation"),
        ("  use: {place: x, file: ../use.csv}\n", "sources.use.file", "案卷文件夹内"),
        ("  use: {place: x, file: /etc/passwd}\n", "sources.use.file", "案卷文件夹内"),
        ("  use: {place: x, money_unit: 万圆}\n", "sources.use.money_unit", "应为 分、元"),
        ("  use: {place: x, encoding: gbk}\n", "sources.use.encoding", "utf-8、gb18030 之一"),
        ("  use: {file: use.csv}\n", "sources.use.place", "必须写明"),
    ],
)
def test_a_mistake_in_a_source_has_its_line(tmp_path, sources, column, right):
    write_case(tmp_path, settings=SETTINGS + "sources:\n" + sources)

    problem = problems_in(tmp_path)[0]

    assert (problem.file, problem.row, problem.column) == ("case.yaml", 30, column)
    assert right in problem.message


def test_settings_hold_what_the_file_says(tmp_path):
    write_case(tmp_path)
    settings = opened(tmp_path).settings

    assert settings.fund.approved_fen == 100_000_000
    assert settings.title.in_("en") == "Test project"
    assert [grade.name for grade in settings.scoring.grades] == ["优", "差"]
    assert settings.survey("residents") is None
