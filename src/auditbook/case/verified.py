"""The filled work list (现场核查清单) against the sample and the frame: is it what was sent out.

Every sampled item stands in it once and no other does, with the amount that the frame has, to
the fen; the seal that was sent with it agrees. What was found is filled in without contradiction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.case.body import RawTable
from auditbook.case.cells import CellError
from auditbook.case.errors import Problem
from auditbook.case.files import Files, TableFile, Unread
from auditbook.case.grid import Grid, Row
from auditbook.case.list_file import LIST_SHEET, SEAL_SHEET, SEAL_TITLES, TABLE, seal
from auditbook.case.money import exact_text, plain
from auditbook.case.names import nearest, squeezed
from auditbook.case.settings import Settings
from auditbook.case.table import Table
from auditbook.case.values import cell_problem, kind_of
from auditbook.query import rows_of


@dataclass(frozen=True)
class FrameItem:
    """What the frame says of one of its items: the amount in fen, and where that stands."""

    amount_fen: int
    place: str


def frame_items(
    tables: Mapping[str, Table], settings: Settings, ids: Collection[str]
) -> dict[str, FrameItem]:
    """Some items of the frame (总体) by id; those that it has, and for which it has an amount."""
    table, amount = tables.get(settings.sampling.frame), settings.sampling.amount
    if table is None or amount not in table.frame:
        return {}
    name = "entry_id" if "entry_id" in table.frame else "unit"
    rows = rows_of(table.entries(), name, sorted(ids))
    columns = (rows[name], rows[amount], rows["source_row"])
    return {
        item: FrameItem(int(fen), place)
        for item, fen, place in zip(*columns, strict=True)
        if not pd.isna(fen)
    }


@dataclass(frozen=True)
class _List:
    """The list as it was read, and the cells in which a problem was found before."""

    table: Table
    raw: RawTable
    told: frozenset[tuple[str, int, str]]

    def rows(self, name: str) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Rows as received and as read, but for those with a problem in a column already."""
        column = self.raw.find(name)
        records: list[dict[str, Any]] = self.table.frame.to_dict("records")  # type: ignore[assignment]
        for row, record in zip(self.raw.body.rows, records, strict=True):
            if column and (self.raw.grid.file, row.number, column.title) not in self.told:
                yield row, record

    def problem(self, row: Row, name: str, zh: str, en: str) -> Problem:
        """A problem in a cell."""
        column = self.raw.find(name)
        assert column is not None
        return cell_problem(self.raw, row, column, zh, en)


def check_verified(
    tables: Mapping[str, Table],
    raws: Mapping[str, RawTable],
    settings: Settings,
    unread: Unread,
    files: Files,
) -> list[Problem]:
    """Everything in which the filled list is not the one that was sent out.

    Parameters
    ----------
    tables, raws : mapping of str to Table, to RawTable
    settings : Settings
    unread : Unread
        With a sample or a frame that could not be read the list is not compared.
    files : Files
        For the seal; and its problems so far: a cell that has one is not told again.
    """
    if TABLE not in tables:
        return []
    told = frozenset((p.file, p.row, p.column) for p in files.problems)
    filled = _List(tables[TABLE], raws[TABLE], told)
    problems = [*_outcomes(filled), *_sealed(filled, files)]
    for needed in ("sample", settings.sampling.frame):
        if needed not in tables and not unread.may_be(needed):
            problems.append(_nothing_to_compare(filled, needed))
    if "sample" in tables and not _doubted(raws["sample"], told):
        problems += _against_the_sample(filled, tables["sample"])
        sampled = set(tables["sample"].frame["id"])
        sound = _without_problem(frame_items(tables, settings, sampled), files.problems)
        problems += _against_the_frame(filled, sound)
    return problems


def _doubted(sample: RawTable, told: frozenset[tuple[str, int, str]]) -> bool:
    """Whether some id of the sample has a problem: it cannot be told then what was sampled."""
    column = sample.find("id")
    return column is None or any(
        (sample.grid.file, row.number, column.title) in told for row in sample.body.rows
    )


def _without_problem(
    items: Mapping[str, FrameItem], problems: Sequence[Problem]
) -> dict[str, FrameItem]:
    """Items in whose row of the frame no problem was found: others may hold a stand-in."""
    doubted = {f"{problem.file}:{problem.row}" for problem in problems}
    return {item: known for item, known in items.items() if known.place not in doubted}


def _against_the_sample(filled: _List, sample: Table) -> Iterator[Problem]:
    """Rows that were added to the list, and sampled items that are no longer in it."""
    places = dict(zip(sample.frame["id"], sample.frame["source_row"], strict=True))
    for row, record in filled.rows("id"):
        if record["id"] not in places:
            near = nearest(record["id"], places)
            hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
            yield filled.problem(
                row,
                "id",
                f"样本表（{sample.file.place}）中没有它：清单多出这一行，或编号被改动{hint}",
                f"is not in the sample ({sample.file.place}): the row was added, or its id "
                f"changed{hint_en}",
            )
    column = filled.raw.find("id")
    listed = set(filled.table.frame["id"])
    for item in (item for item in places if item not in listed and column):
        yield Problem(
            filled.raw.grid.file,
            column=column.title if column else "",
            value=item,
            message=f"清单缺少这一行：它在样本中（{places[item]}）；没有核查的也要留在清单上，"
            "无法核查的写“无法核查”",
            message_en=f"is missing from the list though it was sampled ({places[item]}); keep "
            "what was not examined in the list, and say so where it cannot be",
        )


def _against_the_frame(filled: _List, items: Mapping[str, FrameItem]) -> Iterator[Problem]:
    """Amounts that are not those of the frame, to the fen."""
    unit = filled.raw.money_unit
    for row, record in filled.rows("book"):
        known = items.get(record["id"])
        if known and record["book"] != known.amount_fen:
            right = exact_text(known.amount_fen, unit) + unit
            yield filled.problem(
                row,
                "book",
                f"应为 {right}（{known.place}）：账面数不得改动；总体改正过的，重新导出清单",
                f"should be {right} ({known.place}): the book value is not to be changed; where "
                "the frame was corrected, write the list again",
            )


def _outcomes(filled: _List) -> Iterator[Problem]:
    """An outcome that says one thing and an audited value that says another."""
    if filled.raw.find("outcome") is None:
        return
    for row, record in filled.rows("audited"):
        outcome, missing = record["outcome"], pd.isna(record["audited"])
        if missing and outcome in ("examined", "alternative"):
            yield filled.problem(
                row,
                "audited",
                "应填写核定数，一分也没有确认的填 0；没有核查的，“结果”留空或写“无法核查”",
                "the audited value is missing, 0 where nothing was confirmed; leave the outcome "
                "empty, or say that it cannot be examined",
            )
        elif outcome == "not_examinable" and not missing:
            yield filled.problem(
                row,
                "audited",
                "“结果”为无法核查，核定数应留空；由替代程序确认的，“结果”写“替代程序”",
                "cannot be examined, so there is no audited value; where another procedure "
                "confirmed it, the outcome is alternative",
            )


def _sealed(filled: _List, files: Files) -> Iterator[Problem]:
    """The seal on the second sheet is that of the rows as they were received."""
    grid = _seal_sheet(filled.table.file, files)
    now = _seal_now(filled.raw)
    if grid is None or now is None:
        return
    for row in grid.rows:
        for position, cell in enumerate(row.cells):
            if squeezed(cell) in map(squeezed, SEAL_TITLES):
                sealed = next(filter(str.strip, row.cells[position + 1 :]), "").strip()
                if sealed != now:
                    yield _broken(grid.file, row.number, cell, sealed, now)
                return
    if filled.table.file.sheet == LIST_SHEET:
        yield _broken(grid.file, 0, SEAL_TITLES[0], "", now)


def _seal_sheet(file: TableFile, files: Files) -> Grid | None:
    book = files.book(file.file) if file.sheet else None
    if book is None or SEAL_SHEET not in book.sheets or file.sheet == SEAL_SHEET:
        return None
    return files.grid(TableFile(TABLE, file.path, file.file, SEAL_SHEET))


def _seal_now(raw: RawTable) -> str | None:
    """The seal of ids and amounts before adjustments; None where an amount cannot be read."""
    book = raw.find("book")
    if book is None or raw.find("id") is None:
        return None
    kind = kind_of(raw, book)
    items = []
    for row in raw.body.rows:
        item, amount = (
            raw.before.get((row.number, name), raw.text(row, name)) for name in ("id", "book")
        )
        try:
            items.append((plain(item), int(kind.read(amount))))
        except CellError:
            return None
    return seal(items)


def _broken(file: str, row: int, title: str, sealed: str, now: str) -> Problem:
    return Problem(
        file,
        row,
        title,
        sealed,
        f"与清单不符，按清单上的编号和账面数应为 {now[:12]}…；清单或封签在导出以后被改动，"
        "请用导出时的原件",
        f"does not agree with the list, whose ids and book values give {now[:12]}…; one of them "
        "was changed after the list was written; use the list as it was written",
    )


def _nothing_to_compare(filled: _List, needed: str) -> Problem:
    return Problem(
        filled.raw.grid.file,
        value=needed,
        message=f"案卷没有 {needed} 这张表，清单无从核对；请放入它，或移走清单",
        message_en=f"the case has no table {needed} to hold the list against; add it, or remove "
        "the list",
    )
