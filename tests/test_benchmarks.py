"""The benchmarks: the plain script does what the notebooks do, and measuring harms nothing."""

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditbook import open_case
from auditbook.chain.order import STEPS
from auditbook.csvtable import read_csv
from auditbook.facts import records

ROOMS = {
    "charts",
    "charts_flow",
    "charts_sampling",
    "funds",
    "ledger",
    "report",
    "sample_file",
    "sampling",
    "scoring",
    "survey",
    "tieout",
    "workpaper",
    "worklist",
}


def benchmark(root, name, *arguments):
    command = [sys.executable, str(root / "benchmarks" / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


# the plain script -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(root, tmp_path_factory):
    """What the plain script writes for the committed case."""
    out = tmp_path_factory.mktemp("plain")
    done = benchmark(root, "plain.py", "kunming-grid", 2018, "--root", root, "--out", out)
    assert done.returncode == 0, done.stderr
    return out / "kunming-grid" / "2018"


def papers(run):
    return [run / "workpapers" / step.name for step in STEPS]


def calls(code):
    """Calls of procedures, charts, report and working papers, in the order of the text."""
    found = [
        (node.lineno, node.col_offset, f"{node.func.value.id}.{node.func.attr}")
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ROOMS
    ]
    return [name for _, _, name in sorted(found)]


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_the_plain_script_calls_what_the_notebook_calls_in_its_order(root, name):
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    notebook = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    script = ast.parse((root / "benchmarks" / "plain.py").read_text("utf-8"))
    (function,) = [
        node
        for node in script.body
        if isinstance(node, ast.FunctionDef) and f"{name}.ipynb" in (ast.get_docstring(node) or "")
    ]

    assert calls(function) == calls(ast.parse(notebook))


def test_the_plain_script_writes_the_figures_of_the_working_papers(plain, kunming_run):
    kept = [
        json.loads((paper / "figures.json").read_text("utf-8")) for paper in papers(kunming_run)
    ]

    figures = json.loads((plain / "figures.json").read_text("utf-8"))
    assert figures == sorted((f for paper in kept for f in paper), key=lambda f: f["key"])
    assert figures


def test_the_plain_script_writes_the_findings_of_the_working_papers(plain, kunming_run):
    kept = [f for paper in papers(kunming_run) for f in records(read_csv(paper / "findings.csv"))]

    findings = records(read_csv(plain / "findings.csv"))
    assert sorted(findings, key=lambda f: f["code"]) == sorted(kept, key=lambda f: f["code"])
    assert findings


def test_the_plain_script_writes_the_tables_charts_and_report_of_the_run(plain, kunming_run):
    kept = [
        *kunming_run.glob("workpapers/*/tables/*.csv"),
        *kunming_run.glob("workpapers/*/charts/*.svg"),
    ]
    expected = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in kept}
    sampled = kunming_run / "workpapers" / "02_sampling"
    expected |= {name: (sampled / name).read_bytes() for name in ("worklist.xlsx", "sample.csv")}
    expected["report.docx"] = (kunming_run / "report.docx").read_bytes()

    made = {p.relative_to(plain).as_posix(): p.read_bytes() for p in plain.rglob("*.*")}
    names = {n for n in made if not n.endswith(".png")} - {"figures.json", "findings.csv"}
    assert names == set(expected)
    assert [name for name in names if made[name] != expected[name]] == []


def test_the_plain_script_names_the_problems_of_a_case(root, case_copy):
    (case_copy / "data" / "kunming-grid" / "2018" / "use.csv").write_text("", "utf-8")

    done = benchmark(root, "plain.py", "kunming-grid", 2018, "--root", case_copy)

    assert done.returncode == 1
    assert "use.csv" in done.stderr


# many cases -------------------------------------------------------------------------------------


@pytest.fixture
def many(root, tmp_path):
    """A root with two copies of the committed case."""
    done = benchmark(root, "cases.py", tmp_path / "many", "--count", 2)
    assert done.returncode == 0, done.stderr
    return tmp_path / "many"


def test_copies_of_a_case_are_cases_that_differ_in_the_project_only(root, many, kunming):
    with (many / "cases.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))

    assert listed == [
        {"project": "kunming-grid-01", "year": "2018"},
        {"project": "kunming-grid-02", "year": "2018"},
    ]
    for row in listed:
        case = open_case(row["project"], int(row["year"]), root=many)
        assert case.settings.project == row["project"]
        assert case.settings.model_copy(update={"project": "kunming-grid"}) == kunming.settings
        assert case.inputs().equals(kunming.inputs())
    stored = {path.name: path.read_bytes() for path in (root / "notebooks").glob("*.ipynb")}
    assert {p.name: p.read_bytes() for p in (many / "notebooks").iterdir()} == stored


def test_a_folder_that_holds_something_is_not_filled_with_cases(root, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    done = benchmark(root, "cases.py", tmp_path, "--count", 2)

    assert done.returncode == 5
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_plain_script_evaluates_every_case_of_a_list(root, many, tmp_path):
    options = ("--cases", many / "cases.csv", "--root", many, "--out", tmp_path / "out")

    assert benchmark(root, "plain.py", *options).returncode == 0
    reports = sorted(path.parts[-3] for path in (tmp_path / "out").glob("*/*/report.docx"))
    assert reports == ["kunming-grid-01", "kunming-grid-02"]


# measuring --------------------------------------------------------------------------------------

SCRIPT = (
    "mkdir -p {tmp}/plain/a/2018"
    " && touch {tmp}/plain/a/2018/figures.json {tmp}/plain/a/2018/report.docx"
)
PRODUCT = (
    'mkdir -p "$AUDITBOOK_OUT"/a/2018/html'
    ' && touch "$AUDITBOOK_OUT"/a/2018/html/index.html "$AUDITBOOK_OUT"/a/2018/report.docx'
)


@pytest.fixture
def checkout(tmp_path):
    """A git checkout with an empty auditbook and one more file."""
    folder = tmp_path / "checkout"
    (folder / "src" / "auditbook").mkdir(parents=True)
    (folder / "src" / "auditbook" / "__init__.py").write_text("", "utf-8")
    (folder / "notes.txt").write_text("first\n", "utf-8")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


@pytest.fixture
def measure(root, checkout):
    """``measure("script", ..., script=command)`` measures these ways in that checkout."""

    def run(*ways, rounds=1, options=(), **commands):
        given = [part for name, text in commands.items() for part in (f"--{name}", text)]
        return benchmark(
            root, "chain.py", "--checkout", checkout, "--warmup", 0, "--rounds", rounds,
            "--ways", *ways, *given, *options,
        )  # fmt: skip

    return run


def test_every_round_starts_from_the_same_copy_and_leaves_the_checkout_alone(measure, checkout):
    pristine = 'test ! -e new.txt && grep -qx first notes.txt && test -z "$(ls {tmp})"'
    spoil = "echo second > notes.txt && touch new.txt"

    done = measure("script", rounds=2, script=f"{pristine} && {spoil} && {SCRIPT}")

    assert done.returncode == 0, done.stderr
    assert (checkout / "notes.txt").read_text("utf-8") == "first\n"
    assert not (checkout / "new.txt").exists()


def test_the_rerun_finds_what_the_product_left(measure):
    rerun = 'test -e new.txt && test -e "$AUDITBOOK_OUT"/a/2018/report.docx'

    done = measure("product", "rerun", product=f"{PRODUCT} && touch new.txt", rerun=rerun)

    assert done.returncode == 0, done.stderr


def test_a_change_of_the_checkout_is_told(measure, checkout):
    done = measure("script", script=f"{SCRIPT} && touch {checkout}/spoilt.txt")

    assert done.returncode == 4
    assert "spoilt.txt" in done.stderr
    assert "| script |" in done.stdout


def test_what_a_command_leaves_running_is_counted_and_ended(measure, tmp_path):
    left = tmp_path / "pid"

    done = measure("script", script=f"{SCRIPT} && (sleep 300 & echo $! > {left})")

    assert "script: left up to 1 processes running" in done.stdout
    assert not Path("/proc", left.read_text("utf-8").strip()).exists()


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("echo it broke; exit 7", (), "exit status 7"),
        ("echo it broke; exit 7", (), "it broke"),
        ("true", (), "1 files plain/*/*/figures.json expected, got: 0"),
        ("sleep 300", ("--timeout", 0.3), "not ready after 0.3 s"),
    ],
)
def test_a_way_that_does_not_do_its_work_is_not_measured(measure, script, options, said):
    done = measure("script", script=script, options=options)

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_a_checkout_whose_code_would_not_be_used_is_refused(measure, checkout):
    shutil.rmtree(checkout / "src")

    done = measure("script", script=SCRIPT)

    assert done.returncode == 1
    assert "auditbook of the copy expected" in done.stderr


def test_the_result_is_a_table_with_ratios_goals_and_circumstances(measure, tmp_path):
    options = ("--memory", "--json", tmp_path / "all.json")
    commands = {"product": f"{PRODUCT} && sleep 0.2", "script": SCRIPT}

    done = measure("product", "script", rounds=2, options=options, **commands)

    head, rule, product, script = re.findall(r"^\|.*\|$", done.stdout, re.M)[:4]
    assert head == "| way | median s | min–max | CPU s | / script | peak MiB |"
    assert {len(row.split("|")) for row in (head, rule, product, script)} == {8}
    assert product.startswith("| product | 0.2")
    assert script.split("|")[5].strip() == "1"
    assert re.search(
        r"^\| product ≤ 2 × script \| \*\*[\d.]+\*\* \| .* \| no \|$", done.stdout, re.M
    )
    assert "≤ 0.12 × peer" not in done.stdout  # it was not measured
    assert f"{os.cpu_count()} cores" in done.stdout
    assert f"- script: `{SCRIPT}`" in done.stdout
    measured = json.loads((tmp_path / "all.json").read_text("utf-8"))["ways"]
    assert [(way["name"], len(way["wall"])) for way in measured] == [("product", 2), ("script", 2)]


# surveys ----------------------------------------------------------------------------------------


def test_a_large_survey_is_evaluated_as_by_hand(root):
    """Index, rates, alpha, flags and comparisons of 1,000 forms, by three ways."""
    done = benchmark(root, "survey.py", "--forms", 1000)

    assert done.returncode == 0, done.stderr
    assert "all ways find the same: yes" in done.stdout
    assert re.findall(r"^\| 1,000 \| (\w+) ", done.stdout, re.M) == ["product", "pandas", "loops"]
