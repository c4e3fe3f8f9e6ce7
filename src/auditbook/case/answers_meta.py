"""What a form says of itself: when it came, how long it took, from where, and what it weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from auditbook.case.money import plain

_HOURS = r"(?:(?P<h>\d+)(?:小时|时|hours?|hrs?|h))?"
_MINUTES = r"(?:(?P<m>\d+)(?:分钟|分|minutes?|mins?|m))?"
_SECONDS = r"(?:(?P<s>\d+(?:\.\d+)?)(?:秒钟?|seconds?|secs?|s)?)?"
_WORDS = re.compile(_HOURS + _MINUTES + _SECONDS, re.IGNORECASE)
_CLOCK = re.compile(r"(?:(?P<h>\d+):)?(?P<m>\d+):(?P<s>[0-5]?\d(?:\.\d+)?)")
_PLACE = re.compile(r"\s*[(（].*[)）]\s*$", re.DOTALL)
_MOMENT = re.compile(
    r"(?P<day>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)"
    r"(?:[T\s]*(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?"
)

UNREADABLE = {
    "submitted": (
        "应为年月日和时刻，例如 2018-11-05 08:30:00；年份写四位，写在最前面",
        "should be a moment such as 2018-11-05 08:30:00, the year first, in four digits",
    ),
    "seconds": (
        "应为用时，例如 123秒、2分3秒、1小时2分3秒、2:03 或秒数 123",
        "should be a duration such as 123 (seconds), 2分3秒 or 2:03",
    ),
    "weight": (
        "权重应为大于 0 的数，例如 1.25",
        "a weight should be a number above 0, for example 1.25",
    ),
}
"""What should stand in a cell of these columns."""


def moments(texts: Sequence[str]) -> tuple[pd.Series[Any], list[bool]]:
    """Moments (datetime64[us]) that some texts state, and which of them cannot be read."""
    found = [_MOMENT.fullmatch(plain(text)) for text in texts]
    days = [re.sub(r"[/.年月]", "-", m["day"]).rstrip("日") if m else None for m in found]
    times = [m["time"] or "0:00:00" if m else "" for m in found]
    full = [
        f"{day} {time}{':00' if time.count(':') == 1 else ''}" if day else None
        for day, time in zip(days, times, strict=True)
    ]
    values = pd.to_datetime(
        pd.Series(full, dtype="object"), format="%Y-%m-%d %H:%M:%S", errors="coerce"
    ).astype("datetime64[us]")
    wrong = [bool(text.strip()) and bad for text, bad in zip(texts, values.isna(), strict=True)]
    return values, wrong


def durations(texts: Sequence[str]) -> tuple[np.ndarray[Any, Any], list[bool]]:
    """Seconds that some texts state, and which of them cannot be read."""
    values = [_seconds(text) for text in texts]
    wrong = [
        bool(text.strip()) and value is None for text, value in zip(texts, values, strict=True)
    ]
    return np.array([np.nan if v is None else v for v in values], dtype="float64"), wrong


def weights(texts: Sequence[str]) -> tuple[np.ndarray[Any, Any], list[bool]]:
    """Weights that some texts state, and which of them are no positive number; one missing too."""
    values = [_positive(text) for text in texts]
    found = np.array([np.nan if v is None else v for v in values], dtype="float64")
    return found, [value is None for value in values]


def address(text: str) -> str | None:
    """The address in a cell that may name the place too: ``1.2.3.4(江苏-苏州)``."""
    return _PLACE.sub("", text).strip() or None


def _seconds(text: str) -> float | None:
    bare = "".join(plain(text).split())
    found = _CLOCK.fullmatch(bare) or _WORDS.fullmatch(bare)
    if not bare or found is None:
        return None
    return 3600 * float(found["h"] or 0) + 60 * float(found["m"] or 0) + float(found["s"] or 0)


def _positive(text: str) -> float | None:
    try:
        value = Decimal(plain(text))
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() and value > 0 else None
