"""Notebooks as web pages that open offline, run nothing and ask nobody for anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nh3

from auditbook.folders import write_whole

TEMPLATES = Path(__file__).with_name("templates")

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a page may load: pictures inside it and its own styles; nothing else, and no script."""

_WORDS = {
    "zh": {
        "index": "返回目录",
        "code": "代码",
        "synthetic": "合成数据：本案卷不是真实资料",
        "chart": "图",
    },
    "en": {
        "index": "Contents",
        "code": "Code",
        "synthetic": "Synthetic data: this case is not real",
        "chart": "Chart",
    },
}

_TITLE = re.compile(r"^#\s+(?P<zh>.+?)\s*\n+\*(?P<en>[^*\n]+)\*", re.MULTILINE)
_SECTION = re.compile(
    r"^##\s+(?P<number>\d\d\.\d+)\s+(?P<zh>.+?)\s*(\n+\*(?P<en>[^*\n]+)\*|$)", re.M
)
_HEADING_ID = re.compile(r'(<h[1-6]) id="[^"]*">(\d\d(?:\.\d+)?)(?= )')
_ANCHOR = re.compile(r'<a class="anchor-link" href="[^"]*">¶</a>')
_PICTURE = re.compile(r'<img(?: [a-z]+="[^"]*")*>')
_ALT = 'alt="'
_CHART = re.compile(r"<chart (.+)>")
_ALIGN = re.compile(r"\s*text-align:\s*(left|right|center);?\s*")
_DISPLAYED = [
    "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain",
]  # fmt: skip


def clean_html(html: str) -> str:
    """HTML from a notebook, without anything that could act or load.

    Headings, tables, lists, pictures inside the page and ``id``/``class`` stay; scripts, event
    handlers, styles, forms, frames and addresses outside the page's folder go. A picture that
    nothing is said of is told to be none for readers of screens.
    """
    cleaned = nh3.clean(
        html,
        tags=set(nh3.ALLOWED_TAGS) | {"section", "figure", "figcaption"},
        attributes=_attributes(),
        attribute_filter=_attribute,
        url_schemes={"data"},
        link_rel=None,
    )
    return _PICTURE.sub(_with_text, cleaned)


def _with_text(picture: re.Match[str]) -> str:
    return picture[0] if _ALT in picture[0] else f'{picture[0][:-1]} {_ALT}">'


@cache
def _attributes() -> dict[str, set[str]]:
    everywhere = {"id", "class", "title", "lang"}
    cells = {"colspan", "rowspan", "scope", "style"}
    own = {"a": {"href"}, "img": {"src", "alt", "width", "height"}, "th": cells, "td": cells}
    return {"*": everywhere} | own


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":  # nh3 has removed every scheme but data:
        return None if value.strip().lower().startswith(("data:", "//", "\\")) else value
    if name == "src":
        return value if value.strip().lower().startswith("data:image/") else None
    if name == "style":
        return value if _ALIGN.fullmatch(value) else None
    return value


def notebook_title(notebook: Mapping[str, Any], lang: str) -> str:
    """The first heading of a notebook: ``01 资金核对``, in English ``01 Fund reconciliation``."""
    prose = _prose(notebook)
    found = _TITLE.search(prose)
    if not found:
        first = re.search(r"^#\s+(.+)$", prose, re.MULTILINE)
        return first[1].strip() if first else ""
    number = found["zh"].partition(" ")[0]
    return found["zh"] if lang == "zh" else f"{number} {found['en']}"


def sections(notebook: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Number and title of the sections of a notebook: ``01.1``, ``收到的资料``."""
    return [
        (found["number"], (lang == "en" and found["en"]) or found["zh"])
        for found in _SECTION.finditer(_prose(notebook))
    ]


def _prose(notebook: Mapping[str, Any]) -> str:
    """The text cells of a notebook, as nbformat or as JSON has it."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def page(notebook: Any, *, title: str, case: str, lang: str, synthetic: bool) -> str:
    """An executed notebook as one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
    title : str
        Of the page, in the browser's tab.
    case : str
        Title and year of the case, at the head of the page.
    lang : {"zh", "en"}
    synthetic : bool
        The page says that its data are not real.
    """
    words = _WORDS[lang]
    shown = {
        "title": title,
        "case": case,
        "synthetic": synthetic,
        "words": words,
        "policy": POLICY,
        "css": stylesheet(),
        "sections": sections(notebook, lang),
    }
    resources = {"page": shown, "metadata": {"name": title}}
    html, _ = _exporter(lang).from_notebook_node(notebook, resources=resources)
    html = _HEADING_ID.sub(r'\1 id="s-\2">\2', _ANCHOR.sub("", str(html)))
    return html.strip() + "\n"


def stylesheet() -> str:
    """The style of every page."""
    return (TEMPLATES / "page.css").read_text("utf-8")


@cache
def _exporter(lang: str) -> Any:
    from nbconvert.filters import Highlight2HTML
    from traitlets.config import Config

    config = Config({"NbConvertBase": {"display_data_priority": _DISPLAYED}})
    exporter: Any = _page_exporter()(
        config=config,
        template_name="auditbook",
        extra_template_basedirs=[str(TEMPLATES)],
        language_code=lang,
        sanitize_html=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    highlight = lru_cache(maxsize=256)(Highlight2HTML(pygments_lexer="python", parent=exporter))
    exporter.register_filter("highlight_code", lambda code, metadata: highlight(code))
    exporter.register_filter("clean_html", clean_html)
    exporter.register_filter("chart_name", lambda output: _chart_name(output, lang))
    return exporter


def _page_exporter() -> Any:
    """The exporter of nbconvert; it does not read the page again to complete it: half the time.

    What it would add, texts for pictures, our template and :func:`clean_html` add.
    """
    from nbconvert import HTMLExporter
    from nbconvert.exporters import TemplateExporter

    class PageExporter(HTMLExporter):
        def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
            resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    return PageExporter


def _chart_name(output: Any, lang: str) -> str:
    found = _CHART.fullmatch(output.data.get("text/plain", ""))
    word = _WORDS[lang]["chart"]
    return f"{word} {found[1]}" if found else word


def write_page(
    folder: Path, name: str, notebook: Any, *, case: str, lang: str, synthetic: bool
) -> Path:
    """Write ``<name>.html`` for an executed notebook.

    Parameters
    ----------
    folder : Path
    name : str
    notebook : NotebookNode
    case, lang, synthetic
        See :func:`page`.
    """
    title = f"{notebook_title(notebook, lang) or name} · {case}"
    text = page(notebook, title=title, case=case, lang=lang, synthetic=synthetic)
    target = folder / f"{name}.html"
    write_whole(target, text.encode("utf-8"))
    return target


@cache
def warm_up(lang: str) -> None:
    """Load what the first page needs, while there is nothing else to do."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    cells = [new_markdown_cell("## 01.1 a"), new_code_cell("1")]
    page(new_notebook(cells=cells), title="", case="", lang=lang, synthetic=False)
