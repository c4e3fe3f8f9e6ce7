"""Sampling (抽样): plan, draw, evaluate and project samples of units, vouchers, questionnaires.

Only a sample in which every unit had a known chance above zero may be projected to the
population. Coverage by number or by money is not confidence (ISA 530;
中国注册会计师审计准则第1314号——审计抽样). Amounts of sizes and evaluations are plain numbers in one
unit, money columns of tables are whole fen, rates and confidence levels are fractions.
"""

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.allocation import allocate
from auditbook.procedures.sampling.attributes import (
    attribute_sample_size,
    attribute_upper_limit,
    extended_sample_size,
    what_it_would_allow,
)
from auditbook.procedures.sampling.bayes import BetaPosterior, beta_posterior
from auditbook.procedures.sampling.belief import belief_table, densities, posterior
from auditbook.procedures.sampling.conclusion import conclude
from auditbook.procedures.sampling.coverage import (
    coverage,
    figures,
    items_of,
    population,
    sampled_items,
)
from auditbook.procedures.sampling.cumulative import cumulative
from auditbook.procedures.sampling.draw_tables import drawing_record, lopsided
from auditbook.procedures.sampling.estimate_tables import differences_table, estimate_summary
from auditbook.procedures.sampling.estimation import Estimate, estimate_total
from auditbook.procedures.sampling.evaluation import (
    Projected,
    project_results,
    projection_table,
    rate_table,
)
from auditbook.procedures.sampling.frames import frame_hash, parts
from auditbook.procedures.sampling.monetary import MusEvaluation, evaluate_mus, mus_sample_size
from auditbook.procedures.sampling.planning import (
    Population,
    draw,
    draw_planned,
    needed_size,
    planned_size,
    sampled_part,
    tolerable_fen,
)
from auditbook.procedures.sampling.priors import (
    BetaPrior,
    detection_risk,
    impartial_prior,
    prior_from_risk,
    prior_from_sample,
)
from auditbook.procedures.sampling.projection import findings, may_be_projected, projection
from auditbook.procedures.sampling.questionnaires import margin_of_error, proportion_sample_size
from auditbook.procedures.sampling.record import plan_figures, result_figures, result_findings
from auditbook.procedures.sampling.representativeness import representativeness
from auditbook.procedures.sampling.results import differing, results, summary
from auditbook.procedures.sampling.selection import drawing, select
from auditbook.procedures.sampling.size_tables import (
    allowed,
    parts_table,
    questionnaire_sizes,
    sizes,
)

__all__ = [
    "BetaPosterior",
    "BetaPrior",
    "Estimate",
    "MusEvaluation",
    "PlanError",
    "Population",
    "Projected",
    "allocate",
    "allowed",
    "attribute_sample_size",
    "attribute_upper_limit",
    "belief_table",
    "beta_posterior",
    "conclude",
    "coverage",
    "cumulative",
    "densities",
    "detection_risk",
    "differences_table",
    "differing",
    "draw",
    "draw_planned",
    "drawing",
    "drawing_record",
    "estimate_summary",
    "estimate_total",
    "evaluate_mus",
    "extended_sample_size",
    "figures",
    "findings",
    "frame_hash",
    "impartial_prior",
    "items_of",
    "lopsided",
    "margin_of_error",
    "may_be_projected",
    "mus_sample_size",
    "needed_size",
    "parts",
    "parts_table",
    "plan_figures",
    "planned_size",
    "population",
    "posterior",
    "prior_from_risk",
    "prior_from_sample",
    "project_results",
    "projection",
    "projection_table",
    "proportion_sample_size",
    "questionnaire_sizes",
    "rate_table",
    "representativeness",
    "result_figures",
    "result_findings",
    "results",
    "sampled_items",
    "sampled_part",
    "select",
    "sizes",
    "summary",
    "tolerable_fen",
    "what_it_would_allow",
]
