"""A case with one group of very many respondents, for measuring: synthetic throughout.

    python benchmarks/synthetic_survey.py some/root --forms 200000

makes ``some/root/data/many-forms/2024/`` with 30 questions (26 of a scale, one on the whole, one
of one and one of several labels, one open) and the answers of 19 units, some of them straight
lines, repeated, in a hurry, in a burst, too early, or with gaps.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT, YEAR, GROUP = "many-forms", 2024, "residents"
UNITS = [f"{name}县" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申"]
LABELS = {"很满意": 5, "满意": 4, "一般": 3, "不满意": 2, "很不满意": 1}
RATED = [f"Q{number}" for number in range(1, 27)]
OVERALL = "Q27"
START, END = "2024-11-04 08:00", "2024-11-15 18:00"
WAYS = ["电话", "网络", "窗口", "其他"]
SAID = ["路灯太少", "无", "服务态度好", "没有意见", "希望多公开", "排队太久，网络也慢", "", "好"]

SETTINGS = f"""\
project: {PROJECT}
year: {YEAR}
title: {{zh: 合成示例：二十万份问卷, en: "Synthetic example: very many forms"}}
synthetic: true
rule_set: 财预〔2020〕10号
money_unit: 万元
fund:
  name: 测试资金
  sources: [{{key: city, zh: 市级, en: city budget}}]
  approved_budget: 190.00万元
  execution_denominator: approved_budget
materiality: {{rate: 0.01, tolerance_fen: 0, reason: 合成示例}}
scoring:
  full: 100
  places: null
  grades: [{{name: 优, en: excellent, from: 90}}, {{name: 差, en: poor, from: 0}}]
sampling:
  frame: allocation
  unit: {{zh: 县, en: county}}
  amount: arrived
  method: not_stated
  confidence: 0.95
surveys:
  - group: {GROUP}
    zh: 群众
    en: residents
    selection: random
    confidence: 0.95
    low: 1
    high: 5
    satisfied: [很满意, 满意]
    basic: [一般]
    overall: {OVERALL}
    quality:
      unanswered: 0.2
      duplicates: true
      same_ip: true
      straight_lines: 15
      low_variability: 0.05
      speed: {{share: 0.3333}}
      bursts: {{most: 40, seconds: 60}}
      window: {{start: "{START}", end: "{END}"}}
      contradictions:
        - {{name: 没办过却满意, when: {{Q28: [没办过]}}, never: {{{OVERALL}: [很满意]}}}}
prepared: {{by: null, on: null}}
reviewed: {{by: null, on: null}}
"""


def make_case(root: Path, forms: int, *, seed: int = 20241104) -> Path:
    """Write the case; returns the file of answers."""
    folder = root / "data" / PROJECT / str(YEAR)
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(SETTINGS, encoding="utf-8")
    money = [f"{unit},10.00,10.00,-" for unit in UNITS]
    rows = ["单位,到位资金,使用资金,结余资金", *money, "合计,190.00,190.00,-"]
    (folder / "allocation.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    use = [f"{unit},10.00,10.00,0,100.00%" for unit in UNITS]
    rows = ["单位,实际拨付资金,实际使用资金,年末结余,资金使用率", *use]
    (folder / "use.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    _questions().to_csv(folder / "questions.csv", index=False)
    path = folder / f"answers_{GROUP}.csv"
    _answers(forms, np.random.default_rng(seed)).to_csv(path, index=False)
    return path


def _questions() -> pd.DataFrame:
    scale = "；".join(f"{label}={score}" for label, score in LABELS.items())
    rows = [(name, f"对第{name[1:]}项", "量表", scale, "正向") for name in [*RATED, OVERALL]]
    rows += [
        ("Q28", "办过吗", "单选", "办过；没办过", ""),
        ("Q29", "从哪里知道", "多选", "；".join(WAYS), ""),
        ("Q30", "还有什么要说", "开放", "", ""),
    ]
    return pd.DataFrame(rows, columns=["题号", "题目", "题型", "选项", "方向"])


def _answers(forms: int, random: np.random.Generator) -> pd.DataFrame:
    mood = random.normal(size=(forms, 1)) + random.normal(size=(forms, len(RATED) + 1))
    places = np.digitize(mood, [-0.2, 1.3, 2.1, 2.8])
    places[random.random(forms) < 0.02] = 1  # straight lines
    texts = np.array(list(LABELS), dtype=object)[places]
    texts[random.random(texts.shape) < 0.01] = ""
    texts[random.random(forms) < 0.01, 10:] = ""
    again = random.integers(1, forms, size=forms // 100)
    texts[again] = texts[again - 1]  # repeated
    minutes = random.integers(0, 11 * 24 * 60, size=forms) * 60 + random.integers(0, 60, forms)
    minutes[: forms // 200] = 3_600 + random.integers(0, 50, forms // 200)  # a burst
    minutes[-forms // 500 :] -= 12 * 24 * 60 * 60  # before the fieldwork
    moments = pd.Series(pd.Timestamp(START) + pd.to_timedelta(minutes, unit="s"))
    seconds = random.lognormal(5, 0.5, forms).astype(int) + 5
    columns = {
        "序号": np.arange(1, forms + 1),
        "提交答卷时间": moments.dt.strftime("%Y/%m/%d %H:%M:%S"),
        "所用时间": [f"{one}秒" for one in seconds.tolist()],
        "来自IP": [f"10.{a}.{b}.7" for a, b in random.integers(0, 250, (forms, 2)).tolist()],
        "单位": random.choice(np.array(UNITS, dtype=object), forms),
        **{name: texts[:, place] for place, name in enumerate([*RATED, OVERALL])},
        "Q28": random.choice(np.array(["办过", "没办过"], dtype=object), forms, p=[0.9, 0.1]),
        "Q29": random.choice(np.array([*WAYS, "电话┋网络", "网络┋窗口"], dtype=object), forms),
        "Q30": random.choice(np.array(SAID, dtype=object), forms),
    }
    return pd.DataFrame(columns)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("root", type=Path)
    parser.add_argument("--forms", type=int, default=200_000)
    chosen = parser.parse_args()
    make_case(chosen.root, chosen.forms)


if __name__ == "__main__":
    main()
