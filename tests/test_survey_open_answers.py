"""Open answers: who says something, of what, and quotes that name nobody."""

import math
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.masking import masked
from auditbook.procedures.survey.open_answers import keyword_counts, open_summary, quotes
from survey_answers import answers, question

OPEN = question("more", "open")
SAID = [
    "路灯太少", "无", "路灯太少。", None, "  ", "没有意见！", "N/A", "(跳过)", "……",
    "服务好，路灯也好", "None", "WiFi 慢",
]  # fmt: skip
KEYWORDS = {"路灯": ["路灯"], "服务": ["服务", "态度"], "网络": ["wifi", "网速"]}


def said(*texts):
    return answers([OPEN], more=list(texts))


def test_answers_that_say_nothing_are_counted_apart():
    """无, 没有意见, N/A, None and dots say nothing; who was not asked is not counted."""
    table = open_summary(said(*SAID))

    assert table.to_dict("records") == [
        {
            "question": "more", "text": "more？", "n_count": 11, "answered_count": 4,
            "blank_count": 2, "nothing_count": 5, "distinct_count": 3, "repeated_count": 2,
            "median_length": 5.5,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("没什么意见和建议了", True), ("暂无", True), ("n.a.", True), ("No comment", True),
        ("没有路灯", False), ("没有意见箱", False), ("无人管理", False), ("不知道", False),
    ],
)  # fmt: skip
def test_nothing_is_said_by_the_whole_answer_only(text, nothing):
    assert open_summary(said(text))["nothing_count"].item() == nothing


def test_an_open_question_that_nobody_answered_has_no_length():
    row = open_summary(said(None, "(跳过)")).iloc[0]

    assert (row["n_count"], row["answered_count"]) == (1, 0)
    assert math.isnan(row["median_length"])
    assert open_summary(answers([question("a")], a=["满意"])).empty


def test_an_answer_counts_for_every_topic_of_which_it_holds_a_word():
    table = keyword_counts(said(*SAID, "便宜"), keywords=KEYWORDS)

    assert table[["topic", "n_count", "answers_count", "share_rate"]].to_numpy().tolist() == [
        ["路灯", 5, 3, 0.6], ["服务", 5, 1, 0.2], ["网络", 5, 1, 0.2], ["", 5, 1, 0.2],
    ]  # fmt: skip
    assert keyword_counts(said(None), keywords=KEYWORDS)["share_rate"].isna().all()


def test_words_are_looked_for_as_written():
    """A dot is a dot, and letters of full width are letters."""
    table = keyword_counts(said("4G 网", "４ｇ", "4.5G", "415G"), keywords={"a": ["4g", "4.5g"]})

    assert table["answers_count"].tolist() == [3, 1]


@pytest.mark.parametrize("words", [[], [""], ["灯", " "], "路灯"])
def test_a_topic_without_words_is_refused(words):
    with pytest.raises(PlanError, match="topic x should have at least one word"):
        keyword_counts(said("好"), keywords={"x": words})


def test_quotes_are_the_middle_ones_of_equal_stretches():
    """Of ten, three: ⌊(i + ½)·10/3⌋ = 1, 5, 8; repeated ones and those of nothing do not count."""
    texts = [f"第{name}条" for name in "甲乙丙丁戊己庚辛壬癸"]

    table = quotes(said("无", *texts, texts[0]), most=3)

    assert table["quote"].tolist() == [texts[1], texts[5], texts[8]]
    assert table["row"].tolist() == ["answers.csv:4", "answers.csv:8", "answers.csv:11"]
    assert quotes(said(*texts), most=20)["quote"].tolist() == texts
    with pytest.raises(PlanError, match="most"):
        quotes(said(*texts), most=0)


def test_quotes_are_given_for_each_topic():
    table = quotes(said(*SAID, "便宜"), keywords=KEYWORDS)

    assert table[["topic", "quote"]].to_numpy().tolist() == [
        ["路灯", "路灯太少"], ["路灯", "服务好，路灯也好"], ["服务", "服务好，路灯也好"],
        ["网络", "WiFi 慢"], ["", "便宜"],
    ]  # fmt: skip


def test_quotes_are_masked_before_they_are_cut():
    """A number that lies across the end must not be left half."""
    long = "好" * 113 + "13800138000" + "好" * 20
    shown = quotes(said(long, "找13800138000\n谢谢"))["quote"].tolist()

    assert [len(quote) for quote in shown] == [120, 8]
    assert shown[0].endswith("〔电话〕好好…")
    assert shown[1] == "找〔电话〕 谢谢"
    assert quotes(said("找13800138000"), mask=False)["quote"].item() == "找13800138000"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打13888888888", "打〔电话〕"),
        ("138 0013 8000，+86 138-0013-8000", "〔电话〕，〔电话〕"),
        ("0871-63123456转801", "〔电话〕转801"),
        ("63123456", "〔电话〕"),
        ("１３８００１３８０００", "〔电话〕"),
        ("一三八零零一三八零零零", "〔号码〕"),
        ("53010219900101123X和530102900101123", "〔身份证〕和〔身份证〕"),
        ("530102 19900101 1234", "〔身份证〕"),
        ("6222 0213 1234 5678 901", "〔银行卡〕"),
        ("邮箱zhang.san@163.com。", "邮箱〔邮箱〕。"),
        ("微信号：abc_12345，QQ12345678", "微信号：〔账号〕，QQ〔账号〕"),
        ("车云A12345、云AD12345", "车〔车牌〕、〔车牌〕"),
        ("从10.0.0.1来", "从〔IP〕来"),
        ("人民路123号3号楼2单元501", "人民路〔门牌〕"),
        ("住5-2-301", "住〔门牌〕"),
        ("我叫张三，是李四丰", "我叫〔姓名〕，是〔姓名〕"),
        ("联系人：欧阳小明", "联系人：〔姓名〕"),
        ("王书记、赵某某、陈小红女士都好", "〔姓名〕、〔姓名〕、〔姓名〕都好"),
        ("阿依古丽·买买提", "〔姓名〕"),
        ("My name is John Smith", "My name is 〔姓名〕"),
    ],
)
def test_what_names_or_reaches_a_person_is_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2016-2018年，11月10号，2018-11-05 12:30",
        "共1200户，每户1,200元",
        "是方便的，服务态度和气",
        "路灯太少，路面太窄",
    ],
)
def test_what_names_nobody_stays(text):
    assert masked(text) == text


TEXTS = st.text() | st.lists(
    st.sampled_from([
        *"0123456789Xx -–.:·@号是叫张王李某为月转A云", "１", "٣", "微信", "姓名", "书记",
        "〔电话〕", "zhang", "3单元", "先生", "13800138000", "2018-", "联系人",
    ]),
    max_size=30,
).map("".join)  # fmt: skip


@given(TEXTS)
@example("1" * 6 + "٣" * 3)
@example("+8612345")
@example("是李月3号")
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_long_number_is_left_and_masking_again_changes_nothing(text):
    shown = masked(text)

    assert not re.search(r"\d{7}", shown)
    assert masked(shown) == shown
