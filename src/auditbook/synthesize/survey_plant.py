"""Forms of a synthetic survey that its tests should mark, and near misses that they should not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from auditbook.synthesize.kinds import DECOYS, SURVEY_KINDS, SURVEY_QUOTA, PlantError
from auditbook.synthesize.survey_forms import Form, closing, later, opening
from auditbook.synthesize.survey_questions import BLANK, KNOWN, OFF_SCALE, Questionnaire
from auditbook.synthesize.survey_settings import BURST, BURST_SECONDS
from auditbook.synthesize.survey_texts import another

_IN_A_BURST = 8
_FAST, _NOT_FAST = (15, 40), 72
"""Seconds; the median is about 180, and a third of it the limit."""
_NIGHT = 22
"""Hour at which nobody else hands in a form."""
_ANSWERED = (1, 4)
"""Places of the questions that a form answers of which most is left unanswered."""


@dataclass(frozen=True)
class Marked:
    """What was planted among the forms of a group, or a near miss."""

    kind: str
    planted: str
    forms: tuple[Form, ...]
    note: str


class Planting:
    """Forms while things are planted among them; each form has one thing at most.

    Attributes
    ----------
    marked : list of Marked
    """

    def __init__(
        self, forms: list[Form], asked: Questionnaire, rng: np.random.Generator, year: int
    ) -> None:
        self.asked, self.rng, self.year = asked, rng, year
        self.marked: list[Marked] = []
        self._free = [forms[i] for i in rng.permutation(len(forms)).tolist()]
        self._forms = len(forms)
        self._nights = 0

    def take(self, count: int) -> list[Form]:
        """So many forms with which nothing is wrong.

        Raises
        ------
        PlantError
            There are not that many.
        """
        if count > len(self._free):
            raise PlantError(f"the survey: at most {self._forms} forms can be planted in")
        return [self._free.pop() for _ in range(count)]

    def note(self, kind: str, planted: str, forms: list[Form], why: str) -> None:
        """Write down what was planted."""
        self.marked.append(Marked(kind, planted, tuple(forms), why))

    def done(self, kind: str, planted: str) -> int:
        """How often it was noted so far."""
        return sum((one.kind, one.planted) == (kind, planted) for one in self.marked)

    def night(self) -> datetime:
        """A moment at which nobody hands in a form, another one each time."""
        self._nights += 1
        start = opening(self.year).replace(hour=_NIGHT)
        return later(start, (self._nights % 15) * 86_400 + self._nights // 15 * 300)


def plant_forms(planting: Planting, counts: Mapping[str, int]) -> None:
    """Plant so many of each kind; the near misses come in any case.

    Raises
    ------
    PlantError
        More than the forms can hold.
    """
    for kind in SURVEY_KINDS:
        if kind != SURVEY_QUOTA:
            for _ in range(counts.get(kind, 0)):
                _PLANTS[kind](planting, kind)
            for _ in range(DECOYS if kind in _NEAR else 0):
                _NEAR[kind](planting, kind)


def _together(planting: Planting, kind: str, count: int, planted: str) -> None:
    forms, moment = planting.take(count), planting.night()
    for place, form in enumerate(forms):
        form.ip, form.source = forms[0].ip, "链接"
        form.submitted = later(moment, place * (BURST_SECONDS - 5) // count)
    planting.note(kind, planted, forms, f"同一地址一分钟内交来 {count} 份")


def _bursts(planting: Planting, kind: str) -> None:
    _together(planting, kind, _IN_A_BURST, "error")


def _nearly_bursts(planting: Planting, kind: str) -> None:
    _together(planting, kind, BURST, "decoy")


def _alike(planting: Planting) -> list[Form]:
    first, second = planting.take(2)
    first.wish = first.wish or another("", planting.asked.group)
    second.knows, second.marks = first.knows, [*first.marks]
    second.channels, second.wish = [*first.channels], first.wish
    return [first, second]


def _duplicates(planting: Planting, kind: str) -> None:
    planting.note(kind, "error", _alike(planting), "每题的回答都相同，连同开放题")


def _nearly_duplicates(planting: Planting, kind: str) -> None:
    forms = _alike(planting)
    forms[1].wish = another(forms[0].wish, planting.asked.group)
    planting.note(kind, "decoy", forms, "选择题都相同，开放题不同")


def _straight_lines(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    mark = int(planting.rng.integers(4, 6))
    form.knows, form.marks = KNOWN, [mark] * len(form.marks)
    planting.note(kind, "error", [form], "量表题都选同一分值，反向题也一样")


def _content(planting: Planting, on_the_whole: int) -> Form:
    """A form that is very satisfied with everything, the reversed question turned."""
    (form,) = planting.take(1)
    form.knows = KNOWN
    form.marks = [1 if one.reversed else 5 for one in planting.asked.rated]
    form.marks[-1] = on_the_whole
    return form


def _nearly_straight(planting: Planting, kind: str) -> None:
    planting.note(kind, "decoy", [_content(planting, 5)], "处处很满意，反向题答从不")


def _speeders(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    form.seconds = int(planting.rng.integers(*_FAST))
    planting.note(kind, "error", [form], f"{form.seconds} 秒答完")


def _nearly_speeders(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    form.seconds = _NOT_FAST
    planting.note(kind, "decoy", [form], f"{form.seconds} 秒答完，不到中位数的一半")


def _outside_window(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    away = int(planting.rng.integers(3_600, 3 * 86_400))
    before = planting.done(kind, "error") % 2 == 0
    form.submitted = (
        later(opening(planting.year), -away) if before else later(closing(planting.year), away)
    )
    planting.note(kind, "error", [form], "早于调查开始" if before else "晚于调查结束")


def _on_its_edge(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    first = planting.done(kind, "decoy") % 2 == 0
    form.submitted = opening(planting.year) if first else closing(planting.year)
    planting.note(kind, "decoy", [form], "调查开始的一刻" if first else "调查结束的一刻")


def _contradictions(planting: Planting, kind: str) -> None:
    if planting.done(kind, "error") % 2 == 0:
        planting.note(kind, "error", [_content(planting, 1)], "各题都很满意，总体却很不满意")
        return
    (form,) = planting.take(1)
    form.channels = [1, len(planting.asked.channels)]
    planting.note(kind, "error", [form], "选了以上都没有，又选了别的")


def _nearly_contradictions(planting: Planting, kind: str) -> None:
    planting.note(kind, "decoy", [_content(planting, 3)], "各题都很满意，总体基本满意")


def _out_of_scale(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    form.marks[5] = OFF_SCALE
    planting.note(kind, "error", [form], "答案不在选项之中")


def _leave(form: Form, answered: tuple[int, ...]) -> None:
    """Blank out the questions of the scale but those at some places."""
    form.knows = KNOWN
    for place in range(len(form.marks)):
        if place not in answered:
            form.marks[place] = BLANK
        elif form.marks[place] < 1:
            form.marks[place] = 3


def _unanswered(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    _leave(form, _ANSWERED)
    form.channels, form.wish = [], ""
    planting.note(kind, "error", [form], "大部分题没有回答")


def _nearly_unanswered(planting: Planting, kind: str) -> None:
    (form,) = planting.take(1)
    _leave(form, tuple(range(3, len(form.marks))))
    planting.note(kind, "decoy", [form], "少数题没有回答")


_PLANTS: dict[str, Callable[[Planting, str], None]] = {
    "survey_bursts": _bursts,
    "survey_duplicates": _duplicates,
    "survey_straight_lines": _straight_lines,
    "survey_speeders": _speeders,
    "survey_outside_window": _outside_window,
    "survey_contradictions": _contradictions,
    "survey_out_of_scale": _out_of_scale,
    "survey_unanswered": _unanswered,
}
_NEAR: dict[str, Callable[[Planting, str], None]] = {
    "survey_bursts": _nearly_bursts,
    "survey_duplicates": _nearly_duplicates,
    "survey_straight_lines": _nearly_straight,
    "survey_speeders": _nearly_speeders,
    "survey_outside_window": _on_its_edge,
    "survey_contradictions": _nearly_contradictions,
    "survey_unanswered": _nearly_unanswered,
}
