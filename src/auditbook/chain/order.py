"""The one declaration of the notebooks' order, and of what each needs and leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PARAMETERS = ("project", "year", "lang")
"""What every notebook takes; all else stands in ``case.yaml``."""


@dataclass(frozen=True)
class Step:
    """One notebook of the chain.

    Attributes
    ----------
    name : str
        ``01_fund_reconciliation``: file in ``notebooks/`` and folder in ``workpapers/``.
    needs : tuple of str
        Notebooks whose working papers it reads.
    leaves : tuple of str
        Files in the case's outputs that it makes beside its working paper.
    """

    name: str
    needs: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()


_FIRST = ("01_fund_reconciliation", "02_sampling", "03_survey_satisfaction")

STEPS: tuple[Step, ...] = (
    *(Step(name) for name in _FIRST),
    Step("04_scoring", needs=_FIRST),
    Step("05_report", needs=(*_FIRST, "04_scoring"), leaves=("report.docx",)),
)
"""In running order: a step stands after everything that it needs."""


def chosen(only: Sequence[str] | None = None) -> tuple[Step, ...]:
    """The steps named in ``only``, in running order; all of them by default.

    Raises
    ------
    ValueError
        A name is not that of a step.
    """
    if only is None:
        return STEPS
    unknown = set(only) - {step.name for step in STEPS}
    if unknown:
        raise ValueError(f"no such notebook: {', '.join(sorted(unknown))}")
    return tuple(step for step in STEPS if step.name in only)


def source(root: Path, step: Step) -> Path:
    """The notebook of a step."""
    return root / "notebooks" / f"{step.name}.ipynb"
