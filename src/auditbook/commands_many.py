"""Commands that look at finished cases, or at many: batch, verify, export."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditbook.case.errors import InputError
from auditbook.case.root import case_folder, find_root
from auditbook.chain.outcome import BAD_INPUT, DONE, NOT_WRITTEN
from auditbook.chain.run import results_folder
from auditbook.commands import How, show_case, show_reasons, show_result
from auditbook.messages import say

if TYPE_CHECKING:
    from auditbook.chain.case_run import CaseRun
    from auditbook.chain.verify import Difference
    from auditbook.deliver.portfolio import PortfolioEntry

DIFFERENT = 4
"""Exit code of a check that found differences."""


def batch_and_report(
    words: Sequence[str], *, lang: str, root: Path | None, out: Path | None, how: How
) -> int:
    """Run many cases: a progress bar on stderr, a closing table and a portfolio page."""
    from tqdm import tqdm

    from auditbook.chain.batch import cases_named
    from auditbook.chain.options import Options
    from auditbook.chain.order import chosen
    from auditbook.chain.run import run_many

    try:
        base = find_root(root)
        names = cases_named(words, base)
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    target = results_folder(base, out)
    options = Options(base, target, chosen(), lang, how.force, how.kernels())
    guard = threading.Lock()
    with tqdm(total=len(names), unit=say("batch.unit", lang), dynamic_ncols=True) as bar:

        def done(run: CaseRun) -> None:
            with guard:
                bar.update()

        runs = run_many(names, options, done)
    if how.why:
        for run in runs:
            show_reasons(run.result, lang)
    return _close_batch(runs, target, lang)


def _close_batch(runs: Sequence[CaseRun], target: Path, lang: str) -> int:
    """The table of what failed, where and why; the portfolio page; the exit code."""
    from auditbook.deliver.portfolio import write_portfolio

    for run in runs:
        _show_trouble(run, lang)
    code = max((_code(run) for run in runs), default=DONE)
    good = sum(_code(run) == DONE for run in runs)
    reused = sum(run.result.reused == run.result.notebooks != () for run in runs)
    say_all = {"count": len(runs), "done": good, "failed": len(runs) - good, "reused": reused}
    click.echo(say("batch.summary", lang, **say_all))
    try:
        page, table = write_portfolio([_entry(run, lang) for run in runs], target, lang=lang)
    except OSError as error:
        why = f"{error.filename or target}: {error.strerror or error}"
        click.echo(say("not_written", lang, case="portfolio", why=why), err=True)
        return max(code, NOT_WRITTEN)
    click.echo(say("batch.page", lang, path=page))
    click.echo(say("batch.table", lang, path=table))
    return code


def _code(run: CaseRun) -> int:
    if run.input_error is not None:
        return BAD_INPUT
    return max(run.result.exit_code, 3 if run.refused else DONE)


def _show_trouble(run: CaseRun, lang: str) -> None:
    name = f"{run.project} {run.year}"
    if run.input_error is not None:
        click.echo(say("of_case", lang, case=name) + run.input_error.text(lang), err=True)
    elif run.refused:
        from auditbook.commands import show_refusal

        for one in run.refused:
            show_refusal(one, lang)
    elif run.result.exit_code:
        show_case(run.result, lang)


def _entry(run: CaseRun, lang: str) -> PortfolioEntry:
    """The row of a case in the portfolio."""
    from auditbook.deliver.portfolio import bad_inputs_entry, stopped_entry
    from auditbook.deliver.portfolio_record import entry_from_json

    result, name = run.result, (run.project, run.year)
    if run.input_error is not None:
        return bad_inputs_entry(*name, run.input_error, lang=lang)
    if result.summary is not None:
        return entry_from_json(result.summary.entry)
    if result.failure is not None:
        failure = result.failure
        line = failure.lines[-1] if failure.lines else ""
        return stopped_entry(*name, line, notebook=failure.notebook, cell=failure.cell, lang=lang)
    return stopped_entry(*name, _why_not(run, lang), lang=lang)


def _why_not(run: CaseRun, lang: str) -> str:
    """In one line why a case without a failed notebook is not finished."""
    result, name = run.result, f"{run.project} {run.year}"
    if run.refused:
        one = run.refused[0]
        return say(f"refused.{one.reason}", lang, detail=one.detail)
    if result.held_by is not None:
        return say("held", lang, case=name, pid=result.held_by or "?")
    if result.changed:
        return say("changed", lang, case=name, names="、".join(result.changed))
    return result.not_written


def verify_and_report(
    project: str,
    year: str,
    *,
    lang: str,
    root: Path | None,
    out: Path | None,
    again: bool,
) -> int:
    """Name everything that is no longer as the last run left it."""
    from auditbook.chain.verify import RerunError, rerun, verify_case

    try:
        base = find_root(root)
        case_folder(base, project, year)
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    target = results_folder(base, out)
    found = verify_case(base, target, project, int(year))
    if again and not found:
        try:
            found = rerun(base, target, project, int(year))
        except RerunError as error:
            show_result(error.result, lang)
            return error.result.exit_code
    name = f"{project} {year}"
    for difference in found:
        click.echo(_line(difference, lang))
    if not found:
        click.echo(say("verify.rerun" if again else "verify.same", lang, case=name))
        return DONE
    click.echo(say("verify.differs", lang, case=name, count=len(found)), err=True)
    return DIFFERENT


def _line(difference: Difference, lang: str) -> str:
    kind = say(f"verify.{difference.kind}", lang)
    state = say(f"verify.state.{difference.state}", lang)
    steps = "、".join(difference.steps)
    touched = say("verify.steps", lang, names=steps) if steps else ""
    return f"{kind}　{difference.name}　{state}{touched}"


def export_and_report(
    project: str,
    year: str,
    *,
    lang: str,
    root: Path | None,
    out: Path | None,
    with_inputs: bool,
) -> int:
    """Pack a finished case as a Process Run Crate."""
    from auditbook.chain.crate import ChangedError, NoResultsError, export_crate
    from auditbook.chain.manifest import NAME, BrokenManifestError

    name = f"{project} {year}"
    try:
        base = find_root(root)
        case_folder(base, project, year)
        target = results_folder(base, out)
        path = export_crate(base, target, project, int(year), with_inputs=with_inputs)
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    except NoResultsError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    except ChangedError as error:
        click.echo(error.text(lang), err=True)
        return DIFFERENT
    except BrokenManifestError:
        click.echo(f"{say('verify.manifest', lang)}　{NAME}", err=True)
        return DIFFERENT
    except OSError as error:
        why = f"{error.filename}: {error.strerror or error}"
        click.echo(say("not_written", lang, case=name, why=why), err=True)
        return NOT_WRITTEN
    click.echo(say("exported", lang, path=path))
    return DONE
