"""A dip sample in words: what was frozen, what was found, and what that says of all."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import ceil, floor
from uuid import UUID

from mappa.offenders.exporting.presenters import MARKING
from mappa.visits.dip_sample import interval
from mappa.visits.dip_sample.drawing import ALGORITHM
from mappa.visits.dip_sample.models import DipSample
from mappa.visits.dip_sample.rules import Frame, Purpose, Tally
from mappa.web import words

UNSEEN = "A person you may not see"
HOW = (
    f"This way of drawing is called {ALGORITHM}.",
    "The people who can be drawn are frozen first: the ids of everybody whom the drawer may see "
    "and who answers the conditions (an auditor draws from everybody whom the agency leads), 16 "
    "bytes each, each once, in ascending order. SHA-256 of that list is written down.",
    "Then 32 random bytes are chosen as the seed, and SHA-256 of them is written down too. Both "
    "stand in the audit before anybody is drawn, and the seed is kept from everybody.",
    "To draw, each id gets a rank: HMAC-SHA256 of its 16 bytes with the seed as the key. Those "
    "with the lowest ranks are drawn, the lowest first. The seed is shown from then on.",
)
"""How anybody can draw the same people again."""


def people_words(count: int) -> str:
    """Say "1 person" or "1,200 people"."""
    return f"{count:,} people" if count != 1 else "1 person"


def among_words(sample: DipSample, drawer: str) -> str:
    """Whom it is drawn from."""
    if sample.frame == Frame.REGISTER.value:
        return "Everybody whom the agency leads, by reference"
    return f"Everybody {drawer} could see{f': {sample.among}' if sample.among else ''}"


def frozen_rows(sample: DipSample, drawer: str) -> list[tuple[str, str]]:
    """What was written down before the draw."""
    return [
        ("Drawn from", f"{among_words(sample, drawer)} ({people_words(sample.size)})"),
        ("To be drawn", people_words(sample.wanted)),
        ("For", Purpose(sample.purpose).words),
        ("Why", sample.why),
        ("Frozen", f"{words.moment(sample.at)}, by {drawer}"),
    ]


def proof_rows(sample: DipSample, seed: str) -> Iterator[tuple[str, str]]:
    """What proves the draw; the seed is empty until it may be shown."""
    yield "Way of drawing", sample.algorithm
    yield "SHA-256 of the frozen list", sample.population_digest
    yield "SHA-256 of the seed", sample.seed_digest
    yield "Seed", seed or "Shown once the sample is drawn"


def summary(found: Tally, size: int) -> list[str]:
    """What came of a sample, and what that says of all whom it was drawn from."""
    if not found.drawn - found.waiting:
        return [f"None of {found.drawn:,} is checked yet."]
    said = [_so_far(found)]
    if found.could_not:
        said.append(
            f"{found.could_not:,} could not be checked and {_is_are(found.could_not)} left out: "
            "what is said of all holds only if they are like the others."
        )
    if found.waiting:
        said.append("What that says of all is worked out when everybody drawn has a result.")
    elif found.speaks:
        said.append(_of_all(found, size))
    return said


def _so_far(found: Tally) -> str:
    done = found.drawn - found.waiting
    share = f" ({_percent(found.not_in_order, found.looked)})" if found.looked else ""
    return (
        f"{done:,} of {found.drawn:,} have a result: {found.in_order:,} in order, "
        f"{found.not_in_order:,} not in order{share}, {found.could_not:,} could not be checked."
    )


def _of_all(found: Tally, size: int) -> str:
    all_of = interval.likely(size, found.looked, found.not_in_order)
    if all_of.least == all_of.most:
        return f"Everybody was checked: {all_of.least:,} of {people_words(size)} not in order."
    low, high = floor(100 * all_of.least / size), ceil(100 * all_of.most / size)
    return (
        f"Of all {people_words(size)} it was drawn from, between {all_of.least:,} and "
        f"{all_of.most:,} are not in order ({low} % to {high} %): a range worked out like this is "
        "right at least 19 times of 20."
    )


def _percent(part: int, of: int) -> str:
    return f"{round(100 * part / of)} % of those checked"


def _is_are(count: int) -> str:
    return "is" if count == 1 else "are"


def list_lines(
    sample: DipSample, people: Iterable[UUID], *, by: str, reference: str, at: datetime
) -> Iterator[Sequence[str]]:
    """The file of a frozen list: whose it is, how it is hashed, the ids, and an end."""
    yield (MARKING, f"Reference {reference}")
    yield (f"Exported by {by}",)
    yield (f"{words.moment(at)}. Frozen list of the dip sample {sample.id}",)
    yield ("Each id as 16 bytes, one after the other in this order, has this SHA-256:",)
    yield (sample.population_digest,)
    yield ("Person",)
    for each in people:
        yield (str(each),)
    yield (MARKING, f"End of {reference}: {people_words(sample.size)}")
