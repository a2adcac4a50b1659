"""Cards and files of a draft in words, for their author."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mappa.kernel.errors import FieldErrors
from mappa.offenders.files.rules import Kind, Scan
from mappa.visits.cards import presenters as cards
from mappa.visits.cards.queries import About
from mappa.visits.cards.rules import KINDS
from mappa.visits.cards.schemas import CardSchema
from mappa.visits.doorstep.rules import DraftCard, DraftFile
from mappa.visits.doorstep.service import Finished
from mappa.web.typed import understand

_ON_RECORD = "Something on the record"


@dataclass(frozen=True)
class Part:
    """A card or a file of a draft as the page that checks the visit shows it."""

    anchor: str
    title: str
    lines: list[str]
    part: DraftCard | DraftFile


def finished(drafted: Sequence[DraftCard]) -> tuple[list[Finished], list[DraftCard]]:
    """The cards that could be understood, and those that could not."""
    found, unread = [], []
    for each in drafted:
        try:
            typed = understand(CardSchema(), each.typed)
        except FieldErrors:
            unread.append(each)
        else:
            found.append(Finished(of=each, kind=KINDS[each.kind], command=typed.command()))
    return found, unread


def card_parts(drafted: Sequence[DraftCard], named: Mapping[About, str]) -> list[Part]:
    """The cards with what they say; one that could not be understood with what was typed."""
    read = {each.of.id: each for each in finished(drafted)[0]}
    parts = []
    for each in drafted:
        kind = KINDS[each.kind]
        if each.id in read:
            command = read[each.id].command
            what = command.what
            if command.about:
                what = named.get(command.about, _ON_RECORD)
            lines = cards.lines(kind, command, what)
        else:
            lines = [each.typed[name] for name in ("what", "words") if each.typed.get(name)]
        parts.append(Part(each.anchor, kind.title, lines, each))
    return parts


def file_parts(drafted: Sequence[DraftFile]) -> list[Part]:
    """The files; they are given to the scanner once they are the visit's."""
    return [
        Part(
            f"file-{each.id}",
            Kind(each.kind).words,
            [each.title, Scan.NOT_SCANNED.words],
            each,
        )
        for each in drafted
    ]


Removed = tuple[Sequence[DraftCard], Sequence[DraftFile]]


def removed_words(removed: Removed) -> tuple[UUID, str] | None:
    """The part that was removed last, and what it was: "Photograph, The front room"."""
    cards, files = removed
    for file in files:
        return file.id, f"{Kind(file.kind).words}, {file.title}"
    for card in cards:
        return card.id, KINDS[card.kind].title
    return None
