"""Level 2 meetings of the demo: planned by the co-ordinator, held and signed off by the chair."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from mappa.demo.cases import Case
from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.meetings import queries
from mappa.meetings.rules import Presence
from mappa.meetings.service import closing, deciding, planning, running

UPDATES = (
    "New address checked. Landlord seen, tenancy confirmed.",
    "Two missed appointments, both explained. Programme session 15 of 24 completed.",
    "No concerns raised by the family. Contact rules understood.",
)
ACTION = "Confirm move-on accommodation"
TO_CIRCULATE = 9
"""Whose last meeting was held a week ago: its minutes are signed and still to be sent."""


def hold(stage: Stage, case: Case, *, now: datetime) -> None:
    """Hold this case's meetings up to today, and plan the next."""
    if (case.person.level or 1) < 2 or case.person.died_on:
        return
    today = clock.day_of(now)
    last = today - timedelta(days=case.rng.randrange(30, 100))
    if case.person.index == 0:
        last = today - timedelta(days=107)
    if case.person.index == TO_CIRCULATE:
        last = today - timedelta(days=7)
    days = [last - timedelta(days=105), last]
    for number, day in enumerate(days):
        if day > case.opened_on + timedelta(days=20):
            _one(stage, case, _working_day(day), final=number == 1, today=today)
    if case.person.index == 0:
        _plan(stage, case, _working_day(today + timedelta(days=5)), today - timedelta(days=14))


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _staff(case: Case) -> tuple[str, str]:
    return (
        ("una.macaskill", "neil.torrance") if case.scottish else ("helen.carswell", "carl.estover")
    )


def _plan(stage: Stage, case: Case, day: date, planned_on: date) -> UUID:
    chair, coordinator = _staff(case)
    at = case.on(planned_on, 9, 30)
    invited = dict.fromkeys(
        (case.lead, f"{case.prefix}police", *(case.prefix + o for o in case.others))
    )
    command = planning.PlanMeeting(
        held_on=day,
        at=time(10, 30),
        place="Room 4, Foundry House",
        level=case.person.level or 2,
        chair=stage.actors[chair].user_id,
        agencies=tuple(stage.agencies[key].id for key in invited),
    )
    with stage.act(coordinator, at) as actor:
        return planning.plan_meeting(actor, case.id, command, now=at).id


def _one(stage: Stage, case: Case, day: date, *, final: bool, today: date) -> None:
    chair, _ = _staff(case)
    meeting = _plan(
        stage, case, day, max(case.opened_on + timedelta(days=1), day - timedelta(days=14))
    )
    begins = case.on(day, 10, 30)
    with stage.act(chair, begins) as actor:
        planning.open_meeting(actor, meeting, now=begins)
    minute = iter(range(1, 40))

    def at() -> datetime:
        return begins + timedelta(minutes=next(minute))

    with stage.act(chair, now := at()) as actor:
        running.read_confidentiality(actor, meeting, now=now)
        for each in queries.attendance(actor, queries.meeting(actor, meeting)):
            running.record_agreement(actor, meeting, each.id, now=now)
    for key in dict.fromkeys((case.manager, case.police)):
        with stage.act(chair, now := at()) as actor:
            who = stage.actors[key]
            running.record_attendance(
                actor,
                meeting,
                running.RecordAttendance(
                    user=who.user_id, name="", agency=None, presence=Presence.PRESENT, agreed=True
                ),
                now=now,
            )
    for text in UPDATES[:2]:
        with stage.act(chair, now := at()) as actor:
            running.add_line(actor, meeting, "updates", running.AddLine(text=text), now=now)
    _decide(stage, case, meeting, day, at())
    if final:
        _give_action(stage, case, meeting, day, at(), today)
    to_be_sent = final and case.person.index == TO_CIRCULATE
    _write_up(stage, chair, meeting, at() + timedelta(days=2), sent=not to_be_sent)


def _write_up(stage: Stage, chair: str, meeting: UUID, signed: datetime, *, sent: bool) -> None:
    with stage.act(chair, signed) as actor:
        closing.sign_off(actor, meeting, now=signed)
    if sent:
        sent_at = signed + timedelta(days=3)
        with stage.act(chair, sent_at) as actor:
            closing.record_circulation(actor, meeting, now=sent_at)


def _decide(stage: Stage, case: Case, meeting: UUID, day: date, at: datetime) -> None:
    risk = deciding.DecideRisk(risk="Children and a known adult. No change.")
    disclosure = deciding.DecideDisclosure(
        disclosure=False, reason="No one new is at risk; the partner already knows."
    )
    level = deciding.DecideLevel(
        level=case.person.level or 2,
        category=case.person.category or 1,
        reason="Several agencies have to act together.",
    )
    # Within the interval of the rule, so that no reason is asked for.
    usual = 77 if case.person.level == 2 else 35
    interval = timedelta(days=110 if case.person.index == 0 else usual)
    again = deciding.SetNextDate(next_on=_working_day(day + interval), reason="")
    with stage.act(_staff(case)[0], at) as actor:
        deciding.decide_risk(actor, meeting, risk, now=at)
        deciding.decide_disclosure(actor, meeting, disclosure, now=at)
        deciding.decide_level(actor, meeting, level, now=at)
        deciding.set_next_date(actor, meeting, again, now=at)


def _give_action(
    stage: Stage, case: Case, meeting: UUID, day: date, at: datetime, today: date
) -> None:
    due_on = _working_day(today + timedelta(days=6 if case.person.index % 2 else -3))
    who = stage.actors[case.manager].user_id
    if due_on > day:
        with stage.act(_staff(case)[0], at) as actor:
            given = deciding.GiveAction(what=ACTION, who=who, due_on=due_on)
            deciding.give_action(actor, meeting, given, now=at)
