"""Reading one cell: text as printed in, the value that its column promises out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from auditbook.case.columns import Title
from auditbook.case.money import FEN_PER_UNIT, ZERO_SIGNS, parse_money, parse_number, plain
from auditbook.case.names import tidy
from auditbook.case.printed import parse_printed

UNCOMPUTED = "#未计算的公式"
"""Text of a spreadsheet cell whose formula was saved without a result."""

SPREADSHEET_ERRORS = frozenset(
    {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    | {"#GETTING_DATA", UNCOMPUTED}
)

SPREADSHEET_ERROR = (
    "单元格是电子表格的错误值，请改正公式或填写数值",
    "a spreadsheet error; mend the formula or write the value",
)

LIST_SIGNS = re.compile(r"[、,，;；\n]")
_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:\s+0?0:00(?::00)?)?")
_DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COUNT = re.compile(r"(.*?)\s*[个人份户件项次张名]?")
_YEARS = range(1900, 2201)

LARGEST = 10**17
"""Amounts (fen) and counts beyond this are refused: no sum of a table can then overflow."""


class CellError(ValueError):
    """A cell does not hold what its column wants; says what would be right."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(message)
        self.message = message
        self.message_en = message_en


@dataclass(frozen=True)
class CellKind:
    """How the cells of one column are read: its description and the unit that holds for it."""

    title: Title
    unit: str = ""

    def read(self, text: str) -> Any:
        """The value of a cell.

        Raises
        ------
        CellError
            With what would be right.
        """
        stripped = text.strip()
        if plain(stripped).upper() in SPREADSHEET_ERRORS:
            raise CellError(*SPREADSHEET_ERROR)
        return _READERS[self.title.kind](stripped, self)


def _text(text: str, _: CellKind) -> str:
    return text


def _unit(text: str, _: CellKind) -> str:
    return tidy(text)


def _id(text: str, _: CellKind) -> str:
    return plain(text)


def _list(text: str, _: CellKind) -> str:
    return "、".join(part for part in (tidy(p) for p in LIST_SIGNS.split(text)) if part)


def _choice(text: str, kind: CellKind) -> str:
    for choice in kind.title.choices:
        if plain(text).casefold() in {plain(word).casefold() for word in choice}:
            return choice[0]
    return text


def _money(text: str, kind: CellKind) -> int | None:
    if not text:
        _allow_blank(kind, "金额为空；没有金额请填 0 或 -", "no amount; write 0 or - for none")
        return None
    try:
        return _within_limits(parse_money(text, kind.unit))
    except CellError:
        raise
    except ValueError as error:
        if "finer" in str(error):
            raise CellError(
                f"金额细于一分；应为以{kind.unit}计、到分为止的金额",
                f"finer than one fen; should be an amount in {kind.unit}, to the fen",
            ) from None
        example = "1,234.50" if kind.unit != "分" else "1,234"
        raise CellError(
            f"应为以{kind.unit}计的金额，例如 {example}",
            f"should be an amount in {kind.unit}, for example {example}",
        ) from None


def _count(text: str, kind: CellKind) -> int | None:
    if not text:
        _allow_blank(kind, "数量为空；没有请填 0 或 -", "no number; write 0 or - for none")
        return None
    number = _number(text, "应为整数，例如 1,234", "should be a whole number, for example 1,234")
    if number != number.to_integral_value():
        raise CellError("应为整数，不带小数", "should be a whole number, without decimals")
    return _within_limits(int(number))


def _within_limits(value: int) -> int:
    if abs(value) > LARGEST:
        raise CellError("数值过大，请核对单位和位数", "too large; check its unit and digits")
    return value


def _number(text: str, message: str, message_en: str) -> Decimal:
    found = _COUNT.fullmatch(plain(text))
    try:
        return parse_number(found[1] if found else text)
    except ValueError:
        raise CellError(message, message_en) from None


def _points(text: str, kind: CellKind) -> Decimal | None:
    if not text:
        _allow_blank(kind, "分值为空；没有请填 0", "no points; write 0 for none")
        return None
    bare = plain(text).removesuffix("分").strip()
    number = _number(bare, "应为分数，例如 8.2", "should be score points, for example 8.2")
    short = number.normalize()
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1))  # type: ignore[operator]


def _printed(text: str, kind: CellKind) -> str:
    if plain(text) in ZERO_SIGNS and kind.title.blank:
        return ""
    if not text:
        return ""
    if kind.unit == "%" and not plain(text).endswith("%"):
        text += "%"
    try:
        parse_printed(text)
    except ValueError:
        raise CellError(
            "应为印出的数，例如 83.99% 或 3500", "should be a printed figure, for example 83.99%"
        ) from None
    return text


def _date(text: str, kind: CellKind) -> date | None:
    if not text:
        _allow_blank(kind, "日期为空；应如 2018-12-31", "no date; should be like 2018-12-31")
        return None
    found = _DATE.fullmatch(plain(text)) or _DATE_DIGITS.fullmatch(plain(text))
    try:
        if found and int(found[1]) in _YEARS:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise CellError("应为年月日，例如 2018-12-31", "should be a date, for example 2018-12-31")


def _allow_blank(kind: CellKind, message: str, message_en: str) -> None:
    if not kind.title.blank:
        raise CellError(message, message_en)


def effective_unit(title: Title, header_unit: str, sheet_unit: str) -> str:
    """The unit of a column: of its own title if that fits its kind, else of the sheet."""
    if title.kind == "money":
        return header_unit if header_unit in FEN_PER_UNIT else sheet_unit
    return header_unit


_READERS = {
    "text": _text,
    "unit": _unit,
    "id": _id,
    "list": _list,
    "choice": _choice,
    "money": _money,
    "count": _count,
    "points": _points,
    "printed": _printed,
    "date": _date,
}
