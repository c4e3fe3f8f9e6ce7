"""One run at a time in the outputs of a case."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: nothing is locked there
    fcntl = None  # type: ignore[assignment]

LOCK_NAME = ".lock"
_PATIENCE = 5.0
"""Seconds to wait for the kernels of a killed run."""


class HeldError(Exception):
    """Another run holds the case.

    Attributes
    ----------
    pid : str
        Process number of the run that holds it; empty when it has not said so yet.
    """

    def __init__(self, folder: Path, pid: str) -> None:
        self.folder, self.pid = folder, pid
        super().__init__(f"process {pid or '?'} holds {folder}")


@contextmanager
def hold(folder: Path) -> Iterator[int]:
    """Hold a folder, which is made if it is missing; the system frees it when the process ends.

    Kernels are given the descriptor that comes out: should this process be killed, the folder
    stays held until the last of them is gone.

    Raises
    ------
    HeldError
        Another process holds it.
    OSError
        The folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK_NAME
    descriptor = _take(path)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        with suppress(OSError):  # gone, or the folder may no longer be written
            path.unlink()  # while it is still held, so that nobody else's goes
        os.close(descriptor)


def _take(path: Path) -> int:
    deadline = time.monotonic() + _PATIENCE
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _still_there(path, descriptor):
                return descriptor
            os.close(descriptor)  # its holder ended and removed it in between: try again
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if _lives(pid) or time.monotonic() > deadline:
                raise HeldError(path.parent, pid) from None
            time.sleep(0.02)  # its holder was killed, and its kernels are just ending


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ValueError:
        return False  # it has not said yet who it is
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
