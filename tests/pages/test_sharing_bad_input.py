"""What cannot be meant, or is not one's own, is refused everywhere in sharing and leaves no trace.

One table for all its forms: each is sent as a hostile browser sends it. The answer is 422 or 404
(403 where the role alone is told no), no table has changed, and the attempt stands in the audit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, MarkKind, Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import Model, db
from mappa.kernel.uow import Kind
from mappa.sharing.marking import service as marking
from mappa.sharing.marking.rules import SetMark
from mappa.sharing.requests.rules import State
from mappa.sharing.restrictions import service as restrictions
from mappa.sharing.restrictions.rules import Exclude
from tests.factories.emergency import a_stranger, an_access, with_kit
from tests.factories.offenders import with_overview
from tests.factories.requests import a_request, answered, delivered, to_us, with_ines
from tests.factories.sharing import PURPOSE, a_share
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, World, a_shared_person, northmoor

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NO_DOOR = ("a share by a practitioner", "ending a share as its receiver",
           "answering without the office")  # fmt: skip
"""Refused by the role alone, whatever there is: 403 says so and leaks nothing."""
OURS = ("audit_", "session")
"""Tables in which reading itself writes."""
LAW = {"statutes": ["cja-2003-325-4"], "regime": "part-3", "part_3": "sch8-4"}


@dataclass
class Bed:
    """The world of the table: ids by short names, and a browser for each who tries."""

    world: World
    ids: dict[str, UUID] = field(default_factory=dict)

    def path(self, template: str) -> str:
        """An address with the ids in it; an unknown name is an id that nothing has."""
        return re.sub(r"<(\w+)>", lambda m: str(self.ids.get(m[1]) or uuid4()), template)


def build(app) -> Bed:
    """Everything that sharing has, once: two people, shares, requests, marks, exclusions, a use."""
    world = northmoor(with_overview(app))
    with_ines(world)
    with_kit(world)
    world.user("ivor", "police", Role.INFORMATION_OFFICER, name="Ivor Venn")
    bed = Bed(world, dict(world.agencies) | {k: v.user_id for k, v in world.staff.items()})
    ids, person = bed.ids, a_shared_person(world)
    ids["daniel"], ids["toby"] = person, a_stranger(world)
    ids["visit"], ids["sealed"] = (a_made_visit(world, "owen", person) for _ in range(2))
    ids["theirs"] = a_made_visit(world, "priya", person)
    ids["share"] = a_share(world, person)
    world.on_team(person, "housing", Capacity.COOPERATE)
    ids["over"] = a_share(world, person, to="housing")
    _end(world, ids["over"])
    for name in ("asked", "answered"):
        ids[name] = a_request(world, "police", person)
        delivered(world)
        (ids[f"{name}_us"],) = {*to_us(world, "iris")} - set(ids.values())
    answered(world, "iris", ids["answered_us"], State.NO_TRACE)
    ids["own"] = _asked_and_answering(world, person, known=set(ids.values()))
    _mark(world, ids)
    _exclude(world, ids)
    ids["use"] = an_access(world)
    return bed


def _end(world: World, share: UUID) -> None:
    from mappa.sharing.shares import service

    with world.as_reader("iris", Kind.WRITE) as actor:
        service.end(actor, share, "Not needed", now=NOW)


def _asked_and_answering(world: World, person: UUID, known: set[UUID]) -> UUID:
    """What Iris asked as a social worker of children's services, for her own office to answer."""
    with world.system():
        from mappa.access import rights
        from mappa.access.rights import Given

        rights.post(
            world.staff["iris"].user_id, world.agencies["children"], "northmoor",
            Role.SOCIAL_WORKER, Given(at=NOW),
        )  # fmt: skip
    from dataclasses import replace

    other = replace(world.staff["iris"].actor, agency_id=world.agencies["children"],
                    role=Role.SOCIAL_WORKER)  # fmt: skip
    world.staff["other iris"] = replace(world.staff["iris"], actor=other)
    a_request(world, "police", person, by="other iris")
    delivered(world)
    (made,) = {*to_us(world, "iris")} - known
    return made


def _mark(world: World, ids: dict[str, UUID]) -> None:
    command = SetMark(
        kind=MarkKind.SEALED, reason="A relative", review_on=date(2027, 3, 1),
        readers=(world.staff["iris"].user_id,),
    )  # fmt: skip
    with world.as_reader("naomi", Kind.WRITE) as actor:
        marking.set_mark(actor, ids["daniel"], ids["sealed"], command, now=NOW)
        ids["question"] = marking.ask_to_unseal(
            actor, ids["daniel"], ids["sealed"], "Settled", now=NOW
        )


def _exclude(world: World, ids: dict[str, UUID]) -> None:
    command = Exclude(user=world.staff["ivor"].user_id, reason="A tie", review_on=date(2027, 3, 1))
    with world.as_reader("naomi", Kind.WRITE) as actor:
        ids["exclusion"] = restrictions.exclude(actor, ids["daniel"], command, now=NOW).id


@dataclass(frozen=True)
class Try:
    """Who sends what where; ids stand in pointed brackets."""

    who: str
    where: str
    what: dict[str, object]
    why: str


PERSON = "/people/<daniel>"
WHAT = {"agency_id": "<children>", "sections": ["visits"], "level": "full"}
SHARED = {
    "answer": "shared",
    "sections": ["visits"],
    "level": "full",
    "purpose": PURPOSE,
    "share_why": "A child",
    "ends_on": "20 5 2027",
    "review_on": "22 2 2027",
    **LAW,
}
ASK = {
    "owner": ["<police>"],
    "sections": ["visits"],
    "what": "The visits",
    "why": "A child",
    "urgency": "routine",
    **LAW,
}
UNSEEN = {k: v for k, v in ASK.items() if k != "owner"} | {"by": "number", "kind": "crn",
          "number": "X123456"}  # fmt: skip
OUT = {"user": "<owen>", "reason": "A tie", "review_on": "1 3 2027"}
MARK = {"kind": "sealed", "reason": "A tie", "review_on": "1 3 2027", "readers": ["<naomi>"]}


def making() -> Iterator[Try]:
    """Making a share."""
    share = f"{PERSON}/sharing/share"
    for why, said in {
        "with oneself": {"agency_id": "<police>"},
        "with no agency": {"agency_id": "<daniel>"},
        "of an unknown section": {"sections": ["nonsense"]},
        "of a section that is not shared": {"sections": ["sharing"]},
        "of what one does not own": {"sections": ["plan"]},
        "of nothing": {"sections": []},
        "of another's record": {"record_id": "visits.<theirs>", "sections": []},
        "of a record in another section": {"record_id": "plan.<visit>", "sections": []},
        "at an unknown level": {"level": "everything"},
        "with a right that the form does not have": {"owner_agency_id": "<children>"},
    }.items():
        yield Try("iris", share, WHAT | said, f"a share {why}")
    yield Try("owen", share, WHAT, "a share by a practitioner")
    yield Try("iris", "/people/<toby>/sharing/share", WHAT, "a share of somebody unseen")
    yield Try("iris", "/people/<none>/sharing/share", WHAT, "a share of nobody")
    yield Try("iris", f"{share}/check", {}, "a share of which nothing was typed")


def keeping() -> Iterator[Try]:
    """What is done about a share that was made."""
    for who, where, said, why in (
        ("ines", "/shares/<share>/end", {"reason": "x"}, "ending the share of another agency"),
        ("leah", "/shares/<share>/end", {"reason": "x"}, "ending a share as its receiver"),
        ("iris", "/shares/<over>/end", {"reason": "x"}, "ending what has ended"),
        ("iris", "/shares/<share>/end", {"reason": ""}, "ending without a reason"),
        ("iris", "/shares/<none>/end", {"reason": "x"}, "ending no share"),
        ("iris", "/shares/<asked>/end", {"reason": "x"}, "ending a request as a share"),
        ("iris", "/shares/<over>/let-end", {}, "letting end what has ended"),
        ("iris", "/shares/<share>/renew",
         {"ends_on": "1 1 2027", "review_on": "1 12 2026", "why": "x"}, "a renewal into the past"),
        ("iris", "/shares/<share>/renew",
         {"ends_on": "20 8 2027", "review_on": "1 1 2028", "why": "x"}, "a review after the end"),
        ("iris", "/shares/<share>/review", {"found": "x", "next_on": "1 1 2031"},
         "a review after the end of the share"),
        ("iris", "/shares/<share>/review", {"found": "x", "next_on": "31 2 2027"},
         "a day that does not exist"),
        ("iris", "/sharing/left-behind/<share>", {"why": "x"}, "confirming what is one's own"),
        ("ines", "/sharing/left-behind/<share>", {"why": "x"}, "confirming another agency's"),
    ):  # fmt: skip
        yield Try(who, where, said, why)


def asking() -> Iterator[Try]:
    """Asking others."""
    ask = f"{PERSON}/ask"
    for why, said in {
        "of the own agency": {"owner": ["<children>"]},
        "of no agency": {"owner": ["<visit>"]},
        "of nobody": {"owner": []},
        "of an agency with nobody to answer": {"owner": ["<housing>"]},
        "for an unknown section": {"sections": ["nonsense"]},
        "for team and sharing itself": {"sections": ["sharing"]},
        "without a law": {"statutes": [], "other": ""},
        "by consent": {"statutes": [], "other": "The consent of the family"},
        "by a law of another nation": {"statutes": ["moa-2005-10"]},
        "with another regime's condition": {"part_3": "art-6-1-e"},
        "of unknown urgency": {"urgency": "whenever"},
        "that says it was answered": {"state": "shared"},
    }.items():
        yield Try("leah", ask, ASK | said, f"asking {why}")
    yield Try("leah", "/people/<toby>/ask", ASK, "asking about somebody unseen as if seen")
    yield Try("leah", "/sharing/requests/unseen", UNSEEN | {"number": "X12"}, "half a number")
    yield Try("leah", "/sharing/requests/unseen", UNSEEN | {"kind": "shoe"}, "an unknown number")
    yield Try("leah", "/sharing/requests/unseen",
              UNSEEN | {"by": "name", "given_name": "Toby", "born_on": "2 5 1984"},
              "half a name")  # fmt: skip


def answering() -> Iterator[Try]:
    """Answering, and what the asker says besides."""
    for who, where, said, why in (
        ("iris", "<own>", {"answer": "no-trace"}, "answering one's own request"),
        ("iris", "<answered_us>", {"answer": "declined", "why": "x"}, "answering twice"),
        ("ines", "<asked_us>", {"answer": "no-trace"}, "answering for another agency"),
        ("leah", "<asked_us>", {"answer": "shared"}, "answering as the asker"),
        ("owen", "<asked_us>", {"answer": "no-trace"}, "answering without the office"),
        ("iris", "<asked>", {"answer": "no-trace"}, "the asker's id for the owner's"),
        ("iris", "<share>", {"answer": "no-trace"}, "a share's id for a request's"),
        ("iris", "<asked_us>", {"answer": "withdrawn"}, "withdrawing as the owner"),
        ("iris", "<asked_us>", {"answer": "declined"}, "declining without a reason"),
        ("iris", "<asked_us>", SHARED | {"sections": ["plan"]}, "sharing what one does not own"),
        ("iris", "<asked_us>", SHARED | {"sections": ["nonsense"]}, "an unknown section"),
        ("iris", "<asked_us>", SHARED | {"ends_on": "19 11 2026"}, "an end before the start"),
        ("iris", "<asked_us>", SHARED | {"review_on": "21 5 2027"}, "a review after the end"),
        ("iris", "<asked_us>", SHARED | {"record_id": "visits.<theirs>"}, "another's record"),
        ("iris", "<asked_us>", SHARED | {"agency_id": "<housing>"}, "sharing with somebody else"),
        ("iris", "<asked_us>", SHARED | {"part_3": "art-6-1-e"}, "another regime's condition"),
    ):
        yield Try(who, f"/sharing/requests/{where}", said, why)
    for who, where, said, why in (
        ("iris", "<asked>/withdraw", {"why": "x"}, "withdrawing another's request"),
        ("leah", "<asked_us>/withdraw", {"why": "x"}, "the owner's id for the asker's"),
        ("leah", "<answered>/withdraw", {"why": "x"}, "withdrawing what was answered"),
        ("leah", "<asked>/withdraw", {"why": ""}, "withdrawing without a reason"),
        ("leah", "<asked>", {"why": "x"}, "more words where nothing is discussed"),
        ("sam", "<asked>", {"why": "x"}, "more words about another's request"),
    ):
        yield Try(who, f"/sharing/requests/asked/{where}", said, why)


def keeping_out() -> Iterator[Try]:
    """Exclusions."""
    out = f"{PERSON}/sharing/exclusions"
    for who, said, why in (
        ("naomi", {"user": "<naomi>"}, "oneself"),
        ("naomi", {"user": "<priya>"}, "another agency's user"),
        ("naomi", {"user": "<ivor>"}, "somebody who is kept out"),
        ("naomi", {"user": "<none>"}, "nobody"),
        ("naomi", {"agency": "<children>", "user": ""}, "an agency, as a supervisor"),
        ("naomi", {"reason": ""}, "without a reason"),
        ("naomi", {"review_on": ""}, "without an end and a review"),
        ("naomi", {"until_on": "19 11 2026"}, "until yesterday"),
        ("naomi", {"from_on": "2 12 2026", "until_on": "1 12 2026"}, "an end before the start"),
        ("naomi", {"until_on": "1 2 2027"}, "a review after the end"),
        ("carl", {"user": "", "agency": "<probation>"}, "the lead"),
        ("carl", {"user": "", "agency": "<daniel>"}, "no agency"),
        ("iris", {"user": "<iris>"}, "oneself, as an officer"),
        ("owen", {"user": "<naomi>"}, "anybody, as a practitioner"),
    ):
        yield Try(who, out, OUT | said, f"keeping out {why}")
    for who, where, said, why in (
        ("grace", "<exclusion>/end", {"why": "x"}, "another agency's exclusion"),
        ("ivor", "<exclusion>/end", {"why": "x"}, "the exclusion of oneself"),
        ("naomi", "<exclusion>/end", {"why": ""}, "ending without a reason"),
        ("naomi", "<share>/end", {"why": "x"}, "a share's id for an exclusion's"),
        ("naomi", "<exclusion>/review", {"found": "x", "next_on": "1 1 2030"}, "a late review"),
        ("carl", "<exclusion>/review", {"found": "x", "next_on": "1 3 2027"}, "another's review"),
    ):
        yield Try(who, f"{out}/{where}", said, why)
    yield Try("naomi", "/people/<toby>/sharing/exclusions/<exclusion>/end", {"why": "x"},
              "an exclusion under another person")  # fmt: skip


def marks() -> Iterator[Try]:
    """Marks, and two people."""
    for who, where, said, why in (
        ("iris", "<visit>/mark", MARK | {"kind": "invisible"}, "an unknown mark"),
        ("iris", "<visit>/mark", MARK | {"readers": ["<priya>"]}, "a reader of another agency"),
        ("iris", "<visit>/mark", MARK | {"readers": []}, "a mark that nobody could take off"),
        ("iris", "<visit>/mark", MARK | {"review_on": "20 11 2026"}, "a look today"),
        ("iris", "<theirs>/mark", MARK, "another agency's record"),
        ("iris", "<share>/mark", MARK, "a share as a record"),
        ("iris", "<sealed>/mark", MARK, "what is marked"),
        ("owen", "<visit>/mark", MARK, "a mark by a practitioner"),
        ("iris", "<visit>/mark/unseal", {"why": "x"}, "opening what is not marked"),
        ("iris", "<visit>/mark/keep", {"found": "x", "review_on": "1 3 2027"}, "keeping no mark"),
        ("grace", "<sealed>/mark/unseal", {"why": "x"}, "opening another agency's record"),
    ):
        yield Try(who, f"{PERSON}/records/{where}", said, f"marking: {why}")
    yield Try("iris", "/people/<toby>/records/<visit>/mark", MARK, "a record of another person")
    for who, where, said, why in (
        ("naomi", "<question>", {"approve": "approve"}, "approving one's own question"),
        ("ines", "<question>", {"approve": "approve"}, "approving for another agency"),
        ("owen", "<question>", {"approve": "approve"}, "approving without being asked"),
        ("iris", "<question>/withdraw", {}, "withdrawing another's question"),
        ("iris", "<share>", {"approve": "approve"}, "a share's id for a question's"),
    ):
        yield Try(who, f"/sharing/approvals/{where}", said, why)


def emergencies() -> Iterator[Try]:
    """Emergency access."""
    judge = {"justified": "yes", "why": "As recorded"}
    for who, where, said, why in (
        ("kit", "/emergency/reviews/<use>", judge, "judging one's own access"),
        ("iris", "/emergency/reviews/<use>", judge, "judging for another agency"),
        ("ines", "/emergency/reviews/<share>", judge, "a share's id for a use's"),
        ("ines", "/emergency/reviews/<use>", {"justified": "no", "why": "", "follows": ""},
         "a judgement without words"),
        ("ines", "/people/<toby>/emergency/end", {}, "ending another's access"),
        ("kit", "/people/<daniel>/emergency/end", {}, "ending what is not open"),
    ):  # fmt: skip
        yield Try(who, where, said, why)


TABLE = (making, keeping, asking, answering, keeping_out, marks, emergencies)


@pytest.fixture
def bed(app):
    with clock.at(NOW):
        yield build(app)


def contents(world: World) -> dict[str, int]:
    """What every table holds, but for what a reading writes itself: one number for each."""
    with world.system():
        return {
            name: hash(tuple(sorted(map(repr, db.session.execute(sa.select(table)).all()))))
            for name, table in Model.metadata.tables.items()
            if not name.startswith(OURS)
        }


def refusals(world: World, who: str) -> int:
    mine = AuditEntry.actor_id == world.staff[who].user_id
    asked = sa.select(sa.func.count()).where(mine, AuditEntry.outcome == "refused")
    with world.system():
        return db.session.execute(asked).scalar_one()


def send(bed: Bed, client, token: str, each: Try):
    def of(value):
        return bed.path(value) if isinstance(value, str) else [bed.path(one) for one in value]

    said = {name: of(value) for name, value in each.what.items()}
    ours = {"csrf_token": token, "idempotency_key": uuid4().hex}
    return client.post(bed.path(each.where), data=said | ours)


def browser(bed: Bed, who: str):
    client = bed.world.client(who)
    return client, TOKEN.search(client.get("/").get_data(as_text=True))[1]


def test_nothing_of_it_is_taken_and_each_attempt_is_on_record(bed):
    browsers = {who: browser(bed, who) for who in {each.who for part in TABLE for each in part()}}
    before, wrong, tried = contents(bed.world), [], 0
    for part in TABLE:
        for each in part():
            known, tried = refusals(bed.world, each.who), tried + 1
            answer = send(bed, *browsers[each.who], each)
            if answer.status_code not in ((403,) if each.why in NO_DOOR else (404, 422)):
                wrong.append((each.why, answer.status_code))
            if refusals(bed.world, each.who) != known + 1:
                wrong.append((each.why, "not on record"))
        after = contents(bed.world)
        changed = sorted(name for name in after if after[name] != before[name])
        if changed:
            wrong.append((part.__name__, "changed", changed))
        before = after
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 100
