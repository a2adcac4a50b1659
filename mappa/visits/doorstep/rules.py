"""Cards and files as a draft keeps them, beside what was typed on its pages. Pure.

A draft is names and texts; each card and each file is one text of ``CARD`` or ``FILE``, so that
they are encrypted with the draft, end with it, and are seen by its author alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

CARD, FILE = "drafted_card", "drafted_file"
REMOVED = "removed_part"
"""What the draft calls them; no field of a page is called so.

``REMOVED`` is what was removed last, with where it was: it can be put back, and names its bytes
until then.
"""


@dataclass(frozen=True, kw_only=True)
class DraftCard:
    """A card as it was typed, whether it is finished or not; ``kind`` is the key of its kind."""

    id: UUID
    kind: str
    typed: Mapping[str, str]

    @property
    def anchor(self) -> str:
        """Where the page that checks the visit shows it."""
        return f"card-{self.id}"


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file that was examined and whose bytes are stored; ``added_at`` is aware (UTC)."""

    id: UUID
    kind: str
    title: str
    name: str
    content: str
    size: int
    digest: str
    stored_as: str
    view_as: str
    added_at: datetime


def cards_in(texts: Iterable[str]) -> list[DraftCard]:
    """The cards of a draft, the first added first."""
    found = (json.loads(each) for each in texts)
    return [DraftCard(id=UUID(e["id"]), kind=e["kind"], typed=e["typed"]) for e in found]


def files_in(texts: Iterable[str]) -> list[DraftFile]:
    """The files of a draft, the first added first."""
    found = (json.loads(each) for each in texts)
    return [
        DraftFile(
            **each | {"id": UUID(each["id"]), "added_at": datetime.fromisoformat(each["added_at"])}
        )
        for each in found
    ]


def with_part(texts: Iterable[str], part: DraftCard | DraftFile) -> list[str]:
    """The texts with this part: in its place if it was among them, else after them."""
    fresh, kept = json.dumps(asdict(part), default=_spelled), list(texts)
    at = [place for place, each in enumerate(kept) if json.loads(each)["id"] == str(part.id)]
    if at:
        return [*kept[: at[0]], fresh, *kept[at[0] + 1 :]]
    return [*kept, fresh]


Texts = Mapping[str, Sequence[str]]
"""A draft: the texts of each name."""


def taken_out(texts: Texts, part: UUID) -> dict[str, list[str]] | None:
    """The texts that change when a part is removed; None for a part that is not there.

    It is kept as ``REMOVED``, in place of what was removed before.
    """
    for name in (CARD, FILE):
        kept = list(texts.get(name, ()))
        for place, text in enumerate(kept):
            if _id_in(text) == part:
                last = json.dumps({"name": name, "place": place, "text": text})
                return {name: kept[:place] + kept[place + 1 :], REMOVED: [last]}
    return None


def put_back(texts: Texts, part: UUID) -> dict[str, list[str]] | None:
    """The texts that change when the part that was removed last is where it was; else None."""
    for each in texts.get(REMOVED, ()):
        last = json.loads(each)
        if _id_in(last["text"]) == part:
            kept = list(texts.get(last["name"], ()))
            kept.insert(last["place"], last["text"])
            return {last["name"]: kept, REMOVED: []}
    return None


def removed_of(texts: Texts) -> tuple[list[DraftCard], list[DraftFile]]:
    """What was removed last, a card or a file; neither where nothing was."""
    last = [json.loads(each) for each in texts.get(REMOVED, ())]
    return (
        cards_in(each["text"] for each in last if each["name"] == CARD),
        files_in(each["text"] for each in last if each["name"] == FILE),
    )


def names_in(texts: Texts) -> set[str]:
    """The names of the stored bytes that a draft names, also by what was removed last."""
    return names_of([*files_in(texts.get(FILE, ())), *removed_of(texts)[1]])


def names_of(files: Iterable[DraftFile]) -> set[str]:
    """The names of the stored bytes of files."""
    return {name for each in files for name in (each.stored_as, each.view_as) if name}


def _id_in(text: str) -> UUID:
    return UUID(json.loads(text)["id"])


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
