"""What came of a run: records that the command line turns into words and an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditbook.case import InputError
from auditbook.facts import Severity

if TYPE_CHECKING:
    from auditbook.chain.plan import Reason

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
    not_written : str
        What the system said, when the cell stopped because its results could not be written.
    """

    notebook: str
    cell: int
    heading: str
    lines: tuple[str, ...]
    kept: Path | None
    not_written: str = ""


@dataclass(frozen=True)
class Summary:
    """A finished case in short.

    Attributes
    ----------
    title : str
    results : tuple of (label, text)
        Score, grade, money, as people read them.
    findings : mapping of str to int
        How many of each severity.
    entry : mapping
        The case's row in a portfolio, as JSON.
    """

    title: str
    results: tuple[tuple[str, str], ...]
    findings: Mapping[str, int]
    entry: Mapping[str, Any]

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Summary:
        """From what the manifest keeps of the overview."""
        results = tuple((result["label"], result["text"]) for result in content["results"])
        found = content["findings"]  # in JSON they have lost their order
        findings = {severity.value: found[severity] for severity in Severity if severity in found}
        return cls(content["title"], results, findings, content["entry"])


@dataclass(frozen=True)
class CaseResult:
    """What came of one case.

    Attributes
    ----------
    project, year
    outputs : Path
    notebooks : tuple of str
        Those whose results stand.
    reused : tuple of str
        Those of them that did not have to run.
    failures : tuple of Failure
        In the order of the notebooks.
    held_by : str or None
        Process number of another run that holds the case.
    not_written : str
        Why nothing could be written.
    changed : tuple of str
        Inputs that changed while they were read; the results were withdrawn.
    reasons : mapping of str to tuple of Reason
        Why each notebook ran that did.
    summary : Summary or None
        When all notebooks were finished.
    """

    project: str
    year: int
    outputs: Path
    notebooks: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    held_by: str | None = None
    not_written: str = ""
    changed: tuple[str, ...] = ()
    reasons: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    summary: Summary | None = None

    @property
    def failure(self) -> Failure | None:
        """The first notebook that stopped."""
        return self.failures[0] if self.failures else None

    @property
    def exit_code(self) -> int:
        """0 done, 1 inputs changed, 3 a notebook failed, 5 not written or held by another run."""
        unwritten = self.not_written or any(failure.not_written for failure in self.failures)
        if self.held_by is not None or unwritten:
            return NOT_WRITTEN
        if self.changed:
            return BAD_INPUT
        return FAILED if self.failures else DONE


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
