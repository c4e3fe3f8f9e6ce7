"""Several ways of doing the same work, timed in interleaved rounds.

A way is a list of commands. Each block of ways has a copy of the checkout of its own, which is put
back to its first state before the block's turn. In commands ``{python}`` is the interpreter,
``{tmp}`` an empty folder, ``{cases}`` a root with many cases; results go to ``{tmp}/outputs``.
"""

from __future__ import annotations

import os
import shlex
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from copies import Copy
from processes import Memory, calibrate, cpu_seconds, end_orphans


class CommandError(Exception):
    """A command failed or did not make what it should; says what it printed last."""


@dataclass
class Way:
    """One way of doing the work, and what was measured of it.

    Attributes
    ----------
    name : str
    commands : tuple of str
        Run by the shell, one after another.
    scale : float
        Measured times are multiplied by it.
    makes : mapping of str to int
        Glob in ``{tmp}`` to the number of files that must match it afterwards.
    wall, cpu : list of float
        Seconds, one number per counted round.
    peak_mib : float
    left_running : int
        Processes that were still there afterwards, at most.
    """

    name: str
    commands: tuple[str, ...]
    scale: float = 1.0
    makes: Mapping[str, int] = field(default_factory=dict)
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mib: float = 0.0
    left_running: int = 0

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(self.wall)


@dataclass(frozen=True)
class Measured:
    """What one turn of a way took."""

    wall: float
    cpu: float
    peak_mib: float
    left_running: int


@dataclass(frozen=True)
class Plan:
    """How to measure.

    Attributes
    ----------
    python : str
        The interpreter whose environment has auditbook.
    rounds, warmup : int
        Rounds that count, and rounds before them that do not.
    memory : bool
        One more round, which samples memory and does not count.
    timeout : float
        Seconds that one command may take.
    cases : Path or None
        The root with many cases.
    """

    python: str
    rounds: int
    warmup: int
    memory: bool
    timeout: float
    cases: Path | None = None


Block = tuple[Copy, Sequence[Way]]
"""Ways that run one after another on the same copy, each on what the one before it left."""


def measure(blocks: Sequence[Block], plan: Plan) -> list[float]:
    """Run all rounds; fills in the ways and returns the seconds of the calibration loops."""
    speed = []
    for turn in range(-plan.warmup, plan.rounds + plan.memory):
        counts = 0 <= turn < plan.rounds
        sample = turn >= plan.rounds
        shift = turn % len(blocks)  # no way always runs first
        for copy, ways in (*blocks[shift:], *blocks[:shift]):
            copy.reset()
            for way in ways:
                speed.append(calibrate())
                measured = run_way(way, copy, plan, sample=sample)
                _keep(way, measured, counts=counts)
                kind = f"round {turn + 1}" if counts else "memory" if sample else "warm-up"
                seconds = measured.wall * way.scale
                sys.stderr.write(f"{kind:8} {way.name:8} {seconds:8.2f} s\n")
    return speed


def run_way(way: Way, copy: Copy, plan: Plan, *, sample: bool = False) -> Measured:
    """Run the commands of a way once, and end whatever they leave running.

    Raises
    ------
    CommandError
    """
    memory = Memory()
    environment = _environment(copy, plan)
    started, used = time.perf_counter(), cpu_seconds()
    with ExitStack() as stack:
        if sample:
            stack.enter_context(memory.watched())
        try:
            for command in way.commands:
                _run(_filled(command, copy, plan), copy, environment, plan.timeout)
        except CommandError as error:
            raise CommandError(f"{way.name}: {error}") from None
        finally:
            wall = time.perf_counter() - started
            left = end_orphans()
    for pattern, count in way.makes.items():
        made = len(list(copy.tmp.glob(pattern)))
        if made != count:
            raise CommandError(f"{way.name}: {count} files {pattern} expected, got: {made}")
    return Measured(wall, cpu_seconds() - used, memory.peak_mib, left)


def check_source(copy: Copy, plan: Plan) -> None:
    """See to it that commands use the code of their copy, not that of the checkout.

    Raises
    ------
    CommandError
    """
    code = "import auditbook; print(auditbook.__file__)"
    found = subprocess.run(
        [plan.python, "-c", code], cwd=copy.root, env=_environment(copy, plan),
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if found.returncode:
        raise CommandError(f"auditbook cannot be imported:\n{found.stderr}")
    if not Path(found.stdout.strip()).resolve().is_relative_to(copy.root.resolve()):
        raise CommandError(f"auditbook of the copy expected, got: {found.stdout.strip()}")


def _keep(way: Way, measured: Measured, *, counts: bool) -> None:
    way.left_running = max(way.left_running, measured.left_running)
    way.peak_mib = max(way.peak_mib, measured.peak_mib)
    if counts:
        way.wall.append(measured.wall * way.scale)
        way.cpu.append(measured.cpu * way.scale)


def _filled(command: str, copy: Copy, plan: Plan) -> str:
    places = {"{python}": plan.python, "{tmp}": str(copy.tmp), "{cases}": str(plan.cases or "")}
    for name, place in places.items():
        command = command.replace(name, shlex.quote(place))
    return command


def _environment(copy: Copy, plan: Plan) -> dict[str, str]:
    ours = {name: v for name, v in os.environ.items() if not name.startswith("AUDITBOOK_")}
    path, modules = os.environ.get("PATH", ""), os.environ.get("PYTHONPATH", "")
    return ours | {
        "PATH": os.pathsep.join([str(Path(plan.python).parent), path]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(copy.root / "src"), modules])),
        "AUDITBOOK_OUT": str(copy.tmp / "outputs"),
    }


def _run(command: str, copy: Copy, environment: Mapping[str, str], timeout: float) -> None:
    with copy.log.open("wb") as log:
        child = subprocess.Popen(
            command, shell=True, cwd=copy.root, env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            why = f"exit status {child.wait(timeout)}"
        except subprocess.TimeoutExpired:
            why = f"not ready after {timeout:g} s"
        finally:
            if child.poll() is None:  # too slow, or we are being interrupted
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if child.returncode:
        said = copy.log.read_text("utf-8", "replace").splitlines()[-15:]
        raise CommandError("\n".join([f"{why}: {command}", *said]))
