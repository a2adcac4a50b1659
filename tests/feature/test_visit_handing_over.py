"""A draft of a visit that somebody else has on record becomes an account of it, whole and once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Level, MarkKind, Reader, Role, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline, Notice
from mappa.visits import concern
from mappa.visits import queries as visits
from mappa.visits.cards import queries as cards_read
from mappa.visits.cards import service as cards
from mappa.visits.cards.rules import TakeBack
from mappa.visits.correcting import service as correcting
from mappa.visits.correcting.rules import Withdraw
from mappa.visits.doorstep.presenters import finished
from mappa.visits.doorstep.rules import DraftCard, DraftFile
from mappa.visits.files import queries as files_read
from mappa.visits.files.models import VisitFile
from mappa.visits.joint import presenters, queries, service
from mappa.visits.joint.service import HandedOver
from mappa.visits.models import Visit, VisitAccount, VisitCard
from mappa.visits.rules import Present
from tests.factories.visits import a_made_visit, told
from tests.factories.world import NOW, World, a_shared_person, count, northmoor

HOME = {"result": "changed", "words": "A second bed in the box room"}
CHILD = {"concern": True, "concerns": "A girl’s coat in the hall", "concern_child": True}


@pytest.fixture
def world(app) -> World:
    world = northmoor(app)
    for each in ("nina", "piet"):
        world.user(
            each, "police", Role.PROTECTION_OFFICER, name=f"{each.title()} Holt", team="police one"
        )
    return world


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    for each in ("nina", "piet"):
        world.worker(made, each)
    return made


def officers(world, person, *who):
    """These as officers, as the form offers them to somebody of the case team."""
    with world.as_reader("owen") as actor:
        offered = {each.user_id: each for each in visits.may_attend(actor, person)}
    return tuple(offered[world.staff[each].user_id] for each in who)


@pytest.fixture
def visit(world, person):
    return a_made_visit(world, "owen", person, officers=officers(world, person, "owen", "nina"))


def a_card(**typed):
    return DraftCard(id=new_id(), kind="home", typed=typed or HOME)


def a_file():
    return DraftFile(
        id=new_id(), kind="photograph", title="The hall", name="hall", content="image/jpeg",
        size=9, digest="d" * 64, stored_as="a" * 32, view_as="b" * 32, added_at=NOW,
    )  # fmt: skip


def hand(world, who, person, visit, *, drafted=(), files=(), went=None, **changes):
    said = told(officers=officers(world, person, *(went or (who,))), **changes)
    read, unread = finished(drafted)
    handed = HandedOver(
        told=said, account=presenters.account_of(said), cards=read, unread=unread, files=files
    )
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.hand_over(actor, person, visit, handed, now=NOW)


def told_of(world, event=concern.CONCERN_OF_ACCOUNT):
    with world.system():
        found = sa.select(Notice.user_id, Notice.about_id).where(Notice.event == event)
        return {(each.user_id, each.about_id) for each in db.session.execute(found)}


class TestWhoHandsOver:
    @pytest.mark.sql
    @pytest.mark.parametrize(
        ("who", "agency", "readers"),
        [("nina", "police", {"owen", "priya", "nina"}), ("priya", "probation", {"owen", "nina"})],
    )
    def test_it_is_the_officers_account_under_the_own_agencys_label(
        self, world, person, visit, who, agency, readers
    ):
        hand(world, who, person, visit, drafted=[a_card()], files=[a_file()])
        with world.system():
            account = db.session.scalars(sa.select(VisitAccount)).one()
            card = db.session.scalars(sa.select(VisitCard)).one()
            file = db.session.scalars(sa.select(VisitFile)).one()
            assert count(Visit) == 1
            for each in (account, card, file):
                assert each.owner_agency_id == world.agencies[agency]
            assert card.subject_id == file.subject_id == account.id
            assert (account.visit_id, account.by_id) == (visit, world.staff[who].user_id)
            assert (card.added_by_id, file.scan) == (account.by_id, "not_scanned")
        for reader in readers | {"leah"}:
            with world.as_reader(reader) as actor:
                found = len(queries.accounts(actor, person, visit))
                parts = [cards_read.cards, files_read.of_visit]
                assert [len(each(actor, person, visit)) for each in parts] == [found, found]
            assert found == (reader in readers)

    def test_sharing_the_visit_does_not_share_the_account_or_what_came_with_it(
        self, world, person, visit
    ):
        hand(world, "priya", person, visit, drafted=[a_card()], files=[a_file()])
        with world.system():
            rights.share(
                person, world.agencies["police"], world.agencies["children"], Section.VISITS,
                Level.FULL, "wexcombe daniel", Given(at=NOW),
            )  # fmt: skip
        with world.as_reader("leah") as actor:
            assert visits.visit(actor, person, visit).full
            assert cards_read.cards(actor, person, visit) == []
            assert files_read.of_visit(actor, person, visit) == []

    def test_a_colleague_whom_neither_names_is_told_what_to_do(self, world, person, visit):
        with pytest.raises(RuleBroken, match="who-was-there"):
            hand(world, "piet", person, visit, went=("owen",), drafted=[a_card()])
        hand(world, "piet", person, visit)  # as soon as the draft says so

    def test_its_author_corrects_it_instead(self, world, person, visit):
        with pytest.raises(RuleBroken, match="another-officer"):
            hand(world, "owen", person, visit)

    @pytest.mark.parametrize("who", ["leah", "sam", "helen"])
    def test_who_does_not_read_it_in_full_or_visits_nobody_adds_nothing(
        self, world, person, visit, who
    ):
        with pytest.raises((NotFound, NotPermitted)):
            hand(world, who, person, visit, went=("owen",))
        with world.system():
            assert count(VisitAccount) == 0

    def test_nothing_is_added_to_what_was_withdrawn_meanwhile(self, world, person, visit):
        with world.as_reader("owen", Kind.WRITE) as actor:
            correcting.withdraw_visit(actor, visit, Withdraw("Another house"), now=NOW)
        with pytest.raises(RuleBroken, match="made-visit"):
            hand(world, "nina", person, visit)


class TestWhatIsHandedOver:
    def test_everything_typed_is_in_the_account(self, world, person, visit):
        said = {
            "place": "The allotments",
            "next_step": "Ring on Monday",
            "adults": "A cousin",
            "present": frozenset({Present.ADULT}),
            "concern": True,
            "concerns": "Smelt of drink",
            "concern_child": False,
        }
        account, _ = hand(world, "nina", person, visit, **said)
        for each in ("The allotments", "Ring on Monday", "A cousin", "2:15pm to 2:40pm", "Nina"):
            assert each in account.account
        assert account.concerns == "Smelt of drink"
        assert "Smelt of drink" not in account.account

    def test_half_a_card_is_finished_first_and_nothing_is_written(self, world, person, visit):
        half = a_card(result="changed", words="")
        with pytest.raises(FieldErrors) as raised:
            hand(world, "nina", person, visit, drafted=[half, a_card()], files=[a_file()])
        assert set(raised.value.errors) == {half.anchor}

    def test_what_a_visit_must_say_an_account_must_say(self, world, person, visit):
        with pytest.raises(FieldErrors) as raised:
            hand(world, "nina", person, visit, place="", told_next=None)
        assert set(raised.value.errors) == {"place", "told_next"}

    def test_it_closes_and_opens_no_duty(self, world, person, visit):
        def duties():
            with world.system():
                found = sa.select(Deadline.id, Deadline.state, Deadline.due_on)
                return sorted(map(tuple, db.session.execute(found.order_by(Deadline.id))))

        before = duties()
        assert before
        hand(world, "priya", person, visit)
        assert duties() == before


class TestAConcernForAChild:
    def test_of_an_account_is_told_to_the_case_team_once(self, world, person, visit):
        _, reached = hand(world, "nina", person, visit, **CHILD)
        assert reached
        told = told_of(world)
        assert {about for _, about in told} == {visit}
        assert {user for user, _ in told} == {
            world.staff[each].user_id for each in ("owen", "priya", "leah", "piet")
        }
        assert told_of(world, concern.CONCERN) == set()

    def test_of_a_visit_that_is_kept_from_some_it_is_not_told(self, world, person, visit):
        with world.system():
            rights.mark(visit, MarkKind.SEALED, NOW, Given(at=NOW, reason="a test"))
            _let_read(world, visit, "nina")
        _, reached = hand(world, "nina", person, visit, **CHILD)
        assert not reached
        assert told_of(world) == set()

    def test_without_one_nobody_is_told(self, world, person, visit):
        _, reached = hand(world, "nina", person, visit)
        assert reached
        assert told_of(world) == set()


def _let_read(world, record, who):
    staff = world.staff[who]
    rights.name_reader(
        record, Reader.USER, world.agencies["police"], Given(at=NOW), user=staff.user_id
    )


class TestWhatCameWithAnAccount:
    def test_its_author_alone_takes_a_card_back(self, world, person, visit):
        hand(world, "nina", person, visit, drafted=[a_card()])
        with world.system():
            card = db.session.scalars(sa.select(VisitCard.id)).one()
        for who in ("owen", "piet"):
            with pytest.raises(NotPermitted), world.as_reader(who, Kind.WRITE) as actor:
                cards.take_back(actor, visit, card, TakeBack("Not so"), now=NOW)
        with world.as_reader("nina", Kind.WRITE) as actor:
            cards.take_back(actor, visit, card, TakeBack("The other room"), now=NOW)
        with world.as_reader("priya") as actor:
            (read,) = cards_read.cards(actor, person, visit)
            assert read.why == "The other room"

    def test_a_card_is_of_no_other_visit(self, world, person, visit):
        hand(world, "nina", person, visit, drafted=[a_card()])
        other = a_made_visit(world, "nina", person, arrived_at=NOW - timedelta(days=3))
        with world.system():
            card = db.session.scalars(sa.select(VisitCard.id)).one()
        with pytest.raises(NotFound), world.as_reader("nina", Kind.WRITE) as actor:
            cards.take_back(actor, other, card, TakeBack("Not so"), now=NOW)


class TestVisitsLikeIt:
    """The statement and the rule say the same, and only of what the reader may see."""

    def like(self, world, who, person, *went, **changes):
        said = told(officers=officers(world, person, *(went or (who,))), **changes)
        with world.as_reader(who) as actor:
            return [each.id for each in queries.like(actor, person, said)]

    @pytest.mark.sql
    def test_as_the_rule_says(self, world, person, visit):
        arrived = told().arrived_at
        assert self.like(world, "nina", person) == [visit]
        assert self.like(world, "owen", person) == []
        assert self.like(world, "piet", person) == []
        assert self.like(world, "piet", person, "piet", "owen") == [visit]
        assert self.like(world, "priya", person, "priya", "owen") == [visit]
        later = arrived + timedelta(minutes=25)
        assert self.like(world, "nina", person, arrived_at=later) == []
        assert self.like(world, "nina", person, arrived_at=later - timedelta(minutes=1)) == [visit]

    @pytest.mark.sql
    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_what_is_kept_from_the_reader_is_not_asked_about(self, world, person, visit, kind):
        with world.system():
            rights.mark(visit, kind, NOW, Given(at=NOW, reason="a test"))
        assert self.like(world, "priya", person, "priya", "owen") == []

    def test_of_a_summary_nothing_is_asked(self, world, person, visit):
        assert self.like(world, "leah", person, "leah", "owen") == []

    def test_a_visit_that_was_withdrawn_is_none(self, world, person, visit):
        with world.as_reader("owen", Kind.WRITE) as actor:
            correcting.withdraw_visit(actor, visit, Withdraw("Another house"), now=NOW)
        assert self.like(world, "nina", person) == []

    def test_a_visit_past_midnight_is_found_from_the_next_day(self, world, person):
        late = told().arrived_at.replace(hour=23, minute=50)
        went = officers(world, person, "owen", "nina")
        night = a_made_visit(
            world, "owen", person, officers=went, arrived_at=late,
            left_at=late + timedelta(minutes=40), made_on=late.date(),
        )  # fmt: skip
        after = late + timedelta(minutes=20)
        assert self.like(world, "nina", person, arrived_at=after) == [night]


def test_the_text_of_an_account_has_no_concern_twice():
    said = replace(told(), concern=True, concerns="A coat", concern_child=True)
    account = presenters.account_of(said)
    assert account.concerns == "A coat\nThe concern is for a child."
    assert "Concern" not in account.account
    assert "No concerns" in presenters.account_of(told()).account
