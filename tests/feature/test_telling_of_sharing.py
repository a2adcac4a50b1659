"""What is told of shares and of emergency access: which, that it is over, and nobody's name."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Share
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind, Section
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.reminders import queries as duties
from mappa.reminders.models import SIGHT_LOST, Notice
from mappa.sharing.emergency import service as emergencies
from mappa.sharing.emergency.rules import Judge
from mappa.sharing.shares import service, telling
from mappa.sharing.shares.jobs import tell_of_ends
from tests.factories.emergency import a_stranger, an_access, client_at, with_kit
from tests.factories.offenders import an_address, an_offence
from tests.factories.requests import with_ines
from tests.factories.sharing import a_share, to_give
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    found = a_shared_person(world)
    a_made_visit(world, "owen", found)
    an_address(world, found, "police")
    an_offence(world, found, "police")
    return found


def told(world, who, event, at=NOW):
    with clock.at(at), world.as_reader(who) as actor:
        return [each for each in duties.notices(actor) if each.event == event]


def words_of(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def page(world, who, url="/notices"):
    with clock.at(NOW):
        return words_of(world.client(who).get(url).text)


class TestShares:
    def test_each_notice_says_from_whom_of_what_and_when(self, world, person):
        a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            command = to_give(world, sections=(Section.CONTACT, Section.OFFENCES))
            service.make(actor, person, command, now=NOW + timedelta(minutes=1))
        said = page(world, "leah")
        assert "Northmoor Police, 20 November 2026: visits." in said
        assert "Northmoor Police, 20 November 2026: contact and addresses, offences." in said

    def test_who_gets_the_section_no_more_is_told_nothing_of_the_share(self, world, person):
        world.on_team(person, "health", Capacity.ASSOCIATE)
        share = a_share(world, person, "health")
        assert "visits." in page(world, "amit")
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "The plan has ended", now=NOW)
        said = page(world, "amit")
        assert "shares more of" not in said
        assert "A share of a person’s record with your agency has ended." in said
        assert "isits." not in said

    @pytest.mark.sql
    def test_an_end_is_told_once_to_the_receiver_and_not_to_who_sees_nobody(self, world, person):
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "The plan has ended", now=NOW)
        assert len(told(world, "leah", telling.OVER)) == 1
        assert told(world, "sam", telling.OVER) == told(world, "owen", telling.OVER) == []
        with world.system():
            given = Given(at=NOW)
            rights.exclude(person, given, agency=world.agencies["children"])
        assert told(world, "leah", telling.OVER) == []

    @pytest.mark.sql
    def test_one_that_ran_out_is_told_of_once_and_one_given_again_is_not(self, world, person):
        over = date(2026, 11, 25)
        ended = a_share(world, person, ends_on=over, review_on=over)
        a_share(world, person, ends_on=over, review_on=over, sections=(Section.CONTACT,))
        a_share(world, person, sections=(Section.CONTACT,))
        later = NOW.replace(day=26, hour=1)
        for at, how_many in ((later - timedelta(hours=2), 0), (later, 1), (later, 0)):
            with clock.at(at):
                assert tell_of_ends(world.app) == how_many, at
        (notice,) = told(world, "leah", telling.OVER, later)
        assert (notice.subject_id, notice.section) == (person, "identity")
        with world.system():
            keys = sa.select(Notice.key).where(Notice.event == telling.OVER)
            assert db.session.scalars(keys).all() == [ended.hex]
        with clock.at(NOW.replace(day=30)):
            assert tell_of_ends(world.app) == 0


class TestWhoLosesSightByIt:
    """Sam of housing saw the person by a share alone."""

    @pytest.fixture
    def share(self, world, person):
        with_ines(world)
        return a_share(world, person, "housing", by="ines", sections=(Section.IDENTITY,))

    def over(self, world, share):
        with world.as_reader("ines", Kind.WRITE) as actor:
            service.end(actor, share, "Over", now=NOW)

    def run(self, world, at=NOW):
        with clock.at(at):
            return tell_of_ends(world.app)

    @pytest.mark.sql
    def test_is_told_once_and_of_nobody_by_name(self, world, person, share):
        assert "Daniel Wexcombe" in page(world, "sam")
        self.over(world, share)
        assert [self.run(world), self.run(world)] == [1, 0]
        with clock.at(NOW):
            answer = world.client("sam").get("/notices").text
        said = words_of(answer)
        assert "has ended, and you do not see that record any more" in said
        assert "Northmoor Probation, 20 November 2026." in said
        assert "Wexcombe" not in answer
        assert str(person) not in answer
        with world.as_reader("sam") as actor:
            assert duties.unread(actor) == 1
        assert told(world, "leah", SIGHT_LOST) == told(world, "amit", SIGHT_LOST) == []

    def test_a_share_that_runs_out_tells_the_same(self, world, person):
        with_ines(world)
        a_made_visit(world, "priya", person)
        over, later = date(2026, 11, 25), NOW.replace(day=26, hour=1)
        a_share(
            world, person, "housing", by="ines", sections=(Section.IDENTITY, Section.VISITS),
            ends_on=over, review_on=over,
        )  # fmt: skip
        assert self.run(world, later) == 1
        with clock.at(later):
            said = words_of(client_at(world, "sam", later).get("/notices").text)
        assert said.count("has ended, and you do not see that record any more") == 1
        assert "What the agreement or another share gives you" not in said

    def test_given_again_it_stays_the_only_word_of_the_end(self, world, person, share):
        self.over(world, share)
        self.run(world)
        a_share(world, person, "housing", by="ines", sections=(Section.IDENTITY,))
        self.run(world)
        assert told(world, "sam", telling.OVER) == []
        assert len(told(world, "sam", SIGHT_LOST)) == 1

    def test_whoever_still_sees_the_person_is_told_with_the_name_alone(self, world, person):
        a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, db.session.scalars(sa.select(Share.id)).one(), "Over", now=NOW)
        assert self.run(world) == 0
        assert len(told(world, "leah", telling.OVER)) == 1
        assert told(world, "leah", SIGHT_LOST) == []

    @pytest.mark.parametrize("whom", ["user", "agency", "hidden"])
    def test_whom_something_else_keeps_out_is_told_nothing(self, world, person, share, whom):
        sam = world.staff["sam"].actor
        given = Given(at=NOW)
        with world.system():
            if whom == "hidden":
                rights.mark(person, MarkKind.HIDDEN, NOW.replace(year=2027), given)
            else:
                rights.exclude(person, given, **{whom: getattr(sam, f"{whom}_id")})
            rights.end(
                db.session.scalars(sa.select(Share)).all(), at=NOW, by=sam.user_id, reason=""
            )
        self.run(world)
        with world.system():
            events = db.session.scalars(sa.select(Notice.event)).all()
        assert SIGHT_LOST not in events
        assert told(world, "sam", telling.OVER) == []

    @pytest.mark.sql
    def test_an_exclusion_takes_the_notice_away_again(self, world, person, share):
        self.over(world, share)
        self.run(world)
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["sam"].user_id)
        assert told(world, "sam", SIGHT_LOST) == []


class TestEmergencies:
    @pytest.mark.parametrize("justified", [True, False])
    def test_the_user_is_told_how_a_use_was_judged_and_of_whom_to_nobody(self, world, justified):
        with_kit(world)
        a_stranger(world)
        with clock.at(NOW):
            use = an_access(world)
        waits = page(world, "kit", "/emergency")
        assert "To be reviewed" in waits
        command = Judge(justified=justified, why="There was nobody else", follows="A talk")
        with world.as_reader("carl", Kind.WRITE) as actor:
            emergencies.judge(actor, use, command, now=NOW)
        words = "justified" if justified else "not justified"
        assert f"Your emergency access was reviewed, and judged {words}." in page(world, "kit")
        # Four hours later the record is closed to the user, and the judgement is still known.
        later = NOW + timedelta(hours=5)
        kit = client_at(world, "kit", later)
        with clock.at(later):
            assert "Your emergency access was reviewed" not in kit.get("/notices").text
            door = words_of(kit.get("/emergency").text)
        assert f"{words.capitalize()} Reviewed 20 November 2026" in door
        assert "A talk" not in door
        assert "Tarnmere" not in door
