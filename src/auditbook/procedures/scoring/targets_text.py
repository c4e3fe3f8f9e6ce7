"""Targets as people write them (指标值): what can be read for certain, and the text of the rest.

Half of the cells of real forms say 不适用 or nothing, and ≥, ≧, 达到, 以上 and a bare number stand
for one meaning; 不超过 contains 超过. A target that has two readings has none here: its text is
kept, its operator is None, and its reason says why.

以上, 以下 and 以内 include the number, 超过 and 不满 do not (民法典 第1259条); that 12月31日前
includes the day is custom, no rule found.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from auditbook.case.money import plain
from auditbook.procedures.scoring.targets_units import CHINESE, UNIT, chinese_number, measure

Operator = Literal["ge", "gt", "le", "lt", "eq", "bare", "between"]
Reason = Literal["", "empty", "words", "no_year", "ambiguous", "conflict", "order"]


@dataclass(frozen=True)
class TargetText:
    """A target, read.

    Attributes
    ----------
    text : str
        As written.
    operator : Operator or None
        ``bare`` is a number without a relation (``2栋``): whether more or less would do is not
        said. ``between`` is a range with both ends. None: the text could not be read.
    value : Decimal, date or None
        None for a range. A rate stays as it is written: 90 with the unit ``%``.
    unit : str
        As written, or the one that was declared for the cell; empty where there is none.
    low, high : Decimal or None
        Ends of a range.
    reason : Reason
        Why it could not be read: ``empty`` (nothing, 不适用), ``words`` (no number that stands
        alone), ``no_year`` (a day without a year), ``ambiguous`` (two readings: 2018年12月前),
        ``conflict`` (超过…以下), ``order`` (a range from high to low).
    """

    text: str
    operator: Operator | None
    value: Decimal | date | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    reason: Reason = ""


def parse_target(text: str, *, unit: str = "", year: int | None = None) -> TargetText:
    """Read a target; what is not certain is left as text.

    ``不低于95%`` is ge 95 %, ``30天以内`` le 30 天, ``2栋`` bare 2 栋, ``80%-90%`` a range,
    ``12月底前`` with `year` 2018 le 2018-12-31; ``有所提高`` has the operator None.

    Parameters
    ----------
    text : str
    unit : str
        The unit that the form declares (计量单位): it holds where the text has none, and is
        understood in the text.
    year : int, optional
        The year of days that are written without one.
    """
    marks = _marks(text)
    if marks is None:
        return TargetText(text, None, reason="words")
    if marks in _EMPTY:
        return TargetText(text, None, reason="empty")
    return (
        _day(text, marks, year)
        or _range(text, marks, plain(unit))
        or _number(text, marks, plain(unit))
        or TargetText(text, None, reason="ambiguous" if _PERIOD.fullmatch(marks) else "words")
    )


def target_text(target: TargetText) -> str:
    """A target in one spelling: ``≥95%``, ``≤30天``, ``80%~90%``, ``2018年12月31日前``.

    Reading it again, with the same unit declared, gives the same target. Of a target that could
    not be read it is the text itself.
    """
    if target.operator is None:
        return target.text
    if target.operator == "between":
        return f"{target.low:f}{target.unit}~{target.high:f}{target.unit}"
    if isinstance(target.value, date):
        day = f"{target.value.year}年{target.value.month}月{target.value.day}日"
        return f"{day}前" if target.operator == "le" else _SIGNS[target.operator] + day
    return f"{_SIGNS[target.operator]}{target.value:f}{target.unit}"


_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "bare": ""}
_EMPTY = frozenset("|-|--|—|——|–|/|\\|无|不适用|N/A|n/a|NA|不涉及|未设定|未设置|待定".split("|"))

_WORDS_BEFORE: Mapping[Operator, str] = {
    "ge": "≥ 大于等于 大于或等于 高于或等于 不低于 不少于 不小于 不得低于 不得少于 不早于 "
    "至少 达到 达",
    "le": "≤ 小于等于 小于或等于 低于或等于 不高于 不大于 不多于 不超过 不得超过 不得高于 不超 "
    "未超过 不晚于 不迟于 至多 最多",
    "gt": "> 大于 高于 多于 超过 晚于",
    "lt": "< 小于 低于 少于 不满 早于",
    "eq": "= 等于",
    "bare": "完成 实现 控制在 共 共计 合计",
}
_BEFORE: Mapping[str, Operator] = {
    word: operator for operator, words in _WORDS_BEFORE.items() for word in words.split()
}
_AFTER: Mapping[str, Operator] = {
    "以上": "ge", "及以上": "ge", "或以上": "ge", "以下": "le", "及以下": "le", "以内": "le",
    "之内": "le", "内": "le",
}  # fmt: skip
_BARE: frozenset[Operator] = frozenset({"bare"})

_FIGURE = r"-?(?:[1-9]\d{0,2}(?:,\d{3})+|(?:0|[1-9]\d{0,14}))(?:\.\d{1,6})?"
_RANGE_SIGN = "(?:-|--|~|—|——|–|至|到)"
_CHANGE = re.compile(
    "提高|提升|上升|增长|增加|下降|降低|减少|同比|环比|较|比上年|除|若|如|或|和(?!谐)|(?<!参)与|及(?![时格])|、"
)
_SUBJECT = (
    r"(?:(?P<subject>[一-鿿]{0,10}(?:率|度|数|量|额|比例|占比|成本|面积|时间|时限|时长|得分)):?)?"
)
_PERIOD = re.compile(
    r"\d{4}年?度?|\d{4}年\d{1,2}月(?:份|底|末|前)?|\d{1,2}月(?:份|底|末|前)?|全年|年底|年末"
    r"|第?[一二三四1-4]季度(?:前|末|内)?|\d{1,2}(?:号|日)前?|\d{4}-\d{4}年?|\d{1,2}-\d{1,2}月"
)
_INCLUDED = re.compile(r"\((?P<word>不?(?:包)?含)[^()]*\)")
_PERCENT_WORDS = re.compile(rf"(?P<of>[百千])分之(?P<number>{CHINESE}|\d+(?:\.\d+)?)")


def _marks(text: str) -> str | None:
    """The text in one set of signs and without spaces; None where that would change a number."""
    if re.search(r"\d[⁰¹²³⁴-⁹]", text):
        return None
    marks = re.sub("[。;]+$", "", plain(text))
    if re.search(r"\d\s+\d", marks):
        return None
    marks = re.sub(r"\s+", "", marks).replace("−", "-").replace("〜", "~")
    for sign, spellings in {"≥": ("≧", "⩾", ">=", "=>"), "≤": ("≦", "⩽", "<=", "=<")}.items():
        for spelling in spellings:
            marks = marks.replace(spelling, sign)
    found = _PERCENT_WORDS.search(marks)
    if found:
        number = found["number"] if found["number"][0].isdigit() else _words(found["number"])
        marks = marks.replace(found[0], f"{number}{'%' if found['of'] == '百' else '‰'}", 1)
    return marks


def _words(number: str) -> str:
    value = chinese_number(number)
    return number if value is None else f"{value:f}"


def _number(text: str, marks: str, unit: str) -> TargetText | None:
    """One number with what stands before and after it."""
    included = _INCLUDED.search(marks)
    if included:
        marks = marks.replace(included[0], "", 1)
    before = "|".join(sorted(map(re.escape, _BEFORE), key=len, reverse=True))
    found = re.fullmatch(
        rf"{_SUBJECT}(?P<before>{before})?(?P<number>{_FIGURE}|{CHINESE}|半)"
        rf"(?P<unit>{_unit(unit)})?(?P<after>{'|'.join(_AFTER)})?",
        marks,
    )
    if not found or _CHANGE.search(found["subject"] or ""):
        return None
    value = _value(found["number"], found["unit"] or "")
    operator = _joined(found["before"], found["after"], included["word"] if included else "")
    if operator is None:
        return TargetText(text, None, reason="conflict")
    stated = operator != "bare"
    if value is None or (value < 0 and not stated):
        return None
    if _looks_like_a_day(value, found["unit"] or unit, stated, unit):
        return TargetText(text, None, reason="ambiguous")
    return TargetText(text, operator, value, found["unit"] or unit)


def _range(text: str, marks: str, unit: str) -> TargetText | None:
    """Two numbers, the first with its unit or with that of the second."""
    units = _unit(unit)
    found = re.fullmatch(
        rf"{_SUBJECT}(?:控制在|在)?(?P<low>{_FIGURE})(?P<first>{units})?{_RANGE_SIGN}"
        rf"(?P<high>{_FIGURE})(?P<unit>{units})?(?:之间)?",
        marks,
    )
    if not found or _CHANGE.search(found["subject"] or "") or found["low"].startswith("-"):
        return None
    low, high = (Decimal(found[end].replace(",", "")) for end in ("low", "high"))
    its = found["unit"] or unit
    if found["first"] and found["first"] != its:
        return None
    if any(_looks_like_a_day(end, its, False, unit) for end in (low, high)):
        return TargetText(text, None, reason="ambiguous")
    if low >= high:
        return TargetText(text, None, reason="order")
    return TargetText(text, "between", None, its, low, high)


def _unit(declared: str) -> str:
    return f"{re.escape(declared)}|{UNIT}" if declared else UNIT


def _value(number: str, unit: str) -> Decimal | None:
    """The number; words count only before a unit with which they have one meaning."""
    if number[0].isdigit() or number[0] == "-":
        return Decimal(number.replace(",", ""))
    if number == "半":
        return Decimal("0.5") if unit in ("小时", "个小时", "年", "个月", "天", "日") else None
    if unit in ("", "分", "点", "起", "度", "季度", "月", "日"):  # 十分, 一点, 一起, 二月
        return Decimal(0) if (number, unit) == ("零", "起") else None
    return chinese_number(number)


def _joined(before: str | None, after: str | None, included: str) -> Operator | None:
    """The relation of the words around a number; None where they contradict each other."""
    operators = {_BEFORE.get(before or "", "bare"), _AFTER.get(after or "", "bare")} - _BARE
    if len(operators) > 1:
        return None
    operator: Operator = next(iter(operators), "bare")
    if not included:
        return operator
    if operator not in ("ge", "le"):
        return None
    strict: dict[str, Operator] = {"ge": "gt", "le": "lt"}
    return strict[operator] if included.startswith("不") else operator


def _looks_like_a_day(value: Decimal, unit: str, stated: bool, declared: str) -> bool:
    """Whether a number may be a year, a month or a day instead of so many of them."""
    calendar_year = value == value.to_integral_value() and 1900 <= value < 2100
    if declared and measure(unit) == measure(declared):
        return unit == "年" and calendar_year
    if unit == "年":
        return calendar_year or (not stated and value >= 10)
    if unit in ("月", "季度"):
        return True
    return not stated and (unit == "日" or (not unit and calendar_year))


_DAY_AFTER: Mapping[str, Operator] = {"之前": "le", "以前": "le", "前": "le"}
_DAY_BEFORE = {word: op for word, op in _BEFORE.items() if word[-1] in "≥≤><=于"}
_DAY = re.compile(
    rf"(?P<before>{'|'.join(sorted(map(re.escape, _DAY_BEFORE), key=len, reverse=True))}|于|在)?"
    r"(?:"
    r"(?P<y1>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m1>\d{1,2})(?P=sep)(?P<d1>\d{1,2})"
    r"|(?:(?P<y2>(?:19|20)\d\d)年|当年|本年|今年)?(?P<m2>\d{1,2})月"
    r"(?:(?P<d2>\d{1,2})[日号]|(?P<end2>底|末))"
    r"|(?:(?P<y3>(?:19|20)\d\d)|当|本|今)?(?P<end3>年底|年末)"
    r")"
    rf"(?P<after>{'|'.join(_DAY_AFTER)})?(?:全部)?(?:完成|完工|竣工|建成|验收|投入使用)?"
)


def _day(text: str, marks: str, year: int | None) -> TargetText | None:
    """A day with what stands before and after it; the end of a month or year is its last day."""
    found = _DAY.fullmatch(marks)
    if not found:
        return None
    before = _DAY_BEFORE.get(found["before"] or "", "bare")
    operators = {before, _DAY_AFTER.get(found["after"] or "", "bare")} - _BARE
    if len(operators) > 1:
        return TargetText(text, None, reason="conflict")
    operator: Operator = next(iter(operators), "bare")
    ends = found["end2"] or found["end3"]
    if ends and operator == "bare":
        return TargetText(text, None, reason="ambiguous")
    written = found["y1"] or found["y2"] or found["y3"] or year
    if written is None:
        return TargetText(text, None, reason="no_year")
    month = int(found["m1"] or found["m2"] or 12)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(int(written), month)[1]
    number = int(found["d1"] or found["d2"] or last)
    if not 1 <= number <= last:
        return None
    return TargetText(text, operator, date(int(written), month, number))
