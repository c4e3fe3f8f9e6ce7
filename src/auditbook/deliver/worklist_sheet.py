"""How the work list of site visits looks in Excel: A4 across, header on each page, cells locked."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from auditbook.case.grid import cell_text
from auditbook.case.list_file import LIST_SHEET, SEAL_SHEET
from auditbook.case.money import exact_text, parse_money, unit_places
from auditbook.deliver.display import shown_width
from auditbook.deliver.labels import label
from auditbook.deliver.worklist_content import ListColumn, WorkList

_AS_OF = datetime(2000, 1, 1)
_FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_GRID = {"border": 1, "border_color": "#8C959F", "text_wrap": True}
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "heading": {"font_name": "黑体", "font_size": 16, "align": "center"},
    "line": {},
    "warning": {"bold": True, "font_color": "#B42318", "align": "right"},
    "right": {"align": "right"},
    "header": _GRID | {"font_name": "黑体", "align": "center", "bg_color": "#E7EBEF"},
    "text": _GRID,
    "number": _GRID | {"align": "center"},
    "date": _GRID | {"num_format": "yyyy-mm-dd", "align": "center"},
    "total": _GRID | {"bold": True, "bg_color": "#F6F8FA"},
    "note_name": {"bold": True, "valign": "top", "text_wrap": True},
    "note": {"text_wrap": True, "valign": "top"},
}
_TO_FILL = {"locked": False, "bg_color": "#FFF8DC"}
_NARROWEST, _WIDEST = 9, 30
_WIDTHS = {"seq": 5, "voucher_date": 12, "draw": 9, "hits": 9, "audited": 15, "outcome": 11,
           "seen": 20, "examined_by": 11, "date": 13, "note": 26}  # fmt: skip
_WRONG = {
    "money": "worklist.wrong_money",
    "date": "worklist.wrong_date",
    "choice": "worklist.wrong_choice",
}
_CENTRED = ("seq", "draw", "hits")
_LINE = 14.5
_HEADER = 4  # its row, from 0


def draw(work: WorkList) -> bytes:
    """The list as a workbook of two sheets; its bytes depend on nothing but the list.

    Text goes in by ``write_string`` alone: what begins with ``=`` stays text.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": work.heading, "author": "auditbook", "created": _AS_OF})
    formats = _formats(book, work.money_unit)
    sheet = book.add_worksheet(LIST_SHEET)
    _above(sheet, work, formats)
    _header(sheet, work, formats)
    _rows(sheet, work, formats)
    _total(sheet, work, formats)
    _checked(sheet, work)
    _page(sheet, work)
    _notes(book.add_worksheet(SEAL_SHEET), work, formats)
    book.close()
    return stream.getvalue()


def _formats(book: Any, money_unit: str) -> dict[str, Any]:
    places = unit_places(money_unit)
    shown = "#,##0." + "0" * min(places, 2) + "#" * (places - 2)
    money = {"num_format": shown.rstrip("."), "align": "right"}
    described = {name: {**_FONT, **parts} for name, parts in _FORMATS.items()}
    described["money"] = described["text"] | money
    described["total_money"] = described["total"] | money
    nothing_yet = f"{money['num_format']};-{money['num_format']};"  # zero is shown as nothing
    described["total_money_empty"] = described["total_money"] | {"num_format": nothing_yet}
    for name in ("text", "date", "money"):
        described[f"{name}_empty"] = described[name] | _TO_FILL
    return {name: book.add_format(parts) for name, parts in described.items()}


def _above(sheet: Any, work: WorkList, formats: Mapping[str, Any]) -> None:
    last = len(work.columns) - 1
    sheet.merge_range(0, 0, 0, last, "", formats["heading"])
    sheet.write_string(0, 0, work.heading, formats["heading"])
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, work.subheading, formats["line"])
    if work.warning:
        sheet.write_string(1, last, work.warning, formats["warning"])
    sheet.write_string(2, 0, work.hint, formats["line"])
    sheet.write_string(3, last, work.unit_note, formats["right"])


def _header(sheet: Any, work: WorkList, formats: Mapping[str, Any]) -> None:
    sheet.set_row(_HEADER, 2 * _LINE)
    for position, column in enumerate(work.columns):
        sheet.write_string(_HEADER, position, column.title, formats["header"])
        sheet.set_column(position, position, _width(column, work))


def _width(column: ListColumn, work: WorkList) -> float:
    """Wide enough for most of what stands in a column; the rest goes on a second line."""
    if column.name in _WIDTHS:
        return _WIDTHS[column.name]
    texts = [_shown(column, row[column.name], work.money_unit) for row in work.rows]
    if column.kind == "money":
        texts.append(exact_text(_sum(work), work.money_unit))
    widest = max(map(shown_width, [column.title, *texts]))
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _shown(column: ListColumn, value: Any, money_unit: str) -> str:
    return exact_text(value, money_unit) if column.kind == "money" else str(value)


def _rows(sheet: Any, work: WorkList, formats: Mapping[str, Any]) -> None:
    widths = {column.name: _width(column, work) for column in work.columns}
    as_text = _needs_text(work)
    for number, row in enumerate(work.rows, _HEADER + 1):
        lines = 1
        for position, column in enumerate(work.columns):
            if column.empty:
                kind = "text" if column.kind == "choice" else column.kind
                sheet.write_blank(number, position, None, formats[f"{kind}_empty"])
                continue
            value = row[column.name]
            _write(sheet, (number, position), column, value, work.money_unit, formats, as_text)
            text = _shown(column, value, work.money_unit)
            lines = max(lines, math.ceil(shown_width(text) / (widths[column.name] - 1)))
        sheet.set_row(number, max(24, lines * _LINE))


def _write(
    sheet: Any,
    cell: tuple[int, int],
    column: ListColumn,
    value: Any,
    money_unit: str,
    formats: Mapping[str, Any],
    as_text: bool,
) -> None:
    if column.kind == "money" and not as_text:
        sheet.write_number(*cell, _number(value, money_unit), formats["money"])
    elif column.kind == "money":
        sheet.write_string(*cell, exact_text(value, money_unit), formats["money"])
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(*cell, value.to_pydatetime(), formats["date"])
    else:
        kind = "number" if column.name in _CENTRED else "text"
        sheet.write_string(*cell, str(value), formats[kind])


def _number(fen: int, money_unit: str) -> float:
    """The spreadsheet's number for an amount; see :func:`_needs_text` for those without one."""
    return float(exact_text(fen, money_unit).replace(",", ""))


def _needs_text(work: WorkList) -> bool:
    """Whether an amount, or their sum, has more digits than a spreadsheet keeps."""
    unit = work.money_unit
    amounts = [*(row["book"] for row in work.rows), _sum(work)]
    return any(parse_money(cell_text(_number(fen, unit)), unit) != fen for fen in amounts)


def _sum(work: WorkList) -> int:
    return sum(row["book"] for row in work.rows)


def _total(sheet: Any, work: WorkList, formats: Mapping[str, Any]) -> None:
    """合计: of amounts, rounded to the fen so that no binary noise is left in the sum."""
    number = _HEADER + 1 + len(work.rows)
    sheet.set_row(number, 24)
    for position, column in enumerate(work.columns):
        cell = (number, position)
        if column.name == "id":
            sheet.write_string(*cell, label("worklist.sum", work.lang), formats["total"])
        elif column.kind != "money":
            sheet.write_blank(*cell, None, formats["total"])
        elif column.name == "book" and _needs_text(work):
            sheet.write_string(
                *cell, exact_text(_sum(work), work.money_unit), formats["total_money"]
            )
        else:
            fen = _sum(work) if column.name == "book" else 0
            formula = _sum_formula(position, len(work.rows), unit_places(work.money_unit))
            shown = formats["total_money_empty" if column.empty else "total_money"]
            sheet.write_formula(*cell, formula, shown, _number(fen, work.money_unit))


def _sum_formula(position: int, rows: int, places: int) -> str:
    letter, first = xl_col_to_name(position), _HEADER + 2
    area = f"{letter}{first}:{letter}{first + rows - 1}"
    return f"=ROUND(SUM({area}),{places})" if rows else "=0"


def _checked(sheet: Any, work: WorkList) -> None:
    """What may be typed into the empty cells."""
    first, last = _HEADER + 1, _HEADER + len(work.rows)
    rules: dict[str, dict[str, Any]] = {
        "money": {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
        "date": {"validate": "date", "criteria": "between", "minimum": datetime(1990, 1, 1),
                 "maximum": datetime(2100, 12, 31)},
    }  # fmt: skip
    for position, column in enumerate(work.columns if work.rows else ()):
        rule = rules.get(column.kind, {})
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices)}
        if column.empty and rule:
            words = {
                "error_title": column.title,
                "error_message": label(_WRONG[column.kind], work.lang),
            }
            sheet.data_validation(first, position, last, position, rule | words)


def _page(sheet: Any, work: WorkList) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER)
    sheet.center_horizontally()
    left, right = work.footer
    pages = label("worklist.page", work.lang)
    sheet.set_footer(f"&L{left}&R{right}　{pages}")
    names = [column.name for column in work.columns]
    sheet.freeze_panes(_HEADER + 1, names.index("id") + 1)
    _lock(sheet)


def _lock(sheet: Any) -> None:
    """Locked against slips of the hand: without a password, so anybody can unlock it."""
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _notes(sheet: Any, work: WorkList, formats: Mapping[str, Any]) -> None:
    names: Sequence[str] = [name for name, _ in work.notes]
    sheet.set_column(0, 0, max(map(shown_width, names)) + 2)
    sheet.set_column(1, 1, 100)
    for number, (name, text) in enumerate(work.notes):
        sheet.write_string(number, 0, name, formats["note_name"])
        sheet.write_string(number, 1, text, formats["note"])
        sheet.set_row(number, max(1, math.ceil(shown_width(text) / 96)) * 16)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _lock(sheet)
