"""The flow of money from level to level, as bands whose widths are the amounts."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from auditbook.case.money import amount_text
from auditbook.deliver.charts_base import BLUE, GREY, ORANGE, RED, Chart, nothing
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import coded, label
from auditbook.facts import records

_DARK = "#4a5560"
_BAR, _END = 0.09, 0.46
"""Width of a level's bar, and how far the bands that leave the flow reach; levels are 1 apart."""
_LINE, _ROOM = 0.09, 0.2
"""Height of a line of words, and of the words beside a band; the tallest bar is 1."""
_LEAVING = (
    ("in_transit", "chart.flow_in_transit", RED),
    ("spent", "chart.flow_spent", BLUE),
    ("kept", "chart.flow_kept", ORANGE),
)
"""Amounts that leave the flow at a level, from above: what they are called, and their colour."""


def fund_flow(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """What each level received and where it went: passed on, spent, kept, stuck on the way.

    Parameters
    ----------
    table : DataFrame
        From ``funds.flow_by_level``: level, own_fen, received_fen, passed_on_fen, spent_fen,
        kept_fen, in_transit_fen. Levels that nothing reached are left out; amounts below zero
        are written, but have no band.
    """
    came = table["own_fen"] + table["received_fen"]
    rows = records(table.assign(came_fen=came)[(came > 0).to_numpy(dtype=bool)])
    if not rows:
        return nothing(lang)
    whole = max(int(row["came_fen"]) for row in rows)
    with rc_context(chart_style()):
        chart = Chart(figsize=(8.0, 4.4), layout="constrained")
        axes = chart.subplots()
        axes.set_title(label("chart.fund_flow", lang))
        axes.set_axis_off()
        lowest = min(
            _level(axes, place, row, whole, lang, money_unit) for place, row in enumerate(rows)
        )
        axes.set_xlim(-0.02, len(rows) - 1 + 0.98)
        axes.set_ylim(lowest - 0.04, 2.6 * _LINE)
    return chart


def _level(
    axes: Axes, place: int, row: dict[str, Any], whole: int, lang: str, money_unit: str
) -> float:
    """Draw one level, and return the lowest point that it takes."""
    height = _share(row, "came", whole)
    axes.add_patch(Rectangle((place, -height), _BAR, height, color=_DARK))
    words = label("chart.flow_received", lang, level=coded("level", row["level"], lang))
    _write(axes, place, 1.55 * _LINE, words, weight="bold")
    _write(axes, place, 0.6 * _LINE, amount_text(row["came_fen"], money_unit))
    arrives = max(0.0, _share(row, "passed_on", whole) - _share(row, "in_transit", whole))
    if arrives:
        _band(axes, place + _BAR, place + 1, (0.0, 0.0), arrives, GREY)
    if arrives > _LINE:
        amount = amount_text(row["passed_on_fen"], money_unit)
        words = f"{label('chart.flow_passed_on', lang)} {amount}"
        _write(axes, place + 1.5 * _BAR, -arrives / 2, words)
    top, end = -arrives, -arrives
    for name, title, colour in _LEAVING:
        if pd.isna(row[f"{name}_fen"]) or not row[f"{name}_fen"]:
            continue
        width = _share(row, name, whole)
        room = max(width, _ROOM)
        middle = end - 0.5 * _LINE - room / 2
        if width:
            ends = (top, middle + width / 2)
            _band(axes, place + _BAR, place + _END, ends, width, colour)
        _write(axes, place + _END + 0.02, middle + _LINE / 2, label(title, lang))
        amount = amount_text(row[f"{name}_fen"], money_unit)
        _write(axes, place + _END + 0.02, middle - _LINE / 2, amount)
        top, end = top - width, middle - room / 2
    return min(end, -height)


def _share(row: dict[str, Any], name: str, whole: int) -> float:
    """The width of a band; the tallest bar is 1."""
    fen = row[f"{name}_fen"]
    return 0.0 if pd.isna(fen) else max(0, int(fen)) / whole


def _write(axes: Axes, x: float, y: float, words: str, **style: Any) -> None:
    axes.text(x, y, words, va="center", fontsize=9, **style)


def _band(
    axes: Axes, left: float, right: float, tops: tuple[float, float], width: float, colour: str
) -> None:
    """A band of equal width from left to right; `tops` are its upper edge at either end."""
    start, end = tops
    middle = (left + right) / 2
    points = [
        (left, start), (middle, start), (middle, end), (right, end),
        (right, end - width), (middle, end - width), (middle, start - width), (left, start - width),
        (left, start),
    ]  # fmt: skip
    codes = [
        Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4,
        Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY,
    ]  # fmt: skip
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", alpha=0.75))
