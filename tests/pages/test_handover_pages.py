"""Handing over, answering and standing in, as pages; the briefing that both sides may read."""

from datetime import date

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.kernel import clock
from mappa.offenders.handover.models import Handover
from tests.factories.handover import a_cover, a_proposal, with_marek
from tests.factories.offenders import a_warning, an_offence, an_order
from tests.factories.plans import an_agreed_plan
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(app)
        with_marek(found)
        yield found


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def text(answer):
    return answer.get_data(as_text=True)


def receiver(world, who):
    actor = world.staff[who].actor
    return f"{actor.user_id}.{actor.agency_id}"


def test_a_caseload_is_handed_over_by_form_and_accepted(world, daniel):
    other = world.person("Ishaan", "Colbeck", manager="priya")
    priya, marek = world.client("priya"), world.client("marek")
    assert "You manage 2 people" in text(priya.get("/caseload"))
    page = f"/caseload/hand-over?person={daniel}&person={other}"
    typed = {"receiver": receiver(world, "marek"), "why": "Priya moves"}
    sent = submit(priya, page, typed, follow=True)
    assert "Nothing changes until it is accepted" in text(sent)
    home = text(marek.get("/"))
    assert "You are asked to take over 2 people" in home
    listed = text(marek.get("/caseload"))
    assert "Daniel Wexcombe" in listed
    place = sent.request.path
    empty = submit(marek, place, {})
    assert empty.status_code == 422
    assert "Choose whether you accept or decline" in text(empty)
    done = submit(marek, place, {"accept": "accept"}, follow=True)
    assert "Accepted: 2 people." in text(done)
    assert "You manage 2 people" in text(marek.get("/caseload"))
    history = text(marek.get(f"/people/{daniel}/history"))
    assert "Priya Sandhurst, Northmoor Probation" in history
    assert "Lead agency and manager" not in history


def test_everything_typed_survives_a_422(world, daniel):
    priya = world.client("priya")
    typed = {"why": "Priya moves", "overlap_until": "31 2 2027", "stays": "leaves"}
    sent = submit(priya, f"/caseload/hand-over?person={daniel}", typed)
    page = text(sent)
    assert sent.status_code == 422
    assert "Choose who is to take over" in page
    assert "must be a real date" in page
    for kept in ("Priya moves", "31 2 2027", 'value="leaves" checked', f'value="{daniel}" checked'):
        assert kept in page, kept
    with world.system():
        assert count(Handover) == 0


def test_what_one_may_not_see_or_hand_over_is_not_found(world, daniel):
    (made,) = a_proposal(world, "marek", daniel)
    stranger = world.person("Kit", "Tarnmere", lead="police")
    for who, path in (
        ("priya", f"/caseload/hand-over?person={stranger}"),
        ("owen", f"/caseload/hand-over?person={daniel}"),
        ("leah", f"/handovers/{made}"),
        ("leah", f"/handovers/{made}/briefing"),
        ("sam", f"/handovers/{made}"),
        ("marek", f"/handovers/{made}/withdraw"),
        ("marek", f"/caseload/{world.staff['priya'].user_id}/deputy"),
        ("grace", f"/caseload?manager={world.staff['owen'].user_id}"),
    ):
        assert world.client(who).get(path).status_code == 404, (who, path)


def test_a_proposal_is_withdrawn(world, daniel):
    (made,) = a_proposal(world, "marek", daniel)
    priya = world.client("priya")
    assert "Withdraw this handover" in text(priya.get(f"/handovers/{made}"))
    done = submit(priya, f"/handovers/{made}/withdraw", {"why": "A mistake"}, follow=True)
    assert "Withdrawn. Nothing has changed." in text(done)
    assert "Your answer" not in text(world.client("marek").get(f"/handovers/{made}"))


class TestBriefing:
    @pytest.fixture
    def told(self, world, daniel):
        """A case with something in every part of the page."""
        an_assessment(world, daniel)
        an_agreed_plan(world, daniel)
        a_warning(world, daniel, "police")
        an_offence(world, daniel)
        an_order(world, daniel)
        a_made_visit(world, "owen", daniel)
        return daniel

    def test_it_says_what_the_receiver_must_know_on_one_page(self, world, told):
        (made,) = a_proposal(world, "owen", told)
        for who in ("priya", "owen", "grace"):
            page = text(world.client(who).get(f"/handovers/{made}/briefing"))
            for part in (
                "Daniel Wexcombe", "Warnings to staff", "Risk of serious harm", "Overall",
                "Plan in force", "Office appointment, face to face", "If: ", "Visits", "Duties",
                "Review the risk", "Orders and sentence", "Index offence",
            ):  # fmt: skip
                assert part in page, (who, part)

    def test_it_holds_only_what_all_of_sender_receiver_and_reader_may_see(self, world, told):
        a_planned_visit(world, "owen", told, announced=False)
        of_probation = a_warning(world, told, "probation", headline="Told to probation")
        of_police = a_warning(world, told, "police", headline="Told to police")
        (made,) = a_proposal(world, "owen", told)
        with world.system():
            given = Given(at=NOW)
            for record, agency in ((of_probation, "probation"), (of_police, "police")):
                rights.mark(record, MarkKind.HIDDEN, NOW, given)
                from mappa.access.terms import Reader

                rights.name_reader(record, Reader.AGENCY, world.agencies[agency], given)
        owen, priya = world.client("owen"), world.client("priya")
        assert "Told to police" in text(owen.get(f"/people/{told}"))
        assert "Told to probation" in text(priya.get(f"/people/{told}"))
        for each in (owen, priya):
            page = text(each.get(f"/handovers/{made}/briefing"))
            assert "Told to" not in page
            assert "To come" not in page

    def test_the_witness_names_what_the_page_shows_and_nothing_else(self, world, told):
        from mappa.audit.models import AuditEntry
        from mappa.kernel.db import db

        kept = a_warning(world, told, "probation", headline="Told to probation")
        (made,) = a_proposal(world, "owen", told)
        with world.system():
            rights.mark(kept, MarkKind.HIDDEN, NOW, Given(at=NOW))
            from mappa.access.terms import Reader

            rights.name_reader(kept, Reader.AGENCY, world.agencies["probation"], Given(at=NOW))
        world.client("priya").get(f"/handovers/{made}/briefing")
        with world.system():
            (records,) = db.session.scalars(
                db.select(AuditEntry.records).where(AuditEntry.event == "handover:read")
            )
        assert told.hex in records
        assert kept.hex not in records

    def test_without_a_receiver_who_could_take_over_there_is_none(self, world, told):
        (made,) = a_proposal(world, "owen", told)
        with world.system():
            rights.exclude(told, Given(at=NOW), user=world.staff["owen"].user_id)
        assert world.client("priya").get(f"/handovers/{made}/briefing").status_code == 404


class TestDeputies:
    def test_naming_one_by_form(self, world, daniel):
        priya, marek = world.client("priya"), world.client("marek")
        path = f"/caseload/{world.staff['priya'].user_id}/deputy"
        typed = {
            "deputy": str(world.staff["marek"].user_id), "from_on": "today",
            "until_on": "21 11 2026", "why": "Leave",
        }  # fmt: skip
        done = submit(priya, path, typed, follow=True)
        assert "Deputy named" in text(done)
        assert "20 November 2026 to 21 November 2026" in text(done)
        page = text(marek.get("/caseload"))
        assert "Covering for Priya Sandhurst" in page
        assert "Daniel Wexcombe" in page

    def test_duties_say_for_whom_they_are_done(self, world, daniel):
        an_assessment(world, daniel, assessed_on=date(2024, 11, 1))
        a_cover(world, "marek")
        assert "Covering for Priya Sandhurst" in text(world.client("marek").get("/"))
        assert "Covering for" not in text(world.client("priya").get("/"))

    def test_ending_it(self, world, daniel):
        named = a_cover(world, "marek")
        marek = world.client("marek")
        end = f"/caseload/deputies/{named.deputy.id}/end"
        done = submit(marek, "/caseload", {}, action=end, follow=True)
        assert "The cover has ended" in text(done)
        assert "Covering for" not in text(marek.get("/caseload"))


class TestAlarm:
    def test_an_administrator_is_asked_to_have_the_caseload_handed_over_first(self, world, daniel):
        adam, staff = world.client("adam"), world.staff["priya"]
        for path in (
            f"/administration/people/{staff.user_id}/postings/{staff.posting_id}/end",
            f"/administration/people/{staff.user_id}/disable",
        ):
            sent = submit(adam, path, {"reason": "Left"})
            assert sent.status_code == 422
            assert "They manage 1 person" in text(sent)
            assert "Daniel" not in text(sent)
        assert "no manager" not in text(world.client("grace").get("/"))
        done = adam.post(sent.request.path, data=form_again(sent), follow_redirects=True)
        assert "Account disabled" in text(done)
        home = text(world.client("grace").get("/"))
        assert "1 person has no manager" in home
        assert "Last with Priya Sandhurst" in home
        assert "Daniel Wexcombe" in text(world.client("grace").get("/caseload"))

    def test_the_coordinator_is_told_whom_to_ring(self, world):
        kit = world.person("Kit", "Tarnmere")
        world.on_team(kit, "police", Capacity.RESPONSIBLE)
        home = text(world.client("carl").get("/"))
        assert "Kit" in home
        assert "ring 01632 960140" in home


def form_again(sent):
    from tests.pages.forms import form_on

    form = form_on(text(sent), {"reason": "", "anyway": ""})
    return {**form.fields, "reason": "Left", "anyway": "yes"}
