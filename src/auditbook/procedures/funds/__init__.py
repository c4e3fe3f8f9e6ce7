"""Fund reconciliation (资金核对): identities inside a table, two statements of one fact, rates.

Tables come from :meth:`auditbook.case.Case.table`: money is int64 fen (分), ``source_row`` names
the file and row. A table that the case does not have is an empty frame, and gives an empty result.
"""

from auditbook.procedures.funds.common import materiality_fen, ratio
from auditbook.procedures.funds.identities import (
    check_both_tables,
    check_identities,
    identity_findings,
    identity_summary,
)
from auditbook.procedures.funds.rates import printed_rates, rate_findings, unit_rates
from auditbook.procedures.funds.statements import (
    ALLOCATION_AND_USE,
    compare_tables,
    comparison_findings,
    side_by_side,
    used_differently,
)
from auditbook.procedures.funds.totals import figures

__all__ = [
    "ALLOCATION_AND_USE",
    "check_both_tables",
    "check_identities",
    "compare_tables",
    "comparison_findings",
    "figures",
    "identity_findings",
    "identity_summary",
    "materiality_fen",
    "printed_rates",
    "rate_findings",
    "ratio",
    "side_by_side",
    "unit_rates",
    "used_differently",
]
