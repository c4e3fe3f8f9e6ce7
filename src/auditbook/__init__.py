"""auditbook: audit procedures for fiscal performance evaluation, run as working papers.

Names are imported when first used, so that ``import auditbook`` (and ``auditbook --help``) stays
quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditbook.case import Case, InputError, open_case
    from auditbook.workpaper import WorkingPaper, load_paper, load_papers

__version__ = "0.1.0"

_HOMES = {
    "Case": "auditbook.case",
    "InputError": "auditbook.case",
    "open_case": "auditbook.case",
    "WorkingPaper": "auditbook.workpaper",
    "load_paper": "auditbook.workpaper",
    "load_papers": "auditbook.workpaper",
}

__all__ = [
    "Case",
    "InputError",
    "WorkingPaper",
    "__version__",
    "load_paper",
    "load_papers",
    "open_case",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
