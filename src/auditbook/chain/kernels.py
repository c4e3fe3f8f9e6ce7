"""Where notebooks and the work on tables are done: preloaded processes, or ordinary ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import warmkernel
from auditbook.case.root import HANDED
from auditbook.chain.fingerprint import code_hash
from auditbook.chain.work import MORE, PRELOAD
from warmkernel.session import folder as private_folder

CELL_SECONDS = 600
"""How long a cell may take unless the caller says otherwise."""


def default_memory() -> int | None:
    """Bytes that a kernel may take unless the caller says otherwise: a fair share of three."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4
    except (AttributeError, ValueError, OSError):
        return None


@dataclass(frozen=True)
class Kernels:
    """How kernels are started, and what they may take.

    Attributes
    ----------
    ordinary : bool
        Start ordinary kernels although preloaded ones could be had.
    cell_seconds : int
        A cell that takes longer is ended.
    memory : int or None
        Bytes of private memory a kernel may take.
    many : bool
        Many notebooks are to come: more is imported beforehand.
    """

    ordinary: bool = False
    cell_seconds: int = CELL_SECONDS
    memory: int | None = field(default_factory=default_memory)
    many: bool = False

    def prepare(self) -> None:
        """Start the preloaded process, if there is to be one; does not wait until it is ready."""
        _stopping.clear()
        if self.warm:
            _prepare_shared(PRELOAD + MORE if self.many else PRELOAD)

    @property
    def warm(self) -> bool:
        """Whether kernels are forked from a preloaded process."""
        return not self.ordinary and warmkernel.available()

    def call(self, function: Callable[..., Any], *arguments: Any, keep: Sequence[int] = ()) -> Any:
        """Call a function of a module in a process of its own, or here where none is to be had.

        Raises
        ------
        Exception
            What the function raises.
        warmkernel.CallError
            The process was killed.
        """
        name = f"{function.__module__}:{function.__qualname__}"
        if self.warm:
            try:
                zygote = warmkernel.shared()
                return zygote.call(name, *arguments, memory=self.memory, keep=keep)
            except warmkernel.NotAvailableError:
                pass
        return function(*arguments)

    def options(self, keep: Sequence[int]) -> dict[str, Any]:
        """Arguments for papermill.

        Parameters
        ----------
        keep : sequence of int
            Descriptors that the kernel keeps open until it ends.
        """
        from traitlets.config import Config

        provisioner = {
            "ordinary": not self.warm,
            "memory": self.memory or 0,
            "keep": list(keep),
        }
        return {
            "engine_name": "warm",
            "config": Config({"WarmProvisioner": provisioner}),
            "execution_timeout": self.cell_seconds,
            "shell_timeout_interval": 1,  # seconds until a kernel that dies at its start is missed
        }


class StoppedError(Exception):
    """The run was interrupted, and its kernels were killed."""


_stopping = threading.Event()
_code = ""


def _prepare_shared(preload: Sequence[str]) -> None:
    """Start the shared process; anew if auditbook's own files changed since the last one.

    Its private folder is that of the run: what is left there goes with it.
    """
    global _code
    now = code_hash()
    if _code != now:
        warmkernel.close()
        _code = now
    warmkernel.configure(preload)
    try:
        warmkernel.shared()
        os.environ[HANDED] = str(private_folder().path)
    except warmkernel.NotAvailableError:
        pass  # ordinary kernels do


def stopping() -> bool:
    """Whether kernels end because the run was interrupted."""
    return _stopping.is_set()


def end() -> None:
    """Kill what runs, at once."""
    _stopping.set()
    warmkernel.close()
    warmkernel.kill_all()
