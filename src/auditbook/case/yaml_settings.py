"""Settings from ``case.yaml``: every problem with its line, its key and what would be right."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from auditbook.case.errors import InputError, Problem
from auditbook.case.fallback import Fallback, fallback
from auditbook.case.money import FEN_PER_UNIT
from auditbook.case.names import listed, nearest
from auditbook.case.settings import Settings
from auditbook.case.yaml_text import FILE, YamlText, read_yaml

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class SettingsFile:
    """Settings and where each of them stands.

    Attributes
    ----------
    settings : Settings
        With problems: only good for reading on, see :mod:`auditbook.case.fallback`.
    text : YamlText
    fallback : Fallback or None
        What is wrong with the settings, None when they are right.
    """

    settings: Settings
    text: YamlText
    fallback: Fallback | None = None

    def reads(self, table: str) -> bool:
        """Whether the settings that decide how a table is read are right."""
        return self.fallback is None or self.fallback.reads(table)

    def source(self, dotted: str) -> str:
        """``case.yaml:12`` for ``fund.approved_budget``."""
        parts = [int(part) if part.isdigit() else part for part in dotted.split(".")]
        return f"{FILE}:{self.text.line(tuple(parts))}"


def read_settings(folder: Path, project: str, year: int) -> tuple[SettingsFile, list[Problem]]:
    """Settings of a case and their problems, from top to bottom.

    Raises
    ------
    InputError
        The file cannot be read, or so much is wrong that no table can be read.
    """
    text = read_yaml(folder / FILE)
    elsewhere = [
        Problem(
            FILE,
            text.line((key,)),
            key,
            str(text.values[key]),
            f"与所在文件夹不符，应为 {value}",
            f"differs from the folder, should be {value}",
        )
        for key, value in (("project", project), ("year", year))
        if key in text.values and str(text.values[key]) != str(value)
    ]
    try:
        settings = Settings.model_validate(text.values)
    except ValidationError as error:
        found = [_problem(text, item) for item in _told(error)]
        known = {problem.column for problem in found}
        found += [problem for problem in elsewhere if problem.column not in known]
        found.sort(key=lambda problem: problem.row)
        patched = fallback(text.values, error.errors())
        if patched is None:
            raise InputError(found) from None
        return SettingsFile(patched.settings, text, patched), found
    return SettingsFile(settings, text), elsewhere


def _told(error: ValidationError) -> list[dict[str, Any]]:
    """The errors, without "too few items" where an item failed: pydantic counts the good ones."""
    errors: list[dict[str, Any]] = [dict(item) for item in error.errors()]
    places = [item["loc"] for item in errors]
    return [
        item
        for item in errors
        if item["type"] != "too_short"
        or not any(
            len(p) > len(item["loc"]) and p[: len(item["loc"])] == item["loc"] for p in places
        )
    ]


def _problem(text: YamlText, error: Mapping[str, Any]) -> Problem:
    path: Path_ = tuple(part for part in error["loc"] if part != "[key]")
    value = error.get("input")
    missing = error["type"] == "missing"
    shown = "" if missing or isinstance(value, dict | list | tuple) or value is None else str(value)
    shown = shown.lower() if isinstance(value, bool) else shown
    message, message_en = _wording(error, path)
    return Problem(FILE, text.line(path), dotted(path), shown, message, message_en)


def dotted(path: Path_) -> str:
    """A key with its place: ``scoring.grades[0].from``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _wording(error: Mapping[str, Any], path: Path_) -> tuple[str, str]:
    """What would be right, in Chinese and English."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "value_error":
        return _OWN.get(str(context.get("error", "")), _AMOUNT)
    if kind == "literal_error":
        expected = context["expected"].replace("'", "").replace(" or ", ", ")
        return f"应为 {expected.replace(', ', '、')} 之一", f"should be one of {expected}"
    if kind in _LIMITS and path[-1] == "confidence":
        return _CONFIDENCE
    if kind in _LIMITS:
        sign, limit = _LIMITS[kind], next(iter(context.values()))
        return f"应{sign[0]} {limit}", f"should be {sign[1]} {limit}"
    for start, wording in _KINDS.items():
        if kind.startswith(start):
            return wording
    return f"不符合要求（{error['msg']}）", str(error["msg"])


def _unknown_key(path: Path_) -> tuple[str, str]:
    known = _keys_at(path[:-1])
    near = nearest(str(path[-1]), known)
    hint, hint_en = (f"；最相近的是 {near}", f"; did you mean {near}?") if near else ("", "")
    return (
        f"没有这个键，这里可以写：{listed(known, at_most=30)}{hint}",
        f"no such key; keys here: {', '.join(known)}{hint_en}",
    )


def _keys_at(path: Path_) -> list[str]:
    """The keys that may stand at a place of the file."""
    kind: Any = Settings
    for part in path:
        fields = _fields(kind)
        kind = fields.get(str(part)) if fields else _item(kind)
    return list(_fields(kind))


def _fields(kind: Any) -> dict[str, Any]:
    """Keys of a model with the annotations of their values."""
    for inner in (kind, *get_args(kind)):  # X | None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            if inner is not kind and get_origin(kind) not in (Union, types.UnionType):
                return {}
            return {(f.alias or name): f.annotation for name, f in inner.model_fields.items()}
    return {}


def _item(annotation: Any) -> Any:
    """What a list or a mapping holds: X of ``tuple[X, ...]`` and of ``dict[str, X]``."""
    inner = get_args(annotation)
    return inner[1 if get_origin(annotation) is dict else 0] if inner else None


_AMOUNT = (
    "应为带单位的金额，例如 700.00万元",
    "should be an amount with its unit, for example 700.00万元",
)
_CONFIDENCE = (
    "应写成 0 与 1 之间的小数：0.95，不是 95",
    "should be a share between 0 and 1: 0.95, not 95",
)
_OWN = {
    "money_unit": (
        f"金额单位不认识，应为 {listed(FEN_PER_UNIT)} 之一",
        f"unknown money unit; should be one of {listed(FEN_PER_UNIT)}",
    ),
    "repeated": (
        "同一个代码出现两次；每个只能有一项",
        "the same code stands twice; each may stand once",
    ),
    "scale": (
        "量表的高端 high 应大于低端 low",
        "the scale's high end should be above its low end",
    ),
    "map_scale": (
        "分值应在这张赋分表的 low 与 high 之间",
        "scores should lie between the map's own low and high",
    ),
    "basic": (
        "同一个选项不能既在 satisfied 又在 basic 里",
        "a label cannot be in satisfied and in basic at once",
    ),
    "moment": (
        "应为“年-月-日 时:分”，例如 2018-11-05 08:00，且 end 不早于 start",
        "should be a moment such as 2018-11-05 08:00, the end not before the start",
    ),
    "evaluation": (
        "按金额抽取的样本用 stringer 或 stringer_poisson 评价；按个数抽取的用 difference 等估计法",
        "samples drawn by money take stringer or stringer_poisson, samples of items an estimate",
    ),
    "plan_method": (
        "sampling.method 应与 plan.selection 一致：random、systematic 同名，其余为 monetary_unit",
        "should go with plan.selection: random, systematic, and monetary_unit for all others",
    ),
    "plan_size": (
        "要写 tolerable_rate（可容忍偏差率）或 size：不然不知道抽多少",
        "tolerable_rate or size should be stated: else it is not known how many to draw",
    ),
    "plan_strata": (
        "按金额抽取的样本不分层（金额本身就是分层）；去掉 strata，或改用 random、systematic",
        "a sample by money has no strata, since money does their work; leave strata out, or draw "
        "by random or systematic",
    ),
    "plan_seed": (
        "有 plan 就要有 seed（随机种子）：没有它谁也不能重抽",
        "a plan needs a seed: without it nobody can draw the sample again",
    ),
    "grades_order": (
        "等级应从高到低排列，界限各不相同",
        "grades should go from the highest down, each with its own limit",
    ),
    "grades_zero": (
        "最低等级应从 0 起，使每个得分都有等级",
        "the lowest grade should start from 0 so that every score has one",
    ),
}
_LIMITS = {
    "greater_than": ("大于", "greater than"),
    "greater_than_equal": ("不小于", "at least"),
    "less_than": ("小于", "less than"),
    "less_than_equal": ("不大于", "at most"),
}
_KINDS = {
    "missing": (
        "缺少这个键；没有默认值，必须写明",
        "this key is missing; there is no default, it must be stated",
    ),
    "string_pattern_mismatch": (
        "应以小写字母开头，只含小写字母、数字和下划线（项目名用连字符）",
        "should have lower-case letters, digits and underscores (hyphens in a project name)",
    ),
    "string": ("应为文字；数字或日期请加引号", "should be text; quote a number or a date"),
    "int": ("应为整数，例如 2018", "should be a whole number, for example 2018"),
    "decimal": ("应为数，例如 0.95", "should be a number, for example 0.95"),
    "float": ("应为数，例如 0.95", "should be a number, for example 0.95"),
    "bool": ("应为 true 或 false", "should be true or false"),
    "date": ("应为日期，例如 2018-12-31", "should be a date, for example 2018-12-31"),
    "too_short": ("列出的项目太少，至少两项", "too few items; at least two"),
    "tuple": ("应为列表，每项以“- ”开头", "should be a list, each item begins with '- '"),
    "list": ("应为列表，每项以“- ”开头", "should be a list, each item begins with '- '"),
    "dict": ("应为若干“键: 值”", "should hold 'key: value' lines"),
    "model": ("应为若干“键: 值”", "should hold 'key: value' lines"),
    "none": ("应为空（null）", "should be null"),
}
