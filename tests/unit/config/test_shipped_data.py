from collections import Counter
from datetime import date

import pytest

from config.read import (
    CAPACITIES,
    LEVELS,
    ROLES,
    ROLES_WITH_OWN_GRID,
    SECTIONS,
    agency_types,
    areas,
    check_all,
    declassified,
    default_agreement,
    rule_book,
)
from mappa.access import terms
from mappa.rules.deadlines import Confidence, Unit, due
from mappa.rules.levels import Jurisdiction, RiskBand

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND


def test_all_that_is_shipped_is_valid():
    check_all()


class TestWordsOfPermission:
    """The files speak the words of ``access``; config itself may not import it."""

    def test_sections_capacities_and_roles_are_those_of_access(self):
        assert list(SECTIONS) == [s.value for s in terms.Section]
        assert list(CAPACITIES) == [c.value for c in terms.Capacity]
        assert set(ROLES) == {r.value for r in terms.Role}
        assert [level.upper() for level in LEVELS] == [level.name for level in terms.Level]

    def test_roles_without_their_own_grid_use_their_agencys(self):
        assert set(ROLES) - set(ROLES_WITH_OWN_GRID) == {r.value for r in terms.CASE_ROLES}


class TestAreas:
    def test_are_42_and_10(self):
        assert Counter(area.jurisdiction for area in areas()) == {EW: 42, SC: 10}

    def test_seven_scottish_names_are_marked_as_not_verified(self):
        marked = [area for area in areas() if area.note == "Name not verified."]

        assert len(marked) == 7
        assert {area.jurisdiction for area in marked} == {SC}


class TestAgencyTypes:
    @pytest.mark.parametrize(
        ("kind", "in_england", "in_scotland"),
        [
            # Criminal Justice Act 2003 s325(1); MO(S)A 2005 s10(7).
            ("police", "responsible", "responsible"),
            ("prison", "responsible", "responsible"),
            ("probation", "responsible", None),
            ("justice-social-work", None, "responsible"),
            # The other services of a Scottish council take the duty to co-operate.
            ("childrens-services", "cooperate-children", "cooperate-children"),
            ("adult-services", "cooperate", "cooperate"),
            ("housing", "cooperate-housing", "cooperate-housing"),
            # Responsible authority for restricted patients only.
            ("health", "cooperate", "cooperate"),
            ("jobcentre", "cooperate", None),
            # s325(4A): the associate exists in England and Wales only; SSI 2007/92.
            ("service-provider", "associate", "cooperate"),
        ],
    )
    def test_have_the_capacity_of_the_law(self, kind, in_england, in_scotland):
        found = agency_types()[kind]

        assert (found.capacity_in(EW), found.capacity_in(SC)) == (in_england, in_scotland)

    def test_each_standing_has_its_source(self):
        assert all(s.source for kind in agency_types().values() for s in kind.standings.values())


# The table of the default agreement, written by hand:
# lead, responsible, duty to co-operate, children's services, housing, associate.
GRID = {
    "identity": "full full sum sum sum sum",
    "warnings": "full full full full full full",
    "contact": "full full sum sum full none",
    "offences": "full full sum sum sum none",
    "orders": "full full sum sum sum none",
    "risk": "full full sum sum sum sum",
    "plan": "full full sum sum sum none",
    "visits": "full full sum sum sum none",
    "intelligence": "sealed sealed none sealed none none",
    "meetings": "full full none none none none",
    "victims": "full sum none sum none none",
    "health": "sealed sealed none none none none",
    "sharing": "full full sum sum sum sum",
}


class TestDefaultAgreement:
    @pytest.mark.parametrize("section", SECTIONS)
    @pytest.mark.parametrize("capacity", CAPACITIES)
    def test_has_every_section_for_every_capacity(self, section, capacity):
        expected = GRID[section].split()[CAPACITIES.index(capacity)]

        assert default_agreement().grid[section][capacity] == expected

    def test_says_for_what_and_until_when(self):
        agreement = default_agreement()

        assert agreement.purposes
        assert agreement.until > agreement.in_force_from

    @pytest.mark.parametrize("role", ROLES_WITH_OWN_GRID)
    def test_every_role_with_its_own_grid_says_every_section(self, role):
        assert tuple(default_agreement().roles[role].levels) == SECTIONS
        assert default_agreement().roles[role].citation

    @pytest.mark.parametrize(
        ("role", "opened"),
        [
            (
                "coordinator",
                "identity=full warnings=full risk=sum plan=sum meetings=full sharing=full",
            ),
            ("information_officer", "identity=sum warnings=full sharing=full"),
            ("rules_administrator", ""),
            ("auditor", ""),
            ("lay_adviser", ""),
            ("agency_administrator", ""),
            ("system_administrator", ""),
        ],
    )
    def test_roles_see_what_is_listed_and_nothing_else(self, role, opened):
        levels = default_agreement().roles[role].levels

        assert {f"{s}={level}" for s, level in levels.items() if level != "none"} == set(
            opened.split()
        )

    def test_chair_sees_the_column_of_a_responsible_authority(self):
        agreement = default_agreement()
        chair = agreement.roles["chair"]

        assert chair.scope == "meeting"
        assert {s: agreement.grid[s]["responsible"] for s in SECTIONS} == dict(chair.levels)

    def test_coordinator_has_risk_and_plan_in_full_only_while_preparing(self):
        assert dict(default_agreement().roles["coordinator"].preparing) == {
            "risk": "full",
            "plan": "full",
        }


def test_only_what_the_agreement_declares_is_declassified():
    assert list(declassified()) == ["sealed-line", "emergency-opens"]


class TestDeadlineRules:
    IDS = (
        *(f"visit-review-{band.value.replace('_', '-')}" for band in RiskBand),
        *(f"unannounced-visit-review-{band.value.replace('_', '-')}" for band in RiskBand),
        "visit-write-up",
        "plan-review",
        "risk-assessment-review",
        "level-1-review",
        "meeting-review-level-2",
        "meeting-review-level-3",
        "first-meeting-level-2",
        "first-meeting-level-3",
        "minutes-circulation-level-2",
        "minutes-circulation-level-3",
        "action-due",
    )

    @pytest.mark.parametrize("jurisdiction", Jurisdiction)
    @pytest.mark.parametrize("rule_id", IDS)
    def test_every_duty_has_a_rule_today(self, jurisdiction, rule_id):
        assert rule_book(jurisdiction).rule(rule_id, date(2026, 11, 20)).source

    @pytest.mark.parametrize(
        ("jurisdiction", "rule_id", "start", "due_on"),
        [
            # Visits by risk band as used to June 2017, still the usual default.
            (EW, "visit-review-very-high", date(2027, 1, 31), date(2027, 2, 28)),
            (EW, "visit-review-high", date(2026, 8, 12), date(2026, 11, 12)),
            (EW, "visit-review-medium", date(2026, 8, 31), date(2027, 2, 28)),
            (EW, "visit-review-low", date(2028, 2, 29), date(2029, 2, 28)),
            # nDelius: level 1 register review 3 months, risk of serious harm 6 months.
            (EW, "level-1-review", date(2026, 11, 20), date(2027, 2, 20)),
            (EW, "risk-assessment-review", date(2026, 11, 20), date(2027, 5, 20)),
            # MAPPA national guidance (Scotland) 2022, paragraph 5.60.
            (SC, "plan-review-olr", date(2026, 11, 20), date(2027, 11, 20)),
        ],
    )
    def test_worked_example(self, jurisdiction, rule_id, start, due_on):
        rule = rule_book(jurisdiction).rule(rule_id, start)

        assert due(rule, start, frozenset()).due_on == due_on

    def test_scottish_meetings_before_the_2022_guidance_keep_the_older_rule(self):
        book = rule_book(SC)
        old = book.rule("meeting-review-level-3", date(2022, 3, 30))
        new = book.rule("meeting-review-level-3", date(2022, 3, 31))

        assert (old.version, old.amount, old.unit) == (1, 6, Unit.WEEKS)
        assert (new.version, new.unit, new.set_by) == (2, Unit.SET_DATE, "the meeting")

    @pytest.mark.parametrize(
        ("jurisdiction", "level", "weeks"), [(EW, 2, 16), (EW, 3, 8), (SC, 2, 12), (SC, 3, 6)]
    )
    def test_weeks_between_meetings_only_warn(self, jurisdiction, level, weeks):
        rule = rule_book(jurisdiction).rule(f"meeting-review-level-{level}", date(2026, 11, 20))

        assert rule.unit is Unit.SET_DATE
        assert rule.ceiling == (weeks, Unit.WEEKS)
        assert rule.confidence is not Confidence.VERIFIED
