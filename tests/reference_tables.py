"""The tables of ``docs/sampling.md``: what sources print beside what auditbook gives.

python tests/reference_tables.py --write
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from auditbook import intervals
from auditbook.procedures import sampling
from auditbook.procedures.sampling import questionnaires
from reference_values import Reference, prints_as, references

DOC = Path(__file__).resolve().parents[1] / "docs" / "sampling.md"
SAMPLES = Path(__file__).with_name("reference") / "sampling_estimation_samples.csv"
START, END = "<!-- tables: start -->", "<!-- tables: end -->"
FILES = ("intervals", "sampling_attributes", "sampling_monetary", "sampling_questionnaires",
         "sampling_bayes", "sampling_estimation", "sampling_allocation",
         "sampling_selection")  # fmt: skip
_LISTED = 12
"""Sources with more numbers are summed up only."""


def estimate_of(*, sample: str, stratum: str | None = None, **arguments: Any) -> sampling.Estimate:
    """An estimate of one of the samples that the reference names, of one stratum or all."""
    samples = pd.read_csv(
        DOC.parents[1] / "tests" / "reference" / "sampling_estimation_samples.csv"
    )
    chosen = samples[samples["sample"] == sample]
    chosen = chosen[chosen["stratum"] == stratum] if stratum else chosen
    return sampling.estimate_total(chosen, audited="y", book="x", **arguments)


def _allocate(*, size: list[int], sd: list[Any] | None = None, **plan: Any) -> SimpleNamespace:
    strata = pd.DataFrame({"stratum": range(len(size)), "size": size})
    table = sampling.allocate(strata if sd is None else strata.assign(sd=sd), **plan)
    return SimpleNamespace(share=list(table["share"]), allocated=list(table["allocated"]))


def _select(*, amount: list[int], **plan: Any) -> SimpleNamespace:
    frame = pd.DataFrame({"id": list("abcdefgh")[: len(amount)], "fen": amount})
    sample = sampling.select(frame, amount="fen", seed=None, **plan)
    rows = [ord(item) - ord("a") + 1 for item in sample["id"].repeat(sample["hits"].tolist())]
    return SimpleNamespace(rows=rows, hit=list(sample["hit"]), hits=list(sample["hits"]))


_ADAPTED: dict[str, Callable[..., Any]] = {
    "estimate_total": estimate_of,
    "allocate": _allocate,
    "select": _select,
}


def function_of(name: str) -> Callable[..., Any]:
    """The function that a row of a reference file names."""
    if name in _ADAPTED:
        return _ADAPTED[name]
    rooms = (sampling, questionnaires, intervals)
    found: Callable[..., Any] = next(getattr(room, name) for room in rooms if hasattr(room, name))
    return found


def tables() -> str:
    """Both tables as Markdown: each source with how many numbers agree, and the short ones."""
    groups: dict[tuple[str, str], list[tuple[Reference, Any]]] = {}
    for row in (one for name in FILES for one in rows(name)):
        source = re.sub(r", line '.*?'", "", row.source)
        result = function_of(row.function)(**row.arguments)
        result = getattr(result, row.field) if row.field else result
        groups.setdefault((row.function, source), []).append((row, result))
    lines = ["| function | source | numbers | equal |", "|---|---|---:|---:|"]
    lines += [
        f"| `{function}` | {source} | {len(found)} | {sum(agrees(*one) for one in found)} |"
        for (function, source), found in groups.items()
    ]
    lines += ["", "| function | arguments | source's | ours | source |", "|---|---|---:|---:|---|"]
    short = [found for found in groups.values() if len(found) <= _LISTED]
    lines += [_line(*one) for found in short for one in found]
    return "\n".join(lines)


def rows(name: str) -> Iterator[Reference]:
    """The rows of a reference file."""
    for param in references(name):
        yield from param.values[0]  # noqa: PD011 - of pytest, not of pandas


def agrees(row: Reference, result: Any) -> bool:
    """Whether a result, or each of several, prints as the source has it."""
    if not isinstance(result, list):
        return bool(prints_as(result, row))
    parts = row.printed.split()
    return len(parts) == len(result) and all(
        prints_as(float(one), row._replace(printed=part))
        for one, part in zip(result, parts, strict=True)
    )


def _line(row: Reference, result: Any) -> str:
    given = ", ".join(f"{name} {_short(value)}" for name, value in row.arguments.items())
    field = f".{row.field}" if row.field else ""
    ours = result if isinstance(result, list) else [result]
    shown = " ".join(_number(one, row) for one in ours)
    return f"| `{row.function}`{field} | {given} | {row.printed} | {shown} | {row.source} |"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _number(value: Any, row: Reference) -> str:
    """A result with the source's digits, and two more where it cuts or rounds up."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    digits = len(row.printed.split()[0].partition(".")[2])
    more = 0 if row.rounding.startswith("half") else 2
    return str(round(Decimal(repr(float(value))), digits + more))


if __name__ == "__main__":
    text = DOC.read_text("utf-8")
    before, _, rest = text.partition(START)
    new = f"{before}{START}\n{tables()}\n{END}{rest.partition(END)[2]}"
    if "--write" in sys.argv:
        DOC.write_text(new, "utf-8")
    sys.exit(new != text)
