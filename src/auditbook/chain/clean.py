"""What papermill and the kernel leave in a notebook and what changes from run to run: removed."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat

INJECTED = "injected-parameters"
_ERROR_MARKER = "papermill-error-cell-tag"
_KEPT_METADATA = ("kernelspec", "language_info")
_KEPT_CELL_METADATA = ("tags",)
_KERNEL_FOLDER = re.compile(r"(?<!\S)\S*[/\\]ipykernel_\d+[/\\]")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def clean(notebook: nbformat.NotebookNode, known_ids: Collection[str] = ()) -> None:
    """Remove times, paths, versions and random ids from an executed notebook, in place.

    Parameters
    ----------
    notebook : NotebookNode
    known_ids : collection of str
        Cell ids of the source notebook; any other was made up while running and is replaced by
        the cell's place.
    """
    notebook.metadata = nbformat.from_dict(
        {key: notebook.metadata[key] for key in _KEPT_METADATA if key in notebook.metadata}
    )
    if "language_info" in notebook.metadata:
        notebook.metadata.language_info = nbformat.from_dict({"name": "python"})
    notebook.cells = [cell for cell in notebook.cells if _ERROR_MARKER not in _tags(cell)]
    place = 0
    for cell in notebook.cells:
        if INJECTED in _tags(cell):
            cell.id = INJECTED
        else:
            if cell.get("id") not in known_ids:
                cell.id = f"cell-{place:02d}"
            place += 1
        cell.metadata = _cleaned(cell.metadata)
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":  # a warning names its cell by the kernel's number
                output.text = _KERNEL_FOLDER.sub("", output.text)


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook: sorted keys, UTF-8, one newline at the end."""
    path.write_text(nbformat.writes(notebook, ensure_ascii=False).rstrip("\n") + "\n", "utf-8")


def ids(notebook: nbformat.NotebookNode) -> set[str]:
    """The cell ids of a notebook."""
    return {cell["id"] for cell in notebook.cells if cell.get("id")}


def without_colours(text: str) -> str:
    """Text without the terminal's colour codes."""
    return _ANSI.sub("", text)


def _tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _cleaned(metadata: Any) -> Any:
    kept = {key: metadata[key] for key in _KEPT_CELL_METADATA if metadata.get(key)}
    return nbformat.from_dict(kept)
