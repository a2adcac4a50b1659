"""When the same is shared about several people at once. Pure; *who* may is for ``access``."""

from datetime import timedelta
from enum import StrEnum

from mappa.kernel.errors import RuleBroken

MOST_ALONE = 50
"""About more people nobody shares alone. Source: the issue of sharing permissions."""
WITHIN = timedelta(days=1)
"""What one officer shared alone in this time counts with it, or fifty and fifty would be a way."""
MOST = 1000
"""So many people one choice holds. A local standard: what a second person can still look at."""


class SeveralState(StrEnum):
    """What became of a choice of people."""

    DRAFT = "draft"
    ASKED = "asked"
    DONE = "done"


class Left(StrEnum):
    """Why somebody is left out of what is shared."""

    CLOSED = "closed"
    OWNS_NOTHING = "owns-nothing"
    UNSEEN = "unseen"
    NO_MORE = "no-more"
    OTHER_LAW = "other-law"
    SHARED_ALREADY = "shared-already"


OF_RULE: dict[str, Left] = {
    "SHARE-OWN": Left.OWNS_NOTHING,
    "SHARE-UNSEEN": Left.UNSEEN,
    "SHARE-EXCLUDED": Left.UNSEEN,
    "SHARE-MORE": Left.NO_MORE,
    "SHARE-BASIS": Left.OTHER_LAW,
}
"""The rules of one share that hang on the person: whoever they keep out is left out.

In a list nobody is told from whom an agency is kept out: it is one that does not see the person.
"""


def check_chosen(how_many: int) -> None:
    """Somebody is chosen, and no more than one choice holds."""
    if how_many < 1:
        raise RuleBroken("SHARE-PEOPLE", "Choose at least one person", field="people")
    if how_many > MOST:
        raise RuleBroken(
            "SHARE-MOST",
            f"Choose at most {MOST:,} people. Narrow the list, and share with the others after",
            field="who",
        )


def check_left(how_many: int) -> None:
    """Of somebody it can be shared."""
    if how_many < 1:
        raise RuleBroken(
            "SHARE-NOBODY",
            "This can be shared about none of the people you chose. The reasons stand below; "
            "change what is shared, or choose others",
        )


def takes_two(how_many: int) -> bool:
    """Whether a second person must approve it."""
    return how_many > MOST_ALONE
