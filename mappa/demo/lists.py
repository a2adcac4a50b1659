"""Lists that come and go: an import that waits for decisions, and an export that was asked for."""

from datetime import datetime

from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.offenders.exporting import service as exporting
from mappa.offenders.exporting.rules import AskForExport
from mappa.offenders.importing import jobs
from mappa.offenders.importing import service as importing
from mappa.offenders.importing.parsing import FileRow
from mappa.offenders.importing.rules import Upload

IMPORTER = "carl.estover"
ROWS = (
    {"family_name": "Wexcomb", "given_name": "Danny", "date_of_birth": "14/03/1979"},
    {"family_name": "Wexcombe", "given_name": "D", "date_of_birth": "03/14/1979"},
    {"family_name": "Ostercombe", "given_name": "Rowan", "birth_year": "1981", "category": "7"},
    {"family_name": "Fenhowe", "given_name": "Casey", "date_of_birth": "29/02/1985"},
    {"family_name": "Garwick", "given_name": "Jordan", "date_of_birth": "9 May 1990"},
    {"family_name": "Daniel", "given_name": "Wexcombe", "date_of_birth": "1979-03-14"},
)
"""Two of them may be Daniel Wexcombe, three have a fault, one is new."""


def come_and_go(stage: Stage, *, now: datetime) -> None:
    """A co-ordinator has uploaded a file, which is checked, and asked for a list."""
    rows = [
        FileRow(number, {"category": "2", "level": "1", **cells})
        for number, cells in enumerate(ROWS, start=2)
    ]
    with stage.act(IMPORTER, now) as actor:
        lead = Upload(lead_agency_id=stage.agencies["probation"].id)
        run = importing.upload(actor, lead, "cases-from-the-old-system.csv", rows, now=now)
    with clock.at(now):
        jobs.finish(run.id)
    with stage.act(IMPORTER, now) as actor:
        why = "Quarterly check of levels with the strategic board; nobody else has it"
        exporting.ask(actor, AskForExport(reason=why), now=now)
