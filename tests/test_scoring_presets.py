"""Presets of indicator systems: what sources prescribe, sums level by level, rules of weights."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.errors import InputError
from auditbook.case.presets import (
    check_preset_rules,
    check_sums,
    list_presets,
    load_preset,
)
from auditbook.procedures.scoring.grading import grade_of

few = settings(max_examples=40, deadline=None, derandomize=True)


def system(*rows):
    """Rows of names from level 1 down with a full mark at the end."""
    return pd.DataFrame(
        [
            {**{f"level{n}": name for n, name in enumerate(names, 1)}, "full": Decimal(str(full))}
            for *names, full in rows
        ]
    )


def level1(**weights):
    return system(*((name, "全部", full) for name, full in weights.items()))


def test_all_presets_of_the_issue_are_there():
    assert list_presets() == (
        "kunming_2018", "mof_2013_53", "mof_2020_10", "self_2020_10", "self_2021_101",
        "self_2021_101_cost", "zhengzhou_2020",
    )  # fmt: skip


@pytest.mark.parametrize("name", list_presets())
def test_a_preset_names_its_source_says_of_its_weights_and_keeps_its_own_rules(name):
    preset = load_preset(name)

    assert preset.source
    assert preset.weights.zh and preset.weights.en
    assert all(rule.source for rule in preset.rules)
    if preset.total() is not None:
        assert preset.total() == 100
        assert check_preset_rules(preset.frame(), preset).empty
    else:
        assert not preset.weights.prescribed
    assert all(row.full is None or preset.total() for row in preset.indicators)


def names(preset, level):
    return list(dict.fromkeys(getattr(row, level) for row in preset.indicators))


def test_the_framework_of_2020_has_four_ten_and_seventeen_indicators():
    """财预〔2020〕10号 annex 2."""
    preset = load_preset("mof_2020_10")

    assert names(preset, "level1") == ["决策", "过程", "产出", "效益"]
    assert names(preset, "level2") == [
        "项目立项", "绩效目标", "资金投入", "资金管理", "组织实施", "产出数量", "产出质量",
        "产出时效", "产出成本", "项目效益",
    ]  # fmt: skip
    assert len(preset.indicators) == 17
    assert {row.path[-1]: row.points for row in preset.indicators if row.points} == {
        "立项依据充分性": 5, "立项程序规范性": 3, "绩效目标合理性": 4, "绩效指标明确性": 3,
        "预算编制科学性": 4, "资金分配合理性": 2, "资金使用合规性": 4, "管理制度健全性": 2,
        "制度执行有效性": 4,
    }  # fmt: skip


def test_the_framework_of_2013_has_the_checklist_points_of_its_annex():
    """财预〔2013〕53号 annex 1; 管理制度健全性 stands under 业务管理 and under 财务管理."""
    preset = load_preset("mof_2013_53")

    assert names(preset, "level1") == ["投入", "过程", "产出", "效果"]
    assert len(preset.indicators) == 20
    assert sum(row.level3 == "管理制度健全性" for row in preset.indicators) == 2
    assert [row.points for row in preset.indicators if row.level1 == "过程"] == [2, 4, 2, 2, 5, 2]
    assert [row.level3 for row in preset.indicators if not row.verified] == ["质量达标率"]


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("self_2020_10", {"预算执行率": 10, "产出": 50, "效益": 30, "满意度": 10}),
        ("self_2021_101", {"预算执行率": 10, "产出": 50, "效益": 30, "满意度": 10}),
        ("self_2021_101_cost",
         {"预算执行率": 10, "成本": 20, "产出": 40, "效益": 20, "满意度": 10}),
    ],
)  # fmt: skip
def test_self_evaluation_weights_are_those_of_their_notices(name, weights):
    """财预〔2020〕10号: 10, 50, 30, 10; 财预〔2021〕101号: with 成本 20, 40, 20, 10 and 10."""
    preset = load_preset(name)

    assert {row.level1: row.full for row in preset.indicators} == weights
    assert check_preset_rules(level1(**weights), preset).empty


def test_kunming_2018_preset_is_the_system_of_the_case(kunming):
    """决策 20, 管理 20, 绩效 60, as the published report has them at level 2 and 3."""
    preset = load_preset("kunming_2018")
    own = kunming.indicators

    columns = ["level1", "level2", "level3", "full"]
    assert preset.frame()[columns].to_numpy().tolist() == own[columns].to_numpy().tolist()
    assert preset.frame().groupby("level1", sort=False)["full"].sum().tolist() == [20, 20, 60]
    assert check_sums(own, total=100).empty
    assert check_preset_rules(own, preset).empty


def test_of_two_customary_weightings_one_breaks_the_rule_of_60_percent():
    """15/25/25/35 has 60% in output and outcome, 20/25/30/25 has 55%: both are seen."""
    preset = load_preset("mof_2020_10")
    kept, broken = (level1(**seen.level1) for seen in preset.weights.customary)

    assert check_preset_rules(kept, preset).empty
    problems = check_preset_rules(broken, preset)
    assert problems[["problem", "name", "stated", "expected"]].to_numpy().tolist() == [
        ["output_and_outcome", "产出、效益", "55%", "60%"]
    ]
    assert "财预〔2020〕10号" in problems["zh"].tolist()[0]


def test_shares_are_of_the_total_whatever_it_is():
    """72 of 120 are 60%; 71.99 are not."""
    preset = load_preset("mof_2020_10")

    assert check_preset_rules(level1(决策=20, 过程=28, 产出=36, 效益=36), preset).empty
    low = level1(决策=20, 过程="28.01", 产出=36, 效益="35.99")
    assert check_preset_rules(low, preset)["stated"].tolist() == ["59.9917%"]


def test_a_rule_on_an_indicator_that_is_not_there_cannot_be_checked():
    """The Kunming system has no 产出 and no 效益 at level 1."""
    problems = check_preset_rules(load_preset("kunming_2018").frame(), load_preset("mof_2020_10"))

    assert problems[["problem", "name"]].to_numpy().tolist() == [["level1_missing", "产出、效益"]]


@pytest.mark.parametrize(
    ("weights", "problem", "name"),
    [
        ({"决策": 15, "管理": 20, "产出": 30, "效果": 35}, None, ""),
        ({"决策": 15, "管理": 35, "产出": 20, "效果": 30}, "output_and_effect", "产出、效果"),
        ({"决策": 10, "管理": 20, "产出": 40, "效果": 30}, "level1_least", "决策"),
        ({"决策": 18, "管理": 20, "产出": 30, "效果": 32}, "level1_fives", "决策"),
        ({"决策": 20, "管理": "17.5", "产出": 30, "效果": "32.5"}, "whole_points", "管理 › 全部"),
    ],
)
def test_zhengzhou_rules_of_full_marks(weights, problem, name):
    """郑州 2020: integers, level 1 ends in 0 or 5, each ≥ 15, 产出+效果 > 决策+管理."""
    problems = check_preset_rules(level1(**weights), load_preset("zhengzhou_2020"))

    found = dict(zip(problems["problem"], problems["name"], strict=True)) if problem else {}
    assert problems.empty == (problem is None)
    assert problem is None or problem in found
    assert name in ["", *problems["name"]]


@pytest.mark.parametrize("part", ["预算执行率", "产出", "效益", "满意度"])
def test_each_self_evaluation_weight_is_checked(part):
    weights = {"预算执行率": 10, "产出": 50, "效益": 30, "满意度": 10}
    other = "产出" if part != "产出" else "效益"
    moved = weights | {part: weights[part] + 1, other: weights[other] - 1}

    problems = check_preset_rules(level1(**moved), load_preset("self_2020_10"))

    assert set(problems["name"]) == {part, other}


def test_the_usual_grades_of_2020_cover_every_score():
    grades = load_preset("mof_2020_10").grades

    assert [grade_of(score, grades).grade for score in (90, 80, 60, 59)] == ["优", "良", "中", "差"]


PRINTED = [
    ("决策", 20), ("决策", "立项", 8), ("决策", "目标", 12), ("决策", "目标", "合理", 5),
    ("决策", "目标", "明确", 7), ("绩效", 80), ("绩效", "产出", "数量", "网格", 50),
    ("绩效", "产出", "数量", "人员", "30"),
]  # fmt: skip


def test_two_to_four_levels_add_up_with_parents_typed_or_not():
    assert check_sums(system(*PRINTED), total=100).empty


@pytest.mark.parametrize(
    ("at", "name", "stated", "expected"),
    [(0, "决策", "21", "20"), (2, "决策 › 目标", "13", "12"), (5, "绩效", "81", "80")],
)
def test_a_typed_mark_that_is_not_the_sum_of_its_parts_is_named(at, name, stated, expected):
    rows = list(PRINTED)
    rows[at] = (*rows[at][:-1], int(rows[at][-1]) + 1)

    problems = check_sums(system(*rows), total=100)

    assert problems[["problem", "name", "stated", "expected"]].to_numpy().tolist() == [
        ["sum", name, stated, expected]
    ]


def test_a_part_that_is_off_by_a_hundredth_is_off_at_every_level_above():
    """Exact: 12.01 is not 12, and no tolerance hides it."""
    rows = [*PRINTED[:4], ("决策", "目标", "明确", "7.01"), *PRINTED[5:]]

    problems = check_sums(system(*rows), total=100)

    assert problems["problem"].tolist() == ["sum", "sum", "total"]
    assert problems["expected"].tolist() == ["20.01", "12.01", "100"]


def test_decimals_are_added_as_decimals():
    """Ten times 0.1 is 1, which binary floats miss."""
    rows = pd.DataFrame(
        [{"level1": "A", "level2": f"B{n}", "full": 0.1} for n in range(10)]
        + [{"level1": "A", "level2": "", "full": 1}]
    )

    assert check_sums(rows, total=1).empty


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([("A", "a", 50), ("A", "a", 50)], "repeated"),
        ([("A", "a", 100), ("A", "", "c", 0)], "no_mark"),
        ([("A", "a", 90), ("A", "", "c", 10)], "level_skipped"),
        ([("A", 60), ("B", 40)], "one_level"),
        ([("A", "a", 110), ("A", "b", -10)], "no_mark"),
    ],
)
def test_a_system_that_no_level_can_be_summed_from_is_told(rows, problem):
    problems = check_sums(system(*rows), total=100)

    assert problem in problems["problem"].tolist()
    assert (problems["zh"] != "").all() and (problems["en"] != "").all()


def test_a_level_1_row_may_be_an_indicator_beside_deeper_ones():
    """预算执行率 stands alone with 10 points in a self-evaluation form."""
    rows = [("预算执行率", 10), ("产出", "数量", "村", 50), ("效益", "社会效益", 40)]

    assert check_sums(system(*rows), total=100).empty


def test_a_missing_mark_is_told_with_its_row():
    rows = pd.DataFrame([{"level1": "A", "level2": "a", "full": None, "source_row": "x.csv:2"}])

    problems = check_sums(rows)

    assert problems[["problem", "name", "source_row"]].to_numpy().tolist() == [
        ["no_mark", "A › a", "x.csv:2"]
    ]


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(InputError) as error:
        load_preset("mof_2020_1")

    assert "mof_2020_10" in str(error.value)


marks = st.decimals("0.01", "50", places=2)
paths = st.tuples(*[st.sampled_from("AB")] * 4, st.integers(2, 4))


@few
@given(st.dictionaries(paths.map(lambda p: p[: p[4]]), marks, min_size=1, max_size=8), st.data())
def test_sums_that_are_computed_always_add_up_and_a_changed_one_never_does(leaves, data):
    """Parents of every level typed as the sums of the indicators under them, in any order."""
    leaves = {
        path: mark
        for path, mark in leaves.items()
        if not any(other[: len(path)] == path and other != path for other in leaves)
    }
    parents = {path[:depth] for path in leaves for depth in range(1, len(path))}
    rows = [(*path, mark) for path, mark in leaves.items()]
    rows += [
        (*parent, sum(m for p, m in leaves.items() if p[: len(parent)] == parent))
        for parent in sorted(parents)
    ]
    rows = data.draw(st.permutations(rows))
    total = sum(leaves.values())

    assert check_sums(system(*rows), total=total).empty
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = (*rows[at][:-1], rows[at][-1] + 1)
    assert not check_sums(system(*rows), total=total).empty
