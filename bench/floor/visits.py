"""The floor's reads for the pages of visits: my visits, and the supervisor's view."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bench.floor.sql import Floor, typed
from mappa.access.actor import Actor
from mappa.access.asking import Decision
from mappa.access.reading import Seen
from mappa.access.terms import Level, Role
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.visits import drafts
from mappa.visits import queries as visits
from mappa.visits.backlog import counting
from mappa.visits.backlog import queries as backlog
from mappa.visits.backlog.counting import OWED_WITHIN, Counted, Owed
from mappa.visits.backlog.rules import LOOKED_BACK, Age, Backlog, due_between
from mappa.visits.rounds import queries as rounds
from mappa.visits.views import lists

DRAFTS = """
SELECT d.person_id, d.visit_id, d.at, p.given_name, p.family_name
FROM visit_draft d JOIN person p ON p.id = d.person_id
WHERE d.user_id = :user AND d.ends_at > :at ORDER BY d.at DESC LIMIT 20
"""
DUE = """
SELECT d.*, u.name AS owner_name, a.name AS owed_by_name, p.given_name, p.family_name, p.risk_band
FROM deadline d JOIN user_account u ON u.id = d.owner_user_id
JOIN agency a ON a.id = d.owed_by_agency_id JOIN person p ON p.id = d.person_id
WHERE d.owner_user_id = :user AND d.state = 'open'
  AND d.kind IN ('visit', 'visit-unannounced', 'visit-try-again')
ORDER BY d.due_on, d.id LIMIT 500
"""
PLANNED = """
SELECT v.*, a.name AS agency_name, a.type AS agency_type, p.given_name, p.family_name
FROM visit_officer o JOIN visit v ON v.id = o.subject_id
JOIN agency a ON a.id = v.owner_agency_id JOIN person p ON p.id = v.person_id
WHERE o.user_id = :user AND o.attended = :no AND v.state = 'planned'
ORDER BY v.window_to, v.id LIMIT 50
"""
_TEAM = "(:team_only = 0 OR {column} = :team)"
STAFF = f"""
SELECT DISTINCT p.user_id FROM posting p
WHERE p.agency_id = :agency AND p.state = 1 AND p.ends_at > :at
  AND {_TEAM.format(column="p.team_id")}
"""
ABOVE = f"""
SELECT w.user_id, count(DISTINCT w.person_id) AS people
FROM posting p JOIN case_worker w ON w.user_id = p.user_id
WHERE p.agency_id = :agency AND p.state = 1 AND p.ends_at > :at
  AND {_TEAM.format(column="p.team_id")} AND w.state = 1 AND w.ends_at > :at
GROUP BY w.user_id HAVING count(DISTINCT w.person_id) > 50 ORDER BY people DESC LIMIT 20
"""
_OWED_HERE = f"d.owed_by_agency_id = :agency AND {_TEAM.format(column='d.owner_team_id')}"
_MINE = "AND d.kind IN ('visit', 'visit-unannounced')"
_ENDS = ", ".join(
    f"sum(CASE WHEN opened_at < :after_{n} AND due_on < :end_{n} THEN 1 ELSE 0 END) AS at_{n}"
    for n in range(6)
)
_ENDED = ", ".join(
    f"sum(CASE WHEN opened_at < :after_{n} AND due_on < :end_{n} AND closed_at >= :after_{n}"
    f" THEN 1 ELSE 0 END) AS at_{n}"
    for n in range(6)
)
LATE = f"""
SELECT band, CASE WHEN due_on >= :week THEN 'week' WHEN due_on >= :month THEN 'month'
  WHEN due_on >= :quarter THEN 'quarter' ELSE 'longer' END AS age,
  count(*) AS several, min(due_on) AS oldest_on, {_ENDS}
FROM (SELECT d.due_on, d.opened_at, p.risk_band AS band
  FROM deadline d JOIN person p ON p.id = d.person_id
  WHERE {_OWED_HERE} AND d.state = 'open' {_MINE} AND d.due_on < :today
  ORDER BY d.due_on, d.id LIMIT 2000) AS late
GROUP BY 1, 2
"""
OWED = f"""
SELECT d.kind, count(*) AS several, min(d.due_on) AS oldest_on FROM deadline d
WHERE {_OWED_HERE} AND d.state = 'open' AND d.kind IN ('visit-write-up', 'visit-commitment')
  AND d.due_on <= CASE WHEN d.kind = 'visit-write-up' THEN :today ELSE :until END
GROUP BY d.kind
"""
ENDED = f"""
SELECT count(*) AS several, {_ENDED} FROM (SELECT d.due_on, d.opened_at, d.closed_at
  FROM deadline d WHERE {_OWED_HERE} AND d.state = 'closed' {_MINE}
  AND d.closed_at >= :since AND d.due_on <= :today LIMIT 2001) AS ended
"""
KEPT = """
SELECT state, announced, outcome, planned, count(*) AS several FROM (
  SELECT * FROM (SELECT state, announced, outcome, planned_at IS NOT NULL AS planned FROM visit v
    WHERE owner_agency_id = :agency AND state = 'made' AND made_on >= :since
    AND (:team_only = 0 OR EXISTS (SELECT 1 FROM case_worker w WHERE w.person_id = v.person_id
      AND w.team_id = :team AND w.state = 1 AND w.ends_at > :at))
    ORDER BY made_on DESC, id DESC LIMIT 2000) AS made
  UNION ALL SELECT * FROM (SELECT state, announced, outcome, planned_at IS NOT NULL AS planned
    FROM visit WHERE owner_agency_id = :agency AND state IN ('missed', 'withdrawn')
    AND ended_at >= :since_at LIMIT 2000) AS not_made) AS kept
GROUP BY state, announced, outcome, planned
"""


class VisitReads:
    """What the pages of visits ask for, by raw SQL."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def in_the_place_of(self) -> list[tuple[Any, str, Any]]:
        """Module, name, and what stands in its place."""
        return [
            (drafts, "mine", self.drafts),
            (rounds, "listed", self.listed),
            (rounds, "due", lambda actor, _kinds: self.floor.seen(DUE, user=actor.user_id)),
            (visits, "my_planned", self.planned),
            (lists, "decide", lambda *_: Decision(False, ())),
            (backlog, "staff", self.staff),
            (backlog, "above", self.above),
            (counting, "counted", self.counted),
            (counting, "ended_late", self.ended_late),
            (counting, "kept", self.kept),
            (agencies, "type_of", lambda _agency: "police"),
        ]

    def drafts(self, actor: Actor, *, now: datetime) -> list[Any]:
        self._drafts = self._rows(DRAFTS, user=actor.user_id, at=now)
        return [(each["person_id"], None, each["at"]) for each in self._drafts]

    def listed(self, _actor: Actor, _ids: Collection[UUID]) -> dict[UUID, Seen]:
        """The people of the drafts, which came with them."""
        return {
            each["person_id"]: Seen(each["person_id"], Level.FULL, each) for each in self._drafts
        }

    def planned(self, actor: Actor) -> list[Seen]:
        return self.floor.seen(PLANNED, user=actor.user_id, no=False)

    def staff(self, actor: Actor) -> list[UUID]:
        found = self._rows(STAFF, **_binds(actor), at=uow.current().at)
        return [each["user_id"] for each in found]

    def above(self, actor: Actor, _staff: Sequence[UUID]) -> list[tuple[UUID, int]]:
        found = self._rows(ABOVE, **_binds(actor), at=uow.current().at)
        return [(each["user_id"], each["people"]) for each in found]

    def counted(
        self, actor: Actor, _narrow: Any, today: date, ends: Sequence[date], _above: Any = ()
    ) -> Counted:
        binds = _binds(actor) | {"today": today}
        ages = {each.value: due_between(each, today)[0] for each in Age if each is not Age.LONGER}
        late = self._rows(LATE, **binds, **ages, **counting.binds_of(ends))
        counts: Counter[tuple[str, Age]] = Counter()
        oldest: dict[str, int] = {}
        for each in late:
            counts[each["band"], Age(each["age"])] += each["several"]
            days = (today - each["oldest_on"]).days
            oldest[each["band"]] = max(oldest.get(each["band"], 0), days)
        at_ends = [sum(each[f"at_{n}"] for each in late) for n in range(len(ends))]
        owed = self._rows(OWED, **binds, until=today + OWED_WITHIN)
        return Counted(
            Backlog(counts, oldest), counts.total() >= backlog.MOST, at_ends, {},
            {each["kind"]: Owed(each["several"], each["oldest_on"]) for each in owed},
        )  # fmt: skip

    def ended_late(
        self, actor: Actor, _narrow: Any, since: datetime, ends: Sequence[date]
    ) -> list[int] | None:
        binds = _binds(actor) | {"since": since, "today": ends[-1]}
        found = self._rows(ENDED, **binds, **counting.binds_of(ends))[0]
        return [found[f"at_{n}"] or 0 for n in range(len(ends))]

    def kept(
        self, actor: Actor, _staff: Sequence[UUID], today: date, since: datetime
    ) -> list["_Row"]:
        found = self._rows(
            KEPT, **_binds(actor), at=uow.current().at, since=today - LOOKED_BACK, since_at=since
        )
        return [_Row(each) for each in found]

    def _rows(self, statement: str, **binds: Any) -> list[dict[str, Any]]:
        found = self.floor.rows(statement, **binds)
        return [typed(each) for each in found] if self.floor.sqlite else found


class _Row:
    """A row whose columns are attributes."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self.__dict__.update(columns)


def _binds(actor: Actor) -> dict[str, Any]:
    return {
        "agency": actor.agency_id, "team": actor.team_id,
        "team_only": int(actor.role is Role.SUPERVISOR),
    }  # fmt: skip
