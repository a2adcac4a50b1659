"""Nothing is shared with an agency that is kept out, and only who may know of it is told why."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import CaseTeam, Posting, Share
from mappa.access.rights import Given
from mappa.access.terms import Role, Section
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import RuleBroken
from mappa.kernel.uow import Kind
from mappa.sharing.leaving import service as leaving
from mappa.sharing.requests.rules import State
from mappa.sharing.several import queries as several
from mappa.sharing.several.rules import Left
from mappa.sharing.shares import service
from mappa.sharing.shares.rules import Renew
from tests.factories.offenders import an_address, keyed
from tests.factories.requests import an_unseen_request, answered, delivered, to_us, with_ines
from tests.factories.sharing import TODAY, a_crowd, a_share, of_identity, to_give
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.support.stages import staged

BOTH = (Section.IDENTITY, Section.CONTACT)


@pytest.fixture
def world(app):
    """Daniel, led by probation (Ines shares for it); the police (Iris) are on his case team."""
    made = northmoor(app)

    def office():
        with_ines(made)
        found = a_shared_person(made)
        a_made_visit(made, "owen", found)
        an_address(made, found, "probation")
        return found, made.staff

    made.person_id, made.staff = staged(app, "excluded", office, after="northmoor")
    return made


def keep_out(world, agency, person=None, **more):
    with world.system():
        given = Given(**{"at": NOW} | more)
        return rights.exclude(person or world.person_id, given, agency=world.agencies[agency])


def refused(world, who, command, person=None):
    """The rule that refuses a share, and its words; nothing is shared then."""
    before = count_of(world)
    with pytest.raises(RuleBroken) as broken, world.as_reader(who, Kind.WRITE) as actor:
        service.make(actor, person or world.person_id, command, now=NOW)
    assert count_of(world) == before
    return broken.value.rule, broken.value.sentences


def count_of(world):
    with world.system():
        return count(Share)


class TestOne:
    @pytest.mark.parametrize("sections", [BOTH, (Section.CONTACT,)], ids=["identity", "another"])
    def test_the_lead_is_told_of_an_agency_that_is_nowhere_on_the_case(self, world, sections):
        keep_out(world, "housing")
        rule, said = refused(world, "ines", to_give(world, "housing", sections=sections))
        assert rule == "SHARE-EXCLUDED"
        assert "Ring the MAPPA co-ordinator" in said[0]

    def test_without_the_exclusion_the_same_is_shared(self, world):
        right = keep_out(world, "housing")
        with world.system():
            rights.end([db.session.merge(right)], at=NOW, by=NOBODY, reason="Over")
        with world.as_reader("ines", Kind.WRITE) as actor:
            given = to_give(world, "housing", sections=BOTH)
            assert len(service.make(actor, world.person_id, given, now=NOW)) == 2

    def test_another_agency_is_told_where_its_own_grid_says_it(self, world):
        keep_out(world, "children")
        assert refused(world, "iris", to_give(world))[0] == "SHARE-EXCLUDED"
        with clock.at(NOW):
            page = world.client("iris").get(f"/people/{world.person_id}/sharing").text
        assert "Excluded" in re.sub(r"Excluded: beats every share", "", page)

    def test_to_whom_the_grid_does_not_say_it_it_is_any_agency_off_the_case(self, world):
        command = to_give(world, "housing")
        plain = refused(world, "iris", command)
        keep_out(world, "housing")
        assert refused(world, "iris", command) == plain
        assert plain[0] == "SHARE-UNSEEN"

    def test_every_page_answers_such_a_reader_with_the_same_bytes(self, world):
        def page():
            with clock.at(NOW):
                client = world.client("iris")
                url = f"/people/{world.person_id}/sharing/share"
                form = client.get(url).text
                token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
                key = re.search(r'name="idempotency_key" value="([^"]+)"', form)[1]
                typed = {
                    "csrf_token": token, "idempotency_key": key, "sections": "visits",
                    "agency_id": str(world.agencies["housing"]), "level": "full",
                }  # fmt: skip
                answer = client.post(url, data=typed)
            bare = re.sub(r'(nonce|value)="[^"]*"', "", answer.get_data(as_text=True))
            return answer.status_code, bare

        plain = page()
        keep_out(world, "housing")
        assert page() == plain
        assert plain[0] == 422
        assert "cannot open this person yet" in plain[1]

    def test_one_to_come_and_one_that_is_over_keep_nothing_back(self, world):
        keep_out(world, "housing", starts_at=NOW.replace(day=25))
        keep_out(world, "housing", starts_at=NOW.replace(day=1), ends_at=NOW.replace(day=10))
        with world.as_reader("ines", Kind.WRITE) as actor:
            given = to_give(world, "housing", sections=BOTH)
            assert service.make(actor, world.person_id, given, now=NOW)

    def test_a_user_who_is_kept_out_is_no_reason_to_refuse(self, world):
        with world.system():
            rights.exclude(world.person_id, Given(at=NOW), user=world.staff["leah"].user_id)
        assert a_share(world, world.person_id)

    def test_it_is_not_given_again(self, world):
        share = a_share(world, world.person_id)
        keep_out(world, "children")
        again = Renew(ends_on=date(2027, 9, 1), review_on=date(2027, 7, 1), why="Still")
        with pytest.raises(RuleBroken) as broken, world.as_reader("iris", Kind.WRITE) as actor:
            service.renew(actor, share, again, now=NOW)
        assert broken.value.rule == "SHARE-EXCLUDED"


class TestAnAnswer:
    def test_a_request_is_answered_otherwise_than_by_sharing(self, world):
        keyed(world, world.person_id)
        an_unseen_request(world)
        delivered(world)
        keep_out(world, "housing")
        (request,) = to_us(world, "ines")
        before = count_of(world)
        with pytest.raises(RuleBroken) as broken:
            answered(world, "ines", request, State.SHARED, sections=BOTH)
        assert (broken.value.rule, count_of(world)) == ("SHARE-EXCLUDED", before)
        answered(world, "ines", request, State.NO_TRACE)


class TestSomebodyLeft:
    @pytest.fixture
    def left(self, world):
        share = a_share(world, world.person_id)
        world.user("ivor", "police", Role.INFORMATION_OFFICER, name="Ivor Venn")
        with world.system():
            posting = db.session.get_one(Posting, world.staff["iris"].posting_id)
            rights.end([posting], at=NOW, by=world.staff["ivor"].user_id, reason="Left")
        return share

    def confirm(self, world, share):
        with world.as_reader("ivor", Kind.WRITE) as actor:
            leaving.confirm(actor, share, "Still needed", now=NOW)

    def test_nobody_answers_for_a_share_that_opens_nothing(self, world, left):
        keep_out(world, "children")
        with pytest.raises(RuleBroken) as broken:
            self.confirm(world, left)
        assert broken.value.rule == "SHARE-EXCLUDED"
        assert broken.value.sentences[-1] == "Or end this share below"

    def test_off_the_case_team_it_says_the_same_kept_out_or_not(self, world, left):
        with world.system():
            on_team = sa.select(CaseTeam).where(CaseTeam.agency_id == world.agencies["children"])
            rights.end(db.session.scalars(on_team).all(), at=NOW, by=NOBODY, reason="Left")
        said = []
        for _ in range(2):
            with pytest.raises(RuleBroken) as broken:
                self.confirm(world, left)
            said.append((broken.value.rule, broken.value.sentences))
            keep_out(world, "children")
        assert said[0] == said[1]
        assert said[0][0] == "SHARE-UNSEEN"


class TestSeveral:
    def test_they_are_left_out_in_the_words_of_any_agency_that_does_not_see_them(self, world):
        first, second, third = a_crowd(world, 3, lead="police", told="health")
        keep_out(world, "children", first)
        command = of_identity(world, "children")
        for person, left in ((first, {Left.UNSEEN: [first]}), (second, {}), (third, {})):
            with world.as_reader("iris") as actor:
                assert several.weigh(actor, [person], command, TODAY).left == left
        with world.as_reader("iris") as actor:
            found = several.weigh(actor, [first, second, third], command, TODAY)
        assert (set(found.ids), found.left) == ({second, third}, {Left.UNSEEN: [first]})
