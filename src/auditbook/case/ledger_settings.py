"""Settings of the tests of payment ledgers. A test that the case does not ask for is not run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from auditbook.case.money import parse_money
from auditbook.case.strict import Money, Strict, Text

DuplicateKey = Literal["unit", "payee", "account", "amount", "date", "document_no", "purpose"]


class Days(Strict):
    """A number of days."""

    days: int = Field(ge=1, le=366)


class Split(Strict):
    """拆分支付: payments kept under an approval limit."""

    limit: Money
    """Payments of this amount or more need approval: ``5万元``."""
    days: int = Field(ge=1, le=366)

    @property
    def limit_fen(self) -> int:
        """The limit in fen."""
        return parse_money(self.limit, "元")


class Matching(Strict):
    """How transfers sent are matched with receipts recorded."""

    days: int = Field(default=30, ge=0, le=366)
    tolerance_fen: int = Field(default=0, ge=0)


class Ledger(Strict):
    """How the ledgers of the case are tested; what is left out is not tested."""

    fund: Text
    """The name of the project's fund in the ledgers' column ``fund``."""
    match: Matching | None = None
    held: Days | None = None
    """滞留: money neither passed on nor spent so many days after it was received."""
    duplicate_payments: tuple[DuplicateKey, ...] | None = None
    """Columns that duplicates have in common."""
    near_duplicates: Days | None = None
    """The same payee and amount within so many days."""
    split_payments: Split | None = None
    before_arrival: bool = False
    after_cut_off: bool = False
    """Payments later than ``fund.cut_off``."""
    purposes: tuple[Text, ...] | None = Field(default=None, min_length=1)
    """What the fund may be used for, as written in the column ``purpose``."""
    mixed_funds: bool = False
    """整合发放: vouchers on which the fund is paid out together with another."""
    round_sums: Money | None = None
    """Sums that are a multiple of this one: ``1万元``."""
    non_working_days: bool = False
    """Weekends and public holidays of China; make-up working days are none."""
    staff_payees: bool = False
    """Payees that are on the case's list of staff."""
    voucher_gaps: bool = False
    returns: bool = False
    """退回、收回: negative lines, each with the payment that it takes back."""
    benford: tuple[Literal[1, 2], ...] = ()
    """First digits, first two digits, or both."""

    @field_validator("duplicate_payments", "purposes", "benford")
    @classmethod
    def _each_once(cls, value: tuple[Text, ...] | None) -> tuple[Text, ...] | None:
        if value is not None and len(set(value)) < len(value):
            raise ValueError("repeated")
        return value

    @property
    def matching(self) -> Matching:
        """How transfers are matched, where the case does not say otherwise."""
        return self.match or Matching()

    @property
    def held_days(self) -> int | None:
        """Days after which money counts as held; None: not asked."""
        return self.held.days if self.held else None

    @property
    def round_fen(self) -> int | None:
        """The multiple of :attr:`round_sums` in fen."""
        return None if self.round_sums is None else parse_money(self.round_sums, "元")
