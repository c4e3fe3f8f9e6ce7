"""What people read of a synthetic case: its settings, its texts, the note in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from auditbook.case.money import money_text
from auditbook.synthesize.settings import FUND, LEDGER, SAMPLING_CONFIDENCE

_CASE = """\
# 合成数据，不是真实资料：单位、人名、账号和金额都是虚构的，由 auditbook synthesize 生成。
# Synthetic: units, people, accounts and amounts are invented. 埋入的差错见 truth.csv。
project: {project}
year: {year}
title:
  zh: 示例市{year}年网格补助经费绩效评价（合成数据）
  en: "Grid subsidy of an invented city, {year} (synthetic)"
synthetic: true
evaluated_by: 示例评价组（虚构）
rule_set: 财预〔2020〕10号 项目支出绩效评价管理办法
money_unit: 元

fund:
  name: {fund}
  manager: 示例市主管部门（虚构）
  approved_budget: {budget}万元
  approved_budget_place: 一
  execution_denominator: arrived
  cut_off: {cut_off}

materiality:
  rate: 0.01
  tolerance_fen: 0
  reason: 合成案卷；以到位资金的百分之一为重大，金额必须分毫不差

scoring:
  full: 100
  places: 2
  grades:
    - {{name: 优, en: excellent, from: 90}}
    - {{name: 良, en: good, from: 80}}
    - {{name: 中, en: fair, from: 60}}
    - {{name: 差, en: poor, from: 0}}

sampling:
  frame: payments
  unit: {{zh: 付款凭证, en: payment vouchers}}
  amount: amount
  method: monetary_unit
  method_place: 二
  confidence: {confidence}
  seed: {seed}
  by: [level, purpose]
  plan:
    selection: mus_fixed_interval
    tolerable_misstatement: {tolerable}元
    expected_misstatement: {expected}元
    likelihood: poisson
    evaluation: stringer

{ledger}
surveys:
{surveys}
aliases:
  {alias}: {county}

prepared: {{by: null, on: null}}
reviewed: {{by: null, on: null}}
"""

_TEXTS = {
    "background": "合成数据，不是真实资料。示例市和它的县、乡、社区都是虚构的；市级把网格补助"
    "拨到县，县拨到乡镇，乡镇拨到社区，由社区和部分乡镇按月发放补助并购买用品。\n",
    "experience": "合成数据，不是真实资料。各县按月发放补助，拨款和收款逐笔登记。\n",
    "limitations": "合成数据，不是真实资料。结论只用于演示和检验程序，不能说明任何地方的情况。\n",
}

_README = """\
# {project}：合成数据 · synthetic

这里的案卷都是合成的，不是真实资料：单位、人名、账号、文号、金额和答卷全部虚构，由
`auditbook synthesize` 按种子生成；同一个种子每次得到同样的文件。程序的任何部分都不读 `truth.csv`，
它只供检验：每行一处埋入的差错（`error`）或看似差错的正常情形（`decoy`）。说明见
`docs/synthetic.md`。

*Nothing here is real: units, people, accounts, document numbers, amounts and answers are invented
by `auditbook synthesize` from a seed. `truth.csv` in each year lists the errors that were planted
and the near misses that are none; no part of the program reads it.*

```
{command}
```
"""


def case_yaml(
    project: str,
    year: int,
    *,
    seed: int,
    budget: int,
    cut_off: int,
    county: str,
    tolerable: int,
    expected: int,
    surveys: Iterable[str],
) -> str:
    """``case.yaml``; amounts in fen, `cut_off` in days since 1970, an entry per survey."""
    return _CASE.format(
        project=project,
        year=year,
        seed=seed,
        fund=FUND,
        budget=money_text(budget, "万元").replace(",", ""),
        cut_off=(date(1970, 1, 1) + timedelta(cut_off)).isoformat(),
        ledger=LEDGER,
        confidence=SAMPLING_CONFIDENCE,
        tolerable=tolerable // 100,
        expected=expected // 100,
        surveys="".join(surveys),
        alias=f"{county}人民政府",
        county=county,
    )


def text_files() -> dict[str, str]:
    """The texts of a case by name; each says that the case is synthetic."""
    return dict(_TEXTS)


def readme(project: str, command: str) -> str:
    """The note in a project's folder, with the command that made it."""
    return _README.format(project=project, command=command)
