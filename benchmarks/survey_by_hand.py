"""A large survey evaluated by hand, with whole columns and with loops: see ``survey.py``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import synthetic_survey as made

RUN, SHARE_OF_MEDIAN, GAPS, BURST = 15, 0.3333, 0.2, 40
Found = dict[str, Any]


class Plain:
    """What both other ways share: a table of texts and what R users call by name."""

    def read(self, root: Path) -> Any:
        """Texts as they are; labels, times and durations checked by hand."""
        import pandas as pd

        path = root / "data" / made.PROJECT / str(made.YEAR) / f"answers_{made.GROUP}.csv"
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for name in [*made.RATED, made.OVERALL]:
            if not table[name].isin([*made.LABELS, ""]).all():
                raise ValueError(f"{name}: unknown label")
        table["at"] = pd.to_datetime(table["提交答卷时间"], format="%Y/%m/%d %H:%M:%S")
        table["seconds"] = table["所用时间"].str.removesuffix("秒").astype(float)
        return table

    def compared(self, index: Any, units: Any) -> Found:
        """Kruskal-Wallis, and every pair by Mann-Whitney."""
        from itertools import combinations

        from scipy import stats

        parts = [index[units == unit] for unit in units.unique()]
        pairs = [stats.mannwhitneyu(a, b).pvalue for a, b in combinations(parts, 2)]
        return {"h": float(stats.kruskal(*parts).statistic), "p_least": float(min(pairs))}

    def mean(self, index: Any) -> tuple[float, float]:
        """With the lower limit of Student's t."""
        from scipy import stats

        error = stats.sem(index) * stats.t.ppf(0.975, len(index) - 1)
        return float(index.mean()), max(0.0, float(index.mean() - error))

    def wilson(self, count: int, n: int) -> float:
        """The lower limit."""
        share, square = count / n, 1.959963984540054**2
        root = (square * (share * (1 - share) / n + square / (4 * n * n))) ** 0.5
        return float((share + square / (2 * n) - root) / (1 + square / n))


class Pandas(Plain):
    """By hand, column by column, as one who knows pandas well."""

    def evaluate(self, table: Any) -> Found:
        """Everything with whole columns."""
        texts = table[made.RATED]
        scores = texts.apply(lambda column: (column.map(made.LABELS) - 1) / 4)
        index = scores.mean(axis=1).round(10).dropna()
        units = table["单位"][index.index]
        parts = {"": index} | {unit: index[units == unit] for unit in table["单位"].unique()}
        means = {unit: self.mean(part) for unit, part in parts.items()}
        good = texts.isin(["很满意", "满意"]).where(texts != "")
        rates, lower = {}, {}
        for unit in parts:
            some = good if not unit else good[table["单位"] == unit]
            for name in made.RATED:
                count, n = int(some[name].sum()), int(some[name].notna().sum())
                rates[unit + name], lower[unit + name] = count / n, self.wilson(count, n)
        whole = scores.dropna()
        k, spread = whole.shape[1], whole.cov().to_numpy()
        return {
            "index": {unit: mean for unit, (mean, _) in means.items()},
            "lower": {unit: low for unit, (_, low) in means.items()},
            "rate": rates,
            "rate_lower": lower,
            "alpha": float(k / (k - 1) * (1 - spread.trace() / spread.sum())),
            "flags": self.flags(table),
            **self.compared(index, units),
        }

    def flags(self, table: Any) -> Found:
        """Forms marked by each test."""
        import numpy as np
        import pandas as pd

        closed = [*made.RATED, made.OVERALL, "Q28", "Q29"]
        scale = table[[*made.RATED, made.OVERALL]]
        codes = scale.apply(lambda column: column.map(made.LABELS)).to_numpy(float)
        run = longest = np.where(np.isnan(codes[:, 0]), 0, 1)
        for place in range(1, codes.shape[1]):
            same = codes[:, place] == codes[:, place - 1]
            run = np.where(np.isnan(codes[:, place]), 0, np.where(same, run + 1, 1))
            longest = np.maximum(longest, run)
        at = table["at"].sort_values()
        moments = at.astype("datetime64[us]").astype("int64").to_numpy()
        ends = np.searchsorted(moments, moments + 60_000_000, side="right")
        inside = np.zeros(len(at) + 1, dtype=int)
        for first, end in enumerate(ends):
            if end - first > BURST:
                inside[first] += 1
                inside[end] -= 1
        questions = table[[*closed, "Q30"]]
        quick = table["seconds"] < SHARE_OF_MEDIAN * table["seconds"].median()
        marked = {
            "unanswered": (table[closed] == "").sum(axis=1) > GAPS * len(closed),
            "duplicate": questions.duplicated(keep=False) & (questions != "").any(axis=1),
            "same_ip": table["来自IP"].duplicated(keep=False),
            "straight_line": pd.Series(longest >= RUN),
            "low_variability": (scale_sd(codes) < 0.05),
            "speed": quick,
            "burst": pd.Series(np.cumsum(inside[:-1]) > 0, index=at.index).sort_index(),
            "outside_window": (table["at"] < made.START) | (table["at"] > made.END),
            "contradiction": (table["Q28"] == "没办过") & (table[made.OVERALL] == "很满意"),
        }
        counts = {name: int(where.sum()) for name, where in marked.items() if where.any()}
        return counts | {"any": int(pd.DataFrame(marked).any(axis=1).sum())}


def scale_sd(codes: Any) -> Any:
    """Standard deviation of each row, as a share of the scale."""
    import pandas as pd

    return pd.DataFrame((codes - 1) / 4).std(axis=1, ddof=1)


class Loops(Plain):
    """Row by row and cell by cell, as ``apply`` in R is used."""

    def evaluate(self, table: Any) -> Found:
        """Everything with loops; scipy only for tests."""
        import numpy as np
        import pandas as pd

        rows = table.to_dict("records")
        index, units = [], []
        for row in rows:
            scores = [(made.LABELS[row[q]] - 1) / 4 for q in made.RATED if row[q]]
            if scores:
                index.append(round(sum(scores) / len(scores), 10))
                units.append(row["单位"])
        values, names = np.array(index), pd.Series(units)
        means = {u: self.mean(values[names == u] if u else values) for u in ["", *names.unique()]}
        rates, lower = {}, {}
        for unit in means:
            for name in made.RATED:
                given = [row[name] for row in rows if row[name] and unit in ("", row["单位"])]
                count = sum(text in ("很满意", "满意") for text in given)
                rates[unit + name] = count / len(given)
                lower[unit + name] = self.wilson(count, len(given))
        return {
            "index": {unit: mean for unit, (mean, _) in means.items()},
            "lower": {unit: low for unit, (_, low) in means.items()},
            "rate": rates,
            "rate_lower": lower,
            "alpha": self.alpha(rows),
            "flags": self.flags(rows),
            **self.compared(pd.Series(values), names),
        }

    def alpha(self, rows: list[Any]) -> float:
        """Of the forms without a gap."""
        import statistics

        whole = [[made.LABELS[row[q]] / 4 for q in made.RATED] for row in rows
                 if all(row[q] for q in made.RATED)]  # fmt: skip
        k = len(made.RATED)
        items = sum(statistics.pvariance([row[place] for row in whole]) for place in range(k))
        return k / (k - 1) * (1 - items / statistics.pvariance([sum(row) for row in whole]))

    def flags(self, rows: list[Any]) -> Found:
        """Forms marked by each test."""
        import statistics
        from collections import Counter

        questions = [*made.RATED, made.OVERALL, "Q28", "Q29", "Q30"]
        forms = Counter(tuple(row[q] for q in questions) for row in rows)
        addresses = Counter(row["来自IP"] for row in rows)
        median = statistics.median(row["seconds"] for row in rows)
        crowded = self.crowded(sorted(row["at"].timestamp() for row in rows))
        start, end = (datetime.fromisoformat(text) for text in (made.START, made.END))
        counts: Counter[str] = Counter()
        for row in rows:
            answers = [row[q] for q in questions]
            ticked = [made.LABELS[text] / 4 for text in answers[:27] if text]
            found = {
                "unanswered": sum(not text for text in answers[:29]) > GAPS * 29,
                "duplicate": forms[tuple(answers)] > 1 and any(answers),
                "same_ip": addresses[row["来自IP"]] > 1,
                "straight_line": longest_run(answers[:27]) >= RUN,
                "low_variability": len(ticked) > 1 and statistics.stdev(ticked) < 0.05,
                "speed": row["seconds"] < SHARE_OF_MEDIAN * median,
                "burst": row["at"].timestamp() in crowded,
                "outside_window": not start <= row["at"] <= end,
                "contradiction": row["Q28"] == "没办过" and row[made.OVERALL] == "很满意",
            }
            counts.update(name for name, holds in found.items() if holds)
            counts["any"] += any(found.values())
        return dict(counts)

    def crowded(self, moments: list[float]) -> set[float]:
        """Moments in a minute with too many forms."""
        found: set[float] = set()
        end = 0
        for first, moment in enumerate(moments):
            while end < len(moments) and moments[end] <= moment + 60:
                end += 1
            if end - first > BURST:
                found.update(moments[first:end])
        return found


def longest_run(answers: list[str]) -> int:
    """Of equal answers one after the other; a gap ends it."""
    longest = run = 0
    before = ""
    for text in answers:
        run = 0 if not text else run + 1 if text == before else 1
        longest, before = max(longest, run), text
    return longest
