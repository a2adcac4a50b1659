"""What rules are called, so that no two are called the same, and what a duty asks for. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

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


TO_DO: Mapping[str, str] = MappingProxyType(
    {
        "Risk management plan reviewed": "Review the risk management plan",
        "Risk management plan reviewed, with the annual report": (
            "Review the plan, with the annual report"
        ),
        "Risk of serious harm reviewed": "Review the risk of serious harm",
        "Level 1 review": "Review level 1",
        "First level 2 meeting": "Plan the first level 2 meeting",
        "First level 3 meeting": "Plan the first level 3 meeting",
        "Minutes circulated": "Send out the minutes",
        "Visit written up": "Write up the visit",
        "Visit countersigned": "Countersign a visit",
        "Visit commitment set": "Say how often visits are made",
        "Decision on a warrant to enter": "Decide on a warrant to enter",
        "Visit tried again": "Try the visit again",
        "Handover answered": "Answer the handover",
        "Share authorised anew": "Answer for a share that somebody left behind",
        "Mark looked at again": "Look at the mark again",
        "Exclusion looked at again": "Look again at who is kept out",
        "Approval answered": "Answer what waits for your approval",
        "Request for information answered": "Answer a request for information",
        "Share renewed or let end": "Renew a share or let it end",
        "Share reviewed": "Review a share",
        "Emergency access reviewed": "Review an emergency access",
    }
)
"""Rules are named after their result; late work is said as what is to be done."""


def duty_title(title: str) -> str:
    """What is to be done, in a list of work."""
    return TO_DO.get(title, title)
