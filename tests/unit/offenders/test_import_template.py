"""The template, the page of the documentation and the checks speak of the same columns."""

from pathlib import Path

from mappa.offenders.importing import presenters, rules
from mappa.offenders.importing.schemas import RowSchema


def test_every_column_is_understood_and_no_other():
    assert set(RowSchema().fields) == set(rules.NAMES)


def test_the_documentation_says_of_every_column_what_the_page_says():
    text = Path("docs/import.md").read_text()
    for column in rules.COLUMNS:
        needed = "yes" if column.needed else ""
        assert f"| `{column.name}` | {needed} | {column.says} | {column.example} |" in text


def test_the_template_is_its_headings_and_one_made_up_row():
    head, example = presenters.template()
    assert head == rules.NAMES
    assert len(example) == len(head)
