"""What the operating system says of commands: time used, memory, and what they leave running.

Standard library only. Times hold everywhere; orphans and memory are seen on Linux alone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LINUX = sys.platform == "linux"
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_PATIENCE = 2.0  # seconds: a process that is just ending is not left running


def calibrate() -> float:
    """Seconds for a fixed loop: tells a slow machine from a slow program."""
    started = time.perf_counter()
    sum(i * i for i in range(1_000_000))
    return time.perf_counter() - started


def cpu_seconds() -> float:
    """Processor time of all children that have ended, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


def adopt_orphans() -> None:
    """Become the parent of what a command leaves running: it can then be counted and ended."""
    if LINUX:
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> int:
    """End what a finished command left running; returns how many processes that was."""
    left = _children()
    deadline = time.monotonic() + _PATIENCE
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        _wait_for_ended()
        left = _children()
    count = len(left)
    while left:  # ending a process may hand its children over to us
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        _wait_for_ended()
        left = _children()
    _wait_for_ended()
    return count


class Memory:
    """Peak memory of all descendants in MiB (PSS: pages shared after a fork count once)."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look ten times a second while the block runs."""
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._stop.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.peak_mib = max(self.peak_mib, _pss_kib() / 1024)


def _children() -> list[int]:
    """Our living children."""
    found = []
    for name in os.listdir("/proc") if LINUX else []:
        if name.isdigit():
            try:
                fields = Path("/proc", name, "stat").read_text("utf-8").rpartition(")")[2].split()
            except OSError:  # it has ended since the folder was listed
                continue
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.append(int(name))
    return found


def _wait_for_ended() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _pss_kib() -> int:
    total, todo = 0, _children()
    while todo:
        process = Path("/proc", str(todo.pop()))
        try:
            for row in (process / "smaps_rollup").read_text("utf-8").splitlines():
                if row.startswith("Pss:"):
                    total += int(row.split()[1])
            for task in (process / "task").iterdir():
                todo += map(int, (task / "children").read_text("utf-8").split())
        except OSError:  # it has ended since its parent named it
            continue
    return total
