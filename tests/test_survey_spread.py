"""How often each answer was given, and which questions go with satisfaction as a whole."""

from decimal import Decimal

import pandas as pd
import pytest

from auditbook.case.answers import Answers
from auditbook.case.instrument import SKIPPED, Instrument, Label, Question
from auditbook.procedures.survey import (
    answer_counts,
    choice_counts,
    importance_performance,
    level_distribution,
    proportion_ci,
)

SCALE = "很满意=5；满意=4；一般=3；不满意=2；很不满意=1"


def question(name, labels, kind="scale", *, turned=False):
    """``很满意=5；不了解`` as a question; a label without a score is no opinion."""
    parts = [part.partition("=") for part in labels.split("；")] if labels else []
    options = tuple(Label("", text, Decimal(score) if score else None) for text, _, score in parts)
    return Question(name, f"题 {name}", kind, options, turned, None, "", "questions.csv:2")


def answered(*questions, overall="", **columns):
    """Answers to questions, each column given as a list of texts."""
    instrument = Instrument("residents", questions, Decimal(1), Decimal(5), overall)
    return Answers(instrument, pd.DataFrame(columns))


def column(table, name):
    """A column by label."""
    return dict(zip(table["label"], table[name], strict=True))


def test_every_label_is_counted_from_the_most_satisfied_down_and_no_opinion_last():
    asked = question("Q1", f"{SCALE}；不了解；拒答；不适用")
    given = ["满意", "满意", "很不满意", "不了解", SKIPPED, None]

    table = answer_counts(answered(asked, Q1=given))

    assert list(table["label"]) == [label.text for label in asked.labels]
    assert column(table, "count") == {
        "很满意": 0, "满意": 2, "一般": 0, "不满意": 0, "很不满意": 1,
        "不了解": 1, "拒答": 0, "不适用": 0,
    }  # fmt: skip
    assert list(table["side"]) == [*["positive"] * 2, "neutral", *["negative"] * 2, *["none"] * 3]


def test_shares_are_of_those_with_an_opinion_and_their_limits_hold_together():
    """Sison and Glaz (1995), as level_distribution is proved to give them."""
    given = ["很满意"] * 6 + ["满意"] * 3 + ["很不满意"] + ["不了解"] * 90

    table = answer_counts(answered(question("Q1", f"{SCALE}；不了解"), Q1=given))

    alone = level_distribution({"很满意": 6, "满意": 3, "一般": 0, "不满意": 0, "很不满意": 1})
    assert list(table["share_rate"][:-1]) == [0.6, 0.3, 0, 0, 0.1]
    assert list(table["lower_rate"][:-1]) == list(alone["lower"])
    assert list(table["upper_rate"][:-1]) == list(alone["upper"])
    assert table[["share_rate", "lower_rate", "upper_rate"]].iloc[-1].isna().all()


def test_in_a_reversed_question_a_low_score_is_the_satisfied_answer():
    asked = question("Q1", "经常=5；有时=3；从不=1", turned=True)

    table = answer_counts(answered(asked, Q1=["从不", "有时"]))

    assert column(table, "side") == {"从不": "positive", "有时": "neutral", "经常": "negative"}
    assert list(table["label"]) == ["从不", "有时", "经常"]


def test_a_question_that_nobody_answered_keeps_its_labels_without_shares():
    asked = (question("Q1", SCALE), question("Q2", "是=5；否=1"))

    table = answer_counts(answered(*asked, overall="Q2", Q1=[None], Q2=["是"]))

    assert list(table["question"]) == ["Q1"] * 5 + ["Q2"] * 2
    assert table.loc[table["question"] == "Q1", "share_rate"].isna().all()


def test_several_options_of_one_form_each_count_and_own_words_count_for_other():
    """问卷星 joins them by ┋ and writes own words behind the option: 其他〖…〗 (survey.md §7)."""
    asked = question("Q1", "电视；网络；其他", "multiple")
    given = ["电视┋网络", "电视┋其他〖亲友、邻居〗", "其他〖村广播〗", None, SKIPPED]

    table = choice_counts(answered(asked, Q1=given))

    assert column(table, "count") == {"电视": 2, "网络": 1, "其他": 2}
    assert set(table["n_count"]) == {3}
    limits = table.loc[0, ["share_rate", "lower_rate", "upper_rate"]]
    assert tuple(limits) == proportion_ci(count=2, n=3)


def test_a_choice_that_nobody_made_has_no_share():
    table = choice_counts(answered(question("Q1", "男；女", "single"), Q1=[None]))

    assert list(table["count"]) == list(table["n_count"]) == [0, 0]
    assert table["share_rate"].isna().all()


@pytest.fixture(scope="module")
def importance():
    """Four questions: with the whole, against it, not varying, and unrelated."""
    names = ("with", "against", "constant", "unrelated")
    whole = ["很满意", "满意", "一般", "不满意", None]
    return importance_performance(
        answered(
            *(question(name, f"{SCALE}；不了解") for name in (*names, "whole")),
            overall="whole",
            **{
                "with": ["很满意", "一般", "不满意", "很不满意", "不满意"],
                "against": ["不满意", "一般", "满意", "很满意", "不了解"],
                "constant": ["很不满意"] * 5,
                "unrelated": ["很满意", "满意", "满意", "很满意", "很满意"],
                "whole": whole,
            },
        )
    ).set_index("question")


def test_importance_is_the_rank_correlation_with_the_whole_over_complete_pairs(importance):
    """Spearman's rho; 0 of ranks 3.5, 1.5, 1.5, 3.5 against 4, 3, 2, 1 by hand."""
    found = importance["importance"]

    assert found["with"] == pytest.approx(1)
    assert found["against"] == pytest.approx(-1)
    assert found["unrelated"] == pytest.approx(0)
    assert list(importance["n_count"]) == [4] * 4
    assert set(importance["small"]) == {"small"}


def test_a_question_that_does_not_vary_has_no_importance_and_no_quadrant(importance):
    assert pd.isna(importance.loc["constant", "importance"])
    assert importance.loc["constant", "quadrant"] == ""


def test_quadrants_part_at_the_means_of_the_questions_that_have_both(importance):
    """Martilla and James (1977); the mean of the three is .642."""
    assert importance["performance_rate"].to_dict() == pytest.approx(
        {"with": 0.4, "against": 0.625, "constant": 0, "unrelated": 0.9}
    )
    assert importance["quadrant"].to_dict() == {
        "with": "improve", "against": "low_priority", "constant": "", "unrelated": "keep",
    }  # fmt: skip


def test_equal_questions_are_all_at_the_mean_whatever_float_noise_says():
    """(0.1 + 0.1 + 0.1)/3 is above 0.1 in binary."""
    names = ("Q1", "Q2", "Q3", "Q4")
    asked = [question(name, "满意=1.8；不满意=1") for name in names]
    given = {name: ["满意", "不满意"] for name in names}

    table = importance_performance(answered(*asked, overall="Q4", **given))

    assert table["performance_rate"].mean() > table["performance_rate"].max()
    assert set(table["quadrant"]) == {"keep"}


def test_without_a_question_on_the_whole_there_is_no_importance():
    assert importance_performance(answered(question("Q1", SCALE), Q1=["满意"])).empty
