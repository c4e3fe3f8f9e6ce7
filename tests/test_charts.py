"""Charts: drawn from the table that is shown, Chinese included, the same bytes each time."""

import hashlib
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.deliver import charts
from auditbook.procedures import funds

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def bars(chart):
    return [round(bar.get_width(), 6) for bar in chart.axes[0].patches]


@BOTH
def test_bars_are_the_amounts_of_the_table_in_the_unit_of_the_case(kunming, lang):
    rates = funds.unit_rates(kunming.allocation)

    chart = charts.unit_amounts(rates, lang=lang, money_unit="万元")

    arrived = [fen / 1_000_000 for fen in rates["arrived_fen"][:-1]]
    assert bars(chart) == arrived + [fen / 1_000_000 for fen in rates["used_fen"][:-1]]


@BOTH
def test_units_that_disagree_carry_their_difference(kunming, lang):
    sides = funds.side_by_side(kunming.allocation, kunming.use)

    chart = charts.two_tables(sides, lang=lang, money_unit="万元")

    texts = [text.get_text() for text in chart.axes[0].texts]
    assert [t for t in texts if "40.00" in t or "17.00" in t] == texts
    assert len(texts) == 2


@BOTH
def test_scores_write_points_and_full_marks(lang):
    table = pd.DataFrame(
        {"name": ["资金使用情况"], "points_points": [Decimal("8.2")], "full_points": [Decimal(9)],
         "rate_rate": [Fraction(82, 90)]}
    )  # fmt: skip

    chart = charts.scores(table, lang=lang, money_unit="")

    assert bars(chart) == [round(8200 / 90, 6)]
    assert chart.axes[0].texts[0].get_text() == "8.2 / 9"


@pytest.mark.parametrize("name", ["satisfaction", "coverage", "scores", "unit_amounts"])
def test_without_rows_a_chart_says_that_there_is_nothing(name):
    columns = ["unit", "share_rate", "arrived_fen", "used_fen", "name"]

    chart = getattr(charts, name)(pd.DataFrame(columns=columns), lang="zh", money_unit="万元")

    assert "没有可画的数据" in [t.get_text() for t in chart.texts]


@pytest.mark.filterwarnings("error:Glyph")
def test_no_chinese_character_is_missing_from_the_font(tmp_path):
    """Rare characters of place and personal names too."""
    table = pd.DataFrame(
        {"unit": ["倘甸两区", "㛃𠮷镕"], "arrived_fen": [1, 2], "used_fen": [1, 1]}
    )

    charts.unit_amounts(table, lang="zh", money_unit="元").savefig(tmp_path / "c.png")

    assert (tmp_path / "c.png").stat().st_size > 5000


DRAW = """
import hashlib, io
import pandas as pd
from auditbook.deliver import charts
table = pd.DataFrame({"unit": ["甲"], "arrived_fen": [100], "used_fen": [50]})
out = io.BytesIO()
chart = charts.unit_amounts(table, lang="zh", money_unit="元")
chart.savefig(out, format="svg", metadata={"Date": None})
print(hashlib.sha256(out.getvalue()).hexdigest())
"""


def test_two_processes_draw_the_same_bytes():
    first, second = (
        subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, check=True)
        for _ in range(2)
    )

    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) == len(hashlib.sha256().hexdigest())
