"""Cards of a visit and accounts of other agencies: whose they are, and who reads them."""

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.reading import rows, scoped
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Role, Section
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.record import service as records
from mappa.offenders.record.rules import KINDS as RECORDS
from mappa.offenders.record.rules import Entry
from mappa.visits.cards import presenters, queries, rules, service
from mappa.visits.cards.rules import KINDS, AddCard, TakeBack
from mappa.visits.correcting import service as correcting
from mappa.visits.correcting.rules import Withdraw
from mappa.visits.joint import queries as accounts
from mappa.visits.joint import service as joint
from mappa.visits.joint.rules import AddAccount
from mappa.visits.models import VisitAccount, VisitCard
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, World, a_shared_person, count, northmoor

CHECK = {
    "about": None,
    "what": "Tablet, black",
    "by_whom": "Owen Marsh",
    "method": "by_hand",
    "result": "nothing",
    "power": "consent",
    "words": "",
}


@pytest.fixture
def world(app) -> World:
    world = northmoor(app)
    world.user("piet", "police", Role.PROTECTION_OFFICER, name="Piet Loft", team="police one")
    return world


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    world.worker(made, "piet")
    return made


@pytest.fixture
def visit(world, person):
    return a_made_visit(world, "owen", person)


def add(world, who, visit, kind="devices", **changes):
    with world.as_reader(who, Kind.WRITE) as actor:
        card = AddCard(**(CHECK | changes))
        return service.add_card(actor, visit, KINDS[kind], card, now=NOW).id


def cards(world, who, person, visit):
    with world.as_reader(who) as actor:
        return queries.cards(actor, person, visit)


def shown(world, who, person, visit):
    """What this reader's page says of the first card."""
    with world.as_reader(who) as actor:
        found = queries.cards(actor, person, visit)
        named = queries.named(actor, person, {each.about_kind for each in found} - {""})
        return presenters.cards(found, named)[0].lines[0]


def a_device(world, who, person, make="Telephone, blue"):
    with world.as_reader(who, Kind.WRITE) as actor:
        entry = Entry(
            values={"kind": "phone", "make": make, "number": "", "note": "", "from_on": None},
            why="",
        )
        return records.add(actor, person, RECORDS["device"], entry, now=NOW).id


class TestACard:
    def test_is_read_with_the_visit_in_full_and_in_no_summary(self, world, person, visit):
        add(world, "owen", visit)
        assert [each.what for each in cards(world, "priya", person, visit)] == ["Tablet, black"]
        assert cards(world, "leah", person, visit) == []

    @pytest.mark.sql
    def test_of_a_hidden_visit_is_hidden_with_it(self, world, person, visit):
        add(world, "owen", visit)
        with world.system():
            rights.mark(visit, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="a test"))
        assert cards(world, "priya", person, visit) == []
        with world.as_reader("priya") as actor:
            assert rows(actor, scoped(VisitCard, person=True), VisitCard, person=person) == []

    @pytest.mark.parametrize("who", ["piet", "naomi", "priya"])
    def test_is_added_by_the_author_alone(self, world, visit, who):
        with pytest.raises(NotPermitted):
            add(world, who, visit)
        with world.system():
            assert count(VisitCard) == 0

    def test_names_a_device_to_whoever_reads_the_device_only(self, world, person, visit):
        device = a_device(world, "owen", person)
        add(world, "owen", visit, about=("device", device), what="")
        assert "Telephone, blue" in shown(world, "priya", person, visit)
        with world.system():
            rights.mark(device, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="a test"))
        assert shown(world, "priya", person, visit) == "A device on the record"

    def test_is_about_no_record_of_somebody_else_or_unseen(self, world, person, visit):
        other = world.person("Ada", "Lowe", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        foreign = a_device(world, "owen", other)
        hidden = a_device(world, "priya", person)
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="a test"))
        said = []
        for record in (foreign, hidden, visit):
            with pytest.raises(FieldErrors) as refused:
                add(world, "owen", visit, about=("device", record), what="")
            said.append(refused.value.errors)
        assert said == [said[0]] * 3
        with world.system():
            assert count(VisitCard) == 0

    def test_taken_back_it_stays_with_the_reason(self, world, person, visit):
        card = add(world, "owen", visit)
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.take_back(actor, visit, card, TakeBack("Another house"), now=NOW)
        (seen,) = cards(world, "priya", person, visit)
        assert (seen.why, seen.taken_back_at) == ("Another house", NOW)
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.take_back(actor, visit, card, TakeBack("Again"), now=NOW)

    def test_of_another_visit_is_not_found(self, world, person, visit):
        card = add(world, "owen", a_made_visit(world, "owen", person))
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.take_back(actor, visit, card, TakeBack("Another house"), now=NOW)

    def test_nothing_is_added_to_a_withdrawn_visit(self, world, visit):
        with world.as_reader("owen", Kind.WRITE) as actor:
            correcting.withdraw_visit(actor, visit, Withdraw("Twice"), now=NOW)
        with pytest.raises(RuleBroken):
            add(world, "owen", visit)


@pytest.mark.parametrize(
    ("kind", "changes", "wrong"),
    [
        ("devices", {"what": ""}, {"about"}),
        ("devices", {"power": ""}, {"power"}),
        ("devices", {"method": ""}, {"method"}),
        ("devices", {"by_whom": ""}, {"by_whom"}),
        ("devices", {"result": "refused", "method": ""}, {"words"}),
        ("devices", {"result": "refused"}, {"method", "words"}),
        ("devices", {"result": "seen", "method": "shown"}, set()),
        ("devices", {"result": "seen", "method": "", "power": ""}, set()),
        ("devices", {"result": "kept"}, {"result"}),
        ("conditions", {"result": "not_kept"}, {"words"}),
        ("conditions", {"result": "kept"}, set()),
        ("factors", {"what": "", "result": "better"}, {"what", "words"}),
        ("home", {"result": "as_known", "what": ""}, set()),
        ("children", {"result": "present"}, {"words"}),
    ],
)
def test_a_card_says_what_its_kind_asks(kind, changes, wrong):
    assert set(rules.faults(KINDS[kind], AddCard(**(CHECK | changes)))) == wrong


def account(world, who, person, visit, said="Spoke of the programme"):
    with world.as_reader(who, Kind.WRITE) as actor:
        return joint.add_account(actor, person, visit, AddAccount(said, ""), now=NOW)


def read(world, who, person, visit):
    with world.as_reader(who) as actor:
        return [each.account for each in accounts.accounts(actor, person, visit)]


class TestAnAccountOfAnotherAgency:
    @pytest.mark.sql
    def test_is_that_agencys_record_and_follows_its_sharing(self, world, person, visit):
        account(world, "priya", person, visit)
        with world.system():
            owner = db.session.scalars(sa.select(VisitAccount.owner_agency_id)).one()
        assert owner == world.agencies["probation"]
        assert read(world, "owen", person, visit) == ["Spoke of the programme"]
        assert read(world, "leah", person, visit) == []

    def test_is_not_shared_by_sharing_the_visit(self, world, person, visit):
        account(world, "priya", person, visit)
        with world.system():
            world_share(world, person)
        with world.as_reader("leah") as actor:
            from mappa.visits import queries as visits

            assert visits.visit(actor, person, visit).full
        assert read(world, "leah", person, visit) == []

    def test_is_not_added_by_the_visits_own_agency(self, world, person, visit):
        with pytest.raises(RuleBroken):
            account(world, "piet", person, visit)

    def test_is_not_added_by_who_reads_the_summary_or_not_at_all(self, world, person, visit):
        with pytest.raises(NotFound):
            account(world, "leah", person, visit)
        for who in ("sam", "helen"):
            with pytest.raises((NotFound, NotPermitted)):
                account(world, who, person, visit)
        with world.system():
            assert count(VisitAccount) == 0

    def test_several_stay_in_the_order_in_which_they_were_added(self, world, person, visit):
        account(world, "priya", person, visit, "First")
        account(world, "priya", person, visit, "More")
        assert sorted(read(world, "owen", person, visit)) == ["First", "More"]


def world_share(world, person):
    rights.share(
        person, world.agencies["police"], world.agencies["children"], Section.VISITS, Level.FULL,
        "wexcombe daniel", Given(at=NOW),
    )  # fmt: skip
