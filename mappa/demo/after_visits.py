"""What became of logged visits in the demo: corrected, countersigned, withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.reminders import queries as reminders
from mappa.visits import queries
from mappa.visits import service as visits
from mappa.visits.cards import queries as found
from mappa.visits.cards import service as cards
from mappa.visits.cards.rules import KINDS, AddCard, TakeBack
from mappa.visits.correcting import service
from mappa.visits.correcting.rules import Correct, Sign, Withdraw
from mappa.visits.countersigning import COUNTERSIGN
from mappa.visits.doorstep import service as doorstep
from mappa.visits.doorstep.presenters import finished
from mappa.visits.doorstep.rules import DraftCard
from mappa.visits.following import service as following
from mappa.visits.following.service import FollowUp
from mappa.visits.joint import service as joint
from mappa.visits.joint.rules import AddAccount
from mappa.visits.models import VisitAccount
from mappa.visits.rules import Attending, LogVisit, Outcome, Present, Turnout

_SIGNED_AFTER = timedelta(days=3)
_PLAIN: dict[str, Any] = {
    "about": None,
    "what": "",
    "by_whom": "",
    "method": "",
    "power": "",
    "words": "",
}
_CARDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "devices",
        {
            "what": "Tablet, black, on the kitchen table",
            "result": "nothing",
            "method": "by_hand",
            "power": "consent",
        },
    ),
    ("conditions", {"result": "kept", "words": "The diary shows each appointment."}),
    ("home", {"result": "changed", "words": "A second bed has been set up in the front room."}),
)
_WRONG = ("vehicles", {"result": "changed", "words": "A van outside, said to be his."})
_NEXT = "Ask the landlord who has the second key"
_ACCOUNT = AddAccount(
    "Went along for probation. He spoke openly about the programme and asked for its dates.", ""
)

_OF_THE_ACCOUNT = {
    "what": "Attitude to the programme",
    "result": "better",
    "words": "Asked for its dates himself.",
}


def look_back(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Sign what has waited, correct two visits, withdraw one; nothing of the first person's."""
    _sign(stage, now)
    later = [c for c in cases if c.lead == "probation" and DANIEL < c.person.index < NOBODY_KNOWS]
    acts = iter((_correct, _correct, _log_twice))
    act = next(acts, None)
    for case in later:
        with stage.act(case.police, now) as actor:
            made = queries.made(actor, case.id)[0]
            own = [each for each in made if _is_own_at_home(actor, case.id, each)]
            if not own or act is None:
                continue
            act(actor, case.id, own[0].id, now)
            if act is _correct:
                _add_cards(actor, own[0], now)
            act = next(acts, None)
        with stage.act(case.manager, now) as actor:
            account = joint.add_account(actor, case.id, own[0].id, _ACCOUNT, now=now)
            _with_a_card(actor, account, now)
    for case in [each for each in later if each.person.risk in ("high", "very_high")][:2]:
        with stage.act(case.police, now) as actor:
            visits.log_visit(actor, case.id, _no_reply(actor, now - timedelta(days=1)), now=now)


def _add_cards(actor: Actor, visit: Seen, now: datetime) -> None:
    """A few things that were checked, and one that was found to be wrong."""
    for key, said in _CARDS:
        kind = KINDS[key]
        about = next(iter(found.offered(actor, visit.person_id, kind)), None)
        if kind.about and about is None and "what" not in said:
            continue
        card = AddCard(**(_PLAIN | {"about": about, "by_whom": actor.name} | said))
        cards.add_card(actor, visit.id, kind, card, now=now)
    follow_up = FollowUp(_NEXT, actor.user_id, day_of(now) + timedelta(days=14))
    following.add_follow_up(actor, visit.id, follow_up, now=now)
    wrong = cards.add_card(
        actor, visit.id, KINDS[_WRONG[0]], AddCard(**(_PLAIN | _WRONG[1])), now=now
    )
    command = TakeBack("The van is the neighbour’s: asked at the door")
    cards.take_back(actor, visit.id, wrong.id, command, now=now)


def _with_a_card(actor: Actor, account: VisitAccount, now: datetime) -> None:
    """What its author had on a card when the draft was handed over."""
    draft = DraftCard(id=new_id(), kind="factors", typed=_OF_THE_ACCOUNT)
    read, unread = finished([draft])
    doorstep.record_cards(actor, account, read, unread, child_there=False, now=now)


def _log_twice(actor: Actor, person: UUID, visit_id: UUID, now: datetime) -> None:
    visit = queries.visit(actor, person, visit_id)
    went = queries.officers(actor, person, visit_id, attended=True)
    again = visits.log_visit(actor, person, _as_told(visit, went), now=now)
    command = Withdraw("Logged twice: the same call is there from the notebook")
    service.withdraw_visit(actor, again.id, command, now=now)


def _no_reply(actor: Actor, at: datetime) -> LogVisit:
    return LogVisit(
        announced=False,
        outcome=Outcome.NO_REPLY,
        made_on=day_of(at),
        arrived_at=at,
        left_at=at + timedelta(minutes=10),
        place="At home",
        officers=(queries.reader(actor),),
        account="Knocked and rang twice; the lights were on in the hall.",
    )


def _is_own_at_home(actor: Actor, person: UUID, visit: Seen) -> bool:
    """A visit that the actor wrote, at which the person was seen where the person lives."""
    found = queries.visit(actor, person, visit.id)
    if not found.full or not Outcome(found.outcome).asks.seen:
        return False
    return found.written_by_id == actor.user_id and "station" not in found.place


def _correct(actor: Actor, person: UUID, visit_id: UUID, now: datetime) -> None:
    visit = queries.visit(actor, person, visit_id)
    went = queries.officers(actor, person, visit_id, attended=True)
    made = _as_told(visit, went)
    car = Turnout(
        plain_clothes=True, marked_car=True, accredited=True, reason="No other car was free"
    )
    made = replace(
        made,
        left_at=made.left_at + timedelta(minutes=10),
        next_step="Ring on Monday.",
        turnout=car,
    )
    why = "The notebook has another time and the marked car, and the telephone call was left out"
    service.correct_visit(actor, visit_id, Correct(made, why), now=now)


def _as_told(visit: Seen, went: Sequence[Seen]) -> LogVisit:
    return LogVisit(
        announced=visit.announced,
        outcome=Outcome(visit.outcome),
        made_on=visit.made_on,
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        place=visit.place,
        officers=tuple(
            Attending(each.name, each.agency, None if each.user_id == NOBODY else each.user_id)
            for each in went
        ),
        present=frozenset({Present.NOBODY}),
        concern=bool(visit.concerns),
        concerns=visit.concerns,
        concern_child=visit.concern_child,
        told_next=visit.told_next,
        account=visit.account,
    )


def _sign(stage: Stage, now: datetime) -> None:
    """Supervisors have signed what was logged some days ago."""
    for who in stage.actors:
        with stage.act(who, now) as actor:
            waiting = [each for each in reminders.my_open(actor) if each.kind == COUNTERSIGN]
            for duty in waiting:
                if now - duty.opened_at > _SIGNED_AFTER:
                    _sign_one(actor, duty, now)


def _sign_one(actor: Actor, duty: Seen, now: datetime) -> None:
    try:
        service.sign_visit(actor, duty.about_id, Sign(""), now=now)
    except (NotPermitted, RuleBroken):
        return
