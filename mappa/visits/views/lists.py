"""The visits to a person, one visit, and the reader's own visits across people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Standing, Target, decide
from mappa.access.reading import Seen, holders, holders_statement
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.kernel import clock
from mappa.kernel.errors import NotFound
from mappa.offenders import listing
from mappa.offenders import queries as people
from mappa.reminders import queries as reminders
from mappa.visits import drafts, presenters, queries, rules, service
from mappa.visits.cards import views as cards
from mappa.visits.commitment import views as commitment
from mappa.visits.correcting import views as correcting
from mappa.visits.entry import entering
from mappa.visits.files import views as visit_files
from mappa.visits.following import views as following
from mappa.visits.joint import views as joint
from mappa.visits.models import Visit
from mappa.visits.overlaps import overlapping
from mappa.visits.preparing import queries as preparing
from mappa.visits.rounds import queries as rounds
from mappa.visits.rounds.rules import urgency, week_of
from mappa.visits.rules import Outcome, VisitState
from mappa.visits.views.blueprint import ON_MY_LIST, bp, now, open_tab, today
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render, render_person, standing_on

DUE_SOON = timedelta(days=28)
"""What is due after that is folded away on a reader's own list."""
_HELD = holders_statement(Visit, Section.VISITS)
_KINDS = (service.NEXT_VISIT, service.NEXT_UNANNOUNCED)


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _may(actor: Actor, action: Action, person_id: UUID, of: Seen | None = None) -> bool:
    target = Target(
        person=person_id,
        owner=of.owner_agency_id if of else actor.agency_id,
        **({"record": of.id} if of else {}),
    )
    return decide(actor, action, target).allowed


@dataclass(frozen=True)
class Line:
    """A visit in a list."""

    when: str
    href: str
    kind: str
    outcome: str
    agency: str
    note: str
    act_href: str = ""


def _line(visit: Seen) -> Line:
    place = {"person_id": visit.person_id, "visit_id": visit.id}
    return Line(
        when=presenters.when(visit),
        href=url_for("visits.visit", **place),
        kind=rules.kind_words(visit.announced),
        outcome=presenters.state_words(visit),
        agency=visit.agency_name,
        note="Concern for a child" if visit.concern_child else "",
        act_href=url_for("visits.log", **place),
    )


@bp.get("/people/<uuid:person_id>/visits")
@for_action(Action.VISIT_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """The visits to a person, made and, for those who may know, planned."""
    open_tab(person_id)
    actor = current_actor()
    before = _id_of(request.args.get("before"))
    made, onward = queries.made(actor, person_id, before=before)
    sees = standing_on(person_id).at_least(Section.VISITS, Level.SUM)
    first = before is None
    draft = drafts.kept(actor, person_id, None, now=now()) if first else None
    held = [agencies.agency(each) for each in holders(actor, _HELD, person_id)]
    return render_person(
        "visits/index.html",
        person_id,
        tab="visits",
        section="Visits",
        made=[_line(each) for each in made],
        planned=[_line(each) for each in queries.planned(actor, person_id)] if first else [],
        not_made=[_line(each) for each in queries.not_made(actor, person_id)] if first else [],
        held=held,
        commitments=commitment.cards_of(actor, person_id) if first and sees else [],
        sees=sees,
        first=first,
        sees_times=standing_on(person_id).at_least(Section.VISITS, Level.FULL),
        may_plan=_may(actor, Action.VISIT_PLAN, person_id),
        entries_href=entering.entries_href(actor, person_id) if first else "",
        draft_at=words.moment(draft.at) if draft else "",
        next_href=url_for("visits.index", person_id=person_id, before=onward) if onward else None,
        back_href=None if first else url_for("visits.index", person_id=person_id),
    )


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>")
@for_action(Action.VISIT_READ)
@witnessed
def visit(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """One visit, as much of it as this reader may see, whatever of the section is open besides."""
    stands = standing_on(person_id)
    actor = current_actor()
    seen = queries.visit(actor, person_id, visit_id)
    is_made = bool(seen.outcome)
    went = queries.officers(actor, person_id, visit_id, attended=is_made) if seen.full else []
    waiting = seen.state == VisitState.PLANNED.value
    rows = list(presenters.visit_rows(seen, went))
    if seen.full:
        kept = (seen.warnings_read, seen.warnings_read_before)
        rows += presenters.warning_rows(seen, preparing.read(actor, person_id, kept))
    added, files = cards.beside(actor, seen), visit_files.beside(actor, seen)
    return render_person(
        "visits/visit.html",
        person_id,
        tab="visits",
        section="visit",
        visit=seen,
        title=f"{rules.kind_words(seen.announced)} visit",
        state=VisitState(seen.state),
        rows=rows,
        may_log=waiting and _may(actor, Action.VISIT_LOG, person_id, seen),
        may_end=waiting and _may(actor, Action.VISIT_PLAN, person_id, seen),
        named_only=waiting and not seen.announced,
        entry_href=entering.question_href(actor, seen),
        later=correcting.beside(actor, seen),
        cards=added,
        files=files.get(seen.id, []),
        joint=joint.beside(actor, seen, went, added["of"], files),
        actions=following.beside(actor, seen),
        back_href=_list_or_timeline(stands),
    )


def _list_or_timeline(stands: Standing) -> str:
    """Where the reader came from: who reads only the own agency's visits has no list of them."""
    opens = stands.opens(Section.VISITS)
    return url_for("visits.index" if opens else "insight.timeline", person_id=stands.person)


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/logged")
@for_action(Action.VISIT_READ)
@witnessed
def logged(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """That the visit is logged, and what changed by it; for who sees this visit in full."""
    open_tab(person_id)
    actor = current_actor()
    seen = queries.visit(actor, person_id, visit_id)
    if not seen.full or seen.state != VisitState.MADE.value:
        raise NotFound
    person = people.person(actor, person_id)
    outcome = Outcome(seen.outcome)
    place: dict[str, Any] = {"person_id": person_id, "visit_id": visit_id}
    mine = seen.written_by_id == actor.user_id
    return render(
        "visits/logged.html",
        name=people.display_name(person),
        at=words.moment(seen.arrived_at),
        changes=_changes(actor, seen),
        ending=_ending(actor, seen, person),
        breach=outcome is Outcome.NOT_LIVING_THERE,
        entry_href=entering.question_href(actor, seen),
        visit_href=url_for("visits.visit", **place),
        cards_href=url_for("visits.cards", **place) if mine else "",
        overlaps=[
            (
                presenters.when(each),
                url_for("visits.visit", person_id=each.person_id, visit_id=each.id),
            )
            for each in overlapping(actor, seen)
        ],
    )


def _changes(actor: Actor, visit: Seen) -> list[tuple[str, str, str]]:
    """What the visit moved: strong words, plain words, where the day is explained."""
    changes = []
    duties = [
        each
        for each in reminders.for_person(actor, visit.person_id)
        if each.kind in _KINDS and each.owed_by_agency_id == visit.owner_agency_id
    ]
    for duty in duties:
        if duty.starts_on == visit.made_on and duty.opened_at == visit.written_at:
            before = reminders.earlier(actor, duty)
            if before and before[0].closed_at == duty.opened_at:
                changes.append(_done(before[0], visit.made_on))
            changes.append((f"{duty.title} by {words.day(duty.due_on)}.", "", why_href(duty)))
        else:
            due = f"It is still due by {words.day(duty.due_on)}."
            changes.append((f"{duty.title} stays as it was.", due, why_href(duty)))
    if visit.concerns:
        told = "The case team is told now." if visit.concern_child else "It is on the record now."
        whom = " for a child" if visit.concern_child else ""
        changes.append((f"You recorded a concern{whom}.", told, ""))
    return changes


def _done(duty: Seen, made_on: date) -> tuple[str, str, str]:
    visit = "unannounced visit" if duty.kind == service.NEXT_UNANNOUNCED else "visit"
    late = (made_on - duty.due_on).days
    if late > 0:
        return f"The overdue {visit} is done.", f"It was {words.days(late)} late.", ""
    return f"The {visit} that was due is done.", f"It was due by {words.day(duty.due_on)}.", ""


def why_href(duty: Seen) -> str:
    """Where the day of a duty is explained, if that page is there."""
    if "reminders.why" not in current_app.view_functions:
        return ""
    return url_for("reminders.why", deadline_id=duty.id)


def _ending(actor: Actor, visit: Seen, person: Seen) -> str:
    attempt = queries.failed_attempts(actor, visit.person_id, visit.id)
    if not attempt:
        return ""
    warrant = rules.warrant_possible(visit.agency_type, person.category)
    return rules.attempt_words(attempt, warrant=warrant)


@bp.get("/visits")
@for_action(Action.PEOPLE_LIST)
@witnessed
def mine() -> ResponseReturnValue:
    """The reader's own visits across people: unfinished, due, planned."""
    actor = current_actor()
    kept = drafts.mine(actor, now=now())
    known = rounds.listed(actor, {person for person, _, _ in kept})
    samples = decide(actor, Action.SAMPLE_READ).allowed
    return render(
        "visits/mine.html",
        samples_href=url_for("visits.samples") if samples else "",
        supervises=decide(actor, Action.VISIT_BACKLOG).allowed,
        unfinished=[
            (
                people.display_name(known[person]),
                url_for("visits.log", person_id=person, visit_id=plan),
                words.moment(at),
            )
            for person, plan, at in kept
            if person in known
        ],
        **_my_due(rounds.due(actor, ON_MY_LIST)),
        **_my_planned(actor),
    )


def _my_due(due: Sequence[Seen]) -> dict[str, list[dict[str, str]]]:
    """What is due soon, the most urgent first, and apart what is due after that."""
    last = today() + DUE_SOON
    groups: dict[str, list[dict[str, str]]] = {"due": [], "due_later": []}
    for each in sorted(due, key=_urgency):
        row = _due_row(each, people.display_name(each))
        groups["due" if each.due_on <= last else "due_later"].append(row)
    return groups


def _urgency(duty: Seen) -> tuple[object, ...]:
    """What is late first, the higher risk before the lower, then the oldest."""
    late = duty.due_on < today()
    return (not late, urgency(duty.risk_band) if late else 0, duty.due_on, duty.id.hex)


def _my_planned(actor: Actor) -> dict[str, Any]:
    """The reader's plans: to be written up, of this week, and later."""
    _, sunday = week_of(today())
    groups: dict[str, list[tuple[Line, str]]] = {"to_write_up": [], "this_week": [], "later": []}
    for each in queries.my_planned(actor):
        over = each.window_to < now()
        later = clock.day_of(each.window_from) > sunday
        group = "to_write_up" if over else "later" if later else "this_week"
        groups[group].append((_line(each), people.display_name(each)))
    return groups


def _due_row(duty: Seen, name: str) -> dict[str, str]:
    state = "overdue" if duty.due_on < today() else "soon"
    unannounced = "unannounced" if duty.kind == service.NEXT_UNANNOUNCED else None
    log = url_for("visits.log", person_id=duty.person_id, kind=unannounced)
    return {
        "state": state,
        "title": duty.title,
        "person_name": name,
        "person_href": url_for("visits.index", person_id=duty.person_id),
        "age": words.age_of(duty.due_on, today()),
        "due": f"Due {words.day(duty.due_on)}",
        "why_href": why_href(duty),
        "act_href": log,
        "act_label": "Log a visit",
    }


@bp.get("/visits/log")
@for_action(Action.PEOPLE_LIST)
@witnessed
def choose() -> ResponseReturnValue:
    """Choose whom the visit was to."""
    after = _id_of(request.args.get("after"))
    page = listing.people(current_actor(), after=after)
    return render(
        "visits/choose.html",
        people=[
            (people.display_name(each), url_for("visits.log", person_id=each.id))
            for each in page.people
        ],
        next_href=url_for("visits.choose", after=page.after) if page.after else None,
        back_href=url_for("visits.mine"),
    )
