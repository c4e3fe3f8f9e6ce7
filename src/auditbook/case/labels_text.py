"""Labels of a question as they are written: ``1:很满意=5；2:满意=4；不了解=不计``."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from auditbook.case.instrument import Label, QuestionKind
from auditbook.case.names import squeezed, tidy

_PARTS = re.compile(r"[；;\n]")
_SCORE = re.compile(r"(?P<text>.*?)\s*[=＝]\s*(?P<score>[^=＝]*)")
_CODE = re.compile(r"(?P<code>[^:：]{1,12})[:：]\s*(?P<text>.+)")
_NO_OPINION = frozenset({"不计", "none"})


class LabelsError(ValueError):
    """Labels that cannot be read; says what would be right, in Chinese and English."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(message)
        self.message, self.message_en = message, message_en


def parse_labels(text: str, kind: QuestionKind) -> tuple[Label, ...]:
    """The labels of a question; of a scale from the highest score down.

    Raises
    ------
    LabelsError
        A score is missing, no number, or where none belongs; a label or a code stands twice; a
        choice between fewer than two.
    """
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    if kind == "open":
        if parts:
            raise LabelsError("开放题没有选项，应留空", "an open question has no labels")
        return ()
    labels = [_label(part, kind) for part in parts]
    _check(labels)
    if kind == "scale":
        scored = [label for label in labels if label.score is not None]
        if len({label.score for label in scored}) < 2:
            raise LabelsError(
                "量表题至少要有两种分值，例如 很满意=5；满意=4；不满意=2",
                "a scale needs at least two scores, for example 很满意=5；满意=4",
            )
        scored.sort(key=lambda label: -(label.score or Decimal(0)))
        labels = [*scored, *(label for label in labels if label.score is None)]
    return tuple(labels)


def _label(part: str, kind: QuestionKind) -> Label:
    found = _SCORE.fullmatch(part)
    text, score = (found["text"], found["score"].strip()) if found else (part, None)
    coded = _CODE.fullmatch(text)
    code, text = (coded["code"].strip(), coded["text"]) if coded else ("", text)
    text = tidy(text)
    if not text:
        raise LabelsError(f"“{part}”没有选项文字", f"{part!r} has no label")
    if kind != "scale":
        if score is not None:
            raise LabelsError(
                f"“{part}”：只有量表题有分值；去掉等号，或把题型改为量表",
                f"{part!r}: only a scale has scores; leave it out, or make the question a scale",
            )
        return Label(code, text)
    if score is None:
        raise LabelsError(
            f"“{part}”没有分值，应为 {text}=分值；不计入分母的写 {text}=不计",
            f"{part!r} has no score; write {text}=score, or {text}=none where it is no opinion",
        )
    return Label(code, text, None if squeezed(score) in _NO_OPINION else _number(part, score))


def _number(part: str, score: str) -> Decimal:
    try:
        number = Decimal(score)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise LabelsError(
            f"“{part}”的分值不是数；应为 5 或 0.8 这样的数，或“不计”",
            f"the score of {part!r} is no number; should be such as 5 or 0.8, or none",
        )
    return number


def _check(labels: list[Label]) -> None:
    if len(labels) < 2:
        raise LabelsError("至少要有两个选项，用；隔开", "at least two labels, parted by ；")
    for name in ("text", "code"):
        values = [squeezed(getattr(label, name)) for label in labels]
        twice = [v for v in dict.fromkeys(values) if v and values.count(v) > 1]
        if twice:
            raise LabelsError(
                f"选项或代码重复：{'、'.join(twice)}", f"labels or codes twice: {', '.join(twice)}"
            )
    if 0 < sum(bool(label.code) for label in labels) < len(labels):
        raise LabelsError(
            "有的选项有代码，有的没有；要么都写，要么都不写",
            "some labels have a code and some have none; give one to all or to none",
        )
