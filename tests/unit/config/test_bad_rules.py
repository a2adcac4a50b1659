"""A rule that is missing, contradictory or unreadable stops the start: file, line and reason."""

import pytest

from config.read import ConfigurationError, read_rule_book
from mappa.rules.levels import Jurisdiction

SC = Jurisdiction.SCOTLAND

RULE = """
[[rule]]
id = "notification-change"
version = 1
kind = "deadline"
subject = "notification"
title = "Change notified"
trigger = "of the change"
start_word = "Change"
amount = 3
unit = "calendar_days"
counting = "beginning_with"
disregards = ["custody", "hospital"]
responsible = "subject"
escalation = [
    { to = "supervisor", after_working_days = 1 },
    { to = "agency_lead", after_working_days = 5 },
]
source = "Sexual Offences Act 2003 s84(1)"
confidence = "verified"
in_force_from = 2004-05-01
"""
COUNT = """
[[rule]]
id = "entry-warrant"
version = 1
kind = "count"
subject = "visits"
title = "Warrant"
trigger = "failed attempts"
amount = 2
unit = "times"
responsible = "senior_officer"
source = "s96B"
confidence = "verified"
in_force_from = 2007-05-31
"""
DUTY = """
[[rule]]
id = "plan-content"
version = 1
kind = "duty"
subject = "reviews"
title = "Plan is whole"
trigger = "a plan is saved"
responsible = "offender_manager"
source = "guidance"
confidence = "verified"
in_force_from = 2012-01-01
"""


@pytest.fixture
def said(tmp_path):
    """A function: read the text as a file of rules, give what the refusal says."""

    def read(text):
        path = tmp_path / "edited.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as refused:
            read_rule_book(path, SC)
        return [problem.replace(str(path), "FILE") for problem in refused.value.problems]

    return read


def edited(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


def line_of(text, start):
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_rules_of_these_tests_are_sound(tmp_path):
    path = tmp_path / "sound.toml"
    path.write_text(RULE + COUNT + DUTY, encoding="utf-8")

    assert len(list(read_rule_book(path, SC))) == 3


@pytest.mark.parametrize(
    "key",
    [
        "id", "version", "kind", "subject", "title", "trigger", "start_word", "amount", "unit",
        "counting", "responsible", "source", "confidence", "in_force_from",
    ],
)  # fmt: skip
def test_a_missing_field_names_the_line_of_its_rule(said, key):
    lines = RULE.splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(f"{key} = "))

    assert any(
        problem.startswith(f"FILE, line 2: [rule] {key} is missing; it must be ")
        for problem in said(text)
    )


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ('"calendar_days"', '"fortnights"', "unit", "unit is 'fortnights'; it must be one of"),
        ('"calendar_days"', '"times"', "unit", "a deadline is not counted in times, but in hours"),
        ('"calendar_days"', '"none"', "unit", "a deadline is not counted in none"),
        ('"deadline"', '"wish"', "kind", "kind is 'wish'; it must be one of deadline, duration"),
        ('"notification"', '"weather"', "subject", "subject is 'weather'; it must be one of"),
        ('"beginning_with"', '"from"', "counting", "counting is 'from'; it must be one of after"),
        ("amount = 3", "amount = 0", "amount", "amount is 0; it must be a whole number from 1"),
        ("amount = 3", "amount = 2.5", "amount", "amount is 2.5; it must be a whole number"),
        ('"hospital"', '"holiday"', "disregards", "disregards names 'holiday'; it must be one of"),
        ('"hospital"', '"custody"', "disregards", "disregards names the same absence twice"),
        ('["custody", "hospital"]', '"custody"', "disregards", "it must be a list of texts"),
        ('"subject"\n', '"nobody"\n', "responsible", "responsible is 'nobody'; it must be one of"),
        ('to = "supervisor"', 'to = "boss"', "escalation", "to is 'boss'; it must be one of"),
        ('to = "supervisor"', 'to = "court"', "escalation", "to is 'court'; it must be one of"),
        ("days = 5", "days = 1", "escalation", "escalation must rise from step to step"),
        ('"verified"', '"certain"', "confidence", "confidence is 'certain'; it must be one of"),
        ("2004-05-01", '"May 2004"', "in_force_from", "it must be a day such as 2022-03-31"),
        ("2004-05-01\n", "2004-05-01\nin_force_to = 2004-04-30\n", "in_force_to", "in_force_to is"),
        ('"beginning_with"', '"before"', "disregards", "disregards goes only with days, weeks"),
        ('"calendar_days"', '"hours"', "counting", "counting beginning_with counts days; hours"),
        ('"calendar_days"', '"hours"', "disregards", "disregards goes only with days, weeks"),
        ("amount = 3", "amount = 3\nand_days = 2", "and_days", "and_days goes only with months"),
        (
            "amount = 3", 'amount = 3\nbound = "at_most"', "bound",
            "bound at_most does not go with a deadline",
        ),
        (
            "amount = 3", 'amount = 3\nwithin = { amount = 1, unit = "years" }', "within",
            "within goes only with a count of occurrences",
        ),
        (
            "amount = 3", 'amount = 3\nceiling = { amount = 1, unit = "years" }', "ceiling",
            "ceiling limits a set date, and nobody may set one here",
        ),
        (
            "amount = 3", "amount = 3\nhalved_under_18 = true", "halved_under_18",
            "halved_under_18 goes only with months or years",
        ),
        (
            "amount = 3", 'amount = 3\nhalved_under_18 = "yes"', "halved_under_18",
            "halved_under_18 is 'yes'; it must be true or false",
        ),
        (
            "amount = 3", "amount = 3\nat_once_if_past = true", "at_once_if_past",
            "at_once_if_past goes only with counting = before",
        ),
        (
            "amount = 3",
            'amount = 3\nrun_on = { while = ["custody"], amount = 3, counting = "after" }',
            "run_on", "run_on names an absence whose days are not counted at all",
        ),
        (
            "amount = 3",
            'amount = 3\nrun_on = { while = ["abroad"], amount = 3, counting = "before" }',
            "run_on", "a period runs on after an absence",
        ),
        (
            "amount = 3", 'amount = 3\nrun_on = { amount = 3, counting = "after" }',
            "run_on", "while is missing; it must be a list of absences",
        ),
        (
            "amount = 3",
            'amount = 3\nrun_on = { while = ["moon"], amount = 3, counting = "after" }',
            "run_on", "while names 'moon'; it must be one of custody",
        ),
        (
            'unit = "calendar_days"', 'unit = "set_date"\nset_by = "the court"', "amount",
            "amount is there, and set_date counts nothing",
        ),
        ('trigger = "of', 'triger = "of', "triger", "triger is not known here; known are id"),
    ],
)  # fmt: skip
def test_a_wrong_edit_names_its_line_and_the_reason(said, old, new, at, reason):
    text = edited(RULE, old, new)

    where = f"FILE, line {line_of(text, at)}: "
    assert any(each.startswith(where) and reason in each for each in said(text)), said(text)


@pytest.mark.parametrize(
    ("text", "old", "new", "at", "reason"),
    [
        (COUNT, '"times"', '"weeks"', "unit", "a count is not counted in weeks, but in times"),
        (
            COUNT, "amount = 2", 'amount = 2\ncounting = "after"', "counting",
            "counting does not go with a count, which counts no time",
        ),
        (
            COUNT, "amount = 2", 'amount = 2\nwithin = { amount = 3, unit = "times" }', "within",
            "a within is an interval in calendar_days",
        ),
        (DUTY, 'kind = "duty"', 'kind = "duty"\nunit = "months"', "unit", "a duty is not counted"),
        (DUTY, 'kind = "duty"', 'kind = "duty"\namount = 3', "amount", "none counts nothing"),
        (
            DUTY, 'kind = "duty"', 'kind = "duty"\nset_by = "the chair"', "set_by",
            "set_by does not go with a duty, which counts no time",
        ),
    ],
)  # fmt: skip
def test_a_count_and_a_duty_hold_nothing_that_is_not_theirs(said, text, old, new, at, reason):
    text = edited(text, old, new)

    where = f"FILE, line {line_of(text, at)}: "
    assert any(each.startswith(where) and reason in each for each in said(text)), said(text)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (RULE, "notification-change: version 1 follows version 1; versions do not rise"),
        (
            edited(RULE, "version = 1", "version = 2").replace("2004-05-01", "2012-01-01"),
            "notification-change: version 1 is still in force when version 2 begins, on 2012-01-01",
        ),
        (
            edited(RULE, "version = 1", "version = 2").replace("2004-05-01", "2004-05-01"),
            "notification-change: version 1 is still in force when version 2 begins, on 2004-05-01",
        ),
    ],
    ids=["the same version twice", "overlapping", "on the same day"],
)
def test_versions_that_clash_name_the_line_of_the_later(said, second, reason):
    line = len(RULE.splitlines()) + line_of(second, "version")

    assert f"FILE, line {line}: [rule] {reason}" in "\n".join(said(RULE + second))


def test_versions_that_go_back_are_refused(said):
    first = edited(RULE, "version = 1", "version = 2") + "in_force_to = 2011-12-31\n"
    second = RULE.replace("2004-05-01", "2012-01-01")

    assert "version 1 follows version 2" in said(first + second)[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "FILE: has no [[rule]]"),
        ("rule = 3\n", "FILE: has no [[rule]]"),
        (RULE + "amount =\n", "is not valid TOML"),
        (RULE + RULE.replace("[[rule]]", "[rule]"), "is not valid TOML"),
        (RULE.replace('"verified"', '"verified'), "is not valid TOML"),
    ],
)
def test_a_file_that_is_no_list_of_rules_is_refused(said, text, reason):
    assert any(reason in problem for problem in said(text))


def test_bad_toml_names_its_line(said):
    (problem,) = said(RULE + "amount =\n")

    assert f"at line {len(RULE.splitlines()) + 1}" in problem


def test_all_that_is_wrong_is_said_at_once(said):
    text = edited(edited(RULE, '"calendar_days"', '"moons"'), '"subject"\n', '"x"\n')

    assert len(said(text + COUNT.replace("amount = 2\n", ""))) == 3
