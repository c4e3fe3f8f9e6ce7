"""The small tables of a case: units, money by county, staff, survey, evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from auditbook.case.money import percent_text, round_half_up
from auditbook.synthesize.amounts import Amounts
from auditbook.synthesize.answers import QUESTIONS, Answers
from auditbook.synthesize.book import Book
from auditbook.synthesize.vouched import Vouched
from auditbook.synthesize.world import LEVELS, World

Table = tuple[str, Sequence[str], Sequence[Sequence[object]]]
"""Name of a table, its titles, its rows."""

_SATISFIED = 90
_WORKERS_PER_GRID = 2
_RESIDENTS_PER_GRID = 900


def small_tables(
    book: Book, money: Amounts, answers: Sequence[Answers], vouched: Vouched
) -> Iterator[Table]:
    """Every table but the ledgers."""
    workers = _workers(book.world)
    yield _units(book.world, workers)
    yield from _money(money)
    yield _staff(book)
    yield from _sample(vouched)
    yield from _survey(answers)
    yield from _evaluation(money, answers, sum(workers.values()))


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _workers(world: World) -> dict[int, int]:
    """Grid workers below each county."""
    county = world.county()
    counts = np.bincount(county[world.payers], minlength=len(world.names)) * world.workers
    return {c: int(counts[c]) for c in world.at(1).tolist()}


def _units(world: World, workers: dict[int, int]) -> Table:
    rows: list[list[object]] = []
    for unit, name in enumerate(world.names):
        above = world.names[world.parent[unit]] if unit else ""
        counts: list[object] = ["", "", ""]
        if unit in workers:
            grids = -(-workers[unit] // _WORKERS_PER_GRID)
            counts = [grids, workers[unit], grids * _RESIDENTS_PER_GRID]
        alias = f"示例市{name}" if world.level[unit] == 1 else ""
        rows.append([name, above, LEVELS[world.level[unit]], alias, *counts])
    titles = ["单位", "上级单位", "层级", "别名", "网格数", "网格员数", "服务人口"]
    return "units", titles, rows


def _money(money: Amounts) -> Iterator[Table]:
    sums = list(zip(money.names, money.arrived, money.used, strict=True))
    total = ("合计", *money.totals[:2])
    rows = [
        [number, name, _yuan(arrived), _yuan(used), _yuan(arrived - used)]
        for number, (name, arrived, used) in enumerate([*sums, total], 1)
    ]
    rows[-1][0] = ""
    titles = ["序号", "单位", "到位资金（元）", "使用资金（元）", "结余资金（元）"]
    yield "allocation", titles, rows
    rates = [percent_text(Fraction(used, arrived)) for _, arrived, used in [*sums, total]]
    rows = [
        [number, name, arrived, balance, used, rate]
        for (number, name, arrived, used, balance), rate in zip(rows, rates, strict=True)
    ]
    rows[0][1] = f"示例市{rows[0][1]}"  # one unit under its other name
    titles = ["序号", "单位", "实际拨付资金（元）", "年末结余（元）", "实际使用资金（元）"]
    yield "use", [*titles, "资金使用率"], rows


def _staff(book: Book) -> Table:
    rows = [[name, account, book.world.names[unit]] for name, account, unit in book.payees.staff]
    return "staff", ["姓名", "账号", "单位"], rows


def _sample(vouched: Vouched) -> Iterator[Table]:
    """The payments drawn, and what their vouchers show."""
    entries = list(vouched.sample["id"])
    chosen = [[entry, "样本", "货币单元抽样", "按方案和种子抽取"] for entry in entries]
    yield "sample", ["编号", "身份", "方法", "理由"], chosen
    rows = []
    for entry, book in zip(entries, vouched.sample["amount_fen"].tolist(), strict=True):
        audited = vouched.audited.get(entry, book)
        note = "" if audited == book else _NOT_PROVED if audited == 0 else _PARTLY
        outcome = "替代程序" if entry in vouched.otherwise else "已核查"
        rows.append([entry, _yuan(book), _yuan(audited), outcome, "示例（虚构）", note])
    titles = ["编号", "账面数（元）", "核定数（元）", "结果", "核查人", "说明"]
    yield "verified_funds", titles, rows


_NOT_PROVED, _PARTLY = "凭证不能证明这笔支出", "凭证只能证明一部分"


def _survey(answers: Sequence[Answers]) -> Iterator[Table]:
    counts = [
        [one.group, one.issued * 20, one.issued, one.returned, len(one.choices), one.printed]
        for one in answers
    ]
    titles = ["对象组", "总体人数", "发放份数", "收回份数", "有效份数", "公布满意度"]
    yield "survey_counts", titles, counts
    labels = "5:很满意=5；4:满意=4；3:一般=3；2:不满意=2；1:很不满意=1"
    rows = [[code, text, "量表", labels, "正向", dimension] for code, text, dimension in QUESTIONS]
    yield "questions", ["题号", "题目", "题型", "选项", "方向", "维度"], rows
    for one in answers:
        answered = [[number, *choices] for number, choices in enumerate(one.choices.tolist(), 1)]
        yield f"answers_{one.group}", ["序号", *(code for code, _, _ in QUESTIONS)], answered


_INDICATORS = (
    ("A1", "决策", "项目立项", "立项依据充分性", 5, "扣分制", "", "", ""),
    ("A2", "决策", "绩效目标", "绩效目标明确性", 5, "扣分制", "", "", ""),
    ("B1", "过程", "资金管理", "资金到位率", 6, "比率法", "funds.arrival_rate", "%", "100"),
    ("B2", "过程", "资金管理", "预算执行率", 10, "比率法", "funds.execution_rate", "%", "100"),
    ("B3", "过程", "资金管理", "资金使用合规性", 8, "扣分制", "", "", ""),
    ("B4", "过程", "组织实施", "制度执行有效性", 6, "扣分制", "", "", ""),
    ("C1", "产出", "数量", "网格员配备", 15, "直接赋分", "funds.grid_workers.count", "人", "{n}"),
    ("C2", "产出", "质量", "补助发放及时性", 15, "扣分制", "", "", ""),
    ("D1", "效益", "满意度", "群众满意度", 15, "比率法", "survey.residents.satisfaction", "%",
     str(_SATISFIED)),
    ("D2", "效益", "满意度", "工作人员满意度", 15, "比率法", "survey.staff.satisfaction", "%",
     str(_SATISFIED)),
)  # fmt: skip
_DEDUCTIONS = (
    ("A2", 1, "部分绩效目标没有量化", "P1"),
    ("B3", 2, "部分凭证附件不全", "P2"),
    ("C2", 1.5, "个别月份补助发放偏晚", "P3"),
)
_GRADES = ((90, "优"), (80, "良"), (60, "中"), (0, "差"))


def _evaluation(money: Amounts, answers: Sequence[Answers], workers: int) -> Iterator[Table]:
    titles = ["指标代码", "一级指标", "二级指标", "三级指标", "分值", "评分规则", "依据数据",
              "计量单位", "目标值"]  # fmt: skip
    yield "indicators", titles, [[*row[:8], row[8].format(n=workers)] for row in _INDICATORS]
    rows = [[code, "扣分", points, why, problem] for code, points, why, problem in _DEDUCTIONS]
    yield "judgements", ["指标代码", "类别", "分数", "理由", "对应问题"], rows
    yield _targets(money, answers, workers)
    problems = [[p, f"{why}（合成）", code, "一"] for code, _, why, p in _DEDUCTIONS]
    yield "problems", ["问题编号", "问题", "对应指标", "出处"], problems
    advice = ("把绩效目标写成可以计算的数", "付款前核对附件", "按月发放补助")
    yield (
        "recommendations",
        ["建议编号", "建议", "对应问题", "出处"],
        [[f"R{n}", text, f"P{n}", "二"] for n, text in enumerate(advice, 1)],
    )
    yield _published(money, answers)
    titles = ["表述编号", "表述", "出处", "核对数据", "关系", "界值", "单位"]
    claims = [
        ["C1", "资金基本到位", "三", "funds.arrival_rate", "≥", "95%", ""],
        ["C2", "资金全部用完", "三", "funds.use_rate", "=", "100.00%", ""],
    ]
    yield "claims", titles, claims


def _targets(money: Amounts, answers: Sequence[Answers], workers: int) -> Table:
    rows: list[list[object]] = [
        ["T1", "配备网格员", "≥", workers, "人", workers, "一", "C1"],
        ["T2", "资金使用率", "≥", "95", "%", percent_text(money.use_rate)[:-1], "一", "B2"],
        ["T3", "群众满意度", "≥", _SATISFIED, "%", answers[0].printed[:-1], "一", "D1"],
    ]
    titles = ["目标代码", "目标", "关系", "目标值", "计量单位", "实际值", "出处", "对应指标"]
    return "targets", titles, rows


def _published(money: Amounts, answers: Sequence[Answers]) -> Table:
    """Figures that tie, and one that does not: the balance, printed 90.00 元 too high."""
    arrived, used, balance = money.totals
    total = _total(money, answers)
    grade = next(name for bound, name in _GRADES if total >= bound)
    figures = [
        ("fund.arrived", "到位资金", _yuan(arrived), "元", "三", "funds.arrived.total"),
        ("fund.used", "使用资金", _yuan(used), "元", "三", "funds.used.total"),
        ("fund.balance", "结余资金", _yuan(balance + 9000), "元", "三", "funds.balance.total"),
        ("fund.use_rate", "资金使用率", percent_text(money.use_rate), "", "三", "funds.use_rate"),
        ("score.total", "总得分", str(total), "分", "四", "scoring.total"),
        ("grade", "等级", grade, "", "四", "scoring.grade"),
    ]
    rows = [[f"F{n}", f"published.{row[0]}", *row[1:]] for n, row in enumerate(figures, 1)]
    return "published", ["数据编号", "数据键", "名称", "印出值", "单位", "出处", "核对数据"], rows


def _total(money: Amounts, answers: Sequence[Answers]) -> Decimal:
    """The score that the indicators give, each rounded to two places."""
    arrived = money.totals[0]
    rates = {
        "B1": Fraction(arrived, money.budget),
        "B2": money.use_rate,
        "D1": _printed(answers[0]) * 100 / _SATISFIED,
        "D2": _printed(answers[1]) * 100 / _SATISFIED,
    }
    lost = {code: Fraction(str(points)) for code, points, _, _ in _DEDUCTIONS}
    points = (
        Fraction(row[4]) * min(Fraction(1), rates.get(row[0], Fraction(1))) - lost.get(row[0], 0)
        for row in _INDICATORS
    )
    return sum((round_half_up(one, 2) for one in points), Decimal(0))


def _printed(answers: Answers) -> Fraction:
    """The satisfaction as far as it was printed: all that the score knows of it."""
    return Fraction(answers.printed.removesuffix("%")) / 100
