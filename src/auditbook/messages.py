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
    "changed": (
        "{case}：运行期间以下文件被改动，本次结果已撤回，请重新运行：{names}",
        "{case}: these files changed during the run, whose results were withdrawn; "
        "run again: {names}",
    ),
    "why.forced": ("要求全部重新运行", "all were to run"),
    "why.new": ("还没有结果", "no results yet"),
    "why.manifest": ("运行记录损坏", "the manifest is damaged"),
    "why.parameters": ("参数改变：{names}", "parameters changed: {names}"),
    "why.code": ("auditbook 的程序改变", "auditbook's own code changed"),
    "why.packages": ("软件包版本改变：{names}", "packages changed: {names}"),
    "why.platform": ("Python 或系统改变", "Python or the system changed"),
    "why.notebook": ("底稿改变：{names}", "notebook changed: {names}"),
    "why.input": ("资料改变：{names}", "inputs changed: {names}"),
    "why.upstream": ("所依据的底稿重新运行：{names}", "rests on what ran again: {names}"),
    "why.output": ("结果缺失或被改动：{names}", "results missing or changed: {names}"),
    "batch.unit": ("案卷", "case"),
    "batch.summary": (
        "{count} 个案卷：完成 {done}（其中 {reused} 个没有变化，未重新运行），未完成 {failed}",
        "{count} cases: {done} done ({reused} of them unchanged, not run again), {failed} not done",
    ),
    "batch.page": ("汇总页　{path}", "portfolio  {path}"),
    "batch.table": ("汇总表　{path}", "table      {path}"),
    "verify.same": (
        "{case}：资料、底稿、程序和结果都与上次运行时一致",
        "{case}: inputs, notebooks, code and results are as the last run left them",
    ),
    "verify.rerun": (
        "{case}：另处重新运行，全部结果逐字节相同",
        "{case}: run again elsewhere, every result is the same to the byte",
    ),
    "verify.differs": (
        "{case}：{count} 处与上次运行时不同；auditbook run {case} 重做受影响的底稿",
        "{case}: {count} differences; auditbook run {case} does again what they touch",
    ),
    "verify.manifest": ("运行记录", "manifest"),
    "verify.incomplete": ("没有完成的运行", "a run that was not completed"),
    "verify.input": ("资料", "input"),
    "verify.notebook": ("底稿", "notebook"),
    "verify.code": ("程序", "code"),
    "verify.packages": ("软件包", "package"),
    "verify.platform": ("环境", "environment"),
    "verify.output": ("结果", "result"),
    "verify.extra": ("多出的文件", "extra file"),
    "verify.rerun_differs": ("重新运行的结果", "result of the second run"),
    "verify.state.changed": ("有改动", "changed"),
    "verify.state.missing": ("缺失", "missing"),
    "verify.state.new": ("新增", "new"),
    "verify.steps": ("，涉及 {names}", "; touches {names}"),
    "exported": ("已打包　{path}", "packed  {path}"),
    "summary.reused": ("未变，沿用已有结果：{names}", "unchanged, not run again: {names}"),
    "summary.reused.all": (
        "资料和底稿没有变化，沿用已有结果（--force 可重新运行）",
        "nothing has changed, nothing was run again (--force runs all)",
    ),
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
