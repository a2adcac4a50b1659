"""Somebody of a loaded demo, told again through the services: step by step, as it came about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import guard, rights
from mappa.access.actor import Actor
from mappa.access.models import CapacityRow, CaseTeam, CaseWorker, Posting
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Part, Role
from mappa.agencies.models import Agency, User
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import service as offenders
from mappa.offenders.level_review import service as level_review
from mappa.offenders.level_review.duties import REVIEWED
from mappa.offenders.level_review.rules import Finding, ReviewLevel
from mappa.offenders.models import (
    Address,
    Alias,
    Person,
    PersonChange,
    StaffWarning,
)  # fmt: skip
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning
from mappa.plans import service as plans
from mappa.plans.models import Contingency, Measure, Plan
from mappa.plans.rules import ContingencyText, MeasureText, Pillar
from mappa.risk import service as risk
from mappa.risk.models import Assessment, GroupRisk
from mappa.risk.rules import Band, Findings, Group, Rating
from mappa.visits import service as visits
from mappa.visits.commitment import service as commitments
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.rules import Basis, Manner, SetCommitment, Times, interval_of
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.preparing import queries as preparing
from mappa.visits.preparing import service as planning
from mappa.visits.rules import (
    Attending,
    EndVisit,
    LogVisit,
    Outcome,
    PlanVisit,
    Present,
    ToldHow,
    Turnout,
    VisitState,
)


def all_of(model: type[Any], *where: Any) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(*where)))


OF_PERSON = (
    Alias, CaseTeam, CaseWorker, Address, StaffWarning, Assessment, GroupRisk, Plan, Measure,
    Contingency, Visit, VisitOfficer, VisitCommitment, PersonChange,
)  # fmt: skip


@dataclass
class Told:
    """One person's rows, told again through the services."""

    person: Person
    area: str
    again: UUID = NOBODY
    rows: dict[type[Any], list[Any]] = field(default_factory=dict)
    plans: dict[UUID, UUID] = field(default_factory=dict)
    """The visits planned again, by the plan as it was loaded."""

    def __post_init__(self) -> None:
        for model in OF_PERSON:
            self.rows[model] = all_of(model, model.person_id == self.person.id)
        self.codes = {row.id: Capacity(row.code) for row in all_of(CapacityRow)}
        self.agencies = {row.id: row for row in all_of(Agency)}
        self.users = {row.id: row for row in all_of(User)}
        self.postings = {row.user_id: row for row in all_of(Posting)}

    def actor(self, user: UUID) -> Actor:
        posting = self.postings[user]
        agency = self.agencies[posting.agency_id]
        return Actor(
            user_id=user, name=self.users[user].name, posting_id=posting.id,
            agency_id=agency.id, agency_name=agency.name, area_id=posting.area_id,
            team_id=posting.team_id, role=Role(posting.role), session_id=NOBODY,
        )  # fmt: skip

    def of(self, model: type[Any]) -> list[Any]:
        return self.rows[model]

    def parts(self, model: type[Any], of: UUID) -> list[Any]:
        found = [row for row in self.rows[model] if row.subject_id == of]
        return sorted(found, key=lambda row: row.position)

    def steps(self) -> list[tuple[datetime, int, Callable[[datetime], None]]]:
        """What happened, in its order."""
        opened = min(right.starts_at for right in self.of(CaseTeam))
        found = [(opened, 0, self.add), (opened, 1, self.surround)]
        for kind, model, when, tell in (
            (2, Address, "added_at", self.address),
            (3, StaffWarning, "added_at", self.warning),
            (4, Assessment, "signed_at", self.assessment),
            (5, Plan, "agreed_at", self.plan),
            (6, Visit, "written_at", self.visit),
            (7, VisitCommitment, "set_at", self.commitment),
            (8, Visit, "planned_at", self.planned),
            (9, Visit, "ended_at", self.ended),
            (10, PersonChange, "at", self.change),
        ):
            rows = sorted(self.of(model), key=lambda row: getattr(row, "from_on", opened.date()))
            found += [
                (getattr(row, when), kind, lambda at, row=row, tell=tell: tell(row, at))
                for row in rows
                if getattr(row, when) is not None
            ]
        return sorted(found, key=lambda step: step[:2])

    def add(self, at: datetime) -> None:
        p = self.person
        command = AddPerson(
            **{name: getattr(p, name) for name in (
                "given_name", "family_name", "category", "level", "born_on", "born_about", "crn",
                "pnc", "visor", "prison_number", "manager_id", "transferred_in_from",
            )},
            aliases=tuple(alias.name for alias in self.of(Alias)),
        )  # fmt: skip
        with self.act(p.manager_id, at) as actor:
            self.again = offenders.add_person(actor, command, now=at).id

    def act(self, user: UUID, at: datetime) -> Any:
        return acting(self.actor(user), at)

    def surround(self, at: datetime) -> None:
        by = Given(at=at, by=self.person.manager_id, reason="case opened")
        with clock.at(at), unit_of_work(Kind.WRITE, system="test"):
            for team in self.of(CaseTeam):
                if self.codes[team.capacity_id] is not Capacity.LEAD:
                    code = self.codes[team.capacity_id]
                    name = self.person.sort_name
                    rights.add_agency_to_team(self.again, team.agency_id, self.area, code, name, by)
            for worker in self.of(CaseWorker):
                if worker.part != Part.MANAGER:
                    rights.add_worker(
                        self.again, worker.agency_id, worker.user_id, Part.WORKER, by,
                        team=worker.team_id,
                    )  # fmt: skip

    def address(self, row: Address, at: datetime) -> None:
        names = ("kind", "from_on", "lines", "postcode", "district", "note")
        with self.act(row.added_by_id, at) as actor:
            command = AddAddress(**{name: getattr(row, name) for name in names})
            offenders.add_address(actor, self.again, command, now=at)

    def warning(self, row: StaffWarning, at: datetime) -> None:
        names = ("headline", "serious", "review_on", "detail", "officers", "lone_working")
        with self.act(row.added_by_id, at) as actor:
            command = AddWarning(**{name: getattr(row, name) for name in names})
            offenders.add_warning(actor, self.again, command, now=at)

    def change(self, row: PersonChange, at: datetime) -> None:
        """Of the history only the reviews of level 1 were acts of their own."""
        if row.kind == REVIEWED:
            with self.act(row.by_id, at) as actor:
                command = ReviewLevel(finding=Finding.STAYS, reason=row.why)
                level_review.review(actor, self.again, command, now=at)

    def assessment(self, row: Assessment, at: datetime) -> None:
        groups = self.parts(GroupRisk, row.id)
        found = Findings(
            ratings=tuple(
                Rating(Group(g.group_code), Band(g.community), Band(g.custody)) for g in groups
            ),
            assessed_on=row.assessed_on, raises=row.raises, lowers=row.lowers,
        )  # fmt: skip
        with self.act(row.author_id, at) as actor:
            risk.sign(actor, self.again, found, now=at)

    def plan(self, row: Plan, at: datetime) -> None:
        with self.act(row.agreed_by_id, at) as actor:
            w = plans.writing(actor, self.again, now=at)
            fresh = plans.start(w)
            for m in self.parts(Measure, row.id):
                plans.add_measure(w, MeasureText(
                    pillar=Pillar(m.pillar), what=m.what, user=m.assigned_user_id,
                    agency=m.assigned_agency_id, when=m.when_text, due_on=m.due_on,
                ))  # fmt: skip
            for c in self.parts(Contingency, row.id):
                plans.add_contingency(w, ContingencyText(
                    if_=c.if_text, then=c.then_text, user=c.assigned_user_id,
                    agency=c.assigned_agency_id, within=c.within,
                ))  # fmt: skip
            plans.set_review(w, fresh, row.review_on)
            plans.agree(w, fresh)

    def visit(self, row: Visit, at: datetime) -> None:
        outcome = Outcome(row.outcome)
        asks = outcome.asks
        with self.act(row.written_by_id, at) as actor:
            me = Attending(
                actor.name, actor.agency_name, actor.user_id, actor.agency_id, actor.team_id
            )
            made = LogVisit(
                announced=row.announced, outcome=outcome, made_on=row.made_on,
                arrived_at=row.arrived_at, left_at=row.left_at, place=row.place, officers=(me,),
                present=frozenset({Present.NOBODY}) if asks.present else frozenset(),
                concern=bool(row.concerns) if asks.concerns else None, concerns=row.concerns,
                concern_child=row.concern_child if row.concerns else None,
                told_next=row.told_next, account=row.account, next_step=row.next_step,
            )  # fmt: skip
            visits.log_visit(actor, self.again, made, now=at)

    def commitment(self, row: VisitCommitment, at: datetime) -> None:
        said = SetCommitment(
            basis=Basis(row.basis), every=interval_of(row.every), devices=row.devices,
            unannounced=interval_of(row.unannounced), manner=Manner(row.manner),
            times=[Times(each) for each in row.times.split()],
        )  # fmt: skip
        with self.act(row.set_by_id, at) as actor:
            commitments.set_commitment(actor, self.again, said, now=at)

    def planned(self, row: Visit, at: datetime) -> None:
        going = (each for each in self.of(VisitOfficer) if each.subject_id == row.id)
        actors = [self.actor(each.user_id) for each in sorted(going, key=_place)]
        police = row.plain_clothes is not None
        with self.act(row.planned_by_id, at) as actor:
            plan = PlanVisit(
                announced=row.announced, window_from=row.window_from, window_to=row.window_to,
                told_by=row.told_by, told_how=ToldHow(row.told_how) if row.told_how else None,
                place=row.place, alone_reason=row.alone_reason,
                officers=tuple(
                    Attending(a.name, a.agency_name, a.user_id, a.agency_id, a.team_id)
                    for a in actors
                ),
                warnings_read=frozenset(each.id for each in preparing.standing(actor, self.again)),
                turnout=Turnout(
                    plain_clothes=row.plain_clothes, marked_car=row.marked_car,
                    accredited=row.accredited,
                ) if police else None,
            )  # fmt: skip
            self.plans[row.id] = planning.plan_visit(actor, self.again, plan, now=at).id

    def ended(self, row: Visit, at: datetime) -> None:
        end = EndVisit(VisitState(row.state), row.end_reason)
        with self.act(row.ended_by_id, at) as actor:
            visits.end_visit(actor, self.plans[row.id], end, now=at)


def _place(officer: VisitOfficer) -> int:
    return officer.place_in_list


@contextmanager
def acting(actor: Actor, at: datetime) -> Iterator[Actor]:
    with clock.at(at), unit_of_work(Kind.WRITE):
        guard.writes_as(actor.agency_id)
        yield actor
