"""The crate: other tools read it, it says only what is known, and it holds what was run."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

import tiny_notebooks as tiny
from auditbook.chain.crate import ChangedError, NoResultsError, export_crate
from auditbook.chain.fingerprint import digest, notebook_hash
from auditbook.chain.manifest import BrokenManifestError
from second_case import SETTINGS

FIRST, SCORING = "01_fund_reconciliation", "04_scoring"
CASE = "hill-roads/2021"
OUT = f"outputs/{CASE}"
DATA = f"data/{CASE}"
TITLE = {"zh": "合成示例：山区道路养护补助", "en": "Synthetic example"}
INPUTS = {
    "case.yaml": SETTINGS,
    "allocation.csv": "单位,到位\n青石乡,1\n",
    "texts/背景 说明.md": "背景",
}
LEFT = {
    FIRST: [f"notebooks/{FIRST}.ipynb", f"workpapers/{FIRST}/figures.json"],
    SCORING: [f"workpapers/{SCORING}/tables/04.1_得分.csv", "report.docx"],
}
PROFILE = "process/0.5"


def sha(content):
    return hashlib.sha256(content).hexdigest()


def write(folder, files):
    """Write files and return their hashes."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return {name: sha((folder / name).read_bytes()) for name in files}


def step(root, name, needs, inputs):
    return {
        "key": sha(name.encode()),
        "notebook": notebook_hash(root / "notebooks" / f"{name}.ipynb"),
        "needs": needs,
        "upstream": dict.fromkeys(needs, sha(b"paper")),
        "inputs": inputs,
        "outputs": write(root / OUT, {path: f"{path} 内容" for path in LEFT[name]}),
    }


def write_manifest(root, **changes):
    """The record of a run of two steps, as ``auditbook run`` writes it."""
    inputs = write(root / DATA, INPUTS)
    read = {"allocation.csv": inputs["allocation.csv"], "units.csv": None}
    manifest = {
        "format": "auditbook-manifest/1",
        "case": {"project": "hill-roads", "year": 2021, "title": TITLE},
        "parameters": {"project": "hill-roads", "year": 2021, "lang": "zh"},
        "seed": None,
        "inputs": inputs,
        "environment": {
            "python": "3.11.2",
            "implementation": "cpython",
            "platform": "linux-x86_64",
            "packages": {"auditbook": "0.1.0", "pandas": "3.1.1", "papermill": "2.7.0"},
            "code": sha(b"code"),
        },
        "steps": {
            FIRST: step(root, FIRST, [], read),
            SCORING: step(root, SCORING, [FIRST], {"case.yaml": inputs["case.yaml"]}),
        },
        "closing": write(root / OUT, {"html/index.html": "<html>"}),
        "overview": {},
    } | changes
    signed = manifest | {"digest": digest(manifest)}
    text = json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True)
    (root / OUT / "manifest.json").write_text(text + "\n", "utf-8")


@pytest.fixture
def case_root(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    tiny.write(root)
    write_manifest(root)
    return root


def export(root, **options):
    return export_crate(root, root / "outputs", "hill-roads", 2021, **options)


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def content(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def opened(path):
    """The crate as rocrate's own reader sees it."""
    from rocrate.rocrate import ROCrate

    return ROCrate(path)


def described(path):
    """The entities of a crate by their ids."""
    graph = json.loads(content(path, "ro-crate-metadata.json"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def ids(entity, name):
    found = entity.get(name, [])
    return [one["@id"] for one in (found if isinstance(found, list) else [found])]


def ids_of(entities):
    return [entity.id for entity in entities]


def actions(crate):
    return {action["name"]: action for action in crate.get_by_type("CreateAction")}


# what is in it -----------------------------------------------------------------------------------


def test_a_crate_stands_beside_the_years_folder_and_unzips_to_a_root_without_inputs(case_root):
    path = export(case_root)

    assert path == case_root / "outputs" / "hill-roads" / "hill-roads-2021.crate.zip"
    assert names(path) == [
        f"notebooks/{FIRST}.ipynb",
        f"notebooks/{SCORING}.ipynb",
        f"{OUT}/html/index.html",
        f"{OUT}/manifest.json",
        f"{OUT}/notebooks/{FIRST}.ipynb",
        f"{OUT}/report.docx",
        f"{OUT}/workpapers/{FIRST}/figures.json",
        f"{OUT}/workpapers/{SCORING}/tables/04.1_得分.csv",
        "ro-crate-metadata.json",
    ]
    assert sorted(p.name for p in path.parent.iterdir()) == ["2021", path.name]


def test_inputs_are_packed_when_asked_for(case_root, tmp_path):
    path = export(case_root, with_inputs=True, target=tmp_path / "mine" / "c.zip")

    assert path == tmp_path / "mine" / "c.zip"
    assert {n for n in names(path) if n.startswith("data/")} == {f"{DATA}/{n}" for n in INPUTS}
    assert content(path, f"{DATA}/texts/背景 说明.md").decode() == "背景"


def test_what_a_run_did_not_leave_is_not_packed(case_root):
    write(case_root / OUT, {".lock": "1", "notebooks/05_report.failed.ipynb": "{}"})

    assert not [name for name in names(export(case_root)) if "lock" in name or "failed" in name]


def test_every_packed_file_is_described_by_its_size_and_hash(case_root):
    path = export(case_root, with_inputs=True)
    files = {e.id: e for e in opened(path).get_by_type("File")}

    assert len(files) == len(names(path)) - 1
    for name in names(path)[:-1]:
        entity = next(e for e in files.values() if e.source.as_posix().endswith(name))
        assert entity["sha256"] == sha(content(path, name))
        assert entity["contentSize"] == str(len(content(path, name)))
        assert entity["encodingFormat"]


# what it says ------------------------------------------------------------------------------------


def test_rocrate_reads_the_profile_and_one_finished_action_for_each_step(case_root):
    crate = opened(export(case_root))

    assert crate.root_dataset["conformsTo"].id.endswith(PROFILE)
    assert sorted(actions(crate)) == [FIRST, SCORING, "closing"]
    for action in actions(crate).values():
        assert action["actionStatus"].endswith("/CompletedActionStatus")
        assert action in crate.root_dataset["mentions"]


def test_an_action_names_the_programs_in_the_versions_that_ran(case_root):
    crate = opened(export(case_root))

    programs = actions(crate)[FIRST]["instrument"]
    assert [(p.type, p["name"], p["softwareVersion"]) for p in programs] == [
        ("SoftwareApplication", "auditbook", "0.1.0"),
        ("SoftwareApplication", "papermill", "2.7.0"),
    ]
    assert programs[0]["identifier"] == f"sha256:{sha(b'code')}"
    assert programs[0]["softwareRequirements"]["softwareVersion"] == "3.11.2"


def test_a_step_read_its_notebook_inputs_and_parameters_and_left_its_outputs(case_root):
    first = actions(opened(export(case_root)))[FIRST]

    assert ids_of(first["object"]) == [
        f"#{DATA}/allocation.csv",
        f"notebooks/{FIRST}.ipynb",
        "#parameter-lang",
        "#parameter-project",
        "#parameter-year",
    ]
    assert ids_of(first["result"]) == [f"{OUT}/{name}" for name in LEFT[FIRST]]


def test_a_later_step_read_the_working_papers_of_those_before_it(case_root):
    crate = opened(export(case_root))

    assert f"{OUT}/workpapers/{FIRST}/figures.json" in ids_of(actions(crate)[SCORING]["object"])
    assert f"{OUT}/notebooks/{FIRST}.ipynb" not in ids_of(actions(crate)[SCORING]["object"])
    assert f"{OUT}/notebooks/{FIRST}.ipynb" in ids_of(actions(crate)["closing"]["object"])
    assert actions(crate)["closing"]["result"].id == f"{OUT}/html/index.html"


def test_an_input_that_is_not_packed_is_described_by_name_and_hash(case_root):
    """RO-Crate 1.2, Data Entities: a file that is deliberately not there has a ``#`` identifier."""
    crate = opened(export(case_root))
    absent = [e for e in crate.get_by_type("File") if e.id.startswith("#")]

    assert sorted((e["alternateName"], e["sha256"]) for e in absent) == sorted(
        (f"{DATA}/{name}", sha(text.encode())) for name, text in INPUTS.items()
    )
    assert all(e in crate.root_dataset["mentions"] for e in absent)
    assert not any(e in crate.root_dataset["hasPart"] for e in absent)


def test_every_reference_leads_to_an_entity(case_root):
    entities = described(export(case_root))

    references = {
        one
        for entity in entities.values()
        for key in ("about", "author", "hasPart", "instrument", "license", "mentions", "object",
                    "result", "softwareRequirements")
        for one in ids(entity, key)
    }  # fmt: skip
    assert references <= set(entities)


@pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
def test_the_title_is_in_the_language_of_the_run_and_chinese_survives(case_root, lang, other):
    write_manifest(
        case_root, parameters={"project": "hill-roads", "year": 2021, "lang": lang}
    )  # fmt: skip

    path = export(case_root)

    assert opened(path).name == TITLE[lang]
    assert opened(path).root_dataset["alternateName"] == TITLE[other]
    assert TITLE["zh"].encode() in content(path, "ro-crate-metadata.json")


def test_date_and_author_are_those_who_prepared_the_case(case_root):
    crate = opened(export(case_root))

    assert crate.root_dataset.get("datePublished") == "2022-03-01"
    assert crate.root_dataset["author"]["name"] == "示例"


def test_a_case_that_says_neither_date_nor_author_gets_none_made_up(case_root, monkeypatch):
    silent = SETTINGS.replace("prepared: {by: 示例, on: 2022-03-01}", "prepared: {}")
    monkeypatch.setitem(INPUTS, "case.yaml", silent)
    write_manifest(case_root)

    root = opened(export(case_root)).root_dataset

    assert "author" not in root
    assert root.get("datePublished") == "1980-01-01"
    assert "datePublished 不是真实日期" in root["description"]


def test_a_case_that_is_not_on_this_machine_is_exported_without_date_and_author(case_root):
    shutil.rmtree(case_root / "data")

    root = opened(export(case_root)).root_dataset

    assert "author" not in root
    assert root.get("datePublished") == "1980-01-01"


def test_a_licence_that_nobody_stated_is_said_to_be_missing(case_root):
    licence = opened(export(case_root)).root_dataset["license"]

    assert "The case states no licence" in licence["description"]


def test_the_seed_of_a_case_is_a_parameter(case_root):
    write_manifest(case_root, seed=20210731)

    objects = actions(opened(export(case_root)))[FIRST]["object"]

    assert [e["value"] for e in objects if e.id == "#parameter-seed"] == [20210731]


# the same bytes ----------------------------------------------------------------------------------


def test_two_exports_are_the_same_bytes_wherever_they_are_made(case_root, tmp_path):
    other = tmp_path / "另一处"
    shutil.copytree(case_root, other)

    first, second = export(case_root), export(other)

    assert first.read_bytes() == export(case_root, target=tmp_path / "again.zip").read_bytes()
    assert first.read_bytes() == second.read_bytes()


def test_a_crate_holds_no_time_of_the_clock_and_no_folder_of_this_machine(case_root):
    path = export(case_root)

    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert str(case_root).encode() not in content(path, "ro-crate-metadata.json")


# what is refused ---------------------------------------------------------------------------------


def refused(root, **options):
    """The files that an export names; it leaves nothing behind."""
    before = sorted(root.rglob("*"))
    with pytest.raises(ChangedError) as raised:
        export(root, **options)
    assert sorted(root.rglob("*")) == before
    for name in raised.value.files:
        assert name in raised.value.text("zh")
        assert name in raised.value.text("en")
    return list(raised.value.files)


def test_outputs_that_were_changed_or_removed_since_the_run_are_all_named(case_root):
    (case_root / OUT / "report.docx").write_bytes(b"edited")
    (case_root / OUT / "html" / "index.html").unlink()

    assert refused(case_root) == [f"{OUT}/html/index.html", f"{OUT}/report.docx"]


def test_a_notebook_that_was_edited_or_removed_since_the_run_is_refused(case_root):
    nbformat.write(tiny.fails_in_cell(), case_root / "notebooks" / f"{SCORING}.ipynb")
    (case_root / "notebooks" / f"{FIRST}.ipynb").unlink()

    assert refused(case_root) == [f"notebooks/{FIRST}.ipynb", f"notebooks/{SCORING}.ipynb"]


def test_stored_outputs_of_a_notebook_are_no_edit(case_root):
    path = case_root / "notebooks" / f"{FIRST}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="refreshed")]
    nbformat.write(notebook, path)

    assert f"notebooks/{FIRST}.ipynb" in names(export(case_root))


def test_settings_other_than_those_of_the_run_say_nothing_about_it(case_root):
    path = case_root / DATA / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("2022-03-01", "2023-03-01"), "utf-8")

    assert refused(case_root) == [f"{DATA}/case.yaml"]


def test_inputs_other_than_those_of_the_run_are_not_packed(case_root):
    (case_root / DATA / "allocation.csv").write_text("单位,到位\n青石乡,2\n", "utf-8")

    assert refused(case_root, with_inputs=True) == [f"{DATA}/allocation.csv"]
    assert export(case_root).is_file()


def test_a_case_without_results_says_how_to_get_them(case_root):
    with pytest.raises(NoResultsError) as raised:
        export_crate(case_root, case_root / "outputs", "hill-roads", 2022)

    assert "auditbook run hill-roads 2022" in raised.value.text("zh")
    assert "auditbook run hill-roads 2022" in raised.value.text("en")


def test_a_manifest_that_was_changed_by_hand_is_refused(case_root):
    path = case_root / OUT / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("3.11.2", "3.11.3"), "utf-8")

    with pytest.raises(BrokenManifestError):
        export(case_root)


@pytest.mark.parametrize("name", ["../../../secret.txt", "/etc/hostname", "..\\secret.txt"])
def test_a_manifest_cannot_bring_files_from_elsewhere_into_a_crate(case_root, name):
    write_manifest(case_root, closing={name: sha(b"")})

    with pytest.raises(ValueError, match="a file elsewhere"):
        export(case_root)


def test_rocrate_is_imported_for_an_export_only():
    code = (
        "import sys, auditbook.chain.crate\nassert not {'rocrate', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
