"""Many cases on one page, and as a table for a spreadsheet: one row a case, finished or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from auditbook.case.money import money_text
from auditbook.deliver.portfolio_csv import as_csv, fen, sign
from auditbook.facts import Figure, Severity
from auditbook.folders import write_whole

if TYPE_CHECKING:
    from auditbook.case import Case, InputError
    from auditbook.deliver.overview import Overview

State = Literal["done", "stopped", "bad_inputs"]

_COMMON_UNIT = "万元"
_WORDS = {
    "title": ("案卷汇总", "Portfolio of cases"),
    "what": (
        "每个案卷一行，名称通向它的目录页。≤、≥ 表示只知道上限、下限；— 表示没有这项资料。",
        "One row per case; its name leads to its contents page. ≤ and ≥: only a limit; —: missing.",
    ),
    "summary": (
        "共 {count} 个案卷：完成 {done}，未完成 {stopped}，资料有问题 {bad_inputs}",
        "{count} cases: {done} finished, {stopped} not finished, {bad_inputs} with bad inputs",
    ),
    "grades": ("等级：{parts}", "Grades: {parts}"),
    "comma": ("，", ", "),
    "none": ("没有案卷。", "No cases."),
    "project": ("项目", "Project"),
    "year": ("年度", "Year"),
    "name": ("名称", "Name"),
    "state": ("状态", "State"),
    "score": ("得分", "Score"),
    "full": ("满分", "Full marks"),
    "grade": ("等级", "Grade"),
    "findings": ("发现", "Findings"),
    "arrived": ("到位资金", "Arrived"),
    "used": ("使用资金", "Used"),
    "rate": ("资金使用率", "Use rate"),
    "in_unit": ("{name}（{unit}）", "{name} ({unit})"),
    "bound": ("{name}的界限", "{name}: limit"),
    "report": ("报告", "Report"),
    "page": ("网页", "Page"),
    "reason": ("原因", "Reason"),
    "synthetic": ("合成数据", "synthetic data"),
    "done": ("完成", "finished"),
    "stopped": ("未完成", "not finished"),
    "bad_inputs": ("资料有问题", "bad inputs"),
    "at_cell": (
        "底稿 {notebook} 第 {cell} 个代码单元格：{line}",
        "notebook {notebook}, code cell {cell}: {line}",
    ),
    "at_start": ("底稿 {notebook}：{line}", "notebook {notebook}: {line}"),
    "problems": ("{first}（共 {count} 个问题）", "{first} ({count} problems in all)"),
}


@dataclass(frozen=True)
class PortfolioEntry:
    """One case of a portfolio; made in the process that ran it, shown in another.

    Attributes
    ----------
    project : str
    year : int
    title : str
        Empty where it is not known, as of a case whose ``case.yaml`` cannot be read.
    state : {"done", "stopped", "bad_inputs"}
    reason : str
        Why a case is not finished.
    score, full : Decimal or None
    grade : str
    findings : mapping of Severity to int, or None
        None: not known.
    arrived, used, use_rate : Figure or None
        资金使用率 is that of the same ``used``; None: the case does not have it.
    money_unit : str
        The unit of the case.
    synthetic : bool
        The data are not real.
    """

    project: str
    year: int
    title: str = ""
    state: State = "done"
    reason: str = ""
    score: Decimal | None = None
    full: Decimal | None = None
    grade: str = ""
    findings: Mapping[Severity, int] | None = None
    arrived: Figure | None = None
    used: Figure | None = None
    use_rate: Figure | None = None
    money_unit: str = ""
    synthetic: bool = False


def entry_of(case: Case, overview: Overview, *, lang: str = "zh") -> PortfolioEntry:
    """The entry of a finished case."""
    figures = overview.figures
    used = figures.get("funds.used.at_most") or figures.get("funds.used.total")
    return PortfolioEntry(
        case.project,
        case.year,
        overview.title,
        score=_points(figures.get("scoring.total")),
        full=_points(figures.get("scoring.full")),
        grade=_grade(case, figures.get("scoring.grade"), lang),
        findings={s: len(overview.findings.get(s, ())) for s in Severity},
        arrived=figures.get("funds.arrived.total"),
        used=used,
        use_rate=_use_rate(case, figures, used),
        money_unit=case.settings.money_unit,
        synthetic=case.settings.synthetic,
    )


def stopped_entry(
    project: str,
    year: int,
    line: str,
    *,
    notebook: str = "",
    cell: int = 0,
    title: str = "",
    lang: str = "zh",
) -> PortfolioEntry:
    """The entry of a case that was not finished.

    Parameters
    ----------
    project : str
    year : int
    line : str
        The last line of the error, or why nothing could be run or written.
    notebook : str, optional
        The one that stopped.
    cell : int, optional
        Number of the code cell in which it stopped, from 1; 0: before the first.
    title : str, optional
    lang : {"zh", "en"}
    """
    words = _words(lang)["at_cell" if cell else "at_start"]
    reason = words.format(notebook=notebook, cell=cell, line=line) if notebook else line
    return PortfolioEntry(project, year, title, "stopped", reason)


def bad_inputs_entry(
    project: str, year: int, error: InputError, *, title: str = "", lang: str = "zh"
) -> PortfolioEntry:
    """The entry of a case whose inputs have problems: the first of them, and how many."""
    first, count = error.problems[0].line(lang), error.count
    reason = first if count == 1 else _words(lang)["problems"].format(first=first, count=count)
    return PortfolioEntry(project, year, title, "bad_inputs", reason)


def write_portfolio(
    entries: Sequence[PortfolioEntry], folder: Path, *, lang: str = "zh"
) -> tuple[Path, Path]:
    """Write ``portfolio.html`` and ``portfolio.csv``; each is whole or absent.

    Parameters
    ----------
    entries : sequence of PortfolioEntry
        Shown in this order.
    folder : Path
        Where the results of all cases are; links lead from there to
        ``<project>/<year>/html/index.html`` and ``report.docx`` of the finished cases that have
        them. Files beside an unfinished case are of an earlier run, so nothing leads to them.
    lang : {"zh", "en"}

    Returns
    -------
    tuple of Path
        The page and the table.
    """
    page, table = folder / "portfolio.html", folder / "portfolio.csv"
    links = [_links(entry, folder) for entry in entries]
    write_whole(page, _page(entries, links, lang).encode("utf-8"))
    write_whole(table, as_csv(entries, links, _words(lang), lang))
    return page, table


def _words(lang: str) -> dict[str, str]:
    return {key: en if lang == "en" else zh for key, (zh, en) in _WORDS.items()}


def _links(entry: PortfolioEntry, folder: Path) -> tuple[str, str]:
    """Where the page and the report of a finished case are; empty where there is none."""
    case = f"{entry.project}/{entry.year}"
    paths = [f"{case}/html/index.html", f"{case}/report.docx"]
    done = entry.state == "done"
    page, report = (quote(p) if done and (folder / p).is_file() else "" for p in paths)
    return page, report


def _page(entries: Sequence[PortfolioEntry], links: Sequence[tuple[str, str]], lang: str) -> str:
    import jinja2

    from auditbook.deliver.html import POLICY, TEMPLATES, stylesheet
    from auditbook.deliver.labels import label

    units = {entry.money_unit for entry in entries} - {""}
    unit = units.pop() if len(units) == 1 else _COMMON_UNIT
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    text = environment.get_template("portfolio.html.j2").render(
        lang=lang,
        policy=POLICY,
        css=stylesheet(),
        words=_words(lang),
        severities=[(s.value, label(f"severity.{s}", lang)) for s in Severity],
        unit=label(f"money_unit.{unit}", lang),
        summary=_summary(entries, lang),
        rows=[
            _row(entry, unit, lang) | {"page": page, "report": report}
            for entry, (page, report) in zip(entries, links, strict=True)
        ],
    )
    return text + "\n"


def _row(entry: PortfolioEntry, unit: str, lang: str) -> dict[str, Any]:
    """A row as the page shows it; empty where the case does not have something."""
    from auditbook.deliver.values import figure_text

    score = [_plain(points) for points in (entry.score, entry.full) if points is not None]
    rate = entry.use_rate
    return {
        "entry": entry,
        "title": entry.title or f"{entry.project} {entry.year}",
        "score": "" if entry.score is None else " / ".join(score),
        "findings": [None if entry.findings is None else entry.findings[s] for s in Severity],
        "arrived": _amount(entry.arrived, unit),
        "used": _amount(entry.used, unit),
        "rate": figure_text(rate, money_unit=unit, lang=lang) if rate else "",
    }


def _summary(entries: Sequence[PortfolioEntry], lang: str) -> list[str]:
    """How many cases, in which states, and how many of each grade, the best grade first."""
    words = _words(lang)
    states = Counter(entry.state for entry in entries)
    counts = {state: states[state] for state in ("done", "stopped", "bad_inputs")}
    lines = [words["summary"].format(count=len(entries), **counts)]
    graded = sorted((entry for entry in entries if entry.grade), key=_share, reverse=True)
    grades = Counter(entry.grade for entry in graded)  # keeps the order of first sight
    if grades:
        parts = words["comma"].join(f"{grade} {count}" for grade, count in grades.items())
        lines.append(words["grades"].format(parts=parts))
    return lines


def _share(entry: PortfolioEntry) -> Fraction:
    return Fraction(entry.score or 0) / Fraction(entry.full or 100)


def _points(figure: Figure | None) -> Decimal | None:
    return Decimal(str(figure.value)) if figure else None


def _grade(case: Case, figure: Figure | None, lang: str) -> str:
    name = str(figure.value) if figure else ""
    english = {grade.name: grade.en for grade in case.settings.scoring.grades}
    return english.get(name, name) if lang == "en" else name


def _use_rate(case: Case, figures: Mapping[str, Figure], used: Figure | None) -> Figure | None:
    """使用 ÷ 到位 of the `used` that is shown; where it is a limit, only an execution rate has it.

    That rate is over the approved budget in some cases: then it serves only if all of it arrived.
    """
    if used is None or used.bound == "exact":
        return figures.get("funds.use_rate")
    fund, arrived = case.settings.fund, figures["funds.arrived.total"]
    over_arrived = fund.execution_denominator == "arrived" or fund.approved_fen == arrived.value
    return figures.get("funds.execution_rate.at_most") if over_arrived else None


def _amount(figure: Figure | None, unit: str) -> str:
    return f"{sign(figure)} {money_text(fen(figure), unit)}".strip() if figure else ""


def _plain(points: Decimal) -> str:
    return format(points.normalize(), "f")
