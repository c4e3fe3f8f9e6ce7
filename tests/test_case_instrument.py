"""Instruments: what is stated of questions is read as stated, and nothing else is inferred."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditbook.case.labels_text import parse_labels
from case_files import only_problem_in, opened, problems_in
from survey_cases import LABELS, LINE, QUESTIONS, write_survey

WEIGHTED = (
    "题号,题目,题型,选项,方向,权重\n"
    "Q1,走访,量表,满意=5；一般=3,正向,{}\nQ2,处理,量表,满意=5；一般=3,正向,{}\n"
)


def only_problem(tmp_path, old, new):
    """The problem of a case in whose questions some words stand instead of others."""
    assert old in QUESTIONS
    write_survey(tmp_path, None, questions=QUESTIONS.replace(old, new, 1))
    return only_problem_in(tmp_path)


def test_labels_of_a_scale_stand_from_the_highest_score_down(tmp_path):
    written = "一般=3；很满意=5；不了解=不计；满意=4"
    write_survey(tmp_path, None, questions=QUESTIONS.replace(LABELS, written))

    question = opened(tmp_path).instrument("residents").question("Q1")

    assert [(label.text, label.score) for label in question.labels] == [
        ("很满意", 5), ("满意", 4), ("一般", 3), ("不了解", None),
    ]  # fmt: skip


def test_signs_between_labels_may_be_of_full_or_half_width():
    full, doubts = parse_labels("１：很满意＝５；2：满意＝4.5；不了解＝不计", scale=True)
    half, _ = parse_labels("1:很满意=5;2:满意=4.5;不了解=none", scale=True)

    assert full == half and not doubts
    assert [(label.code, label.score) for label in half] == [
        ("1", Decimal(5)), ("2", Decimal("4.5")), ("", None),
    ]  # fmt: skip


def test_a_colon_after_words_is_part_of_the_label():
    labels, _ = parse_labels("男；女；其他：请注明", scale=False)

    assert [label.text for label in labels] == ["男", "女", "其他：请注明"]


def test_an_instrument_is_the_same_from_the_table_and_from_the_settings(tmp_path):
    write_survey(tmp_path / "table", None)
    kinds = {
        "量表": "scale",
        "单选": "single",
        "多选": "multiple",
        "开放": "open",
        "正向": "positive",
    }
    lines = []
    for line in QUESTIONS.splitlines()[1:]:
        name, text, kind, labels, direction = line.split(",")
        turn = f", direction: {kinds[direction]}" if direction else ""
        lines.append(f'{{id: {name}, text: {text}, kind: {kinds[kind]}, labels: "{labels}"{turn}}}')
    stated = f", questions: [{', '.join(lines)}]"
    write_survey(tmp_path / "settings", None, questions=None, more=stated)

    table, settings = (
        opened(tmp_path / where).instrument("residents").questions
        for where in ("table", "settings")
    )

    assert [(q.id, q.kind, q.labels, q.reversed) for q in table] == [
        (q.id, q.kind, q.labels, q.reversed) for q in settings
    ]
    assert (table[0].source_row, settings[0].source_row) == ("questions.csv:2", f"case.yaml:{LINE}")


def test_questions_are_of_the_groups_that_are_named_or_of_all(tmp_path):
    questions = (
        "题号,对象组,题目,题型\nQ1,residents、staff,建议,开放\nQ2,,意见,开放\nQ3,staff,问题,开放\n"
    )
    staff = "  - {group: staff, zh: 人员, en: staff, selection: random, confidence: 0.95}\n"
    write_survey(tmp_path, None, questions=questions, settings=staff)
    case = opened(tmp_path)

    asked = {g: [q.id for q in case.instrument(g).questions] for g in ("residents", "staff")}

    assert asked == {"residents": ["Q1", "Q2"], "staff": ["Q1", "Q2", "Q3"]}


def test_a_group_without_questions_has_an_empty_instrument(tmp_path):
    write_survey(tmp_path, None, questions=None)
    case = opened(tmp_path)

    assert case.instrument("residents").questions == ()
    assert case.answers_of("residents") is None
    with pytest.raises(KeyError):
        case.instrument("staff")


def test_the_direction_of_a_scale_is_never_guessed(tmp_path):
    problem = only_problem(tmp_path, f"{LABELS},正向", f"{LABELS},")

    assert (problem.file, problem.row, problem.column) == ("questions.csv", 2, "方向")
    assert "方向从不推断" in problem.message and "never guessed" in problem.message_en


@pytest.mark.parametrize(
    ("old", "new", "row", "value", "right"),
    [
        ("很满意=5", "很满意=6", 2, "很满意=6", "分值应在 1 与 5 之间"),
        ("2:满意=4", "2:满意", 2, "2:满意", "应写分值"),
        ("2:满意=4", "2:满意=高", 2, "2:满意=高", "分值应为数"),
        ("1:很满意=5；", "5=很满意；", 2, "5=很满意", "代码写在前面：5:很满意=分值"),
        ("2:满意=4", "1:满意=4", 2, "满意", "与选项 很满意 分不清"),
        ("2:满意=4", "2:很满意=4", 2, "很满意", "与选项 很满意 分不清"),
        ("2:满意=4", "2:（跳过）=4", 2, "2:（跳过）=4", "选项不能叫 (跳过)"),
        (LABELS, "满意=5；不了解=不计", 2, "满意=5；不了解=不计", "至少要有两个选项"),
        ("1:男；2:女", "1:男", 3, "1:男", "至少要有两个选项"),
        ("1:男；2:女", "男=1；女", 3, "男=1", "只有量表题的选项有分值"),
        ("建议？,开放,", "建议？,开放,有；无", 5, "有；无", "开放题没有选项"),
    ],
)
def test_labels_that_cannot_be_used_are_problems_with_their_place(
    tmp_path, old, new, row, value, right
):
    problem = only_problem(tmp_path, old, new)

    assert (problem.file, problem.row, problem.column) == ("questions.csv", row, "选项")
    assert problem.value == value
    assert right in problem.message and problem.message_en


def test_a_problem_of_a_question_in_the_settings_has_its_line(tmp_path):
    stated = (
        ", questions: [\n"
        '       {id: Q1, text: 走访, kind: scale, direction: positive, labels: "满意=5；一般=9"},\n'
        '       {id: Q2, text: 处理, kind: scale, labels: "满意=5；一般=3"}]'
    )
    write_survey(tmp_path, None, questions=None, more=stated)

    problems = problems_in(tmp_path)

    assert [(p.row, p.column) for p in problems] == [
        (LINE + 1, "surveys[0].questions[0].labels"),
        (LINE + 2, "surveys[0].questions[1].direction"),
    ]  # fmt: skip


def test_questions_stand_in_one_place(tmp_path):
    stated = ", questions: [{id: Q1, text: 建议, kind: open}]"
    write_survey(tmp_path, None, more=stated)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.column) == ("case.yaml", "surveys[0].questions")
    assert "questions.csv:2" in problem.message


@pytest.mark.parametrize(
    ("weights", "row", "right"),
    [
        (("0.6", ""), 3, "缺少权重：同组的量表题 1 题有，1 题没有"),
        (("0", "0"), 2, "各题的权重都是 0"),
        (("-1", "2"), 2, "不能为负数"),
    ],
)
def test_weights_cover_all_questions_of_the_index_and_can_be_used(tmp_path, weights, row, right):
    write_survey(tmp_path, None, questions=WEIGHTED.format(*weights))

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("questions.csv", row, "权重")
    assert right in problem.message


def test_the_question_on_the_whole_needs_no_weight(tmp_path):
    write_survey(tmp_path, None, questions=WEIGHTED.format("1", ""), more=", overall: Q2")

    assert opened(tmp_path).instrument("residents").weights == {"Q1": 1}


def test_weights_in_the_settings_are_not_below_zero(tmp_path):
    one = (
        '{id: Q%d, text: 题%d, kind: scale, direction: positive, labels: "是=5；否=1", weight: %d}'
    )
    stated = f", questions: [{one % (1, 1, 2)}, {one % (2, 2, -1)}]"
    write_survey(tmp_path, None, questions=None, more=stated)

    problem = only_problem_in(tmp_path)

    assert (problem.column, problem.value) == ("surveys[0].questions[1].weight", "-1")


@pytest.mark.parametrize(
    ("more", "column", "value", "right"),
    [
        ("overall: Q9", "overall", "Q9", "没有这个量表题，应为 Q1 之一"),
        ("overall: Q2", "overall", "Q2", "没有这个量表题"),
        ("satisfied: [非常满意]", "satisfied[0]", "非常满意", "很满意、满意、一般、不满意 之一"),
        ("satisfied: [不了解]", "satisfied[0]", "不了解", "没有这个选项"),
        ("basic: [基本满意]", "basic[0]", "基本满意", "没有这个选项"),
        ("maps: [{name: 百分, low: 0, high: 100, scores: {很满意: 100, 满意: 80, 一般: 60, "
         "不满意: 0, 很差: 0}}]", "maps[0].scores.很差", "很差", "没有这个选项"),
        ("maps: [{name: 百分, low: 0, high: 100, scores: {很满意: 100, 满意: 80}}]",
         "maps[0].scores", "百分", "缺少选项 一般、不满意 的分值"),
        ("quality: {contradictions: [{name: 甲, when: {Q9: [是]}, never: {Q1: [满意]}}]}",
         "quality.contradictions[0].when.Q9", "Q9", "没有这个题目"),
        ("quality: {contradictions: [{name: 甲, when: {Q2: [男]}, never: {Q1: [好]}}]}",
         "quality.contradictions[0].never.Q1", "好", "没有这个选项（Q1）"),
        ("design: {strata: Q1}", "design.strata", "Q1", "应为 unit、stratum、cluster、Q2 之一"),
        ("design: {weight: stratum}", "design.weight", "stratum", "应为 weight 之一"),
        ("design: {weighting: {rake: {town: {甲: 1}}}}", "design.weighting.rake.town", "town",
         "没有这个列"),
    ],
)  # fmt: skip
def test_settings_name_questions_and_labels_of_the_instrument(tmp_path, more, column, value, right):
    write_survey(tmp_path, None, more=f",\n     {more}")

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row) == ("case.yaml", LINE + 1)
    assert (problem.column, problem.value) == (f"surveys[0].{column}", value)
    assert right in problem.message


def test_a_question_of_one_choice_may_tell_strata_apart(tmp_path):
    write_survey(tmp_path, None, more=", design: {strata: Q2, cluster: unit, weight: weight}")

    assert opened(tmp_path).settings.surveys[0].design.strata == "Q2"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_confidence_is_a_share(tmp_path, lang):
    folder = write_survey(tmp_path, None)
    path = folder / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("0.95,\n", "95,\n"), encoding="utf-8")

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (LINE - 1, "surveys[0].confidence", "95")
    assert {"zh": "0.95，不是 95", "en": "0.95, not 95"}[lang] in problem.line(lang)


def test_groups_of_questions_are_those_of_the_settings(tmp_path):
    questions = "题号,对象组,题目,题型\nQ1,resident,建议,开放\n"
    write_survey(tmp_path, None, questions=questions)

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (2, "对象组")
    assert "最相近的是 residents" in problem.message
