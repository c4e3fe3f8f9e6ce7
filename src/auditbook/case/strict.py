"""What settings are made of: models that refuse what they do not know."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from auditbook.case.money import parse_money

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]
Exact = Annotated[
    Decimal, BeforeValidator(lambda v: Decimal(str(v)) if isinstance(v, int | float) else v)
]


def _money(value: str) -> str:
    parse_money(value, "unit missing")
    return value


Money = Annotated[Text, BeforeValidator(lambda v: _money(str(v)))]
"""An amount as printed, with its unit: ``5万元``."""


class Strict(BaseModel):
    """A part of ``case.yaml``: every key is known, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Strict):
    """A name in Chinese and English."""

    zh: Text
    en: Text

    def in_(self, lang: str) -> str:
        """The name in ``lang``."""
        return self.en if lang == "en" else self.zh
