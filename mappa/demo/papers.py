"""Photographs and documents of the demo: drawn and written here; nobody is in them."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from mappa.demo.cases import DANIEL, Case
from mappa.demo.stage import Stage
from mappa.offenders.files import service
from mappa.offenders.files.rules import AddFile, EndFile, Kind
from mappa.offenders.files.store import Store
from mappa.visits import queries as visits
from mappa.visits.cards.service import may_add
from mappa.visits.files import service as visit_files
from mappa.visits.files.rules import Chosen

WITH_PAPERS = (DANIEL, 1, 2, 3, 12)
_COLOURS = ("#5694ca", "#85994b", "#b58840", "#912b88", "#28a197")


def file_papers(stage: Stage, case: Case, store: Store) -> None:
    """A photograph by the police and the court's paper by the manager; Daniel has an older one."""
    if case.person.index not in WITH_PAPERS:
        return
    day = case.opened_on + timedelta(days=2)
    at = case.on(day, 14)
    if case.person.index == DANIEL:
        with stage.act(case.police, at) as actor:
            old = AddFile(
                kind=Kind.PHOTOGRAPH, title="Photograph from the old file", dated_on=day,
                name="old.png", data=_portrait(4),
            )  # fmt: skip
            ended = service.add_file(actor, case.id, old, store=store, now=at)
            why = EndFile(reason="Too old to recognise anybody by")
            service.end_file(actor, case.id, ended.id, why, now=at)
    with stage.act(case.police, at) as actor:
        photograph = AddFile(
            kind=Kind.PHOTOGRAPH, title="Custody photograph", dated_on=day, name="custody.png",
            data=_portrait(case.person.index),
        )  # fmt: skip
        service.add_file(actor, case.id, photograph, store=store, now=at)
    with stage.act(case.manager, at) as actor:
        paper = AddFile(
            kind=Kind.COURT_DOCUMENT, title="Order of the court", dated_on=day, name="order.txt",
            data=b"Made up for the demo.\nThe court makes the order as asked for.\n",
        )  # fmt: skip
        service.add_file(actor, case.id, paper, store=store, now=at)


def photograph_a_visit(stage: Stage, cases: Sequence[Case], store: Store, *, now: datetime) -> None:
    """What was seen at one visit of the police, added by who made it."""
    for case in cases:
        if case.scottish or case.person.index == DANIEL:
            continue
        with stage.act(case.police, now) as actor:
            own = [each for each in visits.made(actor, case.id)[0] if may_add(actor, each)]
            if own:
                chosen = Chosen(
                    kind=Kind.PHOTOGRAPH, title="The front room", name="room.png", data=_portrait(2)
                )
                visit_files.add_file(actor, own[0].id, chosen, store=store, now=now)
                return


def _portrait(number: int) -> bytes:
    """A head and shoulders of plain shapes."""
    sheet = Image.new("RGB", (240, 300), "#f3f3f3")
    pen = ImageDraw.Draw(sheet)
    colour = _COLOURS[number % len(_COLOURS)]
    pen.ellipse((75, 50, 165, 160), fill=colour)
    pen.ellipse((30, 180, 210, 420), fill=colour)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
