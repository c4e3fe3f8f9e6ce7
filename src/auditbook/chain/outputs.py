"""The files that a step leaves in the outputs of a case, and what a killed run left there."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from auditbook.chain.fingerprint import file_hash
from auditbook.chain.order import Step

WORKLIST = "worklist.xlsx"
"""Written by ``auditbook worklist`` into the outputs of a case: no result of a run."""


def step_outputs(outputs: Path, name: str, leaves: Sequence[str]) -> dict[str, str]:
    """What a step has left on disk, each file with its hash."""
    paths = [
        outputs / "notebooks" / f"{name}.ipynb",
        outputs / "html" / f"{name}.html",
        *(outputs / leaf for leaf in leaves),
        *sorted(path for path in (outputs / "workpapers" / name).rglob("*") if path.is_file()),
    ]
    hashes = {path.relative_to(outputs).as_posix(): file_hash(path) for path in paths}
    return {path: hashed for path, hashed in hashes.items() if hashed is not None}


def clear(outputs: Path, step: Step) -> None:
    """Remove what a step left: results of two runs are never mixed."""
    for path in (
        outputs / "notebooks" / f"{step.name}.ipynb",
        outputs / "notebooks" / f"{step.name}.failed.ipynb",
        outputs / "html" / f"{step.name}.html",
        *(outputs / name for name in step.leaves),
    ):
        path.unlink(missing_ok=True)
    paper = outputs / "workpapers" / step.name
    if paper.exists():
        shutil.rmtree(paper)


def sweep(outputs: Path) -> None:
    """Remove what a killed run was just writing: names such as ``.report.docx.new``."""
    for pattern in (".*.new", ".*.old"):
        for path in sorted(outputs.rglob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
