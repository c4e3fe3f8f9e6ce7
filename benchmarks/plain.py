"""The work of the notebooks as a plain script: the limit against which the chain is measured.

    python benchmarks/plain.py kunming-grid 2018
    python benchmarks/plain.py --cases cases.csv --root some/root

One process opens each case once and calls what ``notebooks/01`` to ``05`` call, in their order
and with their arguments; what one notebook leaves for the next is handed on in memory. It writes
tables and findings as CSV, figures as JSON, charts as SVG (as PNG too, where the Word report
takes them in) and the report. No notebooks, no pages, no working papers.

``tests/test_benchmarks.py`` holds it against the notebooks: same calls, same results.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Chart

from auditbook import workpaper
from auditbook.case import Case, InputError, open_case
from auditbook.case.root import find_root
from auditbook.csvtable import write_csv
from auditbook.deliver import (
    charts,
    charts_flow,
    charts_sampling,
    charts_survey,
    report,
    sample_file,
    worklist,
)
from auditbook.facts import Figure, Finding, by_key
from auditbook.procedures import funds, ledger, sampling, scoring, survey, tieout
from auditbook.workpaper import LoadedPaper

LANG = "zh"
FINDING_COLUMNS = list(Finding.__dataclass_fields__)

Papers = Mapping[str, LoadedPaper]


@dataclass
class Kept:
    """What the procedures of one notebook found: written to ``folder``, and kept in memory."""

    folder: Path
    all_figures: list[Figure] = field(default_factory=list)
    all_findings: list[Finding] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a table."""
        write_csv(frame, self.folder / "tables" / f"{name}.csv")
        self.tables[name] = frame

    def chart(self, name: str, chart: Chart) -> None:
        """Write a chart."""
        made_by = {"Date": None, "Creator": "auditbook"}
        chart.savefig(self.folder / "charts" / f"{name}.svg", metadata=made_by)

    def file(self, name: str, content: bytes) -> None:
        """Write a file for people."""
        (self.folder / name).write_bytes(content)

    def picture(self, name: str, chart: Chart) -> None:
        """Write a chart that the report takes in; Word wants it as PNG."""
        self.chart(name, chart)
        chart.set_layout_engine("none")  # what was laid out stays so
        self.pictures[name] = self.folder / "charts" / f"{name}.png"
        chart.savefig(self.pictures[name], dpi=150, metadata={"Software": None})

    def figures(self, section: str, figures: Iterable[Figure]) -> None:
        """Keep figures under their heading."""
        self.all_figures += [replace(figure, section=section) for figure in figures]

    def findings(self, section: str, findings: Iterable[Finding]) -> None:
        """Keep findings under their heading, numbered."""
        coded = [replace(f, code=f"F-{section}-{k}") for k, f in enumerate(findings, 1)]
        self.all_findings += coded

    def paper(self, name: str) -> LoadedPaper:
        """What later steps take."""
        known = by_key(sorted(self.all_figures, key=lambda figure: figure.key))
        return LoadedPaper(name, known, self.all_findings, self.tables, self.pictures)


def fund_reconciliation(case: Case, kept: Kept) -> None:
    """What ``notebooks/01_fund_reconciliation.ipynb`` does."""
    inputs = case.inputs("allocation", "use", "units", "published", "claims")
    kept.table("01.1_inputs", inputs)
    kept.table("01.1_adjustments", case.adjustments_applied)
    kept.table("01.1_not_available", case.not_available("01"))
    kept.findings("01.2", tieout.name_findings(case.alias_uses(), case.allocation))

    tolerance = case.settings.materiality.tolerance_fen
    identities = funds.check_both_tables(
        allocation=case.allocation, allocation_total=case.totals("allocation"),
        use=case.use, use_total=case.totals("use"), tolerance=tolerance,
    )  # fmt: skip
    kept.table("01.3_identities", funds.identity_summary(identities))
    unit = case.settings.money_unit
    material = funds.materiality_fen(case.allocation, case.settings.materiality)
    breaks = funds.identity_findings(identities, money_unit=unit, material=material)
    kept.findings("01.3", breaks)

    comparison = funds.compare_tables(case.allocation, case.use, tolerance=tolerance)
    kept.table("01.4_two_tables", comparison)
    sides = funds.side_by_side(case.allocation, case.use, tolerance=tolerance)
    kept.picture("01.4_two_tables", charts.two_tables(sides, lang=LANG, money_unit=unit))
    conflicts = funds.comparison_findings(comparison, money_unit=unit, material=material)
    kept.findings("01.4", conflicts)

    rates = funds.unit_rates(case.allocation)
    kept.table("01.5_allocation_rates", rates)
    kept.chart("01.5_allocation_rates", charts.unit_amounts(rates, lang=LANG, money_unit=unit))
    printed = funds.printed_rates(case.use, case.totals("use"))
    kept.table("01.5_printed_rates", printed)
    kept.findings("01.5", funds.rate_findings(printed))

    figures = funds.figures(
        allocation=case.allocation, use=case.use, units=case.units, fund=case.settings.fund
    )
    kept.figures("01.6", figures)
    known = by_key(figures)
    ties = tieout.against_published(case.published, known, money_unit=unit)
    kept.table("01.7_published", ties)
    claims = tieout.against_claims(case.claims, known, money_unit=unit)
    kept.table("01.7_claims", claims)
    kept.findings("01.7", tieout.published_findings(ties) + tieout.claim_findings(claims))

    kept.table("01.8_ledgers", case.inputs("transfers", "receipts", "payments", "staff"))
    asked, last_day = case.settings.ledger_asked, case.settings.last_day
    paid = ledger.of_fund(case.payments, fund=asked.fund)
    flow = funds.fund_flow(case.transfers, case.receipts, paid, case.units)
    levels = funds.flow_by_level(flow)
    kept.table("01.9_flow_by_level", levels)
    kept.chart("01.9_flow_by_level", charts_flow.fund_flow(levels, lang=LANG, money_unit=unit))
    kept.table("01.9_flow", flow)
    against = funds.against_ledgers(case.allocation, flow, tolerance=tolerance)
    kept.table("01.9_by_ledgers", funds.with_ledger_titles(against))
    held = funds.held(case.receipts, case.transfers, paid, days=asked.held_days, until=last_day)
    kept.table("01.9_held", held)
    stuck = funds.flow_findings(held, money_unit=unit, material=material)
    apart = funds.against_ledgers_findings(against, money_unit=unit, material=material)
    kept.findings("01.9", apart + stuck)

    matches = funds.match_transfers(
        case.transfers, case.receipts,
        days=asked.matching.days, tolerance=asked.matching.tolerance_fen,
    )  # fmt: skip
    kept.table("01.10_rules", matches.by_rule())
    kept.table("01.10_matches", matches.matches)
    unmatched = funds.matching_findings(matches.exceptions, money_unit=unit, material=material)
    kept.findings("01.10", unmatched)

    cut_off = case.settings.fund.cut_off
    exceptions = ledger.ledger_tests(
        case.payments, asked, receipts=case.receipts, staff=case.staff, cut_off=cut_off
    )
    kept.table("01.11_exceptions", ledger.without_names(exceptions))
    tests = ledger.tests_run(
        asked, exceptions=exceptions, receipts=case.receipts, staff=case.staff, cut_off=cut_off
    )
    kept.table("01.11_tests", tests)
    found = ledger.ledger_findings(exceptions, money_unit=unit, material=material)
    kept.findings("01.11", found)

    digits = ledger.benford_results(paid, digits=asked.benford)
    kept.table("01.12_benford", ledger.benford_summary(digits))
    kept.findings("01.12", ledger.benford_findings(digits))
    kept.table("01.12_digits", ledger.benford_digits(digits))
    ledgers = funds.ledger_figures(
        transfers=case.transfers, receipts=case.receipts, payments=case.payments,
        matches=matches.matches, exceptions=exceptions,
    )  # fmt: skip
    kept.figures("01.13", ledgers)


def sampling_of_items(case: Case, kept: Kept) -> None:
    """What ``notebooks/02_sampling.ipynb`` does."""
    unit, rate = case.settings.money_unit, case.settings.materiality.rate
    design, source = case.settings.sampling, case.settings_source("sampling")
    received = ("allocation", "payments", "sample", "verified_funds")
    kept.table("02.1_inputs", case.inputs(*received))
    kept.table("02.1_not_available", case.not_available("02"))
    frame = sampling.population(case.table(design.frame))
    parts = sampling.parts(frame, amount=design.amount)
    kept.table("02.1_parts", sampling.parts_table(frame, parts, amount=design.amount))

    population = sampling.sampled_part(frame, parts, design)
    plan = sampling.plan_figures(population, design, rate=rate, source=source)
    kept.figures("02.2", plan)
    kept.table("02.2_sizes", sampling.sizes(population, design))
    groups = sampling.questionnaire_sizes(case.survey_counts, case.settings.surveys)
    kept.table("02.2_questionnaires", groups)

    drawn = sampling.draw(frame, population, design, rate=rate)
    kept.table("02.3_drawing", sampling.drawing_record(drawn))
    items = sampling.sampled_items(frame, case.sample, drawn, design=design)
    kept.table("02.3_sampled_items", items)
    line = sampling.cumulative(frame, drawn, amount=design.amount)
    kept.chart("02.3_hits", charts_sampling.hits(line, lang=LANG, money_unit=unit))

    coverage = sampling.coverage(frame, items, amount=design.amount)
    kept.table("02.4_coverage", coverage)
    kept.chart("02.4_coverage", charts.coverage(coverage, lang=LANG, money_unit=unit))
    lopsided = sampling.lopsided(frame, items, by=[design.amount, *design.by])
    kept.table("02.5_representativeness", lopsided)
    needed = sampling.needed_size(design, population, rate=rate)
    conditions = sampling.projection(items, drawn, design=design, needed=needed)
    kept.table("02.6_projection", conditions)
    kept.table("02.6_allowed", sampling.allowed(items, population, design))

    found = sampling.results(items, case.verified_funds, drawn)
    kept.table("02.7_summary", sampling.summary(found))
    kept.table("02.7_differing", sampling.differing(found))
    chart = charts_sampling.book_audited(found, lang=LANG, money_unit=unit)
    kept.chart("02.7_book_audited", chart)
    projected = sampling.project_results(found, conditions, population, design, rate=rate)
    misstatement = sampling.projection_table(projected)
    kept.table("02.8_misstatement", misstatement)
    kept.table("02.8_deviations", sampling.rate_table(projected))
    kept.chart("02.8_limits", charts_sampling.limits(misstatement, lang=LANG, money_unit=unit))
    belief = sampling.posterior(found, conditions, population, design, rate=rate)
    kept.table("02.8_belief", sampling.belief_table(belief))
    density = sampling.densities(belief)
    kept.chart("02.8_belief", charts_sampling.posterior(density, lang=LANG, money_unit=unit))

    conclusion = sampling.conclude(
        projected, conditions, found, population=population, design=design
    )
    kept.table("02.9_conclusion", conclusion)
    material = sampling.tolerable_fen(design, population, rate=rate)
    results = sampling.result_findings(found, projected, material=material, money_unit=unit)
    choice = sampling.findings(conditions, design=design, surveys=case.settings.surveys)
    kept.findings("02.9", [*choice, *results])
    figures = sampling.figures(frame, items, amount=design.amount)
    made = sampling.result_figures(found, projected, source=source)
    kept.figures("02.10", [*figures, *made])
    visits = worklist.items_to_visit(frame, items, amount=design.amount)
    record = worklist.draw_record(drawn)
    kept.file(
        "worklist.xlsx", worklist.worklist_bytes(visits, case.settings, record=record, lang=LANG)
    )
    kept.file("sample.csv", sample_file.sample_csv(items))


def survey_satisfaction(case: Case, kept: Kept) -> None:
    """What ``notebooks/03_survey_satisfaction.ipynb`` does."""
    inputs = case.inputs("survey_counts", "survey_units", "questions", "survey_history", "answers")
    kept.table("03.1_inputs", inputs)
    kept.table("03.1_not_available", case.not_available("03"))
    surveys, counts, unit = case.settings.surveys, case.survey_counts, case.settings.money_unit
    groups = survey.asked_groups(surveys, case.answers(), counts=counts, units=case.survey_units)
    kept.table("03.1_instrument", survey.instrument_table(groups))
    rates = survey.return_rates(counts, surveys)
    kept.table("03.2_response_rates", survey.response_table(counts, surveys))
    kept.table("03.2_aapor", survey.aapor_table(counts, surveys))
    quotas = survey.quota_table(groups)
    kept.table("03.2_quotas", quotas)
    table = survey.satisfaction(counts, surveys)
    kept.table("03.3_satisfaction", table)
    kept.chart("03.3_satisfaction", charts.satisfaction(table, lang=LANG, money_unit=unit))
    percentages = survey.existing_percentages(table)
    kept.table("03.3_percentages", percentages)
    kept.table("03.3_published_targets", survey.published_targets(table, surveys))
    kept.table("03.3_difference", survey.published_differences(table, surveys))
    impossible = survey.impossible_findings(percentages, answered=case.answers())
    undecided = survey.findings(table, surveys)
    kept.findings("03.3", [*undecided, *impossible])

    flagged = survey.flagged_forms(groups)
    flags = survey.flags_table(groups, flagged)
    kept.table("03.4_flags", flags)
    kept.table("03.4_flagged_forms", flagged)
    sensitivity = survey.sensitivity_table(groups, flagged)
    kept.table("03.4_sensitivity", sensitivity)
    kept.table("03.4_unanswered", survey.unanswered_table(groups))
    satisfaction = survey.satisfaction_table(groups)
    kept.table("03.5_index", satisfaction)
    kept.table("03.5_satisfied_rates", survey.rates_table(groups))
    kept.table("03.5_maps", survey.maps_table(groups))
    composite = survey.composite_table(groups)
    kept.table("03.5_composite", composite)
    spread = survey.answers_table(groups)
    kept.table("03.6_answers", spread)
    bars = survey.answer_rows(spread, lang=LANG)
    kept.chart("03.6_answers", charts_survey.answer_bars(bars, lang=LANG, money_unit=unit))
    importance = survey.importance_table(groups)
    kept.table("03.6_importance", importance)
    points = survey.answer_rows(importance, lang=LANG)
    kept.chart("03.6_importance", charts_survey.importance(points, lang=LANG, money_unit=unit))
    kept.table("03.6_choices", survey.choices_table(groups))
    units = survey.units_table(groups)
    kept.table("03.7_unit_index", units)
    bars = survey.unit_bars(units, lang=LANG)
    kept.chart("03.7_unit_index", charts_survey.unit_intervals(bars, lang=LANG, money_unit=unit))
    targets = survey.target_table(groups, table, case.settings.surveys)
    kept.table("03.8_target_tests", targets)
    kept.table("03.9_design", survey.design_table(groups))
    kept.table("03.9_margins", survey.margins_table(groups))
    kept.table("03.10_group_tests", survey.comparisons_table(groups))
    kept.table("03.10_group_shares", survey.share_differences(groups))
    kept.table("03.10_unit_pairs", survey.pairs_table(groups))
    years = survey.years_table(groups, case.survey_history, year=case.year)
    kept.table("03.10_years", years)
    kept.table("03.10_trends", survey.trends_table(years))
    kept.table("03.11_reliability", survey.reliability_table(groups))
    reliable = survey.items_table(groups)
    kept.table("03.11_scale_items", reliable)
    kept.table("03.12_topics", survey.topics_table(groups))
    kept.table("03.12_quotes", survey.quotes_table(groups))
    found = survey.answer_findings(
        groups, satisfaction=satisfaction, flags=flags, sensitivity=sensitivity, quotas=quotas,
        targets=targets, items=reliable,
    )  # fmt: skip
    kept.findings("03.13", found)
    published = survey.figures(rates, table, answered=case.answers())
    made = survey.answer_figures(groups, satisfaction=satisfaction, composite=composite)
    kept.figures("03.14", [*published, *made])


def scores_of_indicators(case: Case, kept: Kept, earlier: Papers) -> None:
    """What ``notebooks/04_scoring.ipynb`` does."""
    known = workpaper.all_figures(earlier)
    kept.table("04.1_earlier", workpaper.overview(earlier))
    inputs = case.inputs("indicators", "judgements", "targets", "problems", "recommendations")
    kept.table("04.1_inputs", inputs)
    kept.table("04.1_not_available", case.not_available("04"))

    settings = case.settings.scoring
    scores = scoring.score_indicators(
        case.indicators, figures=known, judgements=case.judgements, places=settings.places
    )
    kept.table("04.2_scores", scores)
    chart = charts.scores(scoring.chart_rows(scores), lang=LANG, money_unit="")
    kept.picture("04.2_scores", chart)
    kept.table("04.3_sums", scoring.roll_up(scores))
    figures = scoring.figures(scores, settings.grades, full=settings.full)
    totals = scoring.totals_to_grade(figures, case.published)
    kept.table("04.3_grades", scoring.grade_table(settings.grades, totals, full=settings.full))

    own = by_key(figures)
    ties = tieout.against_published(case.published, own, money_unit=case.settings.money_unit)
    kept.table("04.4_published", ties)
    kept.findings("04.4", tieout.published_findings(ties))

    fits = scoring.ratio_fits(case.indicators, scores, known)
    kept.table("04.5_ratio_fits", fits)
    targets = scoring.target_checks(case.targets)
    kept.table("04.6_targets", targets)
    contradicted = scoring.contradictions(workpaper.all_findings(earlier))
    resting = scoring.rests_on(case.indicators, scores, contradicted)
    kept.table("04.7_rests_on", resting)
    problems = scoring.problem_checks(
        case.problems, scores, judgements=case.judgements, sample=case.sample
    )
    kept.table("04.8_problem_checks", problems)
    doubts = scoring.findings(
        fits=fits, targets=targets, problems=problems, contradicted=resting, scores=scores
    )
    kept.findings("04.8", doubts)
    kept.table("04.8_problems", case.problems)
    kept.table("04.8_recommendations", case.recommendations)
    kept.figures("04.9", figures)
    undecided = tieout.without_counterpart(case.published, {*known, *own})
    kept.table("04.10_undecided", undecided)


def word_report(case: Case, kept: Kept, papers: Papers) -> None:
    """What ``notebooks/05_report.ipynb`` does; its list of findings is ``findings.csv``."""
    kept.table("05.1_papers", workpaper.overview(papers))
    write_findings(workpaper.all_findings(papers), kept.folder / "findings.csv")
    written = report.write_report(case, papers, lang=LANG)
    kept.table("05.3_report", report.contents(written, papers))


FIRST = (
    ("01_fund_reconciliation", fund_reconciliation),
    ("02_sampling", sampling_of_items),
    ("03_survey_satisfaction", survey_satisfaction),
)


def evaluate(case: Case) -> None:
    """Everything for one case, into its folder of results."""
    out = case.outputs
    for name in ("tables", "charts"):
        (out / name).mkdir(parents=True, exist_ok=True)
    papers: dict[str, LoadedPaper] = {}
    for name, step in FIRST:
        step(case, kept := Kept(out))
        papers[name] = kept.paper(name)
    scores_of_indicators(case, kept := Kept(out), papers)
    papers["04_scoring"] = kept.paper("04_scoring")
    word_report(case, Kept(out), papers)
    write_figures(workpaper.all_figures(papers), out / "figures.json")


def write_figures(figures: Mapping[str, Figure], path: Path) -> None:
    """Figures as JSON, by key."""
    listed = [figures[key].as_json() for key in sorted(figures)]
    text = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def write_findings(findings: Iterable[Finding], path: Path) -> None:
    """Findings as CSV, the most serious first."""
    rows = [
        asdict(f) | {"details": json.dumps(f.details, ensure_ascii=False, sort_keys=True)}
        for f in findings
    ]
    write_csv(pd.DataFrame(rows, columns=FINDING_COLUMNS), path)


def listed_cases(args: argparse.Namespace) -> list[tuple[str, int]]:
    """Project and year of every case that the command line names."""
    if not args.cases:
        return [(args.project, year) for year in args.years]
    with args.cases.open(encoding="utf-8-sig", newline="") as file:
        return [(row["project"], int(row["year"])) for row in csv.DictReader(file)]


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("project", nargs="?")
    parser.add_argument("years", nargs="*", type=int, metavar="year")
    parser.add_argument("--cases", type=Path, help="CSV with the header project,year")
    parser.add_argument("--root", type=Path, help="folder that holds data/ and notebooks/")
    parser.add_argument("--out", type=Path, help="where results go; build/plain in the root")
    args = parser.parse_args(argv)
    if bool(args.cases) == bool(args.years):
        parser.error("name a project with its years, or --cases FILE")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate every case; 1 when one of them has problems."""
    args = parse(argv)
    try:
        root = find_root(args.root)
        out = args.out or root / "build" / "plain"
        os.environ["AUDITBOOK_OUT"] = str(out.resolve())  # where the report is written
        for project, year in listed_cases(args):
            evaluate(open_case(project, year, root=root))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
