"""Open answers of a synthetic survey: invented, some with a name and a number to be masked."""

from __future__ import annotations

import numpy as np

_WHERE = {
    "residents": ("", "三号楼", "五号楼", "菜市场旁边", "学校门口", "老小区", "新建小区", "村口"),
    "staff": ("", "村里", "社区里", "乡里"),
}
_WHAT = {
    "residents": (
        "路灯坏了，反映几次没有人修",
        "垃圾清运不及时，夏天气味大",
        "电动车乱停乱放，希望加强管理",
        "楼道里的杂物没有人清理",
        "晚上希望多安排巡逻",
        "停车位不够，希望想想办法",
        "卫生比以前好多了",
        "下水道堵了，催了几次才处理",
    ),
    "staff": (
        "网格员太少，希望增加人手",
        "办公用品旧了，希望更换",
        "夜间巡逻的照明不够",
        "信号不好，上报经常失败",
    ),
}
_WHOLE = {
    "residents": (
        "希望网格员多上门走走",
        "处理问题要有回复",
        "老人不会用手机，希望有人上门帮忙",
        "办事很快，态度也好",
        "上门的时间能不能放在周末",
        "反映的问题不要推来推去",
    ),
    "staff": (
        "补助希望按月发放",
        "培训多讲实际案例",
        "部门之间要有人牵头协调",
        "考核指标太多，填表占用时间",
        "上报的事项希望有反馈",
        "希望给网格员买保险",
    ),
}
_NONE = ("无", "没有", "暂无")
_BLANK, _SAYS_NONE, _PERSONAL = 0.45, 0.12, 4
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈", ("示例", "虚构", "样例", "拟名")
_PHONE = 15400000000
"""Numbers that begin with 154 are given to nobody."""

KEYWORDS = {
    "residents": {
        "处理回复": ("处理", "反映", "回复", "催"),
        "走访": ("上门", "走走"),
        "环境卫生": ("垃圾", "卫生", "杂物", "下水道"),
        "治安": ("巡逻", "电动车"),
        "设施": ("路灯", "停车"),
    },
    "staff": {
        "补助": ("补助", "保险"),
        "人手": ("人手", "增加"),
        "培训考核": ("培训", "考核", "填表"),
        "协调反馈": ("协调", "反馈", "部门"),
        "设备": ("办公用品", "照明", "信号"),
    },
}
"""Topic → words that stand for it."""


def wishes(group: str, count: int, rng: np.random.Generator) -> list[str]:
    """So many open answers, blank ones among them; a few hold a name and a telephone number."""
    places = _WHERE[group]
    kinds, where = rng.random(count), rng.integers(0, len(places), count).tolist()
    what, whole = _WHAT[group], _WHOLE[group]
    which = rng.integers(0, len(what) + len(whole), count).tolist()
    none = rng.integers(0, len(_NONE), count).tolist()
    found = []
    for i in range(count):
        if kinds[i] < _BLANK:
            found.append("")
        elif kinds[i] < _BLANK + _SAYS_NONE:
            found.append(_NONE[none[i]])
        elif which[i] < len(what):
            found.append(places[where[i]] + what[which[i]])
        else:
            found.append(whole[which[i] - len(what)])
    for i in rng.permutation(count)[:_PERSONAL].tolist():
        found[i] = f"{what[which[i] % len(what)]}，我叫{_name(rng)}，请回电话 {_phone(rng)}"
    return found


def another(wish: str, group: str) -> str:
    """An open answer that says something else."""
    return next(text for text in _WHOLE[group] if text != wish)


def _name(rng: np.random.Generator) -> str:
    surname, given = rng.integers(len(_SURNAMES)), rng.integers(len(_GIVEN))
    return _SURNAMES[surname] + _GIVEN[given]


def _phone(rng: np.random.Generator) -> str:
    return str(_PHONE + int(rng.integers(10_000)))
