"""The tables in ``docs/sampling.md`` are those that the reference files and the functions give."""

from reference_tables import DOC, END, START, tables


def test_the_tables_in_the_docs_are_up_to_date_and_every_number_agrees():
    """``python tests/reference_tables.py --write`` writes them anew."""
    written = DOC.read_text("utf-8").partition(START)[2].partition(END)[0].strip()

    assert written == tables()
    sums = [line.split("|")[-3:-1] for line in written.partition("\n\n")[0].splitlines()[2:]]
    assert [numbers.strip() for numbers, _ in sums] == [equal.strip() for _, equal in sums]
