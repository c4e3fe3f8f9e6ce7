"""How answers are spread over the labels of each question."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.case.instrument import Question
from auditbook.procedures.survey.consistency import chosen
from auditbook.procedures.survey.levels import level_distribution
from auditbook.procedures.survey.proportions import proportion_ci

_HALF = Fraction(1, 2)


def answer_counts(answers: Answers, *, confidence: float = 0.95) -> pd.DataFrame:
    """How often each label of each question of the scale was chosen.

    Parameters
    ----------
    answers : Answers
    confidence : float
        Of all intervals of a question together, as a fraction.

    Returns
    -------
    DataFrame
        question, text, label, side, count, share_rate, lower_rate, upper_rate; question by question
        in the order of the form, from the most to the least satisfied label (reversed questions
        turned). side: ``positive`` above the middle of the scale, ``neutral`` in it, ``negative``
        below, ``none`` for no opinion. Shares are of those with an opinion, with simultaneous
        intervals (:func:`level_distribution`); missing for no opinion, and where nobody has one.
    """
    columns = [
        "question", "text", "label", "side", "count", "share_rate", "lower_rate", "upper_rate",
    ]  # fmt: skip
    rows = [
        row
        for question in answers.instrument.of_kind("scale")
        for row in _of_scale(answers, question, confidence)
    ]
    return pd.DataFrame(rows, columns=columns)


def _of_scale(answers: Answers, question: Question, confidence: float) -> Iterable[tuple[Any, ...]]:
    shares = answers.instrument.shares(question)
    known = {label: share for label, share in shares.items() if share is not None}
    counts = answers.labels([question])[question.id].value_counts()
    ordered = sorted(known, key=lambda label: -known[label])
    spread = level_distribution(
        {label: int(counts.get(label, 0)) for label in ordered}, confidence=confidence
    )
    for label, count, share, lower, upper in spread.itertuples(index=False, name=None):
        yield question.id, question.text, label, _side(known[label]), count, share, lower, upper
    for label, score in shares.items():
        if score is None:
            yield question.id, question.text, label, "none", int(counts.get(label, 0)), *[None] * 3


def _side(share: Fraction) -> str:
    return "positive" if share > _HALF else "neutral" if share == _HALF else "negative"


def choice_counts(answers: Answers, *, confidence: float = 0.95) -> pd.DataFrame:
    """How often each option of single and multiple choices was chosen.

    Returns
    -------
    DataFrame
        question, text, label, count, n_count (who answered the question), share_rate, lower_rate,
        upper_rate (Wilson). Several options of one form each count: shares may add up to more
        than 1.
    """
    rows: list[tuple[Any, ...]] = []
    for question in answers.instrument.questions:
        if question.kind not in ("single", "multiple"):
            continue
        given = answers.labels([question])[question.id].dropna()
        several = given.map(lambda text, asked=question: chosen(asked, text)).explode()
        counts = several.value_counts()
        for label in question.labels:
            count, n = int(counts.get(label.text, 0)), len(given)
            limits: Iterable[float | None] = [None] * 3
            if n:
                limits = proportion_ci(count=count, n=n, confidence=confidence)
            rows.append((question.id, question.text, label.text, count, n, *limits))
    columns = [
        "question", "text", "label", "count", "n_count", "share_rate", "lower_rate", "upper_rate",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
