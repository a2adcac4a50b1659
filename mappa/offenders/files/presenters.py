"""Files as their reader's pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.kernel.errors import RuleBroken
from mappa.offenders.files.queries import check_opens, gives_original
from mappa.offenders.files.rules import MEGABYTE, Content, Kind, Scan
from mappa.web import words


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """One file: ``opens`` says whether this reader may have its bytes, ``original`` as sent."""

    id: UUID
    title: str
    kind: str
    photograph: bool
    picture: bool
    dated: str
    source: str
    facts: Sequence[tuple[str, str]]
    scan: str
    colour: str
    opens: bool
    original: bool
    ended: bool


_COLOURS = {Scan.NOT_SCANNED: "grey", Scan.CLEAN: "green", Scan.REFUSED: "red"}


def file_line(actor: Actor, seen: Seen) -> FileLine:
    """A file in words."""
    kind, scan = Kind(seen.kind), Scan(seen.scan)
    opens = _opens(actor, seen)
    return FileLine(
        id=seen.id,
        title=seen.title,
        kind=kind.words,
        photograph=kind is Kind.PHOTOGRAPH,
        picture=seen.has_picture and opens and seen.ended_at is None,
        dated=words.day(seen.dated_on),
        source=seen.agency_name,
        facts=_facts(seen, kind),
        scan=scan.words,
        colour=_COLOURS[scan],
        opens=opens,
        original=opens and gives_original(actor, seen),
        ended=seen.ended_at is not None,
    )


def _opens(actor: Actor, seen: Seen) -> bool:
    try:
        check_opens(actor, seen)
    except RuleBroken:
        return False
    return True


def _facts(seen: Seen, kind: Kind) -> Sequence[tuple[str, str]]:
    by = f"{seen.by_name}, {seen.agency_name}" if seen.by_name else seen.agency_name
    facts = [
        ("What it is", kind.words),
        ("Date", words.day(seen.dated_on)),
        ("Added", f"{words.moment(seen.added_at)} by {by}"),
        ("File", f"{Content(seen.content).name}, {_size(seen.size)}"),
    ]
    if seen.ended_at is not None:
        facts += [("Ended", words.moment(seen.ended_at)), ("Why it was ended", seen.end_reason)]
    return facts


def _size(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE else f"{max(1, count // 1024)} KB"
