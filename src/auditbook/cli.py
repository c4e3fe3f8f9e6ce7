"""The ``auditbook`` command. Thin: each command calls one function and says what came of it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from auditbook import __version__

if TYPE_CHECKING:
    from auditbook.commands import How

INTERRUPTED = 130

_folder = click.Path(file_okay=True, path_type=Path)


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--root", type=_folder, help="Folder that holds data/ and notebooks/."),
        click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            default="zh",
            show_default=True,
            help="Language of messages, labels, charts and report.",
        ),
    ):
        command = option(command)
    return command


_out = click.option("--out", type=_folder, help="Where results go; outputs/ in the root.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="auditbook")
def cli() -> None:
    """Check the inputs of a case, run its notebooks, trace a figure.

    绩效评价底稿：检查资料、运行底稿、追溯数据。
    """


@cli.command()
@click.argument("project")
@click.argument("years", nargs=-1, required=True, metavar="YEAR...")
@_common
def check(project: str, years: tuple[str, ...], lang: str, root: Path | None) -> None:
    """检查资料，一次列出所有问题。 Check the inputs; every problem at once."""
    from auditbook.commands import check_cases

    _end(check_cases(project, years, lang=lang, root=root))


def _running(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of the commands that run notebooks; they reach the command as one ``how``."""

    @wraps(command)
    def gathered(
        force: bool,
        why: bool,
        ordinary_kernels: bool,
        cell_seconds: int,
        memory_mib: int | None,
        **rest: Any,
    ) -> Any:
        from auditbook.commands import How

        how = How(force, why, ordinary_kernels, cell_seconds, memory_mib)
        return command(how=how, **rest)

    options = (
        click.option("--force", is_flag=True, help="Run every notebook, changed or not."),
        click.option("--why", is_flag=True, help="Say why each notebook ran."),
        click.option("--ordinary-kernels", is_flag=True, help="Do not fork preloaded kernels."),
        click.option(
            "--cell-seconds",
            type=click.IntRange(min=1),
            default=600,
            show_default=True,
            help="A cell that takes longer is ended.",
        ),
        click.option(
            "--memory-mib",
            type=click.IntRange(min=512),
            help="MiB that a notebook may take.  [default: a quarter of the machine's]",
        ),
    )
    for option in reversed(options):
        gathered = option(gathered)
    return gathered


@cli.command()
@click.argument("project")
@click.argument("years", nargs=-1, required=True, metavar="YEAR...")
@_common
@_out
@_running
def run(
    project: str,
    years: tuple[str, ...],
    lang: str,
    root: Path | None,
    out: Path | None,
    how: How,
) -> None:
    """运行底稿，生成网页和报告。 Run the notebooks; make pages and report."""
    from auditbook.commands import run_and_report

    with _ended_by_sigterm():
        _end(run_and_report(project, years, lang=lang, root=root, out=out, how=how))


@cli.command()
@click.argument("cases", nargs=-1, required=True, metavar="PROJECT/YEAR|LIST...")
@_common
@_out
@_running
def batch(cases: tuple[str, ...], lang: str, root: Path | None, out: Path | None, how: How) -> None:
    """运行许多案卷，并汇总成一页。 Run many cases; put them on one page.

    'kunming-grid/*' stands for every year of a project; a LIST is a text file with one
    project,year per line.
    """
    from auditbook.commands_many import batch_and_report

    with _ended_by_sigterm():
        _end(batch_and_report(cases, lang=lang, root=root, out=out, how=how))


@cli.command()
@click.argument("project")
@click.argument("year")
@_common
@_out
@click.option("--rerun", is_flag=True, help="Run it again elsewhere and compare all outputs.")
def verify(
    project: str, year: str, lang: str, root: Path | None, out: Path | None, rerun: bool
) -> None:
    """上次运行以来有什么变了。 Name every file that changed since the last run."""
    from auditbook.commands_many import verify_and_report

    with _ended_by_sigterm():
        _end(verify_and_report(project, year, lang=lang, root=root, out=out, again=rerun))


@cli.command()
@click.argument("project")
@click.argument("year")
@_common
@_out
@click.option("--with-inputs", is_flag=True, help="Pack the inputs too.")
def export(
    project: str, year: str, lang: str, root: Path | None, out: Path | None, with_inputs: bool
) -> None:
    """打包成 RO-Crate。 Pack a finished case as a Process Run Crate."""
    from auditbook.commands_many import export_and_report

    _end(export_and_report(project, year, lang=lang, root=root, out=out, with_inputs=with_inputs))


@cli.command()
@click.argument("project")
@click.argument("year")
@_common
@click.option(
    "--out", type=_folder, help="File to write; worklist.xlsx in the case's outputs by default."
)
@click.option("--force", is_flag=True, help="Overwrite a list that was filled in.")
@click.option("--own-copy", is_flag=True, help="The team's own: with payees and their accounts.")
def worklist(
    project: str,
    year: str,
    lang: str,
    root: Path | None,
    out: Path | None,
    force: bool,
    own_copy: bool,
) -> None:
    """写出现场核查清单。 Write the work list of site visits, to be filled in."""
    from auditbook.commands_worklist import worklist_and_report

    code = worklist_and_report(
        project, year, lang=lang, root=root, out=out, force=force, own_copy=own_copy
    )
    _end(code)


@cli.command()
@click.argument("key")
@click.argument("project")
@click.argument("year")
@_common
@_out
def where(
    key: str, project: str, year: str, lang: str, root: Path | None, out: Path | None
) -> None:
    """一个数据从哪里来。 Where a figure comes from: formula, function, input rows."""
    from auditbook.commands import report_where

    _end(report_where(key, project, year, lang=lang, root=root, out=out))


@cli.command()
@click.argument("project")
@click.argument("years", nargs=-1, required=True, metavar="YEAR...")
@_common
@click.option("--out", type=_folder, help="Folder of projects to write to; data/ in the root.")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Decides every number.")
@click.option(
    "--lines",
    type=click.IntRange(min=800),
    default=20_000,
    show_default=True,
    help="About how many lines a year's ledgers have in all.",
)
@click.option(
    "--plant",
    "planted",
    metavar="KINDS|none",
    help="Errors to plant: duplicate_payments:5,held:2.  [default: 3 of each kind]",
)
def synthesize(
    project: str,
    years: tuple[str, ...],
    lang: str,
    root: Path | None,
    out: Path | None,
    seed: int,
    lines: int,
    planted: str | None,
) -> None:
    """生成合成案卷，差错已知。 Write synthetic cases whose errors are known."""
    from auditbook.commands_synthesize import synthesize_and_report

    code = synthesize_and_report(
        project, years, seed=seed, lines=lines, planted=planted, lang=lang, root=root, out=out
    )
    _end(code)


@cli.command("refresh-notebooks")
@_common
def refresh_notebooks(lang: str, root: Path | None) -> None:
    """用默认案卷重算 notebooks/ 里的输出。 Store the default case's outputs in notebooks/."""
    from auditbook.commands import refresh_and_report

    with _ended_by_sigterm():
        _end(refresh_and_report(lang=lang, root=root))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no Chinese shows ?
    try:
        sys.exit(cli.main(arguments, prog_name="auditbook", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断；已完成的底稿保留。 Interrupted; what was finished is kept.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has left: nothing to tell anybody
        sys.exit(0)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let a polite kill end a run as Ctrl-C does: kernels stopped, nothing half-written."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(code: int) -> NoReturn:
    raise click.exceptions.Exit(code)
