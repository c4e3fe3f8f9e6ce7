"""Kills in every phase of a run, and what must hold thereafter."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from survival import NAMES, assert_nothing_torn, differing, finished_steps, outputs, run, tree
from victims import Victim, victim, wait_until

INTERRUPTED = 130

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
_PATIENCE = 15.0
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
        pid: int | None = None
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
