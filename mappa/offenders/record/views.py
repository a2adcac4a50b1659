"""Pages of the record: all kinds on cards, and the forms that add, correct and end one."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import Standing, Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import RuleBroken
from mappa.kernel.uow import current
from mappa.offenders import frame
from mappa.offenders.models import Person
from mappa.offenders.record import presenters, queries, service
from mappa.offenders.record.presenters import Card, Fact, Group, Reader
from mappa.offenders.record.rules import ADD, CORRECT, END, GROUPS, KINDS, Kind, of_group
from mappa.offenders.record.schemas import EndRecordSchema, schema_of
from mappa.web import stale
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import Link, render_person, standing_on
from mappa.web.parking import typed
from mappa.web.settled import settled
from mappa.web.typed import understand

bp = Blueprint("record", __name__)

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

DETAILS = ("who", "contact", "life", "others", "victims")
"""The groups of the page of details; the others stand under their own tabs."""


def _those(way: str) -> str:
    return f"any({', '.join(kind.key for kind in KINDS.values() if way in kind.ways)})"


_ADD = f"/people/<uuid:person_id>/record/<{_those(ADD)}:kind>/add"
_CORRECT = f"/people/<uuid:person_id>/record/<{_those(CORRECT)}:kind>/<uuid:record_id>/correct"
_END = f"/people/<uuid:person_id>/record/<{_those(END)}:kind>/<uuid:record_id>/end"


# Cards


def groups_of(person_id: UUID, keys: Sequence[str]) -> list[Group]:
    """The groups of cards that this reader gets, whole or with sealed lines only."""
    stands = standing_on(person_id)
    may = _may(person_id, stands)
    groups = (_group(person_id, key, stands, may) for key in keys)
    return [group for group in groups if group.cards or group.held]


def _may(person_id: UUID, stands: Standing) -> frozenset[Action]:
    """What this reader may write as the own agency; of victims the policy is asked apart."""
    if not stands.writes_own:
        return frozenset()
    actor = current_actor()
    target = Target(person=person_id, owner=actor.agency_id)
    plain = {act for act in service.ACTIONS.values() if act is not Action.VICTIM_WRITE}
    victims = decide(actor, Action.VICTIM_WRITE, target).allowed
    return frozenset(plain | ({Action.VICTIM_WRITE} if victims else set()))


def _group(person_id: UUID, key: str, stands: Standing, may: frozenset[Action]) -> Group:
    kinds = of_group(key)
    section = kinds[0].section
    writes = service.ACTIONS[section] in may
    reads = stands.at_least(section, Level.SUM) or writes
    found = _found(person_id, kinds) if reads else {}
    reader = _reader(writes, found)
    cards = []
    for kind in kinds if reads else ():
        others = stands.at_least(section, kind.least)
        adds = writes and not kind.of_lead and bool(kind.ways - {CORRECT} or kind.pages)
        if others or adds or _any_whole(found[kind.key]):
            rows = found[kind.key]
            cards.append(presenters.card(kind, person_id, rows, reader, reads=others))
    told = key != "life" and stands.opens(section)
    return Group(
        key=key,
        title=GROUPS[key],
        cards=[*cards, *_led(person_id, key, stands)],
        held=queries.held(current_actor(), person_id, section) if told else (),
        who_href=_who(person_id, section, stands),
        notes=_named_in(person_id) if key == "others" and cards else (),
    )


def _any_whole(found: Sequence[Seen]) -> bool:
    """Whether there is one that the reader sees in full: the own agency's."""
    return any(each.full for each in found)


def _found(person_id: UUID, kinds: Sequence[Kind]) -> dict[str, list[Seen]]:
    """What there is of each kind; the person's own facts are read once."""
    actor = current_actor()
    own: list[Seen] | None = None
    found: dict[str, list[Seen]] = {}
    for kind in kinds:
        if queries.MODELS[kind.key] is not Person:
            found[kind.key] = queries.records(actor, person_id, kind)
            continue
        own = queries.records(actor, person_id, kind) if own is None else own
        found[kind.key] = own
    return found


def _reader(writes: bool, found: Mapping[str, Sequence[Seen]]) -> Reader:
    actor = current_actor()
    linked = [each.get("other_person_id", NOBODY) for each in found.get("associate", ())]
    leads = any(each.owner_agency_id == actor.agency_id for each in found.get("name", ()))
    return Reader(actor.agency_id, writes, leads, frame.today(), queries.names(actor, linked))


def _led(person_id: UUID, key: str, stands: Standing) -> list[Card]:
    if key != "who" or not stands.at_least(Section.SHARING, Level.FULL):
        return []
    return [presenters.led(queries.led(person_id))]


def _named_in(person_id: UUID) -> list[Fact]:
    """On whose records this person is named; only where the reader sees both."""
    actor = current_actor()
    links = queries.named_in(actor, person_id)
    names = queries.names(actor, [each.person_id for each in links])
    return [
        Fact(
            each.get("relation", ""),
            names[each.person_id],
            url_for("record.details", person_id=each.person_id),
        )
        for each in links
        if each.person_id in names
    ]


def _who(person_id: UUID, section: Section, stands: Standing) -> str | None:
    if not stands.at_least(Section.SHARING, Level.SUM):
        return None
    return url_for("insight.sharing", person_id=person_id, section=section.value)


@bp.get("/people/<uuid:person_id>/record")
@for_action(Action.RECORD_READ)
@witnessed
def details(person_id: UUID) -> ResponseReturnValue:
    """Who the person is, how to reach them, what they have, whom they know."""
    return render_person(
        "record/details.html",
        person_id,
        tab="overview",
        section="details",
        groups=groups_of(person_id, DETAILS),
    )


# Adding


def add_page(person_id: UUID, kind: str, *, values: Values, errors: Errors) -> str:
    """The form of a new record."""
    service.may_add(current_actor(), person_id, KINDS[kind])
    return _form(person_id, KINDS[kind], ADD, values, errors)


def _form(
    person_id: UUID, kind: Kind, way: str, values: Values, errors: Errors, seen: str = ""
) -> str:
    fields = presenters.shown_fields(kind, way)
    return render_person(
        "record/form.html",
        person_id,
        tab=_tab(kind),
        section=f"{way} {kind.article}",
        kind=kind,
        adding=way == ADD,
        fields=fields,
        order=[*(each.name for each in fields), "why"],
        values=values,
        errors=errors,
        seen=seen,
        action=request.path,
        back=_back(person_id, kind),
    )


def _tab(kind: Kind) -> str:
    return "orders" if kind.group in ("orders", "offences") else "overview"


def _back(person_id: UUID, kind: Kind) -> str:
    """The page on which the kind stands."""
    if kind.key == "address":
        return url_for("people.addresses", person_id=person_id)
    if _tab(kind) == "orders":
        return url_for("people.orders", person_id=person_id)
    if kind.key == "warning":
        return url_for("insight.overview", person_id=person_id)
    return url_for("record.details", person_id=person_id, _anchor=kind.group)


@bp.get(_ADD)
@for_action(Action.RECORD_WRITE)
@witnessed
def add(person_id: UUID, kind: str) -> ResponseReturnValue:
    """Ask for a new record."""
    return add_page(person_id, kind, values=typed(), errors={})


@bp.post(_ADD)
@for_action(Action.RECORD_WRITE)
@writes(again=add_page)
def add_post(person_id: UUID, kind: str) -> ResponseReturnValue:
    """Add a record."""
    actor, of = current_actor(), KINDS[kind]
    service.may_add(actor, person_id, of)
    entry = understand(schema_of(of, ADD), request.form)
    service.add(actor, person_id, of, entry, now=current().at)
    flash(f"{of.one[:1].upper()}{of.one[1:]} added.", "success")
    return redirect(_back(person_id, of))


# Correcting


def correct_page(
    person_id: UUID, kind: str, record_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The form of a record that is there."""
    of = KINDS[kind]
    record = service.to_write(current_actor(), person_id, of, record_id, CORRECT)
    stored = presenters.typed_values(of, service.values_of(of, record))
    seen = stale.fingerprint(stored) if values is None else values.get("seen", "")
    return _form(person_id, of, CORRECT, stored if values is None else values, errors, seen)


@bp.get(_CORRECT)
@for_action(Action.RECORD_WRITE)
@witnessed
def correct(person_id: UUID, kind: str, record_id: UUID) -> ResponseReturnValue:
    """Show a record, to be corrected."""
    return correct_page(person_id, kind, record_id, values=typed() or None, errors={})


@bp.post(_CORRECT)
@for_action(Action.RECORD_WRITE)
@writes(again=correct_page)
def correct_post(person_id: UUID, kind: str, record_id: UUID) -> ResponseReturnValue:
    """Correct a record, unless somebody corrected it in the meantime."""
    actor, of = current_actor(), KINDS[kind]
    record = service.to_write(actor, person_id, of, record_id, CORRECT)
    form = settled(request.form, last_line=presenters.one_lined(of))
    if form is None:
        return redirect(_back(person_id, of))
    stored = presenters.typed_values(of, service.values_of(of, record))
    entry = understand(schema_of(of, CORRECT), form)
    subject = person_id if of.key == "level" else record_id
    stale.check_not_stale(
        entry.seen,
        stored,
        presenters.typed_values(of, entry.values),
        {each.name: each.label for each in presenters.shown_fields(of, CORRECT)},
        **presenters.by_whom(queries.last_change(actor, person_id, subject, of.key)),
    )
    service.correct(actor, person_id, of, record_id, entry, now=current().at)
    flash("Corrected. What stood before is kept in the history.", "success")
    return redirect(_back(person_id, of))


# Ending


def end_page(person_id: UUID, kind: str, record_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that ends a record."""
    of = KINDS[kind]
    record = service.to_write(current_actor(), person_id, of, record_id, END)
    stored = presenters.typed_values(of, service.values_of(of, record))
    shown = queries.record(current_actor(), person_id, of, record_id)
    return render_person(
        "record/end.html",
        person_id,
        tab=_tab(of),
        section=f"end {of.article}",
        kind=of,
        facts=presenters.facts_of(of, shown, frame.today()),
        values=values,
        errors=errors,
        seen=stale.fingerprint(stored),
        action=request.path,
        back=_back(person_id, of),
    )


@bp.get(_END)
@for_action(Action.RECORD_WRITE)
@witnessed
def end(person_id: UUID, kind: str, record_id: UUID) -> ResponseReturnValue:
    """Ask when and why a record ended."""
    return end_page(person_id, kind, record_id, values=typed(until_on="today"), errors={})


@bp.post(_END)
@for_action(Action.RECORD_WRITE)
@writes(again=end_page)
def end_post(person_id: UUID, kind: str, record_id: UUID) -> ResponseReturnValue:
    """End a record of one's own agency."""
    actor, of = current_actor(), KINDS[kind]
    record = service.to_write(actor, person_id, of, record_id, END)
    stored = presenters.typed_values(of, service.values_of(of, record))
    command = understand(EndRecordSchema(), request.form)
    if command.seen != stale.fingerprint(stored):
        raise RuleBroken("RECORD-READ", f"This {of.one} was changed while you read it. Check it")
    service.end(
        actor, person_id, of, record_id, until_on=command.until_on, why=command.why,
        now=current().at,
    )  # fmt: skip
    flash(f"{of.one[:1].upper()}{of.one[1:]} ended. It is kept in the history.", "success")
    return redirect(_back(person_id, of))


def report_links(person_id: UUID) -> list[Link]:
    """What this reader may add of the record, for the page that reports a change."""
    may = _may(person_id, standing_on(person_id))
    return [
        Link(
            f"{kind.article[:1].upper()}{kind.article[1:]}",
            url_for("record.add", person_id=person_id, kind=kind.key),
        )
        for kind in KINDS.values()
        if ADD in kind.ways and not kind.of_lead and service.ACTIONS[kind.section] in may
    ]
