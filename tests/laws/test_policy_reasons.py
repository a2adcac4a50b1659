"""What an answer of the policy says of itself: predicates by name, and which of them decided."""

import pytest

import mappa.app  # noqa: F401 - brings every protected table
from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.terms import Role, Section

NAMES = {
    "works_cases": p.works_cases,
    "reads_content": p.reads_content,
    "supervises": p.SUPERVISE,
    "is_information_officer": policy.is_information_officer,
    "is_chair_or_coordinator": policy.is_chair_or_coordinator,
    "agency_is_police": p.agency_is("police"),
    "agency_is_police_or_justice_social_work": p.agency_is("police", "justice-social-work"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_predicate_that_is_made_says_whom_it_is_about(name):
    """Pages look up the words of an explanation by this name (``sharing/words``)."""
    assert NAMES[name].__name__ == name


def test_a_name_can_be_given_to_roles():
    assert p.role_in(Role.CHAIR).__name__ == "is_chair"
    assert p.role_in(Role.CHAIR, name="leads").__name__ == "leads"


def verdict(section, *true):
    """The verdict where the agreement applies, and of its predicates only these hold."""
    holding = {"follows_agreement", *true}
    assert holding <= set(policy.named(section))
    return policy.verdict(section, {name: name in holding for name in policy.named(section)})


TEAM = ("works_cases", "on_team", "of_own_team")
VERDICTS = [
    (Section.PLAN, (), (False, ("no_line",))),
    (Section.PLAN, TEAM, (True, TEAM)),
    (Section.PLAN, ("works_cases", "on_team"), (False, ("no_line",))),
    (Section.PLAN, ("works_cases", "in_emergency"), (True, ("works_cases", "in_emergency"))),
    (Section.PLAN, (*TEAM, "excluded"), (False, ("excluded",))),
    (Section.PLAN, (*TEAM, "excluded", "marked"), (False, ("excluded", "marked"))),
    (Section.HEALTH, TEAM, (False, ("no_line",))),
    (Section.HEALTH, (*TEAM, "on_team_as_person"), (True, (*TEAM, "on_team_as_person"))),
    (Section.HEALTH, (*TEAM, "only_told_of"), (True, ("only_told_of", *TEAM))),
]


@pytest.mark.parametrize(("section", "true", "said"), VERDICTS)
def test_the_first_line_that_holds_is_the_reason(section, true, said):
    assert verdict(section, *true) == said


@pytest.mark.parametrize("names", [True, False])
def test_of_a_record_for_named_readers_only_that_is_the_reason(names):
    answers = dict.fromkeys(policy.named(Section.PLAN), True)
    answers |= {"excluded": False, "marked": False}
    answers |= {"follows_agreement": False, "named_reader": names}
    assert policy.verdict(Section.PLAN, answers) == (names, ("named_reader",))
