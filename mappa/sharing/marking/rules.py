"""What can be marked and when. Who may do it is decided in ``access``. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from mappa.access.terms import MarkKind
from mappa.kernel.errors import FieldErrors, RuleBroken

LONGEST_REVIEW = timedelta(days=366)
"""A mark is looked at again within a year. Source: local standard."""


@dataclass(frozen=True, kw_only=True)
class Markable:
    """A kind of record that can be marked: its table, what it is called, and where its page is.

    ``tab`` is the key of the person's tab under which that page stands.
    """

    table: str
    words: str
    endpoint: str
    argument: str
    tab: str


MARKABLE = (
    Markable(
        table="visit", words="visit", endpoint="visits.visit", argument="visit_id", tab="visits"
    ),
    Markable(
        table="intelligence_item",
        words="item of intelligence",
        endpoint="intelligence.item",
        argument="item_id",
        tab="intelligence",
    ),
    Markable(
        table="warning",
        words="warning to staff",
        endpoint="people.warning",
        argument="warning_id",
        tab="overview",
    ),
    Markable(
        table="person_file",
        words="document",
        endpoint="files.show",
        argument="file_id",
        tab="overview",
    ),
)
"""Records with a page of their own.

Not among them is what all agencies reckon with: identity, orders, the assessment of risk and the
plan. If one were hidden, the others would go on with an older one and not know it.
"""

KINDS = {
    MarkKind.SEALED: (
        "Seal it",
        "Who gets this section is told that something is held, and whom to ask",
    ),
    MarkKind.HIDDEN: ("Hide it", "Nobody else is told that there is anything"),
}
DONE = {MarkKind.SEALED: "Sealed", MarkKind.HIDDEN: "Hidden"}


@dataclass(frozen=True, kw_only=True)
class SetMark:
    """Seal or hide a record; ``readers`` still read it, besides who marks it."""

    kind: MarkKind
    reason: str
    review_on: date
    readers: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Keep:
    """A mark was looked at and stays, until it is looked at again."""

    found: str
    review_on: date


def check_review(day: date, *, today: date) -> None:
    """Raise ``FieldErrors`` unless the day of the next look is to come, and within a year."""
    if not today < day <= today + LONGEST_REVIEW:
        raise FieldErrors({"review_on": ["Choose a day after today and within a year"]})


def check_readers(
    chosen: Collection[UUID], *, offered: Collection[UUID], unsealing: Collection[UUID]
) -> None:
    """Raise ``FieldErrors`` for a reader who was not offered, or where no second one could unseal.

    Two people take a mark off, so that nobody marks what nobody could ever open again.
    """
    if not set(chosen) <= set(offered):
        raise FieldErrors({"readers": ["Choose readers from the list"]})
    if not set(chosen) & set(unsealing):
        raise FieldErrors(
            {
                "readers": [
                    "Choose at least one who may take the mark off with you. It takes two people"
                ]
            }
        )


def check_unmarked(*, marked: bool, named_only: bool) -> None:
    """Raise ``RuleBroken`` for a record that is marked, or open to named readers only."""
    if marked:
        raise RuleBroken("MARK-ONCE", "It is marked already. Two people take the mark off first")
    if named_only:
        raise RuleBroken(
            "MARK-NAMED",
            "Only those who will do it and their supervisors see this, until it is done. "
            "Mark it then",
        )
