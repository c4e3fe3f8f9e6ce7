"""The working paper (工作底稿): what one notebook leaves behind, and the only way to the next.

A notebook opens one, keeps tables, charts, figures and findings in it, and saves it at its end.
Nothing reaches the disk before :meth:`WorkingPaper.save`, which replaces the whole folder at
once: a later step reads a complete working paper or none.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from auditbook.csvtable import read_csv, write_csv
from auditbook.facts import Figure, Finding, Severity, Verdict, by_key, records
from auditbook.folders import named, recover_folder, swap_folder, temporary_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Chart

    from auditbook.case import Case

RecordedKind = Literal["table", "figures", "findings", "saved"]

_FILE_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z]+")
_NAME = re.compile(r"(?P<number>\d\d)\.\d+(_[a-z0-9_]+)?")
_INPUTS = "inputs.json"
_SVG_METADATA = {"Date": None, "Creator": "auditbook"}


class MissingPaperError(Exception):
    """A working paper that a step needs is not there yet; says which notebook to run first."""

    def __init__(self, name: str, case: Case) -> None:
        self.name = name
        super().__init__(
            f"缺少工作底稿 {name}（{case.project} {case.year}）：请先运行 notebooks/{name}.ipynb，"
            f"或运行 auditbook run {case.project} {case.year}。"
            f" Working paper {name} is missing: run notebooks/{name}.ipynb first."
        )

    def _render_traceback_(self) -> list[str]:
        """Jupyter prints this line instead of a traceback."""
        return [str(self)]


@dataclass(frozen=True)
class Recorded:
    """Something that was kept, ready to be shown.

    Attributes
    ----------
    kind : {"table", "figures", "findings", "saved"}
    name : str
        ``01.3_identities``: heading number, file name and reference in the report at once.
    frame : DataFrame
        Columns carry their unit in the suffix: ``_fen``, ``_rate``, ``_points``, ``_count``.
    lang, money_unit, synthetic
        How it is to be shown.

    """

    kind: RecordedKind
    name: str
    frame: pd.DataFrame
    lang: str
    money_unit: str
    synthetic: bool


@dataclass(frozen=True)
class RecordedChart:
    """A chart that was kept; Jupyter shows the SVG."""

    name: str
    svg: bytes
    png: bytes

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg.decode("utf-8"), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<chart {self.name}>"


@dataclass(frozen=True)
class LoadedPaper:
    """A saved working paper.

    Attributes
    ----------
    name : str
    figures : dict of key to Figure
    findings : list of Finding
    tables : dict of ``NN.S_topic`` to DataFrame
        Numbers are read back by the suffix of their column.
    charts : dict of ``NN.S_topic`` to the path of its PNG file

    """

    name: str
    figures: Mapping[str, Figure]
    findings: Sequence[Finding]
    tables: Mapping[str, pd.DataFrame]
    charts: Mapping[str, Path]


class WorkingPaper:
    """Collects what a notebook finds, and saves it in one piece.

    Parameters
    ----------
    case : Case
    name : str
        The notebook's name, ``01_fund_reconciliation``; its number starts every table's name.
    lang : {"zh", "en"}
        Language of labels, messages and charts.

    """

    def __init__(self, case: Case, name: str, lang: str = "zh") -> None:
        if lang not in ("zh", "en"):
            raise ValueError(f"lang 应为 zh 或 en，而不是 {lang!r}；lang must be zh or en")
        self.case, self.name, self.lang = case, name, lang
        self._tables: dict[str, pd.DataFrame] = {}
        self._charts: dict[str, RecordedChart] = {}
        self._files: dict[str, bytes] = {}
        self._figures: dict[str, list[Figure]] = {}
        self._findings: dict[str, list[Finding]] = {}

    def table(self, name: str, frame: pd.DataFrame) -> Recorded:
        """Keep a table under ``NN.S_topic`` and return it for showing."""
        self._tables[self._checked(name)] = frame.reset_index(drop=True)
        return self._recorded("table", name, frame)

    def chart(self, name: str, chart: Chart) -> RecordedChart:
        """Keep a matplotlib figure as SVG and PNG, byte for byte the same in every run."""
        from matplotlib import rc_context

        svg, png = io.BytesIO(), io.BytesIO()
        with rc_context({"svg.hashsalt": "auditbook"}):
            chart.savefig(svg, format="svg", metadata=_SVG_METADATA)
            chart.set_layout_engine("none")  # what was laid out stays so: half the time saved
            chart.savefig(png, format="png", dpi=150, metadata={"Software": None})
        self._charts[self._checked(name)] = RecordedChart(name, svg.getvalue(), png.getvalue())
        return self._charts[name]

    def file(self, name: str, content: bytes) -> None:
        """Keep a file for people beside the tables: a list to fill in, say."""
        if not _FILE_NAME.fullmatch(name):
            raise ValueError(f"{name!r} must look like name.ending, in small letters")
        self._files[name] = content

    def figures(self, name: str, figures: Iterable[Figure]) -> Recorded:
        """Keep the figures of heading ``NN.S``; a key may stand once in a working paper.

        A second call for the same heading replaces the first: a cell may be run again.

        Raises
        ------
        ValueError
            A key appears twice.
        """
        section = self._checked(name).partition("_")[0]
        self._figures[section] = [replace(figure, section=section) for figure in figures]
        by_key(self._all_figures())
        frame = pd.DataFrame(
            [_figure_row(f) for f in self._figures[section]],
            columns=["key", "value", "unit", "bound", "formula", "formula_en", "source"],
        )
        return self._recorded("figures", f"{section}_figures", frame)

    def findings(self, name: str, findings: Iterable[Finding]) -> Recorded:
        """Keep the findings of heading ``NN.S``, each with its code ``F-NN.S-k``.

        A second call for the same heading replaces the first: a cell may be run again.
        """
        section = self._checked(name).partition("_")[0]
        new = [replace(f, code=f"F-{section}-{k}") for k, f in enumerate(findings, 1)]
        self._findings[section] = new
        frame = pd.DataFrame([asdict(f) for f in new], columns=_FINDING_COLUMNS)
        return self._recorded("findings", f"{section}_findings", frame)

    def listed(self, name: str, findings: Iterable[Finding]) -> Recorded:
        """Findings that other working papers keep, for showing; nothing is kept here."""
        frame = pd.DataFrame([asdict(f) for f in findings], columns=_FINDING_COLUMNS)
        return self._recorded("findings", self._checked(name), frame)

    @property
    def number(self) -> str:
        """The notebook's number, ``01``."""
        return self.name[:2]

    @property
    def folder(self) -> Path:
        """Where the working paper is saved."""
        return paper_folder(self.case, self.name)

    def save(self) -> Recorded:
        """Write everything in one piece and say what was kept, and who prepared and reviewed.

        ``inputs.json`` names the files of the case that it rests on, see :func:`paper_inputs`.
        """
        recover_folder(self.folder)
        with named(self.folder), temporary_folder(self.folder) as folder:
            self._write(folder)
            swap_folder(folder, self.folder)
        settings = self.case.settings
        kept = [
            ("figures", str(len(self._all_figures()))),
            ("findings", str(len(self._all_findings()))),
            *(("table", f"tables/{name}.csv") for name in self._tables),
            *(("chart", f"charts/{name}.svg") for name in self._charts),
            *(("file", name) for name in self._files),
            ("prepared", _signature(settings.prepared)),
            ("reviewed", _signature(settings.reviewed)),
        ]
        frame = pd.DataFrame(kept, columns=["kept", "kept_value"])
        return self._recorded("saved", f"{self.number}_saved", frame)

    def _write(self, folder: Path) -> None:
        (folder / "tables").mkdir()
        (folder / "charts").mkdir()
        known = by_key(self._all_figures())
        figures = [known[key].as_json() for key in sorted(known)]
        text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "figures.json").write_text(text + "\n", encoding="utf-8")
        inputs = json.dumps(self.case.reads(), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / _INPUTS).write_text(inputs + "\n", encoding="utf-8")
        rows = [asdict(f) | {"details": _dump(f.details)} for f in self._all_findings()]
        write_csv(pd.DataFrame(rows, columns=_FINDING_COLUMNS), folder / "findings.csv")
        for name, frame in self._tables.items():
            write_csv(frame, folder / "tables" / f"{name}.csv")
        for name, content in self._files.items():
            (folder / name).write_bytes(content)
        for name, chart in self._charts.items():
            (folder / "charts" / f"{name}.svg").write_bytes(chart.svg)
            (folder / "charts" / f"{name}.png").write_bytes(chart.png)

    def _all_figures(self) -> list[Figure]:
        return [figure for figures in self._figures.values() for figure in figures]

    def _all_findings(self) -> list[Finding]:
        return [finding for findings in self._findings.values() for finding in findings]

    def _recorded(self, kind: RecordedKind, name: str, frame: pd.DataFrame) -> Recorded:
        settings = self.case.settings
        return Recorded(kind, name, frame, self.lang, settings.money_unit, settings.synthetic)

    def _checked(self, name: str) -> str:
        found = _NAME.fullmatch(name)
        if not found or found["number"] != self.number:
            raise ValueError(f"{name!r} must look like {self.number}.1_topic in {self.name}")
        return name


def paper_folder(case: Case, name: str) -> Path:
    """Where the working paper of a notebook stands."""
    return Path(case.outputs) / "workpapers" / name


def load_paper(case: Case, name: str) -> LoadedPaper:
    """Read the working paper that an earlier notebook saved.

    Raises
    ------
    MissingPaperError
        It was not saved yet.

    """
    folder = paper_folder(case, name)
    recover_folder(folder)
    if not (folder / "figures.json").is_file():
        raise MissingPaperError(name, case)
    figures = json.loads((folder / "figures.json").read_text("utf-8"))
    findings = [
        Finding(**_finding_fields(row)) for row in records(read_csv(folder / "findings.csv"))
    ]
    return LoadedPaper(
        name,
        by_key(Figure.from_json(record) for record in figures),
        findings,
        {path.stem: read_csv(path) for path in sorted((folder / "tables").glob("*.csv"))},
        {path.stem: path for path in sorted((folder / "charts").glob("*.png"))},
    )


def paper_inputs(folder: Path) -> dict[str, str | None]:
    """Which files of its case a saved working paper rests on.

    Parameters
    ----------
    folder : Path
        The working paper's own folder.

    Returns
    -------
    dict
        As :meth:`auditbook.case.open.Case.reads` gave it when the working paper was saved.

    Raises
    ------
    FileNotFoundError
        No working paper is there, or one that does not say.
    """
    found: dict[str, str | None] = json.loads((folder / _INPUTS).read_text("utf-8"))
    return found


def load_papers(case: Case, names: Sequence[str]) -> dict[str, LoadedPaper]:
    """Several working papers by name; see :func:`load_paper`."""
    return {name: load_paper(case, name) for name in names}


_FINDING_COLUMNS = [
    "code", "rule", "severity", "verdict", "unit", "subject", "expected", "actual", "difference",
    "expected_source", "actual_source", "details",
]  # fmt: skip


def _figure_row(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "value": figure.value,
        "unit": figure.unit,
        "bound": figure.bound,
        "formula": figure.formula,
        "formula_en": figure.formula_en,
        "source": "；".join(figure.source),
    }


def _finding_fields(row: dict[str, str]) -> dict[str, Any]:
    return row | {
        "severity": Severity(row["severity"]),
        "verdict": Verdict(row["verdict"]),
        "details": json.loads(row["details"]),
    }


def _dump(details: Mapping[str, str]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _signature(signature: Any) -> str:
    return "，".join(str(part) for part in (signature.by, signature.on) if part)


def overview(papers: Mapping[str, LoadedPaper]) -> pd.DataFrame:
    """What each working paper holds.

    Returns
    -------
    DataFrame
        paper, figures_count, findings_count, high_count, medium_count, low_count.
    """
    rows = [
        {
            "paper": paper.name,
            "figures_count": len(paper.figures),
            "findings_count": len(paper.findings),
            **{
                f"{severity}_count": sum(f.severity == severity for f in paper.findings)
                for severity in Severity
            },
        }
        for paper in papers.values()
    ]
    counts = [f"{severity}_count" for severity in Severity]
    return pd.DataFrame(rows, columns=["paper", "figures_count", "findings_count", *counts])


def all_figures(papers: Mapping[str, LoadedPaper]) -> dict[str, Figure]:
    """Figures of several working papers by key; a key may stand in one of them only."""
    return by_key(figure for paper in papers.values() for figure in paper.figures.values())


def all_findings(papers: Mapping[str, LoadedPaper]) -> list[Finding]:
    """Findings of several working papers, the most serious first, else in their order."""
    order = list(Severity)
    found = [finding for paper in papers.values() for finding in paper.findings]
    return sorted(found, key=lambda finding: order.index(finding.severity))
