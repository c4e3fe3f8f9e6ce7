"""Ledgers too large for memory: a case with them says and gives what one with small ones does."""

import importlib.util
import shutil
import sys

import duckdb
import pytest

from auditbook import open_case
from auditbook.case import InputError, ledger_store
from auditbook.case import files as case_files_module
from auditbook.query import query
from case_files import ALLOCATION, SETTINGS, only_problem_in, opened, write_case

UNITS = "单位,层级\n甲县,县\n乙县,县\n"
HEADER = "分录号,日期,单位,金额（元）,用途\n"
LINES = "".join(f"P{n:03d},2018-03-{n % 28 + 1:02d},甲县,{n}.00,用途\n" for n in range(1, 61))
PAYMENTS = {"allocation": ALLOCATION, "units": UNITS, "payments": HEADER + LINES}


@pytest.fixture
def every_ledger_is_large(monkeypatch):
    monkeypatch.setattr(case_files_module, "LARGE", 0)


def by_money(root, **tables):
    settings = SETTINGS.replace("frame: allocation", "frame: payments").replace(
        "amount: arrived", "amount: amount"
    )
    return write_case(root, PAYMENTS | tables, settings=settings)


# what a large ledger gives ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(root):
    """What the notebooks do, as one script."""
    spec = importlib.util.spec_from_file_location("plain_script", root / "benchmarks" / "plain.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def synthetic_root(root, tmp_path_factory):
    """A root of its own for the committed synthetic case of 2018."""
    new = tmp_path_factory.mktemp("large")
    (new / "notebooks").mkdir()
    shutil.copytree(
        root / "data" / "synthetic-grid" / "2018", new / "data" / "synthetic-grid" / "2018"
    )
    return new


def kept_by(step, case, folder):
    (folder / "tables").mkdir(parents=True)
    (folder / "charts").mkdir()
    module, name = step
    kept = module.Kept(folder)
    getattr(module, name)(case, kept)
    files = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return files, kept.all_figures, kept.all_findings


@pytest.mark.parametrize("name", ["fund_reconciliation", "sampling_of_items"])
@pytest.mark.parametrize("limit", [0, 40_000], ids=["all three large", "payments large"])
def test_working_papers_of_large_and_of_small_ledgers_are_the_same(
    plain, synthetic_root, tmp_path, monkeypatch, name, limit
):
    """Tables and charts byte for byte, figures and findings one by one."""
    small = open_case("synthetic-grid", 2018, root=synthetic_root)
    files, figures, findings = kept_by((plain, name), small, tmp_path / "small")
    monkeypatch.setattr(case_files_module, "LARGE", limit)
    large = open_case("synthetic-grid", 2018, root=synthetic_root)

    assert large.tables["payments"].ledger and not small.tables["payments"].ledger
    assert bool(large.tables["receipts"].ledger) == (limit == 0)
    in_large = kept_by((plain, name), large, tmp_path / "large")
    assert sorted(in_large[0]) == sorted(files)
    assert [file for file in files if in_large[0][file] != files[file]] == []
    assert in_large[2] == findings
    # Of a large ledger a figure names the file, not each of its rows.
    assert [(f.key, f.value) for f in in_large[1]] == [(f.key, f.value) for f in figures]


@pytest.mark.parametrize("kind", ["gb18030", "parquet"])
def test_a_ledger_in_gb18030_or_parquet_is_read_as_one_in_utf_8(tmp_path, kind):
    folder = by_money(tmp_path)
    expected = opened(tmp_path).payments
    if kind == "gb18030":
        (folder / "payments.csv").write_bytes((HEADER + LINES).encode("gb18030"))
    else:
        (folder / "payments.csv").rename(tmp_path / "payments.csv")
        sql = f"select * from read_csv('{tmp_path / 'payments.csv'}', all_varchar = true)"
        duckdb.sql(f"copy ({sql}) to '{folder / 'payments.parquet'}'")

    case = opened(tmp_path)

    found = query("select entry_id, date, unit, amount from t order by 1", t=case.payments)
    for column in found:
        assert found[column].tolist() == expected[column].tolist()
    assert case.inputs("payments")["rows"].tolist() == [60]


def test_a_large_ledger_is_read_once_and_anew_when_a_byte_of_it_changes(
    tmp_path, every_ledger_is_large, monkeypatch
):
    folder = by_money(tmp_path)
    first = opened(tmp_path).tables["payments"].ledger.path
    monkeypatch.setattr(ledger_store, "read_ledger", lambda *_, **__: pytest.fail("read again"))
    assert opened(tmp_path).tables["payments"].ledger.path == first

    monkeypatch.undo()
    monkeypatch.setattr(case_files_module, "LARGE", 0)
    (folder / "payments.csv").write_text(HEADER + LINES.replace(",1.00,", ",2.00,"), "utf-8")
    second = opened(tmp_path).tables["payments"].ledger.path

    assert second != first
    assert second.exists() and not first.exists()
    assert not list((tmp_path / "data").rglob("*.parquet"))


# what is wrong ----------------------------------------------------------------------------------


def test_a_cell_of_a_large_ledger_cannot_be_adjusted_and_why_is_said(
    tmp_path, every_ledger_is_large
):
    adjusted = (
        "表,行,列,原值,新值,调整人,日期,原因\npayments,P001,金额,1.00,2.00,某,2019-01-01,误\n"
    )
    by_money(tmp_path, adjustments=adjusted)

    problem = only_problem_in(tmp_path)
    assert (problem.file, problem.row) == ("adjustments.csv", 2)
    assert "大文件" in problem.message


def test_an_item_that_a_large_ledger_does_not_have_cannot_be_sampled(
    tmp_path, every_ledger_is_large
):
    by_money(tmp_path, sample="编号,身份,方法\nP001,样本,随机抽样\nP999,样本,随机抽样\n")

    problem = only_problem_in(tmp_path)
    assert (problem.file, problem.row, problem.value) == ("sample.csv", 3, "P999")
    assert "payments.entry_id" in problem.message


def test_a_work_list_is_held_against_a_large_ledger(tmp_path, every_ledger_is_large):
    sample = "编号,身份,方法\nP001,样本,随机抽样\n"
    verified = "编号,账面数（元）,核定数（元）\nP001,9.00,9.00\n"
    by_money(tmp_path, sample=sample, verified_funds=verified)

    problem = only_problem_in(tmp_path)
    assert (problem.file, problem.row) == ("verified_funds.csv", 2)
    assert "0.0001万元（payments.csv:2）" in problem.message


@pytest.mark.parametrize("limit", [0, 10**9], ids=["large", "small"])
def test_of_many_bad_rows_the_first_50_are_told_and_all_are_counted(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(case_files_module, "LARGE", limit)
    bad = "".join(f"P{n:05d},2018-03-01,甲县,许多,用途\n" for n in range(3000))
    by_money(tmp_path, payments=HEADER + bad)

    with pytest.raises(InputError) as caught:
        opened(tmp_path)

    lines = str(caught.value).splitlines()
    assert "3000 个问题" in lines[0]
    assert lines[1].startswith("1. payments.csv › 第 2 行") and "许多" in lines[1]
    assert lines[51] == "…另有 2950 个问题未列出"
    assert len(caught.value.problems) <= 50
