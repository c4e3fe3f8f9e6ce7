"""One way of reading and evaluating a large survey, in a process of its own: see ``survey.py``.

Prints JSON: seconds of reading and of evaluating, the peak of the process, and what was found, in
the same words for every way.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any, Protocol

import synthetic_survey as made
from survey_by_hand import Loops, Pandas

Found = dict[str, Any]


class Way(Protocol):
    """How a survey is read and evaluated."""

    def read(self, root: Path) -> Any:
        """The answers, from the case folder."""

    def evaluate(self, answers: Any) -> Found:
        """Figures by name."""


class Product:
    """auditbook: open the case, call the procedures."""

    def read(self, root: Path) -> Any:
        """Read, checked against the instrument, every problem located."""
        from auditbook import open_case

        case = open_case(made.PROJECT, made.YEAR, root=root)
        return case.answers()[made.GROUP], case.settings.surveys[0].quality

    def evaluate(self, answers: Any) -> Found:
        """By the procedures of notebook 03."""
        from auditbook.procedures.survey.comparisons import compare_scores
        from auditbook.procedures.survey.forms import flag_summary, form_flags
        from auditbook.procedures.survey.index import row_index, satisfaction_index
        from auditbook.procedures.survey.rates import satisfaction_rates
        from auditbook.procedures.survey.reliability import reliability

        given, quality = answers
        rated = given.instrument.rated
        scores, units = given.shares(rated), given.frame["unit"]
        index = satisfaction_index(scores, low=0, high=1, units=units)
        rates = satisfaction_rates(
            given.labels(rated), satisfied=["很满意", "满意"], basic=["一般"],
            others=["不满意", "很不满意"], units=units,
        )  # fmt: skip
        flags = form_flags(given, quality=quality)
        counts = flag_summary(flags, len(given.frame)).set_index("flag")["forms_count"]
        compared = compare_scores(row_index(scores).dropna(), units[row_index(scores).notna()])
        means = index[index["level"] != "question"].set_index("unit")
        single = rates[rates["level"] == "question"]
        return {
            "index": means["index"].to_dict(),
            "lower": means["lower"].to_dict(),
            "rate": dict(zip(single["unit"] + single["name"], single["rate"], strict=True)),
            "rate_lower": dict(zip(single["unit"] + single["name"], single["lower"], strict=True)),
            "alpha": reliability(scores).alpha.estimate,
            "flags": {name: int(count) for name, count in counts.items()},
            "h": compared.statistic,
            "p_least": float(compared.pairs["p_value"].min()),
        }


WAYS: dict[str, type[Way]] = {"product": Product, "pandas": Pandas, "loops": Loops}


def main() -> None:
    """Measure one way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("root", type=Path)
    chosen = parser.parse_args()
    way, begun = WAYS[chosen.way](), time.perf_counter()
    answers = way.read(chosen.root)
    read = time.perf_counter()
    found = way.evaluate(answers)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result = {"read": read - begun, "evaluate": done - read, "peak_mib": peak, "found": found}
    print(json.dumps(result, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
