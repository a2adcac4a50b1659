"""Who sees what, read from agreement.md sentence by sentence, over rows held in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mappa.access.actor import Actor
from mappa.kernel.db import NOBODY

NONE, SEALED, SUM, FULL = 0, 1, 2, 3
CASE = {
    "offender_manager",
    "protection_officer",
    "social_worker",
    "representative",
    "supervisor",
    "agency_lead",
    "duty_officer",
}
CONTENT = CASE | {"chair", "coordinator", "information_officer"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Of:
    """A record's label as plain values."""

    section: str
    person: UUID
    owner: UUID
    record: UUID = NOBODY
    named_only: bool = False
    handling: UUID = NOBODY
    meeting: UUID = NOBODY


class Reference:
    """All rights of a database, and the question who may see a record at what level."""

    def __init__(self, tables: Mapping[str, Iterable[Row]]) -> None:
        self.rows = {name: list(rows) for name, rows in tables.items()}

    def live(self, table: str, at: datetime, **same: Any) -> list[Row]:
        return [row for row in self.began(table, at, **same) if row["ends_at"] > at]

    def began(self, table: str, at: datetime, **same: Any) -> list[Row]:
        return [
            row
            for row in self.rows[table]
            if row["state"] == 1
            and row["starts_at"] <= at
            and all(row[key] == value for key, value in same.items())
        ]

    def cell(self, capacity: int, section: str, at: datetime) -> int:
        cells = self.live("agreement_cell", at, capacity_id=capacity, section=section)
        return max((row["level"] for row in cells), default=NONE)

    # A reader's answer about one record

    def level(self, me: Actor, of: Of, at: datetime) -> int:
        for row in self.live("exclusion", at, person_id=of.person):
            if row["user_id"] == me.user_id or row["agency_id"] == me.agency_id:
                return NONE
        named = self.named(me, of, at)
        marks = {
            row["kind"]
            for row in self.live("mark", at)
            if row["record_id"] in (of.record, of.person)
        }
        if "hidden" in marks and not named:
            return NONE
        if of.named_only:
            return FULL if named and not (marks and not named) else NONE
        best = max(self.grounds(me, of, at), default=NONE)
        if "sealed" in marks and not named:
            return min(best, SEALED)
        return best

    def named(self, me: Actor, of: Of, at: datetime) -> bool:
        if me.role not in CONTENT:
            return False
        for row in self.live("named_reader", at, record_id=of.record, agency_id=me.agency_id):
            if row["kind"] == "user" and row["user_id"] == me.user_id:
                return True
            if row["kind"] == "agency":
                return True
            if row["kind"] == "team_supervisors" and (
                me.role == "agency_lead"
                or (me.role == "supervisor" and row["team_id"] == me.team_id)
            ):
                return True
        return False

    def grounds(self, me: Actor, of: Of, at: datetime) -> list[int]:
        if of.section == "intelligence":
            return self.intelligence(me, of, at)
        if of.section in ("victims", "health"):
            return self.besides_on_team(me, of, at)
        found = [
            self.by_team(me, of, at),
            self.by_share(me, of, at),
            self.by_emergency(me, of, at),
            self.by_seat(me, of, at),
            self.by_role(me, of, at),
            self.by_preparing(me, of, at),
            self.own(me, of, at),
            self.own_of_officer(me, of, at),
        ]
        if of.section == "identity" and me.role == "chair":
            seats = self.began("meeting_seat", at, person_id=of.person, user_id=me.user_id)
            if any(s["part"] == "chair" and s["agency_id"] == me.agency_id for s in seats):
                found.append(SUM)
        if of.section == "meetings":
            found.append(self.of_meeting(me, of, at))
        return found

    def intelligence(self, me: Actor, of: Of, at: datetime) -> list[int]:
        told = max(
            self.by_team(me, of, at), self.by_emergency(me, of, at), self.by_seat(me, of, at)
        )
        share = self.by_share(me, of, at)
        # There is no summary of intelligence: less than the whole is only told of.
        found = [min(told, SEALED), share if share == FULL else min(share, SEALED)]
        member = self.live("handling_member", at, group_id=of.handling, user_id=me.user_id)
        if me.role in CONTENT and member and of.owner == me.agency_id and self.in_area(me, of, at):
            found.append(FULL)
        return found

    def besides_on_team(self, me: Actor, of: Of, at: datetime) -> list[int]:
        told = max(
            self.by_team(me, of, at), self.by_emergency(me, of, at), self.by_seat(me, of, at)
        )
        found = [min(told, SEALED), self.own_of_officer(me, of, at)]
        if self.live(
            "case_worker", at, person_id=of.person, user_id=me.user_id, agency_id=me.agency_id
        ):
            found += [self.by_team(me, of, at), self.by_share(me, of, at), self.own(me, of, at)]
        return found

    # Single grounds

    def case_reader(self, me: Actor, of: Of, at: datetime) -> bool:
        if me.role not in CASE:
            return False
        if me.role != "supervisor":
            return True
        return bool(self.live("case_worker", at, person_id=of.person, team_id=me.team_id))

    def in_area(self, me: Actor, of: Of, at: datetime) -> bool:
        return bool(self.live("person_area", at, person_id=of.person, area_id=me.area_id))

    def team(self, me: Actor, of: Of, at: datetime) -> list[Row]:
        return self.live("case_team", at, person_id=of.person, agency_id=me.agency_id)

    def by_team(self, me: Actor, of: Of, at: datetime) -> int:
        if not self.case_reader(me, of, at):
            return NONE
        rows = self.team(me, of, at)
        return max((self.cell(r["capacity_id"], of.section, at) for r in rows), default=NONE)

    def by_share(self, me: Actor, of: Of, at: datetime) -> int:
        if not self.case_reader(me, of, at):
            return NONE
        rows = self.live(
            "share",
            at,
            person_id=of.person,
            agency_id=me.agency_id,
            section=of.section,
            owner_agency_id=of.owner,
        )
        return max(
            (r["level"] for r in rows if r["record_id"] in (NOBODY, of.record)), default=NONE
        )

    def by_emergency(self, me: Actor, of: Of, at: datetime) -> int:
        if me.role not in CASE:
            return NONE
        rows = self.live("emergency", at, user_id=me.user_id, person_id=of.person)
        return max((self.cell(r["capacity_id"], of.section, at) for r in rows), default=NONE)

    def by_seat(self, me: Actor, of: Of, at: datetime) -> int:
        if me.role != "chair":
            return NONE
        rows = self.seats(me, of, at, "chair")
        return max((self.cell(r["capacity_id"], of.section, at) for r in rows), default=NONE)

    def seats(self, me: Actor, of: Of, at: datetime, part: str) -> list[Row]:
        return self.live(
            "meeting_seat",
            at,
            person_id=of.person,
            user_id=me.user_id,
            agency_id=me.agency_id,
            part=part,
        )

    def by_preparing(self, me: Actor, of: Of, at: datetime) -> int:
        if me.role != "coordinator" or not self.seats(me, of, at, "coordinator"):
            return NONE
        if not self.in_area(me, of, at):
            return NONE
        rows = self.live(
            "role_cell",
            at,
            section=of.section,
            area_id=me.area_id,
            role="coordinator_preparing",
        )
        return max((r["level"] for r in rows), default=NONE)

    def by_role(self, me: Actor, of: Of, at: datetime) -> int:
        entitled = (me.role == "coordinator" and self.in_area(me, of, at)) or (
            me.role == "information_officer" and self.team(me, of, at)
        )
        if not entitled:
            return NONE
        rows = self.live(
            "role_cell", at, section=of.section, area_id=me.area_id, role=me.role.value
        )
        return max((r["level"] for r in rows), default=NONE)

    def own(self, me: Actor, of: Of, at: datetime) -> int:
        mine = of.owner == me.agency_id and self.in_area(me, of, at)
        return FULL if mine and self.case_reader(me, of, at) else NONE

    def own_of_officer(self, me: Actor, of: Of, at: datetime) -> int:
        mine = of.owner == me.agency_id and self.in_area(me, of, at)
        return FULL if mine and me.role == "information_officer" else NONE

    def of_meeting(self, me: Actor, of: Of, at: datetime) -> int:
        seats = self.began("meeting_seat", at, meeting_id=of.meeting, agency_id=me.agency_id)
        if self.case_reader(me, of, at) and seats and self.team(me, of, at):
            return FULL
        leads = [
            s for s in seats if s["user_id"] == me.user_id and s["part"] in ("chair", "coordinator")
        ]
        return FULL if leads and me.role in ("chair", "coordinator") else NONE


RIGHTS = (
    "posting",
    "person_area",
    "agreement_cell",
    "role_cell",
    "case_team",
    "case_worker",
    "share",
    "exclusion",
    "emergency",
    "handling_member",
    "meeting_seat",
    "named_reader",
    "mark",
)
