"""What people look at: tables, charts, pages, the report.

``show`` is imported when first used: the runner makes pages without loading tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditbook.deliver.display import show

__all__ = ["show"]


def __getattr__(name: str) -> Any:
    if name != "show":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from auditbook.deliver.display import show

    return show
