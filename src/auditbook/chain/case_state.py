"""What is known and held of one case while it goes through the chain."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditbook.case import InputError
from auditbook.chain.fingerprint import changed, folder_hashes
from auditbook.chain.kernels import StoppedError
from auditbook.chain.lock import HeldError, hold
from auditbook.chain.manifest import Manifest, StepRecord
from auditbook.chain.options import Options
from auditbook.chain.outcome import CaseResult, Failure, Refusal
from auditbook.chain.plan import Basis, Plan
from auditbook.chain.work import CaseInfo
from warmkernel import CallError

TROUBLE = (OSError, HeldError, MemoryError, CallError, StoppedError)
"""What keeps one case, and no other, from being finished."""


class CaseState:
    """The result of a case as far as it is known, its lock, and its manifest.

    Several tasks of a case run at once; what they change here is guarded.

    Attributes
    ----------
    result : CaseResult
    input_error : InputError or None
    refused : tuple of Refusal
    plan : Plan
    """

    _folder: Path  # of the case
    _basis: Basis  # what the results rest on, once it is known

    def __init__(self, project: str, year: int, options: Options, place: int = 0) -> None:
        """Number `place` in a run of many, where earlier ones go first."""
        self.project, self.year, self.options, self.place = project, year, options, place
        self.outputs = options.out / project / str(year)
        self.result = CaseResult(project, year, self.outputs)
        self.input_error: InputError | None = None
        self.refused: tuple[Refusal, ...] = ()
        self.plan = Plan()
        self._held = ExitStack()
        self._descriptor = -1
        self._guard = threading.RLock()
        self._records: dict[str, StepRecord] = {}
        self._info: CaseInfo | None = None

    def _values(self) -> tuple[str | int, ...]:
        return self.project, self.year, self.options.lang

    def _hold(self) -> None:
        if self._descriptor < 0:
            self._descriptor = self._held.enter_context(hold(self.outputs))

    def _keep(self) -> tuple[int, ...]:
        return (self._descriptor,) if self._descriptor >= 0 else ()

    def release(self) -> None:
        """Let go of the case's outputs, and of what is not needed to tell how it went."""
        self.plan, self._records = Plan(), {}
        self._descriptor = -1
        self._held.close()

    def _trouble(self, error: Exception) -> None:
        """What keeps this case, and no other, from being finished."""
        if isinstance(error, HeldError):
            self._note(held_by=error.pid)
        elif isinstance(error, OSError):
            self._note(not_written=f"{error.filename or self.outputs}: {error.strerror or error}")
        elif not isinstance(error, StoppedError):  # whoever interrupted the run knows
            self._fail(Failure("", 0, "", (f"{type(error).__name__}: {error}",), None))

    def _note(self, **changes: Any) -> None:
        """Change the result; several tasks may do so at once."""
        with self._guard:
            self.result = replace(self.result, **changes)

    def _fail(self, failure: Failure) -> None:
        with self._guard:
            failures = sorted((*self.result.failures, failure), key=lambda f: f.notebook)
            self._note(failures=tuple(failures))

    def _changed_meanwhile(self) -> tuple[str, ...]:
        """What is no longer as it was when the run began, or was read in another state."""
        inputs = folder_hashes(self._folder) if self._folder.is_dir() else {}
        found = [f"data/{name}" for name in changed(self._basis.inputs, inputs)]
        for record in self._records.values():
            as_planned = self._basis.step_inputs(record.inputs)
            found += [f"data/{name}" for name in changed(record.inputs, as_planned)]
        found += self.options.changed_meanwhile()
        return tuple(dict.fromkeys(found))

    def _write_manifest(
        self, closing: dict[str, str] | None = None, overview: dict[str, Any] | None = None
    ) -> None:
        info = self._info
        Manifest(
            case={
                "project": self.project,
                "year": self.year,
                "title": {"zh": info.title, "en": info.title_en} if info else {},
            },
            parameters=dict(self._basis.parameters),
            seed=info.seed if info else None,
            inputs=dict(self._basis.inputs),
            environment=dict(self._basis.environment),
            steps=dict(sorted({**self.plan.good, **self._records}.items())),
            closing=closing or {},
            overview=overview or {},
        ).write(self.outputs)
