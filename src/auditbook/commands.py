"""What each command does and says; returns its exit code."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditbook.case import InputError
from auditbook.case.root import find_root, outputs_root
from auditbook.chain.kernels import CELL_SECONDS, Kernels, default_memory
from auditbook.chain.order import chosen
from auditbook.chain.outcome import (
    BAD_INPUT,
    DONE,
    FAILED,
    NOT_WRITTEN,
    CaseResult,
    Failure,
    Refusal,
    RunResult,
    Summary,
)
from auditbook.chain.run import run_cases, year_number
from auditbook.messages import say

if TYPE_CHECKING:
    from auditbook.case import Case
    from auditbook.facts import Figure


def check_cases(project: str, years: Sequence[str], *, lang: str, root: Path | None) -> int:
    """Read the cases and name every problem in them."""
    from auditbook.case import open_case

    code = DONE
    for year in dict.fromkeys(years):
        name = f"{project} {year}"
        try:
            case = open_case(project, year_number(year), root=root)
        except InputError as error:
            _show_input_error(name, error, lang, named=len(years) > 1)
            code = BAD_INPUT
        else:
            rows = sum(table.rows for table in case.tables.values())
            click.echo(say("checked", lang, case=name, tables=len(case.tables), rows=rows))
    return code


@dataclass(frozen=True)
class How:
    """How notebooks are to be run, as the command line says it."""

    force: bool = False
    why: bool = False
    ordinary_kernels: bool = False
    cell_seconds: int = CELL_SECONDS
    memory_mib: int | None = None

    def kernels(self) -> Kernels:
        """The kernels that this asks for."""
        memory = self.memory_mib * 1024**2 if self.memory_mib else default_memory()
        return Kernels(self.ordinary_kernels, self.cell_seconds, memory)


def run_and_report(
    project: str,
    years: Sequence[str],
    *,
    lang: str,
    root: Path | None,
    out: Path | None,
    how: How | None = None,
) -> int:
    """Run the cases: progress on stderr, what came of it on stdout."""
    how = how or How()
    several = len(set(years)) > 1

    def progress(project: str, year: int, name: str, seconds: float) -> None:
        of_case = say("of_case", lang, case=f"{project} {year}") if several else ""
        click.echo(of_case + say("progress", lang, name=name, seconds=seconds), err=True)

    result = run_cases(
        project,
        years,
        lang=lang,
        root=root,
        out=out,
        force=how.force,
        kernels=how.kernels(),
        progress=progress,
    )
    if how.why:
        for case in result.cases:
            show_reasons(case, lang)
    show_result(result, lang)
    return result.exit_code


def show_result(result: RunResult, lang: str) -> None:
    """Say what came of a run."""
    for name, error in result.input_errors:
        _show_input_error(name, error, lang, named=len(result.input_errors) > 1)
    for refused in result.refused:
        show_refusal(refused, lang)
    for case in result.cases:
        show_case(case, lang)


def show_reasons(case: CaseResult, lang: str) -> None:
    """Say why each notebook ran."""
    for notebook, reasons in sorted(case.reasons.items()):
        words = [
            say(f"why.{reason.kind}", lang, names="、".join(reason.names)) for reason in reasons
        ]
        click.echo(f"{case.project} {case.year}　{notebook}：{'；'.join(words)}", err=True)


def report_where(
    key: str, project: str, year: str, *, lang: str, root: Path | None, out: Path | None
) -> int:
    """Say where a figure comes from."""
    from auditbook.case import open_case
    from auditbook.chain.environment import variables
    from auditbook.deliver.overview import saved_papers

    name = f"{project} {year}"
    try:
        base = find_root(root)
        with variables({"AUDITBOOK_OUT": str(out.resolve() if out else outputs_root(base))}):
            case = open_case(project, year_number(year), root=base)
            papers = saved_papers(case, [step.name for step in chosen()])
    except InputError as error:
        _show_input_error(name, error, lang, named=False)
        return BAD_INPUT
    figures = {
        key: (paper.name, f) for paper in papers.values() for key, f in paper.figures.items()
    }
    if not figures:
        click.echo(say("where.no_run", lang, case=name), err=True)
        return BAD_INPUT
    if key not in figures:
        near = difflib.get_close_matches(key, figures, n=5, cutoff=0.4)
        hint = say("where.near", lang, names="、".join(near)) if near else ""
        click.echo(say("where.unknown", lang, key=key) + hint, err=True)
        return BAD_INPUT
    _show_figure(case, *figures[key], lang)
    return DONE


def refresh_and_report(*, lang: str, root: Path | None) -> int:
    """Refresh the committed notebooks and say which changed."""
    from auditbook.chain.refresh import refresh_notebooks

    try:
        outcome = refresh_notebooks(find_root(root))
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    except OSError as error:
        why = f"{error.filename}: {error.strerror or error}"
        click.echo(say("not_written", lang, case="notebooks/", why=why), err=True)
        return NOT_WRITTEN
    if isinstance(outcome, Refusal):
        show_refusal(outcome, lang)
        return FAILED
    if isinstance(outcome, Failure):
        _show_failure("notebooks/", outcome, (), lang)
        return FAILED
    names = "、".join(outcome)
    click.echo(say("refreshed", lang, names=names) if outcome else say("unchanged", lang))
    return DONE


def _show_input_error(name: str, error: InputError, lang: str, *, named: bool) -> None:
    head = say("of_case", lang, case=name) if named else ""
    click.echo(head + error.text(lang), err=True)


def show_refusal(refused: Refusal, lang: str) -> None:
    """Say why a notebook cannot be run."""
    why = say(f"refused.{refused.reason}", lang, detail=refused.detail)
    click.echo(say("refused", lang, notebook=refused.notebook, why=why), err=True)


def show_case(case: CaseResult, lang: str) -> None:
    """Say what came of a case."""
    name = f"{case.project} {case.year}"
    if case.held_by is not None:
        click.echo(say("held", lang, case=name, pid=case.held_by or "?"), err=True)
    if case.not_written:
        click.echo(say("not_written", lang, case=name, why=case.not_written), err=True)
    if case.changed:
        click.echo(say("changed", lang, case=name, names="、".join(case.changed)), err=True)
    for failure in case.failures:
        _show_failure(name, failure, case.notebooks, lang)
    if case.summary:
        _show_summary(case, case.summary, lang)


def _show_failure(name: str, failure: Failure, done: Sequence[str], lang: str) -> None:
    key = "failed" if failure.cell else "failed.start"
    values = {"notebook": failure.notebook, "cell": failure.cell, "heading": failure.heading}
    lines = [say(key, lang, case=name, **values), *(f"  {line}" for line in failure.lines)]
    if failure.kept:
        lines.append(say("failed.kept", lang, path=failure.kept))
    if done:
        lines.append(say("failed.done", lang, names="、".join(done)))
    click.echo("\n".join(lines), err=True)


def _show_summary(case: CaseResult, seen: Summary, lang: str) -> None:
    from auditbook.deliver.labels import label

    lines = [f"{seen.title} · {case.year}"]
    if case.reused:
        key = "summary.reused.all" if case.reused == case.notebooks else "summary.reused"
        lines.append(say(key, lang, names="、".join(case.reused)))
    if seen.results:
        lines.append("　".join(f"{name} {text}" for name, text in seen.results))
    counts = [f"{label(f'severity.{s}', lang)} {count}" for s, count in seen.findings.items()]
    total = sum(seen.findings.values())
    if total:
        lines.append(say("summary.findings", lang, count=total, parts="、".join(counts)))
    else:
        lines.append(say("summary.no_findings", lang))
    lines.append(say("summary.page", lang, path=case.outputs / "html" / "index.html"))
    if (case.outputs / "report.docx").is_file():
        lines.append(say("summary.report", lang, path=case.outputs / "report.docx"))
    lines.append(say("summary.folder", lang, path=case.outputs))
    click.echo("\n".join(lines))


def _show_figure(case: Case, paper: str, figure: Figure, lang: str) -> None:
    from auditbook.deliver.values import figure_text
    from auditbook.deliver.where import function_place, input_rows

    value = figure_text(figure, money_unit=case.settings.money_unit, lang=lang)
    lines = [
        figure.key,
        say("where.value", lang, text=value),
        say("where.unit", lang, text=figure.unit),
        say("where.formula", lang, text=figure.formula),
        say("where.function", lang, text=function_place(figure)),
        say("where.paper", lang, text=paper),
        say("where.source", lang, text="；".join(figure.source)),
        *(f"  {row.place}　{row.text}" for row in input_rows(case, figure)),
    ]
    click.echo("\n".join(lines))
