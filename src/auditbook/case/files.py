"""Which file or sheet holds which table of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from auditbook.case.errors import InputError, Problem, unreadable
from auditbook.case.files_problems import (
    SPREADSHEETS,
    WORKBOOK,
    looks_like,
    no_file,
    no_sheet,
    outside,
    unknown_source,
    wrong_kind,
)
from auditbook.case.grid import Grid, read_csv_grid
from auditbook.case.list_file import FILE as LIST_FILE
from auditbook.case.list_file import SPELLINGS as LIST_SPELLINGS
from auditbook.case.list_file import TABLE as LIST_TABLE
from auditbook.case.list_file import list_sheet
from auditbook.case.names import likeness, squeezed
from auditbook.case.schemas import ANSWERS_PREFIX, SCHEMAS, schema_for
from auditbook.case.settings import Settings, Source
from auditbook.case.workbook import Workbook, open_workbook

_MISSPELT = 0.75


@dataclass(frozen=True)
class TableFile:
    """Where a table is: a CSV file, or a sheet of a workbook."""

    table: str
    path: Path
    file: str
    sheet: str = ""
    encoding: str | None = None

    @property
    def place(self) -> str:
        """``use.csv`` or ``inputs.xlsx!use``."""
        return f"{self.file}!{self.sheet}" if self.sheet else self.file


@dataclass(frozen=True)
class Unread:
    """Tables that are there but could not be read: what they hold is not known.

    Attributes
    ----------
    tables : frozenset of str
    read : frozenset of str
    workbook : bool
        A workbook could not be opened: any table that was not read may be in it.
    """

    tables: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    workbook: bool = False

    def may_be(self, table: str) -> bool:
        """Whether the case may have this table although it was not read."""
        return table in self.tables or (self.workbook and table not in self.read)


@dataclass
class Files:
    """The files of a case folder; workbooks are opened once."""

    folder: Path
    problems: list[Problem]
    books: dict[str, Workbook | None] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def book(self, file: str) -> Workbook | None:
        """A workbook of the folder; None, and a problem once, when it cannot be opened."""
        if file not in self.books:
            try:
                self.books[file] = open_workbook(self.folder / file, file)
            except InputError as error:
                self.problems.extend(error.problems)
                self.books[file] = None
            except OSError as error:
                self.problems.append(unreadable(file, error))
                self.books[file] = None
        return self.books[file]

    def sha256(self, file: str) -> str:
        """The hash of a file of the folder."""
        if file not in self.hashes:
            self.hashes[file] = hashlib.sha256((self.folder / file).read_bytes()).hexdigest()
        return self.hashes[file]

    def grid(self, found: TableFile) -> Grid | None:
        """The grid of a table; None, and a problem, when its file cannot be read."""
        try:
            if not found.sheet:
                return read_csv_grid(found.path, found.file, found.encoding)
            book = self.book(found.file)
            return book.grid(found.sheet) if book else None
        except InputError as error:
            self.problems.extend(error.problems)
        except OSError as error:
            self.problems.append(unreadable(found.file, error))
        return None


def find_tables(files: Files, settings: Settings) -> list[TableFile]:
    """Every table of a case, in the order of the schemas."""
    found: dict[str, list[TableFile]] = {}
    for table, source in settings.sources.items():
        if schema_for(table) is None:
            files.problems.append(unknown_source(table))
        elif source.file or source.sheet:
            for file in _declared(files, table, source):
                found.setdefault(table, []).append(file)
    places = (_csv_tables, _sheet_tables, _filled_lists)
    for file in [file for find in places for file in find(files, settings)]:
        found.setdefault(file.table, []).append(file)
    claimed = {(f.file, f.sheet) for several in found.values() for f in several}
    files.problems.extend(_twice(found))
    files.problems.extend(_absent(found, settings, files))
    files.problems.extend(_misspelt(files, claimed))
    return [several[0] for _, several in sorted(found.items(), key=lambda item: _rank(item[0]))]


def _rank(table: str) -> tuple[int, str]:
    name = "answers" if table.startswith(ANSWERS_PREFIX) else table
    return list(SCHEMAS).index(name), table


def _declared(files: Files, table: str, source: Source) -> Iterable[TableFile]:
    """The file that ``sources.<table>`` names."""
    file = source.file or WORKBOOK
    where = f"sources.{table}.file"
    if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts or "\\" in file:
        files.problems.append(outside(where, file))
    elif not (files.folder / file).is_file():
        files.problems.append(no_file(files.folder, where, file))
    elif file.lower().endswith(".csv"):
        yield TableFile(table, files.folder / file, file, encoding=source.encoding)
    elif not file.lower().endswith((".xlsx", ".xlsm")):
        files.problems.append(wrong_kind(where, file))
    else:
        book = files.book(file)
        a_list = table == LIST_TABLE and file != WORKBOOK
        sheet = source.sheet or (list_sheet(book.sheets) if book and a_list else table)
        if book and sheet not in book.sheets:
            files.problems.append(no_sheet(table, file, sheet, book.sheets))
        elif book:
            yield TableFile(table, files.folder / file, file, sheet)


def _csv_tables(files: Files, settings: Settings) -> list[TableFile]:
    found = []
    for path in sorted(files.folder.glob("*.csv")):
        source = settings.sources.get(path.stem)
        declared = source is not None and source.file == path.name
        if schema_for(path.stem) and path.is_file() and not declared:
            encoding = source.encoding if source else None
            found.append(TableFile(path.stem, path, path.name, encoding=encoding))
    return found


def _sheet_tables(files: Files, settings: Settings) -> list[TableFile]:
    path = files.folder / WORKBOOK
    book = files.book(WORKBOOK) if path.is_file() else None
    found = []
    for sheet in book.sheets if book else ():
        source = settings.sources.get(sheet)
        declared = (
            source is not None
            and (source.file or source.sheet)
            and (source.file or WORKBOOK, source.sheet or sheet) == (WORKBOOK, sheet)
        )
        if schema_for(sheet) and not declared:
            found.append(TableFile(sheet, path, WORKBOOK, sheet))
    return found


def _filled_lists(files: Files, settings: Settings) -> list[TableFile]:
    """The work list of site visits, in the workbook in which it was sent out."""
    path, source = files.folder / LIST_FILE, settings.sources.get(LIST_TABLE)
    declared = bool(source and PurePosixPath(source.file or "").as_posix() == LIST_FILE)
    book = files.book(LIST_FILE) if path.is_file() and not declared else None
    return [TableFile(LIST_TABLE, path, LIST_FILE, list_sheet(book.sheets))] if book else []


def _twice(found: dict[str, list[TableFile]]) -> list[Problem]:
    return [
        Problem(
            several[1].place,
            value=table,
            message=f"同一张表还有 {several[0].place}；只能留一份，另一份改名或移走",
            message_en=f"the same table is in {several[0].place} too; keep one of them",
        )
        for table, several in found.items()
        if len(several) > 1
    ]


def _absent(found: dict[str, list[TableFile]], settings: Settings, files: Files) -> list[Problem]:
    """Tables that the settings describe and the folder does not have."""
    damaged = any(book is None for book in files.books.values())
    return [
        Problem(
            f"{table}.csv",
            message=f"缺少这个文件：case.yaml 的 sources.{table} 写了它的来源；应有 {table}.csv，"
            f"或 {WORKBOOK} 的工作表 {table}，没有这张表就删去 sources.{table}",
            message_en=f"this file is missing: sources.{table} of case.yaml describes it; there "
            f"should be {table}.csv or a sheet {table} of {WORKBOOK}",
        )
        for table, source in settings.sources.items()
        if schema_for(table) and table not in found and not (source.file or source.sheet)
        and not damaged
    ]  # fmt: skip


def _misspelt(files: Files, claimed: set[tuple[str, str]]) -> list[Problem]:
    """Files and sheets that are no table but look like one."""
    problems = []
    for path in sorted(files.folder.iterdir()):
        skip = path.name.startswith((".", "~")) or (path.name, "") in claimed
        if skip or path.suffix.lower() not in SPREADSHEETS or path.name in files.books:
            continue
        near = _near_table(path.stem)
        if near:
            problems.append(looks_like(path.name, near))
    book = files.books.get(WORKBOOK)
    for sheet in book.sheets if book else ():
        near = "" if (WORKBOOK, sheet) in claimed else _near_table(sheet)
        if near:
            problems.append(looks_like(f"{WORKBOOK}!{sheet}", near))
    return problems


def _near_table(name: str) -> str:
    """The table whose name or title a name resembles."""
    for table, schema in SCHEMAS.items():
        if table != "answers" and squeezed(name) in (squeezed(schema.zh), squeezed(schema.en)):
            return table
    if any(spelling in squeezed(name) for spelling in LIST_SPELLINGS):
        return LIST_TABLE
    names = [*(table for table in SCHEMAS if table != "answers"), "inputs"]
    scored = [(likeness(name, table), table) for table in names]
    best = max(scored)
    return best[1] if best[0] >= _MISSPELT else ""
