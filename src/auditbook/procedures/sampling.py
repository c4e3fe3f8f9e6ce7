"""Sampling (抽样): what was looked at, how it was chosen, and what may be said of the rest.

Only a sample in which every unit had a known chance above zero may be projected to the
population. Coverage by number or by money is not confidence (ISA 530;
中国注册会计师审计准则第1314号——审计抽样).
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditbook.case.settings import Sampling, Survey
from auditbook.facts import Figure, FigureMaker, Finding, Severity, Verdict, records, row_ranges

PROBABILITY_METHODS = ("random", "systematic", "monetary_unit")
"""Methods that give every unit a known chance; every other one is judgement."""


def population(table: pd.DataFrame) -> pd.DataFrame:
    """总体: a table of units or of vouchers as a sampling frame, its name column called ``id``."""
    return table.rename(columns={"unit": "id"} if "entry_id" not in table else {"entry_id": "id"})


def sampled_items(frame: pd.DataFrame, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """The sampled units with their amount in the population and their share of it.

    Parameters
    ----------
    frame : DataFrame, the population
        From :func:`population`: id (unique), the money column `amount` in fen, source_row.
    sample : DataFrame
        id, role, method, reason, source_row.

    Returns
    -------
    DataFrame, one row per sampled item
        id, role, method, reason, amount_fen, share_rate, source_row, frame_source.

    """
    total = int(frame[amount].sum())
    frame = frame.set_index("id")
    rows = []
    for record in records(sample):
        fen = int(frame.loc[record["id"], amount])
        rows.append(
            {
                "id": record["id"],
                "role": record["role"],
                "method": record["method"],
                "reason": record["reason"],
                "amount_fen": fen,
                "share_rate": Fraction(fen, total) if total else None,
                "source_row": record["source_row"],
                "frame_source": frame.loc[record["id"], "source_row"],
            }
        )
    columns = ["id", "role", "method", "reason", "amount_fen", "share_rate", "source_row"]
    return pd.DataFrame(rows, columns=[*columns, "frame_source"])


def coverage(frame: pd.DataFrame, sample: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """抽样覆盖面 by number and by money.

    Returns
    -------
    DataFrame, two rows
        measure (``count``, ``amount``), sample_count, population_count, sample_fen,
        population_fen, share_rate. Coverage says how much was seen, nothing about the rest.

    """
    if frame.empty or sample.empty:
        return pd.DataFrame(columns=_COVERAGE_COLUMNS)
    inside = frame["id"].isin(sample["id"])
    seen, total = int(frame.loc[inside, amount].sum()), int(frame[amount].sum())
    count = int(inside.sum())
    by_count = ["count", count, len(frame), None, None, Fraction(count, len(frame))]
    by_amount = ["amount", None, None, seen, total, Fraction(seen, total) if total else None]
    table = pd.DataFrame([by_count, by_amount], columns=_COVERAGE_COLUMNS)
    return table.astype(dict.fromkeys(_COVERAGE_COLUMNS[1:5], "Int64"))


def projection(sample: pd.DataFrame, design: Sampling) -> pd.DataFrame:
    """Whether results of this sample may be projected (推断) to the population, and why not.

    A sample may be projected only where a probability method is stated for every item and no
    item was chosen for another purpose (a pilot).

    Returns
    -------
    DataFrame, one row per condition
        condition (``method_stated``, ``probability_method``, ``no_pilot``), holds, items
        (the sampled units that break it), source_row.

    """
    if sample.empty:
        return pd.DataFrame(columns=["condition", "holds", "items", "source_row"])
    method = sample["method"]
    broken = {
        "method_stated": sample[(method == "not_stated") | (design.method == "not_stated")],
        "probability_method": sample[~method.isin(PROBABILITY_METHODS)],
        "no_pilot": sample[sample["role"] != "sample"],
    }
    rows = [
        {
            "condition": name,
            "holds": "yes" if items.empty else "no",
            "items": "、".join(items["id"]),
            "source_row": "；".join(row_ranges(list(items["source_row"]))),
        }
        for name, items in broken.items()
    ]
    return pd.DataFrame(rows, columns=["condition", "holds", "items", "source_row"])


def may_be_projected(conditions: pd.DataFrame) -> bool:
    """All conditions of :func:`projection` hold."""
    return len(conditions) > 0 and bool((conditions["holds"] == "yes").all())


def findings(
    conditions: pd.DataFrame, *, design: Sampling, surveys: tuple[Survey, ...]
) -> list[Finding]:
    """What the way of choosing the sample does not allow to be said.

    Parameters
    ----------
    conditions : DataFrame
        From :func:`projection`.
    design : Sampling
        The sampling design of the case.
    surveys : tuple of Survey
        A survey that calls itself random is so only inside the sampled units.

    """
    broken = {row["condition"]: row for row in records(conditions) if row["holds"] == "no"}
    found = [
        Finding(
            f"sampling.{rule}",
            severity,
            verdict,
            unit=broken[rule]["items"] if rule == "no_pilot" else "",
            subject=broken[rule]["items"],
            expected_source=design.method_place,
            actual_source=broken[rule]["source_row"],
        )
        for rule, severity, verdict in (
            ("method_stated", Severity.MEDIUM, Verdict.UNDECIDED),
            ("no_pilot", Severity.MEDIUM, Verdict.DIFFERS),
        )
        if rule in broken
    ]
    if "probability_method" in broken:
        source = broken["probability_method"]["source_row"]
        called_random = [survey for survey in surveys if survey.selection == "random"]
        found += [_survey_finding(survey, design, source) for survey in called_random]
    return found


def figures(frame: pd.DataFrame, sample: pd.DataFrame, *, amount: str) -> list[Figure]:
    """Coverage as figures; nothing where the population or the sample is not there."""
    table = coverage(frame, sample, amount=amount)
    if table.empty:
        return []
    rows = row_ranges([*frame["source_row"], *sample["source_row"]])
    count, money = records(table)

    make = FigureMaker(coverage, rows)

    return [
        make(
            "sampling.population.count",
            int(count["population_count"]),
            "count",
            ("总体单位数", "items in the population"),
        ),
        make(
            "sampling.sample.count",
            int(count["sample_count"]),
            "count",
            ("样本单位数", "items in the sample"),
        ),
        make(
            "sampling.coverage.count",
            count["share_rate"],
            "rate",
            ("样本单位数 ÷ 总体单位数", "items in the sample ÷ items in the population"),
        ),
        make(
            "sampling.population.amount",
            int(money["population_fen"]),
            "fen",
            ("总体金额", "amount of the population"),
        ),
        make(
            "sampling.sample.amount",
            int(money["sample_fen"]),
            "fen",
            ("样本金额", "amount of the sample"),
        ),
        *(
            [
                make(
                    "sampling.coverage.amount",
                    money["share_rate"],
                    "rate",
                    ("样本金额 ÷ 总体金额", "amount of the sample ÷ amount of the population"),
                )
            ]
            if money["share_rate"] is not None
            else []
        ),
    ]


_COVERAGE_COLUMNS = [
    "measure", "sample_count", "population_count", "sample_fen", "population_fen", "share_rate",
]  # fmt: skip


def _survey_finding(survey: Survey, design: Sampling, source: str) -> Finding:
    return Finding(
        "sampling.survey_random",
        Severity.LOW,
        Verdict.DIFFERS,
        subject=survey.zh,
        expected_source=survey.place,
        actual_source=f"{design.method_place}（{source}）",
        details={"group_zh": survey.zh, "group_en": survey.en},
    )
