"""The work list of site visits (现场核查清单): an Excel file with empty columns for what is found.

Saved as ``verified_funds.xlsx`` in the folder of its case, filled in, it is read back as the
table ``verified_funds``; :mod:`auditbook.case.verified` refuses one that was tampered with.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from auditbook import query
from auditbook.case.errors import InputError, Problem
from auditbook.case.files import TableFile
from auditbook.case.list_file import TABLE, list_sheet
from auditbook.case.settings import Settings
from auditbook.case.table import raw_table
from auditbook.case.workbook import open_workbook
from auditbook.deliver.worklist_content import FILLED_IN, OF_VOUCHERS, RECORDED, work_list
from auditbook.folders import write_whole
from auditbook.procedures.sampling.coverage import items_of


class FilledError(Exception):
    """A list that people have filled in, or a file of another kind, would be overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(str(path))


def items_to_visit(frame: query.Table, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """Sampled items with what the frame says of them, as :func:`write_worklist` takes them.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation, the population
        From :func:`auditbook.procedures.sampling.population`: id, the money column `amount`.
    sample : DataFrame
        id, and what is known of the selection: role, method, reason, draw, hits, stratum.

    Returns
    -------
    DataFrame, one row per sampled item, in the order of `sample`
        Its columns, amount_fen (``Int64``; missing where the frame has no such item), and of
        vouchers date, unit, document_no, payee, account, purpose.
    """
    known = items_of(frame, list(sample["id"])).set_index("id")
    wanted = OF_VOUCHERS if "document_no" in known else ()
    items = sample.drop(columns=["note", "source_row"], errors="ignore")
    beside = known[[name for name in wanted if name in known and name not in items]]
    items = items.merge(beside, how="left", left_on="id", right_index=True, validate="m:1")
    return items.assign(amount_fen=items["id"].map(known[amount]).astype("Int64"))


def draw_record(drawn: pd.DataFrame) -> dict[str, object]:
    """What the list says of a draw; nothing where the sample was not drawn by a plan.

    Parameters
    ----------
    drawn : DataFrame
        From ``sampling.draw``.
    """
    return {name: drawn.attrs[name] for name in RECORDED if name in drawn.attrs}


def worklist_bytes(
    items: pd.DataFrame,
    settings: Settings,
    *,
    record: Mapping[str, object] | None = None,
    lang: str = "zh",
    own_copy: bool = False,
) -> bytes:
    """The list as the bytes of an ``.xlsx`` file; the same for the same arguments.

    Only the empty columns can be edited (the sheet is protected, without a password). Amounts are
    numbers in the money unit of the case and read back to the fen; one of more than 15 digits,
    which a spreadsheet would round, is text. No text becomes a formula.

    Parameters
    ----------
    items : DataFrame, one row per sampled item
        id (unique), amount_fen; optionally role, method, reason, draw, hits, stratum, and of
        vouchers date, unit, document_no, payee, account, purpose. What is the same for all items
        is told on the second sheet instead. No rows: a list without items.
    settings : Settings
        Title, year, frame, money unit; a synthetic case says so on the list.
    record : mapping, optional
        How the sample was drawn: method, seed, generator, frame_hash, interval, start, or other
        names, which are shown as they are. Else what the settings say of it.
    lang : {"zh", "en"}
    own_copy : bool
        The team's own copy: with columns that hold personal data (payee, account), which
        otherwise are left out.

    Raises
    ------
    PlanError
        An id is there twice, or an item has no amount.
    """
    from auditbook.deliver.worklist_sheet import draw

    return draw(work_list(items, settings, record, lang, own_copy))


def write_worklist(
    path: Path,
    items: pd.DataFrame,
    settings: Settings,
    *,
    record: Mapping[str, object] | None = None,
    lang: str = "zh",
    own_copy: bool = False,
    force: bool = False,
) -> None:
    """Write the list to a file, whole or not at all; arguments as :func:`worklist_bytes` has.

    Parameters
    ----------
    force : bool
        Overwrite whatever is there.

    Raises
    ------
    FilledError
        The file is there and holds more than an empty list.
    PlanError
        As :func:`worklist_bytes` does.
    OSError
        It cannot be written.
    """
    content = worklist_bytes(items, settings, record=record, lang=lang, own_copy=own_copy)
    if not force and path.exists() and not _is_empty_list(path, settings):
        raise FilledError(path)
    write_whole(path, content)


def _is_empty_list(path: Path, settings: Settings) -> bool:
    """Whether a file is a list in which nobody has filled in anything."""
    problems: list[Problem] = []
    try:
        book = open_workbook(path, path.name)
        sheet = list_sheet(book.sheets)
        grid = book.grid(sheet)
    except (InputError, OSError):
        return False
    raw = raw_table(TableFile(TABLE, path, path.name, sheet), grid, settings, problems)
    if raw is None or any(raw.find(name) is None for name in FILLED_IN):
        return False
    return not any(raw.text(row, name).strip() for row in raw.body.rows for name in FILLED_IN)
