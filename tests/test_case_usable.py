"""What can be read but not worked with is told before anything runs."""

import pytest

from case_files import SETTINGS, only_problem_in, opened, write_case

HEAD = "指标代码,一级指标,二级指标,分值,评分规则,依据数据,计量单位,目标值\n"
JUDGED = "指标代码,类别,分数,理由\n"
SURVEYS = (
    "surveys:\n"
    "  - {group: residents, zh: 群众, en: residents, selection: census, confidence: 0.95%s}\n"
)
COUNTS = "对象组,总体人数,发放份数,收回份数,公布满意度\nresidents,60,52,50,%s\n"


@pytest.mark.parametrize("target", ["90", "90%", "９０％"])
def test_a_ratio_takes_a_target_with_and_without_its_percent_sign(tmp_path, target):
    write_case(
        tmp_path, {"indicators": HEAD + f"A1,过程,资金,10,比率法,funds.use_rate,%,{target}\n"}
    )

    assert len(opened(tmp_path).indicators) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("A1,过程,资金,10,比率法,funds.use_rate,%,", "目标值"),
        ("A1,过程,资金,10,比率法,funds.use_rate,%,0", "目标值"),
        ("A1,过程,资金,10,比率法,,,90", "依据数据"),
        ("A1,过程,资金,0,扣分制,,,", "分值"),
        ("A1,A1,资金,10,扣分制,,,", "一级指标"),
    ],
)
def test_an_indicator_that_cannot_be_scored_is_a_problem(tmp_path, row, column):
    write_case(tmp_path, {"indicators": HEAD + row + "\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("indicators.csv", 2, column)


@pytest.mark.parametrize(
    ("rule", "judgement", "column"),
    [
        ("扣分制,,,", "A1,给分,5,达成", "类别"),
        ("比率法,funds.use_rate,%,90", "A1,扣分,1,迟", "类别"),
        ("直接赋分,,,", "A1,给分,10.5,达成", "分数"),
    ],
)
def test_a_judgement_that_its_rule_would_ignore_is_a_problem(tmp_path, rule, judgement, column):
    indicators = HEAD + f"A1,过程,资金,10,{rule}\n"
    write_case(tmp_path, {"indicators": indicators, "judgements": JUDGED + judgement + "\n"})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("judgements.csv", 2, column)


@pytest.mark.parametrize(
    ("scale", "printed"), [("", "104.42%"), (", low: 1, high: 5", "5.1"), ("", "-3%")]
)
def test_a_satisfaction_off_its_scale_is_a_problem(tmp_path, scale, printed):
    settings = SETTINGS.replace("surveys: []\n", "") + SURVEYS % scale
    write_case(tmp_path, {"survey_counts": COUNTS % printed}, settings=settings)

    assert only_problem_in(tmp_path).column == "公布满意度"


def test_a_satisfaction_on_its_own_scale_is_taken(tmp_path):
    settings = SETTINGS.replace("surveys: []\n", "") + SURVEYS % ", low: 1, high: 5"
    write_case(tmp_path, {"survey_counts": COUNTS % "4.2"}, settings=settings)

    assert opened(tmp_path).settings.surveys[0].share("4.2") == pytest.approx(0.8)
