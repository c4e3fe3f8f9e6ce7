"""Presets as they stand in their files: what a source prescribes, and nothing that it does not."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator
from ruamel.yaml import YAML

from auditbook.case.errors import InputError, Problem
from auditbook.case.names import nearest
from auditbook.case.settings import Grade
from auditbook.case.strict import Bilingual, Exact, Key, Strict, Text

LEVELS = ("level1", "level2", "level3", "level4")

Mark = Annotated[Exact, Field(gt=0)]


class Indicator(Strict):
    """One indicator of a preset, at the most detailed level that the source names."""

    level1: Text
    level2: Text = ""
    level3: Text = ""
    level4: Text = ""
    full: Mark | None = None
    """Full mark in percent of the total; None: the source has none."""
    points: int | None = Field(default=None, gt=0)
    """Number of checklist points (要点)."""
    points_en: Text = ""
    """What the points ask, in short."""
    formula: Text = ""
    names: tuple[Text, ...] = ()
    """Indicators of the next level whose full marks the source does not tell."""
    verified: bool = True
    """False: found in an account of the source, not in the source itself."""

    @property
    def path(self) -> tuple[str, ...]:
        """The names from level 1 down."""
        return tuple(name for name in (getattr(self, level) for level in LEVELS) if name)


class Customary(Strict):
    """Level-1 weights that are often seen, with where."""

    level1: dict[Text, Mark]
    source: Text


class Weights(Bilingual):
    """Whether the source prescribes weights, and what it says of them."""

    prescribed: bool
    customary: tuple[Customary, ...] = ()


class Rule(Strict):
    """A rule on the full marks of a system.

    ``at_least``, ``exactly``: the level-1 indicators together have at least, or exactly, `number`
    percent of the total. ``each_at_least``: every level-1 indicator has `number` points or more.
    ``multiple_of``: full marks of level 1, or of the indicators, are multiples of `number`.
    ``more_than``: the level-1 indicators together have more than those of `than`.
    """

    code: Key
    kind: Literal["at_least", "exactly", "each_at_least", "multiple_of", "more_than"]
    level1: tuple[Text, ...] = ()
    than: tuple[Text, ...] = ()
    of: Literal["level1", "indicators"] = "level1"
    number: Mark | None = None
    zh: Text
    en: Text
    source: Text

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        named = self.kind in ("at_least", "exactly", "more_than")
        if named != bool(self.level1) or (self.kind == "more_than") != bool(self.than):
            raise ValueError(f"{self.code}: level-1 indicators")
        if (self.kind == "more_than") != (self.number is None):
            raise ValueError(f"{self.code}: number")
        return self


class Preset(Strict):
    """An indicator system as data.

    Attributes
    ----------
    name : str
        By which ``case.yaml`` chooses it.
    use : {"evaluation", "self_evaluation"}
    """

    name: Key
    title: Bilingual
    source: Text
    use: Literal["evaluation", "self_evaluation"]
    weights: Weights
    indicators: tuple[Indicator, ...] = ()
    rules: tuple[Rule, ...] = ()
    grades: tuple[Grade, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Preset:
        for what in ([row.path for row in self.indicators], [rule.code for rule in self.rules]):
            if len({*what}) < len(what):
                raise ValueError(f"{self.name}: repeated")
        return self

    @property
    def level1(self) -> tuple[str, ...]:
        """Names of level 1, in order."""
        return tuple(dict.fromkeys(row.level1 for row in self.indicators))

    def frame(self) -> pd.DataFrame:
        """The indicators as a table.

        Returns
        -------
        DataFrame
            level1 … level4, full (Decimal or None), points (text), formula, source.
        """
        rows = [
            {
                **{level: getattr(row, level) for level in LEVELS},
                "full": row.full,
                "points": "" if row.points is None else str(row.points),
                "formula": row.formula,
                "source": self.source,
            }
            for row in self.indicators
        ]
        return pd.DataFrame(rows, columns=[*LEVELS, "full", "points", "formula", "source"])

    def total(self) -> Decimal | None:
        """The sum of the full marks; None where the source has none for some indicator."""
        marks = [row.full for row in self.indicators]
        known = [mark for mark in marks if mark is not None]
        return sum(known, Decimal(0)) if marks and len(known) == len(marks) else None


def list_presets() -> tuple[str, ...]:
    """Names of all presets, in alphabetical order."""
    folder = files("auditbook.case.presets")
    names = [item.name for item in folder.iterdir()]
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


@cache
def load_preset(name: str) -> Preset:
    """A preset by its name.

    Raises
    ------
    InputError
        There is none of this name; it says which there are.
    """
    if name not in list_presets():
        raise InputError([_unknown(name)])
    text = files("auditbook.case.presets").joinpath(f"{name}.yaml").read_text("utf-8")
    return Preset.model_validate({"name": name, **YAML(typ="safe", pure=True).load(text)})


def _unknown(name: str) -> Problem:
    known = ", ".join(list_presets())
    near = nearest(name, list_presets())
    zh, en = (f"；相近的：{near}", f"; near: {near}") if near else ("", "")
    return Problem(
        "case.yaml",
        column="preset",
        value=name,
        message=f"没有这个指标体系预设{zh}；现有 {known}",
        message_en=f"no such preset{en}; there are {known}",
    )
