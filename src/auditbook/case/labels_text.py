"""The labels of a question as they are written in one text: ``1:很满意=5；2:满意=4；不了解=不计``.

Parts are parted by ``；`` (or a line break), the score follows the last ``=``, and the code, of
Latin letters and digits, stands before the first ``:``. Signs may be full-width or half-width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from auditbook.case.instrument import SKIPPED, Label
from auditbook.case.money import plain
from auditbook.case.names import listed, squeezed

UNANSWERED = "(空)"
"""What 问卷星 writes for an answer that was not given."""

JOINT = "┋"
"""What parts the labels of one answer to a question of several choices."""

_PARTS = re.compile(r"[；;\n]")
_CODED = re.compile(r"\s*(?P<code>[-−A-Za-z0-9_.０-９]+)\s*[:：]\s*(?P<text>.*)", re.DOTALL)
_EQUALS = re.compile(r"[=＝]")
_NO_OPINION = frozenset({"不计", "none"})
_RESERVED = frozenset({squeezed(SKIPPED), squeezed(UNANSWERED)})
_NO_SCORE = "应写分值，不计入的写 =不计：很满意=5；满意=4；不了解=不计"
_NO_SCORE_EN = "should have a score, =none for no opinion: satisfied=5; fair=3; unsure=none"


@dataclass(frozen=True)
class Doubt:
    """What is wrong with a part of the text, and what would be right."""

    part: str
    zh: str
    en: str


def parse_labels(text: str, *, scale: bool) -> tuple[tuple[Label, ...], list[Doubt]]:
    """The labels in a text and everything that is wrong with them.

    Parameters
    ----------
    text : str
    scale : bool
        Of a scale: each label has a score, and they are returned from the highest down, those of
        no opinion last; else none has one, and they are returned as written.
    """
    doubts: list[Doubt] = []
    labels: list[Label] = []
    for part in filter(str.strip, _PARTS.split(text)):
        found = _label(part.strip(), scale)
        if isinstance(found, Doubt):
            doubts.append(found)
        else:
            labels.append(found)
    doubts += _repeated(labels)
    counted = [label for label in labels if label.score is not None] if scale else labels
    if len(counted) < 2 and not doubts:
        doubts.append(
            Doubt(
                text,
                "至少要有两个选项" + ("，各有分值" if scale else "") + "：很满意=5；满意=4；…",
                f"there should be two labels{' with scores' if scale else ''} at least",
            )
        )
    if scale:
        labels.sort(key=lambda label: (label.score is None, -(label.score or 0)))
    return tuple(labels), doubts


def spellings(label: Label) -> Iterator[str]:
    """What an answer may hold for a label, as :func:`squeezed` gives it."""
    yield squeezed(label.text)
    if label.code:
        yield squeezed(label.code)


def shown(labels: tuple[Label, ...]) -> str:
    """Labels for a message: ``1:很满意、2:满意``."""
    return listed(f"{one.code}:{one.text}" if one.code else one.text for one in labels)


def _label(part: str, scale: bool) -> Label | Doubt:
    *before, last = _EQUALS.split(part)
    body = part[: len(part) - len(last) - 1] if before else part
    coded = _CODED.fullmatch(body)
    code, text = (plain(coded["code"]), coded["text"]) if coded else ("", body)
    text = text.strip()
    if not text:
        return Doubt(part, "缺少选项的文字", "a label without text")
    if squeezed(text) in _RESERVED or JOINT in text:
        return Doubt(
            part,
            f"选项不能叫 {SKIPPED}、{UNANSWERED}，也不能含有 {JOINT}：它们在答卷里另有含义",
            f"{SKIPPED}, {UNANSWERED} and {JOINT} mean something else in answers",
        )
    if not scale:
        return Label(code, text) if not before else _with_a_score(part)
    if not before:
        return Doubt(part, _NO_SCORE, _NO_SCORE_EN)
    return _scored(part, code, text, last)


def _scored(part: str, code: str, text: str, score: str) -> Label | Doubt:
    if squeezed(score) in _NO_OPINION:
        return Label(code, text, None)
    try:
        value = Decimal(plain(score).replace("−", "-"))
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        hint = f"；代码写在前面：{text}:{score.strip()}=分值" if text.isdecimal() else ""
        return Doubt(
            part,
            f"分值应为数，不计入的写“不计”{hint}",
            "a score should be a number, or none; a code goes before: 1:satisfied=5",
        )
    return Label(code, text, value)


def _with_a_score(part: str) -> Doubt:
    return Doubt(
        part,
        "只有量表题的选项有分值；代码写在前面，例如 1:男",
        "only labels of scale questions have scores; a code goes before: 1:male",
    )


def _repeated(labels: list[Label]) -> Iterator[Doubt]:
    """Labels that an answer could not be told apart by."""
    seen: dict[str, Label] = {}
    for label in labels:
        for spelling in dict.fromkeys(spellings(label)):
            other = seen.setdefault(spelling, label)
            if other is not label:
                yield Doubt(
                    label.text,
                    f"与选项 {other.text} 分不清：选项和代码不能重复（{spelling}）",
                    f"cannot be told from {other.text}: labels and codes stand once ({spelling})",
                )
                break
