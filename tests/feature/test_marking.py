"""A marked record is gone for all but its named readers, and two people open it again."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import asking, reading, rights
from mappa.access.models import Mark, NamedReader
from mappa.access.terms import Level, MarkKind, Reader, Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline, Notice
from mappa.sharing.approvals import queries as questions
from mappa.sharing.approvals import service as approvals
from mappa.sharing.marking import service
from mappa.sharing.marking.rules import Keep, SetMark
from mappa.visits.models import Visit
from tests.factories.intelligence import an_item
from tests.factories.visited import with_isla
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW
from tests.pages.forms import submit

WHY = "The account names a relative of a colleague"
ACCOUNT = "Knocked twice and rang."
REVIEW = date(2027, 3, 1)
UNKNOWN = "00000000-0000-4000-8000-00000000beef"


@pytest.fixture
def world(app):
    return with_isla(app)


def mark(world, by="grace", readers=("isla",), record=None, **more):
    command = SetMark(
        **{"kind": MarkKind.HIDDEN, "reason": WHY, "review_on": REVIEW}
        | {"readers": tuple(world.staff[each].user_id for each in readers)}
        | more
    )
    with world.as_reader(by, Kind.WRITE) as actor:
        return service.set_mark(actor, world.person_id, record or world.visit, command, now=NOW).id


def reads(world, who, record=None, section=Section.VISITS):
    with world.as_reader(who) as actor:
        target = asking.Target(
            person=world.person_id, owner=world.agencies["probation"],
            record=record or world.visit,
        )  # fmt: skip
        return asking.decide_reading(actor, section, Level.SUM, target).allowed


def ask(world, by="grace"):
    with world.as_reader(by, Kind.WRITE) as actor:
        return service.ask_to_unseal(actor, world.person_id, world.visit, "It was settled", now=NOW)


def answer(world, who, approval, approved=True):
    with world.as_reader(who, Kind.WRITE) as actor:
        return approvals.answer(actor, approval, approved, "Not yet", NOW)


def live(world, model):
    with world.system():
        found = sa.select(model).where(model.record_id == world.visit, model.state == 1)
        return len(list(db.session.scalars(found)))


class TestAMarkedRecord:
    @pytest.mark.sql
    def test_is_read_by_its_named_readers_and_by_nobody_else_whatever_they_have(self, world):
        world.share(world.person_id, "probation", "police", Section.VISITS, Level.FULL)
        with world.system():
            rights.name_reader(
                world.visit, Reader.AGENCY, world.agencies["police"], rights.Given(at=NOW)
            )
        everybody = ("priya", "grace", "isla", "owen", "naomi", "leah")
        assert all(reads(world, who) for who in everybody)
        mark(world)
        assert [who for who in everybody if reads(world, who)] == ["grace", "isla"]

    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_is_gone_from_pages_lists_timeline_notices_and_duties(self, world, kind):
        for page in ("", "/visits", "/timeline"):
            with clock.at(NOW):
                before = world.client("owen").get(f"/people/{world.person_id}{page}").text
            assert "18 Tallow Row" in before or "19 November" in before, page
        mark(world, kind=kind)
        person = f"/people/{world.person_id}"
        for who in ("owen", "priya", "leah"):
            browser = world.client(who)
            with clock.at(NOW):
                for page in ("", "/timeline", "/visits", "/history"):
                    shown = browser.get(f"{person}{page}").text
                    assert ACCOUNT not in shown
                    assert str(world.visit) not in shown, (who, page)
                for page in ("/", "/work", "/notices", "/visits"):
                    assert str(world.visit) not in browser.get(page).text, (who, page)
                for page in ("", "/mark"):
                    kept = "visits" if not page else "records"
                    gone = browser.get(f"{person}/{kept}/{world.visit}{page}")
                    assert gone.status_code == 404
        with world.as_reader("owen") as actor:
            for model in (Visit, Deadline, Notice):
                statement = reading.scoped(model, person=False)
                seen = {
                    each.get("subject_id", each.record)
                    for each in reading.rows(actor, statement, model)
                }
                assert world.visit not in seen, model

    def test_sealed_is_told_of_and_hidden_is_not(self, world):
        mark(world, kind=MarkKind.SEALED)
        with world.as_reader("owen") as actor:
            target = asking.Target(
                person=world.person_id, owner=world.agencies["probation"], record=world.visit
            )
            told = asking.decide_reading(actor, Section.VISITS, Level.SEALED, target)
            assert told.allowed
            assert not asking.decide_reading(actor, Section.VISITS, Level.SUM, target).allowed

    def test_stands_after_the_marker_left_and_then_one_of_two_takes_nothing_off(self, world):
        mark(world)
        with world.system():
            from mappa.access.models import Posting

            posting = db.session.get_one(Posting, world.staff["grace"].posting_id)
            rights.end([posting], at=NOW, by=world.staff["adam"].user_id, reason="Left")
        with pytest.raises(RuleBroken, match="APPROVAL-NOBODY"):
            ask(world, by="isla")
        assert live(world, Mark) == 1


class TestWhoMarks:
    def test_neither_a_practitioner_nor_another_agency_nor_an_unknown_id(self, world):
        for by in ("priya", "owen", "naomi", "iris", "leah", "carl"):
            with pytest.raises(NotFound):
                mark(world, by=by)
        for record in (world.person_id, UNKNOWN):
            from uuid import UUID

            with pytest.raises(NotFound):
                mark(world, record=UUID(str(record)))
        assert live(world, Mark) == 0

    def test_intelligence_by_a_member_of_its_group_and_by_no_officer_outside_it(self, world):
        group = world.handling_group("police", "owen", "naomi")
        item = an_item(world, world.person_id, group)
        with pytest.raises(NotFound):
            mark(world, by="iris", readers=("naomi",), record=item)
        mark(world, by="owen", readers=("naomi",), record=item)
        with world.system():
            found = db.session.scalars(
                sa.select(NamedReader.user_id).where(NamedReader.record_id == item)
            )
            assert set(found) == {world.staff[each].user_id for each in ("owen", "naomi")}

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"readers": ()}, "readers"),
            ({"readers": ("priya",)}, "readers"),
            ({"readers": ("isla", "owen")}, "readers"),
            ({"review_on": date(2026, 11, 20)}, "review_on"),
            ({"review_on": date(2028, 1, 1)}, "review_on"),
        ],
    )
    def test_what_nobody_could_open_or_look_at_again_is_not_marked(self, world, more, field):
        with pytest.raises(FieldErrors, match=field):
            mark(world, **more)
        assert live(world, Mark) == 0

    def test_neither_twice_nor_while_it_is_kept_to_those_who_will_do_it(self, world):
        mark(world)
        with pytest.raises(RuleBroken, match="MARK-ONCE"):
            mark(world)
        planned = a_planned_visit(world, "priya", world.person_id)
        with pytest.raises((RuleBroken, NotFound)):
            mark(world, record=planned)


class TestUnsealing:
    @pytest.mark.sql
    def test_two_named_readers_open_it_and_neither_does_alone(self, world):
        mark(world)
        approval = ask(world)
        with pytest.raises(RuleBroken, match="APPROVAL-OWN"):
            answer(world, "grace", approval)
        assert not reads(world, "owen")
        answer(world, "isla", approval)
        assert reads(world, "owen")
        assert (live(world, Mark), live(world, NamedReader)) == (0, 0)
        with world.system():
            kinds = set(db.session.scalars(
                sa.select(Deadline.kind).where(Deadline.state == "open")
            ))  # fmt: skip
            events = set(db.session.scalars(sa.select(AuditEntry.event)))
        assert not kinds & {"mark-review", "approval"}
        assert {"mark:set", "approval:asked", "approval:approved", "mark:ended"} <= events

    def test_it_is_a_duty_of_who_may_answer_and_nobody_else_hears_of_it(self, world):
        mark(world)
        approval = ask(world)
        for who, knows in (("isla", True), ("grace", False), ("priya", False), ("owen", False)):
            with world.as_reader(who) as actor:
                found = questions.to_answer(actor)
                assert [each.id for each in found] == ([approval] if knows else []), who
        with clock.at(NOW):
            work = world.client("isla").get("/work").text
            assert f"/sharing/approvals/{approval}" in work
            assert "Answer what waits for your approval" in work
            for who in ("priya", "owen", "carl"):
                page = world.client(who).get(f"/sharing/approvals/{approval}")
                assert page.status_code == 404

    def test_neither_who_was_kept_out_since_nor_who_is_no_reader_any_more(self, world):
        mark(world)
        approval = ask(world)
        with world.system():
            rights.exclude(world.person_id, rights.Given(at=NOW), user=world.staff["grace"].user_id)
        with pytest.raises(RuleBroken, match="APPROVAL-ASKER"):
            answer(world, "isla", approval)
        with world.system():
            rights.exclude(world.person_id, rights.Given(at=NOW), user=world.staff["isla"].user_id)
        with pytest.raises(NotFound):
            answer(world, "isla", approval)
        assert live(world, Mark) == 1

    def test_declined_it_stays(self, world):
        mark(world)
        answer(world, "isla", ask(world), approved=False)
        assert live(world, Mark) == 1


def test_a_review_is_a_duty_and_a_look_moves_it(world):
    mark(world)

    def due():
        with world.system():
            found = sa.select(Deadline.due_on).where(
                Deadline.kind == "mark-review", Deadline.state == "open"
            )
            return list(db.session.scalars(found))

    assert due() == [REVIEW]
    with world.as_reader("isla", Kind.WRITE) as actor:
        command = Keep(found="Still needed", review_on=date(2027, 9, 1))
        service.keep(actor, world.person_id, world.visit, command, now=NOW)
    assert due() == [date(2027, 9, 1)]
    assert not reads(world, "owen")
    assert live(world, Mark) == 1


def test_from_the_record_s_page_to_the_mark_and_back(world):
    grace, isla = world.client("grace"), world.client("isla")
    visit = f"/people/{world.person_id}/visits/{world.visit}"
    page = f"/people/{world.person_id}/records/{world.visit}/mark"
    with clock.at(NOW):
        assert page in grace.get(visit).text
        assert page not in world.client("priya").get(visit).text
        assert page not in world.client("naomi").get(visit).text
        typed = {"kind": "hidden", "reason": WHY, "review_on": "1 3 2027"}
        kept = submit(grace, page, typed)
        assert kept.status_code == 422
        assert "It takes two people" in kept.text
        assert WHY in kept.text
        readers = {"readers": [str(world.staff["isla"].user_id)]}
        done = submit(grace, page, typed | readers, follow=True)
        assert "Hidden. Only the named readers see it now." in done.text
        asked = submit(grace, page, {"why": "Settled"}, action=f"{page}/unseal")
        assert "somebody else answers it" in grace.get(asked.location).text
        shown = isla.get(asked.location).text
        assert WHY in shown
        submit(isla, asked.location, {"approve": "approve"})
        assert world.client("owen").get(visit).status_code == 200
