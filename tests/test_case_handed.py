"""A case that one process of a run has read is taken over by the others, byte for byte the same."""

import pickle

import pandas as pd
import pytest

from auditbook import InputError, open_case
from auditbook.case import handed as handing
from auditbook.case.reads import read_at_rest
from auditbook.case.root import HANDED, handed_path
from case_files import opened, write_case


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """The private folder of a run."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setenv(HANDED, str(folder))
    return folder


@pytest.fixture
def readings(monkeypatch):
    """How often a case was really read."""
    seen = []
    really = read_at_rest

    def counted(folder, project, year):
        seen.append(folder)
        return really(folder, project, year)

    monkeypatch.setattr(handing, "read_at_rest", counted)
    return seen


def kunming(root):
    return open_case("kunming-grid", 2018, root=root)


def test_the_second_process_takes_over_what_the_first_has_read(case_copy, run_folder, readings):
    first, second = kunming(case_copy), kunming(case_copy)

    assert len(readings) == 1
    assert first.settings == second.settings
    assert list(first.tables) == list(second.tables)
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table.frame, second.tables[name].frame)
        assert second.tables[name].schema is table.schema
    pd.testing.assert_frame_equal(first.inputs(), second.inputs())
    assert first.alias_uses().equals(second.alias_uses())
    assert first.settings_source("fund.name") == second.settings_source("fund.name")
    assert first.text("background") == second.text("background")


def test_what_was_asked_of_one_is_not_noted_for_the_other(case_copy, run_folder):
    kunming(case_copy).table("claims")

    assert "claims.csv" not in kunming(case_copy).reads()


@pytest.mark.parametrize("change", ["byte", "new file", "removed file"])
def test_a_folder_that_changed_is_read_anew(case_copy, run_folder, readings, change):
    folder = kunming(case_copy).folder
    if change == "byte":
        path = folder / "claims.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n", 1))
    elif change == "new file":
        (folder / "texts" / "more.md").write_text("新的", "utf-8")
    else:
        (folder / "texts" / "experience.md").unlink()

    case = kunming(case_copy)

    assert len(readings) == 2
    assert case.text("more") == ("新的" if change == "new file" else "")


def test_a_case_with_problems_is_not_handed_on(tmp_path, run_folder):
    root = write_case(tmp_path / "root", {"use": "单位,已用\n甲县,x\n"})

    with pytest.raises(InputError):
        opened(root)

    assert list(run_folder.iterdir()) == []


def test_nothing_is_left_where_no_run_asks_for_it(case_copy, monkeypatch, readings):
    monkeypatch.delenv(HANDED, raising=False)

    kunming(case_copy)
    kunming(case_copy)

    assert handed_path("kunming-grid", 2018) is None
    assert len(readings) == 2


def test_a_full_private_folder_only_means_that_each_reads_for_itself(
    case_copy, run_folder, readings
):
    run_folder.rmdir()

    kunming(case_copy)
    kunming(case_copy)

    assert len(readings) == 2


def test_a_description_of_a_table_travels_by_its_name():
    from auditbook.case.schemas import SCHEMAS

    for schema in SCHEMAS.values():
        assert pickle.loads(pickle.dumps(schema)) is schema
