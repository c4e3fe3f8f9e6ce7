"""The portfolio: every case on one row, limits shown as limits, nothing in it acts."""

import csv
import io
import pickle
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from auditbook.case import InputError, Problem
from auditbook.chain.order import STEPS
from auditbook.deliver.overview import Overview, overview
from auditbook.deliver.portfolio import (
    PortfolioEntry,
    bad_inputs_entry,
    entry_of,
    stopped_entry,
    write_portfolio,
)
from auditbook.facts import Figure, Severity

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
KUNMING = "kunming-grid/2018"


def fen(value, bound="exact"):
    return Figure("funds.x", value, "fen", "", bound=bound)


def rate(value, bound="exact"):
    return Figure("funds.x", Fraction(value), "rate", "", bound=bound)


def finished(project="hill-roads", year=2021, **fields):
    """A finished case of 80.00 万元, half of it used."""
    usual = {
        "title": "道路养护补助",
        "score": Decimal("87.70"),
        "full": Decimal(100),
        "grade": "良",
        "findings": dict.fromkeys(Severity, 1),
        "arrived": fen(80_000_000),
        "used": fen(40_000_000),
        "use_rate": rate("1/2"),
        "money_unit": "万元",
    }
    return PortfolioEntry(project, year, **(usual | fields))


def shown(folder, *entries, lang="zh"):
    return write_portfolio(entries, folder, lang=lang)[0].read_text("utf-8")


def rows(folder, *entries, lang="zh"):
    """The cells of each row of the page, as text."""
    body = shown(folder, *entries, lang=lang).partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in body.split("</tr>")[:-1]
    ]


def table(folder, *entries, lang="zh"):
    """The rows of the CSV by title of the column."""
    text = write_portfolio(entries, folder, lang=lang)[1].read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def kunming_entry(kunming, kunming_run):
    return entry_of(kunming, overview(kunming, [step.name for step in STEPS]))


def limited(kunming, **fund):
    """Kunming with other settings of its money, and the figures of money used alone."""
    money = kunming.settings.fund.model_copy(update=fund)
    case = replace(kunming, settings=kunming.settings.model_copy(update={"fund": money}))
    figures = {
        "funds.arrived.total": fen(700_000_000),
        "funds.used.total": fen(700_000_000),
        "funds.used.at_most": fen(643_000_000, "at_most"),
        "funds.use_rate": rate(1),
        "funds.execution_rate.at_most": rate("643/700", "at_most"),
    }
    return entry_of(case, Overview("昆明", 2018, (), {}, figures))


# what a row says ---------------------------------------------------------------------------------


def test_kunming_used_at_most_643_of_700_although_one_of_its_tables_says_all(
    kunming_entry, tmp_path
):
    (row,) = rows(tmp_path, kunming_entry)

    assert row[:2] == ["kunming-grid", "2018"]
    assert row[3:6] == ["完成", "94.2 / 100", "优"]
    assert row[9:12] == ["700.00", "≤ 643.00", "≤ 91.86%"]


def test_findings_are_counted_by_severity(kunming_entry, kunming_run):
    found = []
    for path in kunming_run.glob("workpapers/*/findings.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += [row["severity"] for row in csv.DictReader(file)]

    assert kunming_entry.findings == {s: found.count(s.value) for s in Severity}
    assert kunming_entry.findings[Severity.HIGH] > 0


def test_a_limit_has_no_use_rate_where_the_only_rate_is_over_a_budget_that_did_not_all_arrive(
    kunming,
):
    assert limited(kunming).use_rate == rate("643/700", "at_most")
    assert limited(kunming, approved_budget="800.00万元").use_rate is None
    over_arrived = limited(
        kunming, approved_budget="800.00万元", execution_denominator="arrived"
    )  # fmt: skip
    assert over_arrived.use_rate == rate("643/700", "at_most")


def test_what_a_case_does_not_have_is_a_dash_and_no_zero(kunming, tmp_path):
    entry = entry_of(kunming, Overview("昆明", 2018, (), {}))
    (row,) = rows(tmp_path, entry)

    assert row[4:6] + row[9:12] == ["—"] * 5
    assert row[6:9] == ["0", "0", "0"]
    assert table(tmp_path, entry)[0]["得分"] == ""


def test_a_stopped_case_names_notebook_cell_and_the_last_line_of_the_error(tmp_path):
    entry = stopped_entry("a", 2020, "KeyError: 'x'", notebook="04_scoring", cell=5, title="甲")
    (row,) = rows(tmp_path, entry)

    assert row[2:4] == ["甲", "未完成"]
    assert row[4] == "底稿 04_scoring 第 5 个代码单元格：KeyError: &#39;x&#39;"
    assert table(tmp_path, entry)[0]["原因"] == ("底稿 04_scoring 第 5 个代码单元格：KeyError: 'x'")


def test_a_case_with_bad_inputs_shows_its_first_problem_and_how_many_there_are(tmp_path):
    problem = Problem("use.csv", 7, "县（区）", "晋宁区", "不在拨付表中", "is not listed")

    one = bad_inputs_entry("a", 2020, InputError([problem]), lang="en")
    two = bad_inputs_entry("a", 2020, InputError([problem, Problem("b.csv")]), lang="en")

    assert two.reason == f"{one.reason} (2 problems in all)"
    assert one.reason == problem.line("en")
    assert rows(tmp_path, two)[0][3] == "资料有问题"


def test_a_case_without_a_title_goes_by_its_name(tmp_path):
    assert rows(tmp_path, stopped_entry("a", 2020, "x"))[0][2] == "a 2020"


def test_synthetic_data_say_so_in_page_and_table(tmp_path):
    entry = finished(synthetic=True)

    assert "合成数据" in rows(tmp_path, entry)[0][2]
    assert "合成数据" in table(tmp_path, entry)[0]["名称"]
    assert "合成数据" not in rows(tmp_path, finished())[0][2]


def test_grades_of_english_pages_are_english(kunming):
    figures = {"scoring.grade": Figure("scoring.grade", "优", "text", "")}
    seen = Overview("Kunming", 2018, (), {}, figures)

    assert entry_of(kunming, seen, lang="en").grade == "excellent"
    assert entry_of(kunming, seen).grade == "优"


# the whole ---------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_given_finished_or_not(tmp_path):
    entries = [finished("b"), stopped_entry("c", 2020, "x"), finished("a")]

    assert [row[0] for row in rows(tmp_path, *entries)] == ["b", "c", "a"]
    assert [row["项目"] for row in table(tmp_path, *entries)] == ["b", "c", "a"]


def test_the_summary_counts_cases_by_state_and_grades_the_best_first(tmp_path):
    good, best = finished(), finished(score=Decimal(95), grade="优")
    bad = bad_inputs_entry("c", 2020, InputError([Problem("b.csv")]))

    html = shown(tmp_path, good, stopped_entry("a", 2020, "x"), best, bad, good)

    assert "共 5 个案卷：完成 3，未完成 1，资料有问题 1" in html
    assert "等级：优 1，良 2" in html


def test_no_case_at_all_is_said(tmp_path):
    assert "没有案卷" in shown(tmp_path)
    assert table(tmp_path) == []


def test_money_is_shown_in_the_one_unit_of_all_cases_else_in_wan_yuan(tmp_path):
    yuan = finished(money_unit="元")

    assert rows(tmp_path, yuan, yuan)[0][9:11] == ["800,000.00", "400,000.00"]
    assert [row[9] for row in rows(tmp_path, yuan, finished())] == ["80.00", "80.00"]


# links -------------------------------------------------------------------------------------------


def results_of(folder, case):
    for name in ("html/index.html", "report.docx"):
        path = folder / case / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def links(html):
    return re.findall(r'href="([^"]*)"', html)


def test_links_lead_to_the_page_and_the_report_where_these_exist(tmp_path):
    results_of(tmp_path, "hill-roads/2021")

    html = shown(tmp_path, finished(), finished("b"))

    assert links(html) == ["hill-roads/2021/html/index.html", "hill-roads/2021/report.docx"]


def test_nothing_leads_from_an_unfinished_case_to_results_of_an_earlier_run(tmp_path):
    results_of(tmp_path, "a/2020")

    assert links(shown(tmp_path, stopped_entry("a", 2020, "x"))) == []


# the table for a spreadsheet ---------------------------------------------------------------------


def test_a_spreadsheet_gets_chinese_and_bare_numbers_in_yuan_and_per_cent(tmp_path):
    entry = finished(used=fen(40_000_001, "at_least"), use_rate=rate("1/3"), money_unit="元")
    (row,) = table(tmp_path, entry)

    assert (tmp_path / "portfolio.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (row["到位资金（元）"], row["使用资金（元）"]) == ("800000.00", "400000.01")
    assert (row["使用资金的界限"], row["资金使用率的界限"]) == ("≥", "")
    assert (row["资金使用率（%）"], row["得分"], row["发现 重大"]) == ("33.33", "87.70", "1")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\n=1+1", "=HYPERLINK(1)\n=2"]
)
def test_text_of_a_case_never_acts_as_a_formula(tmp_path, text):
    entries = [finished(title=text, grade=text), stopped_entry(text, 2020, text, title=text)]

    table(tmp_path, *entries)

    content = (tmp_path / "portfolio.csv").read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
    assert sum(text.strip().split("\n")[0] in cell for cell in cells) >= 4


def test_money_that_is_negative_stays_a_number(tmp_path):
    assert table(tmp_path, finished(used=fen(-150)))[0]["使用资金（元）"] == "-1.50"


# safety ------------------------------------------------------------------------------------------


def test_text_of_a_case_is_text_and_not_markup(tmp_path):
    bad = "<script>x()</script><img src=x>"

    html = shown(tmp_path, finished(bad, title=bad, grade=bad), stopped_entry("a", 2020, bad))

    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 4


def test_a_policy_that_forbids_scripts_and_requests_stands_first(tmp_path):
    head = shown(tmp_path, finished()).partition("<head>")[2].lstrip()

    assert head.startswith('<meta http-equiv="Content-Security-Policy" content="default-src')


def test_two_portfolios_of_the_same_cases_are_the_same_bytes_and_nothing_else_is_left(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    paths = [write_portfolio([finished()], folder) for folder in (first, second)]

    assert [path.read_bytes() for path in paths[0]] == [path.read_bytes() for path in paths[1]]
    assert sorted(p.name for p in first.iterdir()) == ["portfolio.csv", "portfolio.html"]


def test_english_pages_have_no_chinese_of_their_own(tmp_path):
    entry = finished(title="Roads", grade="good")
    page, csv_file = write_portfolio([entry, stopped_entry("a", 2020, "x")], tmp_path, lang="en")

    body = page.read_text("utf-8").partition("<body>")[2]
    assert not re.search("[\u4e00-\u9fff]", body + csv_file.read_text("utf-8-sig"))


def test_entries_travel_between_processes(kunming_entry):
    assert pickle.loads(pickle.dumps(kunming_entry)) == kunming_entry


def test_an_entry_can_be_made_without_a_large_library():
    code = (
        "import sys\nfrom auditbook.deliver.portfolio import stopped_entry\n"
        "stopped_entry('a', 2020, 'x', notebook='01', cell=1)\n"
        "assert not {'pandas', 'jinja2', 'pandera', 'nh3'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# the look ----------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium")
def test_three_hundred_cases_are_readable_on_a_screen_on_a_phone_and_on_paper(tmp_path):
    from playwright.sync_api import sync_playwright

    many = [finished(f"project-{n:03}", title=f"第{n}号补助资金支出绩效评价") for n in range(299)]
    page, _ = write_portfolio([*many, stopped_entry("a", 2020, "x " * 300)], tmp_path)
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(page.as_uri())
        wide = tab.evaluate("document.documentElement.scrollWidth")
        aligned = tab.eval_on_selector("td.ab-n", "cell => getComputedStyle(cell).textAlign")
        tab.evaluate("scrollTo(0, 5000)")
        header = tab.eval_on_selector("th", "cell => cell.getBoundingClientRect().top")
        tab.set_viewport_size({"width": 390, "height": 844})
        narrow = tab.evaluate("document.documentElement.scrollWidth")
        tab.emulate_media(media="print")
        printed = tab.eval_on_selector("table", "table => getComputedStyle(table).display")
        paper = tab.pdf(prefer_css_page_size=True)
        browser.close()

    assert (wide, aligned, header, narrow) == (1280, "right", 0, 390)
    assert printed == "table"
    (size, *_) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert [round(float(side)) for side in size] == [842, 595]  # A4, landscape
    assert asked == [page.as_uri()]
