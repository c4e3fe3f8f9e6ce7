"""Fifty kills at random moments, five in every phase of a run; interruptions; killed batches."""

import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

import killing
import survival
from killing import TARGETS, Kill, Survival
from survival import CASE, assert_nothing_torn, differing, outputs, run, tree
from victims import victim, wait_until

SEED = int(os.environ.get("SOAK_SEED", "2018"))
ROUNDS = 5


@pytest.fixture(scope="module")
def survivor(tmp_path_factory):
    root = survival.paper_root(tmp_path_factory.mktemp("papers"), n03=[survival.WIDE])
    assert run(root).exit_code == 0
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as temporary:
        yield Survival(
            root,
            tmp_path_factory.mktemp("work"),
            Path(temporary),
            tree(outputs(root)),
            random.Random(SEED),
        )


def test_fifty_kills_in_all_phases(survivor, capsys):
    before = survivor.hit.copy()

    for kill in killing.kills(SEED, ROUNDS):
        survivor.survive(kill)

    hit = survivor.hit - before
    with capsys.disabled():
        print(f"\nkills by phase and target: {dict(hit)}; tries: {survivor.tries}")  # noqa: T201
    assert {phase: hit[phase] for phase in TARGETS} == dict.fromkeys(TARGETS, ROUNDS)
    assert sum(hit[target] for target in ("runner", "preloaded", "kernel")) == 50
    assert min(hit[target] for target in ("runner", "preloaded", "kernel")) >= 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruptions_in_all_phases(survivor, number):
    for phase in TARGETS:
        survivor.survive(Kill(phase, "runner", number))

    assert not list(survivor.temporary.glob("wk-*"))


def killed_after(run_, seconds):
    """Kill a run; its processes go with it."""
    time.sleep(seconds)
    run_.process.kill()
    run_.process.wait()
    wait_until(lambda: not run_.left(), "the end of its processes", 2)


def test_kills_of_runs_that_make_lost_results_again(survivor):
    for number in range(10):
        out = survivor.work / f"lost-{number}"
        folder = outputs(survivor.root, out)
        for name, content in survivor.reference.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name in survivor.rng.sample(sorted(survivor.reference), 3):
            (folder / name).unlink()
        pause = {"SURVIVAL_PAUSE": "0.1"}
        with victim(survivor.root, out, survivor.temporary, environment=pause) as run_:
            killed_after(run_, survivor.rng.uniform(0.3, 4))

        assert run(survivor.root, out).exit_code == 0
        assert differing(tree(folder), survivor.reference) == []
        shutil.rmtree(out)


def test_kills_of_a_batch(survivor, tmp_path):
    """Killed again and again over the same results, it comes to its end all the same."""
    root = shutil.copytree(survivor.root, tmp_path / "root", ignore=lambda *_: ["outputs"])
    years = [CASE[1], 2019, 2020]
    for year in years[1:]:
        survival.add_case(root, year)
    for _ in range(5):
        with victim(root, tmp_path, survivor.temporary, command=["batch", "*/*"]) as run_:
            killed_after(run_, survivor.rng.uniform(1, 6))
        for year in years:
            assert_nothing_torn(outputs(root, tmp_path, (CASE[0], year)))

    with victim(root, tmp_path, survivor.temporary, command=["batch", "*/*"]) as run_:
        code, said = run_.end()

    assert code == 0, said
    assert list(survivor.temporary.rglob("*")) == []
    for year in years:
        result = survival.run_cases(CASE[0], [year], root=root, out=tmp_path / "undisturbed")
        assert result.exit_code == 0
        case = (CASE[0], year)
        undisturbed = tree(outputs(root, tmp_path / "undisturbed", case))
        assert differing(tree(outputs(root, tmp_path, case)), undisturbed) == []
