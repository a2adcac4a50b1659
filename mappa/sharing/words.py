"""How pages of sharing say sections, levels and lawful bases. Pure."""

from collections.abc import Sequence
from typing import Any

from config.lawful_bases import Condition, Statute, lawful_bases
from mappa.access.terms import Capacity, Level, Section
from mappa.sharing.shares.rules import Basis

SECTIONS: dict[Section, str] = {
    Section.IDENTITY: "Identity",
    Section.WARNINGS: "Warnings to staff",
    Section.CONTACT: "Contact and addresses",
    Section.OFFENCES: "Offences",
    Section.ORDERS: "Orders and notification",
    Section.RISK: "Risk",
    Section.PLAN: "Plan",
    Section.VISITS: "Visits",
    Section.INTELLIGENCE: "Intelligence",
    Section.MEETINGS: "Meetings",
    Section.VICTIMS: "Victims and children",
    Section.HEALTH: "Health",
    Section.SHARING: "Team and sharing",
}

CAPACITIES: dict[Capacity, str] = {
    Capacity.LEAD: "Lead",
    Capacity.RESPONSIBLE: "Responsible authority",
    Capacity.COOPERATE: "Duty to co-operate",
    Capacity.COOPERATE_CHILDREN: "Duty to co-operate",
    Capacity.COOPERATE_HOUSING: "Duty to co-operate",
    Capacity.ASSOCIATE: "Associate",
}

IN_SENTENCE: dict[Section, str] = {
    Section.IDENTITY: "identity",
    Section.WARNINGS: "warnings to staff",
    Section.CONTACT: "contact and addresses",
    Section.OFFENCES: "offences",
    Section.ORDERS: "orders and notification",
    Section.RISK: "risk",
    Section.PLAN: "the plan",
    Section.VISITS: "visits",
    Section.INTELLIGENCE: "intelligence",
    Section.MEETINGS: "meetings",
    Section.VICTIMS: "victims and children",
    Section.HEALTH: "health",
    Section.SHARING: "team and sharing",
}
"""The same within a sentence."""

AMOUNTS: dict[Level, str] = {Level.FULL: "Full", Level.SUM: "Summary"}

REGIMES: dict[str, str] = {
    "part-3": "Data Protection Act 2018, Part 3: law enforcement",
    "uk-gdpr": "UK GDPR",
}


def basis_words(basis: Basis, *, short: bool = False) -> list[str]:
    """A lawful basis, a line for each part: the statutes, what else was named, the condition."""
    bases = lawful_bases()
    statutes = {each.id: each.short if short else _sure(each, each.name) for each in bases.statutes}
    conditions = {each.id: _sure(each, each.name) for each in bases.conditions}
    said: Sequence[str] = [statutes.get(each, each) for each in basis.statutes]
    said = [*said, *([basis.other] if basis.other else [])]
    if short:
        return list(said)
    return [*said, f"{REGIMES[basis.regime]}. {conditions.get(basis.condition, '')}".strip()]


def basis_options(jurisdiction: str) -> dict[str, Any]:
    """What a form of a lawful basis offers: statutes of a jurisdiction, regimes, conditions."""
    bases = lawful_bases()
    return {
        "statutes": [
            (each.id, each.name, _sure(each, each.says)) for each in bases.statutes_in(jurisdiction)
        ],
        "regimes": list(REGIMES.items()),
        "conditions": {
            regime: [(each.id, _sure(each, each.name)) for each in bases.conditions_of(regime)]
            for regime in REGIMES
        },
    }


def _sure(named: Statute | Condition, said: str) -> str:
    return said if named.verified else f"{said} (not yet verified)"
