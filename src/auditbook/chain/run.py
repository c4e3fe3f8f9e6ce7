"""Running cases: what still stands is left alone, the rest goes through one queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from auditbook.case import InputError
from auditbook.case.root import find_root, outputs_root
from auditbook.chain import kernels as running
from auditbook.chain.case_run import CaseRun
from auditbook.chain.environment import kernel_environment
from auditbook.chain.kernels import Kernels
from auditbook.chain.options import Options, Progress
from auditbook.chain.order import chosen
from auditbook.chain.outcome import RunResult
from auditbook.chain.schedule import Queue, Task, workers

_MANY = 5
"""So many cases repay what is imported for all of them beforehand."""


def run_cases(
    project: str,
    years: Sequence[int | str],
    *,
    lang: str = "zh",
    root: Path | str | None = None,
    out: Path | str | None = None,
    only: Sequence[str] | None = None,
    force: bool = False,
    kernels: Kernels | None = None,
    progress: Progress = lambda *_: None,
) -> RunResult:
    """Run the notebooks of one project for one or more years.

    Steps whose notebook, parameters, inputs, upstream results, packages and outputs are as they
    were are not run again. Every case is read and every notebook looked at before the first one
    runs: when something is wrong there, nothing is written.

    Parameters
    ----------
    project : str
    years : sequence of int or str
    lang : {"zh", "en"}
    root, out : Path or str, optional
        As ``--root`` and ``--out``.
    only : sequence of str, optional
        Names of the notebooks to run; all by default.
    force : bool
        Run every step.
    kernels : Kernels, optional
        How kernels are started, and what they may take.
    progress : callable, optional
    """
    try:
        base = find_root(root)
    except InputError as error:
        return RunResult(input_errors=((project, error),))
    target = results_folder(base, out)
    with kernel_environment(base, target):
        steps, how = chosen(only), kernels or Kernels()
        options = Options(base, target, steps, lang, force, how, progress)
        numbers = [year_number(year) for year in dict.fromkeys(str(year) for year in years)]
        runs = [CaseRun(project, year, options, place) for place, year in enumerate(numbers)]
        return _run(runs)


def results_folder(root: Path, out: Path | str | None) -> Path:
    """Where results go: ``out``, else as the environment or the root says."""
    return Path(out).expanduser().resolve() if out else outputs_root(root)


def year_number(year: str) -> int:
    """The year as a number; what is none stays as it is, for :func:`open_case` to refuse."""
    return int(year) if year.isdecimal() else year  # type: ignore[return-value]


def _run(runs: Sequence[CaseRun]) -> RunResult:
    try:
        to_do = [run for run in runs if run.prepare()]
        errors = tuple(
            (f"{run.project} {run.year}", run.input_error) for run in runs if run.input_error
        )
        refused = tuple(dict.fromkeys(one for run in runs for one in run.refused))
        if errors or refused:
            return RunResult(input_errors=errors, refused=refused)
        work_off([task for run in to_do for task in run.begin()])
        return RunResult(tuple(run.result for run in runs))
    finally:
        for run in runs:
            run.release()


def run_many(
    names: Sequence[tuple[str, int]], options: Options, done: Callable[[CaseRun], None]
) -> list[CaseRun]:
    """Run many cases; what is wrong with one does not stop the others.

    Parameters
    ----------
    names : sequence of (project, year)
    options : Options
    done : callable
        Called with each case when nothing is left to do for it; by several threads.
    """
    kernels = replace(options.kernels, many=len(names) >= _MANY)
    options = replace(options, kernels=kernels)
    runs = [CaseRun(*name, options, place, done) for place, name in enumerate(names)]
    with kernel_environment(options.root, options.out):
        try:
            work_off([Task((run.place, 2), run.prepare_and_begin) for run in runs])
        finally:
            for run in runs:
                run.release()
    return runs


def work_off(tasks: Sequence[Task]) -> None:
    """Do the tasks, and all that come of them, on as many threads as the machine has use for."""
    Queue(workers()).run(tasks, interrupted=running.end)
