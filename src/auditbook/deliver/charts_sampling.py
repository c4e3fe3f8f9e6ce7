"""Charts of audit sampling: the draw, the differences, the limit, and what is believed after it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes

from auditbook.case.money import FEN_PER_UNIT
from auditbook.deliver.charts_base import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    WIDTH,
    Chart,
    amount_axis,
    axes_for_rows,
    legend_below,
    nothing,
    plain_numbers,
)
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import coded, label
from auditbook.facts import records

_HEIGHT = 4.2


def hits(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Cumulative amount of the population in the order of the draw, with the hits marked.

    Parameters
    ----------
    table : DataFrame
        From ``sampling.cumulative``: place_count (items so far), cumulative_fen, hits (of the
        item that ends there), certainty.
    """
    if table.empty:
        return nothing(lang)
    with rc_context(chart_style()):
        chart, axes = _plain("chart.hits", lang)
        sums = [fen / FEN_PER_UNIT[money_unit] for fen in table["cumulative_fen"].tolist()]
        axes.step(table["place_count"], sums, where="post", color=GREY, linewidth=1.5)
        for key, colour, words in ((False, BLUE, "chart.hit"), (True, ORANGE, "chart.key_item")):
            rows = ((table["hits"] > 0) & (table["certainty"] == key)).to_numpy(dtype=bool)
            places = table.loc[rows, "place_count"]
            heights = [height for height, here in zip(sums, rows, strict=True) if here]
            if len(places):
                axes.plot(places, heights, "o", color=colour, markersize=4,
                          label=label(words, lang, count=len(places)))  # fmt: skip
        axes.set_xlabel(label("chart.items_axis", lang))
        axes.set_ylabel(_unit(lang, money_unit))
        axes.set_ylim(bottom=0)
        plain_numbers(axes, "y")
        legend_below(axes)
    return chart


def book_audited(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Book against audited value of every examined item; those that differ are named.

    Parameters
    ----------
    table : DataFrame
        From ``sampling.results``: id, book_fen, audited_fen, difference_fen; items that were not
        examined are left out.
    """
    rows = table[table["audited_fen"].notna()]
    if rows.empty:
        return nothing(lang)
    per = FEN_PER_UNIT[money_unit]
    with rc_context(chart_style()):
        chart, axes = _plain("chart.book_audited", lang)
        largest = max(rows["book_fen"].max(), rows["audited_fen"].max()) / per
        axes.plot([0, largest], [0, largest], color=GREY, linewidth=1, zorder=1)
        for wrong, colour, words in ((False, BLUE, "chart.agrees"), (True, RED, "chart.differs")):
            part = rows[(rows["difference_fen"] != 0).to_numpy(dtype=bool) == wrong]
            if len(part):
                axes.plot([int(v) / per for v in part["book_fen"]],
                          [int(v) / per for v in part["audited_fen"]], "o", color=colour,
                          markersize=5, label=label(words, lang, count=len(part)))  # fmt: skip
        axes.set_xlabel(f"{label('chart.book_axis', lang)}（{_unit(lang, money_unit)}）")
        axes.set_ylabel(f"{label('chart.audited_axis', lang)}（{_unit(lang, money_unit)}）")
        plain_numbers(axes, "x", "y")
        legend_below(axes)
    return chart


def limits(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Most likely misstatement, its limit and what is tolerable, on one line per measure.

    Parameters
    ----------
    table : DataFrame
        From ``sampling.projection_table``: measure, most_likely_fen, limit_fen, tolerable_fen.
    """
    if table.empty:
        return nothing(lang)
    per = FEN_PER_UNIT[money_unit]
    names = [coded("measure", measure, lang) for measure in table["measure"]]
    with rc_context(chart_style()):
        chart, axes = axes_for_rows("chart.limits", names, lang, row=0.7)
        for place, row in enumerate(records(table)):
            likely, limit = int(row["most_likely_fen"]) / per, int(row["limit_fen"]) / per
            first: dict[str, Any] = {"label": label("chart.allowance", lang)} if place == 0 else {}
            axes.plot([likely, limit], [place, place], color=BLUE, linewidth=6, alpha=0.45,
                      solid_capstyle="butt", **first)  # fmt: skip
            _mark(axes, likely, place, "D", "black", "chart.most_likely", lang)
            _mark(axes, limit, place, "|", BLUE, "chart.limit", lang)
        tolerable = int(table["tolerable_fen"].iloc[0]) / per
        axes.axvline(tolerable, color=RED, linewidth=1.5, label=label("chart.tolerable", lang))
        axes.set_xlim(left=0)
        plain_numbers(axes, "x")
        axes.set_xlabel(amount_axis(lang, money_unit))
        legend_below(axes)
    return chart


def posterior(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """What is believed of the rate of error before and after the sample.

    Parameters
    ----------
    table : DataFrame
        From ``sampling.densities``: rate, prior, posterior (densities), and the same tolerable
        rate and limit in each row.
    """
    if table.empty:
        return nothing(lang)
    with rc_context(chart_style()):
        chart, axes = _plain("chart.posterior", lang)
        rates = [rate * 100 for rate in table["rate"].tolist()]
        axes.plot(rates, table["prior"], "--", color=GREY, linewidth=2,
                  label=label("chart.prior", lang))  # fmt: skip
        axes.plot(rates, table["posterior"], color=BLUE, linewidth=2,
                  label=label("chart.after", lang))  # fmt: skip
        for column, colour, words in (("limit", BLUE, "chart.limit"),
                                      ("tolerable", RED, "chart.tolerable")):  # fmt: skip
            style = ":" if column == "limit" else "-"
            axes.axvline(float(table[column].iloc[0]) * 100, color=colour, linestyle=style,
                         linewidth=1.5, label=label(words, lang))  # fmt: skip
        axes.set_xlabel(label("chart.error_rate_axis", lang))
        axes.set_yticks([])
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        legend_below(axes)
    return chart


def _mark(axes: Axes, x: float, y: int, sign: str, colour: str, words: str, lang: str) -> None:
    name: dict[str, Any] = {"label": label(words, lang)} if y == 0 else {}
    axes.plot([x], [y], sign, color=colour, markersize=6 if sign == "D" else 16,
              markeredgewidth=2, zorder=3, clip_on=False, **name)  # fmt: skip


def _plain(title: str, lang: str) -> tuple[Chart, Axes]:
    chart = Chart(figsize=(WIDTH, _HEIGHT), layout="constrained")
    axes = chart.subplots()
    axes.set_title(label(title, lang))
    axes.grid(color="#e6e9ec", linewidth=0.8)
    axes.set_axisbelow(True)
    return chart, axes


def _unit(lang: str, money_unit: str) -> str:
    return label(f"money_unit.{money_unit}", lang)
