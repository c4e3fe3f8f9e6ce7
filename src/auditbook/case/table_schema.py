"""How one input table is described, and the columns that several tables share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandera.pandas as pa

from auditbook.case.columns import Title, column, optional, title_of


@dataclass(frozen=True)
class TableSchema:
    """One input table.

    Attributes
    ----------
    name : str
        File name without ending, or sheet name.
    zh, en : str
    row : str
        What one row is, in Chinese.
    meaning : str
        What the table is for.
    columns : dict of str to pandera Column
    totals : bool
        The table may end with a 合计 row.
    open : bool
        Columns beside the described ones are data too (answers to questions).
    """

    name: str
    zh: str
    en: str
    row: str
    meaning: str
    columns: Mapping[str, pa.Column]
    totals: bool = False
    open: bool = False

    def __reduce__(self) -> tuple[Callable[[str], TableSchema], tuple[str]]:
        """Between processes its name is enough: every process has the same descriptions."""
        from auditbook.case.schemas import described

        return described, (self.name,)

    @cached_property
    def pandera(self) -> pa.DataFrameSchema:
        """The schema that validates a frame which was read for this table."""
        keys = [name for name, title in self.titles().items() if title.key]
        return pa.DataFrameSchema(
            dict(self.columns),
            name=self.name,
            title=self.zh,
            description=self.meaning,
            unique=keys or None,
            report_duplicates="exclude_first",
        )

    def titles(self) -> dict[str, Title]:
        """Column name to description."""
        return {name: title_of(col) for name, col in self.columns.items()}


NOTE = optional("text", "备注", "Note", "随行说明", titles=("说明",))
SEQ = optional("id", "序号", "No.", "表内序号")


def unit_column(
    meaning: str = "资金单位名称，以单位表或分配表为准", *, key: bool = True
) -> pa.Column:
    """Describe the column that names a unit (单位)."""
    titles = ("县（市）区", "县（区）", "县区", "单位名称", "资金单位", "unit_name")
    return column("unit", "单位", "Unit", meaning, titles=titles, key=key)


def key_column(meaning: str, zh: str = "编号", en: str = "Id") -> pa.Column:
    """Describe the column whose codes tell the rows of a table apart."""
    return column("id", zh, en, meaning, key=True, titles=("编号", "编码", "ID", "代码"))
