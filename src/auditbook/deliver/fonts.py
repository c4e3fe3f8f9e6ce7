"""The Chinese font of the charts: Noto Sans CJK SC out of a wheel, the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

CHART_STYLE: dict[str, Any] = {
    "axes.unicode_minus": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "auditbook",
}
"""Settings of every chart; the font family is added by :func:`chart_style`."""


@cache
def chart_font() -> str:
    """Register the font with matplotlib once and return its family name."""
    from matplotlib import font_manager

    font = str(files("mpl_font") / "fonts" / "noto" / "NotoSansCJKsc-Regular.otf")
    font_manager.fontManager.addfont(font)
    return str(font_manager.FontProperties(fname=font).get_name())


def chart_style() -> Any:
    """The matplotlib settings under which charts are drawn and saved."""
    return CHART_STYLE | {"font.family": [chart_font(), "DejaVu Sans"]}
