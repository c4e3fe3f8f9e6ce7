"""Reading a case (评价案卷): settings, tables, provenance, and every problem in them at once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditbook.case.errors import InputError, Problem
    from auditbook.case.open import Case, open_case

__all__ = ["Case", "InputError", "Problem", "open_case"]

_HOMES = {
    "Case": "auditbook.case.open",
    "open_case": "auditbook.case.open",
    "InputError": "auditbook.case.errors",
    "Problem": "auditbook.case.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
