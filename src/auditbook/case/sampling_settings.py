"""Settings of audit sampling: how the sample was chosen, and what it was planned to show."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from auditbook.case.money import parse_money
from auditbook.case.strict import Bilingual, Exact, Key, Money, Strict, Text

Method = Literal["judgement", "random", "systematic", "monetary_unit", "not_stated"]
Selection = Literal[
    "random", "systematic", "mus_fixed_interval", "mus_cell", "mus_random", "pps_systematic"
]
_METHOD_OF = {"random": "random", "systematic": "systematic"}


class LastYear(Strict):
    """What last year's sample of the same population found."""

    deviations: int = Field(ge=0)
    n: int = Field(ge=1)


class Risks(Strict):
    """审计风险模型: audit risk = inherent × control × analytical × detection risk."""

    audit: Exact = Field(gt=0, lt=1)
    inherent: Exact = Field(gt=0, le=1)
    control: Exact = Field(gt=0, le=1)
    analytical: Exact = Field(default=Decimal(1), gt=0, le=1)


class Plan(Strict):
    """What a probability sample is to show, and how it is drawn."""

    selection: Selection
    """How items are drawn; see ``sampling.select``."""
    size: int | None = Field(default=None, ge=1)
    """Items or hits to be drawn; None: as many as the plan needs."""
    tolerable_rate: Exact | None = Field(default=None, gt=0, lt=1)
    """可容忍偏差率: the share of items that may deviate."""
    expected_rate: Exact = Field(default=Decimal(0), ge=0, lt=1)
    tolerable_misstatement: Money | None = None
    """可容忍错报; None: the materiality of the case."""
    expected_misstatement: Money | None = None
    likelihood: Literal["binomial", "poisson", "hypergeometric"]
    evaluation: Literal[
        "stringer", "stringer_poisson", "mean_per_unit", "difference", "ratio", "regression"
    ]
    """How results are projected."""
    strata: Key | None = None
    """Column of the frame whose values are the strata of a sample of items, which is allocated to
    them in proportion to their numbers."""
    last_year: LastYear | None = None
    risks: Risks | None = None

    @model_validator(mode="after")
    def _fits(self) -> Plan:
        if self.by_money != self.evaluation.startswith("stringer"):
            raise ValueError("evaluation")
        if not self.by_money and self.size is None and self.tolerable_rate is None:
            raise ValueError("plan_size")
        if self.by_money and self.strata is not None:
            raise ValueError("plan_strata")
        return self

    @property
    def tolerable_fen(self) -> int | None:
        """The tolerable misstatement in fen; None where the materiality of the case holds."""
        if self.tolerable_misstatement is None:
            return None
        return parse_money(self.tolerable_misstatement, "元")

    @property
    def expected_fen(self) -> int:
        """The expected misstatement in fen."""
        if self.expected_misstatement is None:
            return 0
        return parse_money(self.expected_misstatement, "元")

    @property
    def by_money(self) -> bool:
        """Whether the unit drawn is one fen and not one item."""
        return self.selection in ("mus_fixed_interval", "mus_cell", "mus_random", "pps_systematic")

    @property
    def method(self) -> Method:
        """The method as the sample table words it."""
        return _METHOD_OF.get(self.selection, "monetary_unit")  # type: ignore[return-value]


class Sampling(Strict):
    """The sampling design of the site visits."""

    frame: Literal["allocation", "payments"]
    unit: Bilingual
    amount: Key
    """Money column of the frame: coverage by value."""
    method: Method
    method_place: Text = ""
    confidence: Exact = Field(gt=0, lt=1)
    seed: int | None = Field(default=None, ge=0)
    by: tuple[Key, ...] = ()
    """Columns of the frame in which sample and population are compared."""
    plan: Plan | None = None

    @model_validator(mode="after")
    def _planned(self) -> Sampling:
        if self.plan is not None and self.plan.method != self.method:
            raise ValueError("plan_method")
        if self.plan is not None and self.seed is None:
            raise ValueError("plan_seed")
        return self
