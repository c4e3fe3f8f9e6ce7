"""A private temporary folder that a killed process cannot leave behind for good."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from itertools import count
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "wk-"
_NAME = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
_MARK = ".warmkernel"
"""A file that tells such a folder from a person's own with a like name."""
_LONGEST = 107 - len("/wk-12345678/12345678-5")
"""A Unix socket's path has 107 bytes; each kernel appends its number and ``-1`` … ``-5``."""


class Folder:
    """A folder of mode 0700 for sockets and connection files.

    It is held by a lock that the system drops when its process ends, however that happens; each
    new folder first removes those that nobody holds any more.

    Attributes
    ----------
    path : Path
    """

    def __init__(self) -> None:
        place = parent()
        sweep(place)
        self._numbers = count(1)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if _still_there(self.path, self._descriptor):
                (self.path / _MARK).touch()
                break
            os.close(self._descriptor)  # another process swept it before it was locked

    def new_path(self) -> str:
        """A path in the folder that was not given before."""
        return str(self.path / str(next(self._numbers)))

    def abandon(self) -> None:
        """In a fork of its process: let it be."""
        os.close(self._descriptor)

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._descriptor)


def sweep(place: Path) -> None:
    """Remove this user's folders whose processes have ended, with all that is in them."""
    for path in place.glob(f"{PREFIX}*"):
        if _NAME.fullmatch(path.name):
            try:
                _remove_unheld(path)
            except OSError:
                continue  # held, or not ours, or another process removes it at this moment


def _remove_unheld(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.getuid():
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its process lives
        if (path / _MARK).exists():
            shutil.rmtree(path)
        else:
            path.rmdir()  # fails unless its process was killed just after it was made
    finally:
        os.close(descriptor)


def parent() -> Path:
    """The folder for temporary files, or ``/tmp`` where its name is too long for sockets."""
    usual = tempfile.gettempdir()
    return Path(usual if len(os.fsencode(usual)) <= _LONGEST else "/tmp")


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
