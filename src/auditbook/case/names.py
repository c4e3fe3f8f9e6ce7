"""Comparing names that people wrote: titles, units, table names. Suggested, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

_SPACE = re.compile(r"\s+")
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u3000-\u9fff])\s+(?=[\u3000-\u9fff])")


def squeezed(text: str) -> str:
    """A name without what printing changes: full-width forms, spaces, capitals."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def without_brackets(text: str) -> str:
    """A squeezed name without bracket signs: ``县(市)区`` → ``县市区``."""
    return re.sub(r"[()\[\]<>{}〔〕【】]", "", squeezed(text))


def tidy(text: str) -> str:
    """A name as it should be written: no outer spaces, none between Chinese characters."""
    return _SPACE_IN_CHINESE.sub("", text.replace("\u3000", " ").strip())


def likeness(first: str, second: str) -> float:
    """How alike two names are, 0 to 1, after :func:`squeezed`."""
    return SequenceMatcher(None, squeezed(first), squeezed(second)).ratio()


def nearest(name: str, candidates: Iterable[str], *, at_least: float = 0.5) -> str:
    """The candidate most like ``name``; ``""`` when none is alike enough."""
    scored = [(likeness(name, candidate), candidate) for candidate in candidates]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= at_least else ""


def listed(names: Iterable[str], *, at_most: int = 12, of: int | None = None) -> str:
    """Names for a message, joined by ``、`` cut after ``at_most``; ``of`` is how many in all."""
    names = list(names)
    count = len(names) if of is None else of
    more = f" 等 {count} 个" if count > at_most else ""
    return "、".join(names[:at_most]) + more
