"""A private temporary folder that a killed process cannot leave behind for good."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "wk-"
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
        parent = _parent()
        sweep(parent)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            self._descriptor = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if _still_there(self.path, self._descriptor):
                break
            os.close(self._descriptor)  # another process swept it before it was locked

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        if self._descriptor >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._descriptor)
            self._descriptor = -1


def sweep(parent: Path) -> None:
    """Remove this user's folders whose processes have ended."""
    for path in parent.glob(f"{PREFIX}*"):
        try:
            if path.stat().st_uid == os.getuid():
                _remove_unheld(path)
        except OSError:
            continue  # another process is removing it at this moment


def _remove_unheld(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except BlockingIOError:
        pass  # its process lives
    finally:
        os.close(descriptor)


def _parent() -> Path:
    """The folder for temporary files, or ``/tmp`` where its name is too long for sockets."""
    usual = tempfile.gettempdir()
    return Path(usual if len(os.fsencode(usual)) <= _LONGEST else "/tmp")


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
