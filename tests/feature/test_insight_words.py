"""Every reason the policy can give has a sentence."""

from mappa.access import policy
from mappa.access.actions import GRANTS
from mappa.access.terms import Capacity, Section
from mappa.insight import words

SAID = {
    "agency": "Northmoor Housing",
    "agreement": "The agreement, version 1,",
    "capacity": "housing",
    "amount": "a summary of",
    "section": "visits",
    "since": "",
    "owner": "Northmoor Police",
}


def test_every_predicate_has_a_sentence():
    names = {name for section in Section for name in policy.named(section)}
    names |= {test.__name__ for grant in GRANTS.values() for line in grant.lines for test in line}
    assert sorted(name for name in names if not words.is_known(name)) == []
    for name in sorted(names):
        claim, sentence = words.reason(name, **SAID)
        assert claim.endswith(".")
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_every_section_and_capacity_is_said():
    for table in (words.SECTIONS, words.SUMMARY_FIELDS, words.NOT_IN_SUMMARY):
        assert set(table) == set(Section)
    assert set(words.CAPACITIES) == set(words.AS_MEMBER) == set(Capacity)


def test_an_event_is_said_in_words():
    assert words.event("visit:logged") == "Visit: logged"
    assert words.event("insight.audit") == "Insight: audit"
