"""The instrument (问卷) of a group: its questions, their labels, and the score of each label.

Labels are written in one text, parted by ``；``: ``很满意=5；满意=4；一般=3；不了解=不计``. A label
has a score where its question is of a scale; ``不计`` (``none``) says that it is no opinion and
leaves the denominator. Where answers hold codes each label begins with its own: ``1:很满意=5``.
Which code is the best answer is stated, never inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

QuestionKind = Literal["scale", "single", "multiple", "open"]

SKIPPED = "(跳过)"
"""The form did not ask: the answer leaves the denominator."""


@dataclass(frozen=True)
class Label:
    """One answer that may be given.

    Attributes
    ----------
    code : str
        What stands for it in coded answers; empty where there is none.
    text : str
    score : Decimal or None
        As written; None for no opinion, and outside scales.
    """

    code: str
    text: str
    score: Decimal | None = None


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    labels : tuple of Label
        From the highest score down where it is of a scale; as written elsewhere.
    reversed : bool
        Of a scale: a high score means dissatisfaction (反向题); it is turned before it counts.
    weight : Decimal or None
        In the index; None where no question of the group has one: all count alike.
    dimension : str
    source_row : str
        Where it stands: ``questions.csv:3`` or ``case.yaml:60``.
    """

    id: str
    text: str
    kind: QuestionKind
    labels: tuple[Label, ...]
    reversed: bool
    weight: Decimal | None
    dimension: str
    source_row: str


@dataclass(frozen=True)
class Instrument:
    """The questions that a group was asked, in their order.

    Attributes
    ----------
    group : str
    low, high : Decimal
        Ends of the scale of scores.
    overall : str
        The question on satisfaction as a whole; empty where there is none.
    """

    group: str
    questions: tuple[Question, ...]
    low: Decimal
    high: Decimal
    overall: str = ""

    def question(self, name: str) -> Question:
        """One of the questions.

        Raises
        ------
        KeyError
        """
        return {question.id: question for question in self.questions}[name]

    def of_kind(self, kind: QuestionKind) -> tuple[Question, ...]:
        """The questions of a kind."""
        return tuple(question for question in self.questions if question.kind == kind)

    @property
    def rated(self) -> tuple[Question, ...]:
        """The questions that make the index: of a scale, without the one on the whole."""
        return tuple(q for q in self.of_kind("scale") if q.id != self.overall)

    def shares(self, question: Question) -> dict[str, Fraction | None]:
        """Label → its score as a share of the scale, turned where the question is reversed."""
        low, high = Fraction(self.low), Fraction(self.high)
        found: dict[str, Fraction | None] = {}
        for label in question.labels:
            if label.score is None:
                found[label.text] = None
                continue
            share = (Fraction(label.score) - low) / (high - low)
            found[label.text] = 1 - share if question.reversed else share
        return found

    @property
    def weights(self) -> Mapping[str, Decimal] | None:
        """Question → weight in the index; None where all count alike."""
        weights = {q.id: q.weight for q in self.rated if q.weight is not None}
        return weights or None

    @property
    def dimensions(self) -> dict[str, list[str]]:
        """Dimension → its questions of the index; questions without one are in none."""
        found: dict[str, list[str]] = {}
        for question in self.rated:
            if question.dimension:
                found.setdefault(question.dimension, []).append(question.id)
        return found
