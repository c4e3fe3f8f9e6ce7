"""Calls of the procedures by design in a process of its own, where svy can be imported.

python tests/design_checks.py FOLDER_WITH_SVY: prints what was computed as JSON.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(sys.argv[1])

import numpy as np
import pandas as pd

from auditbook.procedures import survey
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey import DesignColumns, design_index, design_share

HERE = Path(__file__).with_name("reference")
SAMPLES = pd.read_csv(HERE / "survey_design_samples.csv", dtype={"cluster": "str"})
PEOPLE = {"E": 4421, "H": 755, "M": 1018}
TELEVISION = {
    "A": [35, 43, 36, 39, 28, 28, 29, 25, 38, 27, 26, 32, 29, 40, 35, 41, 37, 31, 45, 34],
    "B": [27, 15, 4, 41, 49, 25, 10, 30],
    "rural": [8, 14, 12, 15, 30, 32, 21, 20, 34, 7, 11, 24],
}
"""Hours a week that households of two towns and of the country watched: Scheaffer et al."""


def sample(name: str, how: str = "") -> pd.DataFrame:
    rows = SAMPLES[SAMPLES["sample"] == name].reset_index(drop=True)
    if how == "lone":
        rows = rows[(rows["stype"] != "H") | ((rows["stype"] == "H").cumsum() == 1)]
    return rows.set_axis([f"answers.csv:{line}" for line in range(2, len(rows) + 2)])


def drawn(rows: pd.DataFrame, how: str) -> DesignColumns:
    stratified = rows["cluster"].isna().all()
    names = rows["stype"] if stratified else pd.Series("all", index=rows.index)
    sizes = dict(zip(names, rows["size"].astype(int), strict=True))
    return DesignColumns(
        rows["stype"] if stratified else None,
        None if stratified else rows["cluster"],
        None if how == "unweighted" else rows["weight"],
        None if how in ("plain", "lone") else sizes,
    )


def estimated(kind: str, rows: pd.DataFrame, how: str) -> dict[str, float]:
    satisfied = rows["wide"] == "Yes"
    given = rows["score"] / 1000 if kind == "design_index" else satisfied.astype("boolean")
    if how == "nulls":
        given = given.where(np.arange(1, len(rows) + 1) % 7 != 0)
    function = design_index if kind == "design_index" else design_share
    table = function(given, design=drawn(rows, how), domains=rows["stype"])
    return {
        f"{row['domain']}.{name}" if row["domain"] else str(name): value
        for row in table.to_dict("records")
        for name, value in row.items()
        if name not in ("domain", "codes")
    }


def compared(rows: pd.DataFrame, how: str) -> dict[str, float]:
    design = drawn(rows, how)
    found: dict[str, float] = {}
    for answers, groups in (("wide", "stype"), ("score", "wide")):
        tests = survey.compare_design(rows[answers], rows[groups], design=design).tests
        for row in tests.to_dict("records"):
            found |= {f"{row['test']}.{name}": row[name] for name in tests.columns[1:]}
    ranks = survey.compare_design(rows["score"], rows["stype"], design=design).tests
    return found | {"ranks.p_value": ranks["p_value"][0]}


def weights(kind: str) -> dict[str, float]:
    rows = sample("clus1")
    kinds = rows["stype"].rename("stype")
    if kind == "rake":
        margins = {"stype": (kinds, PEOPLE), "wide": (rows["wide"], {"No": 1072, "Yes": 5122})}
        done = survey.rake(rows["weight"], margins)
    elif kind == "post_stratify":
        done = survey.post_stratify(rows["weight"], kinds, PEOPLE)
    else:
        done = survey.weighting_classes(rows["weight"], kinds, rows["wide"] == "Yes")
    assert np.allclose(done.margins["after"], done.margins["target"], rtol=1e-9)
    place = dict(zip(rows.index, range(1, len(rows) + 1), strict=True))
    found = {str(place[row]): float(weight) for row, weight in done.weights.items()}
    return found | {str(name): float(one) for name, one in done.summary["after"].items()}


def reference(function: str, arguments: dict[str, str]) -> dict[str, float]:
    if not arguments:
        return weights(function)
    rows = sample(arguments["sample"], arguments["how"])
    if function == "compare_design":
        return compared(rows, arguments["how"])
    return estimated(function, rows, arguments["how"])


def television() -> dict[str, Any]:
    hours = pd.Series([hour for town in TELEVISION.values() for hour in town], dtype=float)
    towns = pd.Series([name for name, town in TELEVISION.items() for _ in town])
    homes = {"A": 155, "B": 62, "rural": 93}
    found = design_index(hours / 168, design=DesignColumns(towns, populations=homes))
    return first(found) | {"codes": codes(found)}


def first(table: pd.DataFrame) -> dict[str, Any]:
    row = table.iloc[0].drop("codes")
    return {str(name): value for name, value in row.items()}


def codes(table: pd.DataFrame) -> list[list[str]]:
    return [list(found) for found in table["codes"]]


def traps() -> dict[str, Any]:
    rows = sample("strat")
    share, kinds, weight = rows["score"] / 1000, rows["stype"], rows["weight"]
    whole = dict.fromkeys(PEOPLE, sum(PEOPLE.values()))
    unasked = share.where(np.arange(len(rows)) % 7 != 0)
    asked = unasked.notna()
    stratified, clustered = drawn(rows, "fpc"), sample("clus1")
    tables = {
        "right": design_index(share, design=stratified),
        "slip": design_index(share, design=DesignColumns(kinds, None, weight, whole)),
        "people": design_index(share, design=DesignColumns(weights=weight, people=9000)),
        "clusters": design_index(
            clustered["score"] / 1000,
            design=DesignColumns(
                None, clustered["cluster"], clustered["weight"], {"all": 757 * 100}
            ),
        ),
        "lone": design_index(
            sample("strat", "lone")["score"] / 1000,
            design=drawn(sample("strat", "lone"), "lone"),
            domains=sample("strat", "lone")["stype"],
        ),
        "nulls": design_index(unasked, design=stratified),
        "filtered": design_index(
            unasked[asked], design=DesignColumns(kinds[asked], None, weight[asked], PEOPLE)
        ),
        "small": design_index(share[:20], design=DesignColumns(weights=weight[:20])),
        "alike": design_share(kinds != "", design=DesignColumns(kinds, None, weight)),
        "alike_part": design_share(kinds == "H", design=stratified, domains=kinds),
        "none": design_share(kinds == "", design=DesignColumns()),
        "alike_index": design_index(share * 0 + 0.8, design=DesignColumns()),
        "no_variance": design_share(kinds == "H", design=stratified),
        "census": design_share(
            kinds == "H", design=DesignColumns(kinds, populations={"E": 100, "H": 50, "M": 50})
        ),
        "random": design_share(
            rows["wide"] == "Yes", design=DesignColumns(populations={"all": 600})
        ),
        "one_village": design_index(
            clustered["score"] / 1000,
            design=drawn(clustered, "plain"),
            domains=clustered["cluster"].where(clustered["cluster"] == "637", "other"),
        ),
    }
    return {name: first(table) | {"codes": codes(table)} for name, table in tables.items()} | {
        "one_village_lower": tables["one_village"]["lower"].tolist(),
        "alike_part_lower": tables["alike_part"]["lower"].tolist(),
    }


def refused() -> dict[str, str]:
    rows = sample("strat")
    share, kinds, weight = rows["score"] / 1000, rows["stype"], rows["weight"]

    def changed(column: pd.Series, value: Any) -> pd.Series:
        return column.astype("object").where(column.index != "answers.csv:5", value)

    def index(*columns: Any) -> Callable[[], Any]:
        return lambda: design_index(share, design=DesignColumns(*columns))

    calls: dict[str, Callable[[], Any]] = {
        "negative": index(None, None, changed(weight, -1.0)),
        "missing": index(None, None, changed(weight, None)),
        "infinite": index(None, None, changed(weight, float("inf"))),
        "stratum": index(changed(kinds, None)),
        "cluster": index(None, changed(kinds, None)),
        "other_rows": index(None, None, weight[1:]),
        "few": index(kinds, None, weight, dict.fromkeys(PEOPLE, 9)),
        "uncovered": index(kinds, None, weight, PEOPLE | {"X": 12}),
        "unknown": index(kinds, None, weight, {"E": 4421, "H": 755}),
        "one_psu": index(kinds, kinds, weight),
        "off_scale": lambda: design_index(rows["score"], design=DesignColumns()),
        "confidence": lambda: design_index(share, design=DesignColumns(), confidence=95),
        "margins": lambda: survey.post_stratify(weight, kinds, {"E": 1.0, "H": 2.0}),
        "totals": lambda: survey.rake(
            weight, {"a": (kinds, PEOPLE), "b": (rows["wide"], {"No": 1, "Yes": 2})}
        ),
        "silent": lambda: survey.weighting_classes(weight, kinds, kinds != "H"),
        "bounds": lambda: survey.trim(weight, least=1.2, most=3),
    }
    return {name: _refusal(call) for name, call in calls.items()}


def _refusal(call: Callable[[], Any]) -> str:
    try:
        call()
    except PlanError as error:
        return str(error)
    return ""


def by_hand() -> dict[str, Any]:
    rows = sample("clus1")
    rows = rows[rows["cluster"].isin(rows["cluster"].unique()[:5])]
    few = survey.compare_design(
        rows["score"], rows["wide"], design=DesignColumns(clusters=rows["cluster"])
    )
    classes = survey.weighting_classes(
        pd.Series([20.0] * 5),
        pd.Series(list("aabbb"), name="village"),
        pd.Series([True, False, True, False, False]),
    )
    return {
        "classes": {str(row): weight for row, weight in classes.weights.items()},
        "margins": classes.margins.to_dict("list"),
        "few_clusters": list(few.codes),
    }


def main() -> None:
    """Compute what the reference file asks for, and the rest."""
    with (HERE / "survey_design.csv").open(encoding="utf-8", newline="") as file:
        asked = {(row["function"], row["arguments"]) for row in csv.DictReader(file)}
    found = {
        "reference": {
            f"{name} {text}": reference(name, json.loads(text)) for name, text in sorted(asked)
        },
        "television": television(),
        "traps": traps(),
        "refused": refused(),
        "by_hand": by_hand(),
    }
    sys.stdout.write(json.dumps(found, default=float))


if __name__ == "__main__":
    main()
