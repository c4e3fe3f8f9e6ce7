"""Which question a column of answers belongs to: by its id, its wording, or as an export titles it.

问卷星 writes ``3、题干``, one column per option ``3、题干(选项)`` or ``第3题(选项)``; Qualtrics
``Q3`` and ``Q3_1``; LimeSurvey ``Q3``, ``Q3. text`` and ``Q3[SQ001]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditbook.case.instrument import Instrument, Question
from auditbook.case.names import squeezed

_NUMBERED = re.compile(r"(?P<number>\d+)\s*[、:：.．]\s*(?P<rest>.*)", re.DOTALL)
_NTH = re.compile(r"第(?P<number>\d+)题\s*(?P<rest>.*)", re.DOTALL)
_OPTION = re.compile(r"(?P<stem>.*?)\s*[(（\[](?P<option>[^()（）\[\]]+)[)）\]]", re.DOTALL)
_SUFFIX = re.compile(r"(?P<stem>.+)_(?P<option>\w+)")
_TEXT_OPTION = re.compile(r"(?P<stem>.+)\s[-–—]\s(?P<option>.+)", re.DOTALL)
_ID_TEXT = re.compile(r"(?P<stem>[\w]+)\.\s+.+", re.DOTALL)
_LAST_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True)
class Match:
    """A question, and the label whose column this is where each option has one of its own."""

    question: Question
    label: str = ""


class AnswerTitles:
    """The titles under which the questions of an instrument are accepted."""

    def __init__(self, instrument: Instrument) -> None:
        self._by_name: dict[str, Question] = {}
        self._by_number: dict[str, Question] = {}
        for question in instrument.questions:
            for name in (question.id, question.text):
                self._by_name.setdefault(squeezed(name), question)
            number = _LAST_NUMBER.search(question.id)
            if number:
                self._by_number.setdefault(str(int(number[1])), question)

    def match(self, titles: Iterable[str]) -> Match | None:
        """The question that the first understood of several titles of one column names."""
        for title in titles:
            found = self._whole(title) or self._option(title)
            if found is not None:
                return found
        return None

    def _whole(self, title: str) -> Match | None:
        question = self._by_name.get(squeezed(title))
        if question is None and (found := _NUMBERED.fullmatch(title)):
            question = self._by_name.get(squeezed(found["rest"]))
        if question is None and (found := _NTH.fullmatch(title)) and not found["rest"]:
            question = self._numbered(found["number"])
        if question is None and (found := _ID_TEXT.fullmatch(title)):
            question = self._by_name.get(squeezed(found["stem"]))
        return None if question is None else Match(question)

    def _option(self, title: str) -> Match | None:
        """A column of one option of a multiple choice."""
        for stem, option in _split(title):
            question = self._by_name.get(squeezed(stem)) or self._stem(stem)
            if question is not None and question.kind == "multiple":
                for label in question.labels:
                    if squeezed(option) in (
                        squeezed(label.text),
                        squeezed(label.code or label.text),
                    ):
                        return Match(question, label.text)
        return None

    def _stem(self, stem: str) -> Question | None:
        for pattern in (_NUMBERED, _NTH):
            found = pattern.fullmatch(stem)
            if found and found["rest"]:
                return self._by_name.get(squeezed(found["rest"]))
            if found:
                return self._numbered(found["number"])
        return None

    def _numbered(self, number: str) -> Question | None:
        return self._by_number.get(str(int(number)))


def _split(title: str) -> Iterator[tuple[str, str]]:
    """The ways in which a title may be a question and one of its options."""
    for pattern in (_OPTION, _SUFFIX, _TEXT_OPTION):
        found = pattern.fullmatch(title)
        if found:
            yield found["stem"], found["option"]
