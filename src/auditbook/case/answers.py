"""The answers of a group (答卷): read, checked against the instrument, one row per respondent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from auditbook.case.instrument import SKIPPED, Instrument, Question


@dataclass(frozen=True)
class Answers:
    """What the respondents of a group answered.

    Attributes
    ----------
    instrument : Instrument
    frame : DataFrame, one row per respondent
        Its index is ``source_row``, which names the form wherever it is spoken of. Columns:
        respondent, unit, submitted (datetime64), seconds (float), ip, source, weight (float),
        stratum, cluster, and one column per question under its id: the label's text (category,
        in the order of the labels) of scale and single questions; texts of labels joined by ``┋``
        of multiple ones; the text of open ones. Unanswered: missing. Not asked: ``(跳过)``.
        Columns that the file has not are all missing.
    """

    instrument: Instrument
    frame: pd.DataFrame

    def labels(self, questions: Iterable[Question]) -> pd.DataFrame:
        """Texts of the labels, one column per question; unanswered and not asked are missing."""
        names = [question.id for question in questions]
        frame = self.frame[names]
        return frame.astype("object").where(frame.notna() & (frame != SKIPPED), None)

    def skipped(self, questions: Iterable[Question]) -> pd.DataFrame:
        """Whether a question was not asked."""
        return self.frame[[question.id for question in questions]] == SKIPPED

    def shares(self, questions: Iterable[Question]) -> pd.DataFrame:
        """Scores as shares of the scale (0 worst, 1 best), reversed questions turned.

        Missing where there is no answer or no opinion.
        """
        columns = {}
        for question in questions:
            known = self.instrument.shares(question)
            scores = {text: float(s) for text, s in known.items() if s is not None}
            column = self.frame[question.id].astype("object")
            columns[question.id] = column.map(scores).astype("float64")
        return pd.DataFrame(columns, index=self.frame.index)

    def has(self, column: str) -> bool:
        """Whether a column holds anything."""
        return bool(self.frame[column].notna().any())
