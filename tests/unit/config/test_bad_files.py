import shutil

import pytest

from config import read
from config.read import (
    CONFIG,
    ConfigurationError,
    check_all,
    read_agency_types,
    read_agreement,
    read_areas,
    read_rule_book,
    read_signals,
)
from mappa.rules.levels import Jurisdiction

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND


@pytest.fixture
def problems(tmp_path):
    """A function: write the text, read it, give what the error says, line by line."""

    def told(reader, text, *args):
        path = tmp_path / "edited.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as refused:
            reader(path, *args)
        assert all(str(path) in problem for problem in refused.value.problems)
        return [problem.replace(str(path), "FILE") for problem in refused.value.problems]

    return told


def shipped(name, *changes):
    text = (CONFIG / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


class TestFile:
    def test_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(ConfigurationError, match=r"gone\.toml: cannot be read"):
            read_areas(tmp_path / "gone.toml")

    def test_that_is_not_toml_names_the_line(self, problems):
        (problem,) = problems(read_areas, '[[area]]\nid = "x"\nname = \n')

        assert problem.startswith("FILE: is not valid TOML")
        assert "line 3" in problem

    def test_that_is_not_utf_8_is_named(self, tmp_path):
        path = tmp_path / "latin.toml"
        path.write_bytes(b'name = "\xe9"')

        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_areas(path)

    def test_that_is_empty_says_what_should_be_there(self, problems):
        assert problems(read_areas, "") == ["FILE: has no [[area]]"]


class TestAreas:
    def test_all_that_is_wrong_is_said_at_once_with_its_line(self, problems):
        text = """
[[area]]
id = "kent"
name = "Kent"
jurisdiction = "england"

[[area]]
id = "kent"
name = ""
jurisdiction = "scotland"
colour = "red"
"""
        assert problems(read_areas, text) == [
            "FILE, line 5: [area] jurisdiction is 'england'; "
            "it must be one of england-wales, scotland",
            "FILE, line 11: [area] colour is not known here; "
            "known are id, name, jurisdiction, note",
            "FILE, line 9: [area] name is ''; it must be a text",
            "FILE, line 8: [area] id kent is there twice",
        ]

    def test_a_missing_key_is_named_with_the_line_of_its_table(self, problems):
        text = '\n[[area]]\nid = "kent"\njurisdiction = "scotland"\n'

        assert problems(read_areas, text) == [
            "FILE, line 2: [area] name is missing; it must be a text"
        ]


class TestAgencyTypes:
    def test_lead_is_never_given_by_type(self, problems):
        text = shipped("agency_types.toml", ('capacity = "responsible"', 'capacity = "lead"'))

        (problem,) = problems(read_agency_types, text)

        assert "capacity is 'lead'" in problem

    def test_there_is_no_associate_in_scotland(self, problems):
        text = """
[[agency_type]]
id = "service"
name = "Service"
[agency_type.scotland]
capacity = "associate"
source = "none"
"""
        (problem,) = problems(read_agency_types, text)

        assert problem.startswith("FILE, line 6: [agency_type.scotland] capacity is 'associate'")

    def test_a_type_must_exist_somewhere(self, problems):
        text = '[[agency_type]]\nid = "service"\nname = "Service"\n'

        assert problems(read_agency_types, text) == [
            "FILE, line 1: [agency_type] has no capacity in any jurisdiction"
        ]

    def test_a_standing_must_be_a_table(self, problems):
        text = '[[agency_type]]\nid = "service"\nname = "Service"\nscotland = "cooperate"\n'

        assert "scotland is 'cooperate'; it must be a table" in problems(read_agency_types, text)[0]


class TestAgreement:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("[grid.health]", "[grid.medical]", "has no [grid.health]"),
            ("[grid.health]", "[grid.medical]", "[grid] medical is not known here"),
            ('associate = "sum"\n', "", "[grid.identity] associate is missing"),
            ('lead = "full"', 'lead = "all"', "lead is 'all'; it must be one of none, sealed"),
            ('cooperate = "sum"', 'cooperate = "sealed"', "identity is never sealed"),
            ("until = 2029-03-31", "until = 2019-03-31", "until is before in_force_from"),
            ("until = 2029-03-31", 'until = "2029-03-31"', "until is '2029-03-31'; it must be a"),
            ("until = 2029-03-31", "until = 2029-03-31T12:00:00", "it must be a day such as"),
            ("version = 1", "version = true", "version is True; it must be a whole number"),
            ("version = 1", "version = 0", "version is 0; it must be a whole number from 1"),
            ("[roles.auditor]", "[roles.reader]", "has no [roles.auditor]"),
            ('scope = "area"', 'scope = "world"', "scope is 'world'"),
            ('risk = "full"\nplan = "full"', 'risk = "all"', "[roles.coordinator.preparing] risk"),
            ("purposes = [", "purposes = []\nothers = [", "purposes is []; it must be a list"),
        ],
    )
    def test_a_wrong_edit_is_refused(self, problems, old, new, said):
        text = shipped("agreements/default.toml", (old, new))

        assert any(said in problem for problem in problems(read_agreement, text))

    def test_the_line_of_a_wrong_cell_is_named(self, problems):
        text = shipped("agreements/default.toml", ('associate = "none"', 'associate = "no"'))
        line = text.splitlines().index('associate = "no"') + 1

        (problem,) = problems(read_agreement, text)

        assert problem.startswith(f"FILE, line {line}: [grid.contact] associate is 'no'")


class TestRules:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('unit = "months"', 'unit = "moons"', "unit is 'moons'; it must be one of"),
            ("amount = 1\n", "amount = 0\n", "amount is 0; it must be a whole number from 1"),
            ("amount = 1\n", "", "amount is missing"),
            (
                'counting = "after"\nset_by = "the meeting"\nceiling',
                "ceiling",
                "set_by is missing; a set",
            ),
            ('to = "supervisor"', 'to = "boss"', "to is 'boss'"),
            ("after_working_days = 1 }", "after_working_days = 1, by = 2 }", "by is not known"),
            ("in_force_to = 2022-03-30", "in_force_to = 2011-01-01", "in_force_to is before"),
            ("in_force_to = 2022-03-30\n", "", "version 1 is still in force when version 2"),
            ('unit = "weeks" }', 'unit = "set_date" }', "a ceiling is an interval"),
            ('confidence = "local', 'confidence = "sure', "confidence is 'sure_standard'"),
            ('responsible = "protection_officer"', 'responsible = "x"', "responsible is 'x'"),
            ("escalation = [", "escalation = 3\nothers = [", "it must be a list of tables"),
            ('source = "Local standard; no', 'from = "Local standard; no', "source is missing"),
        ],
    )
    def test_a_wrong_edit_is_refused(self, problems, old, new, said):
        text = shipped("rules/scotland.toml", (old, new))

        assert any(said in problem for problem in problems(read_rule_book, text, SC))

    def test_what_is_wrong_inside_a_list_is_placed_at_the_list(self, problems):
        text = shipped("rules/scotland.toml").replace(
            'to = "coordinator", after', 'to = "x", after'
        )
        lines = text.splitlines()
        wrong = max(n for n, line in enumerate(lines) if 'to = "x"' in line)
        last = max(n for n, line in enumerate(lines[:wrong]) if line == "escalation = [") + 1

        said = problems(read_rule_book, text, SC)[-1]

        assert said.startswith(f"FILE, line {last}: [rule.escalation] to is 'x'")


def test_a_signal_needs_its_owner(problems):
    text = shipped("declassified.toml", ("owner =", "keeper ="))

    assert any("owner is missing" in problem for problem in problems(read_signals, text))


def test_the_check_at_start_names_the_problems_of_all_files_at_once(tmp_path, monkeypatch):
    edited = tmp_path / "config"
    shutil.copytree(CONFIG, edited, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (edited / "areas.toml").write_text("", encoding="utf-8")
    (edited / "rules" / "scotland.toml").unlink()
    monkeypatch.setattr(read, "CONFIG", edited)
    for cached in (read.areas, read.rule_book):
        cached.cache_clear()

    with pytest.raises(ConfigurationError) as refused:
        check_all()

    for cached in (read.areas, read.rule_book):
        cached.cache_clear()
    first, second = refused.value.problems
    assert "areas.toml: has no [[area]]" in first
    assert "scotland.toml: cannot be read" in second
    assert str(refused.value) == f"{first}\n{second}"
