"""Answers: every cell is one of the labels, by text or by code, or a problem with its place."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.answers_cells import AnswersOf
from auditbook.case.answers_meta import durations, moments
from auditbook.case.errors import SHOWN_AT_MOST, InputError
from auditbook.case.instrument import Question
from auditbook.case.labels_text import parse_labels
from case_files import ALLOCATION, only_problem_in, opened, problems_in, write_workbook
from survey_cases import ANSWERS, LINE, QUESTIONS, answers_in, write_survey

FORM = [
    "respondent",
    "unit",
    "submitted",
    "seconds",
    "ip",
    "source",
    "weight",
    "stratum",
    "cluster",
]


def one_scale(answers):
    """A table of answers to Q1 alone, and the questions for it."""
    lines = "".join(f"{number},{text}\n" for number, text in enumerate(answers, 1))
    return "序号,Q1\n" + lines


SCALE = "\n".join(QUESTIONS.splitlines()[:2]) + "\n"


def test_answers_are_one_row_per_form_with_a_column_per_question(tmp_path):
    write_survey(tmp_path)

    answers = opened(tmp_path).answers_of("residents")

    frame = answers.frame
    assert frame.index.tolist() == ["answers_residents.csv:2", "answers_residents.csv:3"]
    assert frame.columns.tolist() == [*FORM, "source_detail", "finished", "Q1", "Q2", "Q3", "Q4"]
    assert frame.drop(columns="respondent")[FORM[1:]].isna().all(axis=None)
    assert frame["Q1"].cat.categories.tolist() == ["很满意", "满意", "一般", "不满意", "不了解"]
    assert frame["Q3"].tolist() == ["治安", "治安┋其他"]
    assert frame["submitted"].dtype == "datetime64[us]"
    assert answers.shares(answers.instrument.rated)["Q1"].tolist() == [1.0, 0.75]


def test_the_table_of_answers_is_the_same_with_its_rows(tmp_path):
    write_survey(tmp_path)
    case = opened(tmp_path)

    table, answers = case.table("answers_residents"), case.answers_of("residents")

    assert table.set_index("source_row").equals(answers.frame)
    assert case.inputs("answers_residents")["rows"].tolist() == [2]
    assert pickle.loads(pickle.dumps(case.tables["answers_residents"])).frame.equals(table)


def test_instruments_and_answers_rest_on_the_files_that_they_came_from(tmp_path):
    write_survey(tmp_path)
    first, second = opened(tmp_path), opened(tmp_path)

    first.instrument("residents")
    second.answers_of("residents")

    files = first.reads()
    assert "questions.csv" in files and "answers_residents.csv" not in files
    assert second.reads().keys() - files.keys() == {"answers_residents.csv"}


@pytest.mark.parametrize("written", ["满意", " 满意 ", "2", "２", "2.0", "　满意"])
def test_an_answer_is_a_label_or_its_code_in_full_or_half_width(tmp_path, written):
    write_survey(tmp_path, one_scale([written]), questions=SCALE)

    assert answers_in(tmp_path, "Q1") == ["满意"]


def test_a_code_is_what_the_instrument_says_and_never_a_rank(tmp_path):
    """Survey.md §7: 1 may be 很满意 or 很不满意, so 5 without a code is no answer."""
    write_survey(tmp_path, one_scale(["1", "4"]), questions=SCALE)
    assert answers_in(tmp_path, "Q1") == ["很满意", "不满意"]

    uncoded = SCALE.replace("1:", "").replace("2:", "").replace("3:", "").replace("4:", "")
    write_survey(tmp_path, one_scale(["5"]), questions=uncoded.replace("9:", ""))
    problem = only_problem_in(tmp_path)
    assert "从不推断" in problem.message and "not guessed" in problem.message_en


def test_an_unknown_answer_is_a_problem_with_its_place_and_the_labels(tmp_path):
    write_survey(tmp_path, ANSWERS.replace("2,满意", "2,非常满意"))

    problem = only_problem_in(tmp_path)

    place = (problem.file, problem.row, problem.column, problem.value)
    assert place == ("answers_residents.csv", 3, "Q1", "非常满意")
    assert "应为 1:很满意、2:满意、3:一般、4:不满意、9:不了解 之一" in problem.message


def test_many_unknown_answers_are_counted_and_the_first_are_told(tmp_path):
    write_survey(tmp_path, one_scale(["好"] * 70), questions=SCALE)

    with pytest.raises(InputError) as caught:
        opened(tmp_path)

    assert len(caught.value.problems) == SHOWN_AT_MOST
    assert caught.value.count == 70


def test_unknown_answers_are_kept_where_the_case_asks_for_them(tmp_path):
    kept = ", quality: {out_of_scale: true}"
    write_survey(tmp_path, one_scale(["很好", "（跳过）", "满意"]), questions=SCALE, more=kept)

    frame = opened(tmp_path).answers_of("residents").frame

    assert frame["Q1"].tolist() == ["很好", "(跳过)", "满意"]
    assert frame["Q1"].cat.categories.tolist()[-2:] == ["(跳过)", "很好"]


@pytest.mark.parametrize(
    ("written", "means"),
    [("", None), ("(空)", None), ("（空）", None), ("(跳过)", "(跳过)"), ("（跳过）", "(跳过)")],
)
def test_no_answer_is_missing_and_one_not_asked_says_so(tmp_path, written, means):
    write_survey(tmp_path, f"序号,Q1,Q2,Q3,Q4\n1,{','.join([written] * 4)}\n")

    assert [answers_in(tmp_path, f"Q{n}")[0] for n in (1, 2, 3, 4)] == [means] * 4


@pytest.mark.parametrize("written", ["-2", "-3"])
def test_minus_two_is_an_answer_unless_the_file_is_a_coded_export(tmp_path, written):
    write_survey(tmp_path, one_scale([written]), questions=SCALE)

    assert only_problem_in(tmp_path).value == written


@pytest.mark.parametrize("written", ["None", "NA", "nan", "null"])
def test_words_that_pandas_takes_for_nothing_are_answers(tmp_path, written):
    """Survey.md §9."""
    questions = QUESTIONS.replace("1:男；2:女", f"{written}；女")
    write_survey(
        tmp_path, f"序号,Q1,Q2,Q3,Q4\n1,满意,{written},治安,{written}\n", questions=questions
    )

    assert (answers_in(tmp_path, "Q2"), answers_in(tmp_path, "Q4")) == ([written], [written])


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("治安┋环境", "治安┋环境"),
        ("环境┋治安", "治安┋环境"),
        ("A;B", "治安┋环境"),
        ("环境、其他", "环境┋其他"),
        ("其他〖噪音，夜里〗", "其他"),
        ("治安┋其他〖噪音〗", "治安┋其他"),
    ],
)
def test_several_choices_are_joined_in_the_order_of_the_labels(tmp_path, written, means):
    write_survey(tmp_path, f'序号,Q1,Q2,Q3,Q4\n1,满意,男,"{written}",\n')

    assert answers_in(tmp_path, "Q3") == [means]


def test_one_unknown_choice_among_several_is_a_problem(tmp_path):
    write_survey(tmp_path, ANSWERS.replace("治安┋其他", "治安┋噪音"))

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column, problem.value) == (3, "Q3", "治安┋噪音")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026/09/03 12:00:00", "2026-09-03 12:00:00"),
        ("2026/9/3 8:05", "2026-09-03 08:05:00"),
        ("2026-09-03T12:00:00.250", "2026-09-03 12:00:00"),
        ("2026年9月3日 12:00", "2026-09-03 12:00:00"),
        ("2026-09-03", "2026-09-03"),
    ],
)
def test_moments_are_read_as_they_are_exported(written, moment):
    values, wrong = moments([written])

    assert (values[0], wrong) == (pd.Timestamp(moment), [False])


@pytest.mark.parametrize(
    "written", ["09/03/2026 12:00", "2026-13-01", "2026-02-30", "昨天", "45000"]
)
def test_a_moment_that_may_be_two_or_none_is_not_read(written):
    """09/03/2026 is March in one country and September in another."""
    assert moments([written])[1] == [True]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("123秒", 123), ("2分3秒", 123), ("2分", 120), ("02:03", 123), ("1小时2分3秒", 3723),
     ("1:02:03", 3723), ("123", 123), ("123.5", 123.5), ("２分３秒", 123)],
)  # fmt: skip
def test_durations_are_read_in_every_way_they_are_exported(written, seconds):
    values, wrong = durations([written])

    assert (values[0], wrong) == (seconds, [False])


@pytest.mark.parametrize("written", ["很快", "-5", "1e3", "2:99", "秒"])
def test_a_duration_that_is_none_is_not_read(written):
    assert durations([written])[1] == [True]


@pytest.mark.parametrize(
    ("title", "written", "right"),
    [
        ("提交答卷时间", "昨天", "应为年月日和时刻"),
        ("所用时间", "很快", "应为用时"),
        ("权重", "-1", "权重应为大于 0 的数"),
        ("权重", "0", "权重应为大于 0 的数"),
        ("权重", "高", "权重应为大于 0 的数"),
        ("权重", "inf", "权重应为大于 0 的数"),
        ("权重", "", "每份答卷都要有"),
        ("序号", "1", "与第 2 行重复"),
        ("序号", "", "不能为空"),
        ("单位", "丙县", "不在单位名单"),
    ],
)
def test_what_a_form_says_of_itself_is_read_or_a_problem(tmp_path, title, written, right):
    row = {"序号": "2", "单位": "甲县", "提交答卷时间": "2018/11/05 08:00:00", "所用时间": "9秒",
           "权重": "1.5", "Q1": "满意"}  # fmt: skip
    lines = [
        ",".join(row),
        ",".join((row | {"序号": "1"}).values()),
        ",".join((row | {title: written}).values()),
    ]
    write_survey(tmp_path, "\n".join(lines) + "\n", questions=SCALE)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("answers_residents.csv", 3, title)
    assert right in problem.message


def test_weights_are_left_out_for_all_or_stated_for_all(tmp_path):
    write_survey(tmp_path, "序号,权重,Q1\n1,,满意\n2,,一般\n", questions=SCALE)

    assert not opened(tmp_path).answers_of("residents").has("weight")


def test_units_of_respondents_go_by_the_names_of_the_case(tmp_path):
    aliases = "aliases: {甲区: 甲县}\n"
    answers = "序号,单位,Q1\n1,甲区,满意\n2,甲区,满意\n3,,满意\n"
    write_survey(tmp_path, answers, questions=SCALE, settings=aliases)
    case = opened(tmp_path)

    assert answers_in(tmp_path, "unit") == ["甲县", "甲县", None]
    assert case.alias_uses()["place"].tolist() == ["answers_residents.csv:2"]


@pytest.mark.parametrize(
    ("design", "answers", "column", "right"),
    [
        ("weight: weight", "序号,Q1\n1,满意\n", "surveys[0].design.weight", "没有这一列"),
        ("strata: unit", "序号,单位,Q1\n1,,满意\n", "surveys[0].design.strata", "没有这一列"),
        ("cluster: cluster", "序号,群,Q1\n1,,满意\n2,a,满意\n", "群", "每份答卷都要有"),
    ],
)
def test_a_design_covers_every_form(tmp_path, design, answers, column, right):
    more = f", design: {{{design}}}"
    write_survey(tmp_path, answers, questions=SCALE, more=more)

    problem = only_problem_in(tmp_path)

    assert problem.column == column and right in problem.message
    assert problem.row == (LINE if column.startswith("surveys") else 2)


def test_a_cell_of_an_answer_can_be_adjusted(tmp_path):
    adjustments = (
        "表,行,列,原值,新值,调整人,日期,原因\nanswers_residents,2,Q1,满以,满意,某,2019-01-01,误\n"
    )
    write_survey(tmp_path, ANSWERS.replace("2,满意", "2,满以"), tables={"adjustments": adjustments})

    assert answers_in(tmp_path, "Q1") == ["很满意", "满意"]
    assert opened(tmp_path).inputs("answers_residents")["adjusted"].tolist() == [1]


def test_answers_may_stand_in_a_workbook_below_a_title(tmp_path):
    folder = write_survey(tmp_path, None)
    rows = [["群众满意度问卷"], ["序号", "Q1", "Q2", "Q3", "Q4"], [1, 1, "男", "A", "None"]]
    write_workbook(folder / "inputs.xlsx", {"answers_residents": rows})

    frame = opened(tmp_path).answers_of("residents").frame

    assert frame.index.tolist() == ["inputs.xlsx!answers_residents:3"]
    assert frame[["Q1", "Q2", "Q3", "Q4"]].iloc[0].tolist() == ["很满意", "男", "治安", "None"]


def test_answers_without_questions_say_how_an_instrument_is_written(tmp_path):
    write_survey(tmp_path, questions=None)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.value) == ("answers_residents.csv", "residents")
    assert "量表,很满意=5；满意=4；一般=3,正向" in problem.message


def test_a_question_with_a_doubt_makes_no_further_problems_in_the_answers(tmp_path):
    write_survey(tmp_path, questions=QUESTIONS.replace("2:满意=4", "2:满意"))

    assert only_problem_in(tmp_path).file == "questions.csv"


@pytest.mark.parametrize("questions", ["", "问题\n满意吗\n"])
def test_questions_that_cannot_be_read_make_no_problems_in_the_answers(tmp_path, questions):
    write_survey(tmp_path, questions=questions)

    assert {problem.file for problem in problems_in(tmp_path)} == {"questions.csv"}


COUNTS = "对象组,总体人数,发放份数,收回份数,有效份数\nresidents,{}\n"


@pytest.mark.parametrize(
    ("counts", "column", "right"),
    [
        ("100,5,1,1", "收回份数", "answers_residents.csv 有 2 份答卷，多于收回份数"),
        ("100,2,3,2", "收回份数", "应不超过发放份数（2）"),
        ("1,3,2,1", "收回份数", "应不超过总体人数（1）"),
        ("100,5,3,4", "有效份数", "应不超过收回份数（3）"),
    ],
)
def test_counts_hold_the_forms_that_came_back(tmp_path, counts, column, right):
    write_survey(tmp_path, tables={"survey_counts": COUNTS.format(counts)})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("survey_counts.csv", 2, column)
    assert right in problem.message


def test_forms_that_are_not_valid_stay_among_the_answers(tmp_path):
    write_survey(tmp_path, tables={"survey_counts": COUNTS.format("100,5,3,1")})

    assert len(opened(tmp_path).answers_of("residents").frame) == 2


UNITS = "对象组,单位,总体人数,发放份数,收回份数\n"
HISTORY = "对象组,年度,有效份数,满意份数,公布满意度\n"


@pytest.mark.parametrize(
    ("table", "text", "row", "column", "right"),
    [
        ("survey_units", UNITS + "resident,甲县,9,5,4\n", 2, "对象组", "最相近的是 residents"),
        ("survey_units", UNITS + "residents,甲县,9,5,4\n" * 2, 3, "单位", "与第 2 行重复"),
        ("survey_units", UNITS + "residents,甲县,9,5,6\n", 2, "收回份数", "应不超过发放份数（5）"),
        ("survey_units", UNITS + "residents,甲县,3,5,4\n", 2, "收回份数", "应不超过总体人数（3）"),
        ("survey_history", HISTORY + "resident,2017,9,8,90%\n", 2, "对象组", "residents"),
        ("survey_history", HISTORY + "residents,2017,9,8,90%\n" * 2, 3, "年度", "与第 2 行重复"),
        ("survey_history", HISTORY + "residents,2018,9,8,90%\n", 2, "年度", "应为早于 2018"),
        ("survey_history", HISTORY + "residents,2017,9,10,90%\n", 2, "满意份数", "（9）"),
        ("survey_history", HISTORY + "residents,2017,9,8,120%\n", 2, "公布满意度", "量表范围"),
        ("survey_counts", COUNTS.replace("有效份数", "公布满意度").format("9,5,4,120%"), 2,
         "公布满意度", "量表范围"),
    ],
)  # fmt: skip
def test_surveys_by_unit_and_of_earlier_years_fit_together(
    tmp_path, table, text, row, column, right
):
    write_survey(tmp_path, None, tables={table: text, "allocation": ALLOCATION})

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == (f"{table}.csv", row, column)
    assert right in problem.message


LABELS, _ = parse_labels("1:很满意=5；2:满意=4；3:一般=3；9:不了解=不计", scale=True)
SCALE_QUESTION = Question("Q1", "", "scale", LABELS, False, None, "", "")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=30), st.data())
def test_labels_and_codes_give_the_same_answers(labels, data):
    reader = AnswersOf(SCALE_QUESTION)
    padding = st.sampled_from(["", " ", "　"])
    wide = data.draw(st.booleans())

    written = [data.draw(padding) + (chr(ord(one.code) + 0xFEE0) if wide else one.code)
               for one in labels]  # fmt: skip

    assert [reader.read(text).text for text in written] == [label.text for label in labels]
    assert [reader.read(one.text).text for one in labels] == [label.text for label in labels]


def test_a_table_of_labels_and_one_of_codes_give_equal_frames(tmp_path):
    texts = "序号,Q1,Q2,Q3,Q4\n1,很满意,男,治安┋其他,好\n2,不了解,女,环境,\n3,,（跳过）,,好\n"
    codes = "序号,Q1,Q2,Q3,Q4\n1,1,1,A┋C,好\n2,9,2,B,\n3,,（跳过）,,好\n"
    write_survey(tmp_path / "texts", texts)
    write_survey(tmp_path / "codes", codes)

    first, second = (opened(tmp_path / name).answers_of("residents") for name in ("texts", "codes"))

    pd.testing.assert_frame_equal(first.frame, second.frame)
