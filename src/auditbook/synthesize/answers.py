"""Answers to a questionnaire by two groups: five questions, five steps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from auditbook.case.money import percent_text

STEPS = 5
QUESTIONS = (
    ("Q1", "您对网格员上门走访是否满意？", "走访"),
    ("Q2", "您反映的问题是否得到及时处理？", "处理"),
    ("Q3", "您对网格内的环境和秩序是否满意？", "环境"),
    ("Q4", "您是否知道怎样联系网格员？", "知晓"),
    ("Q5", "总的来说，您对网格化服务是否满意？", "总体"),
)
_GROUPS = (("residents", "群众", 120, 6, 4), ("staff", "工作人员", 60, 3, 1))
_CHANCES = (0.01, 0.02, 0.08, 0.29, 0.60)


@dataclass(frozen=True)
class Answers:
    """One group's questionnaires.

    Attributes
    ----------
    choices : int array, respondents × questions
        1 (least) to 5 (most satisfied).
    """

    group: str
    zh: str
    issued: int
    returned: int
    choices: np.ndarray

    @property
    def satisfaction(self) -> Fraction:
        """The mean of all answers as a share of the scale."""
        steps = int((self.choices - 1).sum())
        return Fraction(steps, self.choices.size * (STEPS - 1))

    @property
    def printed(self) -> str:
        """The satisfaction as a report prints it."""
        return percent_text(self.satisfaction)


def make_answers(rng: np.random.Generator) -> list[Answers]:
    """Both groups' questionnaires; some were not returned, some are not valid."""
    found = []
    for group, zh, issued, lost, spoilt in _GROUPS:
        returned = issued - int(rng.integers(1, lost + 1))
        valid = returned - int(rng.integers(0, spoilt + 1))
        choices = rng.choice(np.arange(1, STEPS + 1), size=(valid, len(QUESTIONS)), p=_CHANCES)
        found.append(Answers(group, zh, issued, returned, choices))
    return found
