"""What stands on the work list of site visits: its columns, rows and notes, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from auditbook.case.list_file import SEAL_TITLES, TABLE, seal
from auditbook.case.money import exact_text, plain
from auditbook.case.names import listed
from auditbook.case.schemas import SCHEMAS
from auditbook.case.settings import Settings
from auditbook.deliver.labels import coded, label
from auditbook.facts import records
from auditbook.procedures.errors import PlanError

FILLED_IN = ("audited", "outcome", "seen", "examined_by", "date", "note")
"""Columns that are empty on the list."""

OF_VOUCHERS = ("date", "unit", "document_no", "payee", "account", "purpose")
"""What names a voucher, where the frame is the payments."""

_VOUCHER_DATE = "voucher_date"
"""A voucher's own date; ``date`` on the list is that of the visit."""

_OF_SAMPLE = ("role", "method", "reason")
_OF_DRAW = {
    "draw": "worklist.draw",
    "hits": "worklist.hits",
    "stratum": "worklist.stratum",
}
RECORDED = {
    "method": "worklist.method",
    "seed": "worklist.seed",
    "generator": "worklist.generator",
    "frame_hash": "worklist.frame_hash",
    "interval": "worklist.interval",
    "start": "worklist.start",
}


@dataclass(frozen=True)
class ListColumn:
    """A column of the list.

    Attributes
    ----------
    name, title : str
    kind : {"text", "date", "money", "choice"}
    empty : bool
        To be filled in by people; all others are locked.
    choices : tuple of str
    """

    name: str
    title: str
    kind: Literal["text", "date", "money", "choice"] = "text"
    empty: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkList:
    """What stands on the list, ready to be drawn.

    Attributes
    ----------
    heading, subheading, warning, hint, unit_note : str
        Lines above the header; ``warning`` says that data are synthetic, else ``""``.
    columns : tuple of ListColumn
    rows : tuple of dict
        Column name to text, Timestamp or (book) whole fen.
    money_unit : str
    notes : tuple of (name, text)
        The second sheet; the last one is the seal.
    footer : tuple of str
        Left and right of the page's foot.
    lang : str
    """

    heading: str
    subheading: str
    warning: str
    hint: str
    unit_note: str
    columns: tuple[ListColumn, ...]
    rows: tuple[Mapping[str, Any], ...]
    money_unit: str
    notes: tuple[tuple[str, str], ...]
    footer: tuple[str, str]
    lang: str


def work_list(
    items: pd.DataFrame,
    settings: Settings,
    record: Mapping[str, object] | None,
    lang: str,
    own_copy: bool,
) -> WorkList:
    """Everything on the list, from the items and the settings of their case.

    Raises
    ------
    PlanError
        An id is there twice, or an item has no amount.
    """
    _check(items)
    items = items.rename(columns={"date": _VOUCHER_DATE})
    unit, sealed = settings.money_unit, _seal(items)
    return WorkList(
        heading=f"{settings.title.in_(lang)} {label('worklist.title', lang)}",
        subheading=label("worklist.year", lang, year=settings.year, count=len(items)),
        warning=label("show.synthetic", lang) if settings.synthetic else "",
        hint=label("worklist.hint", lang),
        unit_note=label("worklist.unit", lang, unit=unit),
        columns=_columns(items, settings, lang, own_copy),
        rows=tuple(_row(number, item, lang) for number, item in enumerate(records(items), 1)),
        money_unit=unit,
        notes=(*_notes(items, settings, record, lang), (SEAL_TITLES[lang == "en"], sealed)),
        footer=(label("worklist.signed", lang), f"{label('worklist.seal', lang)} {sealed[:12]}"),
        lang=lang,
    )


def _check(items: pd.DataFrame) -> None:
    twice = items.loc[items["id"].duplicated(), "id"].astype(str)
    if len(twice):
        raise PlanError(
            f"样本编号重复：{listed(twice)}；每个样本在清单上只能有一行，命中几次写在 hits",
            f"ids are there twice: {listed(twice)}; an item has one row, hits says how often",
        )
    without = items.loc[items["amount_fen"].isna(), "id"].astype(str)
    if len(without):
        raise PlanError(
            f"样本没有账面数：{listed(without)}；请核对样本编号和总体的金额列",
            f"items without an amount: {listed(without)}; check their ids and the frame's amounts",
        )


def _seal(items: pd.DataFrame) -> str:
    pairs = zip(items["id"], items["amount_fen"], strict=True)
    return seal((plain(str(item)), int(fen)) for item, fen in pairs)


def _columns(
    items: pd.DataFrame, settings: Settings, lang: str, own_copy: bool
) -> tuple[ListColumn, ...]:
    by_unit = settings.sampling.frame == "allocation"
    named = label("worklist.unit_sampled", lang) if by_unit else _title(TABLE, "id", lang)
    return (
        ListColumn("seq", _title(TABLE, "seq", lang)),
        ListColumn("id", named),
        *_voucher_columns(items, lang, own_copy),
        *(
            ListColumn(name, label(key, lang) if key else _title("sample", name, lang))
            for name, key in (dict.fromkeys(_OF_SAMPLE, "") | _OF_DRAW).items()
            if _differs(items, name)
        ),
        ListColumn("book", _title(TABLE, "book", lang), "money"),
        *(_to_fill_in(name, lang) for name in FILLED_IN),
    )


def _voucher_columns(items: pd.DataFrame, lang: str, own_copy: bool) -> list[ListColumn]:
    described = SCHEMAS["payments"].titles()
    columns = []
    for name in (name for name in OF_VOUCHERS if own_copy or not described[name].personal):
        if name == "date" and _VOUCHER_DATE in items:
            columns.append(ListColumn(_VOUCHER_DATE, label("worklist.voucher_date", lang), "date"))
        elif name in items and not items[name].isin(["", None]).all():
            columns.append(ListColumn(name, _title("payments", name, lang)))
    return columns


def _differs(items: pd.DataFrame, name: str) -> bool:
    """Whether a column tells items apart; hits also where all were hit more than once."""
    values = set(items[name].astype(str)) if name in items else set()
    return len(values) > 1 or (name == "hits" and not values <= {"1"})


def _to_fill_in(name: str, lang: str) -> ListColumn:
    title = SCHEMAS[TABLE].titles()[name]
    kinds: dict[str, Literal["text", "date", "money", "choice"]] = {
        "date": "date", "money": "money", "choice": "choice",
    }  # fmt: skip
    words = tuple(zh if lang == "zh" else en for _, zh, en in title.choices)
    kind = kinds.get(title.kind, "text")
    return ListColumn(name, _title(TABLE, name, lang), kind, empty=True, choices=words)


def _title(table: str, name: str, lang: str) -> str:
    title = SCHEMAS[table].titles()[name]
    return title.zh if lang == "zh" else title.en


def _row(number: int, item: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The locked cells of a row."""
    cells = {
        name: value if isinstance(value, pd.Timestamp) else _words(name, value, lang)
        for name, value in item.items()
    }
    return cells | {"seq": str(number), "book": int(item["amount_fen"])}


def _words(name: str, value: Any, lang: str) -> str:
    return "" if pd.isna(value) else coded(name, str(value), lang)


def _notes(
    items: pd.DataFrame, settings: Settings, record: Mapping[str, object] | None, lang: str
) -> list[tuple[str, str]]:
    """The second sheet: what was sampled from, how, and how the list is filled in."""
    design = settings.sampling
    total = exact_text(sum(int(fen) for fen in items["amount_fen"]), settings.money_unit)
    frame = SCHEMAS[design.frame]
    notes = [
        (label("worklist.case", lang), f"{settings.project} {settings.year}"),
        (label("worklist.frame", lang), frame.zh if lang == "zh" else frame.en),
        (label("worklist.items", lang), f"{len(items)}"),
        (label("worklist.total", lang), f"{total} {settings.money_unit}"),
        *_drawn(settings, record, lang),
    ]
    for name in ("role", "reason"):
        values = set(items[name]) - {""} if name in items else set()
        if len(values) == 1 and not _differs(items, name):
            notes.append((_title("sample", name, lang), coded(name, str(*values), lang)))
    return [*notes, *_how(lang)]


def _drawn(
    settings: Settings, record: Mapping[str, object] | None, lang: str
) -> list[tuple[str, str]]:
    design = settings.sampling
    if not record:
        stated = {"method": design.method, "seed": design.seed}
        record = {name: value for name, value in stated.items() if value is not None}
    return [
        (label(RECORDED[name], lang) if name in RECORDED else name, coded(name, str(value), lang))
        for name, value in record.items()
    ]


def _how(lang: str) -> list[tuple[str, str]]:
    return [
        (_title(TABLE, "audited", lang), label("worklist.how_audited", lang)),
        (_title(TABLE, "outcome", lang), label("worklist.how_outcome", lang)),
        (label("worklist.return", lang), label("worklist.how_return", lang)),
        (label("worklist.seal", lang), label("worklist.how_seal", lang)),
    ]
