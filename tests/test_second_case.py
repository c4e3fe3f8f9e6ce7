"""A second case, with other names, units, amounts and indicators, runs with no code edit."""

import json

import pytest

from second_case import write_second_case


@pytest.fixture(scope="module")
def outputs(tmp_path_factory, root, run_chain):
    folder = tmp_path_factory.mktemp("second")
    (folder / "notebooks").symlink_to(root / "notebooks")
    write_second_case(folder)
    result = run_chain(folder, "hill-roads", 2021)
    assert result.exit_code == 0
    return folder / "outputs" / "hill-roads" / "2021"


def figures(outputs, paper):
    records = json.loads((outputs / "workpapers" / paper / "figures.json").read_text("utf-8"))
    return {record["key"]: record["value"] for record in records}


def test_its_funds_are_its_own(outputs):
    found = figures(outputs, "01_fund_reconciliation")

    assert found["funds.arrived.total"] == 25_000_050  # 250,000.50 元 in fen
    assert found["funds.unspent.at_least"] == 500_000  # 红土镇: 30,000 against 25,000
    assert (
        found["funds.execution_rate"] == "130000/166667"
    )  # 195,000 / 250,000.50, denominator: money that arrived


def test_its_use_rate_is_scored_by_the_ratio_and_its_deduction_taken(outputs):
    """40 × 195,000 / 250,000.50 = 31.20 by ratio, 60 − 3.5 by deduction."""
    found = figures(outputs, "04_scoring")

    assert found["scoring.points.X1"] == "31.20"
    assert found["scoring.total"] == "87.70"
    assert found["scoring.grade"] == "甲"


def test_its_random_sample_brings_no_sampling_finding(outputs):
    text = (outputs / "workpapers/02_sampling/findings.csv").read_text("utf-8-sig")

    assert len(text.splitlines()) == 1


def test_its_report_and_pages_say_that_it_is_synthetic(outputs):
    page = (outputs / "html" / "index.html").read_text("utf-8")

    assert "合成数据" in page
    assert "昆明" not in page


def test_nothing_of_the_committed_case_appears_in_its_outputs(outputs):
    texts = [p.read_text("utf-8") for p in outputs.rglob("*") if p.suffix in (".html", ".csv")]

    assert texts
    assert not [word for word in ("昆明", "五华", "禄劝", "网格") for t in texts if word in t]
