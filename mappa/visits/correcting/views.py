"""Pages of a visit that was logged: correct it, its versions, countersign it, withdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.offenders import queries as people
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.visits import concern, queries, telling
from mappa.visits import presenters as visits
from mappa.visits.cards import views as cards
from mappa.visits.correcting import presenters, rules, service
from mappa.visits.correcting import queries as corrections
from mappa.visits.correcting.rules import Correct
from mappa.visits.correcting.schemas import (
    Correction,
    CorrectionSchema,
    SignSchema,
    WithdrawSchema,
)
from mappa.visits.nights import longest_night
from mappa.visits.preparing.rules import turnout_asked
from mappa.visits.rules import Attending, LogVisit, Outcome, VisitState, kind_words
from mappa.visits.schemas import HOME, Happened
from mappa.visits.views.blueprint import bp, home_of, now, safeguarding_phone, today
from mappa.visits.views.log import asked_of_night
from mappa.web import stale, words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    concern.CONCERN: Wording(
        "A visit recorded a concern for a child. If a child is in danger now, ring 999.",
        "visits.visit",
        "visit_id",
        "Open the visit",
    ),
    concern.CONCERN_OF_ACCOUNT: Wording(
        "An officer who was at a visit recorded a concern for a child. If a child is in danger now,"
        " ring 999.",
        "visits.visit",
        "visit_id",
        "Open the visit",
    ),
    service.CORRECTED_LATE: Wording(
        "A visit was corrected more than 24 hours after it was logged.",
        "visits.versions",
        "visit_id",
        "See what changed",
    ),
    service.WITHDRAWN: Wording(
        "A visit that was logged was withdrawn.", "visits.versions", "visit_id", "Read why"
    ),
}

_ORDER = (
    "outcome",
    "kind",
    "made_on",
    "arrived",
    "arrived_which",
    "left",
    "left_which",
    "overnight",
    "where",
    "place",
    "officers",
    "other_name",
    "other_agency",
    "plain_clothes",
    "marked_car",
    "accredited",
    "turnout_reason",
    "account",
    "present",
    "concern",
    "concerns",
    "concern_child",
    "told_next",
    "next_step",
    "why",
)


@dataclass(frozen=True)
class Logged:
    """A visit that was logged, as its reader sees it in full."""

    actor: Actor
    person_id: UUID
    visit: Seen
    went: list[Seen]

    @property
    def officers(self) -> str:
        """Who went, one to a line."""
        return "\n".join(f"{each.name}, {each.agency}" for each in self.went)

    @property
    def seen(self) -> str:
        """What a form is made from."""
        return stale.fingerprint(presenters.lines(self.visit, self.officers))

    def home(self) -> str:
        """The place of the visit, else where the person lives, as the form offers it."""
        return home_of(people.addresses(self.actor, self.person_id)) or str(self.visit.place)

    def offered(self) -> list[Attending]:
        """Whom to offer as officers: who went, and who could have gone."""
        found = queries.may_attend(self.actor, self.person_id)
        known = {each.user_id for each in found}
        return found + [
            Attending(each.name, each.agency, each.user_id)
            for each in self.went
            if each.user_id != NOBODY and each.user_id not in known
        ]

    def asks_turnout(self) -> bool:
        """Whether it is asked how the officers went."""
        agency = agencies.type_of(self.visit.owner_agency_id)
        return turnout_asked(agency, self.jurisdiction())

    def jurisdiction(self) -> str:
        """Where the case is."""
        return str(people.person(self.actor, self.person_id).jurisdiction)

    def longest_night(self) -> timedelta:
        """How long a visit past midnight can be here."""
        return longest_night(self.jurisdiction(), self.visit.owner_agency_id, today())

    def url(self, endpoint: str) -> str:
        """A page of this visit."""
        return url_for(f"visits.{endpoint}", person_id=self.person_id, visit_id=self.visit.id)


def _logged(person_id: UUID, visit_id: UUID) -> Logged:
    """The visit. Raises ``NotFound`` unless the reader sees all of one that was logged."""
    standing_on(person_id)
    actor = current_actor()
    visit = queries.visit(actor, person_id, visit_id)
    if not visit.full or not visit.outcome:
        raise NotFound
    return Logged(
        actor, person_id, visit, queries.officers(actor, person_id, visit_id, attended=True)
    )


def _standing(person_id: UUID, visit_id: UUID, may: Any, advice: str) -> Logged:
    """A visit that counts, for those who may do this with it."""
    logged = _logged(person_id, visit_id)
    if not may(logged.actor, logged.visit):
        raise NotPermitted("visit: not its author or supervisor", advice=advice)
    rules.check_made(logged.visit.state)
    return logged


def _page(logged: Logged, template: str, section: str, **context: Any) -> str:
    return render_person(
        f"visits/{template}.html",
        logged.person_id,
        tab="visits",
        section=section,
        short=True,
        visit=logged.visit,
        caption=f"{kind_words(logged.visit.announced)} visit, {visits.when(logged.visit)}",
        back_href=logged.url("visit"),
        **context,
    )


# Correcting


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/correct")
@for_action(Action.VISIT_CORRECT)
@witnessed
def correct(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The visit as its author told it, to be told anew."""
    logged = _to_correct(person_id, visit_id)
    values = typed() or presenters.typed(logged.visit, logged.went, logged.home())
    return correct_page(person_id, visit_id, values=values, errors={})


def _to_correct(person_id: UUID, visit_id: UUID) -> Logged:
    advice = "Only who wrote a visit corrects it. Ask its author, or add your own account"
    return _standing(person_id, visit_id, service.may_correct, advice)


def correct_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed; it asks what the outcome that is chosen asks."""
    logged = _to_correct(person_id, visit_id)
    chosen = values.get("outcome", "")
    known = chosen in {each.value for each in Outcome}
    outcome = Outcome(chosen if known else logged.visit.outcome)
    return _page(
        logged,
        "correct",
        "correct a visit",
        values=values,
        errors=errors,
        order=_ORDER,
        asks=outcome.asks,
        outcomes=[(each.value, each.words) for each in Outcome],
        kind_fixed=logged.visit.planned_at is not None,
        home=logged.home(),
        **asked_of_night(values, logged.longest_night),
        officers=[(str(each.user_id), f"{each.name}, {each.agency}") for each in logged.offered()],
        asks_turnout=logged.asks_turnout(),
        late=rules.is_late(logged.visit.written_at, now=now()),
        freely_until=words.moment(logged.visit.written_at + rules.FREELY - timedelta(minutes=1)),
        safeguarding=safeguarding_phone(logged.actor),
        seen=logged.seen,
        form_href=logged.url("correct"),
        withdraw_href=logged.url("withdraw"),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/correct")
@for_action(Action.VISIT_CORRECT)
@writes(again=correct_page)
def correct_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Let the visit say what was typed; what it said before stays as a version."""
    logged = _to_correct(person_id, visit_id)
    correction = understand(CorrectionSchema(), request.form)
    if correction.seen != logged.seen:
        said = "The visit was corrected in another window. Look at it, and correct it once more"
        raise RuleBroken("visit-changed-meanwhile", said)
    command = Correct(_made(logged, correction), correction.why)
    service.correct_visit(logged.actor, visit_id, command, now=now())
    flash("Visit corrected. What it said before is kept.", "success")
    return redirect(logged.url("visit"))


def _made(logged: Logged, typed_anew: Correction) -> LogVisit:
    kind = logged.visit.announced if typed_anew.kind is None else typed_anew.kind
    return telling.log_command(
        Happened(typed_anew.outcome, kind),
        typed_anew,
        offered=logged.offered(),
        home=logged.home() if typed_anew.where == HOME else "",
        today=today(),
        longest=logged.longest_night,
        asks_turnout=logged.asks_turnout(),
    )


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/versions")
@for_action(Action.VISIT_READ)
@witnessed
def versions(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """What was corrected, from what to what; and that it was withdrawn, if it was."""
    logged = _logged(person_id, visit_id)
    found = corrections.versions(logged.actor, person_id, visit_id)
    return _page(
        logged,
        "versions",
        "versions of a visit",
        withdrawn=logged.visit.end_reason if _is_withdrawn(logged.visit) else "",
        withdrawn_on=words.moment(logged.visit.ended_at) if _is_withdrawn(logged.visit) else "",
        rows=presenters.changes(logged.visit, logged.officers, found),
    )


def _is_withdrawn(visit: Seen) -> bool:
    return bool(visit.state == VisitState.WITHDRAWN.value)


# Withdrawing


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/withdraw")
@for_action(Action.VISIT_CORRECT)
@witnessed
def withdraw(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Ask why the visit does not count."""
    return withdraw_page(person_id, visit_id, values=typed(), errors={})


def withdraw_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    advice = "Only its author and their supervisor withdraw a visit. Ask one of them"
    logged = _standing(person_id, visit_id, service.may_withdraw, advice)
    return _page(
        logged,
        "withdraw",
        "withdraw a visit",
        values=values,
        errors=errors,
        form_href=logged.url("withdraw"),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/withdraw")
@for_action(Action.VISIT_CORRECT)
@writes(again=withdraw_page)
def withdraw_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Let the visit count as none; it stays on record."""
    logged = _logged(person_id, visit_id)
    command = understand(WithdrawSchema(), request.form)
    service.withdraw_visit(logged.actor, visit_id, command, now=now())
    flash("Visit withdrawn. It stays on record with your reason.", "success")
    return redirect(logged.url("visit"))


# Countersigning


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/countersign")
@for_action(Action.VISIT_COUNTERSIGN)
@witnessed
def sign(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The visit as it stands, to be countersigned."""
    return sign_page(person_id, visit_id, values=typed(), errors={})


def sign_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The visit and the form."""
    advice = "A supervisor of the agency that made the visit countersigns it, never its author"
    logged = _standing(person_id, visit_id, service.may_sign, advice)
    found = corrections.versions(logged.actor, person_id, visit_id)
    signed = corrections.signatures(logged.actor, person_id, visit_id)
    return _page(
        logged,
        "sign",
        "countersign a visit",
        values=values,
        errors=errors,
        rows=list(presenters.lines(logged.visit, logged.officers).items()),
        signed=presenters.signed_words(signed, found),
        is_signed=any(each.of_version == len(found) + 1 for each in signed),
        cards=cards.beside(logged.actor, logged.visit),
        corrected=len(found),
        seen=logged.seen,
        form_href=logged.url("sign"),
        versions_href=logged.url("versions"),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/countersign")
@for_action(Action.VISIT_COUNTERSIGN)
@writes(again=sign_page)
def sign_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Countersign what was read."""
    logged = _logged(person_id, visit_id)
    form = MultiDict(request.form)
    if form.pop("seen", "") != logged.seen:
        said = "The visit was corrected since you opened this page. Read it again below"
        raise RuleBroken("visit-read-before-signed", said)
    command = understand(SignSchema(), form)
    service.sign_visit(logged.actor, visit_id, command, now=now())
    flash("Visit countersigned.", "success")
    return redirect(logged.url("visit"))


# On the visit's own page


def beside(actor: Actor, visit: Seen) -> dict[str, Any]:
    """What the page of a visit says of corrections and signatures, and offers to do."""
    if not visit.full or not visit.outcome:
        return {"corrected": 0, "signed": [], "offers": []}
    found = corrections.versions(actor, visit.person_id, visit.id)
    signed = corrections.signatures(actor, visit.person_id, visit.id)
    is_signed = any(each.of_version == len(found) + 1 for each in signed)
    return {
        "corrected": len(found),
        "signed": presenters.signed_words(signed, found),
        "offers": list(_offers(actor, visit, is_signed=is_signed)),
    }


def _offers(actor: Actor, visit: Seen, *, is_signed: bool) -> list[tuple[str, str]]:
    if visit.state != VisitState.MADE.value or actor.agency_id != visit.owner_agency_id:
        return []
    place = {"person_id": visit.person_id, "visit_id": visit.id}
    found = []
    if service.may_correct(actor, visit):
        found.append(("Correct it", url_for("visits.correct", **place)))
    if not is_signed and service.may_sign(actor, visit):
        found.append(("Countersign it", url_for("visits.sign", **place)))
    if service.may_withdraw(actor, visit):
        found.append(("Withdraw it", url_for("visits.withdraw", **place)))
    return found
