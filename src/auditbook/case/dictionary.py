"""The data dictionary ``data/README.md``, made from the schemas so that it cannot go stale."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditbook.case.columns import Kind, Title
from auditbook.case.money import FEN_PER_UNIT
from auditbook.case.root import find_root
from auditbook.case.schemas import SCHEMAS, TableSchema
from auditbook.case.workbook import LARGEST_RATIO, LARGEST_SHEET, LARGEST_UNPACKED, SMALL

FILE = "README.md"

_KINDS: dict[Kind, str] = {
    "text": "文字",
    "unit": "单位名称",
    "id": "编号",
    "list": "多个值，用、隔开",
    "money": "金额",
    "count": "整数",
    "points": "分数",
    "printed": "印出的数，原样保留",
    "date": "日期",
    "choice": "选项",
}

_INTRODUCTION = f"""# 评价案卷的数据字典 · Data dictionary of a case

<!-- 由 python -m auditbook.case.dictionary --write 生成，请勿手改。 -->

一个项目一年的资料放在 `data/<项目>/<年度>/`，称为一个案卷。项目名只用小写字母、数字和连字符。
除 `case.yaml` 外每张表都可以没有；没有的，依赖它的程序跳过并说明原因。

*One project in one year is a case: the folder `data/<project>/<year>/`. Every table but
`case.yaml` is optional; column names below are accepted in Chinese, in English or as the name in
code type.*

## 文件 · Files

| 文件 | 内容 |
|---|---|
| `case.yaml` | 设置：项目、资金、金额单位、重要性、等级界限、抽样、问卷、来源、编制人与复核人 |
| `<表名>.csv` | 一张表；UTF-8（带或不带 BOM）或 GB18030，逗号分隔 |
| `inputs.xlsx` | 也可以用工作表代替 CSV，工作表名即表名；同一张表只能有一份 |
| `verified_funds.xlsx` | 填好的核查清单（`auditbook worklist` 写出）；改过样本或账面数的不接受 |
| `adjustments.csv` | 对原始资料的改正；原件从不改动，每处改正在此留下原值、新值、人、日期和原因 |
| `texts/<名称>.md` | 由人写的文字，报告引用 |

表放在别的文件里时，在 `case.yaml` 的 `sources.<表名>` 写 `file`（和 `sheet`）；标题特别时，在
`sources.<表名>.columns` 写“印出的标题: 列名”，不用的列写“印出的标题: ignore”。

## 怎样填写 · How cells are read

- **标题**：标题行上方可以有表名和“单位：万元”等行；标题可以是一行，也可以是两行（合并单元格，
  写作“资金使用/合计”）。全角、空格和括号的差别不影响识别。不认识的标题不参加计算，列在“收到的
  资料”里；与缺少的列很相近的，作为问题提出。
- **金额**：单位依次取单元格（`40.00万元`）、标题（`到位资金（元）`）、表上方的“单位：万元”、
  `sources.<表名>.money_unit`、`case.yaml` 的 `money_unit`。认识的单位：{"、".join(FEN_PER_UNIT)}。
  可以写 `1,234.50`、全角数字、`(12.00)` 表示负数；`-`、`—`、`/`、`无` 表示零。最细到分。
- **整数**：写法同上，后面可以带个、人、份、户等量词。
- **印出的数**：原样保留，如 `83.99%`；`-` 表示没有印。Excel 里按数值存放的（如显示为 83.99% 的
  0.8399）按数值读作 `0.8399`；要保留印出的样子，请把单元格设为文本。
- **日期**：`2018-12-31`、`2018/12/31`、`2018.12.31`、`2018年12月31日`、`20181231`。
- **合计行**：单独保存，并与各行之和核对；不并入明细。小计行不接受。
- **注、说明、资料来源**行和空行单独保存，不算数据。
- **单位名称**：以 `units` 表为准，没有时以 `allocation` 表为准；别名写在 `units` 的“别名”列或
  `case.yaml` 的 `aliases`。不认识的名称作为问题提出，不作猜测。
- **选项**（`questions` 的“选项”）：用；隔开，代码在前、分值在后：`1:很满意=5；不了解=不计`；量表
  题的分值在 `case.yaml` 的 `surveys` 写的 `low` 与 `high` 之间，方向必填，从不推断。
- **答卷**：每题一列，列名为题号、题干、`3、题干`、`第3题`，或在 `sources.answers_<组>.columns` 写
  “印出的标题: 题号”；多选题的选项也可以各占一列（`3、题干(选项)`、`Q3[SQ001]`，值为 1、0）。答案是
  选项的文字或代码，多选用 ┋ 或顿号、分号隔开；都不是的，作为问题提出。空白和 `(空)` 是没有回答，
  `(跳过)` 是没有问到；问卷星按序号导出的文件里 -2、-3 同此。未用的列列在“收到的资料”里。
- Excel 的错误值（`#REF!` 等）、没有计算结果的公式、合并的金额单元格都作为问题提出。
- Excel 文件解压后不超过 {LARGEST_UNPACKED // SMALL} MB、不超过文件大小的 {LARGEST_RATIO} 倍，
  每个工作表不超过 {LARGEST_SHEET:,} 格。

## 表 · Tables

| 表名 | 中文 | English | 一行是 |
|---|---|---|---|
"""


def dictionary() -> str:
    """The whole text of ``data/README.md``."""
    rows = [
        f"| [`{_shown(schema)}`](#{name}) | {schema.zh} | {schema.en} | {schema.row} |\n"
        for name, schema in SCHEMAS.items()
    ]
    return _INTRODUCTION + "".join(rows) + "".join(map(_table, SCHEMAS.values()))


def _shown(schema: TableSchema) -> str:
    return "answers_<组>" if schema.name == "answers" else schema.name


def _table(schema: TableSchema) -> str:
    lines = [
        f'\n<a id="{schema.name}"></a>\n',
        f"### `{_shown(schema)}` {schema.zh} · {schema.en}\n",
        f"\n{schema.meaning}。一行是{schema.row}。",
        "可以有合计行。\n" if schema.totals else "\n",
        "\n| 列 | 中文标题 | English | 内容 | 必填 | 说明 |\n|---|---|---|---|---|---|\n",
    ]
    for name, title in schema.titles().items():
        lines.append(_row(schema, name, title))
    return "".join(lines)


def _row(schema: TableSchema, name: str, title: Title) -> str:
    kind = _KINDS[title.kind]
    if title.choices:
        kind = "<br>".join(_code(zh, code) for code, zh, _ in title.choices)
    required = schema.columns[name].required
    must = "是" if required and not title.blank else "列必有，可空" if required else ""
    notes = [f"{title.meaning}。" if title.meaning else ""]
    notes += ["每行各不相同。"] if title.key else []
    notes += ["可为负数。"] if title.negative else []
    notes += ["个人信息，输出时遮盖。"] if title.personal else []
    others = [t for t in title.titles if t != title.zh]
    notes += [f"也可写作：{'、'.join(others)}。"] if others else []
    shown = name.replace("_.+", "_<来源>")
    return f"| `{shown}` | {title.zh} | {title.en} | {kind} | {must} | {''.join(notes)} |\n"


def _code(zh: str, code: str) -> str:
    return f"{zh} `{code}`"


@click.command()
@click.option("--write", is_flag=True, help="Write data/README.md.")
@click.option("--check", is_flag=True, help="Exit 4 when data/README.md differs.")
@click.option("--root", type=click.Path(path_type=Path), help="Folder that holds data/.")
def main(write: bool, check: bool, root: Path | None) -> None:
    """Print the data dictionary, write it, or check that the written one is current."""
    text = dictionary()
    if not (write or check):
        click.echo(text, nl=False)
        return
    path = find_root(root) / "data" / FILE
    if write:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        click.echo(
            "data/README.md 不是最新的；请运行 python -m auditbook.case.dictionary --write",
            err=True,
        )
        sys.exit(4)


if __name__ == "__main__":
    main()
