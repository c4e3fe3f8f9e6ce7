"""The forms of a synthetic survey: who filled in what, when, and how satisfied that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from auditbook.synthesize.survey_questions import (
    BLANK,
    BLANK_TEXT,
    NO_OPINION,
    OFF_SCALE,
    OFF_SCALE_TEXT,
    SKIPPED,
    SKIPPED_TEXT,
    TICK,
    Questionnaire,
    known_text,
)

FIRST_DAY, LAST_DAY = (11, 5), (11, 23)
OPENS, CLOSES = 8, 20
"""Hours: on the first day the fieldwork opens, on the last it closes."""


def opening(year: int) -> datetime:
    """The first moment of the fieldwork."""
    return datetime(year, *FIRST_DAY, OPENS)


def closing(year: int) -> datetime:
    """Its last moment."""
    return datetime(year, *LAST_DAY, CLOSES)


@dataclass(eq=False)
class Form:
    """One form.

    Attributes
    ----------
    site : int
        Place of its county among the sites.
    village : str
        Empty where no villages were drawn.
    knows : int
        Mark of the first question.
    marks : list of int
        One per question of the scale, the one on the whole last, as ticked: not turned.
    channels : list of int
        Options ticked, from 1; none: left blank.
    wish : str
    number : int
        From 1, in the order of submission.
    """

    site: int
    village: str
    submitted: datetime
    seconds: int
    source: str
    ip: str
    knows: int
    marks: list[int]
    channels: list[int]
    wish: str
    weight: Fraction = Fraction(1)
    number: int = 0

    def index(self, asked: Questionnaire) -> Fraction | None:
        """Its weighted mean share of the scale over questions with an opinion; None without one."""
        pairs = [
            (one.weight, share)
            for one, mark in zip(asked.rated, self.marks, strict=True)
            if one.weight and (share := one.share(mark)) is not None
        ]
        weight = sum((w for w, _ in pairs), Fraction(0))
        return sum((w * share for w, share in pairs), Fraction(0)) / weight if pairs else None


def satisfaction(forms: Sequence[Form], asked: Questionnaire) -> Fraction:
    """The index of each form first, then the mean over forms with an opinion."""
    found = [index for form in forms if (index := form.index(asked)) is not None]
    return sum(found, Fraction(0)) / len(found)


def overall_counts(forms: Sequence[Form]) -> tuple[int, int]:
    """Forms with an opinion on the whole, and those of them that are 很满意 or 满意."""
    marks = [form.marks[-1] for form in forms if 1 <= form.marks[-1] <= 5]
    return len(marks), sum(mark >= 4 for mark in marks)


def header(asked: Questionnaire, *, coded: bool) -> list[str]:
    """Titles of the answers: ids, or as an export of 问卷星 has them."""
    villages = [] if coded else ["群"]
    first = ["序号", "提交答卷时间", "所用时间", "来源", "来自IP", "单位", *villages, "权重"]
    titled = [f"{number}、{text}" for number, text in enumerate(asked.texts, 1)]
    return [*first, *(asked.ids if coded else titled)]


def row(form: Form, asked: Questionnaire, name: str, *, coded: bool) -> list[object]:
    """A form as a line of the answers: codes, or the texts of labels.

    Parameters
    ----------
    name : str
        Of its county.
    """
    moment = form.submitted.strftime("%Y-%m-%d %H:%M:%S" if coded else "%Y/%m/%d %H:%M:%S")
    seconds = str(form.seconds) if coded else f"{form.seconds}秒"
    villages = [] if coded else [form.village]
    weight = f"{float(form.weight):.2f}"
    first = [form.number, moment, seconds, form.source, form.ip, name, *villages, weight]
    blank = "" if coded else BLANK_TEXT
    knows = blank if form.knows == BLANK else _known(form.knows, coded=coded)
    marks = [
        blank if mark == BLANK else _mark(asked, place, mark, coded=coded)
        for place, mark in enumerate(form.marks)
    ]
    ticked = [str(n) if coded else asked.channels[n - 1] for n in form.channels]
    return [*first, knows, *marks, TICK.join(ticked) or blank, form.wish or blank]


def _known(mark: int, *, coded: bool) -> str:
    return str(mark) if coded else known_text(mark)


def _mark(asked: Questionnaire, place: int, mark: int, *, coded: bool) -> str:
    if mark == SKIPPED:
        return SKIPPED_TEXT
    if mark == OFF_SCALE:
        return str(OFF_SCALE) if coded else OFF_SCALE_TEXT
    question = asked.rated[place]
    if coded:
        return "0" if mark == NO_OPINION else question.code(mark)
    return question.label(mark)


def numbered(forms: list[Form]) -> list[Form]:
    """The forms in the order of submission, numbered."""
    forms = sorted(forms, key=lambda form: form.submitted)
    for number, form in enumerate(forms, 1):
        form.number = number
    return forms


def later(moment: datetime, seconds: int) -> datetime:
    """So many seconds after a moment."""
    return moment + timedelta(seconds=seconds)
