"""The chain against plain papermill and against a plain script, in one interleaved run.

    python benchmarks/chain.py              one case
    python benchmarks/chain.py --many 40    40 cases

peer     papermill, then nbconvert to HTML, one process each per notebook
product  auditbook, everything anew
rerun    auditbook again, nothing changed
script   benchmarks/plain.py: the same procedures without notebooks, the limit
help     auditbook --help

With many cases the peer runs one of them, and its time is multiplied.

Nothing in the checkout changes: every way works in a temporary copy, whose ``src/`` comes first
on PYTHONPATH and which is put back to its first state before each turn. What git says of the
checkout is compared before and after; a difference is told, with exit code 4. A command that
fails ends the measurement with exit code 1. Needs git.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cases import PROJECT, YEAR, make_cases
from copies import Copy, copy_checkout, git_state
from processes import adopt_orphans
from results import Goal, markdown
from rounds import Block, CommandError, Plan, Way, check_source, measure

CHECKOUT = Path(__file__).resolve().parent.parent
WAYS = ("peer", "product", "rerun", "script", "help")

ONE_CASE = (
    Goal("product", 0.12, "peer"),
    Goal("product", 2, "script"),
    Goal("rerun", 0.3),
    Goal("help", 0.3),
)
MANY_CASES = (
    Goal("product", 0.05, "peer"),
    Goal("product", 3, "script"),
    Goal("rerun", 1),
    Goal("help", 0.3),
)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--project", default=PROJECT)
    add("--year", type=int, default=YEAR)
    add("--many", type=int, metavar="N", help="N copies of the case instead of one")
    add("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="only these")
    add("--product", metavar="COMMAND", help="instead of the one that fits")
    add("--rerun", metavar="COMMAND")
    add("--script", metavar="COMMAND")
    add("--rounds", type=int, default=3)
    add("--warmup", type=int, default=1, help="rounds that run first and do not count")
    add("--memory", action="store_true", help="one more round, which samples memory")
    add("--timeout", type=float, default=3600, help="seconds that one command may take")
    add("--python", default=sys.executable, help="interpreter whose environment has auditbook")
    add("--checkout", type=Path, default=CHECKOUT)
    add("--json", type=Path, metavar="FILE", help="write every measurement here")
    args = parser.parse_args(argv)
    if "rerun" in args.ways and "product" not in args.ways:
        parser.error("rerun needs product")
    if min(args.rounds, args.many or 1) < 1 or args.warmup < 0:
        parser.error("--rounds and --many must be 1 or more, --warmup 0 or more")
    return args


def make_ways(args: argparse.Namespace, notebooks: Sequence[str]) -> list[Way]:
    """The ways that were asked for, with their commands and with what they must make."""
    count = args.many or 1
    if args.many:
        product = "auditbook batch {cases}/cases.csv --root {cases}"
        script = "{python} benchmarks/plain.py --cases {cases}/cases.csv --root {cases}"
    else:
        case = f"{shlex.quote(args.project)} {args.year}"
        product, script = f"auditbook run {case}", f"{{python}} benchmarks/plain.py {case}"
    made = {
        "outputs/*/*/html/index.html": count,
        "outputs/*/*/report.docx": count,
        "outputs/*/*/workpapers/*/figures.json": count * len(notebooks),
    }
    ways = [
        Way("peer", _peer(args, notebooks), float(count), {"*.html": len(notebooks)}),
        Way("product", (args.product or f"{product} --force",), makes=made),
        Way("rerun", (args.rerun or product,), makes=made),
        Way(
            "script",
            (args.script or f"{script} --out {{tmp}}/plain",),
            makes={"plain/*/*/figures.json": count, "plain/*/*/report.docx": count},
        ),
        Way("help", ("auditbook --help",)),
    ]
    return [way for way in ways if way.name in args.ways]


def _peer(args: argparse.Namespace, notebooks: Sequence[str]) -> tuple[str, ...]:
    """What somebody does who has papermill and nbconvert and nothing else."""
    commands = []
    for name in notebooks:
        done = "{tmp}/" + shlex.quote(Path(name).name)
        commands += [
            f"{{python}} -m papermill --no-progress-bar {shlex.quote(name)} {done}"
            f" -p project {shlex.quote(args.project)} -p year {args.year}",
            f"{{python}} -m jupyter nbconvert --log-level ERROR --to html {done}",
        ]
    return tuple(commands)


def make_blocks(ways: Sequence[Way], first: Copy, folder: Path) -> list[Block]:
    """Ways that belong together share a copy: the rerun finds what the product left."""
    groups = [("peer",), ("product", "rerun", "help"), ("script",)]
    blocks: list[Block] = []
    for names in groups:
        together = [way for way in ways if way.name in names]
        if together:
            blocks.append((Copy(first.root, first.names, folder / names[0]), together))
    return blocks


def measured(args: argparse.Namespace, folder: Path) -> tuple[list[Way], list[float]]:
    """Everything, in copies under ``folder``: the ways, and the seconds of the calibration."""
    first = copy_checkout(args.checkout.resolve(), folder / "first")
    notebooks = sorted(
        name for name in first.names if name.startswith("notebooks/") and name.endswith(".ipynb")
    )
    cases = None
    if args.many:
        cases = folder / "cases"
        make_cases(cases, args.many, project=args.project, year=args.year, source=first.root)
    # not resolved: the python of an environment is a link, and resolving it leaves the environment
    python = os.path.abspath(args.python)
    plan = Plan(python, args.rounds, args.warmup, args.memory, args.timeout, cases)
    ways = make_ways(args, notebooks)
    blocks = make_blocks(ways, first, folder)
    for copy, _ in blocks:
        check_source(copy, plan)
    return ways, measure(blocks, plan)


def report(args: argparse.Namespace, ways: Sequence[Way], speed: Sequence[float]) -> str:
    """Tables, commands and circumstances as Markdown."""
    given = shlex.join(["python", "benchmarks/chain.py", *args.given])
    ask = [args.python, "-c", "import platform; print(platform.python_version())"]
    python = subprocess.run(ask, check=True, capture_output=True, encoding="utf-8").stdout.strip()
    low, high, middle = (f"{f(speed) * 1e3:.0f}" for f in (min, max, statistics.median))
    lines = [
        f"`{given}`, {time.strftime('%Y-%m-%d')}: {args.rounds} interleaved rounds after"
        f" {args.warmup} not counted; {os.cpu_count()} cores, {platform.system()}"
        f" {platform.machine()}, Python {python};"
        f" calibration loop {low}–{high} ms (median {middle}).",
        "",
        *(f"- {way.name}: `{way.commands[0]}`{_and_more(way)}" for way in ways),
    ]
    goals = MANY_CASES if args.many else ONE_CASE
    title = f"## {args.many} cases" if args.many else "## One case"
    return "\n".join([title, "", markdown(ways, goals, memory=args.memory), "", *lines])


def _and_more(way: Way) -> str:
    more = len(way.commands) - 1
    return f", `{way.commands[1]}`, and so on ({more + 1} commands)" if more else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    args = parse(argv)
    args.given = list(sys.argv[1:] if argv is None else argv)
    adopt_orphans()
    before = git_state(args.checkout)
    with tempfile.TemporaryDirectory(prefix="chain-", ignore_cleanup_errors=True) as folder:
        try:
            ways, speed = measured(args, Path(folder))
        except CommandError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    sys.stdout.write(f"{report(args, ways, speed)}\n")
    if args.json:
        content = {"ways": [vars(way) for way in ways], "calibration": speed}
        args.json.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
    changed = sorted(git_state(args.checkout) ^ before)
    if changed:
        listed = "\n  ".join(changed[:20])
        sys.stderr.write(f"the checkout changed while it was measured:\n  {listed}\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
