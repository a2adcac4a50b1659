"""What rules are called, so that no two are called the same. Pure."""

from collections import Counter
from collections.abc import Iterable

from mappa.rules.explanation import interval_words
from mappa.rules.rule import DeadlineRule


def titles(rules: Iterable[DeadlineRule]) -> dict[str, str]:
    """What each rule is called, by its id; rules of one title say besides what each is about.

    That is the first sentence of its note (a level, a risk), else the file's own figure.
    """
    known = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.version)}
    shared = Counter(rule.title for rule in known.values())
    return {
        rule.id: f"{rule.title} ({_about(rule)})" if shared[rule.title] > 1 else rule.title
        for rule in known.values()
    }


def _about(rule: DeadlineRule) -> str:
    said = first_sentence(rule.note) or interval_words(rule.amount, rule.unit)
    return said[:1].lower() + said[1:]


def first_sentence(note: str) -> str:
    """The first sentence of a rule's note, without its full stop; empty for a rule without."""
    return note.partition(". ")[0].rstrip(".")
