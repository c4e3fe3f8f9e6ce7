"""Samples from large frames: seconds and peak memory of each way of drawing.

    python benchmarks/sampling.py --lines 1000000 10000000

Each method draws from the synthetic payments of ``synthetic_ledger.py`` (a Parquet file, read
through DuckDB with a memory limit) in a process of its own; reading, sorting, hashing and looking
for repeated ids are counted. ``stratified`` is the named method in strata of 2,000 units. The
peak is that of the whole process: Python, pandas, DuckDB and its buffers. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
METHODS = (
    "random", "systematic", "mus_fixed_interval", "mus_cell", "mus_random", "pps_systematic",
)  # fmt: skip
WAYS = (*METHODS, "judgement", "stratified random", "stratified pps_systematic", "hash only")
COLUMNS = "entry_id as id, amount, unit, purpose, date, source_row"


def draw(way: str, file: Path, n: int, memory: str) -> dict[str, Any]:
    """One sample, with its seconds and the peak of this process."""
    from auditbook.procedures.sampling.frames import frame_hash
    from auditbook.query import connection

    begun = time.perf_counter()
    with connection(memory=memory, folder=file.parent / "spill") as database:
        frame = database.read_parquet(str(file)).project(COLUMNS)
        items = 0
        if way == "hash only":
            frame_hash(frame, amount="amount")
        else:
            items = len(_sample(frame, way, n))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "peak_mib": peak, "items": items}


def _sample(frame: Any, way: str, n: int) -> Any:
    import pandas as pd

    from auditbook.procedures.sampling.selection import select

    method = way.removeprefix("stratified ")
    strata = "unit" if method != way else None
    if method == "judgement":
        ids = frame.limit(n).df()["id"]
        chosen = pd.DataFrame({"id": ids, "reason": "chosen"})
        return select(frame, n=n, method=method, amount="amount", seed=None, chosen=chosen)
    size = n if strata is None else 2 * 2_000
    return select(frame, n=size, method=method, amount="amount", strata=strata, seed=20181231)


def measured(way: str, file: Path, n: int, memory: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--file", str(file)]
    command += ["--n", str(n), "--memory", memory]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--memory", default="1GB", help="memory_limit of DuckDB")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        print(json.dumps(draw(chosen.way, chosen.file, chosen.n, chosen.memory)))  # noqa: T201
        return
    print("| lines | method | items | s | peak MiB |\n|---:|---|---:|---:|---:|")  # noqa: T201
    for lines in chosen.lines:
        with tempfile.TemporaryDirectory(prefix="sampling-") as name:
            command = [sys.executable, str(HERE / "synthetic_ledger.py"), name]
            subprocess.run([*command, "--lines", str(lines)], check=True)
            for way in WAYS:
                found = measured(way, Path(name, "payments.parquet"), chosen.n, chosen.memory)
                print(  # noqa: T201
                    f"| {lines:,} | {way} | {found['items']:,} | {found['seconds']:.1f} "
                    f"| {found['peak_mib']:,} |",
                    flush=True,
                )
    words = f"python benchmarks/sampling.py --lines {' '.join(map(str, chosen.lines))}"
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    print(f"\n`{words}`, {date.today()}, memory_limit {chosen.memory}, {where}")  # noqa: T201


if __name__ == "__main__":
    main()
