"""Names in charts: wrapped beside a bar, and beside points that lie close together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from auditbook.deliver.display import shown_width

_WORD = re.compile(r"[!-\u2e7f]{1,20}|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：？！）》”’…％%")
_SIZE = 9.0
_DOT = 4.0
_SIDES = (
    (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1),
    (1, 0.5), (-1, 0.5), (1, -0.5), (-1, -0.5), (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1),
)  # fmt: skip
_STEPS = (0.0, 12.0, 24.0, 40.0, 60.0, 85.0, 115.0, 150.0)


def wrapped(text: str, width: int, *, most: int) -> list[str]:
    """A text in lines of at most `width` columns; ``…`` where `most` lines do not hold it.

    Chinese may break after any character but before no punctuation mark, words of letters between
    them. Lines are of about one length.
    """
    lines = _lines(text, width)
    if len(lines) > most:
        kept = lines[:most]
        while shown_width(kept[-1]) > width - 2:
            kept[-1] = kept[-1][:-1]
        return [*kept[:-1], kept[-1] + "…"]
    narrower = range(width // 2, width)
    return next((n for n in (_lines(text, w) for w in narrower) if len(n) == len(lines)), lines)


def _lines(text: str, width: int) -> list[str]:
    lines = [""]
    for word in _WORD.findall(text):
        if shown_width(lines[-1] + word) <= width or word in _NEVER_FIRST:
            lines[-1] += word
        else:
            lines[-1] = lines[-1].rstrip()
            lines.append(word.lstrip())
    return lines


class _Box(NamedTuple):
    """A place on paper, in points."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.low < other.high
            and other.low < self.high
        )

    def within(self, other: _Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.low <= self.low
            and self.high <= other.high
        )


def _around(x: float, y: float, width: float, height: float) -> _Box:
    return _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def name_points(axes: Axes, names: Sequence[str], x: Sequence[float], y: Sequence[float]) -> None:
    """Write a name beside each point, over no other name, point or text of the axes.

    The layout and the limits of the axes should be final. A name that finds room only further off
    is tied to its point by a line.
    """
    scale = 72 / axes.figure.dpi
    points = [
        tuple(pair) for pair in axes.transData.transform(list(zip(x, y, strict=True))) * scale
    ]
    frame = _Box(*(edge * scale for edge in axes.get_window_extent().extents))
    dots = [_around(across, up, 2 * _DOT, 2 * _DOT) for across, up in points]
    taken = [_Box(*(e * scale for e in text.get_window_extent().extents)) for text in axes.texts]
    for name, place, (across, up) in zip(names, zip(x, y, strict=True), points, strict=True):
        spots = list(_spots(name, across, up))
        free = (
            spot
            for spot in spots
            if spot.within(frame) and not any(spot.meets(box) for box in (*dots, *taken))
        )
        box = next(free, spots[0])
        taken.append(box)
        shift = ((box.left + box.right) / 2 - across, (box.low + box.high) / 2 - up)
        near = box in spots[: len(_SIDES)]
        line = None if near else {"arrowstyle": "-", "color": "#59636e", "linewidth": 0.6}
        axes.annotate(name, place, shift, textcoords="offset points", ha="center", va="center",
                      fontsize=_SIZE, arrowprops=line)  # fmt: skip


def _spots(name: str, x: float, y: float) -> Iterator[_Box]:
    """Where the name of a point may stand, the best place first."""
    width, height = shown_width(name) * _SIZE * 0.56 + 2, _SIZE * 1.25
    for step in _STEPS:
        for right, above in _SIDES:
            yield _around(
                x + right * (_DOT + step + width / 2),
                y + above * (_DOT + step + height / 2),
                width,
                height,
            )
