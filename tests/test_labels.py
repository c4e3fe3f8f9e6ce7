"""The label table: both languages, same placeholders, nothing unused."""

import csv
import re

import pytest

from auditbook.case.schemas import SCHEMAS
from auditbook.deliver.labels import LabelError, column_title, label, labels, wording
from auditbook.facts import Finding, Severity, Verdict
from auditbook.procedures.ledger import TESTS

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def placeholders(words):
    """Those of a wording; a name in two languages (``group_zh``) counts as one."""
    return {re.sub("_(zh|en)$", "", name) for name in PLACEHOLDER.findall(words)}


@pytest.fixture(scope="module")
def sources(root):
    files = [*(root / "src").rglob("*.py"), *(root / "notebooks").glob("*.ipynb")]
    return "\n".join(path.read_text("utf-8") for path in files)


def test_keys_are_sorted_and_unique(root):
    path = root / "src" / "auditbook" / "deliver" / "labels.csv"
    with path.open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]

    assert keys == sorted(set(keys))


def test_every_label_has_both_languages_with_the_same_placeholders():
    for key, (zh, en) in labels().items():
        assert zh, key
        assert en, key
        assert placeholders(zh) == placeholders(en), key


def test_no_digit_is_typed_in_the_wording_of_the_report():
    wording = {key: "".join(words) for key, words in labels().items() if key.startswith("report.")}
    typed = [key for key, text in wording.items() if re.search(r"\d", PLACEHOLDER.sub("", text))]

    assert typed == []


def test_every_finding_that_a_procedure_can_make_has_a_wording(sources):
    rules = set(re.findall(r'"((?:funds|sampling|survey|scoring|tieout)\.[a-z_]+)"', sources))
    made = {rule for rule in rules if f"finding.{rule}" in labels()}
    made |= {f"ledger.{test}" for test in TESTS if test != "returns"} | {"ledger.calendar_unknown"}
    stated = {key.removeprefix("finding.") for key in labels() if key.startswith("finding.")}

    made |= {f"sampling.{one}" for one in ("method_stated", "redrawn", "enough", "no_pilot")}

    assert made == stated


def test_every_label_is_used(sources):
    """By its whole key, or by its family where the last word comes from data."""
    families = ("column.", "caption.", "finding.", "money_unit.", "verdict.", "severity.",
                "identity.", "subject.", "fit.", "operator.", "measure.", "condition.", "holds.",
                "selection.", "basis.", "kept.", "statement.", "show.", "report.", "rule.", "test.",
                "outcome.", "conformity.", "warnings.", "allowed_case.", "balance.",
                "balance_test.", "certainty.", "chosen.", "compared.", "conclusion.",
                "drawing_item.",
                "drawing_value.", "part.", "projection_method.", "reason.", "visit.",
                "within.", "by_nonresponse.", "by_sampling.", "detail.", "direction.", "effect.",
                "flag.", "lacking.", "looks_reversed.", "map.", "possible.", "printing.",
                "quadrant.", "rate_name.", "remarks.", "rests_upon.", "scope.", "shown.", "side.",
                "small.", "target_verdict.", "topic.", "without.")  # fmt: skip
    unused = [key for key in labels() if not key.startswith(families) and key not in sources]

    assert unused == []


def test_captions_and_columns_belong_to_tables_that_are_kept(sources):
    kept = set(re.findall(r'"\d\d\.\d+_([a-z_]+)', sources.replace("\\", "")))
    captions = {key.removeprefix("caption.") for key in labels() if key.startswith("caption.")}

    assert kept - {"findings"} == captions


def test_titles_of_input_columns_come_from_the_table_descriptions():
    assert column_title("target", "zh") == label("column.target", "zh")
    assert column_title("balance_fen", "en") == "Balance"
    assert column_title("examined_by", "zh") == SCHEMAS["verified_funds"].titles()["examined_by"].zh


def test_an_unknown_label_is_an_error_not_a_blank():
    with pytest.raises(LabelError, match="no_such"):
        label("no_such", "zh")


def test_a_wording_that_misses_a_detail_is_an_error():
    with pytest.raises(KeyError, match="fits"):
        wording(Finding("scoring.unpublished_rule", Severity.LOW, Verdict.UNDECIDED), "zh")
