"""How a kept table, list of figures or list of findings looks in a notebook and on a page."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import money_text, percent_text
from auditbook.deliver.labels import coded, column_title, label, labels, wording
from auditbook.deliver.values import figure_text
from auditbook.facts import Figure, Finding, records
from auditbook.workpaper import Recorded

ROWS_SHOWN = 60
NOT_THERE = "—"
NUMBERS = ("_fen", "_rate", "_points", "_count", "_number")
SOURCES = ("source_row", "source", "left_source", "right_source", "figure_source", "frame_source",
           "score_source", "sha256")  # fmt: skip
WORDS_WITH_COLOUR = ("verdict", "severity")

STYLE = (
    ".ab-table table{border-collapse:collapse;font-size:13px;line-height:1.5}"
    ".ab-table caption{text-align:left;font-weight:600;padding:0 0 4px;caption-side:top}"
    ".ab-table .ab-unit{font-weight:400;color:#59636e;margin-left:1em}"
    ".ab-table th,.ab-table td{padding:3px 9px;border-bottom:1px solid #d1d9e0;text-align:left;"
    "vertical-align:top;white-space:normal}"
    ".ab-table thead th{border-bottom:2px solid #59636e;background:#f6f8fa;white-space:nowrap}"
    ".ab-table .ab-n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".ab-table .ab-d{white-space:nowrap}"
    ".ab-table .ab-s{color:#59636e;font-size:11px;word-break:break-all}"
    ".ab-table .ab-differs,.ab-table .ab-high{color:#b42318;font-weight:600}"
    ".ab-table .ab-undecided,.ab-table .ab-medium{color:#9a5b00}"
    ".ab-table .ab-low{color:#475467}"
    ".ab-table .ab-ties{color:#116329}"
    ".ab-table tr.ab-total td{font-weight:600;border-top:2px solid #59636e}"
    ".ab-table p{margin:2px 0 0;color:#59636e}"
)


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown: its text and its class."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Shown:
    """A table ready to be displayed: HTML for people, aligned text for terminals and diffs.

    Attributes
    ----------
    name : str
        ``01.3_identities``; the table's id on a page is ``t-`` and this name.
    caption, unit_note, below : str
        Title, money unit if any amount is shown, and a line under the table.
    titles : list of Cell
    rows : list of (row id, row class, cells)
    """

    name: str
    caption: str
    unit_note: str
    below: str
    titles: Sequence[Cell]
    rows: Sequence[tuple[str, str, Sequence[Cell]]]

    def _repr_html_(self) -> str:
        head = "".join(f'<th class="{c.kind}">{html.escape(c.text)}</th>' for c in self.titles)
        body = "".join(_html_row(*row) for row in self.rows)
        unit = (
            f'<span class="ab-unit">{html.escape(self.unit_note)}</span>' if self.unit_note else ""
        )
        below = f"<p>{html.escape(self.below)}</p>" if self.below else ""
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>" if self.rows else ""
        return (
            f'<div class="ab-table" id="t-{self.name}"><style>{STYLE}</style><table>'
            f"<caption>{html.escape(self.caption)}{unit}</caption>{table}</table>{below}</div>"
        )

    def __repr__(self) -> str:
        heading = "  ".join(part for part in (self.caption, self.unit_note) if part)
        lines = [[c.text for c in self.titles], *([c.text for c in row[2]] for row in self.rows)]
        table = _aligned(lines, [c.kind == "ab-n" for c in self.titles]) if self.rows else []
        return "\n".join([heading, *table, *([self.below] if self.below else [])])


def show(recorded: Recorded) -> Shown:
    """Make what a working paper kept ready for display.

    Amounts are shown in the money unit of the case, rates as percentages, codes in words, and
    what is missing as ``—``; sources stand last and small. More than 60 rows are cut after 50,
    and the line below says where the rest is.

    Parameters
    ----------
    recorded : Recorded
        From ``paper.table``, ``paper.figures``, ``paper.findings``, ``paper.save``.
    """
    if recorded.kind == "findings":
        titles, rows = _findings(recorded)
    elif recorded.kind == "figures":
        titles, rows = _figures(recorded)
    else:
        titles, rows = _table(recorded)
    lang, total = recorded.lang, len(rows)
    below = "" if total else label(f"show.none_{recorded.kind}", lang)
    if total > ROWS_SHOWN:
        rows = rows[: ROWS_SHOWN - 10]
        file = f"tables/{recorded.name}.csv"
        below = label("show.more", lang, more=total - len(rows), file=file)
    if recorded.synthetic:
        below = "　".join(part for part in (below, label("show.synthetic", lang)) if part)
    money = any(str(column).endswith("_fen") for column in recorded.frame.columns)
    unit = label("show.unit", lang, unit=_unit_name(recorded)) if money and total else ""
    return Shown(recorded.name, caption(recorded), unit, below, titles, rows)


def caption(recorded: Recorded) -> str:
    """``01.3 表内勾稽``: number and title of a table."""
    number, _, topic = recorded.name.partition("_")
    if recorded.kind in ("findings", "figures", "saved"):
        return f"{number} {label(f'show.{recorded.kind}', recorded.lang)}"
    return f"{number} {label(f'caption.{topic}', recorded.lang)}"


def cell_text(column: str, value: Any, *, lang: str, money_unit: str) -> str:
    """One value of a result table as people read it, by the suffix of its column."""
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return NOT_THERE if column.endswith(NUMBERS) else ""
    if column.endswith("_fen"):
        return money_text(int(value), money_unit)
    if column.endswith("_rate"):
        return percent_text(value if isinstance(value, Fraction) else float(value))
    if column.endswith("_count"):
        return f"{int(value):,}"
    if column.endswith("_number"):
        return _number(float(value), chance=column.startswith("p_"))
    if isinstance(value, Decimal):
        return format(value, "f")
    if column == "sha256":
        return f"{value[:12]}…"
    if column == "detail":
        return _detail(str(value), lang)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return coded(column, str(value), lang)


def _number(value: float, *, chance: bool) -> str:
    """Three decimals; a p-value that would be 0.000 as what it is below."""
    return "<0.001" if chance and value < 0.0005 else f"{value:.3f}"


def _detail(text: str, lang: str) -> str:
    """``missing=8;questions=11`` in words; what has none stays as it is."""
    parts = []
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        known = bool(equals) and f"detail.{name}" in labels()
        parts.append(f"{label(f'detail.{name}', lang)} {value}" if known else part)
    return ("；" if lang == "zh" else "; ").join(parts) if len(parts) > 1 else parts[0]


def _table(recorded: Recorded) -> tuple[list[Cell], list[tuple[str, str, list[Cell]]]]:
    lang = recorded.lang
    names = _columns(recorded.frame, lang)
    titles = [Cell(column_title(name, lang), _kind(name)) for name in names]
    rows = []
    for record in records(recorded.frame):
        cells = [
            Cell(
                cell_text(name, record[name], lang=lang, money_unit=recorded.money_unit),
                _kind(name, record[name]),
            )
            for name in names
        ]
        total = "ab-total" if "合计" in (record.get("unit"), record.get("level1")) else ""
        rows.append(("", total, cells))
    return titles, rows


def _findings(recorded: Recorded) -> tuple[list[Cell], list[tuple[str, str, list[Cell]]]]:
    lang = recorded.lang
    names = ["code", "severity", "wording", "verdict", "expected_source", "actual_source"]
    titles = [Cell(label(f"column.finding_{name}", lang), _kind(name)) for name in names]
    rows = []
    for record in records(recorded.frame):
        finding = Finding(**record)
        cells = [
            Cell(finding.code),
            Cell(coded("severity", finding.severity, lang), f"ab-{finding.severity}"),
            Cell(wording(finding, lang)),
            Cell(coded("verdict", finding.verdict, lang), f"ab-{finding.verdict}"),
            Cell(finding.expected_source, "ab-s"),
            Cell(finding.actual_source, "ab-s"),
        ]
        rows.append((finding.code, "", cells))
    return titles, rows


def _figures(recorded: Recorded) -> tuple[list[Cell], list[tuple[str, str, list[Cell]]]]:
    lang = recorded.lang
    names = ["key", "value", "formula", "source"]
    titles = [
        Cell(
            label(f"column.figure_{name}", lang), {"value": "ab-n", "source": "ab-s"}.get(name, "")
        )
        for name in names
    ]
    rows = []
    for record in records(recorded.frame):
        figure = Figure(**(record | {"source": (record["source"],)}))
        value = figure_text(figure, money_unit=recorded.money_unit, lang=lang)
        cells = [
            Cell(figure.key),
            Cell(value, "ab-n"),
            Cell(figure.formula_in(lang)),
            Cell(record["source"], "ab-s"),
        ]
        rows.append((f"k-{figure.key}", "", cells))
    return titles, rows


def _columns(frame: pd.DataFrame, lang: str) -> list[str]:
    """Sources last; of columns in two languages the one that is read; empty notes left out."""
    other = "_en" if lang == "zh" else "_zh"
    names = [str(n) for n in frame.columns if not str(n).endswith(other) and n not in _HIDDEN]
    names = [
        n
        for n in names
        if n not in _QUIET
        or any(
            v not in (None, "", 0) and v == v
            for v in frame[n].astype(object).tolist()
            if v is not pd.NA
        )
    ]
    return sorted(names, key=lambda name: name in SOURCES)


_HIDDEN = ("notebook", "group")
"""Columns for later steps, not for people."""

_QUIET = ("note", "seq", "level3", "level4", "reason", "cause", "state", "factor", "ignored",
          "budget_fen", "valid_count", "valid_rate", "problems", "adjusted")  # fmt: skip
"""Columns that are left out where no row fills them."""


def _kind(name: str, value: Any = None) -> str:
    if name.endswith(NUMBERS):
        return "ab-n"
    if name in SOURCES or name in ("expected_source", "actual_source"):
        return "ab-s"
    if isinstance(value, pd.Timestamp):
        return "ab-d"
    if name in WORDS_WITH_COLOUR and value is not None:
        return f"ab-{value}"
    return ""


def _unit_name(recorded: Recorded) -> str:
    key = f"money_unit.{recorded.money_unit}"
    return label(key, recorded.lang) if key in labels() else recorded.money_unit


def _html_row(identity: str, kind: str, cells: Sequence[Cell]) -> str:
    attributes = (f' id="{html.escape(identity)}"' if identity else "") + (
        f' class="{kind}"' if kind else ""
    )
    inside = "".join(
        f'<td class="{c.kind}">{html.escape(c.text)}</td>'
        if c.kind
        else f"<td>{html.escape(c.text)}</td>"
        for c in cells
    )
    return f"<tr{attributes}>{inside}</tr>"


def _aligned(lines: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    widths = [max(shown_width(line[i]) for line in lines) for i in range(len(right))]
    return [
        "  ".join(
            " " * (width - shown_width(text)) + text
            if to_right
            else text + " " * (width - shown_width(text))
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    ]


def shown_width(text: str) -> int:
    """Columns that a text takes where letters are of one width: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
