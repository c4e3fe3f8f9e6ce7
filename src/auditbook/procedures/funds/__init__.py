"""Fund reconciliation (资金核对): identities, two statements of one fact, rates, flow, transfers.

Tables come from :meth:`auditbook.case.Case.table`: money is int64 fen (分), ``source_row`` names
the file and row. A table that the case does not have is an empty frame, and gives an empty result.
"""

from auditbook.procedures.funds.common import materiality_fen, ratio
from auditbook.procedures.funds.documents import normal_document_no
from auditbook.procedures.funds.flow import flow_by_level, flow_findings, fund_flow, held
from auditbook.procedures.funds.identities import (
    check_both_tables,
    check_identities,
    identity_findings,
    identity_summary,
)
from auditbook.procedures.funds.ledger_totals import (
    against_ledgers,
    against_ledgers_findings,
    by_ledgers,
    ledger_figures,
    with_ledger_titles,
)
from auditbook.procedures.funds.matching import Matches, match_transfers, matching_findings
from auditbook.procedures.funds.rates import (
    printed_rates,
    rate_findings,
    timeliness,
    unit_rates,
)
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
    "Matches",
    "against_ledgers",
    "against_ledgers_findings",
    "by_ledgers",
    "check_both_tables",
    "check_identities",
    "compare_tables",
    "comparison_findings",
    "figures",
    "flow_by_level",
    "flow_findings",
    "fund_flow",
    "held",
    "identity_findings",
    "identity_summary",
    "ledger_figures",
    "match_transfers",
    "matching_findings",
    "materiality_fen",
    "normal_document_no",
    "printed_rates",
    "rate_findings",
    "ratio",
    "side_by_side",
    "timeliness",
    "unit_rates",
    "used_differently",
    "with_ledger_titles",
]
