"""Synthetic cases: the same from one seed, tied to the fen, labelled, with their truth beside them.

Whether the tests of ledgers find what was planted is proved elsewhere.
"""

import re
from pathlib import Path

import pandas as pd
import pytest
from chinese_calendar import is_workday
from click.testing import CliRunner

from auditbook.case import open_case
from auditbook.cli import cli
from auditbook.synthesize.kinds import KINDS, SURVEY_KINDS, PlantError, planted_counts
from auditbook.synthesize.write import write_case

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "data" / "synthetic-grid"
SMALL = 900
FUND = "网格补助"
NO_NEAR_MISS = ("benford", "survey_out_of_scale")
BY_UNIT = ("unmatched_sent", "unmatched_received", "amount_mismatch")


def synthesize(root, *years, seed=7, lines=SMALL, plant=None):
    """Cases of a project ``made`` below a root, and what the command said."""
    words = ["synthesize", "made", *map(str, years), "--seed", str(seed), "--lines", str(lines)]
    words += ["--plant", plant] if plant else []
    (root / "data").mkdir(parents=True, exist_ok=True)
    return CliRunner().invoke(cli, [*words, "--root", str(root)])


def files(folder):
    """The bytes of every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth_of(folder):
    return pd.read_csv(folder / "truth.csv", dtype=str, keep_default_na=False)


def lines_of(root, table, title):
    """What names the lines of a table of the survey."""
    path = root / "data" / "made" / "2018" / f"{table}.csv"
    return set(pd.read_csv(path, dtype=str)[title])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    result = synthesize(folder, 2018)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def case(root):
    return open_case("made", 2018, root=root)


@pytest.fixture(scope="module")
def truth(root):
    return truth_of(root / "data" / "made" / "2018")


def spent(case):
    """Net payments of the fund per unit."""
    ours = case.payments[case.payments["fund"].str.contains(FUND)]
    return ours.groupby("unit")["amount"].sum()


def kept(case):
    """Receipts less what was passed on and spent, per unit that receives."""
    received = case.receipts.groupby("unit")["amount"].sum()
    passed = case.transfers.groupby("from_unit")["amount"].sum()
    units = received.index
    out = passed.reindex(units, fill_value=0) + spent(case).reindex(units, fill_value=0)
    return received - out


# the same files --------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(root, tmp_path):
    assert synthesize(tmp_path, 2018).exit_code == 0

    assert files(tmp_path / "data") == files(root / "data")


def test_another_seed_gives_other_ledgers(root, tmp_path):
    synthesize(tmp_path, 2018, seed=8)

    other, first = (files(r / "data" / "made" / "2018") for r in (tmp_path, root))
    for name in ("transfers.csv", "receipts.csv", "payments.csv", "truth.csv"):
        assert other[name] != first[name]


def test_a_year_does_not_depend_on_the_others_made_with_it(root, tmp_path):
    synthesize(tmp_path, 2017, 2018)

    assert files(tmp_path / "data" / "made" / "2018") == files(root / "data" / "made" / "2018")


@pytest.mark.parametrize(("lines", "most"), [(900, 1000), (5000, 5300)])
def test_the_ledgers_have_about_as_many_lines_as_asked_for(tmp_path, lines, most):
    folder = tmp_path / "2018"
    written = write_case(folder, "made", 2018, seed=1, lines=lines, counts=planted_counts(None))

    counted = sum(
        len((folder / f"{name}.csv").read_text("utf-8").splitlines()) - 1
        for name in ("transfers", "receipts", "payments")
    )
    assert written.lines == counted
    assert 0.95 * lines <= counted <= most


# the money -------------------------------------------------------------------------------------


def test_no_unit_spends_more_than_it_received(case):
    assert (kept(case) >= 0).all()


def test_money_is_conserved_at_each_level_but_for_what_is_planted_not_to_tie(case, truth):
    sent, booked = case.transfers.set_index("entry_id"), case.receipts.set_index("entry_id")
    gap = sent.groupby("unit")["amount"].sum() - booked.groupby("unit")["amount"].sum()
    planted = pd.Series(0, index=gap.index)
    rows = truth[truth["kind"].isin(BY_UNIT) & (truth["planted"] == "error")]
    for entry in "、".join(rows["entries"]).split("、"):
        line = (sent if entry in sent.index else booked).loc[entry]
        planted[line["unit"]] += line["amount"] if entry in sent.index else -line["amount"]

    assert (gap == planted).all()
    assert (gap != 0).any()


def test_with_nothing_planted_every_transfer_is_booked_in_full(tmp_path):
    synthesize(tmp_path, 2018, plant="none")
    clean = open_case("made", 2018, root=tmp_path)

    sent = clean.transfers.groupby(["from_unit", "unit"])["amount"].sum()
    booked = clean.receipts.groupby(["from_unit", "unit"])["amount"].sum()
    assert (sent == booked).all()
    left = clean.allocation["balance"].sum()
    assert kept(clean).sum() == left > 0
    assert set(truth_of(clean.folder)["planted"]) == {"decoy"}


def test_allocation_and_use_state_what_the_ledgers_add_up_to(case):
    parent = case.units.set_index("unit")["parent"].to_dict()
    counties = list(case.allocation["unit"])

    def county(unit):
        return unit if unit in counties else county(parent[unit])

    arrived = case.receipts.groupby("unit")["amount"].sum()
    used = spent(case).groupby(county).sum()
    for row in case.allocation.itertuples():
        assert row.arrived == arrived[row.unit]
        assert row.used == used[row.unit]
        assert row.balance == row.arrived - row.used >= 0
    both = case.allocation.merge(case.use, on="unit", suffixes=("", "_said"))
    assert len(both) == len(counties)
    assert (both["arrived"] == both["disbursed"]).all()
    assert (both["used"] == both["used_said"]).all()
    assert (both["balance"] == both["balance_said"]).all()


def test_units_stand_at_four_levels(case):
    assert set(case.units["level"]) == {"city", "county", "township", "village"}
    levels = case.units.set_index("unit")["level"]
    assert set(case.payments["unit"].map(levels)) == {"township", "village"}
    assert (case.payments["level"] == case.payments["unit"].map(levels)).all()


def test_lines_stand_on_working_days_of_the_year_unless_that_is_what_is_planted(case, truth):
    planted = truth[(truth["kind"] == "non_working_days") & (truth["planted"] == "error")]
    resting = set()
    for ledger in (case.transfers, case.receipts, case.payments):
        assert set(ledger["date"].dt.year) == {2018}
        off = [not is_workday(day.date()) for day in ledger["date"]]
        resting |= set(ledger.loc[off, "entry_id"])

    assert resting == set(planted["entries"])


# the truth -------------------------------------------------------------------------------------


def test_every_entry_of_the_truth_is_a_line_of_the_tables_that_it_names(root, case, truth):
    lines = {
        "answers_residents": lines_of(root, "answers_residents", "序号"),
        "survey_units": lines_of(root, "survey_units", "单位"),
    }
    for row in truth.itertuples():
        tables = row.table.split("、")
        lines |= {t: set(case.table(t)["entry_id"]) for t in tables if t not in lines}
        entries = row.entries.split("、")
        assert set(entries) <= set().union(*(lines[table] for table in tables)), row
        assert len(set(entries)) == len(entries)


def test_every_kind_is_planted_as_often_as_it_should_and_has_its_near_misses(truth):
    errors = truth[truth["planted"] == "error"]["kind"].value_counts().to_dict()
    decoys = set(truth[truth["planted"] == "decoy"]["kind"])

    every = {*KINDS, *SURVEY_KINDS}
    thrice = {kind: 3 for kind in every if kind not in ("returns", "benford")}
    assert errors == thrice | dict.fromkeys(("survey_bursts", "survey_quota"), 1)
    assert decoys == every - set(NO_NEAR_MISS)


def test_kinds_are_planted_as_often_as_asked(tmp_path):
    synthesize(tmp_path, 2018, plant="duplicate_payments:5,held,benford:1")
    rows = truth_of(tmp_path / "data" / "made" / "2018")

    errors = rows[rows["planted"] == "error"]
    assert errors["kind"].value_counts().to_dict() == {
        "duplicate_payments": 5,
        "held": 3,
        "benford": 1,
    }
    assert len(errors[errors["kind"] == "benford"]["entries"].item().split("、")) == 40


def test_nothing_else_in_the_program_reads_the_truth():
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
    named = re.compile(r"truth\.csv|[\"']truth[\"']")
    readers = {path.name for path in files if named.search(path.read_text(encoding="utf-8"))}

    assert readers == {"__init__.py", "texts.py", "write.py"}


def test_the_truth_is_no_table_of_the_case(case):
    assert "truth" not in case.tables
    assert "truth.csv" not in case.reads()


# the label, and what is refused ----------------------------------------------------------------


def test_folder_settings_and_texts_say_that_the_case_is_synthetic(root, case):
    assert case.settings.synthetic
    assert "合成" in case.settings.title.zh
    assert "synthetic" in case.settings.title.en
    for name in ("background", "experience", "limitations"):
        assert case.text(name).startswith("合成数据，不是真实资料")
    note = (root / "data" / "made" / "README.md").read_text("utf-8")
    assert "合成" in note
    assert "synthetic" in note
    assert f"auditbook synthesize made 2018 --seed 7 --lines {SMALL}" in note


def test_the_committed_cases_are_what_the_command_in_their_folder_gives(tmp_path):
    note = (COMMITTED / "README.md").read_text("utf-8")
    (command,) = [line for line in note.splitlines() if line.startswith("auditbook synthesize")]
    arguments = [*command.split()[1:], "--out", str(tmp_path)]
    assert CliRunner().invoke(cli, arguments).exit_code == 0

    made, committed = files(tmp_path / "synthetic-grid"), files(COMMITTED)
    assert made == committed
    assert sum(map(len, committed.values())) < 800_000


def test_a_case_that_is_not_synthetic_is_never_replaced(tmp_path):
    folder = tmp_path / "data" / "made" / "2018"
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text("project: made\nyear: 2018\nsynthetic: false\n", "utf-8")
    before = files(folder)

    result = synthesize(tmp_path, 2017, 2018)
    assert result.exit_code == 1
    assert "不是合成案卷" in result.output
    assert files(folder) == before
    assert not (tmp_path / "data" / "made" / "2017").exists()


def test_a_synthetic_case_is_replaced(tmp_path):
    synthesize(tmp_path, 2018, seed=1)
    synthesize(tmp_path, 2018, seed=2)

    assert open_case("made", 2018, root=tmp_path).settings.sampling.seed == 2


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        ("held:99", "at most"),
        ("hold", "no such kind"),
        ("held:0", "whole number"),
        ("held:x", "whole number"),
        ("held,held:2", "twice"),
    ],
)
def test_what_cannot_be_planted_is_refused_and_nothing_is_written(tmp_path, plant, says):
    result = synthesize(tmp_path, 2018, plant=plant)

    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "data" / "made").exists()


@pytest.mark.parametrize("year", ["18", "year", "1999"])
def test_a_year_that_the_calendar_does_not_know_is_refused(tmp_path, year):
    assert synthesize(tmp_path, year).exit_code == 2


def test_none_and_all_are_said_in_a_word():
    assert planted_counts("none") == {"returns": 3}
    assert planted_counts(None) == planted_counts("all")
    assert "benford" not in planted_counts(None)
    with pytest.raises(PlantError, match="no such kind"):
        planted_counts("nothing")
