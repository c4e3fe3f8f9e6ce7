"""What came of a run: records that the command line turns into words and an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditbook.case import InputError

if TYPE_CHECKING:
    from auditbook.deliver.overview import Overview

DONE, BAD_INPUT, FAILED, NOT_WRITTEN, INTERRUPTED = 0, 1, 3, 5, 130
"""Exit codes; a larger one is the worse."""


@dataclass(frozen=True)
class Refusal:
    """A notebook that was not run because it does not take the chain's parameters.

    Attributes
    ----------
    notebook : str
    reason : {"missing", "unreadable", "no_parameters", "unknown_parameter"}
    detail : str
        The parameters that it does not know, or why it cannot be read.
    """

    notebook: str
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Failure:
    """A notebook that stopped.

    Attributes
    ----------
    notebook : str
    cell : int
        Number of the code cell, from 1, as in the source notebook; 0 when none was begun.
    heading : str
        The nearest heading above it.
    lines : tuple of str
        The error as people read it: its last line, or all lines of an error that has its own
        form (:class:`~auditbook.case.errors.InputError`).
    kept : Path or None
        The notebook as far as it came.
    """

    notebook: str
    cell: int
    heading: str
    lines: tuple[str, ...]
    kept: Path | None


@dataclass(frozen=True)
class CaseResult:
    """What came of one case.

    Attributes
    ----------
    project, year
    outputs : Path
    notebooks : tuple of str
        Those that were finished.
    failure : Failure or None
    held_by : str or None
        Process number of another run that holds the case.
    not_written : str
        Why nothing could be written.
    overview : Overview or None
        What the working papers say, when all notebooks were finished.
    """

    project: str
    year: int
    outputs: Path
    notebooks: tuple[str, ...] = ()
    failure: Failure | None = None
    held_by: str | None = None
    not_written: str = ""
    overview: Overview | None = None

    @property
    def exit_code(self) -> int:
        """0 done, 3 a notebook failed, 5 nothing could be written or another run holds it."""
        if self.held_by is not None or self.not_written:
            return NOT_WRITTEN
        return FAILED if self.failure else DONE


@dataclass(frozen=True)
class RunResult:
    """What came of a run.

    Attributes
    ----------
    cases : tuple of CaseResult
        Empty when the run ended before the first notebook.
    input_errors : tuple of (case, InputError)
        The case as ``kunming-grid 2018``.
    refused : tuple of Refusal
    """

    cases: tuple[CaseResult, ...] = ()
    input_errors: tuple[tuple[str, InputError], ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def exit_code(self) -> int:
        """The worst of its cases."""
        codes = [case.exit_code for case in self.cases]
        codes += [BAD_INPUT] * bool(self.input_errors) + [FAILED] * bool(self.refused)
        return max(codes, default=DONE)
