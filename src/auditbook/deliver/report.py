"""The first, plain Word report: every number in it comes from a working paper.

Sentences stand in the label table under ``report.*`` and name figures by key; a sentence whose
figure is not there is replaced by one that says so. Text written by people comes from the case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from auditbook.deliver.display import NUMBERS, cell_text
from auditbook.deliver.docx_page import Page
from auditbook.deliver.labels import coded, column_title, label, labels, wording
from auditbook.deliver.report_survey import survey_section
from auditbook.deliver.values import figure_text
from auditbook.facts import Figure, Verdict, records
from auditbook.procedures.scoring.indicators import indicator_name
from auditbook.workpaper import LoadedPaper, all_figures, all_findings

if TYPE_CHECKING:
    from auditbook.case import Case

_KEY = re.compile(r"\{([a-z_]+(?:\.[^{}\s]+)+)\}")
_NUMERALS = "零一二三四五六七八九十"


class Report:
    """The report of one case while it is written."""

    def __init__(self, case: Case, papers: Mapping[str, LoadedPaper], lang: str) -> None:
        self.case, self.papers, self.lang = case, papers, lang
        self.figures = all_figures(papers)
        self.page = Page()
        self._chapter = self._section = 0

    def chapter(self, key: str) -> None:
        """一、 in Chinese, 1 in English; numbered here."""
        self._chapter, self._section = self._chapter + 1, 0
        number = f"{_NUMERALS[self._chapter]}、" if self.lang == "zh" else f"{self._chapter} "
        self.page.heading(number + label(key, self.lang), 1)

    def section(self, words: str) -> None:
        """（一） in Chinese, 1.1 in English; numbered here."""
        self._section += 1
        zh = f"（{_NUMERALS[self._section]}）"
        number = zh if self.lang == "zh" else f"{self._chapter}.{self._section} "
        self.page.heading(number + words, 2)

    def say(self, key: str, **words: str) -> None:
        """A sentence of the label table, its figures filled in with their references.

        ``{funds.use_rate}`` in the sentence is a figure; ``{name}`` is one of `words`, and a word
        in capitals stands for a part of a key. The headings of the working papers that keep the
        figures follow the sentence: ``[01.6]``.
        """
        text = label(key, self.lang)
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value)
            text = text.replace(f".{name}", f".{value}") if name.isupper() else text
        keys = _KEY.findall(text)
        missing = [key for key in keys if key not in self.figures]
        if missing:
            text, keys = label("report.not_available", self.lang, keys="、".join(missing)), []
        places = dict.fromkeys(self.figures[key].section for key in keys)
        text = _KEY.sub(lambda found: self.value(self.figures[found[1]]), text)
        self.page.paragraph(text + "".join(f"[{place}]" for place in places))

    def value(self, figure: Figure) -> str:
        """A figure as the report prints it."""
        return figure_text(figure, money_unit=self.case.settings.money_unit, lang=self.lang)

    def kept(self, topic: str) -> tuple[str, pd.DataFrame]:
        """A table of the working papers by its topic: its name, and its rows.

        Raises
        ------
        KeyError
            No working paper keeps it.
        """
        for paper in self.papers.values():
            for name, frame in paper.tables.items():
                if name.partition("_")[2] == topic:
                    return name, frame
        raise KeyError(topic)

    def table(self, topic: str, columns: Sequence[str], widths: Sequence[float] = ()) -> None:
        """A kept table, its columns in the order given."""
        name, frame = self.kept(topic)
        if frame.empty:
            self.page.paragraph(label("show.none_table", self.lang))
            return
        unit = self.case.settings.money_unit
        columns = [column for column in columns if column in frame.columns]
        titles = [column_title(column, self.lang) for column in columns]
        rows = [
            [cell_text(c, row[c], lang=self.lang, money_unit=unit) for c in columns]
            for row in records(frame)
        ]
        money = any(column.endswith("_fen") for column in columns)
        note = label("show.unit", self.lang, unit=self._unit_word()) if money else ""
        caption = f"[{name.partition('_')[0]}] {label(f'caption.{topic}', self.lang)}"
        numbers = [column.endswith(NUMBERS) for column in columns]
        self.page.table(caption, note, titles, rows, widths=widths, numbers=numbers)

    def chart(self, name: str) -> None:
        """A kept chart by its name."""
        for paper in self.papers.values():
            if name in paper.charts:
                number, _, topic = name.partition("_")
                caption = f"[{number}] {label(f'caption.{topic}', self.lang)}"
                self.page.picture(paper.charts[name], caption)

    def _unit_word(self) -> str:
        key = f"money_unit.{self.case.settings.money_unit}"
        return label(key, self.lang) if key in labels() else self.case.settings.money_unit


def write_report(case: Case, papers: Mapping[str, LoadedPaper], *, lang: str = "zh") -> Path:
    """Write ``report.docx`` of a case from its working papers; returns its path.

    Parameters
    ----------
    case : Case
        Gives settings and texts; no input table is read.
    papers : dict of name to LoadedPaper
        Working papers 01 to 04.
    lang : {"zh", "en"}
    """
    report = Report(case, papers, lang)
    _front(report)
    _project(report)
    _work(report)
    _conclusion(report)
    _indicators(report)
    _funds(report)
    _problems(report)
    _annexes(report)
    target = case.outputs / "report.docx"
    report.page.save(target)
    return target


def contents(written: Path, papers: Mapping[str, LoadedPaper]) -> pd.DataFrame:
    """What went into the report: its file, and the figures and findings that it lists."""
    figures, findings = all_figures(papers), all_findings(papers)
    return pd.DataFrame(
        {
            "report_file": [written.name],
            "figures_count": [len(figures)],
            "findings_count": [len(findings)],
        }
    )


def _front(report: Report) -> None:
    settings, lang = report.case.settings, report.lang
    report.page.title(settings.title.in_(lang))
    if settings.synthetic:
        report.page.note(label("report.synthetic", lang), warn=True)
    if settings.evaluated_by:
        report.page.note(label("report.evaluated_by", lang, who=settings.evaluated_by))


def _project(report: Report) -> None:
    case, lang = report.case, report.lang
    report.chapter("report.project")
    report.section(label("report.overview", lang))
    _text(report, "background")
    words = {"fund": case.settings.fund.name, "manager": case.settings.fund.manager or "—"}
    report.page.paragraph(label("report.fund", lang, **words))
    report.say("report.money")
    report.section(label("report.basis", lang))
    for document in case.settings.basis:
        parts = (f"《{document.title}》", document.number, document.role)
        report.page.paragraph("　".join(part for part in parts if part))
    report.section(label("report.targets", lang))
    report.table("targets", ["code", "target_text", "target", "actual", "verdict"], [1, 4, 2, 2, 2])


def _work(report: Report) -> None:
    case, lang = report.case, report.lang
    report.chapter("report.work")
    report.section(label("report.sampling", lang))
    report.say("report.coverage", unit=case.settings.sampling.unit.in_(lang))
    _, conditions = report.kept("projection")
    holds = len(conditions) > 0 and bool((conditions["holds"] == "yes").all())
    report.page.paragraph(label("report.projected" if holds else "report.not_projected", lang))
    _sample_results(report)
    survey_section(report)
    report.section(label("report.limitations", lang))
    _text(report, "limitations")
    for missing in case.settings.not_available:
        what, reason = missing.what.in_(lang), missing.reason.in_(lang)
        report.page.paragraph(label("report.missing", lang, what=what, reason=reason))


def _sample_results(report: Report) -> None:
    """What was found in the sample, and what that says of the population if it may be said."""
    if "sampling.examined.count" in report.figures:
        report.say("report.examined")
    for measure in ("overstatement", "misstatement"):
        if f"sampling.{measure}.limit" in report.figures:
            report.say(f"report.{measure}")
    _, conclusions = report.kept("conclusion")
    for code in conclusions["conclusion"]:
        words = coded("conclusion", code, report.lang)
        report.page.paragraph(label("report.sampling_conclusion", report.lang, conclusion=words))


def _conclusion(report: Report) -> None:
    report.chapter("report.conclusion")
    report.say("report.score")
    report.table("grades", ["basis", "points_points", "grade", "from_points", "margin_points"])
    report.table("sums", ["level1", "level2", "full_points", "points_points", "score_rate"])
    report.chart("04.2_scores")


def _indicators(report: Report) -> None:
    report.chapter("report.indicators")
    _, scores = report.kept("scores")
    for level1 in dict.fromkeys(scores["level1"]):
        report.section(level1)
        report.say("report.level1", NAME=level1)
        for row in records(scores[scores["level1"] == level1]):
            if row["reason"]:
                name = indicator_name(row)
                report.say("report.indicator", CODE=row["code"], name=name, reason=row["reason"])


def _funds(report: Report) -> None:
    report.chapter("report.funds")
    report.say("report.arrived_used")
    report.say("report.visited")
    if "funds.unspent.at_least" in report.figures:  # the two tables disagree
        report.say("report.at_most")
    report.chart("01.4_two_tables")


def _problems(report: Report) -> None:
    report.chapter("report.experience_problems")
    if report.case.text("experience"):
        report.section(label("report.experience", report.lang))
        _text(report, "experience")
    report.section(label("report.problems", report.lang))
    report.table("problems", ["id", "text", "unit", "place"], [1, 4, 3, 2])
    report.section(label("report.contradictions", report.lang))
    for finding in all_findings(report.papers):
        if finding.verdict == Verdict.DIFFERS:
            report.page.paragraph(f"{finding.code}　{wording(finding, report.lang)}")
    report.chapter("report.recommendations")
    report.table("recommendations", ["id", "text", "problem", "place"], [1, 5, 1.5, 2])


def _annexes(report: Report) -> None:
    lang = report.lang
    for number, key in enumerate(("score_sheet", "fund_details", "finding_list", "trace"), 1):
        word = f"{label('report.annex', lang)}{number}　{label(f'report.{key}', lang)}"
        report.page.heading(word, 1, new_page=True)
        if key == "score_sheet":
            columns = ["code", "level1", "level2", "level3", "full_points", "points_points",
                       "score_rate", "reason"]  # fmt: skip
            report.table("scores", columns, [1, 1.3, 1.7, 2, 1, 1, 1.7, 3.3])
        elif key == "fund_details":
            columns = ["unit", "arrived_fen", "used_fen", "balance_fen", "use_rate"]
            report.table("allocation_rates", columns)
            report.table("two_tables", ["unit", "subject", "left_fen", "right_fen",
                                        "difference_fen", "verdict"])  # fmt: skip
        elif key == "finding_list":
            _finding_list(report)
        else:
            _trace(report)


def _finding_list(report: Report) -> None:
    lang = report.lang
    names = ("code", "severity", "wording", "verdict", "expected_source", "actual_source")
    titles = [label(f"column.finding_{name}", lang) for name in names]
    rows = [
        [f.code, coded("severity", f.severity, lang), wording(f, lang),
         coded("verdict", f.verdict, lang), f.expected_source, f.actual_source]
        for f in all_findings(report.papers)
    ]  # fmt: skip
    report.page.table(
        label("report.finding_list", lang), "", titles, rows, widths=[2, 1.3, 5, 1.4, 3, 3]
    )


def _trace(report: Report) -> None:
    lang = report.lang
    titles = [label(f"column.figure_{n}", lang) for n in ("key", "value", "formula")]
    titles += [label("column.section", lang), label("column.figure_source", lang)]
    rows = [
        [f.key, report.value(f), f.formula_in(lang), f.section, "；".join(f.source)]
        for f in report.figures.values()
    ]
    report.page.table(label("report.trace", lang), "", titles, rows, widths=[4, 2.2, 3.5, 1.3, 4])


def _text(report: Report, name: str) -> None:
    for paragraph in report.case.text(name).split("\n\n"):
        report.page.paragraph(" ".join(paragraph.split()))
