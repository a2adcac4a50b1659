"""What two people do together in the demo, who is kept out of a record, and what is sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.terms import MarkKind, Role
from mappa.agencies import service as accounts
from mappa.agencies.service import ChangePosting
from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.sharing.marking import queries, service
from mappa.sharing.marking.rules import SetMark
from mappa.sharing.restrictions import service as restrictions
from mappa.sharing.restrictions.rules import Exclude
from mappa.visits import queries as visits

_MARKS, _READS = "naomi.pell", "iris.venn"


def restrict(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Tell it of some cases of the first area; nothing of the first person changes."""
    own = [c for c in cases if c.lead == "probation" and DANIEL < c.person.index < NOBODY_KNOWS]
    _keep_out(stage, own, now)
    _mark(stage, own, now)
    with stage.act("adam.rook", now) as actor:
        command = ChangePosting(
            role=Role.SUPERVISOR,
            team=stage.teams["probation-two"],
            reason="Tom leaves at the end of the year",
        )
        accounts.ask_to_change(actor, stage.actors["marek.dolny"].posting_id, command, now=now)


def _keep_out(stage: Stage, cases: Sequence[Case], now: datetime) -> None:
    """A police officer who knows the family, and an agency that employs a relative."""
    today = day_of(now)
    for case in cases[:1]:
        command = Exclude(
            user=stage.actors["dev.malhotra"].user_id,
            reason="Lives next door to the family",
            review_on=today + timedelta(days=90),
        )
        with stage.act("iris.venn", now) as actor:
            restrictions.exclude(actor, case.id, command, now=now)
    for case in cases[1:2]:
        command = Exclude(
            agency=stage.agencies["housing"].id,
            reason="A close relative works at the options desk",
            until_on=today + timedelta(days=180),
        )
        with stage.act("carl.estover", now) as actor:
            restrictions.exclude(actor, case.id, command, now=now)


def _mark(stage: Stage, cases: Sequence[Case], now: datetime) -> None:
    """One visit is sealed and one hidden; the second one is to be opened again."""
    kinds = [MarkKind.SEALED, MarkKind.HIDDEN]
    for case in cases:
        if not kinds:
            return
        with stage.act(_MARKS, now) as actor:
            visit = _own_visit(actor, case.id)
        if visit is None:
            continue
        kind = kinds.pop(0)
        command = SetMark(
            kind=kind,
            reason="The account names a relative of a colleague",
            review_on=day_of(now) + timedelta(days=60),
            readers=(stage.actors[_READS].user_id,),
        )
        with stage.act(_MARKS, now) as actor:
            service.set_mark(actor, case.id, visit, command, now=now)
        if kind is MarkKind.HIDDEN:
            with stage.act(_READS, now) as actor:
                service.ask_to_unseal(actor, case.id, visit, "The colleague has left", now=now)


def _own_visit(actor: Actor, person: UUID) -> UUID | None:
    """A made visit of the person that this reader may mark, if there is one."""
    try:
        found = visits.last_seen_by_own(actor, person)
        if found is not None:
            queries.find(actor, person, found.record)
            return found.record
    except NotFound:
        pass
    return None
