"""Cells of answers, one column at a time: each distinct text is understood once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.case.instrument import SKIPPED, Question
from auditbook.case.names import squeezed

UNKNOWN = object()
"""What stands for a text that is neither a label nor a code."""

JOINT = "┋"
_NOT_ASKED = frozenset({"(跳过)", "跳过"})
_UNANSWERED = frozenset({"", "(空)"})
_CODED = {"-2": None, "-3": SKIPPED}
"""In coded exports of 问卷星; only where labels have codes."""

_SEVERAL = re.compile(r"[┋;；|\n]")
_OWN_WORDS = re.compile(r"[〖\[].*[〗\]]$", re.DOTALL)
_CHOSEN = frozenset({"1", "true", "yes", "y", "是", "选中", "√", "quoted"})
_NOT_CHOSEN = frozenset({"0", "false", "no", "n", "否", "未选中", "-", "notselected", *_UNANSWERED})
_DURATION = re.compile(
    r"(?:(?P<h>\d+)(?:小时|时|h))?(?:(?P<m>\d+)(?:分钟|分|m))?(?:(?P<s>\d+(?:\.\d+)?)(?:秒|s)?)?"
)
_MOMENTS = (
    "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%Y/%m/%d",
)  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """A column as understood.

    Attributes
    ----------
    column : Series
    wrong : list of int
        Places of the cells that could not be understood.
    """

    column: pd.Series
    wrong: list[int]


def choice(texts: Sequence[str], question: Question, *, kept: bool) -> Cells:
    """Answers to a question of a scale or a single choice, as a category of label texts.

    Parameters
    ----------
    texts : sequence of str
    question : Question
    kept : bool
        A text that is neither label nor code stays as it is; else it is missing.
    """
    understood = _reader(question)
    codes, distinct = pd.factorize(pd.Series(texts, dtype=object))
    meant = [understood(text) for text in distinct]
    wrong = _places(codes, meant)
    if kept:
        meant = [
            text.strip() if m is UNKNOWN else m for text, m in zip(distinct, meant, strict=True)
        ]
    known = [label.text for label in question.labels]
    others = [m for m in meant if isinstance(m, str) and m not in known]
    categories = pd.CategoricalDtype([*known, *dict.fromkeys(others)])
    numbers = {name: place for place, name in enumerate(categories.categories)}
    as_code = [numbers[m] if isinstance(m, str) else -1 for m in meant]
    taken = pd.Series(as_code, dtype="int64").to_numpy()[codes]
    return Cells(pd.Series(pd.Categorical.from_codes(taken, dtype=categories)), wrong)


def choices(texts: Sequence[str], question: Question) -> Cells:
    """Answers to a multiple choice written in one cell: labels joined by ``┋``."""
    understood = _reader(question)

    def several(text: str) -> Any:
        whole = understood(text)
        if whole is not UNKNOWN:
            return whole
        found = [understood(part) for part in _SEVERAL.split(text) if part.strip()]
        if UNKNOWN in found:
            return UNKNOWN
        return _joined(question, {label for label in found if isinstance(label, str)})

    return _mapped(texts, several)


def options(columns: Sequence[tuple[str, Sequence[str]]], question: Question) -> Cells:
    """Answers to a multiple choice that has a column for each option, labels joined by ``┋``.

    A form that has chosen nothing has not answered; it was not asked where all columns say so.
    """
    chosen = [_mapped(texts, _ticked) for _, texts in columns]
    ticks = pd.DataFrame({name: c.column for (name, _), c in zip(columns, chosen, strict=True)})
    keys = ticks.astype("object").agg(tuple, axis=1) if len(ticks) else pd.Series(dtype=object)
    codes, distinct = pd.factorize(keys)
    names = list(ticks.columns)
    meant: list[str | None] = []
    for row in distinct:
        labels = {name for name, tick in zip(names, row, strict=True) if tick is True}
        asked = any(tick != SKIPPED for tick in row)
        meant.append(_joined(question, labels) if labels else None if asked else SKIPPED)
    values = pd.Series(meant, dtype=object).take(codes).reset_index(drop=True)
    return Cells(values, sorted({place for cells in chosen for place in cells.wrong}))


def words(texts: Sequence[str]) -> Cells:
    """Open answers; a text is an answer whatever it says, ``None`` and ``NA`` too."""

    def own(text: str) -> str | None:
        stripped = text.strip()
        if stripped in _NOT_ASKED:
            return SKIPPED
        return None if stripped in _UNANSWERED else stripped

    return _mapped(texts, own)


def moments(texts: Sequence[str]) -> Cells:
    """Times of submission, to the microsecond; without a zone."""
    given = pd.Series([text.strip() for text in texts], dtype=object)
    left = given != ""
    values = pd.Series(pd.NaT, index=given.index, dtype="datetime64[us]")
    for form in _MOMENTS:
        if not left.any():
            break
        found = pd.to_datetime(given[left], format=form, errors="coerce")
        values.loc[found.index[found.notna()]] = found[found.notna()].astype("datetime64[us]")
        left &= values.isna()
    return Cells(values, left.to_numpy().nonzero()[0].tolist())


def durations(texts: Sequence[str]) -> Cells:
    """Seconds: ``123秒``, ``2分3秒``, ``02:03``, ``1:02:03``, ``123``."""
    return _mapped(texts, _seconds, dtype="float64")


def weights(texts: Sequence[str]) -> Cells:
    """Weights: positive numbers."""

    def number(text: str) -> Any:
        try:
            value = float(text)
        except ValueError:
            return UNKNOWN
        return value if 0 < value < float("inf") else UNKNOWN

    return _mapped(texts, number, dtype="float64")


def address(texts: Sequence[str]) -> Cells:
    """网络地址 without the place that 问卷星 may put behind it."""
    return _mapped(texts, lambda text: re.split(r"[(（\s]", text.strip(), maxsplit=1)[0] or None)


def names(texts: Sequence[str]) -> Cells:
    """Plain names; blank ones are missing."""
    return _mapped(texts, lambda text: text.strip() or None)


def _reader(question: Question) -> Callable[[str], Any]:
    known = {squeezed(label.text): label.text for label in question.labels}
    coded = {squeezed(label.code): label.text for label in question.labels if label.code}

    def understood(text: str) -> Any:
        name = squeezed(text)
        if name in known or name in coded:
            return known.get(name) or coded[name]
        if text.strip() in _UNANSWERED:
            return None
        if text.strip() in _NOT_ASKED:
            return SKIPPED
        if coded and text.strip() in _CODED:
            return _CODED[text.strip()]
        return known.get(squeezed(_OWN_WORDS.sub("", text.strip())), UNKNOWN)

    return understood


def _ticked(text: str) -> Any:
    name = squeezed(text)
    if text.strip() in _NOT_ASKED or name == "-3":
        return SKIPPED
    if name in _NOT_CHOSEN or name == "-2":
        return False
    return True if name in _CHOSEN else UNKNOWN


def _joined(question: Question, chosen: set[str]) -> str | None:
    return JOINT.join(label.text for label in question.labels if label.text in chosen) or None


def _seconds(text: str) -> Any:
    stripped = re.sub(r"\s", "", text)
    if ":" in stripped or "：" in stripped:
        parts = re.split("[:：]", stripped)
        if all(part.isdigit() for part in parts) and len(parts) <= 3:
            return float(sum(int(p) * 60**place for place, p in enumerate(reversed(parts))))
        return UNKNOWN
    found = _DURATION.fullmatch(stripped)
    if not found or not any(found.groupdict().values()):
        return UNKNOWN
    hours, minutes, seconds = (found[name] or 0 for name in ("h", "m", "s"))
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _mapped(
    texts: Sequence[str], understood: Callable[[str], Any], *, dtype: str = "object"
) -> Cells:
    """Each distinct text understood once; blank ones of numbers are missing."""
    codes, distinct = pd.factorize(pd.Series(texts, dtype=object))
    blank_is_missing = dtype != "object"
    meant = [None if blank_is_missing and not t.strip() else understood(t) for t in distinct]
    wrong = _places(codes, meant)
    values = pd.Series([None if m is UNKNOWN else m for m in meant], dtype=dtype)
    return Cells(values.take(codes).reset_index(drop=True), wrong)


def _places(codes: Any, meant: list[Any]) -> list[int]:
    """Where a text stands that was not understood."""
    unknown = [number for number, meaning in enumerate(meant) if meaning is UNKNOWN]
    if not unknown:
        return []
    places: list[int] = pd.Series(codes).isin(unknown).to_numpy().nonzero()[0].tolist()
    return places
