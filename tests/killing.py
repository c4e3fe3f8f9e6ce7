"""A run in a process of its own that is killed in a chosen phase, and what must hold thereafter."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from survival import (
    CASE,
    NAMES,
    assert_nothing_torn,
    differing,
    finished_steps,
    outputs,
    run,
    tree,
)

INTERRUPTED = 130


def wait_until(true: Callable[[], object], what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.002)


# processes -------------------------------------------------------------------------------------


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
        def limit() -> None:
            if self.largest is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest, self.largest))

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
            preexec_fn=limit,
        )

    @property
    def outputs(self) -> Path:
        return outputs(self.root, self.out)

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


# the phases of a run ---------------------------------------------------------------------------

TARGETS: dict[str, tuple[str, ...]] = {
    "reading": ("runner", "preloaded", "kernel"),
    **{f"notebook {name[:2]}": ("runner", "preloaded", "kernel") for name in NAMES},
    "html": ("runner", "preloaded"),
    "report": ("runner", "preloaded", "kernel"),
    "index": ("runner", "preloaded", "kernel"),
    "manifest": ("runner", "preloaded"),
}
"""What can be killed in each phase; no kernel has to live while pages and manifest are written."""

PAUSE = 0.2
"""Seconds that a victim's notebooks wait, so that a random moment meets them."""
_WIDTH = {"reading": 0.4, "html": 0.02, "index": 0.05, "manifest": 0.0}
_PATIENCE = 2.0
"""Seconds in which the processes of a killed run must have gone."""


def in_phase(phase: str, folder: Path) -> bool:
    """Whether a run is in a phase, by what stands in its outputs at this moment."""

    def there(name: str) -> bool:
        return (folder / name).exists()

    report = there("report.docx") or there(".report.docx.new")
    if phase == "reading":
        return not there("manifest.json") and not there(".manifest.json.new")
    if phase == "manifest":
        return there(".manifest.json.new")
    if phase == "html":
        return any(
            there(f"notebooks/{name}.ipynb") and not there(f"html/{name}.html") for name in NAMES
        )
    if phase == "index":
        return all(there(f"html/{name}.html") for name in NAMES) and not there("html/index.html")
    if phase == "report":
        return report and there(f"notebooks/.{NAMES[4]}.ipynb.new")
    name = next(name for name in NAMES if name[:2] == phase[-2:])
    return there(f"notebooks/.{name}.ipynb.new") and not (phase[-2:] == "05" and report)


@dataclass(frozen=True)
class Kill:
    """What is to be killed, in which phase, and how."""

    phase: str
    target: str
    signal: signal.Signals = signal.SIGKILL


def kills(seed: int, rounds: int) -> list[Kill]:
    """Every phase once in each round, in a random order, with random targets."""
    rng, found = random.Random(seed), []
    for _ in range(rounds):
        phases = list(TARGETS)
        rng.shuffle(phases)
        found += [Kill(phase, rng.choice(TARGETS[phase])) for phase in phases]
    return found


@dataclass
class Survival:
    """Kills runs of one root, looks at what is left, runs again, compares with `reference`.

    Attributes
    ----------
    work, temporary : Path
        Where results and temporary files of the runs go.
    reference : dict
        What an undisturbed run leaves.
    hit : Counter
        Kills that met their phase, by phase and by target.
    resumed : int
        How many finished steps were not run again, in all.
    tries : int
        Kills in all, also those that came too late.
    """

    root: Path
    work: Path
    temporary: Path
    reference: dict[str, bytes]
    rng: random.Random
    hit: Counter[str] = field(default_factory=Counter)
    resumed: int = 0
    tries: int = 0

    def survive(self, kill: Kill, attempts: int = 5) -> None:
        """Kill in the very phase; a moment missed is tried again with a new run."""
        for _ in range(attempts):
            self.tries += 1
            out = self.work / f"out-{self.tries}"
            pause = {"SURVIVAL_PAUSE": str(PAUSE)}
            with victim(self.root, out, self.temporary, environment=pause) as run_:
                met = self._kill(run_, kill)
                self._after(run_, kill)
            self._again(out)
            if met:
                self.hit.update([kill.phase, kill.target])
                return
        raise AssertionError(f"{kill} came too late {attempts} times")

    def _kill(self, run_: Victim, kill: Kill) -> bool:
        """Wait for the phase and the target, then a random time; whether the phase was met."""
        folder = run_.outputs
        if kill.phase == "manifest":  # it is written again and again
            pages = self.rng.randrange(len(NAMES) + 1)
            wait_until(lambda: run_.ended or _count(folder, "html/*.html") >= pages, "pages")
        pid = self._met(run_, kill)
        time.sleep(self.rng.uniform(0, _WIDTH.get(kill.phase, PAUSE * 0.7)))
        met = in_phase(kill.phase, folder) and not run_.ended
        if pid is None:
            return False
        try:
            os.kill(pid, kill.signal)
        except ProcessLookupError:
            return False
        if kill.target == "runner" and kill.signal == signal.SIGKILL:
            run_.process.wait()
            met = met and in_phase(kill.phase, folder)  # as it died
        return met

    def _met(self, run_: Victim, kill: Kill) -> int | None:
        """The target's number, as soon as it is there and the phase has begun."""
        pid = None
        while not run_.ended:
            if pid is None or kill.target == "kernel":
                pid = run_.pid(kill.target, self.rng)
            ready = kill.signal == signal.SIGKILL or run_.preloaded()  # it listens to signals
            if pid is not None and ready and in_phase(kill.phase, run_.outputs):
                return pid
            if kill.phase != "manifest":  # that one is over in a millisecond
                time.sleep(0.002)
        return None

    def _after(self, run_: Victim, kill: Kill) -> None:
        """Nothing torn, nobody left over, no word of a bug."""
        code, said = run_.end()
        if kill.signal != signal.SIGKILL:
            allowed: tuple[int, ...] = (INTERRUPTED, 0)
        else:
            allowed = (-signal.SIGKILL, 0) if kill.target == "runner" else (0, 3)
        assert code in allowed, (kill, code, said)
        assert "Traceback" not in said, (kill, said)
        wait_until(lambda: not run_.left(), f"the end of all processes after {kill}", _PATIENCE)
        assert_nothing_torn(run_.outputs, self.reference)
        if kill.signal != signal.SIGKILL:
            assert not (run_.outputs / ".lock").exists(), kill
            assert list(self.temporary.glob("wk-*")) == [], kill

    def _again(self, out: Path) -> None:
        """The next run finishes what is missing and ends with the bytes of an undisturbed one."""
        folder = outputs(self.root, out)
        finished = finished_steps(folder)
        result = run(self.root, out)
        assert result.exit_code == 0, result
        assert result.reused == finished
        assert differing(tree(folder), self.reference) == []
        self.resumed += len(finished)
        shutil.rmtree(out)


def _count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))
