"""What the chain does with a case in a process of its own, where the tables are loaded.

The runner itself imports neither pandas nor matplotlib; it stays small, and quick to start.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PRELOAD = ("auditbook.chain.work:warm_case", "auditbook.chain.work:warm_charts")
"""What kernels find imported; see :func:`warmkernel.configure`. A case is read after the first."""

MORE = ("auditbook.chain.work:warm_rest",)
"""What only some notebooks import: worth the wait where there are many cases."""


@dataclass(frozen=True)
class CaseInfo:
    """What the runner needs to know of a case that was read and found sound.

    Attributes
    ----------
    title, title_en : str
    synthetic : bool
    seed : int or None
        Of the sampling design.
    """

    title: str
    title_en: str
    synthetic: bool
    seed: int | None

    def heading(self, year: int, lang: str) -> str:
        """What stands at the head of every page: title and year."""
        return f"{self.title if lang == 'zh' else self.title_en} · {year}"


def check(project: str, year: int, root: Path) -> CaseInfo:
    """Read a case and everything in it.

    Raises
    ------
    InputError
        With every problem of the case.
    """
    from auditbook.case import open_case

    settings = open_case(project, year, root=root).settings
    title = settings.title
    return CaseInfo(title.zh, title.en, settings.synthetic, settings.sampling.seed)


def close_case(
    project: str, year: int, root: Path, names: Sequence[str], lang: str
) -> dict[str, Any]:
    """Write the index page of a finished case and say in short what came of it.

    Parameters
    ----------
    names : sequence of str
        The notebooks that were run.

    Returns
    -------
    dict
        title, results (label, text, key, paper), findings (severity to count), and entry: the
        case's row in a portfolio.
    """
    from auditbook.case import open_case
    from auditbook.deliver.index import write_index
    from auditbook.deliver.overview import overview
    from auditbook.deliver.portfolio import entry_of
    from auditbook.deliver.portfolio_record import entry_as_json

    case = open_case(project, year, root=root)
    write_index(case, names, lang=lang)
    seen = overview(case, names, lang=lang)
    return {
        "title": seen.title,
        "results": [asdict(result) for result in seen.results],
        "findings": {severity.value: len(found) for severity, found in seen.findings.items()},
        "entry": entry_as_json(entry_of(case, seen, lang=lang)),
    }


def warm_case() -> None:
    """Import what reads a case, and do each slow first thing once."""
    import pandas as pd

    from auditbook import WorkingPaper, open_case  # noqa: F401
    from auditbook.case.schemas import SCHEMAS
    from auditbook.case.table import empty_frame

    pd.set_option("display.max_columns", 20)  # what pandas chooses in Jupyter, not seen from here
    frame = pd.read_csv(io.StringIO("unit,n\na,1\nb,2\n"))
    frame.groupby("unit")["n"].sum()
    schema = SCHEMAS["allocation"]
    schema.pandera.validate(empty_frame(schema), lazy=True)


def warm_charts() -> None:
    """Import what shows results, and draw once.

    Nothing here opens a window, starts a thread or leaves a figure behind; pyplot is imported
    but not used, since Jupyter's charts are set up when it is first used.
    """
    import matplotlib.backends.backend_svg
    import matplotlib.pyplot  # noqa: F401
    from matplotlib import rc_context

    from auditbook.deliver import charts, show  # noqa: F401
    from auditbook.deliver.charts_base import Chart
    from auditbook.deliver.fonts import chart_style

    with rc_context(chart_style()):
        figure = Chart(figsize=(1, 1))
        figure.subplots().set_title("资金")
    for kind in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=kind)


def warm_rest() -> None:
    """Import procedures, the report's and the pages' libraries."""
    from auditbook.deliver import index, overview, portfolio_record, report  # noqa: F401
    from auditbook.procedures import funds, sampling, scoring, survey  # noqa: F401
