"""Charts of surveys: how answers are spread, units against the target, what matters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from auditbook.case.money import round_half_up
from auditbook.deliver.charts_base import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    WIDTH,
    Chart,
    axes_for_rows,
    nothing,
)
from auditbook.deliver.charts_names import name_points, wrapped
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import label
from auditbook.facts import records

_SATISFIED = ("#1d4f8c", "#7fb0e2")
_DISSATISFIED = ("#f2b366", "#b4560c")
_NEUTRAL = "#dde2e7"
"""Lighter than both sides, also in a grey print."""
_ENDS = {
    "positive": _SATISFIED,
    "neutral": (_NEUTRAL, _NEUTRAL),
    "negative": _DISSATISFIED,
}
_WRITTEN = 0.06
"""Share from which a segment carries its percentage."""
_NAME_COLUMNS, _NAME_LINES = 44, 4
"""Room for the name of a question beside its bar."""
_INK = "#59636e"


def answer_bars(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Answers to each question: satisfied to the right of 0, dissatisfied to the left.

    The middle of the scale lies across 0. Those without an opinion are left out.

    Parameters
    ----------
    table : DataFrame
        From ``survey.answer_rows``: question, question_text, label, side, answers_count,
        share_rate, each question from the most to the least satisfied label.
    """
    rows = table[table["share_rate"].notna() & (table["side"] != "none")]
    if rows.empty:
        return nothing(lang)
    parts = [part for _, part in rows.groupby("question", sort=False)]
    with rc_context(chart_style()):
        names = [_name(part) for part in parts]
        lines = max(name.count("\n") for name in names) + 1
        chart, axes = axes_for_rows("chart.answers", names, lang, row=max(0.4, 0.1 + 0.15 * lines))
        axes.axvline(0, color=_INK, linewidth=1, zorder=0.8)
        reach = max(_bar(axes, place, part, lang) for place, part in enumerate(parts))
        axes.set_xlim(-reach - 3, 101)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):.0f}%"))
        axes.set_xticks([x for x in range(-100, 101, 25) if -reach - 3 <= x])
        _side_legend(chart, lang)
    return chart


def _bar(axes: Axes, place: int, part: pd.DataFrame, lang: str) -> float:
    """One question's bar; how far it reaches to the left."""
    segments = records(part)
    middle = sum(float(s["share_rate"]) for s in segments if s["side"] == "neutral") / 2
    below = sum(float(s["share_rate"]) for s in segments if s["side"] == "negative")
    left = -(middle + below) * 100
    colours = _colours([str(s["side"]) for s in segments])
    at = left
    for segment, colour in zip(reversed(segments), reversed(colours), strict=True):
        width = float(segment["share_rate"]) * 100
        axes.barh(place, width, left=at, color=colour, height=0.68, edgecolor="white",
                  linewidth=0.6)  # fmt: skip
        if width >= _WRITTEN * 100:
            dark = colour in (_SATISFIED[0], _DISSATISFIED[1])
            text = f"{round_half_up(Decimal(format(width, '.9f')), 0)}"
            axes.text(at + width / 2, place, text, ha="center", va="center", fontsize=8,
                      color="white" if dark else "black")  # fmt: skip
        at += width
    n = sum(int(segment["answers_count"]) for segment in segments)
    _count(axes, place, n, lang)
    return -left


def _count(axes: Axes, place: int, n: int, lang: str) -> None:
    """How many answers a row rests on, at its right edge."""
    axes.text(1.01, place, label("chart.n", lang, n=f"{n:,}"), va="center", fontsize=8,
              transform=axes.get_yaxis_transform())  # fmt: skip


def _colours(sides: Sequence[str]) -> list[str]:
    """From the most satisfied label down: dark to light blue, grey, light to dark orange.

    A label that is alone on its side is light: it is not the end of anything.
    """
    found = []
    for number, side in enumerate(sides):
        count, place = sides.count(side), sides[:number].count(side)
        alone = 1.0 if side == "positive" else 0.0
        found.append(_between(*_ENDS[side], place / (count - 1) if count > 1 else alone))
    return found


def _between(first: str, last: str, share: float) -> str:
    """A colour on the way from one to another."""
    ends = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (first, last)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))


def _side_legend(chart: Chart, lang: str) -> None:
    signs = (
        (_SATISFIED[0], "chart.most_satisfied"),
        (_SATISFIED[1], "chart.satisfied"),
        (_NEUTRAL, "chart.neutral"),
        (_DISSATISFIED[0], "chart.dissatisfied"),
        (_DISSATISFIED[1], "chart.most_dissatisfied"),
    )
    handles = [Patch(color=colour, label=label(words, lang)) for colour, words in signs]
    chart.legend(handles=handles, loc="outside lower center", ncols=5)


def _name(part: pd.DataFrame) -> str:
    """The question's number and its wording, as far as there is room."""
    row = part.iloc[0]
    text = f"{row['question']}  {row['question_text']}"
    return "\n".join(wrapped(text, _NAME_COLUMNS, most=_NAME_LINES))


def unit_intervals(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Satisfaction of each unit with its interval, against the target.

    Red where the whole interval lies below the target, blue where none of it does.

    Parameters
    ----------
    table : DataFrame
        From ``survey.unit_bars``: unit, whole (a group as a whole), n_count, satisfaction_rate,
        lower_rate, upper_rate, target_rate.
    """
    rows = table[table["satisfaction_rate"].notna()]
    if rows.empty:
        return nothing(lang)
    with rc_context(chart_style()):
        names = [str(name) for name in rows["unit"]]
        chart, axes = axes_for_rows("chart.unit_intervals", names, lang)
        for place, row in enumerate(records(rows)):
            _interval(axes, place, row)
            _count(axes, place, int(row["n_count"]), lang)
        ends = rows[["lower_rate", "satisfaction_rate", "target_rate"]].astype("float64")
        lowest = float(ends.min().min()) * 100
        axes.set_xlim(max(0, 5 * (lowest // 5) - 5), 100.8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlabel(label("chart.rate_axis", lang))
        for tick, whole in zip(axes.get_yticklabels(), rows["whole"], strict=True):
            tick.set_fontweight("bold" if whole else "normal")
        _verdict_legend(chart, rows, lang)
    return chart


def _interval(axes: Axes, place: int, row: dict[str, Any]) -> None:
    """One row: a group as a whole is drawn bolder, on a ground of its own."""
    colour, whole = _VERDICTS[_against(row)], bool(row["whole"])
    low, high, middle, target = (
        float("nan") if row[c] is None else float(row[c]) * 100
        for c in ("lower_rate", "upper_rate", "satisfaction_rate", "target_rate")
    )
    if whole:
        axes.axhspan(place - 0.5, place + 0.5, color="#eef1f4", zorder=0)
    axes.hlines(place, low, high, color=colour, linewidth=5 if whole else 2.5, alpha=0.75)
    axes.plot([middle], [place], "D" if whole else "o", color=colour, markersize=6)
    axes.vlines(target, place - 0.5, place + 0.5, **_TARGET)


_TARGET: dict[str, Any] = {"color": ORANGE, "linewidth": 1.6, "linestyle": "--"}
_VERDICTS = {
    "chart.above_target": BLUE,
    "chart.around_target": _INK,
    "chart.below_target": RED,
    "chart.no_target": _INK,
}


def _against(row: dict[str, Any]) -> str:
    """Where the interval lies, as the key of its words."""
    if pd.isna(row["target_rate"]):
        return "chart.no_target"
    if row["upper_rate"] < row["target_rate"]:
        return "chart.below_target"
    return (
        "chart.above_target" if row["lower_rate"] >= row["target_rate"] else "chart.around_target"
    )


def _verdict_legend(chart: Chart, rows: pd.DataFrame, lang: str) -> None:
    found = {_against(row) for row in records(rows)}
    handles = [
        Line2D([], [], color=colour, linewidth=2.5, marker="o", label=label(words, lang))
        for words, colour in _VERDICTS.items()
        if words in found
    ]
    if rows["target_rate"].notna().any():
        handles.append(Line2D([], [], label=label("chart.target", lang), **_TARGET))
    chart.legend(handles=handles, loc="outside lower center", ncols=2)


def importance(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Performance against importance of each question, split at the means of each group.

    Parameters
    ----------
    table : DataFrame
        From ``survey.answer_rows``: group, group_zh, group_en, question, question_text,
        importance_number, performance_rate, quadrant.
    """
    rows = table[table["importance_number"].notna()]
    if rows.empty:
        return nothing(lang)
    parts = [part for _, part in rows.groupby("group", sort=False)]
    with rc_context(chart_style()):
        chart = Chart(figsize=(WIDTH, 0.6 + 3.9 * len(parts)), layout="constrained")
        panels = chart.subplots(len(parts), 1, squeeze=False)
        chart.suptitle(label("chart.importance", lang), x=0.01, ha="left", fontsize=11,
                       fontweight="bold")  # fmt: skip
        for axes, part in zip(panels[:, 0], parts, strict=True):
            _panel(axes, part, lang)
        chart.draw_without_rendering()  # names are put where the points come to lie
        for axes, part in zip(panels[:, 0], parts, strict=True):
            names = zip(part["question"], part[f"group_{lang}"], strict=True)
            name_points(axes, [q.removeprefix(f"{group} ") for q, group in names], *_places(part))
    return chart


def _panel(axes: Axes, part: pd.DataFrame, lang: str) -> None:
    across, up = _places(part)
    axes.set_title(str(part[f"group_{lang}"].iloc[0]), fontsize=10, fontweight="normal")
    axes.grid(color="#e6e9ec", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axvline(sum(across) / len(across), color=GREY, linewidth=1.4)
    axes.axhline(sum(up) / len(up), color=GREY, linewidth=1.4)
    colours = [RED if quadrant == "improve" else BLUE for quadrant in part["quadrant"]]
    axes.scatter(across, up, c=colours, s=34, zorder=3)
    axes.margins(0.16)
    low, high = axes.get_xlim()
    axes.set_xticks([x for x in axes.get_xticks() if low <= x <= min(high, 100)])
    corners = ((0.01, 0.97, "improve"), (0.99, 0.97, "keep"), (0.01, 0.03, "low_priority"),
               (0.99, 0.03, "excess"))  # fmt: skip
    for x, y, quadrant in corners:
        axes.text(x, y, label(f"quadrant.{quadrant}", lang), transform=axes.transAxes, fontsize=9,
                  color=_INK, ha="left" if x < 0.5 else "right",
                  va="top" if y > 0.5 else "bottom")  # fmt: skip
    axes.set_xlabel(label("chart.performance_axis", lang))
    axes.set_ylabel(label("chart.importance_axis", lang))


def _places(part: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Performance in percent, and importance."""
    return (
        [float(rate) * 100 for rate in part["performance_rate"]],
        [float(number) for number in part["importance_number"]],
    )
