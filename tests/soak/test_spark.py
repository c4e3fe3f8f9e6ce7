"""The same tests of a ledger on Spark and on this machine give equal tables."""

import importlib.util
import shutil
import sys
import warnings
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from auditbook.procedures import ledger as tests
from auditbook.query import query
from ledger_lines import EVERY_TEST, FUND, ledger, planted, staff

SPARK = Path(sys.prefix) / "spark"
"""Where `make soak` puts Spark: pandera imports it wherever it finds it, and takes long to."""

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a Java"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None and not (SPARK / "pyspark").is_dir(),
        reason=f"no pyspark, nor any in {SPARK}",
    ),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
KEYS = ["unit", "payee", "amount", "date"]
STAFF = staff(("王一", "622201"), ("李二", ""))
RECEIPTS = ledger(("2018-01-20", 100), ("2018-10-01", 100, {"unit": "乙乡"}))
SQL_TESTS = {
    "duplicate_payments": lambda table, _: tests.duplicate_payments(table, keys=KEYS),
    "near_duplicates": lambda table, _: tests.near_duplicates(table, days=5),
    "split_payments": lambda table, _: tests.split_payments(table, limit=10_000, days=4),
    "before_arrival": lambda table, receipts: tests.before_arrival(
        table, receipts=receipts, fund=FUND
    ),
    "after_cut_off": lambda table, _: tests.after_cut_off(table, cut_off=date(2018, 10, 15)),
    "purpose_not_allowed": lambda table, _: tests.purpose_not_allowed(
        table, allowed=["补助", "培训"]
    ),
    "mixed_funds": lambda table, _: tests.mixed_funds(table, fund=FUND),
    "round_sums": lambda table, _: tests.round_sums(table, multiple=3000),
    "non_working_days": lambda table, _: tests.non_working_days(table),
    "staff_payees": lambda table, _: tests.staff_payees(table, staff=STAFF),
    "voucher_gaps": lambda table, _: tests.voucher_gaps(table),
    "returns": lambda table, _: tests.returns(table),
    "benford": lambda table, _: tests.benford(_amounts(table), digits=2).table,
}


@pytest.fixture(scope="module")
def spark():
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(sys, "path", [*sys.path, str(SPARK)])  # pandera is imported by now
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.codegen.wholeStage", "false")  # compiling takes longer than running
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()
    for module in [name for name in sys.modules if name.partition(".")[0] in ("pyspark", "py4j")]:
        del sys.modules[module]  # pandera would import the rest of it at its next validation


@pytest.fixture(scope="module")
def on_spark(spark):
    return _spark_frame(spark, planted()), _spark_frame(spark, RECEIPTS)


@pytest.mark.parametrize("name", SQL_TESTS)
def test_spark_gives_what_duckdb_gives(on_spark, name):
    here = SQL_TESTS[name](planted(), RECEIPTS)

    assert len(here)
    pd.testing.assert_frame_equal(SQL_TESTS[name](*on_spark), here)


def test_every_test_that_is_asked_for_is_compared():
    assert {*SQL_TESTS, "returns_unexplained"} == set(tests.TESTS)


def test_spark_restricts_a_ledger_to_the_fund_as_duckdb_does(on_spark):
    asked = type(EVERY_TEST)(fund=FUND, round_sums="30元")

    pd.testing.assert_frame_equal(
        tests.ledger_tests(on_spark[0], asked), tests.ledger_tests(planted(), asked)
    )


def test_an_answer_of_spark_has_the_types_of_duckdbs(on_spark):
    sql = """
        select entry_id, cast(date as date) as day, amount, amount > 0 as paid,
            case when amount > 5000 then payee end as name, cast(1 as double) as rate,
            case when amount > 5000 then amount end as large, cast(1 as integer) as one,
            case when amount > 5000 then amount > 6000 end as huge
        from ledger order by entry_id
    """
    here = query(sql, ledger=planted())

    pd.testing.assert_frame_equal(query(sql, ledger=on_spark[0]), here)
    nothing = sql.replace("from ledger", "from ledger where amount = 2")
    pd.testing.assert_frame_equal(
        query(nothing, ledger=on_spark[0]), query(nothing, ledger=planted())
    )


def test_spark_refuses_a_sum_that_is_not_whole_and_leaves_no_view(spark, on_spark):
    with pytest.raises(TypeError, match="cast it to bigint"):
        query("select cast(1 as decimal(38, 0)) as total from ledger", ledger=on_spark[0])

    assert spark.catalog.listTables() == []


def _amounts(table):
    return table[["amount"]] if isinstance(table, pd.DataFrame) else table.select("amount")


def _spark_frame(session, frame):
    types = {"date": "timestamp", "amount": "bigint"}
    schema = ", ".join(f"{name} {types.get(name, 'string')}" for name in frame.columns)
    columns = [
        frame[name].dt.to_pydatetime() if name == "date" else frame[name] for name in frame.columns
    ]
    rows = [
        tuple(value.item() if hasattr(value, "item") else value for value in row)
        for row in zip(*columns, strict=True)
    ]
    return session.createDataFrame(rows, schema)
