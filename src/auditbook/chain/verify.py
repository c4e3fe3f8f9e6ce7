"""Is everything still as the last run left it? Every byte that is not is named."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditbook.chain.fingerprint import changed, environment, file_hash, folder_hashes
from auditbook.chain.fingerprint import notebook_hash as cells_hash
from auditbook.chain.lock import HeldError, hold
from auditbook.chain.manifest import NAME, BrokenManifestError, Manifest, read_manifest
from auditbook.chain.order import chosen, source
from auditbook.chain.outputs import WORKLIST

if TYPE_CHECKING:
    from auditbook.chain.outcome import RunResult


_ELSEWHERE = "auditbook-verify-"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as recorded.

    Attributes
    ----------
    kind : {"manifest", "incomplete", "input", "notebook", "code", "packages", "platform",
        "output", "extra", "rerun_differs"}
    name : str
        The file, relative to the root or to the case's outputs; a package; a step.
    state : {"changed", "missing", "new"}
    steps : tuple of str
        The steps whose results it touches.
    """

    kind: str
    name: str
    state: str = "changed"
    steps: tuple[str, ...] = ()


def verify_case(root: Path, out: Path, project: str, year: int) -> list[Difference]:
    """Hold inputs, notebooks, code, packages and outputs against the manifest of the last run.

    Parameters
    ----------
    root, out : Path
        The root, and where results go.
    project, year

    Returns
    -------
    list of Difference
        Empty: all is as recorded.
    """
    outputs = out / project / str(year)
    try:
        manifest = read_manifest(outputs)
    except BrokenManifestError:
        return [Difference("manifest", NAME)]
    if manifest is None:
        return [Difference("manifest", NAME, "missing")]
    return [
        *_incomplete(manifest),
        *_inputs(manifest, root / "data" / project / str(year)),
        *_notebooks(manifest, root),
        *_environment(manifest),
        *_outputs(manifest, outputs),
    ]


def _incomplete(manifest: Manifest) -> Iterable[Difference]:
    missing = tuple(step.name for step in chosen() if step.name not in manifest.steps)
    if missing or not manifest.closing:
        yield Difference("incomplete", NAME, "missing", missing)


def _inputs(manifest: Manifest, folder: Path) -> Iterable[Difference]:
    now = folder_hashes(folder) if folder.is_dir() else {}
    for name in changed(manifest.inputs, now):
        touched = {n for n, record in manifest.steps.items() if name in record.inputs}
        place = f"data/{manifest.case['project']}/{manifest.case['year']}/{name}"
        yield Difference("input", place, _state(name, manifest.inputs, now), _after(touched))


def _notebooks(manifest: Manifest, root: Path) -> Iterable[Difference]:
    for step in chosen():
        record = manifest.steps.get(step.name)
        if record is None:
            continue
        place = f"notebooks/{step.name}.ipynb"
        try:
            if cells_hash(source(root, step)) != record.notebook:
                yield Difference("notebook", place, "changed", _after({step.name}))
        except FileNotFoundError:
            yield Difference("notebook", place, "missing", _after({step.name}))
        except (OSError, ValueError):
            yield Difference("notebook", place, "changed", _after({step.name}))


def _environment(manifest: Manifest) -> Iterable[Difference]:
    before, now = manifest.environment, environment()
    everything = tuple(manifest.steps)
    if before["code"] != now["code"]:
        yield Difference("code", "src/auditbook", "changed", everything)
    old, new = before["packages"], now["packages"]
    for name in changed(old, new):
        versions = f"{name} {old.get(name, '-')} → {new.get(name, '-')}"
        yield Difference("packages", versions, _state(name, old, new), everything)
    for name in ("python", "implementation", "platform"):
        if before[name] != now[name]:
            versions = f"{name} {before[name]} → {now[name]}"
            yield Difference("platform", versions, "changed", everything)


def _outputs(manifest: Manifest, outputs: Path) -> Iterable[Difference]:
    owners = {name: step for step, record in manifest.steps.items() for name in record.outputs}
    recorded = manifest.files()
    now = {name: file_hash(outputs / name) for name in recorded}
    for name in changed(recorded, now):
        step = owners.get(name)
        touched = _after({step}) if step and name.startswith("workpapers/") else ()
        state = "missing" if now[name] is None else "changed"
        yield Difference("output", name, state, touched or ((step,) if step else ()))
    for name in folder_hashes(outputs):
        if (
            name not in recorded
            and name not in (NAME, WORKLIST)
            and not name.endswith(".failed.ipynb")
        ):
            yield Difference("extra", name, "new")


def _state(name: str, before: Mapping[str, object], now: Mapping[str, object]) -> str:
    return "missing" if name not in now else "new" if name not in before else "changed"


def _after(names: set[str]) -> tuple[str, ...]:
    """Steps, and those that rest on them, in order."""
    found = set(names)
    for step in chosen():
        if found & set(step.needs):
            found.add(step.name)
    return tuple(step.name for step in chosen() if step.name in found)


def rerun(root: Path, out: Path, project: str, year: int) -> list[Difference]:
    """Run the case again elsewhere, from the first step, and compare every output.

    Raises
    ------
    RerunError
        The second run did not end well.
    """
    from auditbook.chain.run import run_cases

    before = read_manifest(out / project / str(year))
    assert before is not None
    with _elsewhere() as elsewhere:
        lang = before.parameters["lang"]
        result = run_cases(project, [year], lang=lang, root=root, out=elsewhere)
        if result.exit_code:
            raise RerunError(result)
        first, second = out / project / str(year), elsewhere / project / str(year)
        old, new = folder_hashes(first), folder_hashes(second)
        return [Difference("rerun_differs", n, _state(n, old, new)) for n in changed(old, new)]


@contextmanager
def _elsewhere() -> Iterator[Path]:
    """A folder for a second run; those that killed runs have left go first."""
    for left in Path(tempfile.gettempdir()).glob(f"{_ELSEWHERE}*"):
        with suppress(HeldError, OSError), hold(left):
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=_ELSEWHERE))
    try:
        with hold(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class RerunError(Exception):
    """The second run failed.

    Attributes
    ----------
    result : RunResult
    """

    def __init__(self, result: RunResult) -> None:
        self.result = result
        super().__init__("the second run failed")
