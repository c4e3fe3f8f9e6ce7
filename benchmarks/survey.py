"""A survey of very many forms: auditbook against the same by hand, side by side in one run.

    python benchmarks/survey.py --forms 200000

product   auditbook: the case opened (every cell checked against the instrument), then index and
          rates by unit and question with intervals, reliability, all tests of forms, comparisons
pandas    the same figures with whole columns, as one who knows pandas well writes it
loops     the same row by row and cell by cell, as ``apply`` in R is used

30 questions, 19 units. Every way is a process of its own, by turns; reading and evaluating are
timed apart, the peak is that of the whole process. Ways must find the same, else the exit code is
4. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from synthetic_survey import make_case

HERE = Path(__file__).resolve().parent
WAYS = ("product", "pandas", "loops")
PARTS = ("read", "evaluate")
TOLERANCE = 1e-9

Result = dict[str, Any]


def one(way: str, root: Path) -> Result:
    """Run one way in a process of its own."""
    command = [sys.executable, str(HERE / "survey_ways.py"), way, str(root)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def differing(first: Any, second: Any, name: str = "") -> Iterator[str]:
    """Names of figures that are not the same."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            yield from differing(first.get(key), second.get(key), f"{name}/{key}")
    elif first is None or second is None or not abs(first - second) <= TOLERANCE:
        yield f"{name}: {first} and {second}"


def rows(forms: int, results: Mapping[str, list[Result]]) -> Iterator[str]:
    """The table's rows for one size; ratios are seconds of the other way over ours."""
    own = results["product"]
    for way, many in results.items():
        peak = max(found["peak_mib"] for found in many)
        cells = [f"{forms:,}", way]
        for part in PARTS:
            seconds = median(found[part] for found in many)
            ours = median(found[part] for found in own)
            cells += [f"{seconds:.1f}", f"{seconds / ours:.1f}"]
        yield f"| {' | '.join(cells)} | {peak:,} |"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--forms", type=int, nargs="+", default=[200_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--ways", nargs="+", choices=WAYS[1:], default=list(WAYS[1:]))
    chosen = parser.parse_args()
    print("| forms | way | read s | / product | evaluate s | / product | peak MiB |")  # noqa: T201
    print("|---:|---|---:|---:|---:|---:|---:|")  # noqa: T201
    differ: list[str] = []
    for forms in chosen.forms:
        results: dict[str, list[Result]] = {}
        with tempfile.TemporaryDirectory(prefix="survey-") as name:
            make_case(Path(name), forms)
            for _ in range(chosen.rounds):
                for way in ("product", *chosen.ways):
                    results.setdefault(way, []).append(one(way, Path(name)))
        print("\n".join(rows(forms, results)), flush=True)  # noqa: T201
        expected = results["product"][0]["found"]
        for way, many in results.items():
            for found in many:
                differ += differing(expected, found["found"], way)
    print(f"\nall ways find the same: {'NO' if differ else 'yes'}")  # noqa: T201
    sys.stderr.write("".join(f"{line}\n" for line in differ[:20]))
    words = f"python benchmarks/survey.py --forms {' '.join(map(str, chosen.forms))}"
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    print(f"`{words}`, {date.today()}, {where}")  # noqa: T201
    return 4 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
