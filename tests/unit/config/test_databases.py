"""Three roles of one PostgreSQL, or one SQLite file: the settings, and the SQL that is printed."""

import base64

import pytest

from config.settings import SettingsError, from_environment
from mappa import cli

APPLICATION = "postgresql+psycopg://app@db/mappa"
SYSTEM = "postgresql+psycopg://sys@db/mappa"
OWNER = "postgresql+psycopg://owner@db/mappa"
WHOLE = {
    "MAPPA_MODE": "production",
    "MAPPA_DATABASE_URL": APPLICATION,
    "MAPPA_SECRET_KEY": "only for tests, only for tests, only",
    "MAPPA_FIELD_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
    "MAPPA_BASE_URL": "https://mappa.example.org",
}


def test_a_web_server_does_without_the_other_two_roles():
    settings = from_environment(WHOLE)
    assert settings.system_url is None
    assert settings.owner_url == APPLICATION


def test_commands_and_upgrade_have_roles_of_their_own():
    more = {"MAPPA_SYSTEM_DATABASE_URL": SYSTEM, "MAPPA_OWNER_DATABASE_URL": OWNER}
    settings = from_environment(WHOLE | more)
    assert (settings.system_url, settings.owner_url) == (SYSTEM, OWNER)
    assert "sys@" not in repr(settings)


@pytest.mark.parametrize("name", ["MAPPA_SYSTEM_DATABASE_URL", "MAPPA_OWNER_DATABASE_URL"])
@pytest.mark.parametrize(
    ("url", "said"),
    [(APPLICATION, "the same role"), ("sqlite:///mappa.sqlite", "is for PostgreSQL")],
    ids=["the application's own", "SQLite"],
)
def test_another_role_must_be_another_role_of_postgresql(name, url, said):
    with pytest.raises(SettingsError, match=f"{name} .*{said}"):
        from_environment(WHOLE | {name: url})


def test_the_roles_are_printed_as_sql_without_a_right_too_many(monkeypatch, capsys):
    more = {"MAPPA_SYSTEM_DATABASE_URL": SYSTEM, "MAPPA_OWNER_DATABASE_URL": OWNER}
    for name, value in (WHOLE | more).items():
        monkeypatch.setenv(name, value)
    assert cli.main(["database", "roles"]) == 0
    printed = capsys.readouterr().out
    for role in ("owner", "app", "sys"):
        assert f"CREATE ROLE {role} LOGIN NOSUPERUSER" in printed
    assert printed.count("NOBYPASSRLS") == 3
    assert "CREATE DATABASE mappa OWNER owner" in printed


def test_without_three_addresses_it_says_which_to_set(monkeypatch, capsys):
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["database", "roles"]) == 2
    assert "MAPPA_OWNER_DATABASE_URL" in capsys.readouterr().err
