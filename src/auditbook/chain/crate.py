"""A finished case as a Process Run Crate: one zip file that other tools can read and check.

Unzipped, a crate has the folders of a root: ``notebooks/``, ``outputs/<project>/<year>/`` and,
when asked for, ``data/<project>/<year>/``. There is no time of the clock in it: the same results
give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from auditbook.chain.crate_metadata import METADATA, Packed, describe
from auditbook.chain.fingerprint import file_hash, notebook_hash
from auditbook.chain.manifest import NAME, Manifest, read_manifest
from auditbook.folders import temporary_folder

if TYPE_CHECKING:
    from auditbook.case.settings import Settings

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class NoResultsError(Exception):
    """A case has no results to export.

    Attributes
    ----------
    project : str
    year : int
    """

    def __init__(self, project: str, year: int) -> None:
        self.project, self.year = project, year
        super().__init__(self.text())

    def text(self, lang: str = "zh") -> str:
        """The message people read."""
        case = f"{self.project} {self.year}"
        if lang == "zh":
            return f"{case} 还没有结果，请先运行：auditbook run {case}"
        return f"{case} has no results yet; first run: auditbook run {case}"


class ChangedError(Exception):
    """Files that are no longer what the manifest says, or gone.

    Attributes
    ----------
    files : tuple of str
        By their place in the crate: ``outputs/kunming-grid/2018/report.docx``.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self.files = tuple(sorted(files))
        super().__init__(self.text())

    def text(self, lang: str = "zh") -> str:
        """The message people read."""
        if lang == "zh":
            return f"运行之后被改动或删除：{'、'.join(self.files)}；没有导出，请先重新运行"
        return f"changed or removed since the run: {', '.join(self.files)}; not exported, run again"


def export_crate(
    root: Path,
    out: Path,
    project: str,
    year: int,
    *,
    with_inputs: bool = False,
    target: Path | None = None,
) -> Path:
    """Write the results of a case, and how they came about, as one zip file.

    Parameters
    ----------
    root : Path
        Holds ``notebooks/`` and ``data/``.
    out : Path
        Where the results of all cases are.
    project : str
    year : int
    with_inputs : bool
        Pack the files of the case too; else they are only described.
    target : Path, optional
        ``<out>/<project>/<project>-<year>.crate.zip`` by default.

    Returns
    -------
    Path
        The zip file.

    Raises
    ------
    NoResultsError
        There is no manifest.
    auditbook.chain.manifest.BrokenManifestError
        The manifest is damaged.
    ChangedError
        An output, a notebook, ``case.yaml`` or an input to be packed is not what the manifest
        says. A case that is not on this machine is no change, unless it is to be packed.
    OSError
        Something cannot be read or written.
    """
    outputs = out / project / str(year)
    manifest = read_manifest(outputs)
    if manifest is None:
        raise NoResultsError(project, year)
    settings = _settings(manifest, root / "data" / project / str(year))
    expected = _expected(manifest, root, outputs, with_inputs=with_inputs)
    target = target or outputs.parent / f"{project}-{year}.crate.zip"
    with temporary_folder(target) as folder:
        with zipfile.ZipFile(folder / "crate", "w") as archive:
            packed = _pack(archive, expected)
            archive.writestr(_entry(METADATA), describe(manifest, packed, settings))
        os.replace(folder / "crate", target)
    return target


def _settings(manifest: Manifest, folder: Path) -> Settings | None:
    """What ``case.yaml`` says; None where the case is not on this machine."""
    from auditbook.case.yaml_settings import read_settings

    hashed = file_hash(folder / "case.yaml")
    if hashed is None:
        return None
    project, year = manifest.case["project"], manifest.case["year"]
    if hashed != manifest.inputs.get("case.yaml"):
        raise ChangedError([f"data/{project}/{year}/case.yaml"])
    return read_settings(folder, project, year)[0].settings


def _expected(
    manifest: Manifest, root: Path, outputs: Path, *, with_inputs: bool
) -> dict[str, tuple[Path, str | None]]:
    """Every file of the crate by its place there: its source and, of most, its recorded hash."""
    case = f"{manifest.case['project']}/{manifest.case['year']}"
    notebooks = {f"notebooks/{name}.ipynb": step for name, step in manifest.steps.items()}
    edited = [p for p, step in notebooks.items() if _edited(root / p, step.notebook)]
    if edited:
        raise ChangedError(edited)
    found: dict[str, tuple[Path, str | None]] = {p: (root / p, None) for p in notebooks}
    found[f"outputs/{case}/{NAME}"] = (outputs / NAME, None)
    for name, hashed in manifest.files().items():
        found[f"outputs/{case}/{_inside(name)}"] = (outputs / name, hashed)
    for name, hashed in manifest.inputs.items() if with_inputs else ():
        place = f"data/{case}/{_inside(name)}"
        found[place] = (root / place, hashed)
    return found


def _edited(notebook: Path, recorded: str) -> bool:
    """Whether cells of a notebook are not those that were run; its stored outputs do not count."""
    try:
        return notebook_hash(notebook) != recorded
    except (ValueError, FileNotFoundError):
        return True


def _inside(name: str) -> str:
    """A name from the manifest, which must not lead out of its folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError(f"the manifest names a file elsewhere: {name!r}")
    return name


def _pack(
    archive: zipfile.ZipFile, expected: Mapping[str, tuple[Path, str | None]]
) -> dict[str, Packed]:
    """Put every file into the archive; the bytes that are compared are those that are packed."""
    packed, changed = {}, []
    for place, (source, recorded) in sorted(expected.items()):
        try:
            content = source.read_bytes()
        except FileNotFoundError:
            changed.append(place)
            continue
        hashed = hashlib.sha256(content).hexdigest()
        if recorded not in (None, hashed):
            changed.append(place)
        archive.writestr(_entry(place), content)
        packed[place] = Packed(source, hashed, len(content))
    if changed:
        raise ChangedError(changed)
    return packed


def _entry(place: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(place, _ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # as on POSIX, whatever the system is
    entry.external_attr = 0o100644 << 16
    return entry
