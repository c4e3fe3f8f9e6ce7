"""An ``auditbook`` command in a process of its own, with sessions and folders of its own."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from survival import CASE, outputs


def wait_until(true: Callable[[], object], what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.002)


def processes() -> dict[int, int]:
    """Every living process and its parent."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(path.parent.name)] = int(parent)
    return found


def children(pid: int) -> list[int]:
    return sorted(child for child, parent in processes().items() if parent == pid)


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


@dataclass
class Victim:
    """An ``auditbook`` command in a process of its own, by default a run of the case.

    Attributes
    ----------
    root, out, temporary : Path
    options : sequence of str
        Further arguments.
    environment : mapping
        Further variables.
    largest : int or None
        Bytes that a file may have.
    """

    root: Path
    out: Path
    temporary: Path
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    largest: int | None = None
    command: Sequence[str] = ("run", CASE[0], str(CASE[1]))
    mark: str = field(default_factory=lambda: f"survival-{uuid4().hex}")

    def __post_init__(self) -> None:
        places = {
            "AUDITBOOK_ROOT": str(self.root),
            "AUDITBOOK_OUT": str(self.out),
            "TMPDIR": str(self.temporary),
            "JUPYTER_RUNTIME_DIR": str(self.temporary / "runtime"),
            "SURVIVAL_MARK": self.mark,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "auditbook", *self.command, *self.options],
            env={**os.environ, **places, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        if self.largest is not None:  # long before it writes anything
            limit = (self.largest, self.largest)
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limit)

    @property
    def outputs(self) -> Path:
        return Path(outputs(self.root, self.out))

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def preloaded(self) -> int | None:
        """The process from which kernels are forked."""
        for child in children(self.process.pid):
            if b"warmkernel.server" in _read(child, "cmdline"):
                return child
        return None

    def pid(self, target: str, rng: random.Random) -> int | None:
        """The process number of ``runner``, ``preloaded`` or ``kernel``, if there is one.

        Processes that are forked to read tables count as kernels.
        """
        if target == "runner":
            return self.process.pid
        server = self.preloaded()
        if target == "preloaded" or not server:
            return server
        alive = children(server)
        return rng.choice(alive) if alive else None

    def left(self) -> list[int]:
        """Processes that this run has started and that still live."""
        wanted = self.mark.encode()
        return [pid for pid in processes() if wanted in _read(pid, "environ")]

    def end(self, seconds: float = 120) -> tuple[int, str]:
        """Wait for its end: exit code, and all that it said."""
        said = self.process.communicate(timeout=seconds)
        return self.process.returncode, "".join(said)

    def close(self) -> None:
        """End what a failed test has left."""
        for pid in self.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ValueError):  # its end was waited for
            self.process.communicate()


@contextmanager
def victim(root: Path, out: Path, temporary: Path, **options: Any) -> Iterator[Victim]:
    """A :class:`Victim` that does not outlive the test."""
    started = Victim(root, out, temporary, **options)
    try:
        yield started
    finally:
        started.close()
