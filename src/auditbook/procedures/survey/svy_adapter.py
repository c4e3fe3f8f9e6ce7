"""The one place where svy is called: designs, means, tests and weights, on plain columns.

svy (optional, ``pip install "auditbook[design]"``) linearises. Tables go in as columns of numbers,
without pyarrow; estimates come back as svy gives them.

Columns: weight, and where the design has them stratum, cluster, size (clusters of the stratum, or
people) and members (people of the cluster); what is estimated is value, of the rows in ``used``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pandas as pd

from auditbook.procedures.errors import PlanError

Numbers = Mapping[str, Mapping[int, float]]


class MissingSvyError(PlanError):
    """svy is not installed; says what to install."""

    def __init__(self) -> None:
        super().__init__(
            '按抽样设计估计要用 svy，还没有安装：pip install "auditbook[design]"；'
            "底稿的其余部分不受影响",
            "estimates by design need svy, which is not installed: "
            'pip install "auditbook[design]"; the rest of the working paper holds without it',
        )


def svy_available() -> bool:
    """Whether svy can be imported."""
    return find_spec("svy") is not None


def check_svy() -> None:
    """See that svy can be imported.

    Raises
    ------
    MissingSvyError
    """
    if not svy_available():
        raise MissingSvyError


def means(data: pd.DataFrame, *, by: str, reference: str, confidence: float) -> dict[int, Any]:
    """The mean of ``value`` in each part, parts being domains of the whole sample.

    Parameters
    ----------
    data : DataFrame
        With ``by``: numbers of the parts.
    by : str
    reference : str
        Of the design effect: simple random sampling with (``wr``) or without replacement (``wor``).
    confidence : float

    Returns
    -------
    dict
        By part: est, se, lci, uci (Student's t), df, deff, n. deff is nan or None where the people
        are no more than the respondents, so that there is nothing to compare with.
    """
    sample, svy = _sample(data)

    def estimated(deff: str | None) -> Any:
        used = svy.col("used")
        return sample.estimation.mean("value", by=by, where=used, deff=deff, alpha=1 - confidence)

    try:
        found = estimated(reference)
    except svy.SvyError as error:
        if error.code != "DEFF_NOT_COMPUTABLE":
            raise
        found = estimated(None)
    return {int(one.by_level[0]): one for one in found.estimates}


def independence(data: pd.DataFrame) -> Any:
    """Whether ``value`` and ``group`` go together: chisq and f after Rao and Scott."""
    sample, svy = _sample(data)
    return sample.categorical.tabulate("value", "group", where=svy.col("used")).stats


def rank_test(data: pd.DataFrame) -> Any:
    """Whether the ranks of ``value`` differ by ``group``."""
    sample, svy = _sample(data)
    return sample.categorical.ranktest("value", group="group", where=svy.col("used")).stats


def t_test(data: pd.DataFrame) -> Any:
    """Whether the means of ``value`` differ between two groups."""
    sample, svy = _sample(data)
    return sample.categorical.ttest("value", group="group", where=svy.col("used")).stats


def raked(data: pd.DataFrame, totals: Numbers) -> list[float]:
    """Weights whose sums are the totals of all margins at once.

    Raises
    ------
    PlanError
        No convergence.
    """
    sample, svy = _sample(data)
    try:
        found = sample.weighting.rake(
            controls={name: dict(people) for name, people in totals.items()},
            wgt_name="new", tol=1e-10, max_iter=1000,
        )  # fmt: skip
    except svy.SvyError as error:
        raise PlanError(
            f"迭代比例拟合没有收敛（{error.title}）；请核对各项人数，或合并人数很少的类别",
            f"raking did not converge ({error.title}); check the totals, or join small categories",
        ) from None
    return list(found.data["new"])


def post_stratified(data: pd.DataFrame, totals: Mapping[int, float]) -> list[float]:
    """Weights whose sums are the totals of ``category``."""
    sample, _ = _sample(data)
    found = sample.weighting.poststratify(dict(totals), cells="category", wgt_name="new")
    return list(found.data["new"])


def reweighted(data: pd.DataFrame) -> list[float]:
    """Weights of the rows that ``responded``; they bear those of the rest of their ``category``."""
    sample, _ = _sample(data)
    found = sample.weighting.adjust(
        "responded",
        cells="category",
        resp_mapping={"rr": 1, "nr": 0},
        respondents_only=True,
        wgt_name="new",
    )
    return list(found.data["new"])


def _sample(data: pd.DataFrame) -> tuple[Any, Any]:
    check_svy()
    import polars
    import svy

    def given(name: str) -> str | None:
        return name if name in data else None

    two_stages = "members" in data
    design = svy.Design(
        stratum=given("stratum"),
        psu=given("cluster"),
        ssu="row" if two_stages else None,
        wgt="weight",
        pop_size=svy.PopSize(psu="size", ssu="members") if two_stages else given("size"),
        singleton="center" if "stratum" in data else None,
    )
    columns = {str(name): data[name].to_numpy() for name in data.columns}
    return svy.Sample(polars.DataFrame(columns | {"row": range(len(data))}), design), svy
