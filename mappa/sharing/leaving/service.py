"""Answering for a share that somebody else authorised who has left, or moved on."""

from datetime import datetime
from uuid import UUID

from mappa.access import giving
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import load
from mappa.access.terms import Section
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.sharing.leaving import queries
from mappa.sharing.shares import facts, rules
from mappa.sharing.shares.models import ShareDecision, ShareRecord

REAUTHORISE = "share-reauthorise"
"""The kind of the duty, and its rule."""
DONE = "share:reauthorised"


def confirm(actor: Actor, share_id: UUID, why: str, *, now: datetime) -> None:
    """Answer for a share from now on; what its authoriser owed on it is owed by the actor.

    The share itself stays as it is. Raises ``NotFound`` unless it is left behind.
    """
    queries.left_behind(actor, share_id)
    kept = load(actor, ShareRecord, share_id)
    require(actor, Action.SHARE_MAKE, Target(person=kept.person_id, owner=kept.owner_agency_id))
    if kept.authorised_by_id in queries.officers(actor.agency_id):
        raise NotFound  # somebody was quicker
    if not giving.standing_shares([share_id]):
        raise RuleBroken("SHARE-STANDS", "This share has ended. Nothing is left to confirm")
    _check_opens(actor, kept, now)
    left, kept.authorised_by_id, kept.authorised_at = kept.authorised_by_id, actor.user_id, now
    _say(actor, kept, why, now)
    reminders.close_deadlines(share_id, now, kind=REAUTHORISE)
    reminders.pass_on(
        kept.person_id,
        reminders.Owes(user=left, team=NOBODY, agency=actor.agency_id),
        reminders.Owes(user=actor.user_id, team=actor.team_id, agency=actor.agency_id),
        (queries.AUTHORISES.value,),
        now,
    )
    log.record(
        actor, Operation.DISCLOSURE, DONE, [kept.person_id, kept.id], at=now,
        fields=["authorised_by_id"], recipients=[kept.to_agency_id],
    )  # fmt: skip


def _check_opens(actor: Actor, kept: ShareRecord, now: datetime) -> None:
    """Nobody answers for a share by which its receiver cannot see anything."""
    person = people.person(actor, kept.person_id)
    known = facts.facts(actor, person, kept.to_agency_id, today=day_of(now))
    try:
        rules.check_opens([Section(kept.section)], known)
    except RuleBroken as broken:
        raise RuleBroken(broken.rule, *broken.sentences, "Or end this share below") from None


def _say(actor: Actor, kept: ShareRecord, why: str, now: datetime) -> None:
    columns = label_of(kept).columns()
    db.session.add(
        ShareDecision(
            **columns, kind="reviewed", found=why, next_on=kept.review_on, by_id=actor.user_id,
            at=now,
        )
    )  # fmt: skip
    db.session.flush()
