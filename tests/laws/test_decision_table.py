"""The decision table, written by hand from the agreement, against the policy: answer and reason.

``decision_table.toml`` says who may; here it is spelled out by machine and asked of a real
database, section by section and level by level. Where they disagree, one of them is wrong: the
table is not bent.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from mappa.access import asking, policy
from mappa.access.actions import GRANTS, Action
from mappa.access.asking import Decision, Target
from mappa.access.labels import ME, bound_label
from mappa.access.terms import Audience, Level, Role, Section
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from tests.factories.decisions import CAPACITIES, Scene, Stage, stage
from tests.factories.world import NOW

pytestmark = pytest.mark.sql

TABLE = tomllib.loads(Path(__file__).with_name("decision_table.toml").read_text())
READING, ACTS = TABLE["reading"], TABLE["acts"]
LETTERS = {"-": Level.NONE, "t": Level.SEALED, "s": Level.SUM, "F": Level.FULL}
NEEDS = (Level.SEALED, Level.SUM, Level.FULL)
BESIDES = (Section.VICTIMS, Section.HEALTH)
TOLD = (Section.INTELLIGENCE, *BESIDES)
DENIALS = ("excluded", "marked")

GROUNDS = {
    "team": ("works_cases", "on_team", "of_own_team"),
    "share": ("works_cases", "shared", "of_own_team"),
    "emergency": ("works_cases", "in_emergency"),
    "seat": ("is_chair", "seated"),
    "preparing": ("is_coordinator", "preparing", "while_preparing", "in_area"),
    "role": ("is_coordinator", "by_role", "in_area"),
    "office": ("is_information_officer", "by_role", "on_team_at_all"),
    "own": ("works_cases", "own_record", "in_area", "of_own_team"),
    "kept": ("is_information_officer", "own_record", "in_area"),
    "afterwards": ("is_chair", "chaired_person"),
    "invited": ("works_cases", "invited", "on_team_at_all", "of_own_team"),
    "chaired": ("is_chair_or_coordinator", "chaired"),
    "member": ("reads_content", "in_handling_group", "own_record", "in_area"),
    "named": ("named_reader",),
}
"""What an answer may rest on, and the predicates that then decide."""

_OF_OWN_TEAM = ("own_record", "in_area", "on_team_at_all", "of_own_team")
ACT_GROUNDS = {
    "signed-in": [("is_signed_in",)],
    "people": [("reads_people",)],
    "adds": [("adds_people",), ("is_social_worker", "agency_is_justice_social_work")],
    "writes": [("writes_records", "own_record", "in_area", "on_team_at_all", "of_own_team")],
    "witnesses": [
        (
            "writes_records",
            "own_record",
            "in_area",
            "on_team_at_all",
            "of_own_team",
            "on_team_as_person",
        )
    ],
    "files": [
        (
            "is_protection_officer_or_supervisor_or_agency_lead",
            "agency_is_police",
            "own_record",
            "in_area",
            "on_team_at_all",
            "of_own_team",
            "in_handling_group",
        )
    ],
    "merges": [
        ("writes_records", "in_area", "on_team_at_all", "of_own_team"),
        ("is_coordinator", "in_area"),
    ],
    "requests": [("is_coordinator",)],
    "asks": [("reads_people", "in_area")],
    "opens": [
        ("is_coordinator", "in_area"),
        ("supervises", "own_record", "in_area", "on_team_at_all", "of_own_team"),
    ],
    "hands-over": [
        ("manages_cases", "own_record", "in_area", "on_team_at_all", "on_team_as_person"),
        ("supervises", "own_record", "in_area", "on_team_at_all", "of_own_team"),
        ("is_coordinator", "in_area"),
    ],
    "sets-team": [
        ("manages_cases", "own_record", "in_area", "on_team_at_all", "on_team_as_person"),
        ("supervises", "own_record", "in_area", "on_team_at_all", "of_own_team"),
    ],
    "names-worker": [("supervises", "own_record", "in_area", "on_team_at_all", "of_own_team")],
    "takes-over": [
        ("adds_cases", "in_area", "on_team_at_all"),
        ("is_social_worker", "agency_is_justice_social_work", "in_area", "on_team_at_all"),
    ],
    "asks-others": [("asks_others",)],
    "answers": [("is_information_officer", "own_record", "in_area")],
    "supervises": [("supervises",)],
    "on-duty": [("is_duty_officer",)],
    "judges": [
        ("is_information_officer", "own_record", "in_area"),
        ("is_coordinator", "in_area"),
    ],
    "names-deputy": [("manages_cases",), ("supervises",)],
    "runs": [("is_chair_or_coordinator", "chaired", "own_record")],
    "chairs": [("is_chair", "chaired", "own_record")],
    "sends": [("is_chair_or_coordinator", "chaired")],
    "exports": [("is_supervisor_or_agency_lead_or_coordinator_or_information_officer",)],
    "decides": [("is_coordinator",)],
    "shares": [("is_information_officer",)],
    "gives": [("is_information_officer", "own_record", "in_area")],
    "audits": [("is_auditor",)],
    "says-entry": [("agency_is_police", "writes_records", *_OF_OWN_TEAM)],
    "proposes": [
        (
            "is_protection_officer_or_supervisor_or_agency_lead",
            "agency_is_police",
            "writes_records",
            *_OF_OWN_TEAM,
        )
    ],
    "asks-court": [("agency_is_police", "supervises", *_OF_OWN_TEAM)],
    "samples": [("is_supervisor_or_agency_lead_or_auditor",)],
    "approves": [("approves",)],
    "marks": [
        ("is_information_officer", "own_record", "in_area"),
        ("supervises", "own_record", "in_area", "of_own_team"),
        ("writes_records", "own_record", "in_area", "in_handling_group"),
    ],
    "excludes": [
        ("is_information_officer", "in_area", "on_team_at_all"),
        ("supervises", "in_area", "on_team_at_all", "of_own_team"),
        ("is_coordinator", "in_area"),
    ],
    "posts": [("is_agency_administrator",)],
    "keeps": [("is_system_administrator",)],
    "rules": [("is_rules_administrator",)],
    "sets": [("is_rules_administrator_or_coordinator",)],
}


class Row(NamedTuple):
    """A line of a table of the file, by the names of its columns."""

    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def rows_of(text: str) -> list[Row]:
    lines = [line.split() for line in text.strip().splitlines() if not line.startswith("#")]
    head, *rest = lines
    assert all(len(line) == len(head) for line in rest), [x for x in rest if len(x) != len(head)]
    return [Row(dict(zip(head, line, strict=True))) for line in rest]


def levels(letters: str) -> dict[Section, Level]:
    return {section: LETTERS[letter] for section, letter in zip(Section, letters, strict=True)}


def better(*letters: str) -> str:
    return "".join(
        max(each, key=lambda letter: LETTERS[letter]) for each in zip(*letters, strict=True)
    )


def names(ground: str, section: Section, need: Level) -> Iterator[tuple[str, ...]]:
    """The reasons that an answer of this ground may give."""
    base = GROUNDS[ground]
    if ground in ("team", "seat", "emergency") and section in TOLD and need == Level.SEALED:
        yield ("only_told_of", *base)
    if ground == "share" and section is Section.INTELLIGENCE:
        yield ("works_cases", "shared_whole", "of_own_team")
    elif ground in ("team", "share", "own") and section in BESIDES:
        yield (*base, "on_team_as_person")
    else:
        yield base


def ask(scene: Scene, section: Section, need: Level, *, kept: bool) -> Decision:
    if not kept:
        return asking.decide_reading(scene.reader, section, need, scene.target)
    audience = sa.literal_column(str(Audience.NAMED.value))
    of = replace(bound_label(section), audience=audience)
    statement = sa.select(*policy.reasons(section, ME, of, policy.AT, need))
    answers = (
        db.session.execute(statement, scene.reader.binds(NOW) | scene.target.binds()).one()._mapping
    )
    return Decision(*policy.verdict(section, {key: bool(said) for key, said in answers.items()}))


def differences(scene: Scene, letters: str, by: str, *, kept: bool = False) -> Iterator[str]:
    """Every section and level at which the policy says something else, or for another reason."""
    grounds = [each for each in by.split(",") if each in GROUNDS]
    no = tuple(each for each in by.split(",") if each in DENIALS) or ("no_line",)
    for section, level in levels(letters).items():
        for need in NEEDS:
            said = ask(scene, section, need, kept=kept)
            if need <= level:
                reasons = {each for ground in grounds for each in names(ground, section, need)}
            else:
                reasons = {("named_reader",) if kept and no == ("no_line",) else no}
            if said.allowed is not (need <= level) or said.reasons not in reasons:
                yield (
                    f"{section.value} at {need.name}: the table says "
                    f"{'yes' if need <= level else 'no'} by {sorted(reasons)}, "
                    f"the policy {'yes' if said.allowed else 'no'} by {said.reasons}"
                )


@pytest.fixture
def on(app) -> Iterator[Stage]:
    with stage(app) as set_up:
        yield set_up


def test_what_others_own(on, subtests):
    for row in rows_of(READING["others"]):
        with subtests.test(row["role"]):
            assert [
                (capacity, each)
                for capacity in (*CAPACITIES, "off")
                for each in differences(on.scene(row["role"], capacity), row[capacity], row["by"])
            ] == []


def test_what_others_own_to_somebody_on_the_case_team_as_a_person(on, subtests):
    for row in rows_of(READING["others_named"]):
        with subtests.test(row["role"]):
            assert [
                (capacity, each)
                for capacity in CAPACITIES
                for each in differences(
                    on.scene(row["role"], capacity, facts="place"), row[capacity], row["by"]
                )
            ] == []


def test_what_the_own_agency_owns(on, subtests):
    others = {row["role"]: row for row in rows_of(READING["others"])}
    named = {row["role"]: row for row in rows_of(READING["others_named"])}
    for row in rows_of(READING["own"]):
        role = row["role"]
        by = f"{row['by']},{others[role]['by']}"
        with subtests.test(role):
            found = []
            for capacity in CAPACITIES:
                scene = on.scene(role, capacity, record="own")
                wanted = better(row["on-team"], others[role][capacity])
                found += [(capacity, each) for each in differences(scene, wanted, by)]
                if role in named:
                    scene = on.scene(role, capacity, record="own", facts="place")
                    wanted = better(row["on-team-as-person"], named[role][capacity])
                    found += [(capacity, each) for each in differences(scene, wanted, by)]
            scene = on.scene(role, "off", record="own")
            found += [("off", each) for each in differences(scene, row["off"], by)]
            assert found == []


@pytest.mark.parametrize("table", ["lines", "kept"])
def test_single_facts(on, subtests, table):
    for row in rows_of(READING[table]):
        scene = on.scene(row["role"], row["agency"], record=row["record"], facts=row["facts"])
        with subtests.test(" ".join(row.cells.values())):
            kept = table == "kept"
            assert list(differences(scene, row["sees"], row["by"], kept=kept)) == []


@pytest.mark.parametrize("facts", ["hidden-person", "sealed-person", "excluded-user"])
def test_a_person_is_either_visible_or_not_found(on, facts):
    """Identity is never sealed: whoever is only told of it finds nobody."""
    scene = on.scene("offender_manager", "lead", facts=facts)
    with pytest.raises(NotFound):
        asking.standing(scene.reader, scene.target.person)


# Acts

SHORT = {
    "om": Role.OFFENDER_MANAGER, "po": Role.PROTECTION_OFFICER, "sw": Role.SOCIAL_WORKER,
    "re": Role.REPRESENTATIVE, "su": Role.SUPERVISOR, "al": Role.AGENCY_LEAD,
    "du": Role.DUTY_OFFICER, "co": Role.COORDINATOR, "ch": Role.CHAIR,
    "io": Role.INFORMATION_OFFICER, "ru": Role.RULES_ADMINISTRATOR, "au": Role.AUDITOR,
    "la": Role.LAY_ADVISER, "ad": Role.AGENCY_ADMINISTRATOR, "sy": Role.SYSTEM_ADMINISTRATOR,
}  # fmt: skip

SEATS = {Role.CHAIR: "chair", Role.COORDINATOR: "coordinator"}

CIRCUMSTANCES: dict[str, dict[str, str]] = {
    "off": {"agency": "off"},
    "others": {"record": "others"},
    "area": {"facts": "outside-area"},
    "team": {"facts": "other-team"},
    "seat": {"seat": ""},
    "early": {"seat": "-future"},
    "late": {"seat": "-ended"},
    "group": {"group": ""},
    "place": {"place": ""},
    "x-user": {"facts": "excluded-user"},
    "x-agency": {"facts": "excluded-agency"},
    "hidden": {"facts": "hidden"},
}
REASONS = {"n": ("no_line",), "x": ("excluded",), "m": ("marked",)}


def ready(on: Stage, role: Role, different: dict[str, str], agency: str = "lead") -> Scene:
    """A reader to whom nothing is missing but what is different."""
    facts = [different.get(fact, name) for fact, name in (("group", "member"), ("place", "place"))]
    facts.append(different.get("facts", ""))
    if role in SEATS and different.get("seat") != "":
        facts.append(SEATS[role] + different.get("seat", ""))
    return on.scene(
        role.value,
        different.get("agency", agency),
        record=different.get("record", "own"),
        facts=",".join(filter(None, facts)),
    )


def wrong(said: Decision, answer: str, ground: str) -> bool:
    reasons = ACT_GROUNDS[ground] if answer == "y" else [REASONS.get(answer, ("no_line",))]
    return said.allowed is not (answer == "y") or said.reasons not in reasons


def test_every_action_is_in_the_table():
    assert {row["act"] for row in rows_of(ACTS["roles"])} == {action.value for action in GRANTS}


@pytest.mark.parametrize("agency", CAPACITIES)
def test_acts_by_role(on, agency):
    scenes = {short: ready(on, role, {}, agency) for short, role in SHORT.items()}
    found = []
    for row in rows_of(ACTS["roles"]):
        for short, scene in scenes.items():
            said = asking.decide(scene.reader, Action(row["act"]), scene.target)
            if wrong(said, row[short], row["by"]):
                found.append((row["act"], short, row[short], said))
    assert found == []


def test_acts_where_one_thing_is_different(on, subtests):
    grounds = {row["act"]: row["by"] for row in rows_of(ACTS["roles"])}
    for row in rows_of(ACTS["circumstances"]):
        acts = [act for act, by in grounds.items() if row["acts"] in (act, by)]
        for name, different in CIRCUMSTANCES.items():
            if row[name] == "-":
                continue
            scene = ready(on, Role(row["role"]), different)
            with subtests.test(f"{row['role']} {row['acts']} {name}"):
                assert acts
                for act in acts:
                    said = asking.decide(scene.reader, Action(act), scene.target)
                    assert not wrong(said, row[name], grounds[act]), (act, row[name], said)


def test_acts_by_kind_of_agency(on, subtests):
    grounds = {row["act"]: row["by"] for row in rows_of(ACTS["roles"])}
    for row in rows_of(ACTS["agencies"]):
        on.rename_type("responsible", row["agency-type"])
        scene = ready(on, Role(row["role"]), {}, "responsible")
        with subtests.test(" ".join(row.cells.values())):
            said = asking.decide(scene.reader, Action(row["act"]), scene.target)
            assert not wrong(said, row["answer"], grounds[row["act"]]), said


def test_nobody_acts_on_no_target(on):
    """An act on a person that names none is refused, whoever asks."""
    for role in Role:
        reader = on.scene(role.value, "lead").reader
        for action, grant in GRANTS.items():
            if grant.section is not None and not action.value.endswith(":read"):
                assert not asking.decide(reader, action, Target()).allowed, (role, action)
