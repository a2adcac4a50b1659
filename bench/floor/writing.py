"""The floor's one write: a visit, its officer, the next duty, and the chained record of it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, redirect, request, url_for

from bench.floor.sql import Floor
from mappa.access.actor import Actor
from mappa.audit.chain import digest_of, partition_of
from mappa.kernel import crypto, uow
from mappa.kernel.db import NOBODY

VISIT = """
INSERT INTO visit (id, person_id, owner_agency_id, audience, handling_group_id, announced, state,
  made_on, outcome, concern_child, arrived_at, left_at, place, present_adult, present_child, adults,
  children, concerns, account, told_next, next_step, told_by, planned_by_id, written_by_id,
  written_at, end_reason, ended_by_id, version)
VALUES (:id, :person, :agency, 0, :nobody, :no, 'made', :today, 'seen_and_spoken_to', :no, :at,
  NULL, 'At home', :no, :no, '', '', '', '', :no, '', '', :nobody, :user, :at, '', :nobody, 1)
"""
OFFICER = """
INSERT INTO visit_officer (id, person_id, owner_agency_id, audience, handling_group_id, section,
  subject_id, meeting_id, user_id, name, agency, attended, place_in_list)
VALUES (:id, :person, :agency, 0, :nobody, 'visits', :visit, :nobody, :user, :name, :office,
  :yes, 0)
"""
CLOSE = """
UPDATE deadline SET state = 'closed', closed_at = :at
WHERE about_id = :person AND kind = 'visit' AND owed_by_agency_id = :agency AND state = 'open'
"""
DUTY = """
INSERT INTO deadline (id, person_id, owner_agency_id, audience, handling_group_id, section,
  subject_id, meeting_id, about_id, kind, title, rule_id, rule_version, jurisdiction, starts_on,
  due_on, owner_user_id, owner_team_id, owed_by_agency_id, opened_at, state)
VALUES (:id, :person, :agency, 0, :nobody, 'visits', :visit, :nobody, :person, 'visit',
  'Next visit', 'floor', 1, 'england-wales', :today, :today, :user, :team, :agency, :at, 'open')
"""
CARD = """
INSERT INTO visit_card (id, person_id, owner_agency_id, audience, handling_group_id, section,
  subject_id, meeting_id, kind, about_kind, about_id, what, by_whom, method, result, power, words,
  added_by_id, added_at, why, taken_back_by_id)
VALUES (:id, :person, :agency, 0, :nobody, 'visits', :visit, :nobody, :kind, '', :nobody, :what,
  :by_whom, :method, :result, '', '', :user, :at, '', :nobody)
"""
HEAD = "SELECT sequence, digest FROM audit_head WHERE partition = :partition"
ENTRY = """
INSERT INTO audit_entry (id, partition, sequence, at, actor_id, actor_agency_id, session_id,
  operation, event, records, fields, basis, recipients, outcome, request_id, previous, digest)
VALUES (:id, :partition, :sequence, :at, :actor_id, :actor_agency_id, :session_id, :operation,
  :event, :records, :fields, :basis, :recipients, :outcome, :request_id, :previous, :digest)
"""
SUBJECTS = """
INSERT INTO audit_subject (entry_id, record_id)
VALUES (:entry, :person), (:entry, :visit)
"""
MOVE = """
UPDATE audit_head SET sequence = :sequence, digest = :digest WHERE partition = :partition
"""


def log(floor: Floor) -> Callable[..., Any]:
    """The view of the last page of logging a visit."""

    def check_post(person_id: UUID, visit_id: UUID | None = None) -> Any:
        actor: Actor = g.sign_in.actor
        now, visit = uow.current().at, crypto.new_id()
        binds = {
            "person": person_id, "agency": actor.agency_id, "user": actor.user_id, "at": now,
            "nobody": NOBODY, "today": now.date(), "visit": visit, "no": False, "yes": True,
        }  # fmt: skip
        assert request.form["csrf_token"]
        with floor.writing():
            floor.rows(VISIT, **_only(VISIT, binds | {"id": visit}))
            officer = {"id": crypto.new_id(), "name": actor.name, "office": actor.agency_name}
            floor.rows(OFFICER, **_only(OFFICER, binds | officer))
            floor.rows(CLOSE, **_only(CLOSE, binds))
            duty = {"id": crypto.new_id(), "team": actor.team_id}
            floor.rows(DUTY, **_only(DUTY, binds | duty))
            _chain(floor, actor, now, person_id, visit)
        return redirect(url_for("visits.logged", person_id=person_id, visit_id=visit))

    return check_post


def card(floor: Floor) -> Callable[..., Any]:
    """The view that adds a card to a visit."""

    def card_post(person_id: UUID, visit_id: UUID, card: str) -> Any:
        actor: Actor = g.sign_in.actor
        now, form = uow.current().at, request.form
        said = {name: form.get(name, "") for name in ("what", "by_whom", "method", "result")}
        assert form["csrf_token"]
        with floor.writing():
            floor.rows(
                CARD, id=crypto.new_id(), person=person_id, agency=actor.agency_id, kind=card,
                nobody=NOBODY, visit=visit_id, user=actor.user_id, at=now, **said,
            )  # fmt: skip
            _chain(floor, actor, now, person_id, visit_id, event="visit:card-added")
        return redirect(url_for("visits.cards", person_id=person_id, visit_id=visit_id))

    return card_post


def _only(statement: str, binds: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in binds.items() if f":{name}" in statement}


def _chain(
    floor: Floor, actor: Actor, now: datetime, person: UUID, visit: UUID, *,
    event: str = "visit:logged",
) -> None:  # fmt: skip
    partition = partition_of(person)
    lock = "" if floor.sqlite else " FOR UPDATE"
    head = floor.rows(HEAD + lock, partition=partition)[0]
    entry = {
        "id": crypto.new_id(), "partition": partition, "sequence": head["sequence"] + 1, "at": now,
        "actor_id": actor.user_id, "actor_agency_id": actor.agency_id,
        "session_id": actor.session_id, "operation": "collection", "event": event,
        "records": [person.hex, visit.hex], "fields": ["outcome"], "basis": "", "recipients": [],
        "outcome": "done", "request_id": "",
    }  # fmt: skip
    digest = digest_of(entry, head["digest"])
    spelled = {name: json.dumps(entry[name]) for name in ("records", "fields", "recipients")}
    floor.rows(ENTRY, **entry | spelled, previous=head["digest"], digest=digest)
    floor.rows(SUBJECTS, entry=entry["id"], person=person, visit=visit)
    floor.rows(MOVE, partition=partition, sequence=entry["sequence"], digest=digest)
