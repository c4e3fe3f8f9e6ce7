"""Storing the outputs of the default case in ``notebooks/``: the only way to refresh them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from auditbook.chain.environment import kernel_environment
from auditbook.chain.execute import execute, refusal
from auditbook.chain.kernels import Kernels
from auditbook.chain.order import PARAMETERS, chosen, source
from auditbook.chain.outcome import Failure, Refusal


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
        folder, kernels = Path(name), Kernels()
        with kernel_environment(root, folder / "outputs"):
            kernels.prepare()
            for step in chosen():
                notebook = source(root, step)
                refused = refusal(notebook, PARAMETERS)
                if refused:
                    return refused
                done = execute(notebook, folder / notebook.name, {}, kernels)
                if isinstance(done, Failure):
                    return _kept(done, root)
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
