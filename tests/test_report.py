"""The Word report: every number from a working paper, nothing left open, the same bytes."""

import re
import shutil
import subprocess
import zipfile

import pytest
from docx import Document

from auditbook.deliver.report import write_report
from auditbook.workpaper import all_figures, load_papers

PAPERS = ["01_fund_reconciliation", "02_sampling", "03_survey_satisfaction", "04_scoring"]


@pytest.fixture
def papers(kunming, kunming_run):
    return load_papers(kunming, PAPERS)


@pytest.fixture
def document(kunming_run):
    return Document(str(kunming_run / "report.docx"))


def everything(document):
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return [p.text for p in document.paragraphs] + cells


def test_it_has_the_parts_of_an_evaluation_report(document):
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]

    assert headings == [
        "一、项目基本情况", "二、评价工作情况", "三、评价结论", "四、指标分析", "五、资金核对",
        "六、主要经验、存在的问题", "七、建议", "附录1　评分表", "附录2　资金明细表",
        "附录3　核对发现清单", "附录4　数据溯源",
    ]  # fmt: skip


def test_kunming_2018_says_what_the_published_report_hides(document):
    text = "\n".join(everything(document))

    for fact in ("94.2", "643.00万元", "91.86%", "83.99%", "36.84%", "50.86%", "不能推断总体"):
        assert fact in text


def test_no_placeholder_and_no_missing_figure_is_left(document):
    text = "\n".join(everything(document))

    assert not re.search(r"[{}]", text)
    assert "有关数据没有取得" not in text


def test_every_sentence_with_a_figure_names_its_working_paper(document, papers):
    """Each number of the running text stands in a sentence that ends with [NN.S]."""
    sections = {figure.section for figure in all_figures(papers).values()}
    for paragraph in document.paragraphs:
        if re.search(r"\d+(\.\d+)?(%|万元)", paragraph.text) and "F-" not in paragraph.text:
            found = re.findall(r"\[(\d\d\.\d+)\]", paragraph.text)
            assert found or paragraph.text.startswith(("资金使用情况得", "抽查")), paragraph.text
            assert set(found) <= sections


def test_the_annex_leads_every_figure_back_to_its_rows(document, papers):
    trace = document.tables[-1]
    keys = [row.cells[0].text for row in trace.rows[1:]]

    assert keys == list(all_figures(papers))
    assert all(row.cells[-1].text for row in trace.rows[1:])


def test_two_reports_of_one_case_are_the_same_bytes(kunming, papers, tmp_path, monkeypatch):
    written = []
    for name in ("a", "b"):
        monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path / name))
        written.append(write_report(kunming, papers).read_bytes())

    assert written[0] == written[1]


def test_in_english_labels_are_english_and_data_stays(kunming, papers, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path))
    text = "\n".join(everything(Document(str(write_report(kunming, papers, lang="en")))))

    assert "The indicators add up to 94.2 of 100" in text
    assert "五华区" in text
    assert "评价结论" not in text


def test_body_text_is_fangsong_whatever_the_theme_says(kunming_run):
    with zipfile.ZipFile(kunming_run / "report.docx") as package:
        styles = package.read("word/styles.xml").decode("utf-8")
    normal = re.search(r'<w:style[^>]*w:styleId="Normal".*?</w:style>', styles, re.S)

    assert normal
    assert 'w:eastAsia="仿宋"' in normal[0]
    assert "eastAsiaTheme" not in normal[0]


@pytest.mark.skipif(
    not shutil.which("soffice"), reason="needs LibreOffice: apt-get install libreoffice-writer"
)
def test_libreoffice_opens_it_and_shows_every_chapter(kunming_run, tmp_path):
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    command = [*convert, str(kunming_run / "report.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    assert (tmp_path / "report.pdf").stat().st_size > 50_000
