"""The ``auditbook`` command. Thin: each command calls one function and says what came of it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from auditbook import __version__

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


@cli.command()
@click.argument("project")
@click.argument("years", nargs=-1, required=True, metavar="YEAR...")
@_common
@_out
def run(
    project: str, years: tuple[str, ...], lang: str, root: Path | None, out: Path | None
) -> None:
    """运行底稿，生成网页和报告。 Run the notebooks; make pages and report."""
    from auditbook.commands import run_and_report

    with _ended_by_sigterm():
        _end(run_and_report(project, years, lang=lang, root=root, out=out))


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
