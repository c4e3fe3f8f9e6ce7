"""Folders and files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: such folders are not swept there
    fcntl = None  # type: ignore[assignment]

_HELD = ".held-"


@contextmanager
def temporary_folder(target: Path) -> Iterator[Path]:
    """A new folder beside ``target``, removed again unless :func:`swap_folder` moved it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap_folder(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``.

    A folder cannot replace another in one step everywhere, so the old one steps aside first; a
    run killed between the two steps leaves it aside, and :func:`recover_folder` puts it back.
    """
    for path in new.rglob("*"):
        if path.is_file():
            _to_disk(path)
    aside = _aside(target)
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        os.rename(target, aside)
    os.rename(new, target)
    shutil.rmtree(aside, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Finish what a killed :func:`swap_folder` left: the old folder back, or its rest removed."""
    aside = _aside(target)
    if aside.exists():
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, target)


class HeldFolder:
    """A new folder for what this process needs for a while.

    It is held by a lock that the system drops when the process, and any fork of it, has ended,
    however that happens; each new folder first removes those beside it that nobody holds.

    Attributes
    ----------
    path : Path
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        for path in parent.glob(f"{_HELD}*") if fcntl else ():
            _remove_unheld(path)
        self._process = os.getpid()
        self._descriptor: int | None = None
        while self._descriptor is None:
            self.path = Path(tempfile.mkdtemp(prefix=_HELD, dir=parent))
            if fcntl is None:
                break
            self._descriptor = _locked(self.path)  # None: swept before it was locked

    def close(self) -> None:
        """Remove the folder and all that is in it; in a fork of its process do nothing."""
        if os.getpid() == self._process:
            shutil.rmtree(self.path, ignore_errors=True)
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def _remove_unheld(path: Path) -> None:
    with suppress(OSError):
        descriptor = _locked(path)
        if descriptor is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(descriptor)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds a folder until it is closed; None: another holds or removed it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), folder.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is complete or absent, never half."""
    with named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(content)
        _to_disk(new)
        os.replace(new, path)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an error in writing say where it was: the system does not, when there is no room."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = os.fspath(path)
        raise


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
