"""What the tests of a synthetic case are set to; the ledgers are made to fit."""

from __future__ import annotations

from fractions import Fraction

FUND = "网格补助"
OTHER_FUND = "治保补助"
BOTH_FUNDS = f"{FUND}、{OTHER_FUND}"
FUNDS = (FUND, OTHER_FUND, BOTH_FUNDS)

SUBSIDY, STATIONERY, PRINTING, NETWORK, EQUIPMENT = 0, 1, 2, 3, 4
ALLOWED = ("岗位补助", "办公用品", "宣传印制", "通信(网络)费", "设备购置")
FORBIDDEN = ("公务接待", "车辆维修", "节日慰问")
SPELT_OTHERWISE = ("通信（网络）费", "办公 用品", "岗位　补助")
PURPOSES = (*ALLOWED, *FORBIDDEN, *SPELT_OTHERWISE)
"""Purposes by number: those allowed, those not, and allowed ones spelt otherwise."""

MATCH_DAYS = 30
HELD_DAYS = 60
NEAR_DAYS = 10
SPLIT_LIMIT_FEN = 5_000_000
SPLIT_DAYS = 7
ROUND_FEN = 1_000_000

SAMPLING_CONFIDENCE = 0.95
TOLERABLE_SHARE = Fraction(6, 100)
EXPECTED_SHARE = Fraction(1, 100)
"""Of the payments: what the sample by money is planned for."""

LEDGER = f"""\
ledger:
  fund: {FUND}
  match: {{days: {MATCH_DAYS}, tolerance_fen: 0}}
  held: {{days: {HELD_DAYS}}}
  duplicate_payments: [unit, payee, account, amount, date]
  near_duplicates: {{days: {NEAR_DAYS}}}
  split_payments: {{limit: 5万元, days: {SPLIT_DAYS}}}
  before_arrival: true
  after_cut_off: true
  purposes: [{", ".join(ALLOWED)}]
  mixed_funds: true
  round_sums: 1万元
  non_working_days: true
  staff_payees: true
  voucher_gaps: true
  returns: true
  benford: [1, 2]
"""
