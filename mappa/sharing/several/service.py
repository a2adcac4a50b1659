"""Choosing several people and sharing the same about them: alone, or with a second person.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written. Whom the
policy or the rules keep out at that moment is left out and counted, never shared.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.guard import add_many
from mappa.access.labels import RecordLabel
from mappa.access.reading import Seen
from mappa.access.terms import SUPERVISORS, Level, Section
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders import queries as people
from mappa.reminders import many
from mappa.reminders.many import Told
from mappa.reminders.service import Duty
from mappa.sharing.approvals import service as approvals
from mappa.sharing.approvals.kinds import Agreed
from mappa.sharing.approvals.rules import Payload
from mappa.sharing.several import queries, rules
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.rules import Left, SeveralState
from mappa.sharing.shares import service as shares
from mappa.sharing.shares.models import ShareRecord
from mappa.sharing.shares.rules import Basis, MakeShare

KIND = "bulk-share"
"""The kind of the question to a second person."""
KEPT_FOR = timedelta(days=14)

# Choosing


def choose(actor: Actor, ids: Collection[UUID], *, now: datetime) -> None:
    """Choose these people too. Ids of people whom the reader does not see are not found."""
    require(actor, Action.SHARE_LIST)
    wanted = list(dict.fromkeys(ids))
    rules.check_chosen(len(wanted))
    if {each.record for each in people.several(actor, wanted)} != set(wanted):
        raise NotFound
    found = _draft(actor, now)
    chosen = list(dict.fromkeys([*queries.chosen_of(found), *wanted]))
    rules.check_chosen(len(chosen))
    _keep(found, chosen, now)


def take_out(actor: Actor, ids: Collection[UUID], *, now: datetime) -> None:
    """Take these people out again. Whoever was not chosen changes nothing."""
    found = _own_draft(actor)
    gone = set(ids)
    _keep(found, [each for each in queries.chosen_of(found) if each not in gone], now)


def start_again(actor: Actor) -> None:
    """Forget whom the reader chose and what was typed; what was asked or shared stays."""
    db.session.delete(_own_draft(actor))
    db.session.flush()


def say(actor: Actor, values: Mapping[str, Iterable[str]], *, now: datetime) -> None:
    """Keep what was typed, in place of what was kept of these fields before."""
    found = _own_draft(actor)
    fresh = {name: list(texts) for name, texts in values.items()}
    found.typed = json.dumps(queries.typed_of(found) | fresh)
    found.at, found.ends_at = now, now + KEPT_FOR
    db.session.flush()


def _draft(actor: Actor, now: datetime) -> SeveralShare:
    found = queries.draft(actor)
    if found is not None:
        return _locked(found.id)
    old = sa.delete(SeveralShare).where(
        SeveralShare.state == SeveralState.DRAFT.value, SeveralShare.ends_at <= now
    )
    db.session.execute(old)
    made = SeveralShare(
        user_id=actor.user_id, agency_id=actor.agency_id, state=SeveralState.DRAFT.value,
        chosen="[]", typed="{}", outcome="{}", at=now, ends_at=now + KEPT_FOR,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _own_draft(actor: Actor) -> SeveralShare:
    require(actor, Action.SHARE_LIST)
    found = queries.draft(actor)
    if found is None:
        raise NotFound
    return _locked(found.id)


def _locked(several_id: UUID) -> SeveralShare:
    statement = sa.select(SeveralShare).where(SeveralShare.id == several_id).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def _keep(found: SeveralShare, chosen: Sequence[UUID], now: datetime) -> None:
    found.chosen = json.dumps([each.hex for each in chosen])
    found.at, found.ends_at = now, now + KEPT_FOR
    db.session.flush()


# Sharing


def share(actor: Actor, command: MakeShare, *, now: datetime) -> SeveralShare:
    """Share about whom of the chosen it can be, at once, or ask a second person if they are many.

    What it gives says which. The same choice is shared, or asked, once.
    """
    found = _own_draft(actor)
    if found.state != SeveralState.DRAFT.value:
        raise NotFound
    chosen = queries.chosen_of(found)
    rules.check_chosen(len(chosen))
    weighed = queries.weigh(actor, chosen, command, day_of(now))
    rules.check_left(len(weighed.ready))
    if queries.takes_two(actor, weighed.ids, now):
        payload = written(found.id, chosen, command)
        found.approval_id = approvals.ask(actor, KIND, payload, command.why, now)
        _is(found, SeveralState.ASKED, now)
    else:
        give(actor, weighed.ready, command, now)
        _done(found, weighed.ready, weighed.left, now)
    return found


def _is(found: SeveralShare, state: SeveralState, now: datetime) -> None:
    found.state, found.ends_at, found.at = state.value, None, now
    db.session.flush()


def do(agreed: Agreed) -> None:
    """Share what two people agreed on, about whom it can be shared now.

    The policy is asked again of each person, for whoever asked; a person whom the second one may
    not open is left out as well. A first day that has passed becomes today.
    """
    found = _locked(UUID(agreed.payload["several"]))
    if found.state != SeveralState.ASKED.value:
        raise RuleBroken("SHARE-ONCE", "This was shared already")
    today = day_of(agreed.now)
    command = command_of(agreed.payload)
    command = replace(command, starts_on=max(command.starts_on, today))
    chosen = [UUID(each) for each in agreed.payload["people"]]
    weighed = queries.weigh(agreed.asker, chosen, command, today)
    open_to_second = {each.record for each in people.several(agreed.answerer, chosen)}
    ready = [each for each in weighed.ready if each.record in open_to_second]
    rules.check_left(len(ready))
    closed = [each.record for each in weighed.ready if each.record not in open_to_second]
    left = dict(weighed.left)
    if closed:
        left[Left.CLOSED] = [*left.get(Left.CLOSED, ()), *closed]
    give(agreed.asker, ready, command, agreed.now)
    _done(found, ready, left, agreed.now)


def _done(
    found: SeveralShare,
    ready: Sequence[Seen],
    left: Mapping[Left, Sequence[UUID]],
    now: datetime,
) -> None:
    found.outcome = json.dumps(
        {
            "shared": [each.record.hex for each in ready],
            "left": {why.value: [each.hex for each in ids] for why, ids in left.items()},
        }
    )
    _is(found, SeveralState.DONE, now)


def give(actor: Actor, ready: Sequence[Seen], command: MakeShare, now: datetime) -> None:
    """Write the shares of all these people, why they stand, what is owed, and who is told.

    The policy and the rules have been asked.
    """
    sections = list(dict.fromkeys(command.sections))
    names = {each.record: each.sort_name for each in ready}
    made = rights.share_each(
        names, actor.agency_id, command.agency_id, sections, command.level,
        shares.given_by(actor, command, now),
    )  # fmt: skip
    labels = {
        (person, section): RecordLabel(
            person=person, owner=actor.agency_id, section=section, record=id_
        )
        for (person, section), id_ in made.items()
    }
    said = shares.columns_of(command) | {
        "owner_agency_id": actor.agency_id,
        "authorised_by_id": actor.user_id,
        "authorised_at": now,
    }
    kept = [
        {"id": each.record, "person_id": each.person, "section": each.section.value, **said}
        for each in labels.values()
    ]
    add_many(ShareRecord, kept)
    _owe(actor, ready, labels, command, now)
    _record(actor, labels.values(), command, now)
    many.tell_of_new(
        _told(command.agency_id, names, labels, sections[0]), event=shares.MADE, now=now
    )


def _owe(
    actor: Actor,
    ready: Sequence[Seen],
    labels: Mapping[tuple[UUID, Section], RecordLabel],
    command: MakeShare,
    now: datetime,
) -> None:
    for jurisdiction in sorted({each.jurisdiction for each in ready}):
        of = {each.record for each in ready if each.jurisdiction == jurisdiction}
        alike = [label for (person, _), label in labels.items() if person in of]
        for kind, on in ((shares.ENDING, command.ends_on), (shares.REVIEW, command.review_on)):
            duty = Duty(
                rule=kind, label=alike[0], kind=kind, starts_on=day_of(now), set_on=on,
                jurisdiction=jurisdiction, owner_user=actor.user_id, owner_agency=actor.agency_id,
            )  # fmt: skip
            many.open_on_each(duty, alike, now)


def _record(actor: Actor, labels: Iterable[RecordLabel], command: MakeShare, now: datetime) -> None:
    for label in labels:
        log.record(
            actor, Operation.DISCLOSURE, shares.MADE, [label.person, label.record], at=now,
            fields=["section", "level", "starts_at", "ends_at"],
            basis=shares.basis_of(command.basis), recipients=[command.agency_id],
        )  # fmt: skip


def _told(
    receiver: UUID,
    names: Mapping[UUID, str],
    labels: Mapping[tuple[UUID, Section], RecordLabel],
    section: Section,
) -> list[Told]:
    """Whoever works on a case is told of that one; where nobody does, the supervisors of the first.

    A supervisor with a thousand notices reads none; the list of people has them all.
    """

    def told(user: UUID, person: UUID) -> Told:
        label = labels[person, section]
        return Told(user=user, agency=receiver, label=label, about=person)

    workers = teams.workers_among(names, receiver)
    found = [told(user, person) for user, theirs in workers.items() for person in sorted(theirs)]
    worked_on = {person for theirs in workers.values() for person in theirs}
    first = next((each for each in names if each not in worked_on), None)
    if first is None:
        return found
    staff = agencies.staff_of([receiver])
    above = [each.user_id for each in staff if each.role in SUPERVISORS]
    return [
        *found,
        *(told(each, first) for each in dict.fromkeys(above or [x.user_id for x in staff])),
    ]


# What a second person is asked


def written(several_id: UUID, chosen: Sequence[UUID], command: MakeShare) -> Payload:
    """What is asked, in plain words: whom, with whom, what, for what, by what law, how long."""
    basis = command.basis
    return {
        "several": several_id.hex,
        "people": [each.hex for each in chosen],
        "agency": command.agency_id.hex,
        "sections": [each.value for each in command.sections],
        "level": command.level.value,
        "purpose": command.purpose,
        "statutes": list(basis.statutes),
        "other": basis.other,
        "regime": basis.regime,
        "condition": basis.condition,
        "why": command.why,
        "starts_on": command.starts_on.isoformat(),
        "ends_on": command.ends_on.isoformat(),
        "review_on": command.review_on.isoformat(),
    }


def command_of(payload: Payload) -> MakeShare:
    """The share that was asked."""
    said: dict[str, Any] = dict(payload)
    return MakeShare(
        agency_id=UUID(said["agency"]),
        sections=tuple(Section(each) for each in said["sections"]),
        level=Level(said["level"]),
        purpose=said["purpose"],
        basis=Basis(
            statutes=tuple(said["statutes"]), other=said["other"], regime=said["regime"],
            condition=said["condition"],
        ),
        why=said["why"],
        starts_on=date.fromisoformat(said["starts_on"]),
        ends_on=date.fromisoformat(said["ends_on"]),
        review_on=date.fromisoformat(said["review_on"]),
    )  # fmt: skip
