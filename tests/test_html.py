"""Pages: nothing in them acts or loads, they are the same each time, and they read well."""

import re
import shutil
from html import unescape

import pytest

import tiny_notebooks as tiny
from auditbook.deliver.html import clean_html, notebook_title, page, sections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def shown(notebook, lang="zh", synthetic=False):
    return page(notebook, title="标题", case="案卷 · 2018", lang=lang, synthetic=synthetic)


@pytest.fixture(scope="module")
def planted():
    return shown(tiny.planted_script())


@pytest.fixture(scope="module")
def pages(kunming_run):
    """Every page of the real case."""
    found = {path.name: path.read_text("utf-8") for path in (kunming_run / "html").glob("*.html")}
    assert len(found) == 6
    return found


def test_no_planted_script_survives_in_an_output_or_in_prose(planted):
    assert "<script" not in planted
    assert "onerror" not in planted
    assert "onclick" not in planted
    assert "javascript:" not in re.sub(r"\[m\]\(javascript:planted\(\)\)", "", planted)


def test_what_was_around_a_planted_script_stays_with_its_id_and_class(planted):
    assert '<table id="t-01.1_x" class="ab-table">' in planted
    assert '<tr id="F-01.1-1">' in planted


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>x()</script>a", "a"),
        ('<b onmouseover="x()">a</b>', "<b>a</b>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<a href=" JaVaScRiPt:x()">a</a>', "<a>a</a>"),
        ('<a href="java&#10;script:x()">a</a>', "<a>a</a>"),
        ('<a href="https://example.org/">a</a>', "<a>a</a>"),
        ('<a href="//example.org/">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="#F-01.1-1">a</a>', '<a href="#F-01.1-1">a</a>'),
        ('<img src="https://example.org/x.png">', '<img alt="">'),
        ('<img src="x.png">', '<img alt="">'),
        ('<img src="data:image/png;base64,AA==">', '<img src="data:image/png;base64,AA==" alt="">'),
        ('<img alt="a &gt; b" title="x>y">', '<img alt="a &gt; b" title="x&gt;y">'),
        ('<img title="x>y">', '<img title="x&gt;y" alt="">'),
        (
            "<p>&lt;img&gt; <code>&lt;img src=&quot;&quot;&gt;</code></p>",
            '<p>&lt;img&gt; <code>&lt;img src=""&gt;</code></p>',
        ),
        ("<iframe src='x'></iframe><form action='x'><input></form>", ""),
        ("<style>td{background:url(x)}</style>a", "a"),
        ('<td style="background:url(x)">a</td>', "a"),
        (
            '<table><tbody><tr><td style="text-align: right">a</td></tr></tbody></table>',
            '<table><tbody><tr><td style="text-align: right">a</td></tr></tbody></table>',
        ),
        ("<svg><script>x()</script></svg>", ""),
        ('<meta http-equiv="refresh" content="0;url=x">', ""),
        ("<base href='x'>", ""),
    ],
)
def test_only_harmless_html_is_left(html, left):
    assert clean_html(html) == left


def addresses(html):
    """What a browser would fetch or follow: src, href, url() and the like."""
    attributes = re.findall(r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']([^"']*)""", html)
    styles = re.findall(r"url\(\s*['\"]?([^'\")]*)", html)
    imports = re.findall(r"@import\s+['\"]([^'\"]*)", html)
    return [x for x in attributes + styles + imports if not x.startswith(("#", "data:image/"))]


def test_pages_refer_to_nothing_outside_the_outputs(pages, kunming_run):
    for name, html in pages.items():
        for address in addresses(html):
            path = (kunming_run / "html" / address.partition("#")[0]).resolve()
            assert path.is_file(), f"{name}: {address}"
            assert path.is_relative_to(kunming_run.resolve())


def test_a_policy_that_forbids_scripts_and_requests_stands_first_in_every_page(pages):
    for html in pages.values():
        head = html.partition("<head>")[2].lstrip()
        assert head.startswith("<meta")
        policy = unescape(head.partition(">")[0])
        assert "Content-Security-Policy" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


def test_every_link_inside_the_pages_leads_somewhere(pages):
    for name, html in pages.items():
        for address in re.findall(r'href="([^"]*#[^"]+)"', html):
            page_name, _, anchor = address.partition("#")
            target = pages[page_name or name]
            assert f'id="{anchor}"' in target, f"{name}: {address}"


def test_two_exports_are_byte_identical():
    first, second = shown(tiny.planted_script()), shown(tiny.planted_script())

    assert first == second


def test_title_and_case_are_text_not_markup():
    html = page(tiny.works(), title="<i>题</i>", case="<b>案</b>", lang="zh", synthetic=False)

    assert "<i>题</i>" not in html
    assert "<b>案</b>" not in html
    assert "&lt;b&gt;案&lt;/b&gt;" in html


def test_code_is_folded_and_readable_without_a_script(planted):
    assert re.search(
        r'<details class="ab-code"><summary>代码</summary>\s*<div class=" ?high', planted
    )


def test_synthetic_data_say_so_on_the_page():
    assert "合成数据" in shown(tiny.works(), synthetic=True)
    assert "合成数据" not in shown(tiny.works())
    assert "Synthetic data" in shown(tiny.works(), lang="en", synthetic=True)


def test_titles_are_read_from_the_notebook_in_both_languages():
    assert notebook_title(tiny.works(), "zh") == "01 小底稿"
    assert notebook_title(tiny.works(), "en") == "01 Tiny paper"
    assert sections(tiny.works(), "zh") == [("01.1", "一切正常")]
    assert sections(tiny.works(), "en") == [("01.1", "Fine")]


def test_the_index_shows_score_grade_findings_and_leads_to_everything(pages, kunming_run):
    index = pages["index.html"]

    assert "94.2 / 100" in index
    assert ">优<" in index
    assert "报告（Word）" in index
    findings = re.findall(r'href="(0\d_\w+)\.html#(F-[\d.]+-\d+)"', index)
    listed = []
    for paper in sorted((kunming_run / "workpapers").iterdir()):
        rows = (paper / "findings.csv").read_text("utf-8-sig").splitlines()[1:]
        listed += [(paper.name, row.partition(",")[0]) for row in rows]
    assert sorted(findings) == sorted(listed)
    for name in sorted(p.stem for p in (kunming_run / "notebooks").iterdir()):
        assert f'href="{name}.html"' in index
        assert f'href="../notebooks/{name}.ipynb"' in index


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium")
def test_a_browser_runs_nothing_asks_for_nothing_and_a_phone_shows_it_whole(
    kunming_run, tmp_path, planted
):
    from playwright.sync_api import sync_playwright

    (tmp_path / "planted.html").write_text(planted, "utf-8")
    asked: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.route("**/*", lambda route: _only_files(route, asked))
        tab = context.new_page()
        tab.on("console", lambda message: errors.append(message.text))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        for path in [*sorted((kunming_run / "html").glob("*.html")), tmp_path / "planted.html"]:
            tab.goto(path.as_uri())
            wide = tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, f"{path.name} is {wide} pixels wide on a phone"
            assert tab.evaluate("document.fonts.status") == "loaded"
        browser.close()

    assert (asked, errors) == ([], [])


def _only_files(route, asked):
    if route.request.url.startswith(("file:", "data:")):
        route.continue_()
    else:
        asked.append(route.request.url)
        route.abort()
