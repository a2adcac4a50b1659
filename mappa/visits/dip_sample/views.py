"""Pages of dip samples: freeze, draw, record what was found, check the draw again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.access.reading import note_read
from mappa.agencies import queries as agencies
from mappa.audit import queries as audited
from mappa.rules.levels import RiskBand
from mappa.visits import queries as visits
from mappa.visits.dip_sample import presenters, queries, rules, service
from mappa.visits.dip_sample.models import DipSample
from mappa.visits.dip_sample.queries import Drawn, Result
from mappa.visits.dip_sample.rules import Frame, Purpose, Verdict
from mappa.visits.dip_sample.schemas import FreezeSampleSchema, RecordResultSchema
from mappa.visits.views.blueprint import bp, now
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Line:
    """A place of a sample as this reader sees it: of a person who is not seen, nothing."""

    who: str
    reference: str = ""
    verdict: str = ""
    found: str = ""
    by: str = ""
    person_href: str = ""
    record_href: str = ""
    earlier: int = 0


@bp.get("/visits/samples")
@for_action(Action.SAMPLE_READ)
@witnessed
def samples() -> ResponseReturnValue:
    """The samples that the reader may read."""
    actor = current_actor()
    found = queries.samples(actor)
    names = agencies.user_names({each.user_id for each, _ in found})
    return render(
        "visits/samples.html",
        may_draw=decide(actor, Action.SAMPLE_DRAW).allowed,
        samples=[
            (
                url_for("visits.sample", sample_id=each.id),
                f"{each.wanted:,} of {presenters.people_words(each.size)}",
                f"{presenters.among_words(each, names.get(each.user_id, ''))}. "
                f"{Purpose(each.purpose).words}. {words.moment(each.at)}",
                "" if drawn else "Not drawn yet",
            )
            for each, drawn in found
        ],
    )


@bp.get("/visits/samples/new")
@for_action(Action.SAMPLE_DRAW)
@witnessed
def freeze() -> ResponseReturnValue:
    """The form that says whom to draw from."""
    return freeze_page(typed(), {})


def freeze_page(values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    return render(
        "visits/freeze_sample.html",
        of_register=service.frame_of(current_actor()) is Frame.REGISTER,
        values=values,
        errors=errors,
        offered=service.offered(current_actor()),
        bands=[(each.value, each.words) for each in RiskBand],
        purposes=[(each.value, each.words) for each in Purpose],
        most=rules.MOST_DRAWN,
    )


@bp.post("/visits/samples/new")
@for_action(Action.SAMPLE_DRAW)
@writes(again=freeze_page)
def freeze_post() -> ResponseReturnValue:
    """Freeze the people and commit to a seed; nobody is drawn yet."""
    command = understand(FreezeSampleSchema(), request.form)
    made = service.freeze(current_actor(), command, now=now())
    return redirect(url_for("visits.sample", sample_id=made.id))


@bp.get("/visits/samples/<uuid:sample_id>")
@for_action(Action.SAMPLE_READ)
@witnessed
def sample(sample_id: UUID) -> ResponseReturnValue:
    """What was frozen; once it is drawn whom it drew, what was found, and what that says of all."""
    actor = current_actor()
    drawn = queries.drawn(queries.sample(actor, sample_id).id)
    found = queries.sample(actor, sample_id, whole=drawn is not None)
    results = queries.results(sample_id) if drawn else []
    by = {found.user_id, *(each.by_id for each in results)}
    names = agencies.user_names(by | ({drawn.by_id} if drawn else set()))
    tally = queries.tally_of(drawn, results) if drawn else None
    return render(
        "visits/sample.html",
        rows=presenters.frozen_rows(found, names.get(found.user_id, "")),
        proof=list(presenters.proof_rows(found, found.seed if drawn else "")),
        how=presenters.HOW,
        drawn_at=words.moment(drawn.at) if drawn else "",
        lines=_lines(found, drawn, results, names) if drawn else [],
        of_register=found.frame == Frame.REGISTER.value,
        summary=presenters.summary(tally, found.size) if tally else [],
        may_draw=not drawn and found.user_id == actor.user_id,
        draw_href=url_for("visits.draw_sample", sample_id=sample_id),
        plans_href=url_for("visits.sample_plans", sample_id=sample_id)
        if drawn
        and found.purpose == Purpose.VISITS.value
        and decide(actor, Action.SAMPLE_PLAN).allowed
        else "",
        check_href=url_for("visits.check_sample", sample_id=sample_id),
        list_href=url_for("visits.frozen_list", sample_id=sample_id)
        if found.frame != Frame.REGISTER.value and decide(actor, Action.PEOPLE_EXPORT).allowed
        else "",
    )


def _lines(
    sample: DipSample, drawn: Drawn, results: Sequence[Result], by: Mapping[UUID, str]
) -> list[Line]:
    actor = current_actor()
    if service.draws_by_reference(actor, sample):
        return _references(drawn, results)
    names = visits.names(actor, drawn.people)
    by_reference = sample.frame == Frame.REGISTER.value
    may_record = decide(actor, Action.SAMPLE_RECORD).allowed
    latest = queries.latest(results)
    lines = []
    for place, person_id in enumerate(drawn.people):
        if person_id not in names:
            lines.append(Line(presenters.UNSEEN))
            continue
        result = latest.get(place)
        record_href = url_for("visits.result", sample_id=sample.id, place=place)
        lines.append(
            Line(
                names[person_id],
                reference=audited.reference(person_id) if by_reference else "",
                verdict=result.verdict.words if result else "",
                found=result.found if result else "",
                by=f"{by.get(result.by_id, '')}, {words.moment(result.at)}" if result else "",
                person_href=url_for("insight.overview", person_id=person_id),
                record_href=record_href if may_record else "",
                earlier=max(0, sum(each.place == place for each in results) - 1),
            )
        )
    return lines


def _references(drawn: Drawn, results: Sequence[Result]) -> list[Line]:
    """As an auditor sees a sample of the register: references and verdicts, and no words."""
    named = audited.register(current_actor(), drawn.people)
    note_read(sorted(named))
    latest = queries.latest(results)
    return [
        Line(
            audited.reference(person_id),
            verdict=latest[place].verdict.words if place in latest else "No result yet",
        )
        if person_id in named
        else Line(presenters.UNSEEN)
        for place, person_id in enumerate(drawn.people)
    ]


@bp.post("/visits/samples/<uuid:sample_id>/draw")
@for_action(Action.SAMPLE_DRAW)
@writes()
def draw_sample(sample_id: UUID) -> ResponseReturnValue:
    """Draw a frozen sample of one's own."""
    people = service.draw(current_actor(), sample_id, now=now())
    flash(f"{presenters.people_words(len(people))} drawn.", "success")
    return redirect(url_for("visits.sample", sample_id=sample_id))


@bp.get("/visits/samples/<uuid:sample_id>/check")
@for_action(Action.SAMPLE_READ)
@witnessed
def check_sample(sample_id: UUID) -> ResponseReturnValue:
    """The draw made again, step by step."""
    steps = queries.check(sample_id, current_actor())
    return render(
        "visits/check_sample.html",
        steps=steps,
        same=all(each.holds for each in steps),
        how=presenters.HOW,
        command=f"mappa visits check-draw {sample_id}",
        back_href=url_for("visits.sample", sample_id=sample_id),
    )


@bp.get("/visits/samples/<uuid:sample_id>/people/<int:place>")
@for_action(Action.SAMPLE_RECORD)
@witnessed
def result(sample_id: UUID, place: int) -> ResponseReturnValue:
    """The form that says what was found of somebody who was drawn."""
    return result_page(sample_id, place, values=typed(), errors={})


def result_page(sample_id: UUID, place: int, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed, under what was recorded before."""
    _, name = service.who(current_actor(), sample_id, place)
    before = [each for each in queries.results(sample_id) if each.place == place]
    by = agencies.user_names({each.by_id for each in before})
    return render(
        "visits/sample_result.html",
        name=name,
        values=values,
        errors=errors,
        verdicts=[(each.value, each.words) for each in Verdict],
        earlier=[
            (each.verdict.words, each.found, f"{by.get(each.by_id, '')}, {words.moment(each.at)}")
            for each in before
        ],
        form_href=url_for("visits.result_post", sample_id=sample_id, place=place),
        back_href=url_for("visits.sample", sample_id=sample_id),
    )


@bp.post("/visits/samples/<uuid:sample_id>/people/<int:place>")
@for_action(Action.SAMPLE_RECORD)
@writes(again=result_page)
def result_post(sample_id: UUID, place: int) -> ResponseReturnValue:
    """Add what was found."""
    command = understand(RecordResultSchema(), request.form)
    service.record(current_actor(), sample_id, place, command, now=now())
    flash("Result recorded.", "success")
    return redirect(url_for("visits.sample", sample_id=sample_id))
