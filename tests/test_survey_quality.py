"""Flags on forms: what each looks at, at its edge; the result with and without; 200,000 forms."""

import math
import time
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError

few = settings(max_examples=60, deadline=None, derandomize=True)
forms = st.integers(1, 6).flatmap(
    lambda k: st.lists(
        st.lists(st.sampled_from([1, 2, None]), min_size=k, max_size=k), min_size=1, max_size=8
    )
)


def rows(flags):
    return flags["row"].tolist()


def test_gaps_are_counted_question_by_question():
    table = survey.item_nonresponse(
        pd.DataFrame({"a": ["满意", None, None, "满意"], "b": ["x"] * 4})
    )

    assert table.to_dict("list") == {
        "item": ["a", "b"], "n": [2, 4], "missing": [2, 0], "missing_rate": [0.5, 0.0],
    }  # fmt: skip
    assert survey.item_nonresponse(pd.DataFrame(columns=["a"]))["missing_rate"].isna().all()


def test_forms_with_more_gaps_than_allowed_are_flagged():
    """Half of four is not more than half."""
    answers = pd.DataFrame([[1, 1, None, None], [1, None, None, None]], index=[7, 9])
    flags = survey.unanswered(answers)

    assert flags.to_numpy().tolist() == [["unanswered", 9, "missing=3;questions=4"]]
    assert rows(survey.unanswered(answers, most=0.25)) == [7, 9]


def test_answers_off_the_scale_are_named_one_by_one():
    answers = pd.DataFrame({"a": [1, 6, 5], "b": [0, 3, None]}, index=[11, 12, 13])
    flags = survey.out_of_scale(answers, allowed=range(1, 6))

    assert flags[["row", "detail"]].to_numpy().tolist() == [
        [12, "item=a;value=6"],
        [11, "item=b;value=0"],
    ]


def test_equal_forms_are_one_case():
    answers = pd.DataFrame({"a": [1, 2, 1, 2, 1, 3], "b": list("xyxyxz")}, index=list("uvwxyz"))
    flags = survey.duplicates(answers)

    assert flags[["row", "detail"]].to_numpy().tolist() == [
        ["u", "case=1;forms=3"],
        ["v", "case=2;forms=2"],
        ["w", "case=1;forms=3"],
        ["x", "case=2;forms=2"],
        ["y", "case=1;forms=3"],
    ]


@given(forms)
@few
def test_forms_are_duplicates_where_python_finds_them_equal(answers):
    given_ = [tuple(form) for form in answers]
    expected = [
        row for row, form in enumerate(given_)
        if given_.count(form) > 1 and any(answer is not None for answer in form)
    ]  # fmt: skip

    assert rows(survey.duplicates(pd.DataFrame(answers, dtype=object))) == expected


def test_forms_from_one_address_are_found_among_that_column():
    answers = pd.DataFrame({"a": [1, 2, 3], "ip": ["10.0.0.1", "10.0.0.2", "10.0.0.1"]})

    assert rows(survey.duplicates(answers)) == []
    assert rows(survey.duplicates(answers, among=["ip"])) == [0, 2]


@given(forms)
@few
def test_the_longest_run_is_that_of_reading_along_the_row(answers):
    def run(form):
        lengths = [len(list(same)) for answer, same in groupby(form) if answer is not None]
        return max(lengths, default=0)

    found = survey.longest_run(pd.DataFrame(answers, dtype=object))

    assert found.tolist() == [run(form) for form in answers]


def test_a_straight_line_is_the_same_answer_throughout_or_as_often_as_said():
    answers = pd.DataFrame([list("aaaa"), list("baaa"), list("abab")])

    flags = survey.straight_lines(answers)

    assert flags.to_numpy().tolist() == [["straight_line", 0, "run=4;questions=4"]]
    assert rows(survey.straight_lines(answers, least=3)) == [0, 1]


def test_variability_of_a_row_is_its_standard_deviation():
    scores = pd.DataFrame([[1, 5, 3], [4, 4, 5], [2, np.nan, 2], [3, np.nan, np.nan]])
    spread = survey.row_variability(scores)

    assert spread.tolist()[:3] == pytest.approx([2, math.sqrt(1 / 3), 0])
    assert math.isnan(spread[3])
    assert rows(survey.low_variability(scores, below=0.5)) == [2]
    assert rows(survey.low_variability(scores, below=0.58)) == [1, 2]
    assert rows(survey.low_variability(scores, below=2)) == [1, 2]


def test_speeders_take_less_than_a_third_of_the_median():
    """Median of 30, 90, 90, 120 is 90: 30 seconds are a third, not less; a gap is not judged."""
    seconds = pd.Series([30.0, 90, 90, 120, np.nan])

    assert rows(survey.speeders(seconds)) == []
    flags = survey.speeders(seconds.replace(30.0, 29.0))
    assert flags.to_numpy().tolist() == [["speed", 0, "seconds=29;median=90"]]
    assert rows(survey.speeders(pd.Series([np.nan, np.nan]))) == []


def seconds_after_nine(*seconds):
    return pd.Series(pd.Timestamp("2018-11-05 09:00") + pd.to_timedelta(list(seconds), unit="s"))


def test_a_burst_is_more_forms_within_a_minute_than_allowed_wherever_it_begins():
    """50, 80 and 110 seconds: two calendar minutes, one window of 60."""
    times = seconds_after_nine(110, 50, 300, 80, 171)

    flags = survey.bursts(times, most=2)

    assert rows(flags) == [0, 1, 3]
    assert flags["detail"].unique().tolist() == ["within=3"]
    assert rows(survey.bursts(times, most=3)) == []
    assert rows(survey.bursts(times, most=1, seconds=29)) == []


@given(st.lists(st.integers(0, 40) | st.none(), min_size=1, max_size=30), st.integers(1, 12))
@few
def test_bursts_are_those_of_looking_at_every_window(seconds, window):
    times = seconds_after_nine(*[np.nan if one is None else one for one in seconds])
    known = [one for one in seconds if one is not None]
    full = {start: sum(start <= one <= start + window for one in known) for start in known}

    def fullest(moment):
        return max(size for start, size in full.items() if start <= moment <= start + window)

    flags = survey.bursts(times, most=1, seconds=window)

    expected = {
        row: fullest(one) for row, one in enumerate(seconds) if one is not None and fullest(one) > 1
    }
    assert dict(zip(flags["row"], flags["detail"], strict=True)) == {
        row: f"within={size}" for row, size in expected.items()
    }


def test_forms_outside_the_fieldwork_are_flagged_its_ends_are_not():
    times = pd.Series(["2018-11-05 08:59:59", "2018-11-05 09:00:00", "2018-11-09 18:00:00",
                       "2018-11-09 18:00:01", None], dtype="datetime64[us]")  # fmt: skip
    flags = survey.outside_window(times, start="2018-11-05 09:00", end="2018-11-09 18:00")

    assert rows(flags) == [0, 3]
    assert flags["detail"].tolist() == ["time=2018-11-05 08:59:59", "time=2018-11-09 18:00:01"]


def test_the_result_is_shown_with_and_without_what_is_flagged():
    """By hand: 80, 100, 100, 60 and one form without answers; 85 in all."""
    scores = pd.DataFrame({"a": [80, 100, 100, 60, np.nan], "b": [80, 100, 100, 60, np.nan]})
    flags = pd.concat([
        survey.duplicates(scores),
        survey.straight_lines(scores),
        survey.unanswered(scores),
    ])  # fmt: skip

    table = survey.with_and_without(scores, flags, low=0, high=100).set_index("without")

    assert table.index.tolist() == ["", "duplicate", "straight_line", "unanswered", "any"]
    assert table["forms_count"].tolist() == [0, 2, 4, 1, 5]
    assert table["n"].tolist() == [4, 2, 0, 4, 0]
    assert table["index"].tolist()[:2] == [85, 70]
    assert table.loc["duplicate", "difference"] == -15
    assert table["lower"].isna().tolist() == [False, False, True, False, True]
    assert len(scores) == 5


def test_without_flags_the_result_is_the_index():
    scores = pd.DataFrame({"a": [80, 100, 60]})
    none = pd.DataFrame(columns=survey.FLAG_COLUMNS)

    table = survey.with_and_without(scores, none, low=0, high=100)

    assert table["without"].tolist() == ["", "any"]
    assert table["index"].tolist() == [80, 80]


def test_200_000_forms_of_30_questions_are_judged_in_seconds():
    """Seconds of the processor, generously; plain loops over rows need minutes."""
    random = np.random.default_rng(1)
    scores = pd.DataFrame(random.integers(1, 6, size=(200_000, 30)).astype(float))
    began = time.process_time()

    flags = [survey.duplicates(scores), survey.straight_lines(scores, least=6),
             survey.low_variability(scores, below=0.6)]  # fmt: skip
    survey.with_and_without(scores, pd.concat(flags), low=1, high=5)

    assert time.process_time() - began < 12


TIMES = seconds_after_nine(1, 2)
SCORES = pd.DataFrame({"a": [80, 60], "b": [80, 60]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survey.unanswered(SCORES, most=50), "50 percent is 0.5"),
        (lambda: survey.out_of_scale(SCORES, allowed=[]), "no code is allowed"),
        (lambda: survey.duplicates(SCORES, among=["ip"]), "no such columns.*ip"),
        (lambda: survey.straight_lines(SCORES, least=3), "at most 2"),
        (lambda: survey.straight_lines(SCORES[["a"]]), "at least 2"),
        (lambda: survey.low_variability(SCORES, below=0), "above 0"),
        (lambda: survey.speeders(pd.Series(["123秒"])), "into seconds first"),
        (lambda: survey.speeders(pd.Series([5, -1])), "negative: row 1"),
        (lambda: survey.speeders(pd.Series([5]), share=3), "between 0 and 1"),
        (lambda: survey.bursts(pd.Series(["09:00"]), most=3), "into times"),
        (lambda: survey.bursts(TIMES, most=0), "at least 1"),
        (lambda: survey.bursts(TIMES, most=1, seconds=0), "at least 1"),
        (lambda: survey.outside_window(TIMES, start="2019", end="2018"), "before the start"),
        (
            lambda: survey.with_and_without(
                SCORES, pd.DataFrame([["speed", 9, ""]], columns=survey.FLAG_COLUMNS), low=0, high=1
            ),
            "not among the scores: 9",
        ),
    ],
)
def test_tests_that_make_no_sense_are_refused(call, message):
    with pytest.raises(PlanError, match=message):
        call()
