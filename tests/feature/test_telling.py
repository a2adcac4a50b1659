"""The ladder and the outbox: who is told of whose lateness, and what becomes of a row meanwhile."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role, Section
from mappa.agencies.models import User
from mappa.audit.models import AuditEntry
from mappa.kernel import clock, crypto
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted
from mappa.kernel.uow import Kind
from mappa.reminders import service
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.models import Deadline, Notice
from mappa.reminders.service import Owes
from mappa.reminders.telling import delivery, lease, opening
from mappa.reminders.telling import queries as outbox
from mappa.reminders.telling import service as telling
from mappa.reminders.telling.models import Outgoing
from mappa.reminders.telling.rules import MOST_TRIES
from tests.factories.reminders import all_of, duty, label, swept, to_named
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor

FRIDAY, MONDAY, NEXT_FRIDAY = NOW, NOW + timedelta(days=3), NOW + timedelta(days=7)
GIVEN = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("nora", "police", Role.AGENCY_LEAD, name="Nora Quill")
    made.user("lars", "probation", Role.AGENCY_LEAD, name="Lars Ode")
    return made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def a_visit_due_on_friday(world, person, who="owen", **other):
    """Owed under the rule that goes to the supervisor after 1 working day, to the lead after 5."""
    of = other.pop("of", None) or label(world, person, owner="police")
    given = {"rule": "visit-review-high", "kind": "visit-review", "starts_on": date(2026, 8, 20)}
    made = duty(world, of, who, **given | other)
    assert made.due_on == FRIDAY.date()
    return made


def told(world):
    """Who is told of what now, by their keys."""
    keys = {each.user_id: key for key, each in world.staff.items()}
    live = [each for each in all_of(world, Notice) if each.ended_at is None]
    return sorted((each.event.removeprefix("deadline:"), keys[each.user_id]) for each in live)


# The ladder


@pytest.mark.sql
def test_a_late_duty_goes_to_the_supervisor_and_then_to_the_lead(app, world, person):
    a_visit_due_on_friday(world, person)
    swept(app, at=FRIDAY)
    assert told(world) == [("due", "owen")]
    swept(app, at=FRIDAY + timedelta(days=2))
    assert told(world) == [("due", "owen"), ("overdue", "owen")], "Sunday is no working day"
    swept(app, at=MONDAY)
    assert ("late-1", "naomi") in told(world)
    assert ("late-2", "nora") not in told(world)
    swept(app, at=NEXT_FRIDAY)
    everybody = [("due", "owen"), ("late-1", "naomi"), ("late-2", "nora"), ("overdue", "owen")]
    assert told(world) == everybody, "and nobody of the other agency"
    assert swept(app, at=NEXT_FRIDAY + timedelta(days=9)).told == 0


def test_a_bank_holiday_puts_the_step_off(app, world, person):
    a_visit_due_on_friday(world, person)
    with world.system():
        day_off = {"falls_on": MONDAY.date(), "name": "Day of mourning", "source": "s"}
        _add_holiday(kind="proclaimed", area_id="", **day_off)
    swept(app, at=MONDAY)
    assert ("late-1", "naomi") not in told(world)
    swept(app, at=MONDAY + timedelta(days=1))
    assert ("late-1", "naomi") in told(world)


def _add_holiday(**columns):
    db.session.add(
        BankHoliday(
            jurisdiction="england-wales", reason="r", added_at=NOW, added_by_id=NOBODY, **columns
        )
    )


@pytest.mark.parametrize(("area", "reached"), [("northmoor", False), ("elsewhere", True)])
def test_a_local_holiday_counts_in_its_area_where_the_rule_is_local(
    app, world, person, area, reached
):
    """The entry of a visit is due by a local standard; so is when its lateness is told."""
    of = label(world, person, owner="police")
    late = duty(world, of, "owen", starts_on=date(2026, 11, 18))
    assert late.due_on == FRIDAY.date()
    with world.system():
        day_off = {"falls_on": MONDAY.date(), "name": "Fair", "source": "s"}
        _add_holiday(kind="local", area_id=area, **day_off)
    swept(app, at=MONDAY)
    assert (("late-1", "naomi") in told(world)) is reached


def test_who_supervises_another_team_or_is_disabled_is_not_told(app, world, person):
    world.team("police two", "police")
    world.user("otto", "police", Role.SUPERVISOR, team="police two")
    world.user("dora", "police", Role.SUPERVISOR, team="police one")
    with world.system():
        db.session.get_one(User, world.staff["dora"].user_id).disabled_at = NOW
    a_visit_due_on_friday(world, person)
    swept(app, at=MONDAY)
    assert [who for event, who in told(world) if event == "late-1"] == ["naomi"]


@pytest.mark.sql
@pytest.mark.parametrize("how", ["excluded", "hidden", "ended"])
def test_where_nobody_may_be_told_it_goes_to_the_next_step_once(app, world, person, how):
    of = label(world, person, owner="police")
    a_visit_due_on_friday(world, person, of=of)
    with world.system():
        if how == "excluded":
            rights.exclude(person, GIVEN, user=world.staff["naomi"].user_id)
        elif how == "hidden":
            rights.mark(of.record, MarkKind.HIDDEN, NOW + timedelta(days=30), GIVEN)
        else:
            from mappa.access.models import Posting

            posting = db.session.get_one(Posting, world.staff["naomi"].posting_id)
            rights.end([posting], at=NOW, by=NOBODY, reason="left")
    found = swept(app, at=MONDAY)
    late = [each for each in told(world) if each[0].startswith("late")]
    if how == "hidden":
        assert (found.unheard, late) == (2, []), "nobody may see it, so nobody is told"
        return
    assert (found.unheard, late) == (1, [("late-2", "nora")])
    swept(app, at=NEXT_FRIDAY)
    assert [each for each in told(world) if each[0].startswith("late")] == late, "not told twice"


def test_an_unannounced_visit_goes_no_further_than_the_agency_that_owes_it(app, world, person):
    """Even where the co-ordinator and the other agency's people are let see the record."""
    plain = label(world, person, owner="police", section=Section.IDENTITY)
    near = label(world, person, owner="police", section=Section.IDENTITY)
    rule = {"rule": "action-due", "starts_on": date(2026, 11, 10), "set_on": date(2026, 11, 12)}
    announced = duty(world, plain, "owen", kind="action", **rule)
    kept = duty(world, near, "owen", kind="visit-unannounced", **rule)
    swept(app, at=FRIDAY)
    keys = {each.user_id: key for key, each in world.staff.items()}
    heard = {announced.id: set(), kept.id: set()}
    for each in all_of(world, Notice):
        heard[each.duty_id].add(keys[each.user_id])
    assert heard[announced.id] == {"owen", "naomi", "carl"}
    assert heard[kept.id] == {"owen", "naomi"}


def test_a_record_for_named_readers_is_told_to_named_readers(app, world, person):
    of = label(world, person, owner="police", named=True)
    a_visit_due_on_friday(world, person, of=of)
    to_named(world, of, "owen", "nora")
    swept(app, at=MONDAY)
    assert told(world) == [("late-2", "nora"), ("overdue", "owen")]


def test_the_notice_says_how_late_it_is_and_with_whom(app, world, person):
    of = label(world, person, owner="police")
    last = {"rule": "visit-review-high", "kind": "visit-review", "starts_on": date(2026, 8, 13)}
    duty(world, of, "owen", **last)
    swept(app)
    with clock.at(NOW):
        page = world.client("naomi").get("/notices").text
    assert "Next home visit" in page
    assert "Late by 5 working days. With Owen Marsh, Northmoor Police." in page
    assert "Due Friday 13 November." in page


def test_the_supervisor_s_notice_ends_when_the_duty_is_met(app, world, person):
    owed = a_visit_due_on_friday(world, person)
    swept(app, at=MONDAY)
    with world.system():
        service.close_deadlines(owed.about_id, NOW)
    assert told(world) == []


# What becomes of a row before it is told


def opened(app, at):
    """Open what is to be told, and tell nobody yet."""
    with clock.at(at), app.app_context(), lease.hold() as held:
        opening.open_rows(held, at.date())


@pytest.mark.sql
def test_a_duty_met_meanwhile_is_not_told(app, world, person):
    owed = a_visit_due_on_friday(world, person)
    opened(app, MONDAY)
    with world.system():
        service.close_deadlines(owed.about_id, NOW)
    assert swept(app, at=MONDAY).told == 0
    assert all_of(world, Outgoing) == all_of(world, Notice) == []


def test_a_duty_passed_on_meanwhile_is_told_to_the_new_owner(app, world, person):
    world.user("olga", "police", Role.PROTECTION_OFFICER, team="police one")
    a_visit_due_on_friday(world, person)
    opened(app, MONDAY)
    pass_on(world, person, "owen", "olga")
    swept(app, at=MONDAY)
    assert told(world) == [("late-1", "naomi"), ("overdue", "olga")]


def pass_on(world, person, old, new):
    of = {key: world.staff[key].actor for key in (old, new)}
    owes = [Owes(user=a.user_id, team=a.team_id, agency=a.agency_id) for a in of.values()]
    with world.system():
        service.pass_on(person, *owes, ("protection_officer",), NOW)


@pytest.mark.sql
def test_a_duty_that_comes_back_is_told_as_before(app, world, person):
    world.user("olga", "police", Role.PROTECTION_OFFICER, team="police one")
    a_visit_due_on_friday(world, person)
    swept(app, at=MONDAY)
    before = told(world)
    pass_on(world, person, "owen", "olga")
    swept(app, at=MONDAY)
    assert told(world) == [("late-1", "naomi"), ("overdue", "olga")], "with somebody else: new"
    pass_on(world, person, "olga", "owen")
    assert swept(app, at=MONDAY).told == 0
    assert told(world) == [each for each in before if each[0] != "due"]


@pytest.mark.sql
def test_a_moved_day_is_told_anew_and_what_was_told_of_the_old_one_ends(app, world, person):
    owed = a_visit_due_on_friday(world, person)
    swept(app, at=MONDAY)
    for day, expected in (
        (date(2026, 12, 4), []),
        (MONDAY.date(), [("due", "owen")]),
        (FRIDAY.date(), [("late-1", "naomi"), ("overdue", "owen")]),
    ):
        with world.system():
            db.session.get_one(Deadline, owed.id).due_on = day
        swept(app, at=MONDAY)
        assert told(world) == expected, day
        assert swept(app, at=MONDAY).told == 0


# Rows that fail


@pytest.fixture
def poisoned(app, world, person):
    """A row that cannot be delivered: the rule of its duty is gone. Another one beside it can."""
    owed = a_visit_due_on_friday(world, person)
    a_visit_due_on_friday(world, person)
    opened(app, MONDAY)
    set_version(world, owed, 99)
    return owed


def set_version(world, owed, version):
    with world.system():
        db.session.get_one(Deadline, owed.id).rule_version = version


def test_one_bad_row_keeps_no_other_from_being_told(app, world, poisoned):
    found = swept(app, at=MONDAY)
    assert (found.told, found.failed, found.waiting) == (3, 1, 1)
    assert told(world) == [("late-1", "naomi"), ("overdue", "owen"), ("overdue", "owen")]
    assert swept(app, at=MONDAY).failed == 0, "it rests"


def tried_until_dead(app):
    moment = MONDAY
    for _ in range(MOST_TRIES):
        swept(app, at=moment)
        moment += timedelta(hours=13)
    return moment


@pytest.mark.sql
def test_what_fails_too_often_is_a_dead_letter_until_somebody_tries_again(app, world, poisoned):
    moment = tried_until_dead(app)
    assert swept(app, at=moment).dead == 1
    with world.as_reader("sys"):
        (letter,) = outbox.dead_letters()
    assert (letter.event, letter.duty_id, letter.fault) == (
        "deadline:late-1", poisoned.id, "UnknownRule",
    )  # fmt: skip
    set_version(world, poisoned, 1)
    with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(NotPermitted):
        telling.try_again(actor, [letter.id], now=NOW)
    with world.as_reader("sys", Kind.WRITE) as actor:
        assert telling.try_again(actor, [letter.id, crypto.new_id()], now=NOW) == 1
        assert telling.try_again(actor, [letter.id], now=NOW) == 0
    found = swept(app, at=moment)
    assert (found.dead, found.waiting) == (0, 0)
    assert told(world).count(("late-1", "naomi")) == 2
    with world.system():
        entry = AuditEntry.event == "delivery:tried-again"
        assert db.session.scalars(sa.select(AuditEntry.records).where(entry)).all() == [
            [letter.id.hex]
        ]


def test_between_two_sweeps_only_what_failed_is_tried(app, world, poisoned):
    from mappa.reminders import sweep

    swept(app, at=MONDAY)
    set_version(world, poisoned, 1)
    with clock.at(MONDAY):
        sweep.deliver_again(app)
    assert told(world).count(("late-1", "naomi")) == 1
    with clock.at(MONDAY + timedelta(minutes=6)):
        sweep.deliver_again(app)
    assert told(world).count(("late-1", "naomi")) == 2


def test_a_row_that_ends_its_process_each_time_is_given_up(app, world, person, monkeypatch):
    """It was claimed, and nobody ever came back to say what became of it."""
    a_visit_due_on_friday(world, person)
    opened(app, FRIDAY)
    monkeypatch.setattr(delivery, "_outcome", _the_end)
    moment = FRIDAY
    for _ in range(MOST_TRIES):
        with pytest.raises(SystemError):
            swept(app, at=moment)
        moment += timedelta(minutes=2)
    monkeypatch.undo()
    found = swept(app, at=moment)
    assert (found.told, found.dead) == (0, 1)


def _the_end(*_, **_named):
    raise SystemError
