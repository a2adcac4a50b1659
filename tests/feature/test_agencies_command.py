"""The console command."""

import base64
from dataclasses import replace

import pytest

from config.settings import Mode
from mappa import cli
from mappa.agencies.models import User
from mappa.kernel import uow
from mappa.kernel.db import db
from tests.factories.world import northmoor


@pytest.fixture
def production(monkeypatch, database_url, tmp_path):
    monkeypatch.setenv("MAPPA_MODE", "production")
    monkeypatch.setenv("MAPPA_HOME", str(tmp_path))
    monkeypatch.setenv("MAPPA_DATABASE_URL", database_url)
    monkeypatch.setenv("MAPPA_SECRET_KEY", "only for tests, only for tests, only")
    monkeypatch.setenv("MAPPA_FIELD_KEY", base64.urlsafe_b64encode(bytes(range(32))).decode())
    monkeypatch.setenv("MAPPA_BASE_URL", "https://mappa.example.org")


def test_every_missing_setting_is_named_at_once(monkeypatch, capsys):
    names = ("MAPPA_DATABASE_URL", "MAPPA_SECRET_KEY", "MAPPA_FIELD_KEY", "MAPPA_BASE_URL")
    for name in (*names, "MAPPA_MODE"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["serve"]) == 2
    said = capsys.readouterr().err
    assert all(f"{name} is not set" in said for name in names)
    assert "Traceback" not in said


def test_demo_secrets_are_refused(production, monkeypatch, capsys):
    monkeypatch.setenv("MAPPA_SECRET_KEY", "demo-" + "x" * 40)
    assert cli.main(["audit", "verify"]) == 2
    assert "MAPPA_SECRET_KEY is a demo secret" in capsys.readouterr().err


def test_production_does_not_serve_demo_accounts(app, settings):
    world = northmoor(app)
    app.config["SETTINGS"] = replace(settings, mode=Mode.PRODUCTION)
    cli.check_start(app)
    with world.system():
        db.session.get_one(User, world.staff["priya"].user_id).demo = True
    with pytest.raises(cli.CannotStart, match="1 demo account"):
        cli.check_start(app)
    app.config["SETTINGS"] = replace(settings, mode=Mode.DEMO)
    cli.check_start(app)


class TestUsers:
    @pytest.fixture
    def world(self, app, monkeypatch, settings):
        monkeypatch.setattr(cli, "_app", lambda _settings: app)
        monkeypatch.setattr(cli, "from_environment", lambda: settings)
        return northmoor(app)

    def test_an_administrator_is_created_gets_a_link_and_is_disabled(self, world, capsys):
        create = [
            "users", "create", "--email", "Zed@example.org", "--name", "Zed Arkwright",
            "--agency", "northmoor police", "--role", "agency_administrator",
            "--team", "police one",
        ]  # fmt: skip
        assert cli.main(create) == 0
        assert "http://localhost/set-password/" in capsys.readouterr().out
        assert cli.main(create) == 1
        assert "has an account already" in capsys.readouterr().err
        assert cli.main(["users", "reset-link", "zed@example.org"]) == 0
        assert "http://localhost/set-password/" in capsys.readouterr().out
        assert cli.main(["users", "disable", "zed@example.org", "--reason", "Left"]) == 0
        assert cli.main(["users", "disable", "zed@example.org", "--reason", "Left"]) == 1
        assert "This account is disabled already" in capsys.readouterr().err
        assert cli.main(["audit", "verify"]) == 0
        assert "0 faults" in capsys.readouterr().out

    def test_unknown_names_are_refused(self, world, capsys):
        assert cli.main(["users", "reset-link", "nobody@example.org"]) == 1
        wrong = ["users", "create", "--email", "z@example.org", "--name", "Z", "--role", "chair"]
        assert cli.main([*wrong, "--agency", "nowhere"]) == 1
        team = ["--agency", "northmoor police", "--team", "nowhere"]
        assert cli.main([*wrong, *team]) == 1
        with pytest.raises(SystemExit):
            cli.main(["users", "create", "--role", "emperor"])

    def test_tampering_is_told_and_fails(self, world, capsys, app):
        from sqlalchemy import text

        create = [
            "users", "create", "--email", "z@example.org", "--name", "Z",
            "--agency", "northmoor police", "--role", "chair",
        ]  # fmt: skip
        assert cli.main(create) == 0
        with app.app_context(), uow.unit_of_work(uow.Kind.WRITE, system="test"):
            for name in db.session.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                db.session.execute(text(f"DROP TRIGGER {name}"))
            db.session.execute(text("UPDATE audit_entry SET basis = 'nothing to see'"))
        assert cli.main(["audit", "verify"]) == 1
        assert "was altered" in capsys.readouterr().out


class TestAreas:
    """An installation begins with nothing but the migrated tables."""

    @pytest.fixture
    def started(self, app, monkeypatch, settings):
        monkeypatch.setattr(cli, "_app", lambda _settings: app)
        monkeypatch.setattr(cli, "from_environment", lambda: settings)
        return app

    def test_from_an_empty_database_to_an_administrator(self, started, capsys):
        add = [
            "agencies", "add", "--area", "surrey", "--type", "police", "--name", "Surrey Police",
            "--short-name", "Police", "--phone", "01632 960100",
        ]  # fmt: skip
        assert cli.main(add) == 1, "the area is not open"
        assert cli.main(["areas", "open", "surrey", "--sign"]) == 0
        assert "Surrey is open and has the default agreement." in capsys.readouterr().out
        assert cli.main(["areas", "open", "surrey"]) == 1
        assert "Surrey is open already" in capsys.readouterr().err
        assert cli.main(["areas", "sign", "surrey"]) == 1
        assert cli.main(["areas", "open", "atlantis"]) == 1
        assert cli.main(add) == 0
        assert cli.main(add) == 1, "a second of this name"
        create = ["users", "create", "--email", "z@example.org", "--name", "Z"]
        here = ["--agency", "Surrey Police", "--role"]
        assert cli.main([*create, *here, "agency_administrator"]) == 0
        assert cli.main(["users", "post", "z@example.org", *here, "system_administrator"]) == 0
        assert cli.main(["users", "post", "z@example.org", *here, "system_administrator"]) == 1
        assert cli.main(["users", "post", "nobody@example.org", *here, "chair"]) == 1
        assert cli.main(["users", "post", "z@example.org", *here, "offender_manager"]) == 1
        capsys.readouterr()
        assert cli.main(["areas", "list"]) == 0
        said = capsys.readouterr().out
        assert "Surrey: open, 1 agencies, agreement until" in said
        assert "Sussex: not open" in said
        assert cli.main(["audit", "verify"]) == 0

    def test_an_agreement_is_signed_for_a_day_to_come(self, started, capsys):
        assert cli.main(["areas", "open", "surrey"]) == 0
        assert cli.main(["areas", "sign", "surrey", "--from", "2020-01-01"]) == 1
        assert "The agreement begins today or later" in capsys.readouterr().err
        assert cli.main(["areas", "sign", "surrey", "--from", "2027-01-04"]) == 0
