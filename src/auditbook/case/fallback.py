"""Settings good enough to read the tables although some settings are wrong.

All problems of a case are told at once, so a mistake in ``case.yaml`` must not hide those in the
tables. What is wrong is replaced by the stand-ins below, for the only purpose of reading on: the
case is refused anyway. Tables whose reading rests on a wrong setting are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from auditbook.case.schemas import ANSWERS_PREFIX
from auditbook.case.settings import Settings

_STAND_INS: Mapping[str, Any] = {
    "project": "stand-in",
    "year": 2000,
    "title": {"zh": "", "en": ""},
    "synthetic": True,
    "rule_set": "",
    "money_unit": "万元",
    "fund": {"name": "", "execution_denominator": "arrived"},
    "materiality": {"rate": "0.5", "tolerance_fen": 0, "reason": ""},
    "scoring": {
        "full": 1,
        "grades": [{"name": "", "en": "", "from": 1}, {"name": "", "en": "", "from": 0}],
    },
    "sampling": {
        "frame": "allocation",
        "unit": {"zh": "", "en": ""},
        "amount": "arrived",
        "method": "not_stated",
        "confidence": "0.5",
    },
    "prepared": {},
    "reviewed": {},
}

_RESTS_ON = {
    "fund.sources": ("allocation",),
    "sampling": ("sample", "verified_funds"),
    "surveys": ("survey_counts", "survey_units", "survey_history", ANSWERS_PREFIX),
    "aliases": (),
}


@dataclass(frozen=True)
class Fallback:
    """Settings to read on with, and what must not be judged by them.

    Attributes
    ----------
    settings : Settings
    wrong : frozenset of str
        Parts of the settings that were replaced: ``surveys``, ``fund.sources``, ``sources.use``.
    """

    settings: Settings
    wrong: frozenset[str]

    def reads(self, table: str) -> bool:
        """Whether no wrong setting decides how a table is read."""
        if {"sources", f"sources.{table}"} & self.wrong:
            return False
        resting = [name for part in self.wrong for name in _RESTS_ON.get(part, ())]
        return not any(
            table == name or (name == ANSWERS_PREFIX and table.startswith(name)) for name in resting
        )


def fallback(values: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> Fallback | None:
    """Settings from what is right in ``values``; None when too much is wrong to read on."""
    wrong = {_part(tuple(map(str, error["loc"]))) for error in errors}
    patched = dict(values)
    for part in wrong:
        top, _, below = part.partition(".")
        if below and isinstance(patched.get(top), dict):
            patched[top] = {k: v for k, v in patched[top].items() if k != below}
        elif top == "fund":
            patched[top] = _STAND_INS[top] | _sources_of(patched.get(top))
        elif top in _STAND_INS:
            patched[top] = _STAND_INS[top]
        else:
            patched.pop(top, None)
    try:
        return Fallback(Settings.model_validate(patched), frozenset(wrong))
    except ValidationError:
        return None


def _part(place: tuple[str, ...]) -> str:
    """The part of the settings that an error makes unusable."""
    nested = place[0] == "sources" or place[:2] == ("fund", "sources")
    return ".".join(place[:2]) if nested else place[0]


def _sources_of(fund: Any) -> dict[str, Any]:
    return {"sources": fund["sources"]} if isinstance(fund, dict) and "sources" in fund else {}
