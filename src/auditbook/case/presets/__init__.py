"""Indicator systems that a case may start from (指标体系预设): data files, and their own rules."""

from auditbook.case.presets.checks import PROBLEM_COLUMNS, check_preset_rules, check_sums
from auditbook.case.presets.reading import Preset, Rule, list_presets, load_preset

__all__ = [
    "PROBLEM_COLUMNS",
    "Preset",
    "Rule",
    "check_preset_rules",
    "check_sums",
    "list_presets",
    "load_preset",
]
