"""Large ledgers: auditbook against plain pandas and datacompy, side by side in one run.

    python benchmarks/ledger.py --lines 1000000 10000000

product   auditbook's tests of payments, and its matching of transfers with receipts
pandas    the same written by hand
datacompy only the comparison of transfers with receipts, joined by document number and unit

pandas and datacompy run in an environment of their own (``benchmarks/requirements-peers.txt``),
since datacompy wants an older pandas; it is made on first use. Every way is a process of its own;
ways that should agree must name the same lines, else the exit code is 4. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".venv" / "peers"
PARTS = ("tests", "matching")

Result = dict[str, Any]


def peers_python() -> Path:
    """The interpreter with pandas, pyarrow and datacompy; made on first use."""
    python, ready = PEERS / "bin" / "python", PEERS / ".ready"
    if not ready.exists():
        venv.create(PEERS, clear=True, with_pip=True)
        requirements = HERE / "requirements-peers.txt"
        command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
        subprocess.run(command, check=True)
        ready.touch()
    return python


def one(way: str, part: str, folder: Path, memory: str) -> Result:
    """Run one way in a process of its own."""
    python = Path(sys.executable) if way == "product" else peers_python()
    command = [
        str(python),
        str(HERE / "ledger_ways.py"),
        way,
        str(folder),
        "--part",
        part,
        "--memory",
        memory,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ.copy())
    return dict(json.loads(done.stdout))


def measured(
    lines: int, rounds: int, memory: str, alone: bool
) -> Iterator[tuple[str, str, list[Result]]]:
    """Part, way and the results of its rounds; ways run by turns."""
    ways = {part: ["product"] if alone else ["product", "pandas"] for part in PARTS}
    if not alone:
        ways["matching"].append("datacompy")
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        folder = Path(name)
        command = [sys.executable, str(HERE / "synthetic_ledger.py"), name, "--lines", str(lines)]
        subprocess.run(command, check=True)
        results: dict[tuple[str, str], list[Result]] = {}
        for _ in range(rounds):
            for part, names in ways.items():
                for way in names:
                    results.setdefault((part, way), []).append(one(way, part, folder, memory))
    for (part, way), found in results.items():
        yield part, way, found


def agree(results: dict[tuple[str, str], list[Result]]) -> bool:
    """Whether auditbook and pandas name the same lines, every time."""
    return all(
        found["found"] == results[part, "product"][0]["found"]
        for (part, way), many in results.items()
        if way in ("product", "pandas")
        for found in many
    )


def rows(lines: int, results: dict[tuple[str, str], list[Result]]) -> Iterator[str]:
    """The table's rows for one size."""
    for (part, way), many in results.items():
        seconds = sorted(found["seconds"] for found in many)
        median, peak = seconds[len(seconds) // 2], max(found["peak_mib"] for found in many)
        base = results.get((part, "pandas"))
        faster = memory = ""
        if base and way != "pandas":
            others = sorted(found["seconds"] for found in base)
            faster = f"{others[len(others) // 2] / median:.1f}"
            memory = f"{peak / max(found['peak_mib'] for found in base):.2f}"
        yield f"| {lines:,} | {part} | {way} | {median:.1f} | {faster} | {peak:,} | {memory} |"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--memory", default="4GB", help="memory_limit of DuckDB")
    parser.add_argument("--alone", action="store_true", help="auditbook only")
    chosen = parser.parse_args()
    print("| lines | part | way | s | times as fast as pandas | peak MiB | of pandas |")  # noqa: T201
    print("|---:|---|---|---:|---:|---:|---:|")  # noqa: T201
    same = True
    for lines in chosen.lines:
        runs = measured(lines, chosen.rounds, chosen.memory, chosen.alone)
        results = {(part, way): found for part, way, found in runs}
        print("\n".join(rows(lines, results)), flush=True)  # noqa: T201
        same &= agree(results)
    print(f"\nauditbook and pandas name the same lines: {'yes' if same else 'NO'}")  # noqa: T201
    words = f"python benchmarks/ledger.py --lines {' '.join(map(str, chosen.lines))}"
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    print(f"`{words}`, {date.today()}, memory_limit {chosen.memory}, {where}")  # noqa: T201
    return 0 if same else 4


if __name__ == "__main__":
    raise SystemExit(main())
