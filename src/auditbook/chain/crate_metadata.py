"""What a crate says of itself: its files, the programs, and one action for each step.

Terms are those of RO-Crate 1.1 and of the profile Process Run Crate, which rests on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from auditbook import __version__
from auditbook.chain.fingerprint import digest
from auditbook.chain.manifest import NAME, Manifest, StepRecord

if TYPE_CHECKING:
    from auditbook.case.settings import Settings

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Defines ``sha256``, which RO-Crate 1.1 does not."""
UNDATED = date(1980, 1, 1)
"""``datePublished`` of a case that does not say when it was prepared; a crate must have one."""

_KINDS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
_ABOUT = (
    "案卷 {case} 的底稿、网页和报告，由 auditbook 运行 Jupyter 底稿生成。",
    "Working papers, pages and report of the case {case}, made by auditbook from notebooks.",
)
_WITH_INPUTS = ("输入文件一并附上。", "The input files are packed.")
_WITHOUT_INPUTS = (
    "输入文件只写明名称和哈希值，没有附上。",
    "The input files are named with their hashes and not packed.",
)
_NO_DATE = (
    "案卷没有写明编制日期，datePublished 不是真实日期。",
    "The case does not say when it was prepared: datePublished is no real date.",
)
_NO_LICENCE = (
    "案卷没有写明许可条件，使用前请征得资料提供者同意。",
    "The case states no licence: ask those who provided it before using it.",
)


@dataclass(frozen=True)
class Packed:
    """A file in the crate.

    Attributes
    ----------
    source : Path
        Where it was taken from.
    sha256 : str
    size : int
        In bytes.
    """

    source: Path
    sha256: str
    size: int


def describe(manifest: Manifest, packed: Mapping[str, Packed], settings: Settings | None) -> str:
    """The metadata of a crate as JSON-LD, the same text for the same results.

    Parameters
    ----------
    manifest : Manifest
    packed : mapping of str to Packed
        Every file but the metadata, by its place in the crate.
    settings : Settings or None
        Of the case: date and author; None where they are not known.
    """
    crate = _Description(manifest, packed).filled(settings)
    content = crate.metadata.generate()
    content["@graph"] = sorted(map(_compact, content["@graph"]), key=lambda entity: entity["@id"])
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class _Description:
    def __init__(self, manifest: Manifest, packed: Mapping[str, Packed]) -> None:
        from rocrate.rocrate import ROCrate

        self.manifest, self.packed = manifest, packed
        self.case = f"{manifest.case['project']}/{manifest.case['year']}"
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_contexts.append(TERMS)
        self.root = self.crate.root_dataset

    def filled(self, settings: Settings | None) -> Any:
        """The crate with everything in it."""
        self._about(settings)
        for place, file in self.packed.items():
            self.crate.add_file(file.source, place, properties=_properties(place, file))
        absent = [self._absent(name) for name in self.manifest.inputs if self._is_absent(name)]
        programs = self._programs()
        parameters = self._parameters()
        actions = [
            self._step(name, record, parameters, programs)
            for name, record in self.manifest.steps.items()
        ]
        if self.manifest.closing:
            actions.append(self._closing(programs[:1]))
        self.root["mentions"] = [*actions, *absent]
        return self.crate

    # the whole ---------------------------------------------------------------------------------

    def _about(self, settings: Settings | None) -> None:
        title, zh = self.manifest.case["title"], self.manifest.parameters["lang"] == "zh"
        prepared = settings.prepared if settings else None
        with_inputs = not any(self._is_absent(name) for name in self.manifest.inputs)
        says = [_ABOUT, _WITH_INPUTS if with_inputs else _WITHOUT_INPUTS]
        says += [] if prepared and prepared.on else [_NO_DATE]
        about = "".join(text for text, _ in says) + " " + " ".join(text for _, text in says)
        self.root["name"] = title["zh" if zh else "en"]
        self.root["alternateName"] = title["en" if zh else "zh"]
        self.root["description"] = about.format(case=self.case.replace("/", " "))
        self.root["datePublished"] = ((prepared and prepared.on) or UNDATED).isoformat()
        self.root["conformsTo"] = self._entity(
            PROFILE, "CreativeWork", name="Process Run Crate", version=PROFILE.rpartition("/")[2]
        )
        self.root["license"] = self._entity(
            "#licence",
            "CreativeWork",
            name="未写明许可 No licence stated",
            description=" ".join(_NO_LICENCE),
        )
        if prepared and prepared.by:
            self.root["author"] = self._entity("#prepared-by", "Person", name=prepared.by)

    def _entity(self, id_: str, kind: str, **properties: Any) -> Any:
        from rocrate.model import ContextEntity

        known = {"@type": kind} | properties
        return self.crate.add(ContextEntity(self.crate, id_, properties=known))

    # files -------------------------------------------------------------------------------------

    def _input(self, name: str) -> str:
        return f"data/{self.case}/{name}"

    def _is_absent(self, name: str) -> bool:
        return self._input(name) not in self.packed

    def _absent(self, name: str) -> Any:
        """A file that is deliberately not in the crate: a local identifier, as RO-Crate has it."""
        place = self._input(name)
        return self._entity(
            f"#{quote(place)}",
            "File",
            name=PurePosixPath(name).name,
            alternateName=place,
            encodingFormat=_kind(name),
            sha256=self.manifest.inputs[name],
        )

    def _files(self, places: Iterable[str]) -> list[dict[str, str]]:
        """References to files, in or out of the crate."""
        signs = {place: "" if place in self.packed else "#" for place in sorted(places)}
        return [{"@id": sign + quote(place)} for place, sign in signs.items()]

    def _outputs(self, names: Iterable[str]) -> list[dict[str, str]]:
        return self._files(f"outputs/{self.case}/{name}" for name in names)

    # programs and what they did ----------------------------------------------------------------

    def _programs(self) -> list[Any]:
        """Auditbook and papermill, each in the version that ran."""
        environment = self.manifest.environment
        packages = environment["packages"]
        python = self._entity(
            "#python",
            "SoftwareApplication",
            name=environment["implementation"],
            softwareVersion=environment["python"],
        )
        own = self._entity(
            "#auditbook",
            "SoftwareApplication",
            name="auditbook",
            softwareVersion=packages.get("auditbook", __version__),
            identifier=f"sha256:{environment['code']}",
            softwareRequirements=python,
        )
        version = packages["papermill"]
        runner = self._entity(
            f"pkg:pypi/papermill@{version}",
            "SoftwareApplication",
            name="papermill",
            softwareVersion=version,
        )
        return [own, runner]

    def _parameters(self) -> list[Any]:
        """What the notebooks were given, and the seed of the case where it has one."""
        given = self.manifest.parameters
        if self.manifest.seed is not None:
            given = given | {"seed": self.manifest.seed}
        return [
            self._entity(f"#parameter-{name}", "PropertyValue", name=name, value=value)
            for name, value in sorted(given.items())
        ]

    def _step(
        self, name: str, record: StepRecord, parameters: list[Any], programs: list[Any]
    ) -> Any:
        notebook = f"notebooks/{name}.ipynb"
        read = [self._input(file) for file, hashed in record.inputs.items() if hashed]
        before = [self.manifest.steps[need] for need in record.needs if need in self.manifest.steps]
        papers = [
            name for step in before for name in step.outputs if name.startswith("workpapers/")
        ]
        given = "".join(f" -p {key} {value}" for key, value in self.manifest.parameters.items())
        return self._action(
            f"#{name}-{record.key}",
            name,
            f"papermill {notebook}{given}",
            programs,
            [*self._files([notebook, *read]), *self._outputs(papers), *parameters],
            self._outputs(record.outputs),
        )

    def _closing(self, programs: list[Any]) -> Any:
        made = self.manifest.closing
        steps = [name for record in self.manifest.steps.values() for name in record.outputs]
        rest = [name for name in steps if name.startswith(("notebooks/", "workpapers/"))]
        return self._action(
            f"#closing-{digest([made, sorted(rest)])}",
            "closing",
            "auditbook: pages made from all steps",
            programs,
            self._outputs(rest),
            self._outputs(made),
        )

    def _action(
        self,
        identifier: str,
        name: str,
        description: str,
        programs: list[Any],
        read: list[Any],
        made: list[Any],
    ) -> Any:
        from rocrate.vocabs import term_to_uri

        properties = {
            "name": name,
            "description": description,
            "actionStatus": term_to_uri("CompletedActionStatus"),
        }
        return self.crate.add_action(
            programs, identifier=identifier, object=read, result=made, properties=properties
        )


def _properties(place: str, file: Packed) -> dict[str, str]:
    path = PurePosixPath(place)
    about = {"description": "哈希清单 Hashes of everything"} if path.name == NAME else {}
    return about | {
        "name": path.name,
        "encodingFormat": _kind(place),
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }


def _compact(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An entity with each list of one written as that one, as RO-Crate 1.1 recommends."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
    }


def _kind(name: str) -> str:
    return _KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")
