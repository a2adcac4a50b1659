"""Two years of a case: assessments, a plan, visits and intelligence, each by whose job it was."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from mappa.access.actor import Actor
from mappa.demo import planning
from mappa.demo.cases import NOBODY_KNOWS, Case
from mappa.demo.reactive import is_low_for_years
from mappa.demo.stage import Stage
from mappa.intelligence import service as intelligence
from mappa.intelligence.rules import AddItem, Assessment, Handling, Source
from mappa.kernel import clock
from mappa.offenders.level_review import service as level_review
from mappa.offenders.level_review.rules import Finding, ReviewLevel
from mappa.plans import service as plans
from mappa.plans.models import Measure
from mappa.plans.rules import ContingencyText, MeasureText, Pillar
from mappa.risk import service as risk
from mappa.risk.rules import Band, Findings, Group, Rating
from mappa.rules.levels import MappaLevel
from mappa.visits import service as visits
from mappa.visits.rules import LogVisit, Outcome, Present
from mappa.web.typed import moment

EVERY_DAYS = {"very_high": 30, "high": 85, "medium": 170, "low": 340, "not_assessed": 170}
_BEFORE = timedelta(days=1200)
"""So long before a case came here the risk of some was assessed as low already."""
RAISES = (
    "Unsettled housing, a new relationship, missed appointments",
    "Time on his own, alcohol, arguments with family",
    "Money worries and a return to old company",
)
LOWERS = (
    "Steady work, attends the programme, open with the manager",
    "A settled tenancy and daily contact with family",
    "Keeps appointments and speaks openly about setbacks",
)
ITEMS = (
    "Seen on two evenings near the retail park with an older man who drives a dark van.",
    "Said to be using a second telephone that was not shown at the last visit.",
    "Has spoken of moving in with a new partner before the end of the year.",
)


def tell(stage: Stage, case: Case, *, now: datetime) -> None:
    """Tell the case in the order in which it happened."""
    _review_level(stage, case, clock.day_of(now))
    if case.person.index == NOBODY_KNOWS:
        return
    today = clock.day_of(now)
    ends = case.person.died_on or today
    if case.person.risk != "not_assessed":
        _assess(stage, case, ends)
        _plan(stage, case, ends)
    _visits(stage, case, ends, today)
    _intelligence(stage, case, ends)


def _assess(stage: Stage, case: Case, ends: date) -> None:
    band = Band(case.person.risk)
    lesser = {Band.VERY_HIGH: Band.HIGH, Band.HIGH: Band.MEDIUM}.get(band, Band.LOW)
    days = (case.opened_on + timedelta(days=14), ends - timedelta(days=49 + case.rng.randrange(90)))
    told = sorted({d for d in days if case.opened_on < d < ends})
    for day in told:
        ratings = tuple(
            Rating(group, community, Band.LOW if community is not Band.NOT_ASSESSED else community)
            for group, community in zip(
                Group, (band, band, lesser, lesser, Band.LOW, Band.NOT_ASSESSED), strict=True
            )
        )
        found = Findings(
            ratings=ratings,
            assessed_on=day - _BEFORE if day == told[0] and is_low_for_years(case) else day,
            raises=case.rng.choice(RAISES),
            lowers=case.rng.choice(LOWERS),
        )
        at = case.on(day, 15, 5)
        with stage.act(case.manager, at) as actor:
            risk.sign(actor, case.id, found, now=at)


def _review_level(stage: Stage, case: Case, today: date) -> None:
    """Level 1 was last reviewed in the last hundred days: some are due, a few late."""
    if case.person.level != MappaLevel.ONE or case.person.died_on:
        return
    ago = Random(case.person.index).randrange(10, 100)
    at = case.on(max(case.opened_on, today - timedelta(days=ago)), 16, 20)
    command = ReviewLevel(
        finding=Finding.STAYS,
        reason="Keeps appointments; no agency told of a change that calls for a meeting.",
    )
    with stage.act(case.manager, at) as actor:
        level_review.review(actor, case.id, command, now=at)


def _plan(stage: Stage, case: Case, ends: date) -> None:
    first = case.opened_on + timedelta(days=30)
    again = ends - timedelta(days=110 + case.rng.randrange(110))
    for day in sorted({d for d in (first, again) if case.opened_on < d < ends}):
        at = case.on(day, 11)
        with stage.act(case.manager, at) as actor:
            w = plans.writing(actor, case.id, now=at)
            fresh = plans.start(w)
            if not plans.parts_of(w, Measure, fresh.id):
                _write_plan(stage, case, w)
            plans.set_review(w, fresh, day + timedelta(days=180))
            plans.agree(w, fresh)


def _write_plan(stage: Stage, case: Case, w: plans.Writing) -> None:
    for pillar, what, who, when in _measures(stage, case):
        text = MeasureText(
            pillar=pillar, what=what, user=who.user_id, agency=who.agency_id, when=when
        )
        plans.add_measure(w, text)
    for if_, then, who, within in _contingencies(stage, case):
        said = ContingencyText(
            if_=if_, then=then, user=who.user_id, agency=who.agency_id, within=within
        )
        plans.add_contingency(w, said)


def _measures(stage: Stage, case: Case) -> list[tuple[Pillar, str, Actor, str]]:
    manager, police = stage.actors[case.manager], stage.actors[case.police]
    months = EVERY_DAYS[case.person.risk] // 28 or 1
    often = "Every month" if months == 1 else f"Every {months} months"
    checks = "Check of phones, computers and online accounts at visits"
    no_contact = "No contact with the people named in the order; exclusion zone in place"
    move = "Approve any change of address before the move"
    measures = [
        (Pillar.SUPERVISION, "Office appointment, face to face", manager, "Every week"),
        (Pillar.SUPERVISION, "Unannounced home visit, days and times varied", police, often),
        (Pillar.MONITORING, checks, police, "Every visit"),
        (Pillar.MONITORING, move, manager, "When asked"),
        (Pillar.INTERVENTIONS, "One-to-one programme, 24 sessions", manager, "Every week"),
        (Pillar.VICTIM_SAFETY, no_contact, police, "At all times"),
    ]
    if "children" in case.others:
        worker = stage.actors["skye.buchan" if case.scottish else "leah.tarrant"]
        tell_worker = "Tell the family’s social worker of any contact with a child"
        measures.append((Pillar.VICTIM_SAFETY, tell_worker, worker, "The same day"))
    return measures


def _contingencies(stage: Stage, case: Case) -> list[tuple[str, str, Actor, str]]:
    manager, police = stage.actors[case.manager], stage.actors[case.police]
    missed = "An appointment is missed and there is no answer"
    found = "Contact with anyone under 18 is found"
    children = "Tell Children’s services; police attend"
    return [
        (missed, "Ring, then visit together", manager, "4 hours"),
        (found, children, police, "1 hour"),
        ("The tenancy is lost", "Emergency placement; call a meeting", manager, "1 working day"),
    ]


def _visits(stage: Stage, case: Case, ends: date, today: date) -> None:
    every = EVERY_DAYS[case.person.risk]
    late = case.rng.random() < 0.2 and case.person.index > 4
    day = case.opened_on + timedelta(days=12 + case.rng.randrange(20))
    last = ends - timedelta(days=every + 12 if late else case.rng.randrange(3, max(4, every // 2)))
    if case.person.index == 0:
        last = today - timedelta(days=100)
    while day <= last:
        _visit(stage, case, day, case.rng.random() < 0.6)
        day += timedelta(days=round(every * case.rng.uniform(0.7, 1.15)))
    if case.person.index == 0:
        _visit(stage, case, today - timedelta(days=100), True, Outcome.SEEN_AND_SPOKEN_TO)
        _visit(stage, case, today - timedelta(days=10), True, Outcome.NO_REPLY)
    if case.person.index in (1, 3):
        _plan_visit(stage, case, today, announced=case.person.index == 1)


def _visit(
    stage: Stage, case: Case, day: date, unannounced: bool, outcome: Outcome | None = None
) -> None:
    outcome = (
        outcome
        or case.rng.choices(
            (Outcome.SEEN_AND_SPOKEN_TO, Outcome.SEEN_NOT_SPOKEN_TO, Outcome.NO_REPLY), (85, 3, 12)
        )[0]
    )
    arrived = moment(day, time(case.rng.randrange(8, 20), case.rng.choice((0, 10, 20, 35, 50))))
    written = arrived + timedelta(hours=1)
    asks = outcome.asks
    worried = asks.concerns and case.rng.random() < 0.08
    child = worried and case.rng.random() < 0.4
    command = LogVisit(
        announced=not unannounced,
        outcome=outcome,
        made_on=day,
        arrived_at=arrived,
        left_at=arrived + timedelta(minutes=25),
        place=_home(case, day),
        officers=(planning.attending(stage, case.police),),
        present=frozenset({Present.NOBODY}) if asks.present else frozenset(),
        concern=worried if asks.concerns else None,
        concerns="Spoke of seeing his brother’s children at weekends." if worried else "",
        concern_child=child if worried else None,
        told_next=False if asks.told_next else None,
        account="Knocked, rang the bell and rang the phone. A neighbour has not seen him today."
        if asks.account
        else "",
        next_step="Raise at the next supervision." if worried else "",
    )
    with stage.act(case.police, written) as actor:
        visits.log_visit(actor, case.id, command, now=written)


def _home(case: Case, day: date) -> str:
    for place in reversed(case.person.addresses):
        if place.from_on <= day:
            return f"{place.line}, {place.town}"
    return "Police station, by appointment"


def _plan_visit(stage: Stage, case: Case, today: date, *, announced: bool) -> None:
    begins = case.on(today + timedelta(days=4), 10)
    ends = begins if announced else begins + timedelta(days=3)
    planning.plan_visit(stage, case, case.on(today - timedelta(days=2), 9), begins, ends)


def _intelligence(stage: Stage, case: Case, ends: date) -> None:
    group = "sc-police" if case.scottish else "police"
    author = "isla.kerrigan" if case.scottish else "owen.marsh"
    if case.person.index != 0 and case.rng.random() > 0.12:
        return
    day = ends - timedelta(days=20 + case.rng.randrange(60))
    if day <= case.opened_on:
        return
    coded = case.rng.random() < 0.5 or case.person.index == 0
    _file(stage, case, author, stage.groups[group], day, coded=coded)


def _file(stage: Stage, case: Case, author: str, group: UUID, day: date, *, coded: bool) -> None:
    item = AddItem(
        event_on=day,
        source=Source("2"),
        assessment=Assessment("C"),
        handling=Handling("C" if coded else "P"),
        conditions="Ring the author before any use." if coded else "",
        text=case.rng.choice(ITEMS),
        provenance="A member of the public rang the unit.",
        group=group,
    )
    at = case.on(day, 17, 20)
    with stage.act(author, at) as actor:
        intelligence.add_item(actor, case.id, item, now=at)
