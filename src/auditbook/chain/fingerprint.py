"""What a result rests on, as hashes: notebooks, input files, auditbook itself, libraries.

Bytes decide, never times. Nothing here imports a large library: a run that has nothing to do is
over before one would be loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_SUFFIX = ".dist-info"
_NOT_SOURCE = {"__pycache__"}


def digest(value: Any) -> str:
    """The sha256 of a value that JSON can hold; the order of keys does not matter."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def file_hash(path: Path | str) -> str | None:
    """The sha256 of a file's bytes; None when there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def folder_hashes(folder: Path) -> dict[str, str]:
    """The hash of every file in a folder and below, by its path relative to the folder.

    Hidden files, and those that an office program keeps beside an open document, are no part of
    a case.
    """
    found = {}
    for path in _files(str(folder), ""):
        hashed = file_hash(folder / path)
        if hashed is not None:
            found[path] = hashed
    return dict(sorted(found.items()))


def _files(folder: str, prefix: str) -> Iterable[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~")) or entry.name in _NOT_SOURCE:
                continue
            if entry.is_dir():
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield prefix + entry.name


def notebook_hash(path: Path) -> str:
    """The hash of what a person wrote in a notebook: all that a run keeps, without outputs.

    Raises
    ------
    ValueError
        The file is no notebook.
    OSError
        It cannot be read.
    """
    try:
        notebook = json.loads(path.read_bytes())
        cells = [
            [
                cell["cell_type"],
                "".join(cell["source"]),
                cell["metadata"].get("tags", []),
                cell.get("id"),
                cell.get("attachments"),
            ]
            for cell in notebook["cells"]
        ]
        form = [notebook["nbformat"], notebook["nbformat_minor"]]
        return digest([cells, notebook["metadata"].get("kernelspec", {}), form])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no notebook: {error!r}") from error


def environment() -> dict[str, Any]:
    """What a result rests on beside its inputs.

    Returns
    -------
    dict
        python, implementation, platform, packages (name to version), code (hash of auditbook's
        own files).
    """
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": f"{sys.platform}-{os.uname().machine if hasattr(os, 'uname') else ''}",
        "packages": packages(sys.path),
        "code": code_hash(),
    }


def packages(folders: Iterable[str]) -> dict[str, str]:
    """The installed packages and their versions, from the names of their metadata folders."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith(_SUFFIX):
                package, _, version = name.removesuffix(_SUFFIX).rpartition("-")
                found.setdefault(package.lower().replace("_", "-"), version)
    return dict(sorted(found.items()))


def code_hash() -> str:
    """The hash of the package's own files: source, labels, templates."""
    package = Path(__file__).resolve().parents[1]
    return digest(folder_hashes(package))


def changed(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """Names whose hashes differ, or that only one side has."""
    names = sorted({*before, *after})
    return [name for name in names if before.get(name) != after.get(name)]
