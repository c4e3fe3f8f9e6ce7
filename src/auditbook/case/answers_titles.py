"""Which question a title means: by id, by text, numbered as exports do, or one option of it.

问卷星 writes ``3、题干`` and, coded, ``3、题干(选项)`` or ``第3题(选项)``; LimeSurvey ``Q3``,
``Q3. text``, ``Q3[SQ001]``; Qualtrics ``Q3_1`` above a row of texts ``text - option``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditbook.case.instrument import Instrument, Label, Question
from auditbook.case.names import squeezed

_NUMBERED = re.compile(r"(?P<number>\d+)\s*[、:.](?P<rest>.*)")
_NUMBER_OF_ID = re.compile(r"[a-z]*0*(?P<number>\d+)")


@dataclass(frozen=True)
class Asked:
    """What a title means: a question, or one of its options in a column of its own."""

    question: str
    option: Label | None = None


class QuestionTitles:
    """The titles under which the questions of an instrument are accepted."""

    def __init__(self, instrument: Instrument) -> None:
        self._ids = {squeezed(q.id): Asked(q.id) for q in instrument.questions}
        self._titles: dict[str, set[Asked]] = {}
        self._texts: dict[str, set[Asked]] = {}
        self._openings: dict[str, str] = {}
        for question in instrument.questions:
            self._learn(question)

    def by_id(self, title: str) -> Asked | None:
        """The question that is called like this."""
        return self._ids.get(squeezed(title))

    def meaning(self, title: str) -> Asked | None:
        """The question, or its option, that a title means; None when none, or more than one."""
        key = squeezed(title)
        exact = self.by_id(title) or _only(self._titles.get(key, set()))
        if exact:
            return exact
        numbered = _NUMBERED.fullmatch(key)
        texts = self._texts.get(numbered["rest"] if numbered else key, set())
        if numbered and len(texts) > 1:
            texts = {t for t in texts if _number(t.question) == numbered["number"]}
        return _only(texts) or _only(self._texts.get(key, set()))

    def opened(self, title: str) -> str:
        """The question whose option a title seems to name, though it has no such option."""
        key = squeezed(title)
        numbered = _NUMBERED.fullmatch(key)
        tried = [key, numbered["rest"]] if numbered else [key]
        for text in tried:
            for opening, question in self._openings.items():
                if text.startswith(opening) and text.endswith((")", "]")):
                    return question
        return ""

    def _learn(self, question: Question) -> None:
        key, text, number = squeezed(question.id), squeezed(question.text), _number(question.id)
        self._texts.setdefault(text, set()).add(Asked(question.id))
        for sign in (".", "、", ":"):
            self._title(f"{key}{sign}{text}", Asked(question.id))
        if number:
            self._title(f"第{number}题", Asked(question.id))
            self._title(f"第{number}题:{text}", Asked(question.id))
        if question.kind == "multiple":
            self._options(question, key, text, number)

    def _options(self, question: Question, key: str, text: str, number: str) -> None:
        for label in question.labels:
            asked = Asked(question.id, label)
            for name in filter(None, dict.fromkeys(map(squeezed, (label.text, label.code)))):
                for title in _with_option(key, name):
                    self._title(title, asked)
                    self._title(f"{title}.{text}[{squeezed(label.text)}]", asked)
                for title in _with_option(text, name):
                    self._texts.setdefault(title, set()).add(asked)
                for title in (f"{number}、({name})", f"第{number}题({name})"):
                    if number:
                        self._title(title, asked)
        self._openings |= {f"{text}(": question.id, f"{text}[": question.id}
        self._openings |= {f"{key}(": question.id, f"{key}[": question.id}
        if number:
            self._openings |= {f"{number}、(": question.id, f"第{number}题(": question.id}

    def _title(self, title: str, asked: Asked) -> None:
        self._titles.setdefault(title, set()).add(asked)


def _with_option(start: str, option: str) -> Iterator[str]:
    yield f"{start}({option})"
    yield f"{start}[{option}]"
    yield f"{start}-{option}"
    yield f"{start}—{option}"
    yield f"{start}_{option}"


def _number(name: str) -> str:
    """The number in an id such as ``Q3``, ``3``; ``""`` when it is called otherwise."""
    found = _NUMBER_OF_ID.fullmatch(squeezed(name))
    return found["number"] if found else ""


def _only(found: set[Asked]) -> Asked | None:
    return next(iter(found)) if len(found) == 1 else None
