"""Where the root, a case and its outputs are."""

from __future__ import annotations

import pytest

from auditbook import InputError, open_case
from auditbook.case.root import cases, find_root, projects
from case_files import opened, write_case


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    monkeypatch.delenv("AUDITBOOK_ROOT", raising=False)
    monkeypatch.delenv("AUDITBOOK_OUT", raising=False)


def test_the_root_is_the_first_folder_upward_with_data_and_notebooks(tmp_path, monkeypatch):
    folder = write_case(tmp_path)
    monkeypatch.chdir(folder)

    assert find_root() == tmp_path
    assert open_case("test-grid", 2018).folder == folder


def test_the_environment_comes_before_the_working_folder(tmp_path, monkeypatch):
    write_case(tmp_path / "here")
    write_case(tmp_path / "there")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("AUDITBOOK_ROOT", str(tmp_path / "there"))

    assert find_root() == tmp_path / "there"
    assert find_root(tmp_path / "here") == tmp_path / "here"


def test_without_a_root_the_message_says_how_to_name_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match="用 --root 或 AUDITBOOK_ROOT 指明"):
        find_root()


def test_a_named_root_without_data_is_refused(tmp_path):
    with pytest.raises(InputError, match="应为含有 data/ 的文件夹") as caught:
        open_case("test-grid", 2018, root=tmp_path)

    assert caught.value.problems[0].value == str(tmp_path)


def test_outputs_are_below_the_root_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    write_case(tmp_path)
    case = opened(tmp_path)

    assert case.outputs == tmp_path / "outputs" / "test-grid" / "2018"

    monkeypatch.setenv("AUDITBOOK_OUT", str(tmp_path / "elsewhere"))

    assert case.outputs == tmp_path / "elsewhere" / "test-grid" / "2018"


def test_a_case_that_does_not_exist_lists_those_that_do(tmp_path):
    write_case(tmp_path)
    write_case(tmp_path, project="old-road", year=2017)

    with pytest.raises(InputError) as caught:
        open_case("test-grid", 2019, root=tmp_path)

    (problem,) = caught.value.problems
    assert (problem.file, problem.value) == ("data/test-grid/2019", "test-grid 2019")
    assert "相近的案卷：test-grid 2018" in problem.message
    assert "现有案卷：old-road 2017、test-grid 2018" in problem.message


@pytest.mark.parametrize("year", ["../2018", "18", "", True, -2018])
def test_a_year_that_is_none_is_refused(tmp_path, year):
    write_case(tmp_path)

    with pytest.raises(InputError, match="年度应为四位数字"):
        open_case("test-grid", year, root=tmp_path)


def test_a_bad_name_and_a_bad_year_are_told_together(tmp_path):
    write_case(tmp_path)

    with pytest.raises(InputError) as caught:
        open_case("..", 18, root=tmp_path)

    assert [problem.column for problem in caught.value.problems] == ["project", "year"]


def test_cases_are_listed_by_project_and_year(tmp_path):
    write_case(tmp_path, year=2019)
    write_case(tmp_path)
    (tmp_path / "data" / "not a project").mkdir()
    (tmp_path / "data" / "empty").mkdir()

    assert cases(tmp_path) == [("test-grid", 2018), ("test-grid", 2019)]
    assert projects(tmp_path) == ["test-grid"]
