"""Calls of design.py and weighting.py in a process of its own, where svy can be imported.

python tests/design_checks.py FOLDER_WITH_SVY: prints the results as JSON.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.append(sys.argv[1])

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey import weighting
from auditbook.procedures.survey.design import DesignColumns, design_index, design_share

HERE = Path(__file__).with_name("reference")
SAMPLES = pd.read_csv(HERE / "survey_design_samples.csv", dtype={"cluster": "str"})
PEOPLE = {"E": 4421.0, "H": 755.0, "M": 1018.0}


def _sample(name: str) -> pd.DataFrame:
    return SAMPLES[SAMPLES["sample"] == name].reset_index(drop=True)


def _design(sample: str, *, fpc: bool) -> tuple[pd.DataFrame, DesignColumns]:
    rows = _sample(sample)
    strata = rows["stype"] if sample == "strat" else None
    clusters = None if sample == "strat" else rows["cluster"]
    names = pd.Series("all", index=rows.index) if strata is None else strata
    sizes = {str(n): int(s) for n, s in zip(names, rows["size"], strict=True)} if fpc else None
    return rows, DesignColumns(strata, clusters, rows["weight"], sizes)


def reference_index(*, sample: str, fpc: bool) -> dict[str, float]:
    """All, and the parts, of one of R's samples."""
    rows, design = _design(sample, fpc=fpc)
    table = design_index(rows["score"] / 1000, design=design, domains=rows["stype"])
    found: dict[str, float] = {}
    for row in table.to_dict("records"):
        start = f"{row['domain']}." if row["domain"] else ""
        found |= {f"{start}{name}": row[name] for name in ("estimate", "se", "lower", "upper")}
        found |= {f"{start}{name}": row[name] for name in ("deff", "df")}
    return found


def reference_rake(*, margins: int) -> dict[str, float]:
    """Weights of four respondents, counted from 1."""
    rows = _sample("clus")
    if margins == 1:
        found = weighting.post_stratify(rows["weight"], rows["stype"], PEOPLE)
    else:
        two = {"stype": (rows["stype"], PEOPLE),
               "wide": (rows["wide"], {"No": 1072.0, "Yes": 5122.0})}  # fmt: skip
        found = weighting.rake(rows["weight"], two)
    return {str(k): float(found.weights[k - 1]) for k in (1, 50, 100, 183)}


REFERENCE: dict[str, Callable[..., Any]] = {
    "design_index": reference_index,
    "rake": reference_rake,
}


def _codes(table: pd.DataFrame) -> list[list[str]]:
    return [list(codes) for codes in table["codes"]]


def guards() -> dict[str, Any]:
    """What stands in the way of each guard."""
    rows, design = _design("strat", fpc=True)
    share = rows["score"] / 1000
    whole = {name: int(sum(PEOPLE.values())) for name in PEOPLE}
    slip = DesignColumns(rows["stype"], None, rows["weight"], whole)
    first = rows["stype"].ne("H") | (rows.index == rows.index[rows["stype"] == "H"][0])
    lone = DesignColumns(rows["stype"][first], None, rows["weight"][first])
    clus, clustered = _design("clus", fpc=False)
    alike = design_share(pd.Series(True, index=clus.index), design=clustered)
    missing = share.where(rows.index % 7 != 0)
    filtered = rows.index % 7 != 0
    part = DesignColumns(rows["stype"], None, rows["weight"], {k: 5000 for k in PEOPLE})
    found: dict[str, Any] = {
        "right": _codes(design_index(share, design=design)),
        "slip": _codes(design_index(share, design=slip)),
        "slip_se": design_index(share, design=slip)["se"].tolist(),
        "right_se": design_index(share, design=design)["se"].tolist(),
        "people": _codes(
            design_index(share, design=DesignColumns(None, None, rows["weight"], None, 9000))
        ),
        "lone": design_index(share[first], design=lone)[["estimate", "unweighted"]].to_dict("list"),
        "lone_codes": _codes(design_index(share[first], design=lone)),
        "alike": alike[["estimate", "lower", "upper", "n_effective"]].to_dict("list"),
        "alike_codes": _codes(alike),
        "domain_se": design_index(missing, design=part)["se"].tolist(),
        "filtered_se": design_index(
            share[filtered],
            design=DesignColumns(rows["stype"][filtered], None, rows["weight"][filtered],
                                 {k: 5000 for k in PEOPLE}),
        )["se"].tolist(),
        "small": _codes(
            design_index(share[:20], design=DesignColumns(weights=rows["weight"][:20]))
        ),
    }  # fmt: skip
    for name, weight in (("negative", -1.0), ("missing", None)):
        weights = rows["weight"].astype("object")
        weights[3] = weight
        given = DesignColumns(weights=weights.astype("float64"))
        found[name] = _refused(partial(design_index, share, design=given))
    found["few"] = _refused(
        lambda: design_index(
            share,
            design=DesignColumns(rows["stype"], None, rows["weight"], dict.fromkeys(PEOPLE, 9)),
        )
    )
    found["margins"] = _refused(
        lambda: weighting.post_stratify(rows["weight"], rows["stype"], {"E": 1.0, "H": 2.0})
    )
    return found


def _refused(call: Callable[[], Any]) -> str:
    try:
        call()
    except PlanError as error:
        return str(error)
    return ""


def main() -> None:
    """Compute what the reference file asks for, and the guards."""
    with (HERE / "survey_design.csv").open(encoding="utf-8", newline="") as file:
        asked = {(row["function"], row["arguments"]) for row in csv.DictReader(file)}
    results = [
        [name, arguments, REFERENCE[name](**json.loads(arguments))]
        for name, arguments in sorted(asked)
    ]
    sys.stdout.write(json.dumps({"results": results, "guards": guards()}))


if __name__ == "__main__":
    main()
