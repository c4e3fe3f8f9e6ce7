"""Settings of a case: what ``case.yaml`` may say. No audit question has a default answer here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, field_validator, model_validator

from auditbook.case.ledger_settings import Ledger
from auditbook.case.money import FEN_PER_UNIT, parse_money
from auditbook.case.sampling_settings import Sampling
from auditbook.case.strict import Bilingual, Exact, Key, Strict, Text
from auditbook.case.survey_settings import Survey

_Item = TypeVar("_Item", bound=BaseModel)


class Document(Strict):
    """A document that the project or the evaluation rests on."""

    title: Text
    number: Text = ""
    role: Text = ""


class FundSource(Strict):
    """One source of the money, for example the city's own budget; columns ``arrived_<key>``."""

    key: Key
    zh: Text
    en: Text


class Fund(Strict):
    """The money that is evaluated."""

    name: Text
    sources: tuple[FundSource, ...] = ()
    approved_budget: Text | None = None
    """As printed, with its unit: ``700.00万元``."""
    approved_budget_place: Text = ""
    execution_denominator: Literal["approved_budget", "arrived"]
    """预算执行率 has five definitions in practice; the case says which one it uses."""
    cut_off: date | None = None
    manager: Text = ""

    @field_validator("approved_budget")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            parse_money(value, "unit missing")
        return value

    @field_validator("sources")
    @classmethod
    def _each_once(cls, value: tuple[FundSource, ...]) -> tuple[FundSource, ...]:
        return _unique(value, "key")

    @property
    def approved_fen(self) -> int | None:
        """The approved budget in fen, or None where it is not stated."""
        return None if self.approved_budget is None else parse_money(self.approved_budget, "元")


class Materiality(Strict):
    """When a difference is 重大."""

    rate: Exact = Field(gt=0, lt=1)
    """Share of the money that arrived; at or above it a difference is 重大."""
    tolerance_fen: int = Field(ge=0)
    """Amounts further apart than this differ."""
    reason: Text


class Grade(Strict):
    """A grade and the share of full marks (0–100) from which it holds."""

    name: Text
    en: Text
    from_: Exact = Field(alias="from", ge=0, le=100)


class Scoring(Strict):
    """How scores are rounded and graded."""

    full: Exact = Field(gt=0)
    places: int | None = Field(default=None, ge=0, le=4)
    """Places to which each indicator is rounded; None: the source states no rule."""
    grades: tuple[Grade, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ordered(self) -> Scoring:
        bounds = [grade.from_ for grade in self.grades]
        if sorted(bounds, reverse=True) != bounds or len(set(bounds)) != len(bounds):
            raise ValueError("grades_order")
        if bounds[-1] != 0:
            raise ValueError("grades_zero")
        return self


class Source(Strict):
    """Where a table comes from, and how its file is read."""

    place: Text
    """Document, page or section from which the figures were taken."""
    file: Text | None = None
    sheet: Text | None = None
    encoding: Literal["utf-8", "gb18030"] | None = None
    money_unit: Text | None = None
    columns: dict[Text, Text] = Field(default_factory=dict)
    """Title as printed → column name, or question of the answers, for titles that are not known."""

    @field_validator("money_unit")
    @classmethod
    def _known_unit(cls, value: str | None) -> str | None:
        return _money_unit(value) if value is not None else None


class NotAvailable(Strict):
    """Something that the case does not have, and what follows from it."""

    what: Bilingual
    reason: Bilingual
    notebook: Text
    """Number of the notebook that says so: ``03``."""


class Signature(Strict):
    """Who prepared or reviewed, and when; both may be unknown."""

    by: Text | None = None
    on: date | None = None


class Settings(Strict):
    """Everything ``case.yaml`` says."""

    project: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    year: int = Field(ge=1990, le=2100)
    title: Bilingual
    synthetic: bool
    """Synthetic data says so in every notebook, page and report."""
    evaluated_by: Text = ""
    rule_set: Text
    money_unit: Text
    fund: Fund
    basis: tuple[Document, ...] = ()
    materiality: Materiality
    scoring: Scoring
    sampling: Sampling
    ledger: Ledger | None = None
    surveys: tuple[Survey, ...] = ()
    sources: dict[Key, Source] = Field(default_factory=dict)
    aliases: dict[Text, Text] = Field(default_factory=dict)
    """Another spelling of a unit's name → the name used here."""
    not_available: tuple[NotAvailable, ...] = ()
    prepared: Signature
    reviewed: Signature

    @field_validator("money_unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        return _money_unit(value)

    @field_validator("surveys")
    @classmethod
    def _each_once(cls, value: tuple[Survey, ...]) -> tuple[Survey, ...]:
        return _unique(value, "group")

    @property
    def ledger_asked(self) -> Ledger:
        """Which tests of ledgers the case asks for; none where it says nothing of ledgers."""
        return self.ledger or Ledger(fund="")

    @property
    def last_day(self) -> date:
        """The cut-off date; where the case has none, the end of its year."""
        return self.fund.cut_off or date(self.year, 12, 31)

    def survey(self, group: str) -> Survey | None:
        """The settings of one group of respondents."""
        return next((survey for survey in self.surveys if survey.group == group), None)


def _unique(values: tuple[_Item, ...], key: str) -> tuple[_Item, ...]:
    if len({getattr(value, key) for value in values}) < len(values):
        raise ValueError("repeated")
    return values


def _money_unit(value: str) -> str:
    if value not in FEN_PER_UNIT:
        raise ValueError("money_unit")
    return value
