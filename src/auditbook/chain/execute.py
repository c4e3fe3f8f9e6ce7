"""One notebook: may it be run, run it, and say where it stopped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from auditbook.chain.environment import papermill
from auditbook.chain.outcome import Failure, Refusal
from auditbook.folders import temporary_folder

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"


def refusal(notebook: Path, parameters: Iterable[str]) -> Refusal | None:
    """Why a notebook cannot be run with these parameters; papermill itself would only warn."""
    if not notebook.is_file():
        return Refusal(notebook.stem, "missing", str(notebook))
    try:
        known = papermill().inspect_notebook(_literal(notebook))
    except Exception as error:  # whatever nbformat, json or papermill make of a broken file
        return Refusal(notebook.stem, "unreadable", f"{type(error).__name__}: {error}")
    if not known:
        return Refusal(notebook.stem, "no_parameters")
    unknown = [name for name in parameters if name not in known]
    return Refusal(notebook.stem, "unknown_parameter", ", ".join(unknown)) if unknown else None


def execute(notebook: Path, target: Path, parameters: Mapping[str, str | int]) -> Failure | None:
    """Run a notebook; it appears at ``target`` only when it is complete.

    A notebook that stops is kept beside as ``<name>.failed.ipynb``; the next success removes it.

    Parameters
    ----------
    notebook : Path
        The source; never changed.
    target : Path
    parameters : mapping of str to str or int
        Nothing else passes papermill unharmed. Empty: the notebook's own.

    Raises
    ------
    TypeError
        A parameter is neither str nor int.
    OSError
        Nothing can be written.
    """
    for name, value in parameters.items():
        if type(value) not in (str, int):
            raise TypeError(f"parameter {name} must be str or int, got: {value!r}")
    failed = target.with_name(f"{target.stem}.failed.ipynb")
    with temporary_folder(target) as folder:
        result = folder / "result.ipynb"
        error = _papermill(notebook, result, parameters)
        cell, heading = _finish(notebook, result, error) if result.exists() else (0, "")
        if error is None:
            os.replace(result, target)
            failed.unlink(missing_ok=True)
            return None
        kept = failed if result.exists() else None
        if kept:
            os.replace(result, kept)
        return Failure(notebook.stem, cell, heading, _lines(error), kept)


def _papermill(source: Path, result: Path, parameters: Mapping[str, Any]) -> Exception | None:
    pm = papermill()
    try:
        pm.execute_notebook(
            _literal(source),
            _literal(result),
            parameters=dict(parameters),
            kernel_name="python3",
            progress_bar=False,
            extra_arguments=["--log-level=CRITICAL"],  # no remarks on TCP, on its own end
        )
    except OSError:
        raise
    except Exception as error:  # a cell's error, a dead kernel, a kernel that does not start
        return error
    return None


def _literal(path: Path) -> str:
    """Papermill fills ``{name}`` in paths with parameters; a folder may be called so."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _finish(source: Path, result: Path, error: Exception | None) -> tuple[int, str]:
    """Clean the result; number and heading of the cell where it stopped, 0 if it did not."""
    import nbformat

    from auditbook.chain import clean

    notebook = nbformat.read(result, as_version=4)
    where = _stopped_at(notebook) if error else (0, "")
    clean.clean(notebook, clean.ids(nbformat.read(source, as_version=4)))
    clean.write(notebook, result)
    return where


def _stopped_at(notebook: Any) -> tuple[int, str]:
    """Number of the code cell that stopped, as in the source, and the heading above it."""
    begun = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        and cell.metadata.get("papermill", {}).get("status") != "pending"
    ]
    failed = [i for i in begun if any(o.output_type == "error" for o in notebook.cells[i].outputs)]
    place = (failed or begun[-1:] or [-1])[0]
    above = notebook.cells[: place + 1]
    number = sum(
        cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
        for cell in above
    )
    headings = [
        text
        for cell in above
        if cell.cell_type == "markdown" and "papermill-error-cell-tag" not in cell.metadata.tags
        for text in _HEADING.findall(cell.source)
    ]
    return number, headings[-1] if headings else ""


def _lines(error: Exception) -> tuple[str, ...]:
    """The last line of an error; all lines of one that Jupyter shows in its own form."""
    from auditbook.chain.clean import without_colours

    traceback = without_colours("\n".join(getattr(error, "traceback", None) or []))
    if not traceback.strip():
        text = str(error) or type(error).__name__
        return (text.strip().splitlines()[-1],)
    lines = [line for line in traceback.splitlines() if line.strip()]
    return tuple(lines) if _TRACEBACK not in traceback else (lines[-1],)
