"""Every input table, described once.

Reading, validation, ``data/README.md``, error messages and blank templates all come from these
descriptions. A table's columns beside these may be titled as the case likes: they are kept out
of the calculation and listed where the inputs are shown.
"""

from __future__ import annotations

from auditbook.case import schemas_evaluation, schemas_facts, schemas_survey
from auditbook.case.schemas_facts import LEVELS
from auditbook.case.table_schema import TableSchema

__all__ = ["ANSWERS_PREFIX", "LEDGERS", "LEVELS", "SCHEMAS", "TableSchema", "schema_for"]

SCHEMAS: dict[str, TableSchema] = {
    table.name: table
    for tables in (schemas_facts.TABLES, schemas_survey.TABLES, schemas_evaluation.TABLES)
    for table in tables
}
"""Table name to description, in the order in which inputs are listed."""

ANSWERS_PREFIX = "answers_"

LEDGERS = ("transfers", "receipts", "payments")
"""Tables of vouchers, which may be larger than memory."""


def described(name: str) -> TableSchema:
    """The description of this name."""
    return SCHEMAS[name]


def schema_for(table: str) -> TableSchema | None:
    """The description of a table by its file or sheet name; ``answers_<group>`` included."""
    if table.startswith(ANSWERS_PREFIX) and len(table) > len(ANSWERS_PREFIX):
        return SCHEMAS["answers"]
    return SCHEMAS.get(table) if table != "answers" else None
