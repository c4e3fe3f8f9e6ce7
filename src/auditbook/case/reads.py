"""Which files of a case something rests on: noted whenever a table or a text is asked for.

Three files may change what is read from any other, so everything rests on them: ``case.yaml``,
the adjustments (any cell), and the list of units (names everywhere). What is looked for and is
not there counts too: a file that appears later would change the answer.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auditbook.case.errors import InputError, Problem
from auditbook.case.files_problems import WORKBOOK
from auditbook.case.list_file import FILE as LIST_FILE
from auditbook.case.list_file import TABLE as LIST_TABLE
from auditbook.case.reading import ReadCase, read_case
from auditbook.case.schemas import ANSWERS_PREFIX, LEDGERS, SCHEMAS, schema_for
from auditbook.case.settings import Settings
from auditbook.case.table import Table, unit_columns
from auditbook.case.units import REGISTERS
from auditbook.case.yaml_text import FILE

_ATTEMPTS = 3
_ENDINGS = (".csv", ".parquet", ".xlsx", ".xlsm", ".md", ".yaml")

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class FilesRead:
    """The files of a case as they were when it was opened.

    Attributes
    ----------
    hashes : mapping of str to str
        File, relative to the case's folder, to the sha256 of its bytes.
    tables : mapping of str to str
        Table to the file that holds it.
    texts : mapping of str to bytes
        Name of a text to its content.
    """

    hashes: Mapping[str, str]
    tables: Mapping[str, str]
    texts: Mapping[str, bytes]


class Reads:
    """Notes which tables and texts of a case were asked for, and says which files that means."""

    def __init__(self, files: FilesRead, settings: Settings) -> None:
        self._files = files
        self._frame = settings.sampling.frame
        answers = (ANSWERS_PREFIX + survey.group for survey in settings.surveys)
        self._possible = [*(name for name in SCHEMAS if name != "answers"), *answers]
        self._tables: set[str] = set(_decides_all(files.tables))
        self._texts: set[str] = set()

    def note(self, tables: Iterable[str]) -> None:
        """These tables were asked for; a name that no table can have is none."""
        asked = [name for name in tables if schema_for(name)]
        self._tables.update(asked)
        if any(name.startswith(ANSWERS_PREFIX) for name in asked):
            self._tables.add("questions")  # which say what an answer means

    def note_all(self) -> None:
        """Every table was asked for, those that the case might have too."""
        self.note(self._possible)

    def note_units(self) -> None:
        """Every table was asked for in which units are named."""
        self.note(name for name in self._possible if self._names_units(name))

    def text(self, name: str) -> bytes:
        """The content of a text, which is noted; empty when there is none."""
        self._texts.add(name)
        return self._files.texts.get(name, b"")

    def files(self) -> dict[str, str | None]:
        """The files that all this came from, and their hashes; None for one that is not there."""
        names = {FILE, *(f"texts/{name}.md" for name in self._texts)}
        for table in self._tables:
            names |= self._homes(table)
        return {name: self._files.hashes.get(name) for name in sorted(names)}

    def _homes(self, table: str) -> set[str]:
        """The file that holds a table; for one that the case has not, where it might be."""
        place = self._files.tables.get(table)
        if place:
            return {place}
        more = {f"{table}.parquet"} if table in LEDGERS else set()
        own = {LIST_FILE} if table == LIST_TABLE else set()
        return {f"{table}.csv", WORKBOOK, *more, *own}

    def _names_units(self, table: str) -> bool:
        schema = schema_for(table)
        return schema is not None and bool(unit_columns(table, schema, self._frame))


class RecordedTables(Mapping[str, Table]):
    """The tables of a case by name; every look at one is noted."""

    def __init__(self, tables: Mapping[str, Table], reads: Reads) -> None:
        self._tables, self._reads = tables, reads

    def __getitem__(self, name: str) -> Table:
        self._reads.note([name])
        return self._tables[name]

    def __contains__(self, name: object) -> bool:
        self._reads.note([str(name)])
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        self._reads.note_all()
        return iter(self._tables)

    def __len__(self) -> int:
        self._reads.note_all()
        return len(self._tables)

    def __repr__(self) -> str:
        return repr(dict(self))

    def named(self, names: Iterable[str]) -> list[Table]:
        """Those of some tables that the case has, in its order; only they are noted."""
        wanted = set(names)
        self._reads.note(wanted)
        return [table for name, table in self._tables.items() if name in wanted]


def read_at_rest(folder: Path, project: str, year: int) -> tuple[ReadCase, FilesRead]:
    """Read a case, and the hashes of the very bytes that were read.

    A file that is written to meanwhile could be read old and hashed new. The case is read again
    then.

    Raises
    ------
    InputError
        As :func:`auditbook.case.reading.read_case` does, or a file never comes to rest.
    """
    changed: list[str] = []
    for _ in range(_ATTEMPTS):
        before = _stamps(folder, changed)
        read = read_case(folder, project, year)
        files = _files_read(folder, read)
        changed = sorted(f for f in files.hashes if before.get(f) != _stamp(folder / f))
        if read.problems or not changed:
            return read, files
    raise InputError([_restless(file) for file in changed])


def _files_read(folder: Path, read: ReadCase) -> FilesRead:
    tables = {name: _relative(table.file.file) for name, table in read.tables.items()}
    hashes = {tables[name]: table.sha256 for name, table in read.tables.items()}
    paths = [path for path in (folder / "texts").glob("*.md") if path.is_file()]
    texts = {path.stem: path.read_bytes() for path in paths}
    hashes |= {f"texts/{name}.md": _sha256(content) for name, content in texts.items()}
    for file in {FILE, WORKBOOK} - hashes.keys():
        if (folder / file).is_file():
            with (folder / file).open("rb") as stream:
                hashes[file] = hashlib.file_digest(stream, "sha256").hexdigest()
    return FilesRead(hashes, tables, texts)


def _relative(file: str) -> str:
    """A file as ``case.yaml`` names it, in the one way: ``./a//b.csv`` is ``a/b.csv``."""
    return PurePosixPath(file).as_posix()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _decides_all(tables: Mapping[str, str]) -> Iterator[str]:
    """Tables that may change what is read from others: adjustments, and the list of units."""
    yield "adjustments"
    for name in REGISTERS:
        yield name
        if name in tables:
            return


def _stamps(folder: Path, more: Iterable[str]) -> dict[str, Stamp | None]:
    """Stamps of every file that may be read, of ``more`` too: a link may lead out of sight."""
    found = {file: _stamp(folder / file) for file in more}
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names if name.lower().endswith(_ENDINGS)):
            found[path.relative_to(folder).as_posix()] = _stamp(path)
    return found


def _stamp(path: Path) -> Stamp | None:
    """What changes when a file is written to or replaced; None when there is none to read."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _restless(file: str) -> Problem:
    return Problem(
        file,
        message="读取时文件还在变化，可能正在保存或复制；请等它写完再运行",
        message_en="changed while it was read, perhaps being saved or copied; run again after that",
    )
