"""A run may be killed at any moment, and the disk may be full: nothing torn, and it resumes."""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import survival
import warmkernel
from auditbook.chain.lock import HeldError, hold
from killing import Kill, Survival
from survival import CASE, NAMES, after, command, differing, outputs, run, tree
from victims import victim, wait_until


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """A root with small real working papers."""
    return survival.paper_root(tmp_path_factory.mktemp("papers"), n03=[survival.WIDE])


@pytest.fixture(scope="module")
def reference(papers, tmp_path_factory):
    """What an undisturbed run leaves."""
    out = tmp_path_factory.mktemp("reference")
    assert run(papers, out).exit_code == 0
    return tree(outputs(papers, out))


@pytest.fixture
def temporary():
    """A folder for temporary files, with a short name: sockets live there."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture
def survivor(papers, reference, temporary, tmp_path):
    return Survival(papers, tmp_path, temporary, reference, random.Random(2018))


@pytest.fixture
def auditbook(papers, tmp_path, capfd):
    """``auditbook run`` of the case in this process; results in ``tmp_path/out``."""

    def run_command(*options, out=tmp_path / "out"):
        return command(capfd, "run", *CASE, "--root", papers, "--out", out, *options)

    return run_command


# killed ----------------------------------------------------------------------------------------


def test_a_run_survives_kills_of_all_its_processes(survivor, monkeypatch):
    """Four phases; all ten, each with five kills, are in ``make soak``."""
    kills = [
        Kill("notebook 02", "kernel"),
        Kill("notebook 04", "preloaded"),
        Kill("reading", "preloaded"),
        Kill("notebook 03", "runner"),
    ]

    for kill in kills:
        survivor.survive(kill)

    assert survivor.hit["runner"] == 1 and survivor.hit["preloaded"] == 2
    assert survivor.resumed > 0
    assert_no_litter_after_the_next_start(survivor, monkeypatch)


def assert_no_litter_after_the_next_start(survivor, monkeypatch):
    assert list(survivor.temporary.glob("wk-*"))  # of the last runner, which was killed
    monkeypatch.setattr(tempfile, "tempdir", str(survivor.temporary))
    warmkernel.close()
    assert run(survivor.root, survivor.work / "next").exit_code == 0
    warmkernel.close()
    assert list(survivor.temporary.rglob("*")) == []


@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.5])
def test_a_process_that_still_preloads_goes_with_its_runner(papers, temporary, tmp_path, seconds):
    """It looks for its runner when it has loaded: a second or two, longer on a busy machine."""
    with victim(papers, tmp_path / "out", temporary) as run_:
        wait_until(run_.preloaded, "the preloaded process")
        time.sleep(seconds)
        run_.process.kill()
        run_.process.wait()

        wait_until(lambda: not run_.left(), "its end", 30)


@pytest.mark.parametrize(
    "kill",
    [Kill("reading", "runner", signal.SIGTERM), Kill("notebook 04", "runner", signal.SIGINT)],
    ids=["SIGTERM", "SIGINT"],
)
def test_an_interrupted_run_ends_with_130_and_tidies_up(survivor, kill):
    survivor.survive(kill)

    assert survivor.hit[kill.phase] == 1
    assert list(survivor.temporary.rglob("*")) == []


# two at once -----------------------------------------------------------------------------------


def test_a_second_run_says_who_holds_the_case_and_harms_nothing(
    papers, reference, temporary, tmp_path, auditbook
):
    """And when the first one is killed, the next one need not wait for anybody to tidy up."""
    out = tmp_path / "out"
    hangs = {after("02"): "time.sleep(600)"}
    with victim(papers, out, temporary, environment=hangs) as first:
        wait_until(lambda: (first.outputs / "html" / f"{NAMES[2]}.html").exists(), "page 03")
        wait_until(lambda: (first.outputs / "html" / f"{NAMES[0]}.html").exists(), "page 01")
        wait_until(lambda: len(survival.finished_steps(first.outputs)) == 2, "two records")
        before = tree(first.outputs)

        second = auditbook()

        assert second.code == 5
        assert f"进程 {first.process.pid}" in second.said
        assert tree(first.outputs) == before
        assert not first.ended
        first.process.kill()
        first.process.wait()
        result = run(papers, out)

    assert (result.exit_code, result.reused) == (0, (NAMES[0], NAMES[2]))
    assert differing(tree(outputs(papers, out)), reference) == []


HOLDER = """
import os, sys, time
from pathlib import Path
from auditbook.chain.lock import hold
with hold(Path(sys.argv[1])) as descriptor:
    if os.fork() == 0:  # what a kernel does: it keeps the descriptor
        time.sleep(float(sys.argv[2]))
        os._exit(0)
    print("held", flush=True)
    time.sleep(600)
"""


def held_by_a_dead_runner(folder, seconds):
    """A folder whose holder was killed while its kernel lives on for some seconds."""
    code = [sys.executable, "-c", HOLDER, str(folder), str(seconds)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    return str(holder.pid)


def test_a_run_waits_for_the_kernels_of_a_killed_one(tmp_path):
    held_by_a_dead_runner(tmp_path, seconds=1)
    begun = time.monotonic()

    with hold(tmp_path):
        waited = time.monotonic() - begun

    assert 0.2 < waited < 5


def test_a_run_does_not_wait_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("auditbook.chain.lock._PATIENCE", 0.3)
    dead = held_by_a_dead_runner(tmp_path, seconds=3)

    with pytest.raises(HeldError) as held, hold(tmp_path):
        pass

    assert held.value.pid == dead


# verified --------------------------------------------------------------------------------------


def test_a_second_run_elsewhere_that_was_killed_leaves_nothing_after_the_next(
    papers, temporary, tmp_path
):
    """``verify --rerun`` works in the temporary folder."""
    out = tmp_path / "out"
    assert run(papers, out).exit_code == 0
    again = ("verify", CASE[0], str(CASE[1]), "--rerun")
    pause = {"SURVIVAL_PAUSE": "0.5"}
    with victim(papers, out, temporary, command=again, environment=pause) as run_:
        wait_until(lambda: list(temporary.rglob(".01*.new")), "the second run")
        run_.process.kill()
        run_.process.wait()
        wait_until(lambda: not run_.left(), "the end of its processes", 10)
    assert list(temporary.iterdir())

    with victim(papers, out, temporary, command=again) as run_:
        code, said = run_.end()

    assert code == 0, said
    assert list(temporary.rglob("*")) == []
