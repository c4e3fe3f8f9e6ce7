"""What a published percentage alone can and cannot support: whether it can exist, targets, gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pandas as pd

from auditbook.case.survey_settings import Survey
from auditbook.facts import records
from auditbook.intervals import normal_quantile
from auditbook.procedures.survey.possible import possible_counts, possible_items
from auditbook.procedures.survey.published import one_sided_bounds
from auditbook.procedures.survey.targets import target_verdict

SHOWN = 8
"""Numbers of questions that are shown: with many forms nearly every number fits."""

TARGETS = (0.8, 0.85, 0.9, 0.95)
"""Targets that evaluations set; what each group's figure says of them."""


def existing_percentages(satisfaction: pd.DataFrame) -> pd.DataFrame:
    """Whether a printed percentage can be a share of the forms, and of how many it could be one.

    Parameters
    ----------
    satisfaction : DataFrame
        From :func:`~auditbook.procedures.survey.satisfaction`.

    Returns
    -------
    DataFrame, one row per group and way of printing (``rounded``, ``cut``); percentages only
        group, group_zh, group_en, printed, forms_count, printing, possible (``yes``, ``no``),
        counts (that fit, as ``k/n``), smallest_count (the fewest forms of which it can be a
        share), smallest_share (that share, ``k/n``), possible_items (numbers of yes-no questions,
        up to 50, with which an average over all answers fits; the first with its count).

    References
    ----------
    Brown, N. J. L. and Heathers, J. A. J. (2017), The GRIM test, Social Psychological and
    Personality Science 8(4), 363–369.
    """
    rows: list[dict[str, Any]] = []
    for row in records(satisfaction):
        if not str(row["printed"]).strip().endswith(("%", "％")):
            continue
        rows += _ways(row)
    columns = [
        "group", "group_zh", "group_en", "printed", "forms_count", "printing", "possible",
        "counts", "smallest_count", "smallest_share", "possible_items",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _ways(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    n = int(row["forms_count"])
    found = possible_counts(printed=row["printed"], n=n)
    items = possible_items(printed=row["printed"], n=n)
    for printing in ("rounded", "cut"):
        counts = getattr(found, printing)
        smallest = getattr(found.smallest_n, printing)
        share = getattr(possible_counts(printed=row["printed"], n=smallest), printing)[0]
        yield {
            "group": row["group"],
            "group_zh": row["group_zh"],
            "group_en": row["group_en"],
            "printed": row["printed"],
            "forms_count": n,
            "printing": printing,
            "possible": "yes" if counts else "no",
            "counts": "、".join(f"{count}/{n}" for count in counts),
            "smallest_count": smallest,
            "smallest_share": f"{share}/{smallest}",
            "possible_items": _items(row["printed"], n, printing, getattr(items, printing)),
        }


def _items(printed: str, n: int, printing: str, numbers: tuple[int, ...]) -> str:
    """Numbers of questions that fit, the first with the count that would have been printed so."""
    texts = [str(number) for number in numbers[:SHOWN]] + ["…"] * (len(numbers) > SHOWN)
    if numbers:
        found = possible_counts(printed=printed, n=n, items=numbers[0])
        texts[0] += f"（{getattr(found, printing)[0]}/{found.denominator}）"
    return "、".join(texts)


def published_targets(satisfaction: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """Which targets a published figure shows to be reached.

    Against sampling error by the widest interval, and, apart from it, against the worst that
    those who did not answer could have thought. Neither holds the other.

    Returns
    -------
    DataFrame, one row per group and target (the usual ones, and that of the case)
        group, group_zh, group_en, target_rate, satisfaction_rate, one_lower_rate (at the
        confidence, one-sided), by_sampling (verdict of the one-sided limits, as ``target_table``
        gives it), worst_rate, by_nonresponse (verdict of the bounds).
    """
    settings = {survey.group: survey for survey in surveys}
    rows = []
    for row in records(satisfaction):
        limits = one_sided_bounds(row, settings[row["group"]])
        own = settings[row["group"]].target
        targets = {*TARGETS, *(() if own is None else (float(own.share),))}
        for target in sorted(targets):
            sampling = target_verdict(lower=limits.lower, upper=limits.upper, target=target)
            missing = target_verdict(
                lower=float(row["worst_rate"]), upper=float(row["best_rate"]), target=target
            )
            rows.append(
                (row["group"], row["group_zh"], row["group_en"], target, row["satisfaction_rate"],
                 limits.lower, sampling, row["worst_rate"], missing)
            )  # fmt: skip
    columns = [
        "group", "group_zh", "group_en", "target_rate", "satisfaction_rate", "one_lower_rate",
        "by_sampling", "worst_rate", "by_nonresponse",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def published_differences(satisfaction: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """Whether two published figures are shown to differ, at the largest variance they can have.

    z = (m₁ − m₂)/√(m₁(1 − m₁)/(n₁ − 1) + m₂(1 − m₂)/(n₂ − 1)), since s² is at most
    m(1 − m)·n/(n − 1): if it is beyond the quantile at the largest
    variance, it is at any; if not, the figures alone do not show a difference.

    Parameters
    ----------
    satisfaction : DataFrame
        From :func:`~auditbook.procedures.survey.satisfaction`.
    surveys : tuple of Survey
        The larger confidence of the two groups counts.

    Returns
    -------
    DataFrame, one row per pair of groups
        pair_zh, pair_en, difference_rate, margin_rate, z_number, shown (``yes``, ``not_shown``).

    References
    ----------
    The variance of a mean on a bounded scale: Bhatia and Davis (2000).
    """
    levels = {survey.group: float(survey.confidence) for survey in surveys}
    rows = []
    for one, two in combinations(records(satisfaction), 2):
        level = max(levels[row["group"]] for row in (one, two))
        quantile = normal_quantile(level)
        means = [float(row["satisfaction_rate"]) for row in (one, two)]
        sizes = [int(row["forms_count"]) for row in (one, two)]
        most = [mean * (1 - mean) / (n - 1) for mean, n in zip(means, sizes, strict=True)]
        error = math.sqrt(sum(most))
        gap = means[0] - means[1]
        z = math.copysign(math.inf, gap) if error == 0 and gap else gap / error if error else 0.0
        rows.append(
            (f"{one['group_zh']}－{two['group_zh']}", f"{one['group_en']} − {two['group_en']}",
             gap, quantile * error, z, "yes" if abs(z) > quantile else "not_shown")
        )  # fmt: skip
    columns = ["pair_zh", "pair_en", "difference_rate", "margin_rate", "z_number", "shown"]
    return pd.DataFrame(rows, columns=columns)
