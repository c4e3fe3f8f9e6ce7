"""Units and numbers of targets as people write them: a closed list, and what converts exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_NOUNS = (
    "工作日 百分点 小时 月 季度 学期 村 行政村 自然村 社区 县 区 县区 乡 镇 乡镇 街道 网格 项目 "
    "点 站 站点 单位 部门 标段 班 学校 岗位 企业 品种 系统 平台 示范点 网格员 家庭 家 人 户 "
    "方面 类别 批次 场次 中心 合作社 基地 活动 建制村 乡镇（街道）"
).split()
_MEASURES = (
    "% ‰ 成 人 名 位 户 家 个 件 份 篇 部 本 册 条 项 项次 次 人次 场 场次 期 班次 批 批次 例 宗 "
    "起 处 座 栋 幢 间 套 台 台套 辆 架 艘 盏 根 块 片 张 枚 只 头 羽 株 棵 组 对 双 支 桶 袋 瓶 "
    "箱 包 秒 分钟 小时 天 日 工作日 自然日 周 月 个月 季度 年 学期 元 千元 百万元 亩 公顷 "
    "亩次 米 千米 公里 里 厘米 毫米 平方米 平方公里 立方米 升 毫升 吨 千克 公斤 克 千瓦 千瓦时 度 "
    "km m m2 m3 mm cm kg g t kW kWh MW 分 村 社区 县 镇 乡 站 点 所 校 门 座次 课时 学时 人天 "
    "件次 车次 班 标段 网格 座位 床 床位 种 °C"
).split()
_BASES = sorted({*_MEASURES, *(f"个{noun}" for noun in _NOUNS)}, key=len, reverse=True)
_BASE = "|".join(map(re.escape, _BASES))
UNIT = rf"(?:[万亿]?(?:{_BASE})(?:[/·](?:{_BASE})){{0,2}})"
"""A unit: a measure word of the list, with 万 or 亿, and per one or two others (元/人·年)."""

CHINESE = "[零〇一二两三四五六七八九十百千]+"
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}

_SAME = {
    "日": "天", "自然日": "天", "个月": "月", "个工作日": "工作日", "公里": "千米", "km": "千米",
    "m": "米", "m2": "平方米", "m3": "立方米", "公斤": "千克", "kg": "千克", "t": "吨", "g": "克",
    "个小时": "小时", "个季度": "季度", "个百分点": "百分点", "kWh": "千瓦时", "kW": "千瓦",
    "个村": "村", "个社区": "社区", "个学期": "学期", "名": "人", "位": "人",
}  # fmt: skip
_SCALES = {
    "%": ("%", Fraction(1)), "‰": ("%", Fraction(1, 10)), "成": ("%", Fraction(10)),
    "千元": ("元", Fraction(1000)), "百万元": ("元", Fraction(1_000_000)),
    "秒": ("分钟", Fraction(1, 60)), "小时": ("分钟", Fraction(60)),
    "季度": ("月", Fraction(3)), "年": ("月", Fraction(12)),
    "千米": ("米", Fraction(1000)), "厘米": ("米", Fraction(1, 100)),
    "毫米": ("米", Fraction(1, 1000)), "千克": ("克", Fraction(1000)),
    "吨": ("克", Fraction(1_000_000)),
}  # fmt: skip
_LARGE = {"万": Fraction(10_000), "亿": Fraction(100_000_000)}


def measure(unit: str) -> tuple[str, Fraction]:
    """The base of a unit and how many of it one unit is: 万元 is 10,000 元, 3 季度 are 9 月.

    Only what is exact by definition converts. 天 and 工作日, 月 and 天, 人 and 户 do not; a unit
    that nobody knows is its own base.
    """
    whole, *per = re.split(r"[/·]", unit)
    factor = Fraction(1)
    if len(whole) > 1 and whole[0] in _LARGE:
        factor, whole = _LARGE[whole[0]], whole[1:]
    whole = _SAME.get(whole, whole)
    base, scale = _SCALES.get(whole, (whole, Fraction(1)))
    return "/".join([base, *(_SAME.get(part, part) for part in per)]), factor * scale


def chinese_number(text: str) -> Decimal | None:
    """两 → 2, 三十五 → 35, 一百二十 → 120, up to 9,999; None where it is no such number.

    一百五 may be 105 or 150 and is not read; nor is 二五.
    """
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in _PLACES:
            place = _PLACES[sign]
            if place >= last or (digit is None and not (sign == "十" and not total)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * place, None, place
        elif sign not in _DIGITS or digit not in (None, 0):
            return None
        else:
            digit = _DIGITS[sign]
    if total >= 100 and digit and last > 10 and "零" not in text and "〇" not in text:
        return None
    return Decimal(total + (digit or 0)) if text else None
