"""Running cases: everything is checked first, then notebook after notebook, page after page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditbook.case import InputError, open_case
from auditbook.case.root import find_root, outputs_root
from auditbook.chain.environment import kernel_environment
from auditbook.chain.execute import execute, refusal
from auditbook.chain.lock import HeldError, hold
from auditbook.chain.order import PARAMETERS, Step, chosen
from auditbook.chain.outcome import CaseResult, Failure, Refusal, RunResult

if TYPE_CHECKING:
    from auditbook.case import Case
    from auditbook.deliver.overview import Overview

Progress = Callable[[str, int, str, float], None]
"""Called after each notebook with project, year, its name and the seconds it took."""


def run_cases(
    project: str,
    years: Sequence[int | str],
    *,
    lang: str = "zh",
    root: Path | str | None = None,
    out: Path | str | None = None,
    only: Sequence[str] | None = None,
    progress: Progress = lambda *_: None,
) -> RunResult:
    """Run the notebooks of one project for one or more years.

    Every case is read and every notebook looked at before the first one runs: when something is
    wrong there, nothing is written.

    Parameters
    ----------
    project : str
    years : sequence of int or str
    lang : {"zh", "en"}
    root, out : Path or str, optional
        As ``--root`` and ``--out``.
    only : sequence of str, optional
        Names of the notebooks to run; all by default.
    progress : callable, optional
    """
    try:
        base = find_root(root)
    except InputError as error:
        return RunResult(input_errors=((project, error),))
    target = Path(out).expanduser().resolve() if out else outputs_root(base)
    with kernel_environment(base, target):
        steps = chosen(only)
        cases, errors = _open(project, years, base)
        refused = _refused(base, steps) if not errors else ()
        if errors or refused:
            return RunResult(input_errors=errors, refused=refused)
        return RunResult(tuple(_run(case, steps, lang, progress) for case in cases))


def _open(
    project: str, years: Sequence[int | str], root: Path
) -> tuple[list[Case], tuple[tuple[str, InputError], ...]]:
    cases, errors = [], []
    for year in dict.fromkeys(str(year) for year in years):
        try:
            cases.append(open_case(project, year_number(year), root=root))
        except InputError as error:
            errors.append((f"{project} {year}", error))
    return cases, tuple(errors)


def year_number(year: str) -> int:
    """The year as a number; what is none stays as it is, for :func:`open_case` to refuse."""
    return int(year) if year.isdecimal() else year  # type: ignore[return-value]


def _refused(root: Path, steps: Sequence[Step]) -> tuple[Refusal, ...]:
    found = [refusal(source(root, step), PARAMETERS) for step in steps]
    return tuple(one for one in found if one)


def source(root: Path, step: Step) -> Path:
    """The notebook of a step."""
    return root / "notebooks" / f"{step.name}.ipynb"


def _run(case: Case, steps: Sequence[Step], lang: str, progress: Progress) -> CaseResult:
    result = CaseResult(case.project, case.year, case.outputs)
    done: list[str] = []
    try:
        with hold(case.outputs):
            _clear(case.outputs, steps)
            failure = _run_steps(case, steps, lang, progress, done)
            seen = None if failure else _finish(case, done, lang)
        return replace(result, notebooks=tuple(done), failure=failure, overview=seen)
    except HeldError as error:
        return replace(result, held_by=error.pid)
    except OSError as error:
        why = f"{error.filename or case.outputs}: {error.strerror or error}"
        return replace(result, notebooks=tuple(done), not_written=why)


def _run_steps(
    case: Case, steps: Sequence[Step], lang: str, progress: Progress, done: list[str]
) -> Failure | None:
    from auditbook.deliver.html import write_page

    values: tuple[str | int, ...] = (case.project, case.year, lang)
    parameters = dict(zip(PARAMETERS, values, strict=True))
    for step in steps:
        begun = time.monotonic()
        target = case.outputs / "notebooks" / f"{step.name}.ipynb"
        failure = execute(source(case.root, step), target, parameters)
        if failure:
            return failure
        write_page(case, target, lang=lang)
        done.append(step.name)
        progress(case.project, case.year, step.name, time.monotonic() - begun)
    return None


def _finish(case: Case, done: Sequence[str], lang: str) -> Overview:
    from auditbook.deliver.index import write_index
    from auditbook.deliver.overview import overview

    write_index(case, done, lang=lang)
    return overview(case, done, lang=lang)


def _clear(outputs: Path, steps: Sequence[Step]) -> None:
    """Remove what an earlier run left of these steps: results of two runs are never mixed."""
    (outputs / "html" / "index.html").unlink(missing_ok=True)
    for step in steps:
        for path in (
            outputs / "notebooks" / f"{step.name}.ipynb",
            outputs / "notebooks" / f"{step.name}.failed.ipynb",
            outputs / "html" / f"{step.name}.html",
            *(outputs / name for name in step.leaves),
        ):
            path.unlink(missing_ok=True)
        if (outputs / "workpapers" / step.name).exists():
            shutil.rmtree(outputs / "workpapers" / step.name)
