"""Error values and formulas without a result: calamine reads both as empty cells.

An amount must never vanish because its formula failed, so these cells are found in the sheet
itself and given a text that no column accepts.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from auditbook.case.cells import UNCOMPUTED

_COLUMN = re.compile(r"[A-Z]+")

Place = tuple[int, int]


def errors_in(path: Path, sheet: str) -> dict[Place, str]:
    """Texts for such cells of a sheet, by row and column from 0."""
    found: dict[Place, str] = {}
    number = 0
    with zipfile.ZipFile(path) as archive, archive.open(_part(archive, sheet)) as stream:
        for _, element in ElementTree.iterparse(stream):
            if _name(element) == "row":
                number = int(element.get("r", number + 1))
                for column, cell in _cells(element):
                    text = _error(cell)
                    if text:
                        found[number - 1, column] = text
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


def _name(element: ElementTree.Element) -> str:
    """The name of an element without its namespace, of which there are two kinds."""
    return element.tag.rpartition("}")[2]


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the workbook that holds a sheet."""
    elements = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    named = next(e for e in elements if _name(e) == "sheet" and e.get("name") == sheet)
    wanted = next(value for key, value in named.items() if key.endswith("}id"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(r.get("Target", "") for r in relations if r.get("Id") == wanted)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    """The cells of a row with their columns from 0; a cell may leave its reference out."""
    column = -1
    for cell in row:
        if _name(cell) == "c":
            letters = _COLUMN.match(cell.get("r", ""))
            column = _column(letters[0]) if letters else column + 1
            yield column, cell


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _error(cell: ElementTree.Element) -> str:
    parts = {_name(part): part.text or "" for part in cell}
    kind, value = cell.get("t", "n"), parts.get("v", "")
    if kind == "e":
        return value or UNCOMPUTED
    return UNCOMPUTED if "f" in parts and not value and kind != "str" else ""
