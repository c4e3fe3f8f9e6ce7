"""Working copies of a checkout that can be put back to their first state.

A copy holds the files that git knows or would add. Compiled ``__pycache__`` stays when it is put
back, so that nobody pays for compiling twice.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path


class Copy:
    """A copy of a folder, and an empty folder ``tmp`` beside it.

    Parameters
    ----------
    source : Path
        Must not change while the copy is used.
    names : iterable of str
        Files of `source` that are copied.
    folder : Path
        Gets ``tree/`` and ``tmp/``.
    """

    def __init__(self, source: Path, names: Iterable[str], folder: Path) -> None:
        self.source, self.names = source, frozenset(names)
        self.root, self.tmp = folder / "tree", folder / "tmp"
        self.log = folder / "log.txt"
        self.root.mkdir(parents=True)
        self.reset()

    def reset(self) -> None:
        """Empty ``tmp``, remove what is new in the copy, restore what is changed or gone."""
        shutil.rmtree(self.tmp, ignore_errors=True)
        self.tmp.mkdir()
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in files:
                path = Path(folder, name)
                if path.relative_to(self.root).as_posix() not in self.names:
                    path.unlink()
        for name in self.names:
            if _stamp(self.root / name) != _stamp(self.source / name):
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.source / name, self.root / name)


def copy_checkout(checkout: Path, folder: Path) -> Copy:
    """A copy of a git checkout as it is now, with what is not committed yet."""
    listed = _git(checkout, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    names = [name for name in listed if name and (checkout / name).is_file()]
    return Copy(checkout, names, folder)


def git_state(checkout: Path) -> set[str]:
    """What git says of every changed, new and ignored file."""
    listed = _git(checkout, "status", "--porcelain", "--ignored", "-z")
    return {row for row in listed.split("\0") if row}


def _stamp(path: Path) -> tuple[int, int] | None:
    if not path.exists():
        return None
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
