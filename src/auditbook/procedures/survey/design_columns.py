"""How respondents were drawn: strata, clusters, weights and populations, checked row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.procedures.errors import PlanError, check_count

_ALIKE = 0.01
"""Numbers of people that are further apart than this share are not the same."""


@dataclass(frozen=True)
class DesignColumns:
    """How respondents were drawn; all series of the index of the answers.

    Attributes
    ----------
    strata, clusters : Series or None
        What each respondent belongs to; clusters (群) lie within strata: the same name in two
        strata is two clusters.
    weights : Series or None
        People that each respondent stands for. None: with populations N_h/n_h, else all alike.
    populations : mapping or None
        Stratum → clusters in it (people, where no clusters were drawn), for the finite population
        correction; under ``all`` without strata.
    people : int or None
        People in the whole population, to be held against the sum of weights.
    """

    strata: pd.Series | None = None
    clusters: pd.Series | None = None
    weights: pd.Series | None = None
    populations: Mapping[str, int] | None = None
    people: int | None = None

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """The design as numbers, one row per respondent.

        Returns
        -------
        DataFrame
            weight; stratum, cluster, size (populations) where given; members (people in the
            cluster) where weights say that only some of them were asked.

        Raises
        ------
        PlanError
            A column of other rows; a stratum or cluster missing; a weight missing, infinite or not
            above 0; populations that do not name each stratum, name others, or are smaller than
            what was drawn.
        """
        frame = pd.DataFrame(index=index)
        if self.strata is not None:
            frame["stratum"] = _codes("strata", "层", self.strata, index)
        if self.clusters is not None:
            within = _codes("clusters", "群", self.clusters, index)
            frame["cluster"] = within
            frame["cluster"] = frame.groupby(list(frame.columns), sort=False).ngroup()
        if self.populations is not None:
            frame["size"] = self._sizes(frame)
        frame["weight"] = self._weights(frame)
        members = self._members(frame)
        return frame if members is None else frame.assign(members=members)

    def lone(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows are in a stratum with one cluster of several: its variance is not known."""
        alone = drawn(frame) == 1
        return alone if "size" not in frame else alone & (frame["size"] > 1)

    def covered(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows are in a stratum of which everybody was asked: no sampling error."""
        if "size" not in frame:
            return pd.Series(False, index=frame.index)
        whole = frame["size"] == drawn(frame)
        if "members" in frame:
            whole &= frame["members"] <= frame.groupby("cluster")["weight"].transform("size")
        return whole

    def differs(self, frame: pd.DataFrame) -> bool:
        """Whether the weights cannot be those of the people."""
        if self.weights is None:
            return False
        total = float(frame["weight"].sum())
        off = bool(self.people) and abs(total / (self.people or 1) - 1) > _ALIKE
        if "size" not in frame:
            return off
        grouped = by_stratum(frame)
        sums, sizes = grouped["weight"].transform("sum"), frame["size"]
        if self.clusters is None:
            return off or bool(((sums / sizes - 1).abs() > _ALIKE).any())
        # Each of the N_h clusters has at least as many people as were asked in those drawn.
        least = grouped["weight"].transform("size") * sizes / drawn(frame)
        return off or bool((sums / least < 1 - _ALIKE).any())

    def _sizes(self, frame: pd.DataFrame) -> pd.Series:
        assert self.populations is not None
        index, known = frame.index, {str(k): n for k, n in self.populations.items()}
        names = pd.Series("all", index=index) if self.strata is None else self.strata.astype(str)
        found = dict(zip(names, drawn(frame), strict=True))
        differing = sorted(found.keys() ^ known.keys())
        if differing:
            raise PlanError(
                f"populations 应逐一写明答卷中的层 {'、'.join(found)}；不一致的是 "
                f"{'、'.join(differing)}",
                f"populations should name the strata of the answers, {', '.join(found)}; these "
                f"differ: {', '.join(differing)}",
            )
        for name, n in found.items():
            if check_count(f"populations[{name}]", known[name]) < n:
                raise PlanError(
                    f"populations 里 {name} 是 {known[name]}，样本里已有 {n} 个",
                    f"populations has {known[name]} for {name}, of which the sample has {n}",
                )
        return names.map(known).astype(float)

    def _weights(self, frame: pd.DataFrame) -> Any:
        if self.weights is None:
            return frame["size"] / drawn(frame) if "size" in frame else 1.0
        _check_rows("weights", self.weights, frame.index)
        numbers = pd.to_numeric(self.weights, errors="coerce")
        wrong = ~((numbers > 0) & (numbers < float("inf")))
        if wrong.any():
            row, value = self.weights.index[wrong][0], self.weights[wrong].iloc[0]
            raise PlanError(
                f"{row} 的权重是 {value}，应大于 0",
                f"the weight of {row} is {value}, not above 0",
            )
        return numbers.astype("float64")

    def _members(self, frame: pd.DataFrame) -> pd.Series | None:
        """People in each cluster, as the weights have it: their sum is (N_h/n_h)·M people."""
        if self.clusters is None or self.weights is None or "size" not in frame:
            return None
        clusters = frame.groupby("cluster")["weight"]
        people = clusters.transform("sum") * drawn(frame) / frame["size"]
        asked = clusters.transform("size")
        if not (people > asked * (1 + _ALIKE)).any():
            return None
        return people.where(people > asked * (1 + _ALIKE), asked.astype(float))


def by_stratum(frame: pd.DataFrame) -> Any:
    """The rows by stratum; all in one where there are none."""
    strata = frame["stratum"] if "stratum" in frame else pd.Series(0, index=frame.index)
    return frame.groupby(strata.to_numpy(), sort=False)


def drawn(frame: pd.DataFrame) -> pd.Series:
    """Clusters (people, where there are none) drawn in the stratum of each row."""
    if "cluster" in frame:
        found: pd.Series = by_stratum(frame)["cluster"].transform("nunique")
        return found
    counted = frame.assign(row=1) if frame.columns.empty else frame
    sizes: pd.Series = by_stratum(counted)[counted.columns[0]].transform("size")
    return sizes


def _codes(name: str, zh: str, column: pd.Series, index: pd.Index) -> Any:
    _check_rows(name, column, index)
    if column.isna().any():
        row = column.index[column.isna()][0]
        raise PlanError(
            f"{row} 没有{zh}；每份答卷都要有，请补上或另立一{zh[-1]}",
            f"{row} has none of the {name}; name one, or make them one of their own",
        )
    return pd.factorize(column)[0]


def _check_rows(name: str, column: pd.Series, index: pd.Index) -> None:
    if not column.index.equals(index):
        raise PlanError(
            f"{name} 与答卷不是同一批：{len(column)} 行对 {len(index)} 行；请用同一张表的列",
            f"{name} is not of the same rows as the answers: {len(column)} and {len(index)}; give "
            "columns of one table",
        )
