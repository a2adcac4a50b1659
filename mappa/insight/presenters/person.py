"""The overview and the timeline of a person, from what this reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import url_for

from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.reading import Seen
from mappa.access.team_grid import SignedAgreement
from mappa.access.terms import CASE_ROLES, Level, Role, Section
from mappa.insight import words
from mappa.insight.deeds import by_owner, duty_link, happening_link
from mappa.insight.queries.held import Held
from mappa.insight.queries.timeline import Happening
from mappa.kernel.clock import FOREVER
from mappa.offenders.workers import CaseWorker
from mappa.risk.queries import AssessmentSeen
from mappa.risk.rules import Band, Group
from mappa.rules.titles import duty_title
from mappa.sharing.shares.presenters import amount
from mappa.web.words import age_of, day, moment

_WHOLE = (Section.IDENTITY, Section.RISK, Section.PLAN, Section.VISITS)
_DUTIES = 3
_PARTS = {"manager": "manager", "worker": "worker"}


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline as the page prints it."""

    title: str
    by: str
    at: str
    text: str
    href: str | None
    link: str | None


@dataclass(frozen=True)
class Duty:
    """One duty of the card."""

    title: str
    late: bool
    age: str
    due: str
    act_label: str
    act_href: str | None
    """None for a reader who is not the one to do it."""
    why_href: str


@dataclass(frozen=True)
class Risk:
    """The overall level and the groups; ``whole`` with both places and what moves it."""

    overall: str | None
    sentence: str
    groups: Sequence[tuple[str, str, str | None, str]]
    whole: bool
    raises: str
    lowers: str
    source: str
    review: Duty | None


@dataclass(frozen=True)
class Contact:
    """Somebody to talk to."""

    name: str
    part: str
    agency: str
    phone: str


def sees_part(standing: Standing) -> bool:
    """Whether the reader has less than the whole record."""
    return not all(standing.at_least(section, Level.FULL) for section in _WHOLE)


_GROUNDS = {
    "on_team": "{agency} is on the case team.",
    "shared": "A share with {agency} opens it.",
    "in_emergency": "You opened it in an emergency.",
    "seated": "You prepare or chair a meeting on this person.",
    "chaired_person": "You chair or chaired a meeting on this person.",
    "by_role": "Your role opens it.",
    "own_record": "{agency} keeps records here.",
}


def ground(actor: Actor, reasons: Sequence[str], signed: SignedAgreement | None) -> str:
    """On what ground the reader sees the record, under which agreement, and until when."""
    known = [_GROUNDS[name] for name in reasons if name in _GROUNDS]
    first = (known or [""])[0].format(agency=actor.agency_name)
    if "shared" in reasons:
        return (
            f"{first} Use what is shared only for its purpose, and do not pass it on without "
            "asking the agency named."
        )
    if signed is None:
        return f"{first} Do not pass it on without asking the agency named.".strip()
    # It ends with the midnight after its last day.
    last_day = day(signed.until - timedelta(seconds=1))
    until = f", until {last_day}" if signed.until != FOREVER else ", until it is replaced"
    return (
        f"{first} The sections below are shared under the agreement “{signed.title}”, version "
        f"{signed.version}{until}. Do not pass them on without asking the agency named."
    ).strip()


@dataclass(frozen=True)
class Received:
    """What an agency shares with the reader's: how much of what, until when, for what."""

    owner: str
    amount: str
    until: str
    purpose: str


def received(found: Sequence[Seen]) -> list[Received]:
    """The shares with the reader's agency, like ones together, the first to end first."""
    acts: dict[tuple[str, str, str, Level], list[Section]] = {}
    for each in found:
        when = f"Until {day(each.ends_on)}"
        key = (each.owner_name, when, each.purpose, Level(each.level))
        acts.setdefault(key, []).append(Section(each.section))
    return [
        Received(
            owner,
            amount(level, [each for each in Section if each in sections]),
            until,
            purpose[:1].upper() + purpose[1:],
        )
        for (owner, until, purpose, level), sections in acts.items()
    ]


def duties(actor: Actor, found: Sequence[Seen], person: UUID, today: date) -> list[Duty]:
    """The open duties that concern the person, the longest due first."""
    return [_duty(actor, each, person, today) for each in found]


def next_duties(found: Sequence[Duty]) -> list[Duty]:
    """As many as the card holds."""
    return list(found[:_DUTIES])


def _duty(actor: Actor, seen: Seen, person: UUID, today: date) -> Duty:
    label, href = duty_link(seen.kind, person, seen.about_id)
    own_unit = seen.owed_by_agency_id == actor.agency_id and actor.role in CASE_ROLES
    does_it = seen.owner_user_id == actor.user_id or (own_unit and not by_owner(seen.kind))
    return Duty(
        title=duty_title(seen.title),
        late=seen.due_on < today,
        age=age_of(seen.due_on, today),
        due=day(seen.due_on),
        act_label=label,
        act_href=href if does_it else None,
        why_href=url_for("reminders.why", deadline_id=seen.id),
    )


def risk(
    actor: Actor, seen: AssessmentSeen | None, owed: Sequence[Seen], person: UUID, today: date
) -> Risk:
    """The risk of serious harm by group, or that nobody has assessed it."""
    if seen is None:
        return Risk(None, "", (), False, "", "", "", None)
    assessed = day(seen.assessment.assessed_on)
    band = Band(seen.assessment.band)
    review = next((each for each in owed if each.kind == "risk-review"), None)
    return Risk(
        overall=band.value,
        sentence=band.words.lower(),
        groups=[
            (
                Group(each.group_code).words,
                each.community,
                each.get("custody"),
                "–" if _unassessed(each) else assessed,
            )
            for each in seen.groups
        ],
        whole=seen.assessment.full,
        raises=seen.assessment.get("raises", ""),
        lowers=seen.assessment.get("lowers", ""),
        source=seen.assessment.owner_name,
        review=_duty(actor, review, person, today) if review else None,
    )


def _unassessed(group: Seen) -> bool:
    """Whether nobody has assessed the risk to a group, in any place that this reader gets."""
    return {group.community, group.get("custody", group.community)} == {Band.NOT_ASSESSED}


def entry(happened: Happening, stands: Standing) -> Entry:
    """An entry in words; where only the day is known to the reader, only the day is said."""
    link = happening_link(happened.kind, stands, happened.record)
    by = ", ".join(part for part in (happened.by_name, happened.agency_name) if part)
    exact = happened.day is None or bool(happened.by_name)
    at = moment(happened.at) if exact else day(happened.day)
    changed = happened.part == "changes"
    return Entry(
        title=words.done(happened.title, happened.kind) if changed else happened.title,
        by=f"by {by}" if by else "",
        at=at,
        text=happened.body,
        href=link[1] if link else None,
        link=link[0] if link else None,
    )


def contacts(workers: Sequence[CaseWorker], identity: Seen, standing: Standing) -> list[Contact]:
    """The case team for readers of the section; the lead manager for everybody else."""
    if standing.at_least(Section.SHARING, Level.FULL):
        return [
            Contact(each.name, _PARTS.get(each.part, each.part), each.agency, each.phone)
            for each in workers
        ]
    manager = identity.get("manager")
    return [
        Contact(
            manager or identity.lead_agency,
            "manager" if manager else "",
            identity.lead_agency,
            identity.lead_phone,
        )
    ]


_CATEGORIES = {
    1: "1, registered sexual offender",
    2: "2, violent or other sexual offender",
    3: "3, other dangerous offender",
    4: "4, terrorism or terrorist risk",
}


def category(seen: Seen) -> list[tuple[str, str]]:
    """Category, level since when, lead agency and manager."""
    number, level, since = seen.get("category"), seen.get("level"), seen.get("level_since")
    told = f"{level}, since {day(since)}" if level and since else str(level or "Not set")
    rows = [
        ("Category", _CATEGORIES.get(number, str(number)) if number else "Not set"),
        ("Level", told),
        ("Lead agency", seen.lead_agency),
    ]
    return [*rows, ("Manager", seen.manager)] if seen.get("manager") else rows


_DETAILS = (
    ("Names, birth, numbers, description", "who", Section.IDENTITY, Level.SUM),
    ("Addresses and contact", "contact", Section.CONTACT, Level.SEALED),
    ("Work, vehicles, devices and accounts", "life", Section.CONTACT, Level.FULL),
    ("Associates", "others", Section.RISK, Level.FULL),
    ("Victims and children", "victims", Section.VICTIMS, Level.SEALED),
)


def details(standing: Standing) -> list[tuple[str, str]]:
    """What stands on the page of details for this reader: words, and where on the page."""
    return [
        (text, anchor)
        for text, anchor, section, need in _DETAILS
        if standing.at_least(section, need)
    ]


@dataclass(frozen=True)
class SealedLine:
    """A section of which the reader is only told, and whom to ring."""

    section: str
    agency: str
    phone: str


def sealed(found: Sequence[Held]) -> list[SealedLine]:
    """The sealed lines."""
    return [
        SealedLine(
            words.SECTIONS[each.section],
            each.agency,
            f"{each.desk} on {each.phone}" if each.desk and each.phone else each.phone,
        )
        for each in found
    ]


def may_start_assessment(actor: Actor, standing: Standing) -> bool:
    """Whether to offer a first assessment; the page itself asks the policy."""
    works = actor.role in (Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SUPERVISOR)
    return works and standing.at_least(Section.RISK, Level.FULL)
