"""One notebook: may it be run, run it, and say where it stopped."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditbook.chain.environment import papermill
from auditbook.chain.kernels import Kernels, StoppedError, stopping
from auditbook.chain.outcome import Failure, Refusal
from auditbook.folders import named, temporary_folder

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
_TOO_LONG = (
    "单元格运行超过时限 {seconds} 秒，已中止（--cell-seconds 可放宽）。"
    " The cell took longer than the limit of {seconds} s and was ended (see --cell-seconds)."
)


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


@dataclass(frozen=True)
class Executed:
    """A notebook that ran to its end, cleaned, as it stands on disk."""

    notebook: Any


def execute(
    notebook: Path,
    target: Path,
    parameters: Mapping[str, str | int],
    kernels: Kernels,
    *,
    keep: Sequence[int] = (),
) -> Executed | Failure:
    """Run a notebook; it appears at ``target`` only when it is complete.

    A notebook that stops is kept beside as ``<name>.failed.ipynb``; the next success removes it.

    Parameters
    ----------
    notebook : Path
        The source; never changed.
    target : Path
    parameters : mapping of str to str or int
        Nothing else passes papermill unharmed. Empty: the notebook's own.
    kernels : Kernels
    keep : sequence of int
        Descriptors that the kernel keeps open until it ends.

    Raises
    ------
    TypeError
        A parameter is neither str nor int.
    OSError
        Nothing can be written.
    StoppedError
        The run was interrupted.
    """
    for name, value in parameters.items():
        if type(value) not in (str, int):
            raise TypeError(f"parameter {name} must be str or int, got: {value!r}")
    failed = target.with_name(f"{target.stem}.failed.ipynb")
    with named(target), temporary_folder(target) as folder:
        result = folder / "result.ipynb"
        done = _papermill(notebook, result, parameters, kernels.options(keep))
        if not isinstance(done, Exception):
            _finish(notebook, result, done)
            os.replace(result, target)
            failed.unlink(missing_ok=True)
            return Executed(done)
        if stopping():
            raise StoppedError
        cell, heading = 0, ""
        if result.exists():
            cell, heading = _finish_failed(notebook, result)
            os.replace(result, failed)
        kept = failed if failed.exists() else None
        lines = _lines(done, kernels)
        return Failure(notebook.stem, cell, heading, lines, kept, _unwritable(done))


def _papermill(
    source: Path, result: Path, parameters: Mapping[str, Any], options: Mapping[str, Any]
) -> Any:
    """The executed notebook, or the error with which it stopped."""
    pm = papermill()
    try:
        return pm.execute_notebook(
            _literal(source),
            _literal(result),
            parameters=dict(parameters),
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            unfinished=_literal(result),
            extra_arguments=["--log-level=CRITICAL"],  # no remarks on TCP, on its own end
            **options,
        )
    except TimeoutError as error:  # of a cell; an OSError too, but not of a file
        return error
    except OSError:
        raise
    except Exception as error:  # a cell's error, a dead kernel, a kernel that does not start
        return error


def _literal(path: Path) -> str:
    """Papermill fills ``{name}`` in paths with parameters; a folder may be called so."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _finish(source: Path, result: Path, executed: Any) -> None:
    from auditbook.chain import clean

    clean.clean(executed, _source_ids(source))
    clean.write(executed, result)


def _finish_failed(source: Path, result: Path) -> tuple[int, str]:
    """Clean the notebook that stopped; number and heading of the cell where it did."""
    import nbformat

    from auditbook.chain import clean

    notebook = nbformat.read(result, as_version=4)
    where = _stopped_at(notebook)
    clean.clean(notebook, _source_ids(source))
    clean.write(notebook, result)
    return where


def _source_ids(source: Path) -> set[str]:
    cells = json.loads(source.read_bytes())["cells"]
    return {cell["id"] for cell in cells if cell.get("id")}


def _unwritable(error: Exception) -> str:
    """What the system said when a cell could not write its results; else empty."""
    if getattr(error, "ename", "") not in ("OSError", "PermissionError"):
        return ""
    found = _ERRNO.match(getattr(error, "evalue", ""))
    return str(error.evalue) if found and int(found[1]) in _NOT_WRITTEN else ""  # type: ignore[attr-defined]


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


def _lines(error: Exception, kernels: Kernels) -> tuple[str, ...]:
    """The last line of an error; all lines of one that Jupyter shows in its own form."""
    from auditbook.chain.clean import without_colours

    if isinstance(error, TimeoutError):
        return (_TOO_LONG.format(seconds=kernels.cell_seconds),)
    traceback = without_colours("\n".join(getattr(error, "traceback", None) or []))
    if not traceback.strip():
        text = str(error) or type(error).__name__
        return (text.strip().splitlines()[-1],)
    lines = [line for line in traceback.splitlines() if line.strip()]
    return tuple(lines) if _TRACEBACK not in traceback else (lines[-1],)
