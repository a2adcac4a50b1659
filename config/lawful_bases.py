"""By what law agencies share: statutes per jurisdiction, and conditions of each regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.document import Document, Entry
from mappa.rules.levels import Jurisdiction

LAWFUL_BASES = Path(__file__).with_name("lawful_bases.toml")
REGIMES = ("part-3", "uk-gdpr")
_CONFIDENCE = ("verified", "not_verified")


@dataclass(frozen=True, kw_only=True)
class Statute:
    """A power to share; ``short`` is how a card names it."""

    id: str
    jurisdictions: frozenset[Jurisdiction]
    name: str
    short: str
    says: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Why processing is allowed under a regime."""

    id: str
    regime: str
    name: str
    verified: bool


@dataclass(frozen=True)
class LawfulBases:
    """All of them; what one jurisdiction or regime has is asked here."""

    statutes: Sequence[Statute]
    conditions: Sequence[Condition]

    def statutes_in(self, jurisdiction: str) -> list[Statute]:
        """The statutes of a jurisdiction, in the order of the file."""
        return [each for each in self.statutes if jurisdiction in each.jurisdictions]

    def conditions_of(self, regime: str) -> list[Condition]:
        """The conditions of a regime, in the order of the file."""
        return [each for each in self.conditions if each.regime == regime]


@cache
def lawful_bases() -> LawfulBases:
    """The bases in force. Raises ``ConfigurationError``."""
    return read_lawful_bases(LAWFUL_BASES)


def read_lawful_bases(path: Path) -> LawfulBases:
    """The bases in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    statutes = [_statute(entry) for entry in document.entries("statute")]
    conditions = [_condition(entry) for entry in document.entries("condition")]
    ids = [*(each.id for each in statutes), *(each.id for each in conditions)]
    for repeated in sorted({each for each in ids if ids.count(each) > 1}):
        document.problem(f"id {repeated} is there twice")
    document.finish()
    return LawfulBases(statutes, conditions)


def _statute(entry: Entry) -> Statute:
    entry.only("id", "jurisdictions", "name", "short", "says", "confidence")
    known = {each.value: each for each in Jurisdiction}
    named = entry.texts("jurisdictions")
    for each in named:
        if each not in known:
            entry.problem(f"{each} is no jurisdiction", "jurisdictions")
    return Statute(
        id=entry.text("id"),
        jurisdictions=frozenset(known[each] for each in named if each in known),
        name=entry.text("name"),
        short=entry.text("short"),
        says=entry.text("says"),
        verified=entry.one_of("confidence", _CONFIDENCE) == "verified",
    )


def _condition(entry: Entry) -> Condition:
    entry.only("id", "regime", "name", "confidence")
    return Condition(
        id=entry.text("id"),
        regime=entry.one_of("regime", REGIMES),
        name=entry.text("name"),
        verified=entry.one_of("confidence", _CONFIDENCE) == "verified",
    )
