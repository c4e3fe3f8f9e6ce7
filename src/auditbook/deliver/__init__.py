"""What people look at: tables, charts, pages, the report."""

from auditbook.deliver.show import show

__all__ = ["show"]
