"""Charts of surveys: how answers are spread, units against the target, what matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from auditbook.deliver.charts_base import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    WIDTH,
    Chart,
    axes_for_rows,
    legend_below,
    nothing,
)
from auditbook.deliver.display import shown_width
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import label
from auditbook.facts import records

_SATISFIED = ("#1d4f8c", "#7fb0e2")
_DISSATISFIED = ("#f2b366", "#b4560c")
_WRITTEN = 0.06
"""Share from which a segment carries its percentage."""
_NAME = 44
"""Columns of text that the name of a question may take beside its bar."""


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
        names = [_shortened(part) for part in parts]
        chart, axes = axes_for_rows("chart.answers", names, lang, row=0.42)
        reach = max(_bar(axes, place, part, lang) for place, part in enumerate(parts))
        axes.axvline(0, color="#59636e", linewidth=1)
        axes.set_xlim(-min(105.0, reach + 8), 112)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):.0f}%"))
        axes.set_xticks([x for x in range(-100, 101, 25) if -reach - 8 <= x])
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
            axes.text(at + width / 2, place, f"{width:.0f}", ha="center", va="center", fontsize=8,
                      color="white" if dark else "black")  # fmt: skip
        at += width
    n = sum(int(segment["answers_count"]) for segment in segments)
    axes.text(110, place, label("chart.n", lang, n=f"{n:,}"), ha="right", va="center", fontsize=8)
    return -left


def _colours(sides: Sequence[str]) -> list[str]:
    """From the most satisfied label down: dark to light blue, grey, light to dark orange."""
    found: list[str] = []
    for number, side in enumerate(sides):
        count, place = sides.count(side), sides[:number].count(side)
        ends = {"positive": _SATISFIED, "negative": _DISSATISFIED, "neutral": (GREY, GREY)}[side]
        found.append(_between(*ends, place / (count - 1) if count > 1 else 0.0))
    return found


def _between(first: str, last: str, share: float) -> str:
    """A colour on the way from one to another."""
    ends = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (first, last)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))


def _side_legend(chart: Chart, lang: str) -> None:
    signs = (
        (_SATISFIED[0], "chart.most_satisfied"),
        (_SATISFIED[1], "chart.satisfied"),
        (GREY, "chart.neutral"),
        (_DISSATISFIED[0], "chart.dissatisfied"),
        (_DISSATISFIED[1], "chart.most_dissatisfied"),
    )
    handles = [Patch(color=colour, label=label(words, lang)) for colour, words in signs]
    chart.legend(handles=handles, loc="outside lower center", ncols=5)


def _shortened(part: pd.DataFrame) -> str:
    """The question's number and as much of its wording as there is room for, on two lines."""
    row = part.iloc[0]
    text, kept = str(row["question_text"]), ""
    for sign in text:
        if shown_width(kept + sign) > _NAME - 2:
            return f"{row['question']}\n{kept}…"
        kept += sign
    return f"{row['question']}\n{text}"


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
        told: set[str] = set()
        for place, row in enumerate(records(rows)):
            colour, words = _against(row)
            name: dict[str, Any] = {} if words in told else {"label": label(words, lang)}
            told.add(words)
            low, high, middle = (
                float(row[c]) * 100 for c in ("lower_rate", "upper_rate", "satisfaction_rate")
            )
            axes.hlines(place, low, high, color=colour, linewidth=5 if row["whole"] else 2.5,
                        alpha=0.75, **name)  # fmt: skip
            axes.plot([middle], [place], "D" if row["whole"] else "o", color=colour, markersize=6)
            axes.text(1.01, place, label("chart.n", lang, n=f"{int(row['n_count']):,}"),
                      transform=axes.get_yaxis_transform(), va="center", fontsize=8)  # fmt: skip
        _targets(axes, rows, lang)
        lowest = float(rows["lower_rate"].min()) * 100
        axes.set_xlim(max(0, 5 * (lowest // 5) - 5), 100.8)
        axes.set_xlabel(label("chart.rate_axis", lang))
        for tick, whole in zip(axes.get_yticklabels(), rows["whole"], strict=True):
            tick.set_fontweight("bold" if whole else "normal")
        legend_below(axes)
    return chart


def _against(row: dict[str, Any]) -> tuple[str, str]:
    target = row["target_rate"]
    if target is None or target != target:
        return "#59636e", "chart.no_target"
    if float(row["upper_rate"]) < float(target):
        return RED, "chart.below_target"
    if float(row["lower_rate"]) >= float(target):
        return BLUE, "chart.above_target"
    return "#59636e", "chart.around_target"


def _targets(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    """The target of each run of rows that share one."""
    named = False
    for place, target in enumerate(rows["target_rate"]):
        if target is None or target != target:
            continue
        name: dict[str, Any] = {} if named else {"label": label("chart.target", lang)}
        axes.vlines(float(target) * 100, place - 0.5, place + 0.5, color=ORANGE, linewidth=1.6,
                    linestyle="--", **name)  # fmt: skip
        named = True


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
        chart.suptitle(label("chart.importance", lang))
        for axes, part in zip(panels[:, 0], parts, strict=True):
            _panel(axes, part, lang)
    return chart


def _panel(axes: Axes, part: pd.DataFrame, lang: str) -> None:
    across = [float(rate) * 100 for rate in part["performance_rate"]]
    up = [float(number) for number in part["importance_number"]]
    axes.set_title(str(part[f"group_{lang}"].iloc[0]), loc="left", fontsize=10)
    axes.grid(color="#e6e9ec", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axvline(sum(across) / len(across), color=GREY, linewidth=1.4)
    axes.axhline(sum(up) / len(up), color=GREY, linewidth=1.4)
    colours = [RED if quadrant == "improve" else BLUE for quadrant in part["quadrant"]]
    axes.scatter(across, up, c=colours, s=34, zorder=3)
    axes.margins(0.16)
    corners = ((0.01, 0.97, "improve"), (0.99, 0.97, "keep"), (0.01, 0.03, "low_priority"),
               (0.99, 0.03, "excess"))  # fmt: skip
    for x, y, quadrant in corners:
        axes.text(x, y, label(f"quadrant.{quadrant}", lang), transform=axes.transAxes, fontsize=9,
                  color="#59636e", ha="left" if x < 0.5 else "right",
                  va="top" if y > 0.5 else "bottom")  # fmt: skip
    names = [str(name).rpartition(" ")[2] for name in part["question"]]
    for name, x, y, above in zip(names, across, up, _above(across, up), strict=True):
        axes.annotate(name, (x, y), (0, 7 if above else -7), textcoords="offset points",
                      ha="center", va="bottom" if above else "top", fontsize=9)  # fmt: skip
    axes.set_xlabel(label("chart.performance_axis", lang))
    axes.set_ylabel(label("chart.importance_axis", lang))


def _above(across: Sequence[float], up: Sequence[float]) -> list[bool]:
    """Whether a point's name stands above it: below where a near point lies above."""
    wide, high = (max(values) - min(values) or 1.0 for values in (across, up))
    return [
        not any(
            abs(x - other_x) < 0.1 * wide and 0 < other_y - y < 0.14 * high
            for other_x, other_y in zip(across, up, strict=True)
        )
        for x, y in zip(across, up, strict=True)
    ]
