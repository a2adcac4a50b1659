"""The kind ``unseal``: two named readers who may mark the record take its mark off together."""

from collections.abc import Sequence
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.terms import MarkKind
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.sharing.approvals.kinds import Agreed, Facts, Kind
from mappa.sharing.approvals.rules import Payload
from mappa.sharing.marking import pages, queries, service
from mappa.sharing.marking.rules import DONE
from mappa.web.words import day


def _ids(payload: Payload) -> tuple[UUID, UUID]:
    return UUID(payload["person"]), UUID(payload["record"])


def _may(actor: Actor, payload: Payload) -> bool:
    """Whether somebody reads the record and may mark it now: named, and of its owner."""
    try:
        queries.find(actor, *_ids(payload))
    except NotFound:
        return False
    return True


def _answerers(asker: Actor, payload: Payload) -> Sequence[Actor]:
    label = queries.find(asker, *_ids(payload)).label
    return [each for each in queries.named(label) if queries.may_mark(each, label)]


def _facts(actor: Actor, payload: Payload) -> Facts:
    person_id, record_id = _ids(payload)
    found = queries.find(actor, person_id, record_id)
    person = people.display_name(people.person(actor, person_id))
    facts = [("What", f"Take the mark off a record: {found.kind.words}"), ("Who", person)]
    facts.append(("Mark", DONE[MarkKind(payload["kind"])]))
    if found.mark is not None:
        facts.append(("Why it was marked", found.mark.reason))
        facts.append(("Marked by", f"{found.made_by}, {day(found.mark.made_at)}"))
        facts.append(("Then", "Who gets this section by the agreement or a share reads it again"))
    return facts


def _where(actor: Actor, payload: Payload) -> str:
    person_id, record_id = _ids(payload)
    kind = queries.find(actor, person_id, record_id).kind
    return pages.of(kind, person_id, record_id)


def _do(agreed: Agreed) -> None:
    person_id, record_id = _ids(agreed.payload)
    service.unseal(
        agreed.answerer,
        person_id,
        record_id,
        MarkKind(agreed.payload["kind"]),
        agreed.why,
        now=agreed.now,
    )


KIND = Kind(
    key=service.UNSEAL,
    title="Take a mark off",
    may_ask=_may,
    may_answer=_may,
    answerers=_answerers,
    facts=_facts,
    where=_where,
    do=_do,
)
