"""Whoever leaves sees nothing from then on, and somebody else answers for what they shared."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.terms import Reader, Role
from mappa.agencies import service as agencies
from mappa.agencies.service import ChangePosting
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline
from mappa.sharing.leaving import jobs, queries, service
from mappa.sharing.shares import queries as shares
from mappa.sharing.shares import service as sharing
from mappa.sharing.shares.models import ShareDecision, ShareRecord
from tests.factories.sharing import a_share
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit

WHY = "The child still lives there"


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("pat", "police", Role.AGENCY_ADMINISTRATOR, name="Pat Loam")
    made.user("ivor", "police", Role.INFORMATION_OFFICER, name="Ivor Venn")
    made.person_id = a_shared_person(made)
    a_made_visit(made, "owen", made.person_id)
    made.share_id = a_share(made, made.person_id)
    return made


def leave(world, who="iris", by="pat"):
    with world.as_reader(by, Kind.WRITE) as actor:
        agencies.end_posting(actor, world.staff[who].posting_id, "Left", now=NOW, anyway=True)


def waiting(world, who="ivor"):
    with world.as_reader(who) as actor:
        return [each.id for each in queries.waiting(actor)]


def duties(world):
    with clock.at(NOW):
        jobs.open_duties(world.app)
    with world.system():
        found = db.session.execute(
            sa.select(Deadline.owner_user_id, Deadline.about_id, Deadline.due_on).where(
                Deadline.kind == service.REAUTHORISE, Deadline.state == "open"
            )
        )
        return [tuple(row) for row in found]


def confirm(world, who="ivor"):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.confirm(actor, world.share_id, WHY, now=NOW)


class TestAccessEndsWithThePosting:
    def test_in_a_live_session_with_an_open_form_an_emergency_and_a_name(self, world):
        owen = world.staff["owen"].actor
        visit = a_made_visit(world, "owen", world.person_id)
        with world.system():
            given = rights.Given(at=NOW)
            rights.name_reader(visit, Reader.USER, owen.agency_id, given, user=owen.user_id)
            rights.open_emergency(
                owen.user_id, owen.agency_id, world.person_id, owen.area_id, "x", given
            )
        browser = world.client("owen")
        person = f"/people/{world.person_id}"
        with clock.at(NOW):
            form = form_on(browser.get(f"{person}/warnings/add").text, {})
            pages = (person, f"{person}/visits/{visit}", "/people", "/notices", "/work")
            assert {browser.get(page).status_code for page in pages} == {200}
            leave(world, "owen")
            for page in pages:
                answer = browser.get(page)
                assert answer.status_code == 302, page
                assert answer.location.startswith("/sign-in")
            posted = browser.post(form.action, data={**form.fields, "headline": "x"})
            assert posted.status_code in (302, 404)

    def test_of_a_share_too_the_receiver_keeps_it_until_its_day(self, world):
        leave(world)
        with world.as_reader("leah") as actor:
            assert [each.id for each in shares.on_person(actor, world.person_id)] == [
                world.share_id
            ]


class TestSharesLeftBehind:
    @pytest.mark.sql
    def test_are_listed_and_owed_until_somebody_answers_for_them(self, world):
        assert waiting(world) == []
        assert duties(world) == []
        leave(world)
        assert waiting(world) == [world.share_id]
        ivor = world.staff["ivor"].user_id
        assert duties(world) == duties(world) == [(ivor, world.share_id, date(2026, 11, 27))]
        confirm(world)
        assert (waiting(world), duties(world)) == ([], [])
        with world.system():
            kept = db.session.get_one(ShareRecord, world.share_id)
            assert kept.authorised_by_id == ivor
            assert db.session.scalars(sa.select(ShareDecision.found)).all() == [WHY]
            owed = db.session.scalars(
                sa.select(Deadline.owner_user_id).where(
                    Deadline.about_id == world.share_id, Deadline.state == "open"
                )
            )
            assert set(owed) == {ivor}, "its end and review are owed by who answers for it"
            assert service.DONE in set(db.session.scalars(sa.select(AuditEntry.event)))

    @pytest.mark.parametrize("how", ["end", "let_end"])
    def test_are_met_by_ending_them_too(self, world, how):
        leave(world)
        assert len(duties(world)) == 1
        with world.as_reader("ivor", Kind.WRITE) as actor:
            if how == "end":
                sharing.end(actor, world.share_id, "No longer needed", now=NOW)
            else:
                sharing.let_end(actor, world.share_id, now=NOW)
        assert (waiting(world), duties(world)) == ([], [])

    def test_of_somebody_who_moved_to_another_role(self, world):
        lead = world.user("lou", "police", Role.AGENCY_LEAD).actor
        with world.as_reader("pat", Kind.WRITE) as actor:
            agencies.change_posting(
                actor, world.staff["iris"].posting_id,
                ChangePosting(role=Role.REPRESENTATIVE, reason="Moved"), now=NOW,
                second=lead,
            )  # fmt: skip
        assert waiting(world) == [world.share_id]

    def test_are_not_of_other_agencies_nor_of_who_stays(self, world):
        world.user("isla", "probation", Role.INFORMATION_OFFICER)
        with world.as_reader("ivor", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.confirm(actor, world.share_id, WHY, now=NOW)
        leave(world)
        assert waiting(world, "isla") == []
        for who in ("isla", "owen", "leah", "naomi", "ada"):
            with pytest.raises((NotFound, NotPermitted)):
                confirm(world, who)
        assert waiting(world) == [world.share_id]

    def test_without_another_officer_nobody_owes_it_until_one_comes(self, world):
        leave(world, "ivor")
        leave(world)
        assert duties(world) == []
        world.user("ines", "police", Role.INFORMATION_OFFICER)
        assert len(duties(world)) == 1


def test_from_the_end_of_the_posting_to_the_last_share(world):
    pat, ivor = world.client("pat"), world.client("ivor")
    iris = world.staff["iris"]
    page = f"/administration/people/{iris.user_id}/postings/{iris.posting_id}/end"
    share = f"/sharing/left-behind/{world.share_id}"
    with clock.at(NOW):
        assert ivor.get(share).status_code == 404
        told = submit(pat, page, {"reason": "Left"}, follow=True).text
        assert "1 share waits for another information officer" in told
        assert "Wexcombe" not in told
        jobs.open_duties(world.app)
        assert share in ivor.get("/work").text
        assert "Iris Venn" in ivor.get("/sharing/left-behind").text
        assert submit(ivor, share, {"why": ""}).status_code == 422
        assert (
            "You answer for this share now" in submit(ivor, share, {"why": WHY}, follow=True).text
        )
        assert "Somebody answers for every share" in ivor.get("/sharing/left-behind").text
        assert pat.get("/sharing/left-behind").status_code == 403
