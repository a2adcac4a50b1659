"""What the demo shares: one in the middle of its time, one that ends soon, one in Scotland."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mappa.access.terms import Level, Section
from mappa.demo.cases import Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.sharing.several import queries as several_queries
from mappa.sharing.several import service as several
from mappa.sharing.shares import service
from mappa.sharing.shares.rules import Basis, MakeShare, Review

DANIEL = 0
"""The first person is as the agreement has it: everybody's first look shows no exception."""
_PURPOSE = "to protect the public, children, adults at risk, victims and staff"
_WHY = (
    "A child of the family lives near the address. The social worker needs to know what officers "
    "found there; the summary does not say it."
)
_ENGLAND = Basis(statutes=("cja-2003-325-4",), regime="part-3", condition="sch8-4")
_SCOTLAND = Basis(statutes=("mosa-2005-10",), regime="part-3", condition="sch8-4")


def share(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Share visits of the police with children’s services, for the first cases of each area."""
    told = [
        case
        for case in cases
        if "children" in case.others and case.lead != "police" and case.person.index != DANIEL
    ]
    northern = [case for case in told if not case.scottish]
    for case, (began, lasts) in zip(northern, ((50, 182), (80, 90)), strict=False):
        made = _one(stage, case, "iris.venn", "children", _ENGLAND, now, began, lasts)
        if began == 50:
            _look_again(stage, made, now)
    for case in [case for case in told if case.scottish][:1]:
        _one(stage, case, "ewan.strachan", "sc-children", _SCOTLAND, now, 20, 182)
    _several(stage, [each.id for each in northern[2:6]], now)


def _one(
    stage: Stage,
    case: Case,
    who: str,
    to: str,
    basis: Basis,
    now: datetime,
    began: int,
    lasts: int,
) -> UUID:
    at = now - timedelta(days=began)
    command = _visits(stage, to, basis, at, lasts)
    with stage.act(who, at) as actor:
        return service.make(actor, case.id, command, now=at)[0].id


def _visits(stage: Stage, to: str, basis: Basis, at: datetime, lasts: int) -> MakeShare:
    first = day_of(at)
    return MakeShare(
        agency_id=stage.agencies[to].id,
        sections=(Section.VISITS,),
        level=Level.FULL,
        purpose=_PURPOSE,
        basis=basis,
        why=_WHY,
        starts_on=first,
        ends_on=first + timedelta(days=lasts),
        review_on=first + timedelta(days=lasts // 2),
    )


def _several(stage: Stage, people: Sequence[UUID], now: datetime) -> None:
    """The same of several people at once, and a choice of others that is not yet made."""
    at = now - timedelta(days=10)
    command = _visits(stage, "children", _ENGLAND, at, 182)
    with stage.act("iris.venn", at) as actor:
        if not people or not several_queries.weigh(actor, people, command, day_of(at)).ready:
            return
        several.choose(actor, people, now=at)
        several.share(actor, command, now=at)
        several.choose(actor, people[:1], now=at)
        several.say(actor, _typed(command), now=at)


def _typed(command: MakeShare) -> dict[str, list[str]]:
    """The same as somebody types it, up to the preview."""
    on = {"starts_on": command.starts_on + timedelta(days=30), "ends_on": command.ends_on}
    days = on | {"review_on": command.review_on}
    said = {
        "agency_id": str(command.agency_id),
        "level": "full",
        "purpose": command.purpose,
        "regime": command.basis.regime,
        command.basis.regime.replace("-", "_"): command.basis.condition,
        "why": command.why,
        **{name: f"{each.day} {each.month} {each.year}" for name, each in days.items()},
    }
    return {
        **{name: [text] for name, text in said.items()},
        "sections": [each.value for each in command.sections],
        "statutes": list(command.basis.statutes),
    }


def _look_again(stage: Stage, made: UUID, now: datetime) -> None:
    at = now - timedelta(days=2)
    found = Review(
        found="Read at the last core group. A summary would not do.",
        next_on=day_of(now) + timedelta(days=60),
    )
    with stage.act("iris.venn", at) as actor:
        service.review(actor, made, found, now=at)
