"""问卷质量: when and how fast forms were filled in.

Forms of online platforms can be filled in by programs, which show in time: many within a minute,
faster than one can read, outside the days on which people were asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from auditbook.procedures.errors import PlanError, check_count, check_rate
from auditbook.procedures.survey.flags import flagged

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Places: TypeAlias = "npt.NDArray[np.int64]"


def speeders(seconds: pd.Series, *, share: float = 1 / 3) -> pd.DataFrame:
    """Forms filled in within less than a share of the median time.

    Parameters
    ----------
    seconds : Series of numbers, one per respondent
        Time taken; a missing one is not judged and does not count for the median.
    share : float
        Of the median; a third is common, not a law.

    Returns
    -------
    DataFrame
        flag ``speed``, row, detail ``seconds=…;median=…``.

    Raises
    ------
    PlanError
        Times that are no numbers or negative; a share outside 0–1.
    """
    part = float(check_rate("share", share, one=True))
    if not pd.api.types.is_numeric_dtype(seconds):
        raise PlanError(
            f"作答时间不是秒数（{seconds.dtype}）；请先换成秒",
            f"times taken are no numbers ({seconds.dtype}); turn them into seconds first",
        )
    if (seconds < 0).any():
        row = seconds.index[seconds < 0][0]
        raise PlanError(f"作答时间为负：第 {row} 行", f"a time taken is negative: row {row}")
    median = float(seconds.median()) if seconds.notna().any() else 0.0
    where = (seconds < part * median).fillna(False)
    return flagged("speed", seconds.index, where, seconds=seconds, median=seconds * 0 + median)


def bursts(times: pd.Series, *, most: int, seconds: int = 60) -> pd.DataFrame:
    """Forms that are among more than `most` handed in within so many seconds.

    Parameters
    ----------
    times : Series of datetime64, one per respondent
        When handed in; a missing one is not judged. The order of rows does not matter.
    most : int
        Forms that can well come within the time: a class that fills in its forms together hands
        in many at once.
    seconds : int
        Length of the window, both ends included, wherever it begins.

    Returns
    -------
    DataFrame
        flag ``burst``, row, detail ``within=…``: forms in the fullest window that holds this one.

    Raises
    ------
    PlanError
        Times that are no times; `most` or `seconds` below 1.
    """
    import numpy as np

    check_count("most", most, least=1)
    window = check_count("seconds", seconds, least=1)
    moments = _checked(times).to_numpy().astype("datetime64[us]")
    order = np.argsort(moments, kind="stable")  # missing ones last
    order = order[: len(order) - int(times.isna().sum())]
    at = moments[order].astype(np.int64)
    ends = np.searchsorted(at, at + window * 1_000_000, side="right")
    counted = np.zeros(len(times), dtype=np.int64)
    counted[order] = _fullest(ends)
    return flagged("burst", times.index, counted > most, within=counted)


def outside_window(times: pd.Series, *, start: datetime | str, end: datetime | str) -> pd.DataFrame:
    """Forms handed in before the first or after the last moment of the fieldwork.

    Parameters
    ----------
    times : Series of datetime64, one per respondent
        A missing one is not judged.
    start, end : datetime, or text such as ``"2018-11-05 09:00"``
        Both belong to the fieldwork. A bare day is its first moment: for the last day write the
        time as well.

    Returns
    -------
    DataFrame
        flag ``outside_window``, row, detail ``time=…``.

    Raises
    ------
    PlanError
        Times that are no times, or an end before the start.
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if last < first:
        raise PlanError(
            f"结束时间 {end} 早于开始时间 {start}", f"the end {end} is before the start {start}"
        )
    where = (_checked(times) < first) | (times > last)
    shown = times.dt.strftime("%Y-%m-%d %H:%M:%S")
    return flagged("outside_window", times.index, where, time=shown)


def _checked(times: pd.Series) -> pd.Series:
    if not pd.api.types.is_datetime64_dtype(times):
        raise PlanError(
            f"提交时间不是时间（{times.dtype}）；请先换成时间，不带时区",
            f"times are no times ({times.dtype}); turn them into times without a zone first",
        )
    return times


def _fullest(ends: Places) -> Places:
    """For each of some sorted moments, the forms in the fullest window that holds it.

    Window i holds the moments i to ends[i] − 1, so moment j lies in those from the first one that
    ends after it to its own: a maximum over a range, looked up in maxima over powers of two.
    """
    import numpy as np

    moments = np.arange(len(ends))
    first = np.searchsorted(ends, moments, side="right")
    found, maxima, span = np.zeros_like(ends), ends - moments, 1
    while len(maxima):
        here = (moments - first + 1 >= span) & (moments - first + 1 < 2 * span)
        found[here] = np.maximum(maxima[first[here]], maxima[moments[here] - span + 1])
        maxima = np.maximum(maxima[:-span], maxima[span:])
        span *= 2
    return found
