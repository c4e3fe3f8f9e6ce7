"""A root with many cases: copies of one under other project names, for measuring.

    python benchmarks/cases.py some/root --count 40

makes ``some/root/notebooks/``, ``some/root/data/kunming-grid-01/2018/`` and so on, and
``some/root/cases.csv`` that lists them (header project,year).
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PROJECT, YEAR = "kunming-grid", 2018

_PROJECT_LINE = re.compile(r"^project:.*$", re.MULTILINE)


def make_cases(
    root: Path, count: int, *, project: str = PROJECT, year: int = YEAR, source: Path = CHECKOUT
) -> Path:
    """Make the root; returns the list of its cases, ``cases.csv``.

    Parameters
    ----------
    root : Path
        Must not exist, or be empty.
    count : int
    project, year
        The case that is copied.
    source : Path
        The root that has it.

    Raises
    ------
    FileExistsError
        There is something in `root`.
    """
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise FileExistsError(f"{root} is not empty")
    (root / "notebooks").mkdir()
    for notebook in sorted((source / "notebooks").glob("*.ipynb")):
        shutil.copy(notebook, root / "notebooks")
    width = max(2, len(str(count)))
    names = [f"{project}-{number:0{width}}" for number in range(1, count + 1)]
    for name in names:
        _copy_case(source / "data" / project / str(year), root / "data" / name / str(year), name)
    listed = root / "cases.csv"
    with listed.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerows([("project", "year"), *((name, year) for name in names)])
    return listed


def _copy_case(original: Path, copy: Path, project: str) -> None:
    shutil.copytree(original, copy)
    settings = copy / "case.yaml"
    text, changed = _PROJECT_LINE.subn(f"project: {project}", settings.read_text("utf-8"))
    if changed != 1:
        raise ValueError(f"{original}/case.yaml: one line 'project:' expected, got: {changed}")
    settings.write_text(text, encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Make the root and say where the list is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--project", default=PROJECT)
    parser.add_argument("--year", type=int, default=YEAR)
    args = parser.parse_args(argv)
    try:
        listed = make_cases(args.root, args.count, project=args.project, year=args.year)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 5
    sys.stdout.write(f"{listed}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
