"""When an agency may share what it owns: each rule says no with the words of the page."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from mappa.access.terms import Level, Section
from mappa.kernel.errors import RuleBroken
from mappa.sharing.shares import rules
from mappa.sharing.shares.rules import Basis, Facts, MakeShare, Review

TODAY = date(2026, 11, 20)
OWN, OTHER, FAR = UUID(int=11), UUID(int=12), UUID(int=13)
FACTS = Facts(
    today=TODAY,
    own_id=OWN,
    own_name="Northmoor Police",
    agencies=[OWN, OTHER],
    receiver="Children’s services",
    agreed_until=date(2027, 12, 31),
    purposes=["to protect the public"],
    statutes=["law"],
    conditions={"part-3": ["safeguarding"], "uk-gdpr": ["public-task"]},
    owned={
        Section.VISITS: ["Northmoor Police"],
        Section.INTELLIGENCE: ["Northmoor Police"],
        Section.PLAN: ["Northmoor Probation"],
        Section.SHARING: ["Northmoor Police"],
    },
    lead="Northmoor Probation",
    names={
        Section.VISITS: "visits",
        Section.PLAN: "the plan",
        Section.RISK: "risk",
        Section.INTELLIGENCE: "intelligence",
    },
    leads=False,
    sees_person=True,
    excluded=False,
    by_agreement={Section.VISITS: Level.SUM},
    received={Section.VISITS: Level.SUM},
)
SHARE = MakeShare(
    agency_id=OTHER,
    sections=(Section.VISITS,),
    level=Level.FULL,
    purpose="to protect the public",
    basis=Basis(statutes=("law",), regime="part-3", condition="safeguarding"),
    why="A child lives there.",
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=180),
    review_on=TODAY + timedelta(days=90),
)
LAW = SHARE.basis


def test_a_share_that_keeps_every_rule_is_taken():
    rules.check(SHARE, FACTS)


def test_it_may_last_as_long_as_the_agreement_and_be_reviewed_on_its_last_day():
    until = FACTS.agreed_until
    rules.check(replace(SHARE, ends_on=until, review_on=until), FACTS)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"agency_id": OWN}, "Choose another agency. Northmoor Police has its own records already"),
        ({"agency_id": FAR}, "Choose an agency of the area"),
        ({"sections": ()}, "Choose what to share"),
        ({"sections": (Section.SHARING,)}, "Team and sharing itself is not shared"),
        (
            {"sections": (Section.PLAN,)},
            "You can only share what Northmoor Police owns. Ask Northmoor Probation to share the "
            "plan",
        ),
        (
            {"sections": (Section.RISK,)},
            "You can only share what Northmoor Police owns. Ask Northmoor Probation to share risk",
        ),
        (
            {"sections": (Section.INTELLIGENCE,)},
            "Intelligence is shared one item at a time. Choose the item",
        ),
        (
            {"sections": (Section.VISITS, Section.INTELLIGENCE), "record_id": UUID(int=5)},
            "Choose one section, or no single record",
        ),
        (
            {"level": Level.SUM},
            "Children’s services gets as much of visits by the agreement. Share more, or leave it "
            "out",
        ),
        ({"level": Level.SEALED}, "Choose summary or full"),
        ({"purpose": "to find out"}, "Choose a purpose of the agreement"),
        ({"basis": replace(LAW, statutes=())}, "Choose the law, or name another"),
        ({"basis": replace(LAW, statutes=("foreign",))}, "Choose a law of this jurisdiction"),
        (
            {"basis": replace(LAW, other="Their Consent")},
            "Consent is no basis here. Name the law that allows it",
        ),
        ({"basis": replace(LAW, condition="public-task")}, "Choose the condition of this regime"),
        ({"basis": replace(LAW, regime="uk-gdpr")}, "Choose the condition of this regime"),
        ({"why": " "}, "Say why this is necessary"),
        (
            {"starts_on": TODAY - timedelta(days=1)},
            "The share must start today or later",
        ),
        ({"ends_on": TODAY}, "The share must end after it starts"),
        (
            {"ends_on": date(2028, 1, 1)},
            "The share cannot last longer than the agreement, which ends on 31 December 2027",
        ),
        (
            {"review_on": TODAY},
            "The review must be after the share starts and not after it ends",
        ),
        (
            {"review_on": TODAY + timedelta(days=181)},
            "The review must be after the share starts and not after it ends",
        ),
    ],
)
def test_each_rule_says_no_in_its_own_words(said, sentence):
    with pytest.raises(RuleBroken) as refused:
        rules.check(replace(SHARE, **said), FACTS)
    assert refused.value.sentences == (sentence,)
    assert refused.value.field


def test_less_than_a_share_gives_already_is_refused():
    facts = replace(FACTS, by_agreement={}, received={Section.VISITS: Level.FULL})
    with pytest.raises(RuleBroken, match="SHARE-MORE"):
        rules.check(replace(SHARE, level=Level.SUM), facts)
    rules.check(SHARE, facts)


@pytest.mark.parametrize(
    ("leads", "way"),
    [(True, "Share identity too"), (False, "Ask Northmoor Probation to share identity first")],
)
def test_an_agency_that_cannot_open_the_person_is_told_of(leads, way):
    with pytest.raises(RuleBroken) as refused:
        rules.check(SHARE, replace(FACTS, sees_person=False, leads=leads))
    assert refused.value.sentences[0].endswith(way)


def test_without_an_agreement_nothing_is_shared():
    with pytest.raises(RuleBroken) as refused:
        rules.check(SHARE, replace(FACTS, agreed_until=None))
    assert refused.value.sentences[0].endswith("None is in force")


@pytest.mark.parametrize(("days", "soon"), [(0, True), (14, True), (15, False)])
def test_a_share_ends_soon_for_fourteen_days(days, soon):
    assert rules.ends_soon(TODAY + timedelta(days=days), TODAY) is soon


@pytest.mark.parametrize("days", [0, 181])
def test_the_next_review_is_to_come_while_the_share_lasts(days):
    review = Review(found="Still needed", next_on=TODAY + timedelta(days=days))
    with pytest.raises(RuleBroken):
        rules.check_review(review, today=TODAY, ends_on=SHARE.ends_on)
    rules.check_review(replace(review, next_on=None), today=TODAY, ends_on=SHARE.ends_on)
