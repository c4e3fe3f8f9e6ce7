"""Oracle of tests/test_survey_rates.py: prints survey_levels.csv.

Python 3.11 with statsmodels 0.15.0, which auditbook does not need otherwise; run:
python tests/reference/survey_levels.py > tests/reference/survey_levels.csv
"""

import json
import sys

from statsmodels.stats.proportion import multinomial_proportions_confint

SOURCE = "survey_levels.py, statsmodels 0.15.0, multinomial_proportions_confint(sison-glaz)"
COUNTS = [
    ([56, 72, 73, 59, 62, 87, 58], 0.95),
    ([45, 3, 1, 1, 0], 0.95),
    ([20, 15, 10, 4, 1], 0.9),
    ([120, 60, 15, 5, 0], 0.99),
    ([2, 1], 0.95),
    ([1, 1], 0.95),
    ([1, 0, 0], 0.95),
    ([2, 1, 0, 0], 0.99),
]

sys.stdout.write("function,arguments,field,printed,rounding,source\n")
for counts, level in COUNTS:
    limits = multinomial_proportions_confint(counts, 1 - level, method="sison-glaz")
    named = {str(place): count for place, count in enumerate(counts)}
    given = json.dumps({"counts": named, "confidence": level}).replace('"', '""')
    for place, ends in enumerate(limits):
        for side, end in zip(("lower", "upper"), ends, strict=True):
            row = f'level_distribution,"{given}",{place}.{side},{end:.12g},relative:1e-8,"{SOURCE}"'
            sys.stdout.write(row + "\n")
