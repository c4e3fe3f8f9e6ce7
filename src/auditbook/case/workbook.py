"""Excel workbooks: refused before opening when they cannot be safe or whole, then read typed.

A workbook is a zip. How much it unpacks to stands in its directory, so a file that would unpack
to gigabytes is refused before anything is unpacked; then every part is unpacked once, in pieces,
to prove that it is whole and to see how far its sheets reach.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import Grid, typed_grid
from auditbook.case.workbook_errors import errors_in, with_errors

LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes that a workbook may unpack to."""

LARGEST_RATIO = 200
"""Times its size that a workbook may unpack to, beyond :data:`SMALL`."""

SMALL = 1024 * 1024
"""A workbook that unpacks to less is never refused for its ratio."""

LARGEST_SHEET = 5_000_000
"""Rows × columns up to the last used cell of a sheet."""

_OLE = b"\xd0\xcf\x11\xe0"
_PIECE = 1024 * 1024
_OVERLAP = 256
_REFERENCE = re.compile(rb"<(?:\w{1,9}:)?c\s[^>]{0,40}?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_NOT_PLAIN = re.compile(  # a cell with an error; a formula that ends its cell, or has no value
    rb"\bt=[\"']e[\"']|(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>|</(?:\w+:)?c>)"
)
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
    KeyError, ValueError, StopIteration, ElementTree.ParseError,
)  # fmt: skip


@dataclass
class Workbook:
    """An opened workbook.

    Attributes
    ----------
    path : Path
    file : str
        Name relative to the case folder.
    sheets : list of str
    book : CalamineWorkbook
    patched : bool
        Some sheet has error values or formulas without a result, which calamine reads as empty.
    """

    path: Path
    file: str
    sheets: list[str]
    book: CalamineWorkbook
    patched: bool

    def grid(self, sheet: str) -> Grid:
        """A sheet as a grid; row numbers are those that Excel shows."""
        place = f"{self.file}!{sheet}"
        with _told_as_problems(place, "damaged"):
            worksheet = self.book.get_sheet_by_name(sheet)
            values = worksheet.to_python(skip_empty_area=False)
            if self.patched:
                values = with_errors(values, errors_in(self.path, sheet))
            merged = worksheet.merged_cell_ranges or []
        return typed_grid(place, self.path, values, merged)


def open_workbook(path: Path, file: str) -> Workbook:
    """Open a workbook.

    Raises
    ------
    InputError
        Encrypted or of the old ``.xls`` kind, no workbook at all, cut off or damaged, or too
        large when unpacked.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise InputError([_problem(file, "empty")])
    if start == _OLE:
        raise InputError([_problem(file, "encrypted")])
    if not start.startswith(b"PK"):
        raise InputError([_problem(file, "not_a_workbook")])
    with _told_as_problems(file, "not_a_workbook"):
        patched = _examine(path, file)
        book = CalamineWorkbook.from_path(str(path))
    return Workbook(path, file, book.sheet_names, book, patched)


@contextmanager
def _told_as_problems(place: str, when_unknown: str) -> Iterator[None]:
    """Errors of the zip, of its XML and of calamine as problems; also a panic inside calamine."""
    try:
        yield
    except _DAMAGE:
        raise InputError([_problem(place, "damaged")]) from None
    except CalamineError:
        raise InputError([_problem(place, when_unknown)]) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # not an Exception, and named nowhere
            raise InputError([_problem(place, "damaged")]) from None
        raise


def _examine(path: Path, file: str) -> bool:
    """Refuse what is too large or damaged; whether a sheet holds errors or bare formulas."""
    packed = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        ratio = unpacked / packed
        if unpacked > LARGEST_UNPACKED or (unpacked > SMALL and ratio > LARGEST_RATIO):
            raise InputError([_too_large(file, packed, unpacked)])
        patched = False
        for part in archive.infolist():
            is_sheet = part.filename.startswith("xl/worksheets/")
            reach = [0, 0]
            for piece in _pieces(archive, part):
                if is_sheet:
                    patched = patched or _NOT_PLAIN.search(piece) is not None
                    _extend(reach, piece)
            if reach[0] * reach[1] > LARGEST_SHEET:
                raise InputError([_too_far(file, reach)])
    return patched


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part in overlapping pieces; reading to the end checks its checksum."""
    with archive.open(part) as stream:
        tail = b""
        while piece := stream.read(_PIECE):
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _extend(reach: list[int], piece: bytes) -> None:
    for letters, digits in _REFERENCE.findall(piece):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        reach[0] = max(reach[0], int(digits))
        reach[1] = max(reach[1], column)


_REASONS = {
    "empty": (
        "文件是空的；应为 Excel 工作簿，没有就删除它",
        "the file is empty; it should be a workbook, or not be there",
    ),
    "encrypted": (
        "文件有密码或是旧的 .xls 格式；请去掉密码，另存为 .xlsx",
        "has a password or is of the old .xls kind; save it as .xlsx without a password",
    ),
    "not_a_workbook": (
        "不是 Excel 工作簿（.xlsx）；请用 Excel 另存为 .xlsx，或改用 CSV",
        "not a workbook (.xlsx); save it as .xlsx, or use CSV",
    ),
    "damaged": (
        "文件不完整或已损坏（可能没有复制完）；请重新取得完整的 .xlsx",
        "cut off or damaged, perhaps not copied whole; get the whole .xlsx again",
    ),
}


def _problem(file: str, reason: str) -> Problem:
    message, message_en = _REASONS[reason]
    return Problem(file, message=message, message_en=message_en)


def _too_large(file: str, packed: int, unpacked: int) -> Problem:
    size, limit = unpacked // SMALL, LARGEST_UNPACKED // SMALL
    return Problem(
        file,
        value=f"{packed // 1024} kB → {size} MB",
        message=f"解压后过大，没有打开；应不超过 {limit} MB 且不超过文件大小的 {LARGEST_RATIO} 倍，"
        "请只留需要的工作表，或改用 CSV",
        message_en=f"too large when unpacked, not opened; at most {limit} MB and "
        f"{LARGEST_RATIO} times the file; keep the needed sheets only, or use CSV",
    )


def _too_far(file: str, reach: list[int]) -> Problem:
    return Problem(
        file,
        value=f"{reach[0]} × {reach[1]}",
        message=f"有工作表用到的最后一个单元格太远；行数乘列数应不超过 {LARGEST_SHEET:,}，"
        "请删去表外的内容和格式",
        message_en=f"a sheet reaches too far; rows times columns should be at most "
        f"{LARGEST_SHEET:,}; clear what lies outside the table",
    )
