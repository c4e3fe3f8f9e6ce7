"""Where a figure comes from: value, formula, function, and the input rows as they stand."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from auditbook.facts import Figure

if TYPE_CHECKING:
    from auditbook.case import Case

_SOURCE = re.compile(r"(?P<file>[^:!]+)(!(?P<sheet>[^:]+))?:(?P<rows>\d+(-\d+)?(,\d+(-\d+)?)*)")


@dataclass(frozen=True)
class Row:
    """One input row: ``allocation.csv:4`` and what stands there."""

    place: str
    text: str


def function_place(figure: Figure) -> str:
    """File and line of the function that computed a figure: ``funds/rates.py:31 unit_rates``."""
    module, _, name = figure.function.partition(":")
    if not name:
        return figure.function
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    function = inspect.unwrap(found)  # type: ignore[arg-type]
    file = Path(inspect.getsourcefile(function) or module)
    line = inspect.getsourcelines(function)[1]
    shown = (
        "/".join(file.parts[file.parts.index("auditbook") :]) if "auditbook" in file.parts else file
    )
    return f"{shown}:{line} {name}"


def input_rows(case: Case, figure: Figure) -> list[Row]:
    """The rows that a figure's source names, as they stand in the files of the case."""
    return [row for source in figure.source for row in _rows(case.folder, source)]


def _rows(folder: Path, source: str) -> Iterator[Row]:
    found = _SOURCE.fullmatch(source)
    if not found or not (folder / found["file"]).is_file():
        return
    path = folder / found["file"]
    lines = _sheet(path, found["sheet"]) if found["sheet"] else _lines(path)
    prefix = f"{found['file']}!{found['sheet']}" if found["sheet"] else found["file"]
    for number in _numbers(found["rows"]):
        if number <= len(lines):
            yield Row(f"{prefix}:{number}", lines[number - 1])


def _numbers(rows: str) -> Iterator[int]:
    for span in rows.split(","):
        first, _, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _lines(path: Path) -> list[str]:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace").splitlines()


def _sheet(path: Path, sheet: str) -> list[str]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [" | ".join(str(cell) for cell in row) for row in rows]
