"""Error values and formulas without a result: calamine reads both as empty cells.

An amount must never vanish because its formula failed, so these cells are found in the sheet
itself and given a text that no column accepts.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from auditbook.case.cells import UNCOMPUTED

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")

Place = tuple[int, int]


def errors_in(path: Path, sheet: str) -> dict[Place, str]:
    """Texts for such cells of a sheet, by row and column from 0."""
    found: dict[Place, str] = {}
    with zipfile.ZipFile(path) as archive, archive.open(_part(archive, sheet)) as stream:
        for _, element in ElementTree.iterparse(stream):
            if element.tag == f"{_MAIN}c":
                text = _error(element)
                if text:
                    found[_place(element.get("r", "A1"))] = text
                element.clear()
    return found


def with_errors(values: list[list[Any]], errors: dict[Place, str]) -> list[list[Any]]:
    """The rows of a sheet with such cells put in."""
    rows = [list(row) for row in values]
    for (row, column), text in errors.items():
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = text
    return rows


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the workbook that holds a sheet."""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
    wanted = next(s.get(_RELATED) for s in sheets if s.get("name") == sheet)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(r.get("Target", "") for r in relations if r.get("Id") == wanted)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _error(cell: ElementTree.Element) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    if kind == "e":
        return value or UNCOMPUTED
    bare = cell.find(f"{_MAIN}f") is not None and not value and kind != "str"
    return UNCOMPUTED if bare else ""


def _place(reference: str) -> Place:
    found = _REFERENCE.fullmatch(reference)
    letters, digits = found.groups() if found else ("A", "1")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1
