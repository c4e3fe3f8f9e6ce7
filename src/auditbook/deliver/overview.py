"""A finished case at a glance: score, grade, money, findings. For the screen and the index page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditbook.deliver.values import figure_text
from auditbook.facts import Figure, Finding, Severity
from auditbook.workpaper import (
    LoadedPaper,
    MissingPaperError,
    all_figures,
    all_findings,
    load_paper,
)

if TYPE_CHECKING:
    from auditbook.case import Case

RESULTS = (
    (("scoring.total",), "得分", "Score"),
    (("scoring.grade",), "等级", "Grade"),
    (("funds.arrived.total",), "到位资金", "Money arrived"),
    (("funds.used.total",), "使用资金（分配表）", "Money used (allocation)"),
    (("funds.execution_rate.at_most", "funds.execution_rate"), "预算执行率", "Budget execution"),
)
"""What the overview shows: the first figure that the case has, and its title in zh and en."""

KEPT = (
    *(key for keys, _, _ in RESULTS for key in keys),
    "scoring.full",
    "funds.used.at_most",
    "funds.use_rate",
)
"""The figures that an overview keeps as they are, for pages that compare cases."""


@dataclass(frozen=True)
class Result:
    """One line of the overview.

    Attributes
    ----------
    label, text : str
        ``得分``, ``94.2 / 100``.
    key, paper : str
        The figure and the working paper in which it stands.
    """

    label: str
    text: str
    key: str
    paper: str


@dataclass(frozen=True)
class Overview:
    """What the working papers of a case say in short.

    Attributes
    ----------
    title : str
    year : int
    results : tuple of Result
    findings : mapping of Severity to list of Finding
        Severities without findings are left out.
    figures : mapping of str to Figure
        By key, those of :data:`KEPT` that the case has.
    """

    title: str
    year: int
    results: tuple[Result, ...]
    findings: Mapping[Severity, Sequence[Finding]]
    figures: Mapping[str, Figure] = field(default_factory=dict)


def overview(case: Case, papers: Sequence[str], *, lang: str = "zh") -> Overview:
    """The overview of a case from its saved working papers.

    Parameters
    ----------
    case : Case
    papers : sequence of str
        Names of the working papers to read; one that was not saved is passed over.
    lang : {"zh", "en"}
    """
    loaded = saved_papers(case, papers)
    figures = all_figures(loaded)
    found = all_findings(loaded)
    money_unit = case.settings.money_unit
    paper_of = {key: paper.name for paper in loaded.values() for key in paper.figures}
    results = [
        Result(
            zh if lang == "zh" else en, _text(key, figures, money_unit, lang), key, paper_of[key]
        )
        for keys, zh, en in RESULTS
        for key in [key for key in keys if key in figures][:1]
    ]
    by_severity = {s: [f for f in found if f.severity == s] for s in Severity}
    return Overview(
        case.settings.title.in_(lang),
        case.year,
        tuple(results),
        {severity: group for severity, group in by_severity.items() if group},
        {key: figures[key] for key in KEPT if key in figures},
    )


def saved_papers(case: Case, names: Sequence[str]) -> dict[str, LoadedPaper]:
    """Those of the named working papers that were saved."""
    papers = {}
    for name in names:
        try:
            papers[name] = load_paper(case, name)
        except MissingPaperError:
            continue
    return papers


def _text(key: str, figures: Mapping[str, Figure], money_unit: str, lang: str) -> str:
    text = figure_text(figures[key], money_unit=money_unit, lang=lang)
    if key == "scoring.total" and "scoring.full" in figures:
        full = figure_text(figures["scoring.full"], money_unit=money_unit, lang=lang)
        return f"{text} / {full}"
    return text
