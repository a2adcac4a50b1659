"""Requests for information in the demo: waiting, discussed, shared, declined, and of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mappa.access.actor import Actor
from mappa.access.terms import Level, Section
from mappa.demo.cases import Case
from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.kernel.clock import day_of
from mappa.kernel.errors import RuleBroken
from mappa.offenders import queries as people
from mappa.sharing.requests import jobs, queries, service
from mappa.sharing.requests.rules import Answer, Ask, AskUnseen, Sought, Stands, State
from mappa.sharing.shares import facts
from mappa.sharing.shares.rules import Basis, MakeShare, check

_BASIS = Basis(statutes=("cja-2003-325-4",), regime="part-3", condition="sch8-4")
_PURPOSE = "to protect the public, children, adults at risk, victims and staff"
_OFFICER = "iris.venn"


@dataclass(frozen=True)
class _Told:
    """Who asked the police for what, how many days ago, and what became of it."""

    asker: str
    sections: tuple[Section, ...]
    what: str
    days: int
    answer: State | None = None
    said: str = ""


_STORY = (
    _Told("leah.tarrant", (Section.VISITS,), "What officers found at the last three visits", 13),
    _Told("leah.tarrant", (Section.RISK,), "What the risk to children in the house rests on", 40,
          State.DECLINED, "Held for a live inquiry. Ask again when it has ended, or ring us"),
    _Told("femi.oduya", (Section.CONTACT,), "Whether another address is used at weekends", 6,
          State.DISCUSSED, "Which of the two addresses do you mean?"),
    _Told("priya.sandhurst", (Section.INTELLIGENCE,), "Whether the associates of 2025 are back", 25,
          State.NOT_RELEVANT),
    _Told("leah.tarrant", (Section.VISITS,), "Who was in the house at the visits since June", 30,
          State.SHARED),
)  # fmt: skip
_WHY = "A child is to move into the house, and the plan for the child has to be decided."


def ask_around(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Tell what agencies asked the police in the last weeks, and what the police answered."""
    concerned = [
        case
        for case in cases
        if not case.scottish and "children" in case.others and case.lead != "police"
    ]
    for case, told in zip(_round(concerned, len(_STORY)), _STORY, strict=False):
        _one(stage, case, told, now)
    _unseen(stage, [case for case in cases if case.lead == "police"][:1], now)


def _round(cases: Sequence[Case], many: int) -> list[Case]:
    """The first case once, so that its first look shows no exception; the others in turn."""
    rest = cases[1:]
    return [*cases[:1], *(rest[number % len(rest)] for number in range(many - 1) if rest)]


def _one(stage: Stage, case: Case, told: _Told, now: datetime) -> None:
    at = now - timedelta(days=told.days)
    command = Ask(
        owner_agency_id=stage.agencies["police"].id,
        sections=told.sections,
        what=told.what,
        why=_WHY,
        urgency="five-days",
        basis=_BASIS,
    )
    asker = case.manager if told.asker == "priya.sandhurst" else told.asker
    with stage.act(asker, at) as actor:
        service.ask(actor, case.id, command, now=at)
    _bring(at)
    if told.answer is None:
        return
    later = at + timedelta(days=4)
    with stage.act(_OFFICER, later) as actor:
        answer = _answer(actor, stage, case, told, day_of(later))
        for each in queries.to_us_page(actor, Stands.OPEN).found:
            if each.what == told.what:
                service.answer(actor, each.id, answer, now=later)


def _answer(actor: Actor, stage: Stage, case: Case, told: _Told, today: date) -> Answer:
    """What the story says; where the police own nothing to share, that it is not relevant."""
    if told.answer is not State.SHARED:
        return Answer(state=told.answer or State.NO_TRACE, why=told.said)
    share = MakeShare(
        agency_id=stage.agencies["children"].id,
        sections=told.sections,
        level=Level.FULL,
        purpose=_PURPOSE,
        basis=_BASIS,
        why=_WHY,
        starts_on=today,
        ends_on=today + timedelta(days=91),
        review_on=today + timedelta(days=45),
    )
    person = people.person(actor, case.id)
    try:
        check(share, facts.facts(actor, person, share.agency_id, today=today))
    except RuleBroken:
        return Answer(state=State.NOT_RELEVANT)
    return Answer(state=State.SHARED, share=share)


def _unseen(stage: Stage, hidden: Sequence[Case], now: datetime) -> None:
    """Housing asks for somebody whom it does not see, and for somebody whom nobody knows."""
    known = [
        Sought(name=f"{each.person.given} {each.person.family}", born_on=each.person.born_on)
        for each in hidden
    ]
    nobody = Sought(name="Rowan Ashdene", born_on=date(1984, 2, 29))
    for days, sought in ((2, nobody), *((3, each) for each in known), (60, nobody)):
        at = now - timedelta(days=days)
        command = AskUnseen(
            sought=sought,
            sections=(Section.RISK,),
            what="Whether anybody in the building would be at risk",
            why="The person has asked for a flat in a building with families.",
            urgency="five-days",
            basis=_BASIS,
        )
        with stage.act("sam.ortega", at) as actor:
            service.ask_unseen(actor, command, now=at)
        _bring(at)


def _bring(at: datetime) -> None:
    with clock.at(at):
        jobs.deliver_here()
