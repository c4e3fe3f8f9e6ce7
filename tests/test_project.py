"""What the project says of itself: dependencies, versions, paths, and that tests harm nothing."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

import auditbook

PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
MAY_BE_NAMED = {
    "www.w3.org",  # this and the next three: names of XML vocabularies, never opened
    "purl.org",
    "creativecommons.org",
    "w3id.org",  # names RO-Crate and its profiles
    "schemas.openxmlformats.org",
    "example.org",  # in tests of what is removed from pages
    "127.0.0.1",  # a JupyterLab that a test starts
}
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def direct(project):
    """Every direct dependency, of the product and of its tests."""
    names = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {canonicalize_name(r.name): r for r in map(Requirement, names)}


def locked(root, python):
    """Name to version in the lock, for one Python."""
    where = {"python_version": python, "python_full_version": f"{python}.9"}
    found = {}
    for line in (root / "requirements.lock").read_text("utf-8").splitlines():
        pin = PINNED.fullmatch(line)
        if pin:
            text = f"{pin['name']}; {pin['marker']}" if pin["marker"] else pin["name"]
            marker = Requirement(text).marker
            if marker is None or marker.evaluate(where):
                assert canonicalize_name(pin["name"]) not in found
                found[canonicalize_name(pin["name"])] = pin["version"]
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_every_direct_dependency_in_a_version_that_pyproject_allows(
    root, direct, python
):
    versions = locked(root, python)

    assert {name for name in direct if name not in versions} == set()
    assert [n for n, r in direct.items() if not r.specifier.contains(versions[n])] == []


@pytest.mark.parametrize("lock", [f"requirements{of}.lock" for of in ("", "-spark", "-design")])
def test_a_lock_pins_with_hashes_and_holds_nothing_else(root, lock):
    lines = (root / lock).read_text("utf-8").splitlines()

    assert [x for x in lines if not PINNED.fullmatch(x) and not HASH.fullmatch(x)] == []
    for before, line in pairwise(lines):
        if PINNED.fullmatch(before):
            assert HASH.fullmatch(line), before


def test_svy_is_locked_within_the_range_of_its_extra_and_brings_nothing_that_is_there(
    root, project
):
    text = (root / "requirements-design.lock").read_text("utf-8")
    found = {pin["name"]: pin["version"] for pin in map(PINNED.fullmatch, text.splitlines()) if pin}
    (asked,) = map(Requirement, project["optional-dependencies"]["design"])

    assert asked.specifier.contains(found[asked.name])
    assert found.keys() & locked(root, "3.11").keys() == set()


def test_environment_yml_pins_the_direct_dependencies_as_the_lock_does(root, direct):
    environment = YAML(typ="safe").load((root / "environment.yml").read_text("utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if not isinstance(entry, str)]
    pins = dict(e.replace("==", "=").split("=") for e in conda + pip if "=" in e)

    python = pins.pop("python")
    versions = locked(root, python)
    assert {canonicalize_name(name): v for name, v in pins.items()} == {
        name: versions[name] for name in direct
    }
    assert {"pip"} <= set(conda)
    assert "-e ." in pip


def test_every_dependency_of_the_product_says_why_it_is_there(root):
    text = (root / "pyproject.toml").read_text("utf-8")
    listed = text.partition("dependencies = [\n")[2].partition("\n]\n")[0].splitlines()

    assert [line for line in listed if not re.fullmatch(r' {4}"[^"]+", +# .+', line)] == []


def test_every_import_is_a_listed_dependency(root, direct):
    """And a module that tests alone import is listed for tests."""
    of_module = packages_distributions()
    standard = sys.stdlib_module_names
    own = {"auditbook"} | {path.stem for path in (root / "tests").glob("*.py")}
    missing = set()
    for path in [*root.glob("src/**/*.py"), *root.glob("tests/**/*.py"), root / "conftest.py"]:
        code = path.read_text("utf-8")
        for module in re.findall(r"^ *(?:from|import) ([a-z_A-Z0-9]+)[. \n]", code, re.M):
            names = {canonicalize_name(name) for name in of_module.get(module, [])}
            known = module in standard or module in own or names & direct.keys()
            if not known and names:
                missing.add(f"{path.name}: {module}")

    assert missing == set()


def test_the_version_is_the_same_everywhere(root, project):
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (root / "CHANGELOG.md").read_text("utf-8"), re.M)

    assert newest
    assert project["version"] == auditbook.__version__ == newest[1]


def committed(root):
    """The files that belong to the project: those git knows or would add."""
    if shutil.which("git") and (root / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
        paths = [root / name for name in names.decode("utf-8").split("\0") if name]
    else:
        skip = {".venv", ".git", "outputs"}
        paths = [p for p in root.rglob("*") if not skip & set(p.relative_to(root).parts)]
    return [path for path in paths if path.is_file()]


def texts(root):
    for path in committed(root):
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def test_no_committed_file_names_a_host(root):
    named = {
        (path.relative_to(root).as_posix(), host)
        for path, text in texts(root)
        for host in ADDRESS.findall(text)
        if host not in MAY_BE_NAMED
    }

    assert named == set()


def test_no_committed_file_names_a_folder_of_one_machine(root):
    place = re.compile(r"(?<![\w.])/(home|Users|root|tmp|opt|work|mnt)/\w")

    assert [p.name for p, text in texts(root) if place.search(text) and p.name != __file__] == []


def test_paths_in_the_readme_exist(root):
    text = (root / "README.md").read_text("utf-8")
    links = [x for x in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in x]
    quoted = re.findall(r"`((?:notebooks|data|src|tests|docs)/[^`<>* ]*)`", text)
    made = re.findall(r"`([a-z]+\.(?:yml|lock|toml|md))`", text)

    assert [x for x in links + quoted + made if not (root / x).exists()] == []


def test_make_targets_in_the_readme_exist(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.M))
    named = set(re.findall(r"make ([a-z]+)", (root / "README.md").read_text("utf-8")))

    assert named <= targets


def test_make_help_lists_every_target(root):
    said = subprocess.run(
        ["make", "-s", "help"], cwd=root, capture_output=True, check=True, encoding="utf-8"
    ).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (root / "Makefile").read_text("utf-8"), re.M)

    assert phony
    assert phony[1].split() == [line.split()[0] for line in said.splitlines()[:-1]]


@pytest.mark.parametrize(
    ("answer", "said"),
    [("exit 1", "Python 3.11"), ('case "$2" in *ensurepip*) exit 1;; esac', "python3-venv")],
)
def test_make_names_what_is_missing_and_how_to_install_it(root, tmp_path, answer, said):
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(root / name, tmp_path)
    python = tmp_path / "odd-python"
    python.write_text(f"#!/bin/sh\n{answer}\n", "utf-8")
    python.chmod(0o755)

    made = subprocess.run(
        ["make", "run", f"PYTHON={python}"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert made.returncode
    assert said in made.stdout
    assert "apt-get install" in made.stdout
    assert not (tmp_path / ".venv").exists()


def test_ci_is_a_script_that_anybody_may_run(root):
    script = root / ".ci" / "run"

    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)


# the session's own rules ------------------------------------------------------------------------


@pytest.fixture
def other_project(root, tmp_path):
    """A project with our conftest.py; returns a way to run its tests."""
    shutil.copy(root / "conftest.py", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "mine.txt").write_text("mine", "utf-8")

    def pytest_run(test, allowed="", ci="true"):
        (tmp_path / "tests" / "test_one.py").write_text(test, "utf-8")
        (tmp_path / "tests" / "allowed_skips.txt").write_text(allowed, "utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AUDITBOOK")}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
            cwd=tmp_path, env=environment | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    return pytest_run


SKIPS = "import pytest\n\ndef test_a():\n    pytest.skip('needs it')\n"


def test_a_test_that_touches_outputs_fails_the_session(other_project):
    ran = other_project("def test_a():\n    open('outputs/mine.txt', 'a').write('x')\n")

    assert ran.returncode == 1
    assert "the tests changed outputs/" in ran.stdout


def test_results_of_tests_go_to_a_temporary_folder(other_project):
    test = (
        "import os\n\ndef test_a():\n    out = os.environ['AUDITBOOK_OUT']\n"
        "    assert os.path.isdir(out) and 'outputs' not in out\n"
    )

    assert other_project(test).returncode == 0


@pytest.mark.parametrize(
    ("allowed", "ci", "code", "said"),
    [
        ("", "true", 1, "skipped, and not in tests/allowed_skips.txt: tests/test_one.py::test_a"),
        ("", "", 0, "1 skipped"),
        ("tests/test_one.py::test_a — needs it\n", "true", 0, "1 skipped"),
        ("tests/test_one.py::test_a\n", "true", 1, "gives no reason"),
        (
            "tests/test_one.py::test_a — x\ntests/test_one.py::test_b — x\n",
            "true", 1, "but not skipped: tests/test_one.py::test_b",
        ),
    ],
)  # fmt: skip
def test_in_ci_a_skip_must_be_on_the_committed_list(other_project, allowed, ci, code, said):
    ran = other_project(SKIPS, allowed, ci)

    assert (ran.returncode, said in ran.stdout) == (code, True), ran.stdout


def test_the_tests_hold_the_notebooks_against_their_stored_outputs(root):
    """`make test` runs pytest with nbval and no path: what is tested stands in its settings."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]

    assert "pytest --nbval\n" in (root / "Makefile").read_text("utf-8")
    assert {"tests", "notebooks"} <= set(settings["ini_options"]["testpaths"])
