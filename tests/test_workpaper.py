"""Working papers: what is kept, that it reads back, and that a killed run leaves nothing torn."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Chart

from auditbook import open_case
from auditbook.csvtable import read_csv, write_csv
from auditbook.facts import Figure, Finding, Severity, Verdict, row_ranges
from auditbook.workpaper import (
    MissingPaperError,
    WorkingPaper,
    all_findings,
    load_paper,
    paper_inputs,
)

RATE = Figure(
    "funds.x.rate", Fraction(643, 700), "rate", "甲 ÷ 乙", ("a.csv:2-3",), "m:f", "at_most"
)
FINDING = Finding(
    "funds.two_tables", Severity.HIGH, Verdict.DIFFERS, unit="五华区", expected="40.00万元",
    actual="=0", expected_source="a.csv:4", actual_source="b.csv:3", details={"k": "v"},
)  # fmt: skip


@pytest.fixture
def paper(kunming, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path))
    return WorkingPaper(kunming, "01_fund_reconciliation")


def test_what_is_saved_reads_back_as_it_was(paper, kunming):
    paper.figures(
        "01.6",
        [RATE, Figure("funds.n", 19, "count", ""), Figure("s.p", Decimal("8.2"), "points", "")],
    )
    paper.findings("01.4", [FINDING])
    paper.table("01.4_topic", pd.DataFrame({"unit": ["甲"], "used_fen": [1], "use_rate": [0.5]}))
    paper.save()

    loaded = load_paper(kunming, "01_fund_reconciliation")

    assert loaded.figures["funds.x.rate"] == replace(RATE, section="01.6")
    assert loaded.figures["s.p"].value == Decimal("8.2")
    (finding,) = loaded.findings
    assert (finding.code, finding.actual, finding.details) == ("F-01.4-1", "=0", {"k": "v"})
    assert loaded.tables["01.4_topic"]["used_fen"].tolist() == [1]


def test_a_missing_working_paper_names_the_notebook_to_run_first(kunming, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path))

    with pytest.raises(MissingPaperError, match=r"notebooks/02_sampling\.ipynb"):
        load_paper(kunming, "02_sampling")


def test_nothing_is_written_before_save(paper, tmp_path):
    paper.figures("01.6", [RATE])
    paper.table("01.1_topic", pd.DataFrame({"a": [1]}))

    assert list(tmp_path.rglob("*")) == []


def test_saving_twice_gives_the_same_bytes_and_leaves_no_litter(paper):
    def content():
        paper.table("01.1_topic", pd.DataFrame({"a": ["x"]}))
        chart = Chart()
        chart.subplots().plot([1, 2], [2, 1])
        paper.chart("01.1_chart", chart)
        paper.save()
        return {p.name: p.read_bytes() for p in paper.folder.rglob("*") if p.is_file()}

    assert content() == content()
    assert [p.name for p in paper.folder.parent.iterdir()] == ["01_fund_reconciliation"]


def test_it_says_which_files_of_the_case_it_rests_on(root, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path))
    case = open_case("kunming-grid", 2018, root=root)
    paper = WorkingPaper(case, "02_sampling")
    paper.table("02.1_sample", case.sample)
    paper.save()

    inputs = paper_inputs(paper.folder)

    assert inputs == case.reads()
    assert list(inputs) == [
        "adjustments.csv", "case.yaml", "inputs.xlsx", "sample.csv", "units.csv",
    ]  # fmt: skip
    sample = (case.folder / "sample.csv").read_bytes()
    assert inputs["sample.csv"] == hashlib.sha256(sample).hexdigest()
    assert inputs["adjustments.csv"] is None
    assert (paper.folder / "inputs.json").read_text("utf-8").endswith("\n}\n")


def test_a_folder_without_a_working_paper_says_nothing_of_inputs(tmp_path):
    with pytest.raises(FileNotFoundError):
        paper_inputs(tmp_path)


def test_a_table_must_carry_the_number_of_its_notebook(paper):
    with pytest.raises(ValueError, match="01"):
        paper.table("02.1_topic", pd.DataFrame())


def test_a_cell_run_again_replaces_its_findings(paper):
    paper.findings("01.4", [FINDING, FINDING])
    shown = paper.findings("01.4", [FINDING])
    paper.save()

    assert shown.frame["code"].tolist() == ["F-01.4-1"]
    assert len(load_paper(paper.case, paper.name).findings) == 1


def test_one_key_cannot_stand_twice(paper):
    paper.figures("01.6", [RATE])

    with pytest.raises(ValueError, match=r"funds\.x\.rate"):
        paper.figures("01.7", [RATE])


def test_findings_of_all_papers_come_most_serious_first(paper, kunming):
    low = Finding("r.low", Severity.LOW, Verdict.DIFFERS)
    paper.findings("01.2", [low])
    paper.findings("01.4", [FINDING])
    paper.save()

    found = all_findings({"01": load_paper(kunming, paper.name)})

    assert [f.severity for f in found] == ["high", "low"]


def test_text_that_looks_like_a_formula_is_marked_for_spreadsheets_and_reads_back(tmp_path):
    frame = pd.DataFrame({"a": ["=1+1", "＝1+1", "+x", "-", "@y", "'z", "plain", ""]})
    write_csv(frame, tmp_path / "t.csv")

    written = (tmp_path / "t.csv").read_text("utf-8-sig")
    assert "'=1+1" in written and "'＝1+1" in written
    assert read_csv(tmp_path / "t.csv")["a"].tolist() == frame["a"].tolist()


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")))
)
def test_any_text_reads_back_from_a_result_table(texts, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    write_csv(pd.DataFrame({"a": pd.Series(texts, dtype="str"), "b": range(len(texts))}), path)

    assert read_csv(path)["a"].tolist() == texts


KILLED_WHILE_SAVING = """
import os, signal, sys
import pandas as pd
from auditbook import open_case
from auditbook.workpaper import WorkingPaper

case = open_case("kunming-grid", 2018)
paper = WorkingPaper(case, "01_fund_reconciliation")
paper.table("01.1_topic", pd.DataFrame({"a": ["new"]}))
calls = {"n": 0}
real = os.rename
def dying(a, b):
    calls["n"] += 1
    if calls["n"] == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(a, b)
os.rename = dying
paper.save()
"""


@pytest.mark.parametrize("at_step", [1, 2])
def test_a_save_that_is_killed_leaves_the_old_paper_or_the_new_one(paper, at_step, root):
    """Killed before the old folder steps aside, and between the two renames."""
    paper.table("01.1_topic", pd.DataFrame({"a": ["old"]}))
    paper.save()
    script = textwrap.dedent(KILLED_WHILE_SAVING)
    environment = os.environ | {"AUDITBOOK_ROOT": str(root)}

    killed = subprocess.run(
        [sys.executable, "-c", script, str(at_step)], env=environment, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    loaded = load_paper(paper.case, paper.name)
    assert loaded.tables["01.1_topic"]["a"].tolist() == ["old"]
    json.loads((paper.folder / "figures.json").read_text("utf-8"))


def test_input_rows_are_joined_into_ranges():
    assert row_ranges(["a.csv:3", "a.csv:4", "b.csv:9", "a.csv:6"]) == ("a.csv:3-4,6", "b.csv:9")
    assert row_ranges(["case.yaml: fund.name"]) == ("case.yaml: fund.name",)
