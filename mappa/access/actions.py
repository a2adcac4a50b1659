"""What one can do, and who may: a table from action to lines of named predicates.

Reading a section is ``Action.…_READ`` and decided by ``policy.READ``; acts are decided here. Every
route names one of these actions. ``ANYONE`` needs no sign-in, ``SIGNED_IN`` only a session.
"""

from dataclasses import dataclass
from enum import StrEnum

from mappa.access import predicates as p
from mappa.access.policy import Line
from mappa.access.predicates import role_in
from mappa.access.terms import PRACTITIONERS, SUPERVISORS, Level, Role, Section


class Action(StrEnum):
    """``<thing>:<verb>``; never renamed, for the audit holds them."""

    SIGN_IN = "session:begin"
    ACCOUNT = "account:keep"
    HOME = "home:read"
    NOTICES = "notice:read"
    PEOPLE_LIST = "person:list"
    PERSON_READ = "person:read"
    PERSON_ADD = "person:add"
    PERSON_MERGE = "person:merge"
    PERSON_MERGE_ASK = "person:merge-ask"
    MERGE_REQUESTS = "merge-request:read"
    PEOPLE_IMPORT = "person:import"
    PEOPLE_EXPORT = "person:export"
    MATCH_DECIDE = "match:decide"
    TIMELINE_READ = "timeline:read"
    WARNING_READ = "warning:read"
    WARNING_ADD = "warning:add"
    ADDRESS_READ = "address:read"
    ADDRESS_ADD = "address:add"
    FILE_READ = "file:read"
    FILE_ADD = "file:add"
    RECORD_READ = "record:read"
    RECORD_WRITE = "record:write"
    IDENTITY_WRITE = "identity:write"
    CONTACT_WRITE = "contact:write"
    ASSOCIATE_WRITE = "associate:write"
    OFFENCE_WRITE = "offence:write"
    ORDER_WRITE = "order:write"
    VICTIM_WRITE = "victim:write"
    LEVEL_REVIEW = "level:review"
    RISK_READ = "risk:read"
    RISK_ASSESS = "risk:assess"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    VISIT_READ = "visit:read"
    VISIT_LOG = "visit:log"
    VISIT_PLAN = "visit:plan"
    ENTRY_SAY = "entry:say"
    WARRANT_RECORD = "warrant:record"
    REACTIVE_PROPOSE = "reactive:propose"
    REACTIVE_DECIDE = "reactive:decide"
    REACTIVE_RECONSIDER = "reactive:reconsider"
    SAMPLE_READ = "sample:read"
    SAMPLE_DRAW = "sample:draw"
    SAMPLE_RECORD = "sample:record"
    SAMPLE_PLAN = "sample:plan"
    VISIT_COMMIT = "visit:commit"
    VISIT_COMMIT_DECIDE = "visit:commit-decide"
    VISIT_BACKLOG = "visit:backlog"
    ROUND_PRINT = "round:print"
    VISIT_CORRECT = "visit:correct"
    VISIT_COUNTERSIGN = "visit:countersign"
    INTELLIGENCE_READ = "intelligence:read"
    INTELLIGENCE_ADD = "intelligence:add"
    MEETING_READ = "meeting:read"
    MEETING_OPEN = "meeting:open"
    MEETING_RUN = "meeting:run"
    MEETING_CHAIR = "meeting:chair"
    MEETING_CIRCULATE = "meeting:circulate"
    ACTION_READ = "action:read"
    ACTION_UPDATE = "action:update"
    HANDOVER_READ = "handover:read"
    HANDOVER_OFFER = "handover:offer"
    HANDOVER_ANSWER = "handover:answer"
    DEPUTY_NAME = "deputy:name"
    TEAM_SET = "team:set"
    TEAM_NAME = "team:name"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_END = "emergency:end"
    EMERGENCY_REVIEW = "emergency:review"
    ORDERS_READ = "orders:read"
    SHARING_READ = "sharing:read"
    REQUEST_ASK = "request:ask"
    REQUEST_ANSWER = "request:answer"
    SHARING_OPEN = "sharing:open"
    SHARING_LOOK = "sharing:see-as"
    SHARE_LIST = "share:list"
    SHARE_MAKE = "share:make"
    HISTORY_READ = "history:read"
    DEADLINE_EXPLAIN = "deadline:explain"
    DUTY_SNOOZE = "duty:snooze"
    DUTY_HAND_OVER = "duty:hand-over"
    DUTY_ASSIGN = "duty:assign"
    RULES_READ = "rules:read"
    RULES_SET = "rules:set"
    AUDIT_READ = "audit:read"
    POSTINGS_ADMINISTER = "posting:administer"
    AREAS_ADMINISTER = "area:administer"
    HOLIDAYS_ADMINISTER = "holiday:administer"
    HEALTH_READ = "health:read"
    DELIVERY_RETRY = "delivery:retry"
    PARKED_READ = "parked:read"
    APPROVAL_ANSWER = "approval:answer"
    EXCLUDE = "exclusion:set"
    MARK_SET = "mark:set"


@dataclass(frozen=True)
class Grant:
    """Who may do an action.

    ``section`` is None for acts that concern no person; then the lines only look at the reader.
    """

    lines: tuple[Line, ...]
    section: Section | None = None
    need: Level = Level.SUM


_WRITERS = (*PRACTITIONERS, *SUPERVISORS, Role.DUTY_OFFICER)
writes_records = role_in(*_WRITERS, name="writes_records")
is_protection_officer_or_supervisor = role_in(Role.PROTECTION_OFFICER, *SUPERVISORS)
is_signed_in = role_in(*Role, name="is_signed_in")
reads_people = role_in(
    *_WRITERS, Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_OFFICER, name="reads_people"
)
adds_people = role_in(
    Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.COORDINATOR, name="adds_people"
)
adds_cases = role_in(Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, name="adds_cases")
manages_cases = role_in(
    Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SOCIAL_WORKER, name="manages_cases"
)
approves = role_in(
    *_WRITERS,
    Role.COORDINATOR,
    Role.INFORMATION_OFFICER,
    Role.AGENCY_ADMINISTRATOR,
    name="approves",
)
asks_others = role_in(*_WRITERS, Role.INFORMATION_OFFICER, name="asks_others")
is_social_worker = role_in(Role.SOCIAL_WORKER)
is_of_justice_social_work = p.agency_is("justice-social-work")
is_police = p.agency_is("police")

OWN_RECORD: Line = (
    writes_records,
    p.own_record,
    p.in_area,
    p.on_team_at_all,
    p.of_own_team,
)
"""Own agency's record, about a person on whose case team the agency is."""
_OWN_RECORD_AS_PERSON: Line = (*OWN_RECORD, p.on_team_as_person)
"""The same, by somebody who is on the case team as a person."""

_SUPERVISING_OWN: Line = (
    p.SUPERVISE,
    p.own_record,
    p.in_area,
    p.on_team_at_all,
    p.of_own_team,
)
"""Own agency's record, by who answers for whoever writes it."""

_SIGNED_IN: tuple[Line, ...] = ((is_signed_in,),)
_PEOPLE: tuple[Line, ...] = ((reads_people,),)
_ADDING: tuple[Line, ...] = ((adds_people,), (is_social_worker, is_of_justice_social_work))


def _only(*roles: Role) -> tuple[Line, ...]:
    return ((role_in(*roles),),)


def _reading(section: Section) -> Grant:
    return Grant(_PEOPLE, section)


def _writing(section: Section, *lines: Line) -> Grant:
    return Grant(lines or (OWN_RECORD,), section)


ANYONE = frozenset({Action.SIGN_IN})
"""Open to somebody who is not signed in."""

GRANTS: dict[Action, Grant] = {
    Action.SIGN_IN: Grant(_SIGNED_IN),
    Action.ACCOUNT: Grant(_SIGNED_IN),
    Action.HOME: Grant(_SIGNED_IN),
    Action.NOTICES: Grant(_SIGNED_IN),
    Action.PARKED_READ: Grant(_SIGNED_IN),
    Action.PEOPLE_LIST: Grant(_PEOPLE),
    Action.PERSON_READ: _reading(Section.IDENTITY),
    Action.PERSON_ADD: Grant(_ADDING),
    # Who may not add one person may not add a thousand, however senior.
    Action.PEOPLE_IMPORT: Grant(_ADDING),
    Action.PEOPLE_EXPORT: Grant(
        _only(*SUPERVISORS, Role.COORDINATOR, Role.INFORMATION_OFFICER),
    ),
    # Besides, the service asks that nothing is kept from the case worker on either record.
    Action.PERSON_MERGE: Grant(
        (
            (writes_records, p.in_area, p.on_team_at_all, p.of_own_team),
            (role_in(Role.COORDINATOR), p.in_area),
        ),
        Section.IDENTITY,
        Level.FULL,
    ),
    Action.PERSON_MERGE_ASK: Grant(((reads_people, p.in_area),), Section.IDENTITY),
    Action.MERGE_REQUESTS: Grant(_only(Role.COORDINATOR)),
    # Only who sees the people of the area can tell two of them apart.
    Action.MATCH_DECIDE: Grant(_only(Role.COORDINATOR)),
    Action.TIMELINE_READ: _reading(Section.IDENTITY),
    Action.WARNING_READ: _reading(Section.WARNINGS),
    Action.WARNING_ADD: _writing(Section.WARNINGS),
    Action.ADDRESS_READ: _reading(Section.CONTACT),
    Action.ADDRESS_ADD: _writing(Section.CONTACT),
    # In whose section a file stands follows its kind; adding and ending is for its owner's writers.
    Action.FILE_READ: _reading(Section.IDENTITY),
    Action.FILE_ADD: _writing(Section.IDENTITY),
    Action.RECORD_READ: _reading(Section.IDENTITY),
    # The door to the forms of the record; each kind then asks for the act of its own section.
    Action.RECORD_WRITE: Grant(_PEOPLE),
    Action.IDENTITY_WRITE: _writing(Section.IDENTITY),
    Action.CONTACT_WRITE: _writing(Section.CONTACT),
    Action.ASSOCIATE_WRITE: _writing(Section.RISK),
    Action.OFFENCE_WRITE: _writing(Section.OFFENCES),
    Action.ORDER_WRITE: _writing(Section.ORDERS),
    Action.VICTIM_WRITE: _writing(Section.VICTIMS, _OWN_RECORD_AS_PERSON),
    # Ordinary management is the lead agency's: it reviews level 1, and owns the person's own facts.
    Action.LEVEL_REVIEW: _writing(Section.IDENTITY),
    Action.RISK_READ: _reading(Section.RISK),
    Action.RISK_ASSESS: _writing(Section.RISK),
    Action.PLAN_READ: _reading(Section.PLAN),
    Action.PLAN_WRITE: _writing(Section.PLAN),
    Action.VISIT_READ: _reading(Section.VISITS),
    Action.VISIT_LOG: _writing(Section.VISITS),
    Action.VISIT_PLAN: _writing(Section.VISITS),
    # A warrant to enter so as to assess the risk is the police's alone to ask for.
    Action.ENTRY_SAY: _writing(Section.VISITS, (is_police, *OWN_RECORD)),
    Action.WARRANT_RECORD: _writing(Section.VISITS, (is_police, *_SUPERVISING_OWN)),
    # Besides, the service asks that nobody decides on what they proposed themselves.
    Action.REACTIVE_PROPOSE: _writing(
        Section.VISITS, (is_protection_officer_or_supervisor, is_police, *OWN_RECORD)
    ),
    Action.REACTIVE_DECIDE: _writing(Section.VISITS, (is_police, *_SUPERVISING_OWN)),
    # The door to changes that ask to look again: each is open to named readers alone.
    Action.REACTIVE_RECONSIDER: Grant(_PEOPLE),
    # Whom of a sample the reader sees is asked of the policy, person by person.
    Action.SAMPLE_READ: Grant(_only(*SUPERVISORS, Role.AUDITOR)),
    Action.SAMPLE_DRAW: Grant(_only(*SUPERVISORS, Role.AUDITOR)),
    Action.SAMPLE_RECORD: Grant(((p.SUPERVISE,),)),
    # Besides, the service asks for the act of planning, person by person.
    Action.SAMPLE_PLAN: Grant(((p.SUPERVISE,),)),
    # From the agreed plan by whoever visits; without one only a supervisor decides.
    Action.VISIT_COMMIT: _writing(Section.VISITS),
    Action.VISIT_COMMIT_DECIDE: _writing(Section.VISITS, _SUPERVISING_OWN),
    Action.VISIT_BACKLOG: Grant(((p.SUPERVISE,),)),
    # Everything on the paper is asked of the policy; the act has a name of its own in the audit.
    Action.ROUND_PRINT: Grant(_PEOPLE),
    # Besides, the service asks that it is the author; a supervisor may withdraw it too.
    Action.VISIT_CORRECT: _writing(Section.VISITS),
    # Never the author (the service asks).
    Action.VISIT_COUNTERSIGN: _writing(Section.VISITS, _SUPERVISING_OWN),
    Action.INTELLIGENCE_READ: _reading(Section.INTELLIGENCE),
    # Nobody can file what they could not read: hence the handling group.
    Action.INTELLIGENCE_ADD: _writing(
        Section.INTELLIGENCE,
        (
            is_protection_officer_or_supervisor,
            is_police,
            p.own_record,
            p.in_area,
            p.on_team_at_all,
            p.of_own_team,
            p.in_handling_group,
        ),
    ),
    Action.MEETING_READ: _reading(Section.MEETINGS),
    # Planning names the chair, and the seat opens the case to the chair: so no chair plans.
    Action.MEETING_OPEN: _writing(
        Section.MEETINGS,
        (role_in(Role.COORDINATOR), p.in_area),
        _SUPERVISING_OWN,
    ),
    # What is written in a meeting belongs to its owner: hence the own record.
    Action.MEETING_RUN: _writing(
        Section.MEETINGS, (role_in(Role.CHAIR, Role.COORDINATOR), p.chaired, p.own_record)
    ),
    Action.MEETING_CHAIR: _writing(
        Section.MEETINGS, (role_in(Role.CHAIR), p.chaired, p.own_record)
    ),
    Action.MEETING_CIRCULATE: _writing(
        Section.MEETINGS, (role_in(Role.CHAIR, Role.COORDINATOR), p.chaired)
    ),
    Action.ACTION_READ: _reading(Section.MEETINGS),
    Action.ACTION_UPDATE: Grant(_PEOPLE),
    Action.HANDOVER_READ: Grant(_PEOPLE),
    # The service lets a co-ordinator do so only where the lead agency has nobody for it.
    Action.HANDOVER_OFFER: _writing(
        Section.IDENTITY,
        (manages_cases, p.own_record, p.in_area, p.on_team_at_all, p.on_team_as_person),
        _SUPERVISING_OWN,
        (role_in(Role.COORDINATOR), p.in_area),
    ),
    # Who leads a case is one who may add a person.
    Action.HANDOVER_ANSWER: _writing(
        Section.IDENTITY,
        (adds_cases, p.in_area, p.on_team_at_all),
        (is_social_worker, is_of_justice_social_work, p.in_area, p.on_team_at_all),
    ),
    Action.DEPUTY_NAME: Grant(((manages_cases,), (p.SUPERVISE,))),
    # The case team is the lead agency's; of whom it is the record is the lead's.
    Action.TEAM_SET: _writing(
        Section.SHARING,
        (manages_cases, p.own_record, p.in_area, p.on_team_at_all, p.on_team_as_person),
        _SUPERVISING_OWN,
    ),
    # Of another agency than the lead: its supervisors name its workers (the service asks whose).
    Action.TEAM_NAME: _writing(Section.SHARING, _SUPERVISING_OWN),
    # Nobody is named before the look-up; then the service asks what keeps the user out.
    Action.EMERGENCY_OPEN: Grant(_only(Role.DUTY_OFFICER)),
    # One's own: it takes access away.
    Action.EMERGENCY_END: Grant(_PEOPLE),
    # The service lets a co-ordinator do so only where the lead agency has nobody for it, and never
    # the one whose use it is.
    Action.EMERGENCY_REVIEW: _writing(
        Section.SHARING,
        (role_in(Role.INFORMATION_OFFICER), p.own_record, p.in_area),
        (role_in(Role.COORDINATOR), p.in_area),
    ),
    Action.ORDERS_READ: _reading(Section.ORDERS),
    Action.SHARING_READ: _reading(Section.SHARING),
    # What another agency sees, or what all of them saw or will see on another day: never more than
    # the reader sees (docs/decisions/0018).
    Action.SHARING_LOOK: _writing(
        Section.SHARING,
        (role_in(Role.INFORMATION_OFFICER), p.own_record, p.in_area),
        (role_in(Role.COORDINATOR), p.in_area),
    ),
    # Each of them keeps out others than the other two (the service asks): own users, or an agency.
    Action.EXCLUDE: _writing(
        Section.SHARING,
        (role_in(Role.INFORMATION_OFFICER), p.in_area, p.on_team_at_all),
        (p.SUPERVISE, p.in_area, p.on_team_at_all, p.of_own_team),
        (role_in(Role.COORDINATOR), p.in_area),
    ),
    # Besides, the service asks that the record is read in full: intelligence only by its group.
    Action.MARK_SET: _writing(
        Section.SHARING,
        (role_in(Role.INFORMATION_OFFICER), p.own_record, p.in_area),
        (p.SUPERVISE, p.own_record, p.in_area, p.of_own_team),
        (writes_records, p.own_record, p.in_area, p.in_handling_group),
    ),
    # About a person whom one sees the service asks for that besides; about others nothing is asked.
    Action.REQUEST_ASK: Grant(((asks_others,),)),
    Action.REQUEST_ANSWER: _writing(
        Section.SHARING, (role_in(Role.INFORMATION_OFFICER), p.own_record, p.in_area)
    ),
    # The door to sharing across people; what stands behind it asks for acts of its own.
    Action.SHARING_OPEN: Grant(_PEOPLE),
    Action.SHARE_LIST: Grant(_only(Role.INFORMATION_OFFICER)),
    # Of a person of whom the office sees nothing the service makes no share: that is not found.
    Action.SHARE_MAKE: _writing(
        Section.SHARING, (role_in(Role.INFORMATION_OFFICER), p.own_record, p.in_area)
    ),
    Action.HISTORY_READ: _reading(Section.IDENTITY),
    Action.DEADLINE_EXPLAIN: Grant(_SIGNED_IN),
    # The service asks besides whose duty it is: one's own, of whom one covers or answers for.
    Action.DUTY_SNOOZE: Grant(_PEOPLE),
    Action.DUTY_HAND_OVER: Grant(_PEOPLE),
    Action.DUTY_ASSIGN: Grant(((p.SUPERVISE,),)),
    Action.RULES_READ: Grant(_SIGNED_IN),
    # Of the own area, and only where no law or guidance gives the number (the service asks).
    Action.RULES_SET: Grant(_only(Role.RULES_ADMINISTRATOR, Role.COORDINATOR)),
    Action.AUDIT_READ: Grant(_only(Role.AUDITOR)),
    # The door to what takes two people; each kind then asks for the act itself, of both of them.
    Action.APPROVAL_ANSWER: Grant(((approves,),)),
    Action.POSTINGS_ADMINISTER: Grant(_only(Role.AGENCY_ADMINISTRATOR)),
    Action.AREAS_ADMINISTER: Grant(_only(Role.SYSTEM_ADMINISTRATOR)),
    Action.HOLIDAYS_ADMINISTER: Grant(_only(Role.RULES_ADMINISTRATOR)),
    Action.HEALTH_READ: Grant(_only(Role.SYSTEM_ADMINISTRATOR)),
    Action.DELIVERY_RETRY: Grant(_only(Role.SYSTEM_ADMINISTRATOR)),
}
