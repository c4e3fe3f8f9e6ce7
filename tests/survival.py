"""Small real working papers, run in this process, and looking at what a run has left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

import tiny_notebooks as tiny
from auditbook.chain.fingerprint import file_hash
from auditbook.chain.manifest import read_manifest
from auditbook.chain.order import STEPS, Step
from auditbook.chain.outcome import CaseResult
from auditbook.chain.run import run_cases
from auditbook.cli import main

ROOT = Path(__file__).resolve().parents[1]
CASE = ("kunming-grid", 2018)
NAMES = tuple(step.name for step in STEPS)
READS = dict(
    zip(
        NAMES,
        (["allocation"], ["sample"], ["survey_counts"], ["indicators"], []),
        strict=True,
    )
)
"""The tables that each of the small working papers asks for."""

WIDE = "print('宽 ' * 60_000)"
"""Makes the page of one notebook take long enough to be met."""

# the notebooks ---------------------------------------------------------------------------------


def before(number: str) -> str:
    """Name of a variable: Python that notebook `number` runs before it opens the case."""
    return f"SURVIVAL_BEFORE_{number}"


def after(number: str) -> str:
    """Name of a variable: Python that notebook `number` runs before it saves its paper."""
    return f"SURVIVAL_AFTER_{number}"


def paper(step: Step, more: Sequence[str] = ()) -> Any:
    """A notebook that leaves a real working paper.

    What the variables :func:`before` and :func:`after` hold is no part of a notebook or of its
    inputs: so a test brings in a failure, and takes it out again, without a change in either.
    """
    number, read = step.name[:2], READS[step.name]
    pause = "time.sleep(float(os.environ.get('SURVIVAL_PAUSE', 0)))"
    cells = [
        f"import os, time\nexec(os.environ.get({before(number)!r}, ''))",
        "from auditbook import WorkingPaper, load_papers, open_case, workpaper\n"
        f"case = open_case(project, year)\npaper = WorkingPaper(case, {step.name!r}, lang)",
        pause,
    ]
    if read:
        cells.append(f"paper.table('{number}.1_inputs', case.inputs(*{read}))")
    if step.needs:
        cells += [
            f"earlier = workpaper.overview(load_papers(case, {list(step.needs)}))",
            f"paper.table('{number}.2_earlier', earlier)",
        ]
    if step.leaves:
        cells += [
            "from auditbook.folders import write_whole\n"
            "text = earlier.to_csv() * 3000 + case.text('background')\n"
            f"write_whole(case.outputs / {step.leaves[0]!r}, text.encode())",
            pause,
        ]
    cells += [*more, f"exec(os.environ.get({after(number)!r}, ''))", "paper.save()"]
    heading = new_markdown_cell(f"## {number}.1 小底稿\n*Small paper*")
    return tiny.notebook(heading, *(new_code_cell(cell) for cell in cells))


def write_papers(root: Path, **more: Sequence[str]) -> None:
    """Write the five notebooks into `root`; ``n03=[…]`` are further cells of the third."""
    (root / "notebooks").mkdir(exist_ok=True)
    for step in STEPS:
        made = paper(step, more.get(f"n{step.name[:2]}", ()))
        nbformat.write(made, root / "notebooks" / f"{step.name}.ipynb")


def paper_root(folder: Path, **more: Sequence[str]) -> Path:
    """A root with the committed case and small notebooks."""
    place = f"data/{CASE[0]}/{CASE[1]}"
    shutil.copytree(ROOT / place, folder / place)
    write_papers(folder, **more)
    return folder


def add_case(root: Path, year: int, project: str = CASE[0]) -> Path:
    """A copy of the committed case for another year or project; its folder."""
    folder = root / "data" / project / str(year)
    shutil.copytree(root / "data" / CASE[0] / str(CASE[1]), folder)
    settings = folder / "case.yaml"
    text = settings.read_text("utf-8").replace("year: 2018", f"year: {year}", 1)
    settings.write_text(text.replace(f"project: {CASE[0]}", f"project: {project}", 1), "utf-8")
    return folder


# running, and looking at what came of it -------------------------------------------------------


def outputs(root: Path, out: Path | None = None, case: tuple[str, int] = CASE) -> Path:
    return (out or root / "outputs") / case[0] / str(case[1])


def data(root: Path, name: str) -> Path:
    """An input of the case."""
    return root / "data" / CASE[0] / str(CASE[1]) / name


def run(root: Path, out: Path | None = None, **options: Any) -> CaseResult:
    """Run the case in this process; there must be no problem before the first notebook."""
    result = run_cases(CASE[0], [CASE[1]], root=root, out=out or root / "outputs", **options)
    assert not result.input_errors and not result.refused, result
    return result.cases[0]


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, and what it said on both streams."""

    code: int
    said: str
    told: str = ""
    """Standard output alone."""


def command(capfd: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """The ``auditbook`` command in this process."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return Ran(int(ended.value.code or 0), out + err, out)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, hidden ones too, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differing(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    """Files that differ or that one side lacks: a short thing to show when an assertion fails."""
    return sorted(n for n in {*first, *second} if first.get(n) != second.get(n))


def where_they_part(name: str, content: bytes, reference: dict[str, bytes]) -> str:
    """The first place where a file is not as in an undisturbed run."""
    other = reference.get(name, b"")
    pairs = enumerate(zip(content, other, strict=False))
    place = next((i for i, (one, two) in pairs if one != two), min(len(content), len(other)))
    around = slice(max(0, place - 80), place + 80)
    return f"{name} at byte {place}: {content[around]!r} instead of {other[around]!r}"


def finished_steps(folder: Path) -> tuple[str, ...]:
    """Steps that the manifest lists, in their order."""
    manifest = read_manifest(folder) if folder.is_dir() else None
    return tuple(name for name in NAMES if manifest and name in manifest.steps)


def assert_nothing_torn(folder: Path, reference: dict[str, bytes] | None = None) -> None:
    """What stands under a final name is whole: a later step may take it for good.

    With a `reference`, every file is as in an undisturbed run.
    """
    if not folder.is_dir():
        return
    manifest = read_manifest(folder)  # raises when it is damaged
    listed = manifest.files() if manifest else {}
    assert [name for name, hashed in listed.items() if file_hash(folder / name) != hashed] == []
    for name, content in tree(folder).items():
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if hidden or name == "manifest.json":
            continue
        if name.endswith((".json", ".ipynb")):
            json.loads(content)
        if reference is not None and not name.endswith(".failed.ipynb"):
            assert content == reference.get(name), where_they_part(name, content, reference)
