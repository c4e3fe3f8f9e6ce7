"""Exports of survey tools are read as they come: titles, gaps and choices in each one's way."""

from __future__ import annotations

import pytest

from case_files import only_problem_in, opened, problems_in
from survey_cases import answers_in, write_survey

SCALE = "1:很满意=5；2:满意=4；3:一般=3；4:不满意=1"
QUESTIONS = f"""\
题号,题目,题型,选项,方向
Q1,您对走访是否满意？,量表,{SCALE},正向
Q2,您的性别,单选,1:男；2:女,
Q3,您反映过什么问题？,多选,SQ001:治安；SQ002:环境(含噪音)；other:其他,
Q4,您有什么建议？,开放,,
"""
BY_TEXT = """\
序号,提交答卷时间,所用时间,来源,来源详情,来自IP,总分,1、您对走访是否满意？,2、您的性别,3、您反映过什么问题？,4、您有什么建议？
1,2018/11/05 08:00:00,123秒,微信,N/A,1.2.3.4(江苏-苏州),5,很满意,男,治安┋其他〖停车〗,多走访
2,2018/11/05 09:30:00,2分3秒,链接,N/A,1.2.3.5,4,满意,女,(空),(空)
3,2018/11/06 10:00:00,99秒,微信,N/A,1.2.3.6,,(空),(跳过),(跳过),无
"""
BY_NUMBER = """\
序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您对走访是否满意？,2、您的性别,3、您反映过什么问题？(治安),3、您反映过什么问题？(环境(含噪音)),3、您反映过什么问题？(其他),4、您有什么建议？
1,2018/11/05 08:00:00,123秒,微信,N/A,1.2.3.4(江苏-苏州),1,1,1,0,1〖停车〗,多走访
2,2018/11/05 09:30:00,2分3秒,链接,N/A,1.2.3.5,2,2,-2,-2,-2,-2
3,2018/11/06 10:00:00,99秒,微信,N/A,1.2.3.6,-2,-3,-3,-3,-3,无
"""
QUALTRICS = """\
StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,\
ResponseId,QID1,QID2,Q3_1,Q3_2,Q3_3,Q3_3_TEXT,Q4
Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,\
Recorded Date,Response ID,您对走访是否满意？,您的性别,您反映过什么问题？ - 治安,\
您反映过什么问题？ - 环境(含噪音),您反映过什么问题？ - 其他,您反映过什么问题？ - 其他 - Text,\
您有什么建议？
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}",{},{},{},{},{},{},{},\
"{""ImportId"":""QID1""}",{},{},{},{},{},{}
2018-11-05 07:58:00,2018-11-05 08:00:00,IP Address,1.2.3.4,100,123,True,\
2018-11-05 08:00:01,R_1,很满意,男,治安,,其他,停车,多走访
2018-11-05 09:28:00,2018-11-05 09:30:00,IP Address,1.2.3.5,100,123,True,\
2018-11-05 09:30:01,R_2,满意,女,,,,,
2018-11-06 09:59:00,2018-11-06 10:00:00,IP Address,1.2.3.6,40,99,False,\
2018-11-06 11:00:00,R_3,,,,,,,无
"""
LIMESURVEY = """\
id,submitdate,lastpage,startlanguage,ipaddr,interviewtime,\
Q1,Q2. 您的性别,Q3[SQ001],Q3[SQ002],Q3[other],Q4
1,2018-11-05 08:00:00,4,zh,1.2.3.4,123.00,1,男,Y,N,停车,多走访
2,2018-11-05 09:30:00,4,zh,1.2.3.5,123,2,女,,,,
3,,2,zh,1.2.3.6,99,,,,,,无
"""
PLAIN = """\
编号,第1题,第2题,第3题(治安),第3题(环境(含噪音)),第3题(其他),第4题
1,1,1,1,0,1,多走访
2,2,2,0,0,0,
3,,,,,,无
"""
EXPORTS = {
    "问卷星 by text": BY_TEXT,
    "问卷星 by number": BY_NUMBER,
    "问卷星 in GB18030": BY_TEXT.encode("gb18030"),
    "Qualtrics": QUALTRICS,
    "LimeSurvey": LIMESURVEY,
    "a plain spreadsheet of codes": PLAIN,
}


@pytest.mark.parametrize("export", EXPORTS)
def test_the_same_answers_are_read_from_every_export(tmp_path, export):
    write_survey(tmp_path, EXPORTS[export], questions=QUESTIONS)

    frame = opened(tmp_path).answers_of("residents").frame

    gaps = frame.astype("object").where(frame.notna() & (frame != "(跳过)"), None)
    assert gaps["Q1"].tolist() == ["很满意", "满意", None]
    assert gaps["Q2"].tolist() == ["男", "女", None]
    assert gaps["Q3"].tolist() == ["治安┋其他", None, None]
    assert gaps["Q4"].tolist() == ["多走访", None, "无"]


@pytest.mark.parametrize("export", ["问卷星 by text", "问卷星 by number"])
def test_questions_that_the_form_skipped_were_not_asked(tmp_path, export):
    """Survey.md §7: (跳过) and -3 leave the denominator, (空) and -2 are item non-response."""
    write_survey(tmp_path, EXPORTS[export], questions=QUESTIONS)

    skipped = opened(tmp_path).answers_of("residents")

    asked = skipped.skipped(skipped.instrument.questions)
    assert asked.iloc[2].tolist() == [False, True, True, False]
    assert not asked.iloc[:2].any(axis=None)


@pytest.mark.parametrize("export", [name for name in EXPORTS if "plain" not in name])
def test_what_tools_say_of_a_form_is_kept(tmp_path, export):
    write_survey(tmp_path, EXPORTS[export], questions=QUESTIONS)

    frame = opened(tmp_path).answers_of("residents").frame

    assert frame["submitted"].iloc[0].isoformat() == "2018-11-05T08:00:00"
    assert frame["seconds"].tolist() == [123, 123, 99]
    assert frame["ip"].tolist() == ["1.2.3.4", "1.2.3.5", "1.2.3.6"]


def test_forms_that_were_not_finished_stay_and_say_so(tmp_path):
    write_survey(tmp_path / "q", QUALTRICS, questions=QUESTIONS)
    write_survey(tmp_path / "l", LIMESURVEY, questions=QUESTIONS)

    qualtrics, limesurvey = (opened(tmp_path / n).answers_of("residents").frame for n in "ql")

    assert qualtrics["finished"].tolist() == ["True", "True", "False"]
    assert qualtrics["respondent"].tolist() == ["R_1", "R_2", "R_3"]
    assert qualtrics.index[0] == "answers_residents.csv:4"
    assert limesurvey["finished"].tolist() == ["4", "4", "2"]
    assert limesurvey["submitted"].isna().tolist() == [False, False, True]


def test_columns_that_are_not_used_are_named(tmp_path):
    write_survey(tmp_path, QUALTRICS, questions=QUESTIONS)

    ignored = opened(tmp_path).inputs("answers_residents")["ignored"].tolist()

    assert ignored == ["StartDate、Progress、RecordedDate、Q3_3_TEXT"]


@pytest.mark.parametrize("sign", ["、", ":", "：", ". "])
def test_numbers_before_the_text_may_be_parted_in_several_ways(tmp_path, sign):
    write_survey(tmp_path, BY_TEXT.replace("1、您", f"1{sign}您"), questions=QUESTIONS)

    assert answers_in(tmp_path, "Q1") == ["很满意", "满意", None]


@pytest.mark.parametrize(
    "title", ["Q1", "q1", "您对走访是否满意？", " 您对走访是否满意? ", "第1题"]
)
def test_a_column_is_found_by_id_text_or_number(tmp_path, title):
    write_survey(tmp_path, BY_TEXT.replace("1、您对走访是否满意？", title), questions=QUESTIONS)

    assert answers_in(tmp_path, "Q1") == ["很满意", "满意", None]


def test_of_two_questions_with_one_text_the_number_decides(tmp_path):
    same = QUESTIONS.replace("您有什么建议？", "说明").replace(
        "您的性别,单选,1:男；2:女", "说明,开放,"
    )
    answers = (
        "序号,1、您对走访是否满意？,2、说明,3、您反映过什么问题？,4、说明\n1,满意,甲,治安,乙\n"
    )
    write_survey(tmp_path, answers, questions=same)

    assert (answers_in(tmp_path, "Q2"), answers_in(tmp_path, "Q4")) == (["甲"], ["乙"])


def test_a_number_with_another_text_is_not_taken_for_the_question(tmp_path):
    write_survey(
        tmp_path, BY_TEXT.replace("您对走访是否满意？", "您对处理是否满意？"), questions=QUESTIONS
    )

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.row, problem.column) == ("answers_residents.csv", 1, "Q1")
    assert "最相近的标题是“1、您对处理是否满意？”" in problem.message
    assert "“1、您对处理是否满意？: Q1”" in problem.message


def test_the_case_may_say_which_column_is_which(tmp_path):
    answers = BY_TEXT.replace("1、您对走访是否满意？", "走访").replace("来自IP", "地址")
    mapped = (
        "sources: {answers_residents: {place: 调查, columns: {走访: Q1, 地址: ip, 总分: ignore}}}\n"
    )
    write_survey(tmp_path, answers, questions=QUESTIONS, settings=mapped)

    assert answers_in(tmp_path, "Q1") == ["很满意", "满意", None]
    assert answers_in(tmp_path, "ip") == ["1.2.3.4", "1.2.3.5", "1.2.3.6"]


def test_a_column_is_of_a_question_that_there_is(tmp_path):
    mapped = "sources: {answers_residents: {place: 调查, columns: {总分: Q9}}}\n"
    write_survey(tmp_path, BY_TEXT, questions=QUESTIONS, settings=mapped)

    problem = only_problem_in(tmp_path)

    assert (problem.file, problem.value) == ("case.yaml", "Q9")
    assert problem.column == "sources.answers_residents.columns.总分" and problem.row > 1


def test_two_columns_of_one_question_are_a_problem(tmp_path):
    write_survey(tmp_path, BY_TEXT.replace("总分", "Q1"), questions=QUESTIONS)

    problem = problems_in(tmp_path)[0]

    assert problem.column == "Q1、1、您对走访是否满意？"
    assert "G、H 列是同一题" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "rights"),
    [
        ("？(治安)", "？(治理)", ["没有这个选项", "“治安”没有对应的列"]),
        (",3、您反映过什么问题？(其他),", ",别的,", ["“其他”没有对应的列"]),
        (",1,1,1,0,", ",1,1,1,2,", ["应为 1（选了）或 0（没选）"]),
    ],
)
def test_options_in_columns_of_their_own_are_those_of_the_question(tmp_path, old, new, rights):
    write_survey(tmp_path, BY_NUMBER.replace(old, new), questions=QUESTIONS)

    problems = problems_in(tmp_path)

    for right in rights:
        assert any(right in problem.message for problem in problems)
    assert len(problems) == len(rights)


def test_codes_below_zero_may_be_codes_of_the_scale(tmp_path):
    """-2 is item non-response in coded files, but not where the scale itself has it."""
    scale = "-2:很不满意=1；-1:不满意=2；0:一般=3；1:满意=4；2:很满意=5"
    questions = QUESTIONS.replace(SCALE, scale)
    write_survey(
        tmp_path, BY_NUMBER.replace("1.2.3.4(江苏-苏州),1", "1.2.3.4,-2"), questions=questions
    )

    assert answers_in(tmp_path, "Q1") == ["很不满意", "很满意", "很不满意"]


def test_an_answer_that_is_called_like_a_column_is_no_header(tmp_path):
    """Words such as 单位 and 来源 are titles elsewhere; here the respondents give them."""
    questions = "题号,题目,题型,选项\nQ1,您代表,单选,单位；个人\nQ2,从何得知,单选,来源；网络\n"
    write_survey(tmp_path, "序号,Q1,Q2\n1,单位,来源\n2,个人,网络\n", questions=questions)

    assert answers_in(tmp_path, "Q1") == ["单位", "个人"]


def test_a_question_with_a_stroke_is_no_column_of_the_form(tmp_path):
    """姓名/单位 is one title, not the column 单位 of a group 姓名."""
    questions = "题号,题目,题型\nQ1,您的姓名/单位,开放\n"
    write_survey(tmp_path, "序号,1、您的姓名/单位\n1,甲\n", questions=questions)

    assert answers_in(tmp_path, "Q1") == ["甲"]


def test_errors_of_a_spreadsheet_are_no_answers(tmp_path):
    write_survey(tmp_path, BY_TEXT.replace("多走访", "#REF!"), questions=QUESTIONS)

    assert "电子表格的错误值" in only_problem_in(tmp_path).message
