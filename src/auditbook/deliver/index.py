"""The page from which a reader goes to everything that a run made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditbook.deliver.html import POLICY, TEMPLATES, notebook_title, stylesheet
from auditbook.deliver.labels import label, wording
from auditbook.deliver.overview import Result, overview
from auditbook.facts import Finding
from auditbook.folders import write_whole

if TYPE_CHECKING:
    from auditbook.case import Case

_WORDS = {
    "zh": {
        "synthetic": "合成数据：本案卷不是真实资料",
        "what": "由 auditbook 的底稿生成。每个数字和每条发现都可以点到所在的底稿。",
        "report": "报告（Word）",
        "papers": "底稿",
        "page": "网页",
        "notebook": "可运行的底稿",
        "findings": "发现",
        "none": "没有发现。",
    },
    "en": {
        "synthetic": "Synthetic data: this case is not real",
        "what": "Made from auditbook's working papers: each finding leads to the one it stands in.",
        "report": "Report (Word)",
        "papers": "Working papers",
        "page": "Page",
        "notebook": "Notebook",
        "findings": "Findings",
        "none": "No findings.",
    },
}


def write_index(case: Case, names: Sequence[str], *, lang: str = "zh") -> Path:
    """Write ``html/index.html``.

    Parameters
    ----------
    case : Case
    names : sequence of str
        The finished notebooks, in order.
    lang : {"zh", "en"}
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    text = environment.get_template("index.html.j2").render(_shown(case, names, lang))
    target = case.outputs / "html" / "index.html"
    write_whole(target, (text + "\n").encode("utf-8"))
    return target


def _shown(case: Case, names: Sequence[str], lang: str) -> Mapping[str, Any]:
    seen = overview(case, names, lang=lang)
    return {
        "lang": lang,
        "policy": POLICY,
        "css": stylesheet(),
        "words": _WORDS[lang],
        "project": case.project,
        "year": case.year,
        "title": seen.title,
        "synthetic": case.settings.synthetic,
        "results": [vars(result) | {"href": _figure(result)} for result in seen.results],
        "report": "../report.docx" if (case.outputs / "report.docx").is_file() else "",
        "pages": [_page(case, name, lang) for name in names],
        "groups": [
            {
                "severity": severity.value,
                "label": label(f"severity.{severity}", lang),
                "findings": [_finding(finding, names, lang) for finding in findings],
            }
            for severity, findings in seen.findings.items()
        ],
    }


def _page(case: Case, name: str, lang: str) -> dict[str, str]:
    file = f"{name}.ipynb"
    notebook = json.loads((case.outputs / "notebooks" / file).read_bytes())
    return {
        "href": f"{name}.html",
        "title": notebook_title(notebook, lang) or name,
        "notebook": f"../notebooks/{file}",
        "file": file,
    }


def _figure(result: Result) -> str:
    """The row of a figure in the page of its working paper."""
    return f"{result.paper}.html#k-{result.key}"


def _finding(finding: Finding, names: Sequence[str], lang: str) -> dict[str, str]:
    number = finding.code.removeprefix("F-").partition(".")[0]
    page = next((name for name in names if name.startswith(f"{number}_")), "")
    return {
        "code": finding.code,
        "href": f"{page}.html#{finding.code}",
        "text": wording(finding, lang),
    }
