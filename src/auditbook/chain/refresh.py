"""Storing the outputs of the default case in ``notebooks/``: the only way to refresh them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from auditbook.chain.environment import kernel_environment
from auditbook.chain.execute import execute, refusal
from auditbook.chain.order import PARAMETERS, chosen
from auditbook.chain.outcome import Failure, Refusal
from auditbook.chain.run import source


def refresh_notebooks(root: Path) -> Failure | Refusal | list[str]:
    """Run every notebook with its own parameters and put the results in its place.

    Nothing is replaced unless all of them were finished; results go to a temporary folder, not
    to ``outputs/``.

    Returns
    -------
    Failure, Refusal or list of str
        What went wrong, or the names of the notebooks that changed.
    """
    with tempfile.TemporaryDirectory(prefix=".refresh-", dir=root / "notebooks") as name:
        folder = Path(name)
        with kernel_environment(root, folder / "outputs"):
            for step in chosen():
                notebook = source(root, step)
                refused = refusal(notebook, PARAMETERS)
                if refused:
                    return refused
                failure = execute(notebook, folder / notebook.name, {})
                if failure:
                    return _kept(failure, root)
        return [step.name for step in chosen() if _replace(folder, source(root, step))]


def _replace(folder: Path, notebook: Path) -> bool:
    new = folder / notebook.name
    if new.read_bytes() == notebook.read_bytes():
        return False
    os.replace(new, notebook)
    return True


def _kept(failure: Failure, root: Path) -> Failure:
    """The failed notebook leaves the temporary folder: ``outputs/<name>.failed.ipynb``."""
    if failure.kept is None:
        return failure
    target = root / "outputs" / failure.kept.name
    target.parent.mkdir(exist_ok=True)
    os.replace(failure.kept, target)
    return replace(failure, kept=target)
