"""A case that was read and found sound, handed on to the other processes of the same run.

Seven processes of a run open the same case. The first one reads and checks it and leaves the
result in the run's private folder; the others take that, if every byte of the case's folder is
still what it was, and else read for themselves.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

from auditbook.case.reading import ReadCase
from auditbook.case.reads import FilesRead, read_at_rest
from auditbook.case.root import handed_path


def read_or_take(folder: Path, project: str, year: int) -> tuple[ReadCase, FilesRead]:
    """Take over what another process of this run has read; read the case where there is none.

    Raises
    ------
    InputError
        As :func:`auditbook.case.reads.read_at_rest` does.
    """
    place = handed_path(project, year)
    if place is None:
        return read_at_rest(folder, project, year)
    before = _state(folder)
    if place.is_file():
        state, read, files = pickle.loads(place.read_bytes())
        if state == before:
            return read, files
    read, files = read_at_rest(folder, project, year)
    if not read.problems and _state(folder) == before:
        _leave(place, (before, read, files))
    return read, files


def _leave(place: Path, what: object) -> None:
    new = place.with_name(f"{place.name}-9")
    try:
        new.write_bytes(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
        os.replace(new, place)
    except OSError:
        new.unlink(missing_ok=True)  # no room: the others read for themselves


def _state(folder: Path) -> dict[str, str]:
    """The hash of every file in a folder and below."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            if os.path.isfile(file):
                with open(file, "rb") as opened:
                    found[file] = hashlib.file_digest(opened, "sha256").hexdigest()
    return found
