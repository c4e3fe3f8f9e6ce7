"""Complete cases with a known truth: synthetic units, ledgers, answers and planted errors.

Nothing here is about real money or real people. What was planted stands in ``truth.csv`` of each
case; no other part of auditbook reads it. ``docs/synthetic.md`` lists the kinds.
"""
