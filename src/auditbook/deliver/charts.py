"""Charts: each drawn from exactly the table that is shown beside it.

Every function takes a result table, the language and the money unit, and returns a
``Chart``: a matplotlib figure that is drawn and saved with the project's font and settings.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes

from auditbook.case.money import amount_text
from auditbook.deliver.charts_base import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    Chart,
    amount_axis,
    axes_for_rows,
    in_unit,
    legend_below,
    nothing,
)
from auditbook.deliver.fonts import chart_style
from auditbook.deliver.labels import coded, label
from auditbook.facts import Verdict


def unit_amounts(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """What each unit received and used.

    Parameters
    ----------
    table : DataFrame
        From ``funds.unit_rates``: unit, arrived_fen, used_fen; the 合计 row is left out.
    """
    rows = table[table["unit"] != "合计"]
    pairs = [
        (label("chart.arrived", lang), in_unit(rows["arrived_fen"], money_unit), GREY),
        (label("chart.used", lang), in_unit(rows["used_fen"], money_unit), BLUE),
    ]
    chart, _ = _paired_bars("chart.unit_amounts", list(rows["unit"]), pairs, lang, money_unit)
    return chart


def two_tables(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Money used according to two tables; where they disagree the difference is written.

    Parameters
    ----------
    table : DataFrame
        From ``funds.side_by_side``: unit, subject, left_fen, right_fen, difference_fen, verdict;
        the subject ``used`` of units that both tables name is drawn.
    """
    rows = table[(table["subject"] == "used") & (table["verdict"] != Verdict.UNDECIDED)]
    left, right = (in_unit(rows[c], money_unit) for c in ("left_fen", "right_fen"))
    pairs = [
        (label("chart.two_tables_left", lang), left, GREY),
        (label("chart.two_tables_right", lang), right, ORANGE),
    ]
    chart, axes = _paired_bars("chart.two_tables", list(rows["unit"]), pairs, lang, money_unit)
    with rc_context(chart_style()):
        for place, fen in enumerate(rows["difference_fen"]):
            if axes is not None and fen:
                words = label("chart.difference", lang, amount=amount_text(abs(fen), money_unit))
                longest = max(left[place], right[place])
                axes.annotate(words, (longest, place), (6, 0), textcoords="offset points",
                              va="center", color=RED, fontsize=9)  # fmt: skip
    return chart


def coverage(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Share of the population that was looked at, by number and by money.

    Parameters
    ----------
    table : DataFrame
        From ``sampling.coverage``: measure, sample_count, population_count, sample_fen,
        population_fen, share_rate.
    """
    rows = table[table["share_rate"].notna()]
    if rows.empty:
        return nothing(lang)
    names = [coded("measure", measure, lang) for measure in rows["measure"]]
    shares = [float(rate) * 100 for rate in rows["share_rate"]]
    with rc_context(chart_style()):
        chart, axes = axes_for_rows("chart.coverage", names, lang)
        axes.barh(range(len(names)), [100] * len(names), color=GREY, height=0.5)
        axes.barh(range(len(names)), shares, color=BLUE, height=0.5)
        for place, share in enumerate(shares):
            axes.annotate(f"{share:.2f}%", (share, place), (5, 0), textcoords="offset points",
                          va="center", fontsize=9)  # fmt: skip
        axes.set_xlim(0, 100)
        axes.set_xlabel(label("chart.share_axis", lang))
    return chart


def satisfaction(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Published satisfaction with the widest interval (thick) and the non-return bounds (thin).

    Parameters
    ----------
    table : DataFrame
        From ``survey.satisfaction``: group_zh, group_en, satisfaction_rate, lower_rate, upper_rate,
        worst_rate, best_rate.
    """
    if table.empty:
        return nothing(lang)
    percent = {c: [float(v) * 100 for v in table[c]] for c in table.columns if c.endswith("_rate")}
    places = list(range(len(table)))
    with rc_context(chart_style()):
        chart, axes = axes_for_rows(
            "chart.satisfaction", list(table[f"group_{lang}"]), lang, row=0.75
        )
        above, below = [p - 0.12 for p in places], [p + 0.14 for p in places]
        axes.hlines(above, percent["lower_rate"], percent["upper_rate"], color=BLUE,
                    linewidth=7, label=label("chart.interval", lang))  # fmt: skip
        axes.hlines(below, percent["worst_rate"], percent["best_rate"], color=ORANGE,
                    linewidth=2.5, label=label("chart.nonresponse", lang))  # fmt: skip
        axes.plot(percent["satisfaction_rate"], places, "D", color="black", markersize=5,
                  label=label("chart.estimate", lang))  # fmt: skip
        lowest = min(percent["lower_rate"] + percent["worst_rate"])
        start = int(max(0, 5 * (lowest // 5) - 5))
        axes.set_xlim(start, 100.8)
        axes.set_xticks(range(start, 101, 5 if start >= 50 else 10))
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.set_xlabel(label("chart.rate_axis", lang))
        legend_below(axes)
    return chart


def scores(table: pd.DataFrame, *, lang: str, money_unit: str) -> Chart:
    """Score rate per indicator, with points and full marks written.

    Parameters
    ----------
    table : DataFrame
        From ``scoring.chart_rows``: name, points_points, full_points, rate_rate.
    """
    if table.empty:
        return nothing(lang)
    rates = [float(rate) * 100 for rate in table["rate_rate"]]
    with rc_context(chart_style()):
        chart, axes = axes_for_rows("chart.scores", list(table["name"]), lang)
        colours = [BLUE if rate >= 100 else ORANGE for rate in rates]
        axes.barh(range(len(rates)), rates, color=colours, height=0.6)
        texts = zip(table["points_points"], table["full_points"], rates, strict=True)
        for place, (points, full, rate) in enumerate(texts):
            axes.annotate(f"{points} / {full}", (rate, place), (5, 0),
                          textcoords="offset points", va="center", fontsize=9)  # fmt: skip
        axes.set_xlim(0, 112)
        axes.set_xticks(range(0, 101, 20))
        axes.set_xlabel(label("chart.score_axis", lang))
    return chart


def _paired_bars(
    title: str,
    names: Sequence[str],
    pairs: Sequence[tuple[str, list[float], str]],
    lang: str,
    money_unit: str,
) -> tuple[Chart, Axes | None]:
    if not names:
        return nothing(lang), None
    with rc_context(chart_style()):
        chart, axes = axes_for_rows(title, names, lang, row=0.42)
        for offset, (words, amounts, colour) in zip((-0.19, 0.19), pairs, strict=True):
            places = [place + offset for place in range(len(names))]
            axes.barh(places, amounts, height=0.36, color=colour, label=words)
        axes.set_xlabel(amount_axis(lang, money_unit))
        axes.set_xlim(right=1.18 * max(max(amounts) for _, amounts, _ in pairs) or 1)
        legend_below(axes)
    return chart, axes
