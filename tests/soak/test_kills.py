"""Fifty kills at random moments, five in every phase of a run, and ten interruptions."""

import os
import random
import signal
import tempfile
from pathlib import Path

import pytest

import killing
import survival
from killing import TARGETS, Kill, Survival
from survival import outputs, run, tree

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
