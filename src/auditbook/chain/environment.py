"""The environment in which kernels start, and a quick way to import papermill."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import warmkernel
from auditbook.case.root import HANDED

SAME_EVERY_TIME = {
    "PYTHONHASHSEED": "0",  # sets print in the same order in every run
    "SOURCE_DATE_EPOCH": "315532800",  # 1980-01-01, the first date that a zip file can hold
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # hushes a debugger's remark at each kernel's start
}
"""Variables of every kernel of the chain, whatever the caller's environment says."""


@contextmanager
def kernel_environment(root: Path, out: Path) -> Iterator[None]:
    """Variables that kernels inherit: where cases and outputs are; restored afterwards.

    What killed runs have left behind goes first, even if no kernel is going to start.
    """
    warmkernel.sweep()
    places = {"AUDITBOOK_ROOT": str(root), "AUDITBOOK_OUT": str(out), HANDED: ""}
    with variables(SAME_EVERY_TIME | places):
        yield


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, and put back what was there before."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def papermill() -> ModuleType:
    """Papermill, imported in a third of the time.

    nbformat imports jsonschema, which imports ``rfc3987_syntax`` for its ``iri`` format, which
    builds a grammar for over a second. jsonschema goes on without it (it suppresses the
    ImportError), and no notebook has an ``iri``.
    """
    slow = "rfc3987_syntax"
    if slow in sys.modules:
        return import_module("papermill")
    sys.modules[slow] = None  # type: ignore[assignment]  # makes `import` raise ImportError
    try:
        return import_module("papermill")
    finally:
        del sys.modules[slow]
