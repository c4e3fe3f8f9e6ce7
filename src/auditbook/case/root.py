"""Where things are: the root, the folder of a case, and the folder of its outputs."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from auditbook.case.errors import InputError, Problem
from auditbook.case.names import listed, nearest

HANDED = "AUDITBOOK_HANDED"
"""Variable that names a run's private folder; empty or absent where nothing is handed on."""

PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_YEAR = re.compile(r"[0-9]{4}")


def find_root(root: Path | str | None = None) -> Path:
    """The root: ``root``, else ``AUDITBOOK_ROOT``, else upward to ``data/`` and ``notebooks/``.

    Raises
    ------
    InputError
        There is no such folder, or no folder upward holds both.
    """
    given = root or os.environ.get("AUDITBOOK_ROOT")
    if given:
        folder = Path(given).expanduser().resolve()
        if not (folder / "data").is_dir():
            raise InputError([_no_data(folder, "--root" if root else "AUDITBOOK_ROOT")])
        return folder
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "data").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise InputError([_no_root(here)])


def outputs_root(root: Path) -> Path:
    """Where results go: ``AUDITBOOK_OUT``, else ``<root>/outputs``."""
    given = os.environ.get("AUDITBOOK_OUT")
    return Path(given).expanduser().resolve() if given else root / "outputs"


def store_of(folder: Path) -> Path:
    """Where the large ledgers of the case in ``data/<project>/<year>`` are put when read.

    It is beside the outputs of all cases: no result depends on what is in it.
    """
    return outputs_root(folder.parents[2]) / ".ledgers" / folder.parent.name / folder.name


def handed_path(project: str, year: int) -> Path | None:
    """Where a case that was read is left for the other processes of a run; None: nowhere."""
    folder = os.environ.get(HANDED)
    number = int.from_bytes(hashlib.sha256(f"{project} {year}".encode()).digest()[:6])
    return Path(folder) / str(number) if folder else None  # such names the folder's owner sweeps


def projects(root: Path) -> list[str]:
    """Names of the projects that have at least one case."""
    return sorted({project for project, _ in cases(root)})


def cases(root: Path) -> list[tuple[str, int]]:
    """Project and year of every case under ``root``, in order."""
    found = [
        (folder.parent.name, int(folder.name))
        for folder in (root / "data").glob("*/*")
        if folder.is_dir()
        and PROJECT_NAME.fullmatch(folder.parent.name)
        and _YEAR.fullmatch(folder.name)
    ]
    return sorted(found)


def case_folder(root: Path, project: str, year: int | str) -> Path:
    """The folder of a case, ``data/<project>/<year>``.

    Raises
    ------
    InputError
        The name is not one, or there is no such case; the message names those that exist.
    """
    problems = []
    if not PROJECT_NAME.fullmatch(str(project)):
        problems.append(_bad_name(root, str(project)))
    if isinstance(year, bool) or not _YEAR.fullmatch(str(year)):
        problems.append(_bad_year(str(year)))
    if problems:
        raise InputError(problems)
    folder = root / "data" / project / str(year)
    if not folder.is_dir():
        raise InputError([_no_case(root, project, str(year))])
    return folder


def _no_data(folder: Path, where: str) -> Problem:
    return Problem(
        where,
        value=str(folder),
        message="应为含有 data/ 的文件夹",
        message_en="should be a folder that holds data/",
    )


def _no_root(here: Path) -> Problem:
    return Problem(
        "AUDITBOOK_ROOT",
        value=str(here),
        message="从这里向上找不到同时含有 data/ 和 notebooks/ 的文件夹；"
        "请进入该文件夹，或用 --root 或 AUDITBOOK_ROOT 指明",
        message_en="no folder from here upward holds both data/ and notebooks/; "
        "go there, or name it with --root or AUDITBOOK_ROOT",
    )


def _bad_name(root: Path, project: str) -> Problem:
    known = projects(root)
    near = nearest(project, known)
    hint, hint_en = (f"；相近的项目：{near}", f"; did you mean {near}?") if near else ("", "")
    return Problem(
        "data/",
        column="project",
        value=project or "（空）",
        message="项目名应由小写字母、数字和连字符组成，例如 kunming-grid"
        f"{hint}；现有项目：{listed(known) or '无'}",
        message_en="a project name has lower-case letters, digits and hyphens only, for example "
        f"kunming-grid{hint_en}; projects: {', '.join(known) or 'none'}",
    )


def _bad_year(year: str) -> Problem:
    return Problem(
        "data/",
        column="year",
        value=year or "（空）",
        message="年度应为四位数字，例如 2018",
        message_en="a year has four digits, for example 2018",
    )


def _no_case(root: Path, project: str, year: str) -> Problem:
    known = [f"{name} {number}" for name, number in cases(root)]
    near = nearest(f"{project} {year}", known, at_least=0.7)
    hint, hint_en = (f"；相近的案卷：{near}", f"; did you mean {near}?") if near else ("", "")
    return Problem(
        f"data/{project}/{year}",
        column="project",
        value=f"{project} {year}",
        message=f"没有这个案卷{hint}；现有案卷：{listed(known) or '无'}",
        message_en=f"there is no such case{hint_en}; cases: {', '.join(known) or 'none'}",
    )
