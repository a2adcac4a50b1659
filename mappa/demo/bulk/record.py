"""The shared record as it is loaded: identity, names with their keys, places, offence, warnings."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from mappa.access.terms import Section
from mappa.audit.bulk import History
from mappa.demo.bulk.case import Case, at, labels
from mappa.demo.bulk.duties import open_duty
from mappa.demo.cases import WARNINGS
from mappa.demo.people.person import SyntheticAddress
from mappa.kernel.bulk import Load
from mappa.offenders.keys import keys_for, keys_for_address
from mappa.offenders.level_review.duties import REVIEWED
from mappa.offenders.level_review.rules import KIND, RULE, Finding
from mappa.offenders.models import Address, Alias, Person
from mappa.offenders.names import sort_name
from mappa.offenders.service import said_of
from mappa.rules.levels import MappaLevel
from mappa.visits.preparing.rules import Warned

_WARNED = 0.15
_IDENTIFIERS = ("crn", "pnc", "visor", "prison_number")
_ADDED = ("given_name", "family_name", "category", "level", "born_on", "born_about", "crn", "pnc",
          "visor", "prison_number", "aliases", "manager_id", "transferred_in_from")  # fmt: skip


class Record:
    """Writes what ``offenders.service`` would."""

    def __init__(self, load: Load, history: History) -> None:
        self._load = load
        self._history = history
        self._added: dict[tuple[str, ...], int] = {}
        places = ("kind", "lines", "postcode", "district", "from_on", "note")
        warning = ("headline", "detail", "serious", "officers", "lone_working", "review_on")
        self._address_added = history.kind("collection", "address:added", places)
        self._warning_added = history.kind("collection", "warning:added", warning)
        self._reviewed = history.kind("alteration", REVIEWED, ["finding", "reason"])

    def write(self, case: Case) -> str:
        """Everything but rights and work; the name under which lists sort the person."""
        person = self._person(case)
        self._addresses(case)
        self._offence(case)
        if case.rng.random() < _WARNED:
            self._warn(case)
        if (case.person.level or MappaLevel.ONE) == MappaLevel.ONE:
            self._review_level(case)
        return person.sort_name

    def _person(self, case: Case) -> Person:
        made_up, owner = case.person, case.lead.office.id
        person = Person(
            id=UUID(case.id),
            owner_agency_id=UUID(owner),
            given_name=made_up.given,
            family_name=made_up.family,
            sort_name=sort_name(made_up.family, made_up.given),
            born_on=made_up.born_on,
            **{name: getattr(made_up, name) or "" for name in _IDENTIFIERS},
        )
        assessed = made_up.risk != "not_assessed"
        columns: dict[str, Any] = {
            **{name: getattr(person, name) for name in ("id", "given_name", "family_name",
               "sort_name", "born_on", *_IDENTIFIERS)},
            "owner_agency_id": owner,
            "born_about": made_up.born_about,
            "jurisdiction": case.place.jurisdiction,
            "category": made_up.category or 2,
            "level": made_up.level or 1,
            "level_since": case.opened_on,
            "manager_id": case.lead.worker.id,
            "transferred_in_from": made_up.transferred_from or "",
            "risk_band": made_up.risk,
            "version": 2 if assessed else 1,
        }  # fmt: skip
        self._load.sheet("person").add(**columns)
        self._period(case, category=columns["category"], level=columns["level"])
        aliases = [self._alias(case, person, each.name) for each in made_up.aliases]
        self._load.sheet("name_key").add_all(keys_for(person, aliases))
        self._change(
            case, Section.IDENTITY, case.id, at(case.opened_on, 9, 10),
            kind="person:added", what="Person", after=person.name,
        )  # fmt: skip
        said = columns | {"aliases": aliases}
        given = tuple(name for name in _ADDED if said[name])
        if given not in self._added:
            self._added[given] = self._history.kind("collection", "person:added", given)
        case.act(at(case.opened_on, 9, 10), case.lead.worker, self._added[given])
        return person

    def _period(self, case: Case, *, category: int, level: int) -> None:
        self._load.sheet("management_level").add(
            **labels(case, case.lead.office.id, Section.IDENTITY, case.id), category=category,
            level=level, from_on=case.opened_on, reason="Added to MAPPA",
            added_by_id=case.lead.worker.id, added_at=at(case.opened_on, 9, 10),
        )  # fmt: skip

    def _alias(self, case: Case, person: Person, name: str) -> Alias:
        owner = case.lead.office.id
        made = self._load.sheet("alias").add(person_id=case.id, owner_agency_id=owner, name=name)
        return Alias(
            id=UUID(made), person_id=person.id, owner_agency_id=person.owner_agency_id, name=name
        )

    def _change(
        self, case: Case, section: Section, subject: str, when: str, *, owner: str = "", **said: str
    ) -> None:
        by = case.police.worker if section is Section.WARNINGS else case.lead.worker
        label = labels(case, owner or case.lead.office.id, section, subject)
        self._load.sheet("person_change").add(**label, by_id=by.id, at=when, **said)

    def _addresses(self, case: Case) -> None:
        lived: list[SyntheticAddress | date] = list(case.person.addresses)
        if case.person.no_fixed_address:
            last = case.person.addresses[-1].until_on if case.person.addresses else None
            lived.append((last or case.opened_on) + timedelta(days=1))
        starts = [each if isinstance(each, date) else each.from_on for each in lived]
        before: Address | None = None
        for number, (place, from_on) in enumerate(zip(lived, starts, strict=True), start=1):
            follows = starts[number] if number < len(starts) else None
            until_on = max(from_on, follows - timedelta(days=1)) if follows else None
            before = self._address(case, place, from_on, until_on, before)

    def _address(
        self, case: Case, place: SyntheticAddress | date, from_on: date, until_on: date | None,
        before: Address | None,
    ) -> Address:  # fmt: skip
        told_at = at(min(max(from_on, case.opened_on), case.today), 9, 40)
        owner = case.lead.office.id
        if isinstance(place, date):
            said = {"kind": "no_fixed_address", "lines": "", "postcode": "", "district": ""}
        else:
            said = {
                "kind": "home", "lines": f"{place.line}, {place.town}",
                "postcode": place.postcode, "district": place.district,
            }  # fmt: skip
        columns: dict[str, Any] = {"from_on": from_on, "until_on": until_on, **said}
        made = self._load.sheet("address").add(
            person_id=case.id, owner_agency_id=owner, added_by_id=case.lead.worker.id,
            added_at=told_at, **columns,
        )  # fmt: skip
        address = Address(
            id=UUID(made), person_id=UUID(case.id), owner_agency_id=UUID(owner), **columns
        )
        self._load.sheet("place_key").add_all(keys_for_address(address))
        self._change(
            case, Section.CONTACT, made, told_at, kind="address:added", what="Address",
            before=said_of(before) if before else "", after=said_of(address),
        )  # fmt: skip
        ended = [before.id.hex] if before else []
        case.act(told_at, case.lead.worker, self._address_added, made, *ended)
        return address

    def _offence(self, case: Case) -> None:
        person, load = case.person, self._load
        own = {"person_id": case.id, "owner_agency_id": case.lead.office.id}
        scottish = case.place.jurisdiction == "scotland"
        if person.offence:
            load.sheet("offence").add(
                **own, kind=person.offence, convicted_on=person.sentenced_on,
                sentence=person.sentence or "", licence_ends_on=person.licence_ends_on,
                court="Kirkannan Sheriff Court" if scottish else "Northmoor Crown Court",
            )  # fmt: skip
        if person.category == 1:
            load.sheet("court_order").add(
                **own, name="Notification requirements",
                made_on=person.sentenced_on or case.opened_on,
                conditions="Tell the police of every change of name, address or travel.",
            )  # fmt: skip
        if person.licence_ends_on and person.licence_ends_on > case.opened_on:
            load.sheet("court_order").add(
                **own, name="Licence", made_on=case.opened_on, ends_on=person.licence_ends_on,
                conditions="Keep appointments. Live where approved. Be open about new contacts.",
            )  # fmt: skip

    def _warn(self, case: Case) -> None:
        headline, serious, detail, officers, alone = case.rng.choice(WARNINGS)
        on = max(case.ends_on - timedelta(days=49), case.opened_on)
        when, police = at(on, 14), case.police
        made = self._load.sheet("warning").add(
            person_id=case.id, owner_agency_id=police.office.id, headline=headline, detail=detail,
            serious=serious, officers=officers, lone_working=alone,
            review_on=on + timedelta(days=92), added_by_id=police.worker.id, added_at=when,
        )  # fmt: skip
        self._change(
            case, Section.WARNINGS, made, when, owner=police.office.id, kind="warning:added",
            what="Warning to staff", after=headline,
        )  # fmt: skip
        case.act(when, police.worker, self._warning_added, made)
        case.known.warned.append((on, Warned(UUID(made), officers, serious)))

    def _review_level(self, case: Case) -> None:
        """Level 1 was last reviewed in the last hundred days: some are due, a few late."""
        ago = case.rng.randrange(10, 100)
        day = max(case.opened_on, case.ends_on - timedelta(days=ago))
        when = at(day, 16, 20)
        self._change(
            case, Section.IDENTITY, case.id, when, kind=REVIEWED, what="Level 1",
            after=Finding.STAYS.words, why="Keeps appointments; no agency told of a change.",
        )  # fmt: skip
        case.act(when, case.lead.worker, self._reviewed)
        open_duty(
            self._load, case, case.lead.worker, RULE, section=Section.IDENTITY, subject=case.id,
            kind=KIND, starts_on=day, opened_at=when, about=case.id,
        )  # fmt: skip
