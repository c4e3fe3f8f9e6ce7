"""What all cases of one run share: places, notebooks, environment, how kernels are started."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from auditbook.chain.fingerprint import changed, code_hash, environment, file_hash, notebook_hash
from auditbook.chain.kernels import Kernels
from auditbook.chain.order import PARAMETERS, Step, source
from auditbook.chain.outcome import Refusal

Progress = Callable[[str, int, str, float], None]
"""Called after each notebook with project, year, its name and the seconds it took."""


@dataclass
class Options:
    """How cases are run.

    Attributes
    ----------
    root, out : Path
        Where cases and notebooks are, and where results go.
    steps : tuple of Step
    lang : {"zh", "en"}
    force : bool
        Run every step, also those whose results stand.
    kernels : Kernels
    progress : callable
    """

    root: Path
    out: Path
    steps: tuple[Step, ...]
    lang: str = "zh"
    force: bool = False
    kernels: Kernels = field(default_factory=Kernels)
    progress: Progress = lambda *_: None
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _refused: tuple[Refusal, ...] | None = None

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions and code at the beginning of the run."""
        return environment()

    @cached_property
    def files(self) -> dict[str, str | None]:
        """The notebooks' files, byte for byte, at the beginning of the run."""
        return {step.name: file_hash(source(self.root, step)) for step in self.steps}

    @cached_property
    def notebooks(self) -> dict[str, str]:
        """The hash of each notebook's own cells; those that are none are left out."""
        found = {}
        _ = self.files  # taken first: what is written in between is noticed at the end
        for step in self.steps:
            try:
                found[step.name] = notebook_hash(source(self.root, step))
            except (OSError, ValueError):
                continue
        return found

    @property
    def readable(self) -> bool:
        """Whether every notebook is there and is one."""
        return len(self.notebooks) == len(self.steps)

    def refused(self) -> tuple[Refusal, ...]:
        """Notebooks that cannot be run with the chain's parameters."""
        from auditbook.chain.execute import refusal

        with self._guard:
            if self._refused is None:
                found = [refusal(source(self.root, step), PARAMETERS) for step in self.steps]
                self._refused = tuple(one for one in found if one)
            return self._refused

    def warm_up(self) -> None:
        """Load what running needs, once; the preloaded process does so at the same time."""
        from auditbook.chain.environment import papermill
        from auditbook.deliver import html

        with self._guard:
            self.kernels.prepare()
            papermill()
            html.warm_up(self.lang)

    def changed_meanwhile(self) -> list[str]:
        """Notebooks, and auditbook's own code, that are no longer as when the run began."""
        now = {step.name: file_hash(source(self.root, step)) for step in self.steps}
        found = [f"notebooks/{name}.ipynb" for name in changed(self.files, now)]
        return found + ["src/auditbook"] * (code_hash() != self.environment["code"])
