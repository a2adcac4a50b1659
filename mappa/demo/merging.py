"""The same person recorded twice: one pair merged, one that the co-ordinator is asked about."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mappa.demo.cases import CONFLICTING, DANIEL, HELD_BACK, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.offenders import service as offenders
from mappa.offenders.merging import service as merging
from mappa.offenders.merging.rules import AskToMerge, MergeRecords
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning

COORDINATOR = "carl.estover"
_HARD_CASES = (DANIEL, NOBODY_KNOWS, CONFLICTING, HELD_BACK)


def duplicates(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Record two people a second time; merge one pair, ask for the other."""
    twice = [
        case
        for case in cases
        if not case.scottish
        and case.person.index not in _HARD_CASES
        and case.person.died_on is None
        and case.person.born_on is not None
    ][1:3]
    if len(twice) < 2:
        return
    merged, asked = twice
    again = _record_again(stage, merged, now - timedelta(days=40))
    with stage.act(COORDINATOR, now - timedelta(days=12)) as actor:
        why = MergeRecords(reason="The same date of birth, and the same place of work was given.")
        merging.merge(actor, merged.id, again, why, now=now - timedelta(days=12))
    other = _record_again(stage, asked, now - timedelta(days=20))
    with stage.act(asked.manager, now - timedelta(days=3)) as actor:
        ask = AskToMerge(reason="Entered a second time from a referral; the name is misspelt.")
        merging.ask(actor, asked.id, other, ask, now=now - timedelta(days=3))


def _record_again(stage: Stage, case: Case, at: datetime) -> UUID:
    """The same person under a name that was misheard, with an address and a warning."""
    person = case.person
    with stage.act(case.manager, at) as actor:
        command = AddPerson(
            given_name=person.given,
            family_name=f"{person.family}e",
            category=person.category or 2,
            level=1,
            born_on=person.born_on,
            manager_id=actor.user_id,
        )
        added = offenders.add_person(actor, command, now=at).id
    with stage.act(case.manager, at) as actor:
        home = AddAddress(
            kind="home", from_on=at.date(), lines="3 Quarry Cottages", postcode="NM3 7ZX",
            district="Northmoor NM3",
        )  # fmt: skip
        offenders.add_address(actor, added, home, now=at)
        warning = AddWarning(
            headline="Ask for the keeper of the gate first.", serious=1,
            review_on=(at + timedelta(days=90)).date(),
        )  # fmt: skip
        offenders.add_warning(actor, added, warning, now=at)
    return added
