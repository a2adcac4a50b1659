"""Requests and shares of an individual in Scotland: by Scottish law, in Scottish words and days."""

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, Role
from mappa.agencies import seed
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline
from mappa.sharing.requests import service
from mappa.sharing.shares.models import ShareRecord
from mappa.sharing.shares.rules import Basis
from tests.factories.offenders import with_overview
from tests.factories.requests import a_request, asked_of, delivered, to_us
from tests.factories.sharing import PURPOSE
from tests.factories.visits import a_made_visit
from tests.factories.world import LONG_AGO, NOW, northmoor
from tests.pages.forms import submit

AREA = "strathannan"
LAW = Basis(statutes=("mosa-2005-10",), regime="part-3", condition="sch8-4")
ENGLISH = Basis(statutes=("cja-2003-325-4",), regime="part-3", condition="sch8-4")
SCOTTISH_LAW = "Management of Offenders etc. (Scotland) Act 2005"
ENGLISH_LAW = "Criminal Justice Act 2003"


@pytest.fixture
def world(app):
    """Police lead; children and families ask; Ewan is the information officer of the police."""
    with clock.at(NOW):
        made = northmoor(with_overview(app))
        with made.system():
            seed.add_area(AREA, "Strathannan", "scotland")
            seed.sign_default_agreement(AREA, at=NOW, starts_at=LONG_AGO)
        made.agency("sc-police", "police", "Police Service Strathannan", area=AREA)
        made.agency("sc-children", "childrens-services", "Children and families", area=AREA)
        made.user("ewan", "sc-police", Role.INFORMATION_OFFICER, name="Ewan Roy")
        made.user("ishbel", "sc-police", Role.PROTECTION_OFFICER, name="Ishbel Gunn")
        made.user("skye", "sc-children", Role.SOCIAL_WORKER, name="Skye Orr")
        made.person_id = made.person(
            "Alasdair", "Fyfe", lead="sc-police", manager="ishbel", area=AREA
        )
        made.on_team(made.person_id, "sc-children", Capacity.COOPERATE_CHILDREN)
        made.worker(made.person_id, "skye")
        a_made_visit(made, "ishbel", made.person_id)
        yield made


def asked(world):
    made = a_request(world, "sc-police", world.person_id, by="skye", basis=LAW)
    delivered(world)
    (request,) = to_us(world, "ewan")
    return made, request


def test_a_request_rests_on_scottish_law_and_no_other(world):
    command = asked_of(world, "sc-police", basis=ENGLISH)
    with world.as_reader("skye", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
        service.ask(actor, world.person_id, command, now=NOW)
    assert refused.value.rule == "REQUEST-BASIS"
    asked(world)
    with world.system():
        (duty,) = db.session.scalars(sa.select(Deadline).where(Deadline.kind == service.DUTY))
        assert duty.jurisdiction == "scotland"
        said = db.session.scalars(sa.select(AuditEntry.basis)).all()
    assert "mosa-2005-10, part-3, sch8-4" in said


def test_the_forms_offer_the_laws_of_scotland_alone(world):
    _, request = asked(world)
    pages = (
        ("skye", f"/people/{world.person_id}/ask"),
        ("skye", "/sharing/requests/unseen"),
        ("ewan", f"/sharing/requests/{request}"),
    )
    for who, page in pages:
        shown = world.client(who).get(page).get_data(as_text=True)
        assert SCOTTISH_LAW in shown, page
        assert ENGLISH_LAW not in shown, page
        assert "offender" not in shown.lower().replace("management of offenders", ""), page


def test_shared_in_answer_it_is_by_scottish_law_and_for_the_purpose_of_the_agreement(world):
    _, request = asked(world)
    ewan, page = world.client("ewan"), f"/sharing/requests/{request}"
    good = {"answer": "shared", "level": "full", "purpose": PURPOSE}
    wrong = submit(ewan, page, {**good, "statutes": ["cja-2003-325-4"]})
    assert wrong.status_code == 422
    assert "Choose a law of this jurisdiction" in wrong.get_data(as_text=True)
    done = submit(ewan, page, good, follow=True)
    assert "Answered." in done.get_data(as_text=True)
    with world.system():
        (kept,) = db.session.scalars(sa.select(ShareRecord))
        assert (kept.statutes, kept.purpose) == ("mosa-2005-10", PURPOSE)
        due = db.session.scalars(
            sa.select(Deadline.jurisdiction).where(Deadline.kind.like("share-%"))
        )
        assert set(due) == {"scotland"}
        page = f"/shares/{kept.id}"
    assert SCOTTISH_LAW in ewan.get(page).get_data(as_text=True)
