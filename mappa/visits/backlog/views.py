"""The supervisor's view of visits, and the lists that its figures open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel import clock
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.visits.backlog import counting, presenters, queries, rules
from mappa.visits.backlog.counting import Counted, Owed
from mappa.visits.backlog.queries import MOST, NOT_SET, WRITE_UP, Narrow
from mappa.visits.backlog.rules import Age
from mappa.visits.commitment.queries import KINDS, NEXT_UNANNOUNCED, NEXT_VISIT
from mappa.visits.rules import Outcome, VisitState, kind_words
from mappa.visits.views.blueprint import bp, now, today
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render

_KINDS = {"": KINDS, "visit": (NEXT_VISIT,), "unannounced": (NEXT_UNANNOUNCED,)}
_KIND_WORDS = [("", "All kinds"), ("visit", "Any visit"), ("unannounced", "Unannounced")]
_WIDE, _NARROW, _HIGH = 560.0, 300.0, 100.0
"""How long bars and lines are drawn: on a wide page, on a telephone; how high the line goes."""


@dataclass(frozen=True)
class _Asked:
    """What the address narrows the view to; what is not understood narrows nothing."""

    kind: str
    officer: UUID | None
    band: str | None
    age: Age | None

    @property
    def narrow(self) -> Narrow:
        return Narrow(_KINDS[self.kind], self.officer)

    def href(self, **more: Any) -> str:
        """The list of what is late, narrowed as the view is and further."""
        own = {"kind": self.kind or None, "officer": self.officer}
        return url_for("visits.team_list", show="overdue", **(own | more))


def _asked() -> _Asked:
    args = request.args
    kind, band, age = args.get("kind", ""), args.get("band"), args.get("age")
    return _Asked(
        kind=kind if kind in _KINDS else "",
        officer=_id_of(args.get("officer")),
        band=band if band in presenters.BAND_WORDS else None,
        age=Age(age) if age in [each.value for each in Age] else None,
    )


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@bp.get("/visits/team")
@for_action(Action.VISIT_BACKLOG)
@witnessed
def team() -> ResponseReturnValue:
    """What is late by risk and age, since when, why, and what was kept."""
    actor, asked, on = current_actor(), _asked(), today()
    staff = queries.staff(actor)
    above = queries.above(actor, staff)
    ends = rules.month_ends(on)
    counted = counting.counted(actor, asked.narrow, on, ends, [user for user, _ in above])
    found, trend = counted.backlog, _trend(actor, asked, counted, ends)
    kept = presenters.kept(counting.kept(actor, staff, on, _moment(on - rules.LOOKED_BACK)))
    names = agencies.user_names(staff)
    return render(
        "backlog/show.html",
        lead=presenters.lead(found, more=counted.more),
        more=MOST if counted.more else 0,
        table=presenters.table(found, asked.href),
        totals=presenters.totals(found, asked.href),
        ages=[each.words for each in Age],
        bars=rules.bars(found, _WIDE),
        narrow_bars=rules.bars(found, _NARROW),
        band_words=presenters.BAND_WORDS,
        trend=rules.points(trend, _WIDE - 100, _HIGH),
        narrow_trend=rules.points(trend, _NARROW, _HIGH),
        officers=_officers(above, names, counted.by_officer),
        owed=_owed(asked, counted.owed),
        kept=kept,
        kept_rows=presenters.kept_rows(kept, _list_href),
        reasons=presenters.reason_rows(kept, _list_href),
        kinds=_KIND_WORDS,
        staff=[("", "All officers"), *_by_name(names)],
        values={"kind": asked.kind, "officer": str(asked.officer or "")},
        most_people=rules.MOST_PEOPLE,
        moment=words.moment(now()),
        counted_most=MOST,
        briefs=agencies.type_of(actor.agency_id) == "police",
    )


def _list_href(**narrowed: Any) -> str:
    return url_for("visits.team_list", **narrowed)


def _by_name(names: Mapping[UUID, str]) -> list[tuple[str, str]]:
    return sorted(((str(user), name) for user, name in names.items()), key=lambda each: each[1])


def _moment(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=clock.LONDON)


def _trend(
    actor: Actor, asked: _Asked, still: Counted, ends: Sequence[date]
) -> list[tuple[date, int]]:
    """How much was late at each month end; nothing where there is too much to count."""
    if asked.officer or still.more:
        return []
    ended = counting.ended_late(actor, asked.narrow, _moment(ends[0]), ends)
    if ended is None:
        return []
    return [(on, late + over) for on, late, over in zip(ends, still.at_ends, ended, strict=True)]


def _officers(
    above: Sequence[tuple[UUID, int]], names: Mapping[UUID, str], late: Mapping[UUID, int]
) -> list[tuple[str, int, int, str, str]]:
    """Who has more than 50 people: name, people, what is late, and the lists of both."""
    return [
        (
            names[user],
            several,
            late.get(user, 0),
            url_for("visits.team_list", show="overdue", officer=user),
            url_for("visits.team_list", show="people", officer=user),
        )
        for user, several in above
        if user in names
    ]


def _owed(asked: _Asked, owed: Mapping[str, Owed]) -> list[tuple[str, str, str]]:
    """Visits not written up, and people for whom nothing says how often: number, rest, list."""
    said = []
    for kind, show, one, several in _OWED:
        if found := owed.get(kind):
            number = f"{found.several} {one if found.several == 1 else several}"
            href = url_for("visits.team_list", show=show, officer=asked.officer)
            said.append((number, presenters.oldest_words(found.due_on, today()), href))
    return said


_OWED = (
    (WRITE_UP, "write-ups", "visit without a write-up", "visits without a write-up"),
    (NOT_SET, "not-set", "person without a visit commitment", "people without a visit commitment"),
)


# Lists


@bp.get("/visits/team/list")
@for_action(Action.VISIT_BACKLOG)
@witnessed
def team_list() -> ResponseReturnValue:
    """What a figure counts, the oldest first."""
    asked, actor = _asked(), current_actor()
    show = request.args.get("show", "")
    if show and show not in _LISTS:
        raise NotFound
    made = _LISTS[show or "overdue"](actor, asked)
    return render(
        "backlog/list.html",
        title=made.title,
        duties=made.duties[: queries.LISTED],
        visits=made.visits[: queries.LISTED],
        people=made.people[: queries.LISTED],
        more=max(len(made.duties), len(made.visits), len(made.people)) > queries.LISTED,
        most=queries.LISTED,
        back_href=url_for("visits.team", kind=asked.kind or None, officer=asked.officer),
    )


@dataclass(frozen=True)
class _List:
    title: str
    duties: Sequence[dict[str, Any]] = ()
    visits: Sequence[tuple[str, str, str, str]] = ()
    people: Sequence[tuple[str, str]] = ()


def _duty_rows(found: Sequence[Seen]) -> list[dict[str, Any]]:
    return [
        presenters.duty_row(
            each,
            today(),
            url_for("reminders.why", deadline_id=each.id),
            url_for("visits.index", person_id=each.person_id),
        )
        for each in found
    ]


def _overdue(actor: Actor, asked: _Asked) -> _List:
    due = rules.due_between(asked.age, today())
    found = queries.listed(actor, asked.narrow, due, asked.band)
    parts = [
        f"risk {presenters.BAND_WORDS[asked.band].lower()}" if asked.band else "",
        asked.age.words.lower() if asked.age else "",
    ]
    said = ", ".join(["Overdue visits", *(each for each in parts if each)])
    return _List(said, duties=_duty_rows(found))


def _write_ups(actor: Actor, asked: _Asked) -> _List:
    narrow = Narrow((WRITE_UP,), asked.officer)
    found = queries.listed(actor, narrow, (date.min, today()))
    return _List("Visits without a write-up", duties=_duty_rows(found))


def _not_set(actor: Actor, asked: _Asked) -> _List:
    narrow = Narrow((NOT_SET,), asked.officer)
    found = queries.listed(actor, narrow, (date.min, date.max))
    return _List("People without a visit commitment", duties=_duty_rows(found))


def _missed(actor: Actor, _asked: _Asked) -> _List:
    return _not_made(actor, VisitState.MISSED)


def _withdrawn(actor: Actor, _asked: _Asked) -> _List:
    return _not_made(actor, VisitState.WITHDRAWN)


def _not_made(actor: Actor, state: VisitState) -> _List:
    found = queries.not_made(actor, state, _moment(today() - rules.LOOKED_BACK))
    lines = [
        (
            people.display_name(each),
            url_for("visits.visit", person_id=each.person_id, visit_id=each.id),
            f"{VisitState(each.state).words} on {words.day(each.ended_at)}",
            each.end_reason,
        )
        for each in found
    ]
    return _List(f"Visits {state.words.lower()} in the last 90 days", visits=lines)


def _made(actor: Actor, _asked: _Asked) -> _List:
    which = request.args.get("which", "")
    found = queries.made_listed(actor, queries.staff(actor), today(), which)
    lines = [
        (
            people.display_name(each),
            url_for("visits.visit", person_id=each.person_id, visit_id=each.id),
            f"{kind_words(each.announced)}, {words.day(each.made_on)}",
            Outcome(each.outcome).words,
        )
        for each in found
    ]
    return _List(f"{_made_words(which)} in the last 90 days", visits=lines)


def _made_words(which: str) -> str:
    """What a list of visits is of. Raises ``NotFound`` for one that is not offered."""
    if which in _MADE:
        return _MADE[which]
    try:
        return f"Visits with the outcome “{Outcome(which).words.lower()}”"
    except ValueError:
        raise NotFound from None


_MADE = {
    "": "Visits made",
    "planned": "Planned visits that were made",
    "unannounced": "Unannounced visits made",
}


def _people(actor: Actor, asked: _Asked) -> _List:
    found = queries.people_of(actor, asked.officer) if asked.officer else []
    lines = [
        (people.display_name(each), url_for("visits.index", person_id=each.id)) for each in found
    ]
    return _List("People of an officer", people=lines)


_LISTS: dict[str, Callable[[Actor, _Asked], _List]] = {
    "overdue": _overdue,
    "write-ups": _write_ups,
    "not-set": _not_set,
    "made": _made,
    "missed": _missed,
    "withdrawn": _withdrawn,
    "people": _people,
}
