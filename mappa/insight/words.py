"""How pages say sections, levels, capacities, reasons and events. Pure."""

from mappa.access.terms import Capacity, Level, Role, Section
from mappa.sharing.words import CAPACITIES as CAPACITIES
from mappa.sharing.words import SECTIONS as SECTIONS

AS_MEMBER: dict[Capacity, str] = {
    Capacity.LEAD: "the lead agency",
    Capacity.RESPONSIBLE: "a responsible authority",
    Capacity.COOPERATE: "an agency with a duty to co-operate",
    Capacity.COOPERATE_CHILDREN: "children’s services with a duty to co-operate",
    Capacity.COOPERATE_HOUSING: "housing with a duty to co-operate",
    Capacity.ASSOCIATE: "an associate",
}

LEVELS: dict[Level, str] = {
    Level.FULL: "full",
    Level.SUM: "summary",
    Level.SEALED: "sealed",
    Level.NONE: "none",
}
"""The key of a sharing cell."""

AMOUNT: dict[Level, str] = {
    Level.FULL: "all of",
    Level.SUM: "a summary of",
    Level.SEALED: "that something is held in",
    Level.NONE: "nothing of",
}

SUMMARY_FIELDS: dict[Section, str] = {
    Section.IDENTITY: "Names, birth and age, category and level, lead agency and manager",
    Section.WARNINGS: "Every warning, in full",
    Section.CONTACT: "Kind of address, district of the current one, since when",
    Section.OFFENCES: "Kind of index offence, sentence, end of licence",
    Section.ORDERS: "Names of orders in force and when they end",
    Section.RISK: "Overall level, groups at risk, date, or that nobody has assessed it",
    Section.PLAN: "State and dates of the version, the measures of the agency itself",
    Section.VISITS: "Day, kind, outcome, whether there was concern for a child",
    Section.INTELLIGENCE: "A sanitised line",
    Section.MEETINGS: "The meetings to which the agency is invited",
    Section.VICTIMS: "Number and ages of children, no-contact conditions, liaison officer",
    Section.HEALTH: "A line by the health body",
    Section.SHARING: "The agency’s own line of this page",
}

NOT_IN_SUMMARY: dict[Section, str] = {
    Section.IDENTITY: "CRN, PNC and other identifiers, description, earlier levels and why",
    Section.WARNINGS: "Nothing is left out",
    Section.CONTACT: "Street and number, earlier addresses, telephone, work, vehicles, devices",
    Section.OFFENCES: "Court and date of conviction, custody and release",
    Section.ORDERS: "Conditions, orders that have ended",
    Section.RISK: "What raises and lowers the risk, the reasoning, associates",
    Section.PLAN: "Measures of other agencies",
    Section.VISITS: "Times, officers’ accounts, visits not yet made",
    Section.INTELLIGENCE: "The item, its source and its handling",
    Section.MEETINGS: "Meetings to which the agency is not invited, closed items",
    Section.VICTIMS: "Names and addresses",
    Section.HEALTH: "The health record",
    Section.SHARING: "What other agencies get",
}

_SENTENCES: dict[str, tuple[str, str]] = {
    "excluded": (
        "Excluded.",
        "{agency} is kept out of this record. An exclusion beats every share and every agreement.",
    ),
    "marked": (
        "Restricted.",
        "The record is sealed or hidden from everybody whom it does not name.",
    ),
    "follows_agreement": (
        "Under the agreement.",
        "The record follows the agreement and is not kept to named readers.",
    ),
    "named_reader": ("Named.", "The record names {agency} or its staff as readers."),
    "works_cases": ("For work on cases.", "Only staff of {agency} who work on cases see it."),
    "writes_records": ("For those who write records.", "Staff of {agency} may add to the record."),
    "reads_people": ("For those who work with people.", "Staff of {agency} may read records."),
    "supervises": ("For supervisors.", "Supervisors and the agency lead of {agency} may do this."),
    "is_signed_in": ("Signed in.", "Everybody who is signed in may do this."),
    "in_area": ("In the area.", "The case is kept in the area of {agency}."),
    "own_record": ("Own record.", "{agency} wrote it, and reads what it owns."),
    "on_team": (
        "Allowed by the agreement.",
        "{agreement} gives {capacity} on the case team {amount} {section}.",
    ),
    "on_team_at_all": ("On the case team.", "{agency} is on the case team{since}."),
    "on_team_as_person": (
        "Named on the case team.",
        "Only staff who are named on the case team see this section.",
    ),
    "of_own_team": (
        "Within the team.",
        "A supervisor sees the people of the own team; others have no such bound.",
    ),
    "shared": ("Shared.", "{owner} shares {amount} {section} of this person with {agency}."),
    "in_emergency": ("Emergency access.", "A duty officer opened the record for four hours."),
    "seated": ("For a meeting.", "The chair prepares a meeting on the person."),
    "chaired": ("Own meeting.", "It belongs to a meeting that the reader chairs or chaired."),
    "chaired_person": ("Own meeting.", "The reader chairs or chaired a meeting on the person."),
    "invited": ("Invited.", "{agency} is or was invited to the meeting."),
    "preparing": ("For a meeting.", "The co-ordinator prepares a meeting on the person."),
    "while_preparing": ("For a meeting.", "The agreement gives this section while preparing."),
    "shared_whole": ("Shared.", "The owner shares this section in full."),
    "reads_content": ("By role.", "The role reads records."),
    "manages_cases": ("By role.", "The role manages cases."),
    "adds_cases": ("By role.", "The role manages cases and may lead them."),
    "approves": ("By role.", "The role answers what takes two people."),
    "asks_others": ("By role.", "The role asks other agencies for information."),
    "adds_people": ("By role.", "The role adds people."),
    "agency_is_police": ("By agency.", "The agency is a police force."),
    "agency_is_justice_social_work": ("By agency.", "The agency is justice social work."),
    "by_role": ("By role.", "The agreement gives this section to the role, for the whole area."),
    "in_handling_group": (
        "In the handling group.",
        "Only members of the group that handles the item read it.",
    ),
    "only_told_of": (
        "Told, no more.",
        "{agency} is told that something is held and whom to ask; nothing of its content.",
    ),
    "no_line": (
        "No rule allows it.",
        "{agreement} gives {capacity} nothing of {section}, and nobody shares it with {agency}.",
    ),
}


def is_known(name: str) -> bool:
    """Whether there is a sentence for a predicate of this name."""
    return name in _SENTENCES or bool(_roles(name))


def reason(name: str, **words: str) -> tuple[str, str]:
    """A predicate that decided, as a short claim and a sentence."""
    if name in _SENTENCES:
        claim, sentence = _SENTENCES[name]
        return claim, sentence.format(**words)
    return "By role.", f"It is for these roles: {', '.join(_roles(name))}."


def _roles(name: str) -> list[str]:
    parts = name.removeprefix("is_").split("_or_")
    known = {role.value: role.words for role in Role}
    return [known[part] for part in parts if part in known] if name.startswith("is_") else []


OPERATIONS: dict[str, str] = {
    "collection": "Added",
    "alteration": "Changed",
    "consultation": "Read",
    "disclosure": "Disclosed",
    "combination": "Combined",
    "erasure": "Erased",
    "sign-in": "Signed in or out",
    "administration": "Administered",
}

OUTCOMES: dict[str, str] = {"done": "Done", "refused": "Refused"}

_THINGS = {
    "session": "sign-in",
    "home": "work",
    "person": "person",
    "timeline": "timeline",
    "court_order": "order",
}


def done(what: str, kind: str) -> str:
    """What changed, and how: ``address:added`` of an address is "Address added"."""
    return f"{what} {kind.partition(':')[2].replace('-', ' ')}".strip()


def event(name: str) -> str:
    """An audit event in words: ``visit:logged`` is "Visit: logged"."""
    thing, _, verb = name.partition(":")
    if not verb:
        thing, _, verb = name.partition(".")
    said = _THINGS.get(thing, thing).replace("_", " ").replace("-", " ")
    return f"{said[:1].upper()}{said[1:]}: {(verb or 'opened').replace('_', ' ').replace('-', ' ')}"
