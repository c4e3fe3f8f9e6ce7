"""One input cell changes what depends on it, and nothing else: nothing of the case is typed in."""

import hashlib

import pytest


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def changed_by(case_copy, run_chain, kunming_run):
    """Change one cell of the real case, run it, and name the files that differ."""

    def change(file, old, new):
        path = case_copy / "data" / "kunming-grid" / "2018" / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert run_chain(case_copy, "kunming-grid", 2018).exit_code == 0
        before = hashes(kunming_run)
        after = hashes(case_copy / "outputs" / "kunming-grid" / "2018")
        assert before.keys() == after.keys()
        return {name for name in before if before[name] != after[name]}

    return change


def papers(changed):
    return {name.split("/")[1] for name in changed if name.startswith("workpapers/")}


def pages(changed):
    return {name.split("/")[1] for name in changed if name.startswith("html/")}


def test_a_deduction_moves_the_score_its_pages_and_the_report_and_no_funds(changed_by):
    """网格化服务管理完成情况: 3 points lost instead of 2."""
    changed = changed_by("judgements.csv", "C11,扣分,2,", "C11,扣分,3,")

    assert papers(changed) == {"04_scoring", "05_report"}
    assert pages(changed) == {"04_scoring.html", "05_report.html", "index.html"}
    assert "report.docx" in changed
    assert "workpapers/04_scoring/figures.json" in changed
    assert "workpapers/04_scoring/tables/04.6_targets.csv" not in changed


def test_a_questionnaire_less_moves_the_survey_its_finding_and_no_score(changed_by):
    """工作人员: 49 returned instead of 50; of how many forms 97.78% is no share is a finding."""
    changed = changed_by("survey_counts.csv", "staff,,55,50", "staff,,55,49")

    assert papers(changed) == {"02_sampling", "03_survey_satisfaction"}
    assert pages(changed) == {
        "02_sampling.html", "03_survey_satisfaction.html", "05_report.html", "index.html",
    }  # fmt: skip
    assert "report.docx" in changed


def test_a_published_figure_mended_takes_its_finding_away(changed_by, case_copy):
    """With 299 printed in 万元 there is no slip of units any more."""
    changed = changed_by("published.csv", "使用资金,299,元,", "使用资金,299,万元,")

    findings = (
        case_copy / "outputs/kunming-grid/2018/workpapers/01_fund_reconciliation/findings.csv"
    )
    assert "workpapers/01_fund_reconciliation/findings.csv" in changed
    assert "tieout.unit_slip" not in findings.read_text("utf-8-sig")
    assert papers(changed) >= {"01_fund_reconciliation", "05_report"}
    assert not papers(changed) & {"02_sampling", "03_survey_satisfaction"}
