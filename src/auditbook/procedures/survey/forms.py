"""问卷质量: the tests of forms that a case states, run on the columns that each looks at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.case.instrument import SKIPPED, Question
from auditbook.case.survey_settings import Quality
from auditbook.procedures.survey.consistency import chosen, contradictions, same_address
from auditbook.procedures.survey.fieldwork import bursts, outside_window, speeders
from auditbook.procedures.survey.flags import FLAG_COLUMNS, Flag
from auditbook.procedures.survey.patterns import duplicates, low_variability, straight_lines
from auditbook.procedures.survey.quality import out_of_scale, unanswered


class _Test(NamedTuple):
    """How a stated test is run."""

    flag: Flag
    setting: str
    column: str
    """Of the answers, without which the test cannot be run; empty: it needs the questions only."""
    run: Callable[[Answers, Quality], pd.DataFrame]


def form_flags(answers: Answers, *, quality: Quality) -> pd.DataFrame:
    """Every test that the settings state, and no other one.

    Gaps are looked for in the questions that have labels (an open one may well stay empty) and
    were asked; equal forms by all questions; straight lines and variability among the questions of
    a scale, as they were ticked: reversed ones are not turned.

    Parameters
    ----------
    answers : Answers
    quality : Quality
        ``surveys[].quality`` of the case.

    Returns
    -------
    DataFrame
        flag, row (index of ``answers.frame``), detail; test by test. What could not be tested is
        not in it: :func:`not_tested`.

    Raises
    ------
    PlanError
        A setting does not fit the questions: a run longer than there are questions of a scale, a
        contradiction that names none of them.
    """
    found = [test.run(answers, quality) for test in _possible(answers, quality)]
    return pd.concat([pd.DataFrame(columns=FLAG_COLUMNS), *found], ignore_index=True)


def looked_for(answers: Answers, quality: Quality) -> list[Flag]:
    """Which flags were looked for: stated, and the answers have what the test needs."""
    return [test.flag for test in _possible(answers, quality)]


def not_tested(answers: Answers, quality: Quality) -> pd.DataFrame:
    """Tests that are stated but could not be run, since the answers lack a column.

    Returns
    -------
    DataFrame
        flag, missing_column: ``submitted``, ``seconds`` or ``ip``.
    """
    lacking = [(test.flag, test.column) for test in _stated(quality) if _lacks(answers, test)]
    return pd.DataFrame(lacking, columns=["flag", "missing_column"])


def flag_summary(flags: pd.DataFrame, n: int, *, tested: Iterable[Flag] = ()) -> pd.DataFrame:
    """How many forms each test marked.

    Parameters
    ----------
    flags : DataFrame
        From :func:`form_flags`.
    n : int
        Forms in all.
    tested : iterable of str, optional
        From :func:`looked_for`: a test that marked nothing then has a row of 0; one that was not
        run has none.

    Returns
    -------
    DataFrame
        flag, forms_count (each form once), share_rate; last ``any``: forms with any flag.
    """
    names = pd.unique(pd.Series([*tested, *flags["flag"]], dtype=object))
    marked = flags.groupby("flag")["row"].nunique()
    rows = [(name, int(marked.get(name, 0))) for name in names]
    rows.append(("any", int(flags["row"].nunique())))
    table = pd.DataFrame(rows, columns=["flag", "forms_count"])
    return table.assign(share_rate=table["forms_count"] / n if n else math.nan)


def _stated(quality: Quality) -> list[_Test]:
    settings = ((test, getattr(quality, test.setting)) for test in _TESTS)
    # Not `in (None, False, ())`: a limit of 0 is stated, and equals False.
    return [test for test, value in settings if value or (value == 0 and value is not False)]


def _possible(answers: Answers, quality: Quality) -> list[_Test]:
    return [test for test in _stated(quality) if not _lacks(answers, test)]


def _lacks(answers: Answers, test: _Test) -> bool:
    return bool(test.column) and not answers.has(test.column)


def _unanswered(answers: Answers, quality: Quality) -> pd.DataFrame:
    asked = _with_labels(answers)
    given, skipped = answers.frame[[question.id for question in asked]], answers.skipped(asked)
    return unanswered(given, most=float(quality.unanswered or 0), skipped=skipped)


def _duplicates(answers: Answers, quality: Quality) -> pd.DataFrame:
    return duplicates(answers.frame, among=[q.id for q in answers.instrument.questions])


def _straight_lines(answers: Answers, quality: Quality) -> pd.DataFrame:
    return straight_lines(_ticked(answers, opinions_only=False), least=quality.straight_lines)


def _low_variability(answers: Answers, quality: Quality) -> pd.DataFrame:
    ends = float(answers.instrument.high - answers.instrument.low)
    scores = _ticked(answers, opinions_only=True) / ends
    return low_variability(scores, below=float(quality.low_variability or 0))


def _speed(answers: Answers, quality: Quality) -> pd.DataFrame:
    assert quality.speed is not None
    return speeders(answers.frame["seconds"], share=float(quality.speed.share))


def _bursts(answers: Answers, quality: Quality) -> pd.DataFrame:
    assert quality.bursts is not None
    most, seconds = quality.bursts.most, quality.bursts.seconds
    return bursts(answers.frame["submitted"], most=most, seconds=seconds)


def _window(answers: Answers, quality: Quality) -> pd.DataFrame:
    assert quality.window is not None
    start, end = quality.window.start, quality.window.end
    return outside_window(answers.frame["submitted"], start=start, end=end)


def _out_of_scale(answers: Answers, quality: Quality) -> pd.DataFrame:
    found = [pd.DataFrame(columns=FLAG_COLUMNS)]
    for question in _with_labels(answers):
        known = {SKIPPED, *(label.text for label in question.labels)}
        column = answers.frame[[question.id]]
        known |= {
            text
            for text in column[question.id].dropna().unique()
            if set(chosen(question, text)) <= known
        }
        found.append(out_of_scale(column, allowed=known))
    return pd.concat(found, ignore_index=True)


def _contradictions(answers: Answers, quality: Quality) -> pd.DataFrame:
    return contradictions(answers, rules=quality.contradictions)


_TESTS = (
    _Test("unanswered", "unanswered", "", _unanswered),
    _Test("duplicate", "duplicates", "", _duplicates),
    _Test("same_ip", "same_ip", "ip", lambda answers, _: same_address(answers)),
    _Test("straight_line", "straight_lines", "", _straight_lines),
    _Test("low_variability", "low_variability", "", _low_variability),
    _Test("speed", "speed", "seconds", _speed),
    _Test("burst", "bursts", "submitted", _bursts),
    _Test("outside_window", "window", "submitted", _window),
    _Test("out_of_scale", "out_of_scale", "", _out_of_scale),
    _Test("contradiction", "contradictions", "", _contradictions),
)


def _with_labels(answers: Answers) -> list[Question]:
    return [question for question in answers.instrument.questions if question.kind != "open"]


def _ticked(answers: Answers, *, opinions_only: bool) -> pd.DataFrame:
    """The scores of the questions of a scale as ticked; a label without one is a place of its own.

    With `opinions_only` such a label is missing.
    """
    import numpy as np

    places: dict[str, float] = {}
    columns = {}
    for question in answers.instrument.of_kind("scale"):
        scores = {
            label.text: float(label.score) for label in question.labels if label.score is not None
        }
        if not opinions_only:
            top = float(answers.instrument.high)
            for label in question.labels:
                if label.score is None:
                    scores[label.text] = places.setdefault(label.text, top + 1 + len(places))
        column = answers.frame[question.id].astype("category")
        known = [scores.get(text, math.nan) for text in column.cat.categories]
        columns[question.id] = np.array([*known, math.nan])[column.cat.codes]
    return pd.DataFrame(columns, index=answers.frame.index)
