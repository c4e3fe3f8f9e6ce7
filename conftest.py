"""What every test session rests on: results go to a temporary folder, never to ``outputs/``."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from auditbook.case import Case
    from auditbook.chain.outcome import RunResult

ROOT = Path(__file__).resolve().parent
ALLOWED_SKIPS = ROOT / "tests" / "allowed_skips.txt"
DEFAULT_CASE = ("kunming-grid", 2018)


class Session:
    """The temporary outputs of one test session, and what must hold at its end."""

    def __init__(self) -> None:
        self.out = Path(tempfile.mkdtemp(prefix="auditbook-tests-"))
        self.before = _state(ROOT / "outputs")
        self.environment = dict(os.environ)
        self.skipped: set[str] = set()
        self.files: set[str] = set()
        self.problems: list[str] = []
        self._default: RunResult | None = None
        os.environ.pop("AUDITBOOK_ROOT", None)
        os.environ["AUDITBOOK_OUT"] = str(self.out)

    def default_run(self) -> RunResult:
        """The default case, run once into the temporary outputs."""
        if self._default is None:
            project, year = DEFAULT_CASE
            self._default = run_cases_into(ROOT, self.out, project, year)
        return self._default

    # hooks ------------------------------------------------------------------------------------

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Fill the outputs before nbval: its notebooks run in any order, and alone."""
        self.files = {item.nodeid.partition("::")[0] for item in session.items}
        if session.config.option.collectonly:
            return
        if any(type(item).__module__.startswith("nbval") for item in session.items):
            result = self.default_run()
            if result.exit_code:
                session.shouldfail = f"the default case does not run: {result}"
            self._preload_kernels()

    def _preload_kernels(self) -> None:
        """Let nbval fork its kernels from the process that the run above has prepared."""
        from jupyter_client.provisioning.factory import KernelProvisionerFactory

        from auditbook.chain.environment import SAME_EVERY_TIME

        os.environ |= SAME_EVERY_TIME
        KernelProvisionerFactory.instance().default_provisioner_name = "warm"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what was skipped."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember files that were skipped whole."""
        if report.skipped:
            self.skipped.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Outputs untouched; in CI no skip that is not on the committed list."""
        if _state(ROOT / "outputs") != self.before:
            self.problems.append("the tests changed outputs/, which belongs to the person")
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            self.problems += skip_problems(self.skipped, self.files)
        if self.problems and session.exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is wrong with the session as a whole."""
        for problem in self.problems:
            terminalreporter.write_line(f"ERROR: {problem}", red=True)

    def pytest_unconfigure(self) -> None:
        """Put the environment back and remove the temporary outputs."""
        os.environ.clear()
        os.environ.update(self.environment)
        shutil.rmtree(self.out, ignore_errors=True)


def skip_problems(skipped: set[str], files: set[str]) -> list[str]:
    """Skips that ``tests/allowed_skips.txt`` does not allow, and its lines that nothing needs."""
    lines = ALLOWED_SKIPS.read_text("utf-8").splitlines() if ALLOWED_SKIPS.is_file() else []
    allowed = {x.partition(" — ")[0].strip() for x in lines if x.strip() and x[0] != "#"}
    reasonless = [x for x in lines if x.strip() and x[0] != "#" and " — " not in x]
    plain = {node.partition("[")[0] for node in skipped} | skipped
    unused = {
        node
        for node in allowed - plain
        if node.partition("::")[0] in files or not (ROOT / node.partition("::")[0]).is_file()
    }
    return (
        [f"tests/allowed_skips.txt gives no reason: {line}" for line in reasonless]
        + [
            f"skipped, and not in tests/allowed_skips.txt: {node}"
            for node in sorted(skipped)
            if node not in allowed and node.partition("[")[0] not in allowed
        ]
        + [f"in tests/allowed_skips.txt, but not skipped: {node}" for node in sorted(unused)]
    )


def run_cases_into(
    root: Path,
    out: Path,
    project: str,
    year: int,
    lang: str = "zh",
    only: Sequence[str] | None = None,
) -> RunResult:
    """Run a case of ``root`` in this process."""
    from auditbook.chain.run import run_cases

    return run_cases(project, [year], lang=lang, root=root, out=out, only=only)


def _state(folder: Path) -> str:
    """Names, sizes and times of everything in a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        found.update(f"{path.relative_to(folder)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


_SESSION = pytest.StashKey[Session]()


def pytest_configure(config: pytest.Config) -> None:
    session = Session()
    config.stash[_SESSION] = session
    config.pluginmanager.register(session, "auditbook-session")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def kunming() -> Case:
    """The committed case, opened."""
    from auditbook import open_case

    return open_case(*DEFAULT_CASE, root=ROOT)


@pytest.fixture(scope="session")
def kunming_run(request: pytest.FixtureRequest) -> Path:
    """Outputs of the committed case after a whole run; read only."""
    session = request.config.stash[_SESSION]
    result = session.default_run()
    assert result.exit_code == 0, result
    return session.out / DEFAULT_CASE[0] / str(DEFAULT_CASE[1])


@pytest.fixture(scope="session")
def run_chain() -> Callable[..., RunResult]:
    """``run_chain(root, project, year, lang="zh", only=None)``; results in ``root/outputs``."""

    def run(
        root: Path, project: str, year: int, lang: str = "zh", only: Sequence[str] | None = None
    ) -> RunResult:
        assert root != ROOT, "tests leave outputs/ alone: use kunming_run"
        return run_cases_into(root, root / "outputs", project, year, lang, only)

    return run


@pytest.fixture
def case_copy(tmp_path: Path) -> Iterator[Path]:
    """A root of its own with the notebooks and a copy of the committed case."""
    project, year = DEFAULT_CASE
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    shutil.copytree(ROOT / "data" / project / str(year), tmp_path / "data" / project / str(year))
    yield tmp_path
