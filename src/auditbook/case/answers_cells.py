"""Cells of answers to a question: the label that each text stands for, found once per text.

A column of 200,000 cells holds few different texts. Each is looked up once; the rest is numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from auditbook.case.cells import SPREADSHEET_ERRORS
from auditbook.case.instrument import SKIPPED, Label, Question
from auditbook.case.labels_text import JOINT, UNANSWERED, spellings
from auditbook.case.money import plain
from auditbook.case.names import squeezed

Codes = np.ndarray[Any, np.dtype[np.intp]]

_BLANK = frozenset({"", squeezed(UNANSWERED)})
_SKIPPED = squeezed(SKIPPED)
_CODED = {"-2": None, "-3": SKIPPED}
_REMARK = re.compile(r"〖.*?〗", re.DOTALL)
_WHOLE = re.compile(r"(-?\d+)\.0+$")
_SIGNS = re.compile(r"[;；、,，|\n]")
_CHOSEN = frozenset({"1", "y", "yes", "是", "true", "√", "选中", "checked"})
_NOT_CHOSEN = frozenset({"0", "n", "no", "否", "false", "未选中", "unchecked"})


@dataclass(frozen=True)
class Factored:
    """A column as its different texts and which of them stands in each row."""

    codes: Codes
    texts: Sequence[str]

    @classmethod
    def of(cls, cells: Sequence[str]) -> Factored:
        """The cells of a column."""
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
        codes, texts = pd.factorize(values)
        return cls(codes, texts.tolist())

    def spread(self, values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
        """One value per text, put in each row."""
        found = np.empty(len(values), dtype=object)
        found[:] = values
        return found[self.codes] if len(values) else found

    def rows(self, wanted: Sequence[bool]) -> Codes:
        """Positions of the rows whose text is wanted."""
        return np.flatnonzero(np.asarray(wanted, dtype=bool)[self.codes]) if wanted else self.codes


@dataclass(frozen=True)
class Answer:
    """What a text stands for.

    Attributes
    ----------
    text : str or None
        Of the label or labels; None: unanswered. An unknown answer as it was written.
    known : bool
    by_code : bool
        The text was a code and no label.
    """

    text: str | None
    known: bool = True
    by_code: bool = False


def is_error(text: str) -> bool:
    """Whether a cell holds an error of a spreadsheet: ``#REF!``."""
    return plain(text).upper() in SPREADSHEET_ERRORS


def nothing(rows: int) -> pd.Series[Any]:
    """A column of texts in which everything is missing."""
    return pd.Series([None] * rows, dtype="object")


UNGIVEN = Answer(None)
NOT_ASKED = Answer(SKIPPED)


@dataclass(frozen=True)
class AnswersOf:
    """Reads the answers to one question.

    Attributes
    ----------
    coded : bool
        -2 and -3 stand for no answer and not asked, as in coded exports of 问卷星.
    """

    question: Question
    coded: bool = False

    def read(self, written: str) -> Answer:
        """What one text stands for."""
        text = written.strip()
        if self.question.kind == "open":
            return self._gap(text) or Answer(text, known=not is_error(text))
        label = self._label(text)
        if label:
            return Answer(label.text, by_code=squeezed(text) != squeezed(label.text))
        gap = self._gap(text)
        if gap:
            return gap
        if self.question.kind == "multiple":
            return self._joined(text)
        return Answer(text, known=False)

    def order(self, texts: Sequence[str]) -> list[str]:
        """Texts of labels in the order of the labels, each once; unknown ones last."""
        return sorted(dict.fromkeys(texts), key=lambda one: self._rank.get(one, len(self._rank)))

    @cached_property
    def _known(self) -> dict[str, Label]:
        found: dict[str, Label] = {}
        for label in self.question.labels:
            for spelling in spellings(label):
                found.setdefault(spelling, label)
        return found

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {label.text: number for number, label in enumerate(self.question.labels)}

    def _label(self, text: str) -> Label | None:
        key = squeezed(text)
        found = self._known.get(key)
        if found is None and "〖" in key:
            found = self._known.get(squeezed(_REMARK.sub("", text)))
        if found is None and (whole := _WHOLE.fullmatch(key)):
            found = self._known.get(whole[1])  # a spreadsheet made 5.0 of the code 5
        return found

    def _gap(self, text: str) -> Answer | None:
        key = squeezed(text)
        if key in _BLANK or (self.coded and _CODED.get(key, "") is None):
            return UNGIVEN
        if key == _SKIPPED or (self.coded and key in _CODED):
            return NOT_ASKED
        return None

    def _joined(self, text: str) -> Answer:
        """Several labels in one cell, joined by ``┋`` or, elsewhere, by a comma or semicolon."""
        signs = re.compile(JOINT) if JOINT in text else _SIGNS
        parts = [part for part in map(str.strip, signs.split(text)) if part]
        labels = [(part, self._label(part)) for part in parts]
        texts = self.order([label.text if label else part for part, label in labels])
        known = bool(parts) and all(label for _, label in labels)
        by_code = any(label and squeezed(part) != squeezed(label.text) for part, label in labels)
        return Answer(JOINT.join(texts) or text, known, by_code)


def option_answer(label: Label, written: str, *, coded: bool) -> Answer:
    """What a cell says in the column of one option: chosen (its text), not (``""``), or a gap."""
    text = written.strip()
    key = _WHOLE.sub(r"\1", squeezed(_REMARK.sub("", text)))
    if key in _CHOSEN or key in set(spellings(label)):
        return Answer(label.text)
    if key in _NOT_CHOSEN:
        return Answer("")
    if key in _BLANK or (coded and key == "-2"):
        return UNGIVEN
    if key == _SKIPPED or (coded and key == "-3"):
        return NOT_ASKED
    free = label.code.casefold() == "other" and not is_error(text)
    return Answer(label.text) if free else Answer(text, known=False)
