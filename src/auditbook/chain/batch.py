"""Which cases a batch holds: patterns such as ``kunming-grid/*``, or a list in a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from auditbook.case.errors import InputError, Problem
from auditbook.case.root import cases

_LISTS = (".csv", ".txt", ".list")
_TITLES = {"project", "year", "case", "项目", "年度", "案卷"}


def cases_named(words: Sequence[str], root: Path) -> list[tuple[str, int]]:
    """The cases that patterns and lists name, each once, in their order.

    Parameters
    ----------
    words : sequence of str
        ``project/year``, with ``*`` and ``?`` where several are meant, or the path of a list: a
        case per line, ``project,year`` or ``project/year``; a line of titles and lines that begin
        with ``#`` are passed over.
    root : Path

    Raises
    ------
    InputError
        A list cannot be read, or a word names no case.
    """
    known = cases(root)
    found: list[tuple[str, int]] = []
    problems: list[Problem] = []
    for place, word in _words(words, problems):
        fitting = [case for case in known if fnmatchcase(f"{case[0]}/{case[1]}", word)]
        if not fitting:
            problems.append(_no_case(place, word, known))
        found += fitting
    if not found and not problems:
        problems.append(Problem(words[0], message="没有列出案卷", message_en="names no case"))
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(found))


def _words(words: Sequence[str], problems: list[Problem]) -> Iterable[tuple[tuple[str, int], str]]:
    """Each pattern with its place: a file and its line, or the command line."""
    for word in words:
        path = Path(word)
        if path.suffix.lower() not in _LISTS:
            yield ("", 0), word.strip("/")
            continue
        try:
            rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_unreadable(word, error))
            continue
        for number, row in enumerate(rows, 1):
            cells = [cell.strip() for cell in row if cell.strip()]
            titles = {cell.lower() for cell in cells[:2]} <= _TITLES
            if not titles and not cells[0].startswith("#"):
                yield (word, number), "/".join("/".join(cells[:2]).split())


def _no_case(place: tuple[str, int], word: str, known: Sequence[tuple[str, int]]) -> Problem:
    listed = "、".join(f"{project}/{year}" for project, year in known[:8]) or "无"
    more = "…" if len(known) > 8 else ""
    return Problem(
        place[0] or "batch",
        row=place[1],
        value=word,
        message=f"没有这样的案卷；应写作 项目/年度，可用 * 代表多个；现有案卷：{listed}{more}",
        message_en="no case is called so; write project/year, * stands for several; cases: "
        f"{listed}{more}",
    )


def _unreadable(word: str, error: Exception) -> Problem:
    return Problem(
        word,
        message=f"清单无法读取（{error}）；应为 UTF-8 文本，每行一个案卷：项目,年度",
        message_en=f"the list cannot be read ({error}); it should be UTF-8 text with one case "
        "per line: project,year",
    )
