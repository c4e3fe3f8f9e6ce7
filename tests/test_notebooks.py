"""The notebook contract: what a committed notebook may and may not hold."""

import json
import re

import pytest

from auditbook.chain.order import STEPS

PARAMETERS = {"project", "year", "lang"}
LOGIC = re.compile(r"^\s*(def|class|for|while|if|with|try|import os|%|!)\b", re.M)
VERBS = re.compile(r"\.(merge|groupby|apply|loc|iloc|query|assign|pivot|concat|sum|drop)\b")


@pytest.fixture(params=[step.name for step in STEPS])
def notebook(request, root):
    return json.loads((root / "notebooks" / f"{request.param}.ipynb").read_text("utf-8"))


def code(notebook):
    return [c for c in notebook["cells"] if c["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def test_every_notebook_in_the_folder_is_in_the_declared_order(root):
    assert [p.stem for p in sorted((root / "notebooks").glob("*.ipynb"))] == [s.name for s in STEPS]


def test_it_takes_the_three_parameters_of_the_default_case(notebook):
    (cell,) = [c for c in code(notebook) if "parameters" in c["metadata"].get("tags", [])]
    values: dict = {}
    exec(source(cell), {}, values)

    assert values == {"project": "kunming-grid", "year": 2018, "lang": "zh"}


def test_cells_are_short_and_hold_no_logic(notebook):
    for cell in code(notebook):
        lines = [x for x in source(cell).splitlines() if x.strip()]
        assert len(lines) <= 5, source(cell)
        assert not LOGIC.search(source(cell)), source(cell)
        assert not VERBS.search(source(cell)), source(cell)


def test_no_figure_of_the_case_is_typed(notebook):
    """Digits occur in the parameters, in names of papers and tables, and nowhere else."""
    for cell in code(notebook):
        if "parameters" in cell["metadata"].get("tags", []):
            continue
        without_names = re.sub(r'"\d\d(\.\d+)?[a-z0-9_.]*"', "", source(cell))
        assert not re.search(r"\d", without_names), source(cell)


def test_outputs_are_committed_in_order_without_errors_or_traces_of_a_run(notebook):
    assert [c["execution_count"] for c in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    for cell in code(notebook):
        for output in cell["outputs"]:
            assert output["output_type"] in ("execute_result", "display_data")
        assert set(cell["metadata"]) <= {"tags"}
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_headings_are_chinese_with_one_english_line(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and source(cell).startswith("#"):
            lines = source(cell).splitlines()
            assert re.search(r"[\u4e00-\u9fff]", lines[0])
            assert re.fullmatch(r"\*[\x20-\x7e]+\*", lines[1]), lines[1]


def test_tables_carry_the_number_of_the_heading_above_them(notebook):
    heading = ""
    for cell in notebook["cells"]:
        found = re.match(r"## (\d\d\.\d+) ", source(cell))
        heading = found.group(1) if found else heading
        for name in re.findall(
            r'paper\.(?:table|chart|findings|listed)\(\s*"([\d.]+)', source(cell)
        ):
            assert name == heading


def test_prose_outweighs_code(notebook):
    """At least ten words of prose a code line; two Chinese characters count as a word."""
    prose = "".join(source(c) for c in notebook["cells"] if c["cell_type"] == "markdown")
    lines = sum(len(source(c).splitlines()) for c in code(notebook))
    words = len(re.findall(r"[\u4e00-\u9fff]", prose)) / 2 + len(re.findall(r"[A-Za-z]+", prose))

    assert words / lines >= 10
