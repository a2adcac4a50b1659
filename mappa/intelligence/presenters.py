"""How an item is said on a page."""

from collections.abc import Sequence

from mappa.intelligence import rules
from mappa.intelligence.queries import HolderAgency
from mappa.intelligence.rules import Assessment, Handling, Source

Tile = tuple[str, str, str, str]


def tiles(source: str, assessment: str, handling: str) -> list[Tile]:
    """The grading as three tiles: code, what it grades, the word and a sentence."""
    graded = (
        ("Source", Source(source)),
        ("Assessment", Assessment(assessment)),
        ("Handling", Handling(handling)),
    )
    return [(grade.value, what, *rules.in_words(grade)) for what, grade in graded]


def code_and_words(source: str, assessment: str, handling: str) -> str:
    """Say "2-B-C: untested; known indirectly, corroborated; share with conditions"."""
    said = "; ".join(word.lower() for _, _, word, _ in tiles(source, assessment, handling))
    return f"{rules.code(source, assessment, handling)}: {said}"


def choices(grade: type[Source] | type[Assessment] | type[Handling]) -> list[tuple[str, str, str]]:
    """The radios of one part of the grading: value, words and a sentence."""
    return [(each.value, f"{each.value}: {rules.in_words(each)[0]}", _hint(each)) for each in grade]


def _hint(grade: rules.Grade) -> str:
    if grade is Handling.CONDITIONS:
        return "Whoever it is shared with must accept the conditions first"
    return rules.in_words(grade)[1]


def sealed(holders: Sequence[HolderAgency]) -> list[tuple[str, str | None]]:
    """The sealed lines: the agency, and whom to ring there."""
    return [(each.name, _ring(each)) for each in holders]


def _ring(holder: HolderAgency) -> str | None:
    if holder.desk and holder.phone:
        return f"{holder.desk} on {holder.phone}"
    return holder.phone or None
