"""What all charts are made of: the figure that saves the same bytes, colours, axes, legends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from auditbook.case.money import FEN_PER_UNIT
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import label

BLUE, ORANGE, GREY, RED = "#2f6db3", "#e08214", "#b8c0c8", "#b42318"
"""Told apart by people with any colour vision, and in a grey print."""

WIDTH = 8.0
"""Of every chart, in inches."""
_ROW = 0.34


class Chart(Figure):
    """A figure that always saves under the project's settings (font, fixed SVG ids)."""

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save as :meth:`matplotlib.figure.Figure.savefig` does."""
        with rc_context(chart_style()):
            engine = self.get_layout_engine()
            if engine is not None:  # once; saving would draw everything to lay it out again
                engine.execute(self)
                self.set_layout_engine(None)
            super().savefig(*args, **options)


def axes_for_rows(
    title: str, names: Sequence[str], lang: str, *, row: float = _ROW
) -> tuple[Chart, Axes]:
    """A chart with one named row for each bar, from the top down."""
    chart = Chart(figsize=(WIDTH, 1.5 + row * len(names)), layout="constrained")
    axes = chart.subplots()
    axes.set_title(label(title, lang))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e6e9ec", linewidth=0.8)
    axes.set_axisbelow(True)
    return chart, axes


def legend_below(axes: Axes) -> None:
    """Put the legend where it hides nothing."""
    axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)


def nothing(lang: str) -> Chart:
    """A chart that says that there is nothing to draw."""
    with rc_context(chart_style()):
        chart = Chart(figsize=(WIDTH, 1.0))
        chart.text(0.02, 0.5, label("chart.none", lang), va="center")
    return chart


def amount_axis(lang: str, money_unit: str) -> str:
    """What stands at an axis of amounts."""
    return label("chart.amount_axis", lang, unit=label(f"money_unit.{money_unit}", lang))


def plain_numbers(axes: Axes, *which: str) -> None:
    """Write the numbers at axes in full, 1,250,000 and not 1.25 times 1e6."""
    for name in which:
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def in_unit(fen: pd.Series[Any], money_unit: str) -> list[float]:
    """Amounts as lengths; no decision rests on them."""
    return [int(amount) / FEN_PER_UNIT[money_unit] for amount in fen]
