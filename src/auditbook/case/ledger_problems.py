"""Problems of a ledger of any size: every one counted, the first ones kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from auditbook.case.errors import SHOWN_AT_MOST, Problem
from auditbook.case.grid import Row
from auditbook.case.header import HeaderColumn
from auditbook.case.money import amount_text


@dataclass
class Tally:
    """The first problems in the order of the file, and how many there are.

    Attributes
    ----------
    count : int
        Of all problems, also of those that are not kept.
    """

    count: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, problems: Iterable[Problem], *, count: int | None = None) -> None:
        """Add problems; ``count`` is how many there are when only the first of them are given."""
        problems = list(dict.fromkeys(problems))
        self.count += len(problems) if count is None else count
        self._kept.extend(problems)
        if len(self._kept) > 4 * SHOWN_AT_MOST:
            self._kept = list(self.shown)

    @property
    def shown(self) -> tuple[Problem, ...]:
        """The first problems, from top to bottom; of one row in the order they were found."""
        return tuple(sorted(self._kept, key=lambda problem: problem.row)[:SHOWN_AT_MOST])


def open_quote(file: str, line: int, value: str, error: str) -> Problem:
    """The problem of a quote that is never closed, or stands where none may."""
    return Problem(
        file,
        line,
        value=value,
        message="引号没有成对，从这一行起读不下去；含逗号或换行的内容用一对英文双引号括住，"
        "内容里的双引号写两次",
        message_en=f"quotes do not match from this line on ({error}); a cell with commas stands "
        "between one pair of double quotes, a quote inside it is doubled",
    )


def endless(file: str, line: int, most: int) -> Problem:
    """The problem of a line or a record that does not end within ``most`` MB."""
    return Problem(
        file,
        line,
        message=f"从这一行起超过 {most} MB 还没有结束；应为一行一笔的 CSV，引号成对",
        message_en=f"no end within {most} MB from this line on; one entry per line, quotes matched",
    )


def changed(file: str) -> Problem:
    """The problem of a file that was written to while it was read."""
    return Problem(
        file,
        message="读取时文件变了；请等它写完，或关闭正在使用它的程序，再重新读取",
        message_en="the file changed while it was read; wait until it is written, then read again",
    )


def lost(file: str, records: int, accounted: int) -> Problem:
    """The problem of records that were counted and did not arrive: refused, never guessed."""
    return Problem(
        file,
        message=f"文件有 {records} 条记录，读出的连同退回的只有 {accounted} 条；没有采用，请另存为"
        "“CSV UTF-8（逗号分隔）”再读",
        message_en=f"the file has {records} records, {accounted} were read or rejected; nothing "
        "was taken, save it as UTF-8 and read again",
    )


def total_differs(
    file: str, row: Row, column: HeaderColumn, unit: str, printed: int, summed: int, rows: int
) -> Problem:
    """The problem of a printed total that is not the sum of the rows, as in small tables."""
    right, apart = amount_text(summed, unit), amount_text(printed - summed, unit)
    return Problem(
        file,
        row.number,
        column.title,
        row.cell(column.position),
        f"合计应为 {right}（{rows} 行相加），相差 {apart}；原件如此的，在 adjustments.csv 里改正"
        "并写明依据",
        f"the total should be {right} (sum of {rows} rows), difference {apart}; if the original "
        "says so, correct it in adjustments.csv with the reason",
    )


def inexact(file: str, title: str, kind: str) -> Problem:
    """The problem of a Parquet column of binary fractions."""
    return Problem(
        file,
        0,
        title,
        kind,
        "这一列是浮点数，金额和编号在其中已不准确；应为 DECIMAL、整数分（标题写明“分”）或文字",
        "this column holds binary fractions, in which amounts and numbers are not exact; it "
        "should be DECIMAL, whole fen (the title says 分) or text",
    )


def unit_not_said(file: str, title: str, kind: str) -> Problem:
    """The problem of whole amounts in Parquet of which nobody says whether they are fen."""
    return Problem(
        file,
        0,
        title,
        kind,
        "这一列是整数，没有写明单位，分不清是元还是分；请把单位写进标题，例如“金额（分）”，"
        "或用 DECIMAL",
        "whole numbers whose unit is not said: say it in the title, as 金额（分）, or use DECIMAL",
    )


def wrong_kind(file: str, title: str, kind: str) -> Problem:
    """The problem of a Parquet column of a type that no cell of a ledger has."""
    return Problem(
        file,
        0,
        title,
        kind,
        "这一列的类型不能用于明细账；应为文字、整数、DECIMAL 或日期",
        "no type for a ledger; should be text, whole numbers, DECIMAL or dates",
    )
