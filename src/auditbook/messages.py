"""What the command line says, in Chinese and English."""

from __future__ import annotations

_MESSAGES = {
    "checked": (
        "{case}：没有发现问题（{tables} 张表，{rows} 行）",
        "{case}: no problems found ({tables} tables, {rows} rows)",
    ),
    "of_case": ("{case}：", "{case}: "),
    "progress": ("{name}　{seconds:.1f} 秒", "{name}  {seconds:.1f} s"),
    "refused": (
        "底稿 {notebook} 不能运行，未生成任何结果：{why}",
        "notebook {notebook} cannot be run, nothing was written: {why}",
    ),
    "refused.missing": ("找不到 {detail}", "{detail} is missing"),
    "refused.unreadable": ("无法读取（{detail}）", "it cannot be read ({detail})"),
    "refused.no_parameters": (
        "没有带 parameters 标签的参数单元格",
        "it has no cell tagged parameters",
    ),
    "refused.unknown_parameter": (
        "参数单元格里没有 {detail}",
        "its parameters cell does not know {detail}",
    ),
    "failed": (
        "{case}　底稿 {notebook} 在第 {cell} 个代码单元格（{heading}）出错：",
        "{case}  notebook {notebook} stopped in code cell {cell} ({heading}):",
    ),
    "failed.start": (
        "{case}　底稿 {notebook} 没有运行起来：",
        "{case}  notebook {notebook} did not start:",
    ),
    "failed.kept": ("出错的底稿：{path}", "The notebook as far as it came: {path}"),
    "failed.done": ("此前完成的底稿保留：{names}", "Finished before, and kept: {names}"),
    "held": (
        "{case}：另一次运行（进程 {pid}）正占用这个案卷，请等它结束",
        "{case}: another run holds the case (process {pid}); wait until it has ended",
    ),
    "not_written": ("{case}：无法写入结果：{why}", "{case}: results cannot be written: {why}"),
    "summary.findings": ("发现 {count} 条：{parts}", "{count} findings: {parts}"),
    "summary.no_findings": ("没有发现", "no findings"),
    "summary.page": ("网页　{path}", "pages   {path}"),
    "summary.report": ("报告　{path}", "report  {path}"),
    "summary.folder": ("全部结果　{path}", "all     {path}"),
    "refreshed": ("已更新 {names}", "refreshed {names}"),
    "unchanged": ("底稿没有变化", "the notebooks have not changed"),
    "where.unknown": ("没有数据 {key}", "there is no figure {key}"),
    "where.near": ("；相近的键：{names}", "; near it: {names}"),
    "where.no_run": (
        "{case} 还没有结果，请先运行：auditbook run {case}",
        "{case} has no results yet; first run: auditbook run {case}",
    ),
    "where.value": ("数值　{text}", "value     {text}"),
    "where.unit": ("单位　{text}", "unit      {text}"),
    "where.formula": ("公式　{text}", "formula   {text}"),
    "where.function": ("程序　{text}", "function  {text}"),
    "where.paper": ("底稿　{text}", "paper     {text}"),
    "where.source": ("来源　{text}", "source    {text}"),
}


def say(message: str, lang: str, /, **values: object) -> str:
    """A message in ``zh`` or ``en``, filled in."""
    return _MESSAGES[message][0 if lang == "zh" else 1].format(**values)
