"""The record of a run: hashes of everything that went in and came out, and what rests on what.

It is written after every step, and at last when all is done. It holds no time: two runs of the
same inputs leave the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from auditbook.chain.fingerprint import digest
from auditbook.folders import write_whole

NAME = "manifest.json"
FORMAT = "auditbook-manifest/1"


@dataclass(frozen=True)
class StepRecord:
    """One finished step.

    Attributes
    ----------
    key : str
        One hash over all that the step rests on.
    notebook : str
        Hash of the notebook's own cells.
    needs : tuple of str
        Steps whose working papers it read.
    upstream : mapping of str to str
        For each of them the hash of its working paper.
    inputs : mapping of str to str or None
        Files of the case that it read; None: looked for, and not there.
    outputs : mapping of str to str
        Files that it left, relative to the case's outputs.
    """

    key: str
    notebook: str
    needs: tuple[str, ...]
    upstream: Mapping[str, str]
    inputs: Mapping[str, str | None]
    outputs: Mapping[str, str]

    @property
    def paper(self) -> str:
        """One hash over what later steps can read of it."""
        return digest({k: v for k, v in self.outputs.items() if k.startswith("workpapers/")})


@dataclass
class Manifest:
    """What is known of the outputs of a case.

    Attributes
    ----------
    case : dict
        project, year, title.
    parameters : dict
    seed : int or None
    inputs : dict of str to str
        Every file of the case.
    environment : dict
        See :func:`auditbook.chain.fingerprint.environment`.
    steps : dict of str to StepRecord
    closing : dict of str to str
        Files made from all steps; empty until the run is complete.
    overview : dict
        Score, grade, money and findings in short, as shown on screen.
    """

    case: dict[str, Any]
    parameters: dict[str, Any]
    seed: int | None
    inputs: dict[str, str]
    environment: dict[str, Any]
    steps: dict[str, StepRecord] = field(default_factory=dict)
    closing: dict[str, str] = field(default_factory=dict)
    overview: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """A JSON object that carries its own hash."""
        content = {"format": FORMAT, **asdict(self)}
        plain: dict[str, Any] = json.loads(json.dumps(content))
        return plain | {"digest": digest(plain)}

    def as_bytes(self) -> bytes:
        """The file, always the same for the same content."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=1, sort_keys=True)
        return (text + "\n").encode("utf-8")

    def write(self, outputs: Path) -> None:
        """Write ``manifest.json``, whole or not at all."""
        write_whole(outputs / NAME, self.as_bytes())

    def files(self) -> dict[str, str]:
        """Every output and its hash."""
        found = dict(self.closing)
        for record in self.steps.values():
            found.update(record.outputs)
        return dict(sorted(found.items()))


class BrokenManifestError(Exception):
    """A manifest that is damaged or was changed by hand."""


def read_manifest(outputs: Path) -> Manifest | None:
    """The manifest of a case's outputs; None when there is none.

    Raises
    ------
    BrokenManifestError
        It is no manifest, its digest does not fit, or it is not as it was written.
    """
    try:
        written = (outputs / NAME).read_bytes()
        content = json.loads(written)
        stated = content.pop("digest")
        if content.pop("format") != FORMAT:
            raise BrokenManifestError("another format")
        if digest({"format": FORMAT, **content}) != stated:
            raise BrokenManifestError("its digest does not fit")
        steps = {name: _record(record) for name, record in content.pop("steps").items()}
        manifest = Manifest(**content, steps=steps)
        if manifest.as_bytes() != written:
            raise BrokenManifestError("not as it was written")
        return manifest
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenManifestError(str(error)) from error


def _record(content: Mapping[str, Any]) -> StepRecord:
    return StepRecord(**{**content, "needs": tuple(content["needs"])})


def inputs_read(paper: Path) -> dict[str, str | None] | None:
    """The files that a working paper says it read, with their hashes; None if it says nothing."""
    try:
        content: dict[str, str | None] = json.loads((paper / "inputs.json").read_bytes())
        return content
    except FileNotFoundError:
        return None
