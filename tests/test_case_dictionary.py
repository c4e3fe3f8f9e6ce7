"""The data dictionary says what the schemas say."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from auditbook.case.dictionary import dictionary, main
from auditbook.case.schemas import SCHEMAS


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_column_of_a_table_stands_in_the_dictionary(name):
    _, _, section = dictionary().partition(f'<a id="{name}"></a>')
    section = section.partition("<a id=")[0]

    for column, title in SCHEMAS[name].titles().items():
        assert f"| `{column.replace('_.+', '_<来源>')}` | {title.zh} | {title.en} |" in section


def test_the_written_dictionary_can_be_checked(tmp_path):
    (tmp_path / "data").mkdir()
    run = CliRunner().invoke

    assert run(main, ["--check", "--root", str(tmp_path)]).exit_code == 4
    assert run(main, ["--write", "--root", str(tmp_path)]).exit_code == 0
    assert run(main, ["--check", "--root", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "data" / "README.md").read_text(encoding="utf-8") == dictionary()
    assert run(main, []).output == dictionary()
