"""Which steps need to run, and why. Bytes decide; nothing is run twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditbook.chain.fingerprint import changed, digest, file_hash
from auditbook.chain.manifest import (
    BrokenManifestError,
    Manifest,
    StepRecord,
    read_manifest,
)
from auditbook.chain.order import Step
from auditbook.chain.outputs import step_outputs


@dataclass(frozen=True)
class Reason:
    """Why a step runs.

    Attributes
    ----------
    kind : str
        ``forced``, ``new``, ``parameters``, ``code``, ``packages``, ``platform``, ``notebook``,
        ``input``, ``upstream``, ``output`` or ``manifest``.
    names : tuple of str
        The files, packages or steps that changed.
    """

    kind: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Basis:
    """What the results of a case rest on now.

    Attributes
    ----------
    parameters : mapping
        project, year, lang.
    environment : mapping
    notebooks : mapping of str to str
        Hash of each step's notebook.
    inputs : mapping of str to str
        Hash of each file of the case.
    folder : Path
        The case's folder.
    """

    parameters: Mapping[str, Any]
    environment: Mapping[str, Any]
    notebooks: Mapping[str, str]
    inputs: Mapping[str, str]
    folder: Path

    def step_inputs(self, names: Mapping[str, str | None]) -> dict[str, str | None]:
        """The hashes, as they are now, of the files that a step read.

        ``case.yaml`` may name a file that is otherwise passed over, such as a hidden one.
        """
        return {name: self.inputs.get(name) or file_hash(self.folder / name) for name in names}

    def key(self, name: str, inputs: Mapping[str, Any], upstream: Mapping[str, str]) -> str:
        """One hash over all that a step rests on."""
        rests_on = [self.parameters, self.environment, self.notebooks[name], inputs, upstream]
        return digest([dict(x) if isinstance(x, Mapping) else x for x in rests_on])


@dataclass
class Plan:
    """What is still good of a case, and why the rest runs.

    Attributes
    ----------
    good : dict of str to StepRecord
        Steps whose results stand.
    reasons : dict of str to tuple of Reason
        The other steps.
    lost : set of str
        Those of them of which only outputs are missing or changed: they will come out as before,
        so what rests on them need not run again.
    closing : bool
        Whether the files made from all steps stand too.
    before : Manifest or None
        What was on disk.
    """

    good: dict[str, StepRecord] = field(default_factory=dict)
    reasons: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    closing: bool = False
    before: Manifest | None = None

    @property
    def done(self) -> bool:
        """Nothing needs to run."""
        return not self.reasons and self.closing


def make_plan(steps: Sequence[Step], basis: Basis, outputs: Path, *, force: bool = False) -> Plan:
    """Hold what is on disk against what the results would rest on now."""
    try:
        before = read_manifest(outputs)
        general = _general(before, basis) if before else (Reason("new"),)
    except BrokenManifestError:
        before, general = None, (Reason("manifest"),)
    if force:
        general = (Reason("forced"),)
    plan = Plan(before=before)
    for step in steps:
        record = before.steps.get(step.name) if before else None
        reasons = general or _own(step, record, basis) or _upstream(step, record, plan)
        lost = _lost(step, record, outputs) if record and not reasons else ()
        if reasons or lost or record is None:
            plan.reasons[step.name] = reasons or (Reason("output", lost),)
        else:
            plan.good[step.name] = record
        if lost:
            plan.lost.add(step.name)
    plan.closing = (
        before is not None
        and not plan.reasons
        and before.inputs == basis.inputs  # else it is read anew: it may no longer be sound
        and _stands(before, outputs)
    )
    return plan


def _general(before: Manifest, basis: Basis) -> tuple[Reason, ...]:
    """What changed for every step at once."""
    found = []
    if before.parameters != basis.parameters:
        found.append(Reason("parameters", tuple(_differing(before.parameters, basis.parameters))))
    old, new = before.environment, basis.environment
    if old.get("code") != new["code"]:
        found.append(Reason("code"))
    packages = changed(old.get("packages", {}), new["packages"])
    if packages:
        found.append(Reason("packages", tuple(packages)))
    if any(old.get(name) != new[name] for name in ("python", "implementation", "platform")):
        found.append(Reason("platform"))
    return tuple(found)


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return sorted(k for k in {*first, *second} if first.get(k) != second.get(k))


def _own(step: Step, record: StepRecord | None, basis: Basis) -> tuple[Reason, ...]:
    if record is None:
        return (Reason("new"),)
    found = []
    if record.notebook != basis.notebooks[step.name]:
        found.append(Reason("notebook", (f"{step.name}.ipynb",)))
    inputs = changed(record.inputs, basis.step_inputs(record.inputs))
    if inputs:
        found.append(Reason("input", tuple(inputs)))
    return tuple(found)


def _upstream(step: Step, record: StepRecord | None, plan: Plan) -> tuple[Reason, ...]:
    """Steps before it that will give something else, as far as can be told beforehand."""
    assert record is not None
    before = plan.before.steps if plan.before else {}
    names = tuple(
        need
        for need in step.needs
        if (need in plan.reasons and need not in plan.lost)
        or (need in before and before[need].paper != record.upstream.get(need))
    )
    return (Reason("upstream", names),) if names else ()


def _lost(step: Step, record: StepRecord, outputs: Path) -> tuple[str, ...]:
    """Outputs that are missing or changed, or that somebody added: later steps would read them."""
    return tuple(changed(record.outputs, step_outputs(outputs, step.name, step.leaves)))


def _stands(before: Manifest, outputs: Path) -> bool:
    return bool(before.closing) and all(
        file_hash(outputs / name) == hashed for name, hashed in before.closing.items()
    )
