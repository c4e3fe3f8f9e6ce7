"""A case unlike the committed one: other project, year, units, amounts, indicators, one workbook.

Synthetic; nothing in it stands for a real place.
"""

from pathlib import Path

import xlsxwriter

SETTINGS = """\
project: hill-roads
year: 2021
title: {zh: 合成示例：山区道路养护补助, en: "Synthetic example: hill road maintenance subsidy"}
synthetic: true
rule_set: 财预〔2020〕10号
money_unit: 元
fund:
  name: 道路养护补助
  sources:
    - {key: province, zh: 省级资金, en: province}
    - {key: county, zh: 县级配套, en: county}
  execution_denominator: arrived
materiality: {rate: 0.02, tolerance_fen: 0, reason: 合成示例}
scoring:
  full: 100
  places: 2
  grades:
    - {name: 甲, en: first, from: 85}
    - {name: 乙, en: second, from: 60}
    - {name: 丙, en: third, from: 0}
sampling:
  frame: allocation
  unit: {zh: 乡镇, en: township}
  amount: arrived
  method: random
  confidence: 0.9
surveys:
  - {group: drivers, zh: 驾驶员, en: drivers, selection: random, confidence: 0.9,
     instrument: 五级量表十题}
sources: {}
prepared: {by: 示例, on: 2022-03-01}
reviewed: {by: null, on: null}
"""

SHEETS: dict[str, list[list[object]]] = {
    "allocation": [
        ["山区道路养护补助分配表", "", "", "", "", "", "", ""],
        ["单位：元", "", "", "", "", "", "", ""],
        ["单位", "到位资金", "", "", "使用资金", "", "", "结余资金"],
        ["", "合计", "省级资金", "县级配套", "合计", "省级资金", "县级配套", ""],
        ["青石乡", 120000.5, 100000, 20000.5, 90000, 80000, 10000, 30000.5],
        ["白水乡", 80000, 60000, 20000, 80000, 60000, 20000, "-"],
        ["红土镇", "50,000.00", 50000, "—", 25000, 25000, 0, 25000],
        ["合计", 250000.5, 210000, 40000.5, 195000, 165000, 30000, 55000.5],
    ],
    "use": [
        ["单位", "实际拨付资金", "实际使用资金", "年末结余", "资金使用率"],
        ["青石乡", 120000.5, 90000, 30000.5, "75.00%"],
        ["红土镇", 50000, 20000, 30000, "40%"],
    ],
    "sample": [
        ["编号", "身份", "方法", "理由"],
        ["青石乡", "样本", "随机抽样", ""],
        ["红土镇", "样本", "随机抽样", ""],
    ],
    "survey_counts": [
        ["对象组", "总体人数", "发放份数", "收回份数", "有效份数", "公布满意度"],
        ["drivers", 400, 100, 80, 78, "81.5%"],
    ],
    "targets": [
        ["目标代码", "目标", "关系", "目标值", "计量单位", "实际值", "对应指标"],
        ["M1", "养护里程", "≥", "120", "公里", "118", "Y1"],
    ],
    "indicators": [
        ["指标代码", "一级指标", "二级指标", "三级指标", "分值", "评分规则", "依据数据",
         "计量单位", "目标值"],
        ["X1", "过程", "资金", "使用率", 40, "比率法", "funds.use_rate", "%", "100"],
        ["Y1", "产出", "里程", "", 60, "扣分制", "", "", ""],
    ],
    "judgements": [
        ["指标代码", "类别", "分数", "理由", "对应问题", "判断人", "日期"],
        ["Y1", "扣分", 3.5, "少养护两公里", "Q1", "示例", "2022-02-01"],
    ],
    "problems": [
        ["问题编号", "问题", "对应指标", "涉及单位"],
        ["Q1", "里程未完成", "Y1", "红土镇"],
    ],
    "recommendations": [["建议编号", "建议", "对应问题"], ["S1", "补齐里程", "Q1"]],
    "published": [
        ["数据编号", "数据键", "印出值", "单位", "出处", "核对数据"],
        ["1", "published.score.total", "87.70", "分", "第一页", "scoring.total"],
        ["2", "published.use_rate", "77.99%", "", "第二页", "funds.use_rate"],
    ],
}  # fmt: skip


def write_second_case(root: Path) -> Path:
    """Write the case into ``root/data/hill-roads/2021`` and return its folder."""
    folder = root / "data" / "hill-roads" / "2021"
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(SETTINGS, encoding="utf-8")
    book = xlsxwriter.Workbook(folder / "inputs.xlsx")
    for name, rows in SHEETS.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name == "allocation":
            sheet.merge_range(2, 1, 2, 3, "到位资金")
            sheet.merge_range(2, 4, 2, 6, "使用资金")
            sheet.merge_range(2, 7, 3, 7, "结余资金")
    book.close()
    return folder
