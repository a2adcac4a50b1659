"""The supervisor's page of how predictable each officer is, and the visits that it counts."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.reading import Seen, note_read
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.visits import pattern
from mappa.visits import presenters as visits
from mappa.visits.pattern import WEEKDAYS, Part
from mappa.visits.rules import Outcome
from mappa.visits.team import presenters, queries
from mappa.visits.views.blueprint import bp
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render


def _href(**narrowed: Any) -> str:
    return url_for("visits.team_pattern_list", **narrowed)


@bp.get("/visits/team/pattern")
@for_action(Action.VISIT_BACKLOG)
@witnessed
def team_pattern() -> ResponseReturnValue:
    """Whether the visits of each officer could be guessed."""
    actor = current_actor()
    names = agencies.user_names(queries.officers(actor))
    some = sorted(names, key=lambda each: (names[each], each))[: queries.MOST_OFFICERS]
    found = queries.visits_of(actor, some)
    officers = [
        presenters.officer(
            each, names[each], pattern.pattern(map(queries.made, found[each])), _href
        )
        for each in some
    ]
    return render(
        "team/pattern.html",
        officers=officers,
        parts=[each.value.capitalize() for each in Part],
        more=len(names) > len(some),
        most=queries.MOST_OFFICERS,
        looked_at=pattern.LOOKED_AT,
        back_href=url_for("visits.team"),
    )


@bp.get("/visits/team/pattern/list")
@for_action(Action.VISIT_BACKLOG)
@witnessed
def team_pattern_list() -> ResponseReturnValue:
    """The visits that a figure counts. Raises ``NotFound`` for an officer of somebody else."""
    actor = current_actor()
    user = _officer(request.args.get("officer"))
    if user not in queries.officers(actor):
        raise NotFound
    day, part = request.args.get("day"), request.args.get("part")
    found = [
        each for each in queries.visits_of(actor, [user])[user] if _is_in(each, day=day, part=part)
    ]
    names = people.names(actor, {each.person_id for each in found})
    note_read(list(names))
    return render(
        "backlog/list.html",
        title=f"Unannounced visits of {agencies.user_names([user])[user]}",
        duties=(),
        visits=[
            (
                names[each.person_id],
                url_for("visits.visit", person_id=each.person_id, visit_id=each.id),
                visits.when(each),
                Outcome(each.outcome).words,
            )
            for each in found
            if each.person_id in names
        ],
        people=(),
        more=False,
        most=pattern.LOOKED_AT,
        back_href=url_for("visits.team_pattern"),
    )


def _officer(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise NotFound from None


def _is_in(visit: Seen, *, day: str | None, part: str | None) -> bool:
    """Whether it is in this slot; what is not understood narrows nothing."""
    at = queries.made(visit)
    on_day = day not in [str(each) for each in range(len(WEEKDAYS))]
    in_part = part not in [each.value for each in Part]
    return (on_day or str(at.on.weekday()) == day) and (in_part or at.part == part)
