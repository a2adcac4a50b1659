"""Rendering: every page gets the shell; a page of a person gets the frame and the standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, g, get_flashed_messages, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from mappa.access import merged
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.kernel import crypto
from mappa.web.flow import current_actor, reader
from mappa.web.slots import EmergencyBand, StaffWarning, slots


@dataclass(frozen=True)
class Link:
    """A link, and whether it is where one is."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Reader:
    """What the header says of the reader."""

    name: str
    role: str
    agency: str


@dataclass(frozen=True)
class Shell:
    """What surrounds every page."""

    demo: bool
    reader: Reader | None
    navigation: Sequence[Link]
    bell: int | None
    csrf_token: str
    csp_nonce: str
    flash: Sequence[tuple[str, str]]
    footer_links: Sequence[Link]
    static_version: str
    alarm: str = ""
    bell_href: str = "/notices"
    account_href: str = "/account"
    sign_out_href: str = "/sign-out"
    people_href: str = "/people"
    ask_href: str = "/help/asking-for-access"


@dataclass(frozen=True)
class Frame:
    """What stands above a page of a person."""

    warnings: Sequence[StaffWarning]
    name: str
    section: str
    facts: Sequence[Sequence[tuple[str, str, str | None]]]
    buttons: Sequence[Link]
    tabs: Sequence[Link]
    short: bool
    emergency: EmergencyBand | None = None


_FOOTER = (
    Link("Help", "/help"),
    Link("Privacy", "/help/privacy"),
    Link("Accessibility", "/help/accessibility"),
)


def render(template: str, **context: Any) -> str:
    """Render a page with its shell and a fresh idempotency key for its forms."""
    return render_template(template, shell=_shell(), key=crypto.token(18), **context)


def plain_page(template: str, **context: Any) -> str:
    """Render a page on which no place of the navigation is current: errors."""
    g.no_current_place = True
    return render(template, **context)


def _shell() -> Shell:
    actor = reader()
    return Shell(
        demo=current_app.config["SETTINGS"].demo,
        reader=Reader(actor.name, actor.role.words, actor.agency_name) if actor else None,
        navigation=_navigation(actor) if actor else (),
        bell=slots.bell(actor) if actor and slots.bell else None,
        csrf_token=generate_csrf(),
        csp_nonce=nonce(),
        flash=tuple(get_flashed_messages(with_categories=True)),  # type: ignore[arg-type]
        footer_links=_FOOTER,
        static_version=current_app.config["STATIC_VERSION"],
        alarm=slots.alarm(actor) if actor and slots.alarm else "",
    )


def nonce() -> str:
    """The nonce of this answer's content security policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = crypto.token(16)
    return g.csp_nonce  # type: ignore[no-any-return]


def _navigation(actor: Actor) -> list[Link]:
    here = "" if g.get("no_current_place") else request.path
    return [
        Link(place.label, url_for(place.endpoint), _is_at(here, place.prefix))
        for place in slots.places
        if actor.role in place.roles
    ]


def _is_at(path: str, prefix: str) -> bool:
    return path == prefix or (prefix != "/" and path.startswith(prefix + "/"))


def standing_on(person: UUID) -> Standing:
    """The reader's standing on a person, asked once a request. Raises ``NotFound``."""
    kept: dict[UUID, Standing] = g.setdefault("standing", {})
    if person not in kept:
        assert slots.standing is not None
        kept[person] = slots.standing(current_actor(), person)
    return kept[person]


def render_person(
    template: str, person: UUID, *, tab: str, section: str, short: bool = False, **context: Any
) -> str:
    """Render a page of a person under its frame.

    ``tab`` is the key of the current tab, ``section`` the words behind the name in the heading.
    Raises ``NotFound`` if the reader does not see the person at all.
    """
    actor = current_actor()
    person = merged.survivor_of(person)  # a meeting, say, was held on a record that was merged
    stands = standing_on(person)
    assert slots.identity is not None
    assert slots.warnings is not None
    identity = slots.identity(actor, person, stands)
    buttons = slots.buttons(actor, person, stands) if slots.buttons and not short else ()
    frame = Frame(
        warnings=slots.warnings(actor, person),
        name=identity.name,
        section=section,
        facts=identity.facts,
        buttons=[Link(label, href) for label, href in buttons],
        tabs=[
            Link(each.label, url_for(each.endpoint, person_id=person), each.key == tab)
            for each in slots.tabs
            if any(stands.at_least(one, each.need) for one in (each.section, *each.also))
        ],
        short=short,
        emergency=_emergency(stands),
    )
    return render(
        template,
        frame=frame,
        standing=stands,
        person_id=person,
        identity=identity,
        person_word=person_word(identity.jurisdiction),
        **context,
    )


def _emergency(stands: Standing) -> EmergencyBand | None:
    if stands.emergency_until is None or slots.emergency is None:
        return None
    return slots.emergency(stands.person, stands.emergency_until)


def person_word(jurisdiction: str) -> str:
    """What the field calls the person: "offender", in Scotland "individual"."""
    return "individual" if jurisdiction == "scotland" else "offender"
