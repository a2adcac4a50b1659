"""The briefing of a handover in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mappa.access.reading import Seen
from mappa.insight.presenters.person import category
from mappa.insight.queries.briefing import Briefing
from mappa.meetings import presenters as meetings
from mappa.offenders import frame, queries
from mappa.offenders.identity import Lives
from mappa.risk.rules import Band, Group
from mappa.rules.titles import duty_title
from mappa.visits import presenters as visits
from mappa.web.words import age_of, day

Fact = tuple[str, str]

_IDENTIFIERS = (("CRN", "crn"), ("PNC", "pnc"), ("ViSOR", "visor"), ("Prison", "prison_number"))


@dataclass(frozen=True, kw_only=True)
class Page:
    """The parts of the page; an empty one is not printed."""

    name: str
    identity: Sequence[Fact]
    warnings: Sequence[Fact]
    risk: str
    groups: Sequence[Fact]
    plan: str
    measures: Sequence[Fact]
    contingencies: Sequence[Fact]
    visits: Sequence[Fact]
    duties: Sequence[Fact]
    actions: Sequence[Fact]
    meetings: Sequence[Fact]
    orders: Sequence[Fact]


def page(found: Briefing, today: date) -> Page:
    """The briefing as it is printed."""
    return Page(
        name=queries.display_name(found.identity),
        identity=_identity(found),
        warnings=[
            (each.headline, f"{each.agency_name}. {frame.review_words(each.review_on)}")
            for each in found.warnings
        ],
        risk=_risk(found.assessment),
        groups=[
            (Group(each.group_code).words, Band(each.community).words)
            for each in found.groups
            if each.community is not None
        ],
        plan=_plan(found.plan),
        measures=[(each.what, _who(each, each.when_text)) for each in found.measures],
        contingencies=[
            (f"If: {each.if_text}", f"Then: {each.then_text} ({_who(each, each.within)})")
            for each in found.contingencies
        ],
        visits=_visits(found),
        duties=[
            (
                duty_title(each.title),
                f"{day(each.due_on)}, {age_of(each.due_on, today).lower()}. With "
                f"{each.owner_name}, {each.owed_by_name}",
            )
            for each in found.duties
        ],
        actions=[
            (each.what, f"By {day(each.due_on)}. With {each.owner_name}, {each.assigned_name}")
            for each in found.actions
        ],
        meetings=[
            (f"{meetings.title(each)}, {day(each.held_at)}", f"Chair: {each.chair}")
            for each in found.meetings
        ],
        orders=_orders(found),
    )


def _identity(found: Briefing) -> list[Fact]:
    seen = found.identity
    facts = [("Born", frame.born(seen))]
    if found.aliases:
        facts.append(("Also known as", ", ".join(each.name for each in found.aliases)))
    facts += [(label, seen.get(field)) for label, field in _IDENTIFIERS if seen.get(field)]
    lives = seen.lives or Lives()  # none if those who read do not all see the same
    if lives.kind == "no_fixed_address":
        facts.append(("Address", "No fixed address"))
    elif lives.district:
        facts.append(("Lives in", lives.district))
    return [*facts, *category(seen)]


def _risk(assessment: Seen | None) -> str:
    if assessment is None:
        return ""
    band = Band(assessment.band).words.lower()
    return f"Overall {band}, assessed {day(assessment.assessed_on)} by {assessment.owner_name}"


def _plan(plan: Seen | None) -> str:
    if plan is None:
        return ""
    review = f", to be reviewed by {day(plan.review_on)}" if plan.review_on else ""
    return f"Version {plan.number} of {plan.owner_name}, agreed {day(plan.agreed_at)}{review}"


def _who(part: Seen, when: str) -> str:
    who = ", ".join(each for each in (part.user_name, part.agency_name) if each)
    return ". ".join(each for each in (when, who) if each)


def _visits(found: Briefing) -> list[Fact]:
    to_come = [
        (f"To come: {visits.when(each)}", each.agency_name)
        for each in found.planned
        if each.get("window_from")
    ]
    made = [
        (f"Made {day(each.made_on)}: {visits.outcome_words(each)}", each.agency_name)
        for each in found.made
    ]
    return [*to_come, *made]


def _orders(found: Briefing) -> list[Fact]:
    orders = [(each.name, _in_force(each)) for each in found.orders]
    offences = [
        (f"Index offence: {each.kind}", _sentenced(each))
        for each in found.offences
        if each.get("until_on") is None
    ]
    return [*orders, *offences]


def _in_force(order: Seen) -> str:
    until = f"Until {day(order.ends_on)}" if order.ends_on else "No end date"
    conditions = order.get("conditions")
    return f"{until}. {conditions}" if conditions else until


def _sentenced(offence: Seen) -> str:
    end = offence.licence_ends_on
    return f"{offence.sentence}. Licence ends {day(end)}" if end else str(offence.sentence)
