"""The rules of a jurisdiction in all their versions, and what is wrong with a set of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from mappa.rules.rule import DeadlineRule


class UnknownRule(LookupError):
    """No rule of that id is in force on that day; never read as "no deadline"."""


class Fault(NamedTuple):
    """What is wrong with a set of rules, and the rule at which it shows."""

    rule: DeadlineRule
    sentence: str


def faults(rules: Iterable[DeadlineRule]) -> list[Fault]:
    """What is wrong with a set of rules as a whole: the same version twice, overlapping days."""
    by_id: dict[str, list[DeadlineRule]] = {}
    for rule in rules:
        by_id.setdefault(rule.id, []).append(rule)
    return [fault for versions in by_id.values() for fault in _faults_of(versions)]


def _faults_of(versions: list[DeadlineRule]) -> Iterator[Fault]:
    versions.sort(key=lambda rule: (rule.in_force_from, rule.version))
    for earlier, later in pairwise(versions):
        if later.version <= earlier.version:
            yield Fault(
                later,
                f"{later.id}: version {later.version} follows version {earlier.version}; "
                "versions do not rise with the day they begin",
            )
        if earlier.governs(later.in_force_from):
            yield Fault(
                later,
                f"{later.id}: version {earlier.version} is still in force when "
                f"version {later.version} begins, on {later.in_force_from}",
            )


class RuleBook:
    """The rules of one jurisdiction in all their versions; old cases keep the version of their day.

    Raises ``ValueError`` with all ``faults`` if versions repeat or overlap.
    """

    def __init__(self, rules: Iterable[DeadlineRule]) -> None:
        self._rules = tuple(rules)
        if found := faults(self._rules):
            raise ValueError("; ".join(fault.sentence for fault in found))
        self._versions: dict[str, list[DeadlineRule]] = {}
        for rule in self._rules:
            self._versions.setdefault(rule.id, []).append(rule)

    def __iter__(self) -> Iterator[DeadlineRule]:
        return iter(self._rules)

    def rule(self, rule_id: str, on: date) -> DeadlineRule:
        """Version in force on the day the duty started; ``UnknownRule`` if there is none."""
        for rule in self._versions.get(rule_id, ()):
            if rule.governs(on):
                return rule
        raise UnknownRule(f"no rule {rule_id} is in force on {on}")

    def version(self, rule_id: str, version: int) -> DeadlineRule:
        """One version, as stored with a deadline; ``UnknownRule`` if there is none."""
        for rule in self._versions.get(rule_id, ()):
            if rule.version == version:
                return rule
        raise UnknownRule(f"there is no version {version} of rule {rule_id}")

    def versions(self) -> Iterator[DeadlineRule]:
        """Every version that ``version`` gives."""
        return iter(self._rules)

    def in_force(self, on: date) -> tuple[DeadlineRule, ...]:
        """All rules in force on a day, one version of each."""
        return tuple(rule for rule in self._rules if rule.governs(on))
