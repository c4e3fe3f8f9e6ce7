"""What was measured, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rounds import Way


@dataclass(frozen=True)
class Goal:
    """A limit for a way: in times of the way ``against``, else in seconds."""

    way: str
    limit: float
    against: str = ""

    def measured(self, ways: Mapping[str, Way]) -> tuple[float, Sequence[float]]:
        """The ratio of the medians (or the median), and that of each round."""
        way = ways[self.way]
        if not self.against:
            return way.median, way.wall
        other = ways[self.against]
        by_round = [mine / its for mine, its in zip(way.wall, other.wall, strict=True)]
        return way.median / other.median, by_round

    @property
    def words(self) -> str:
        """``product ≤ 0.12 × peer``."""
        limit = f"{self.limit:g} × {self.against}" if self.against else f"{self.limit:g} s"
        return f"{self.way} ≤ {limit}"


def markdown(ways: Sequence[Way], goals: Sequence[Goal], *, memory: bool) -> str:
    """The table of ways, the table of goals, and what else must be said of the ways."""
    by_name = {way.name: way for way in ways}
    against = [by_name[name] for name in ("peer", "script") if name in by_name]
    head = ["way", "median s", "min–max", "CPU s", *(f"/ {way.name}" for way in against)]
    rows = [[*_row(way), *(_ratio(way, other) for other in against)] for way in ways]
    if memory:
        head.append("peak MiB")
        rows = [[*row, f"{way.peak_mib:.0f}"] for row, way in zip(rows, ways, strict=True)]
    parts = [_table(head, rows)]
    known = [g for g in goals if g.way in by_name and g.against in {"", *by_name}]
    if known:
        columns = ["goal", "measured", "by round", "met"]
        parts.append(_table(columns, [_goal_row(goal, by_name) for goal in known]))
    remarks = _remarks(ways)
    return "\n\n".join([*parts, *(["\n".join(remarks)] if remarks else [])])


def _row(way: Way) -> list[str]:
    spread = f"{_short(min(way.wall))}–{_short(max(way.wall))}"
    return [way.name, _short(way.median), spread, _short(statistics.median(way.cpu))]


def _ratio(way: Way, other: Way) -> str:
    return "1" if way is other else _short(way.median / other.median)


def _goal_row(goal: Goal, ways: Mapping[str, Way]) -> list[str]:
    value, by_round = goal.measured(ways)
    spread = f"{_short(min(by_round))}–{_short(max(by_round))}"
    return [goal.words, f"**{_short(value)}**", spread, "yes" if value <= goal.limit else "no"]


def _remarks(ways: Sequence[Way]) -> list[str]:
    scaled = [
        f"- {way.name}: times are {way.scale:g} × what was run." for way in ways if way.scale != 1
    ]
    left = [
        f"- {way.name}: left up to {way.left_running} processes running, which were ended."
        for way in ways
        if way.left_running
    ]
    return scaled + left


def _short(number: float) -> str:
    """Three digits or so: 38.4, 1.60, 0.089."""
    for limit, places in ((100, 0), (10, 1), (1, 2)):
        if number >= limit:
            return f"{number:.{places}f}"
    return f"{number:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))
