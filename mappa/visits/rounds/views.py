"""The month of who makes or supervises visits; rounds for a day, and a sheet of paper for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from config.work import round_limits
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import note_read, unnoted
from mappa.kernel.errors import NotFound
from mappa.offenders.frame import born
from mappa.visits.rounds import presenters, queries, rules
from mappa.visits.rounds.presenters import OnPaper
from mappa.visits.rounds.rules import NOT_KNOWN, Call, Round
from mappa.visits.views.blueprint import ON_MY_LIST, bp, now, today
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render
from mappa.web.typed import parse_day


@bp.get("/visits/month")
@for_action(Action.PEOPLE_LIST)
@witnessed
def month() -> ResponseReturnValue:
    """The planned visits of a month that the reader makes or supervises."""
    actor, first = current_actor(), rules.month_of(request.args.get("month"), today())
    before, after = rules.months_beside(first)
    last = after - timedelta(days=1)
    since, until = presenters.day_span(first, last)
    found = queries.planned(actor, since, until, supervised=True)
    going = queries.going(actor, [each.id for each in found])
    entries: dict[date, list[presenters.Entry]] = {}
    for each in found[: queries.MOST]:
        href = url_for("visits.visit", person_id=each.person_id, visit_id=each.id)
        who = ", ".join(going.get(each.id, ()))
        for on, entry in presenters.entries_of(each, href, who, first, last).items():
            entries.setdefault(on, []).append(entry)
    return render(
        "rounds/month.html",
        title=f"{first:%B} {first.year}",
        weeks=presenters.days_of(rules.weeks(first), entries, first, today()),
        more=len(found) > queries.MOST,
        earlier=(_month_href(before), f"{before:%B} {before.year}"),
        onward=(_month_href(after), f"{after:%B} {after.year}"),
        back_href=url_for("visits.mine"),
    )


def _month_href(first: date) -> str:
    return url_for("visits.month", month=rules.month_words(first))


@dataclass(frozen=True)
class Asked:
    """The day for which rounds are asked: as typed, what is wrong with it, and as meant."""

    typed: str
    errors: dict[str, list[str]]
    day: date


def _asked() -> Asked:
    text = request.args.get("day", "").strip()
    try:
        day = parse_day(text.lower(), "the day", today()) if text else today()
    except ValidationError as wrong:
        return Asked(text, {"day": [str(wrong.messages[0])]}, today())
    if abs((day - today()).days) > _FARTHEST:
        said = "Choose a day within a year from today"
        return Asked(text, {"day": [said]}, today())
    return Asked(text, {}, day)


_FARTHEST = 366


def _rounds(actor: Actor, day: date) -> list[Round]:
    limits = round_limits()
    last = max(day, today()) + timedelta(days=limits.days_ahead)
    duties = [each for each in queries.due(actor, ON_MY_LIST) if each.due_on <= last]
    planned = queries.planned(actor, *presenters.day_span(day, day))
    ids = {each.person_id for each in (*duties, *planned)}
    known, homes = queries.listed(actor, ids), queries.homes(actor, ids)
    calls = presenters.calls(duties, planned, known, homes, today())
    return rules.rounds(calls, limits.most_visits)


@bp.get("/visits/rounds")
@for_action(Action.PEOPLE_LIST)
@witnessed
def rounds() -> ResponseReturnValue:
    """Rounds for a day by postcode district, of what is late, due or planned for the reader."""
    asked = _asked()
    found = _rounds(current_actor(), asked.day)
    return render(
        "rounds/index.html",
        rounds=[(each, heading(each.district), _sheet_href(asked.day, each)) for each in found],
        person_href=lambda call: url_for("visits.index", person_id=call.person),
        values={"day": asked.typed},
        errors=asked.errors,
        day=words.day(asked.day, weekday=True),
        limits=round_limits(),
        form_href=url_for("visits.rounds"),
        back_href=url_for("visits.mine"),
    )


def heading(district: str) -> str:
    """What a round is called."""
    return "Address not known to you" if district == NOT_KNOWN else district


def _sheet_href(day: date, of: Round) -> str:
    return url_for("visits.round_sheet", day=day.strftime("%d %m %Y"), district=of.district)


@bp.get("/visits/rounds/sheet")
@for_action(Action.ROUND_PRINT)
@witnessed
def round_sheet() -> ResponseReturnValue:
    """One round on one sheet of paper: what its reader may see of each person, and room to write.

    Opening it is on record as its own act, whether or not it is printed.
    """
    actor, asked = current_actor(), _asked()
    district = request.args.get("district", NOT_KNOWN)
    with unnoted():  # of the other rounds nothing is shown
        every = _rounds(actor, asked.day)
    found = [each for each in every if each.district == district]
    if not found or asked.errors:
        raise NotFound
    return render(
        "rounds/sheet.html",
        heading=heading(district),
        day=words.day(asked.day, weekday=True),
        people=_on_paper(actor, found[0].calls),
        by=f"{actor.name}, {actor.role.words}, {actor.agency_name}",
        at=words.moment(now()),
        back_href=url_for("visits.rounds", day=asked.typed),
    )


def _on_paper(actor: Actor, calls: Sequence[Call]) -> list[OnPaper]:
    ids = [each.person for each in calls]
    note_read([record for each in calls for record in each.records])
    known, homes = queries.listed(actor, ids), queries.homes(actor, ids)
    last, warned = queries.last_made(actor, ids), queries.warnings(actor, ids)
    commitments = queries.commitments(actor, ids)
    return [
        OnPaper(
            call=call,
            born=born(known[call.person]),
            place=presenters.place_words(homes.get(call.person)),
            last=presenters.last_words(last.get(call.person)),
            check=presenters.check_rows(commitments.get(call.person)),
            warnings=presenters.warning_lines(warned.get(call.person, [])),
        )
        for call in calls
    ]
