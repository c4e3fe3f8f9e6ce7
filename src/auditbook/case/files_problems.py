"""What is said of files and sheets of a case that are missing, misnamed or of a wrong kind."""

from __future__ import annotations

from pathlib import Path

from auditbook.case.errors import Problem
from auditbook.case.list_file import FILE as LIST_FILE
from auditbook.case.list_file import TABLE as LIST_TABLE
from auditbook.case.names import likeness, listed
from auditbook.case.schemas import SCHEMAS

WORKBOOK = "inputs.xlsx"
PARQUET = ".parquet"
SPREADSHEETS = (".csv", ".xlsx", ".xls", ".xlsm", ".txt", ".tsv", ".ods", ".et", PARQUET)


def looks_like(place: str, near: str, ending: str = ".csv") -> Problem:
    """A file or sheet that is no table but looks like one."""
    right = WORKBOOK if near == "inputs" else near if "!" in place else near + ending
    if near == LIST_TABLE and "!" not in place and not place.lower().endswith(".csv"):
        right = LIST_FILE
    declare = "" if near == "inputs" else f"（或在 case.yaml 的 sources.{near}.file 写明）"
    return Problem(
        place,
        value=place.rpartition("!")[2],
        message=f"不是约定的表名，很像 {right}；若是，请改名为 {right}{declare}，"
        "若不是，换一个名字",
        message_en=f"no table has this name, much like {right}; rename it to {right}, name it "
        "under sources in case.yaml, or call it something else",
    )


def unknown_source(table: str) -> Problem:
    """``sources`` describes a table that there is none of."""
    near = max(SCHEMAS, key=lambda name: likeness(table, name))
    return Problem(
        "case.yaml",
        column=f"sources.{table}",
        value=table,
        message=f"没有这张表，应为 {listed(SCHEMAS, at_most=30)} 之一；最相近的是 {near}",
        message_en=f"no such table; the nearest is {near}",
    )


def outside(where: str, file: str) -> Problem:
    """``sources`` names a file that does not stand in the case folder."""
    return Problem(
        "case.yaml",
        column=where,
        value=file,
        message="应为案卷文件夹内的文件名，不能用绝对路径或 ..",
        message_en="should be a file inside the case folder: no absolute path, no ..",
    )


def no_file(folder: Path, where: str, file: str) -> Problem:
    """``sources`` names a file that is not there."""
    present = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in SPREADSHEETS)
    near = max(present, key=lambda name: likeness(file, name), default="")
    hint = f"；最相近的是 {near}" if near and likeness(file, near) >= 0.5 else ""
    return Problem(
        file,
        column=where,
        value=file,
        message=f"缺少这个文件：case.yaml 的 {where} 写了它；请放入案卷文件夹或改正文件名{hint}",
        message_en=f"this file is missing: {where} of case.yaml names it; add it or mend the name",
    )


def wrong_kind(where: str, file: str, *, ledger: bool = False) -> Problem:
    """``sources`` names a file that is neither CSV nor a workbook, nor Parquet for a ledger."""
    more, more_en = ("、.parquet", ", .parquet") if ledger else ("", "")
    return Problem(
        file,
        column=where,
        value=file,
        message=f"应为 .csv{more} 或 .xlsx 文件；请另存为其中一种",
        message_en=f"should be a .csv{more_en} or .xlsx file; save it as one of them",
    )


def no_sheet(table: str, file: str, sheet: str, sheets: list[str]) -> Problem:
    """``sources`` names a sheet that the workbook does not have."""
    return Problem(
        file,
        column=f"sources.{table}.sheet",
        value=sheet,
        message=f"没有这个工作表；现有工作表：{listed(sheets)}",
        message_en=f"there is no such sheet; sheets: {listed(sheets)}",
    )
