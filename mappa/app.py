"""The application factory: settings, extensions, blueprints, and who reacts to what."""

import gc
from pathlib import Path

import flask_login
import sqlalchemy as sa
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Mode, Settings
from mappa.access import guard, narrowing
from mappa.access import models as access_models
from mappa.actions import models as action_models
from mappa.actions import service as actions
from mappa.actions import views as action_views
from mappa.agencies import leaving, moves, second_person, sessions
from mappa.agencies import models as agency_models
from mappa.agencies.views import blueprints as agency_blueprints
from mappa.audit import models as audit_models
from mappa.insight import views as insight_pages
from mappa.intelligence import models as intelligence_models
from mappa.intelligence import queries as intelligence_queries
from mappa.intelligence import views as intelligence_pages
from mappa.kernel import crypto, uow
from mappa.kernel.db import SYSTEM, db, harden
from mappa.kernel.long_statements import keep_long_statements
from mappa.meetings import models as meeting_models
from mappa.meetings import views as meeting_pages
from mappa.navigation import PLACES, TABS
from mappa.offenders import changes, identity
from mappa.offenders import frame as person_frame
from mappa.offenders import models as offender_models
from mappa.offenders import queries as people_queries
from mappa.offenders import views as people_views
from mappa.offenders.exporting import models as export_models
from mappa.offenders.exporting import views as export_pages
from mappa.offenders.files import models as file_models
from mappa.offenders.files import views as file_pages
from mappa.offenders.handover import cover
from mappa.offenders.handover import models as handover_models
from mappa.offenders.handover import views as handover_pages
from mappa.offenders.importing import models as import_models
from mappa.offenders.importing import views as import_pages
from mappa.offenders.level_review import duties as level_duties
from mappa.offenders.level_review import views as level_review_pages
from mappa.offenders.matching import models as matching_models
from mappa.offenders.matching import views as matching_pages
from mappa.offenders.merging import models as merging_models
from mappa.offenders.merging import views as merging_views
from mappa.offenders.record import models as record_models
from mappa.offenders.record import views as record_pages
from mappa.plans import models as plan_models
from mappa.plans import queries as plan_queries
from mappa.plans import views as plan_pages
from mappa.reminders import models as reminder_models
from mappa.reminders import service as reminders
from mappa.reminders import views as reminder_views
from mappa.reminders.assigning import models as assigning_models
from mappa.reminders.assigning import service as assigning
from mappa.reminders.assigning import views as assigning_pages
from mappa.reminders.holidays import models as holiday_models
from mappa.reminders.holidays import views as holiday_pages
from mappa.reminders.standards import models as standard_models
from mappa.reminders.standards import views as standard_pages
from mappa.reminders.telling import models as telling_models
from mappa.risk import models as risk_models
from mappa.risk import views as risk_pages
from mappa.sharing import hub as sharing_hub
from mappa.sharing.approvals import kinds as approvals
from mappa.sharing.approvals import models as approval_models
from mappa.sharing.approvals import passing as left_approvals
from mappa.sharing.approvals import role_change
from mappa.sharing.approvals import views as approval_pages
from mappa.sharing.case_team import views as case_team_pages
from mappa.sharing.emergency import models as emergency_models
from mappa.sharing.emergency import passing as left_reviews
from mappa.sharing.emergency import presenters as emergency_words
from mappa.sharing.emergency import service as emergency
from mappa.sharing.emergency import views as emergency_pages
from mappa.sharing.leaving import passing as left_shares
from mappa.sharing.leaving import views as leaving_pages
from mappa.sharing.marking import passing as left_marks
from mappa.sharing.marking import unsealing
from mappa.sharing.marking import views as marking_pages
from mappa.sharing.passing import kinds as passing
from mappa.sharing.requests import models as request_models
from mappa.sharing.requests import passing as left_requests
from mappa.sharing.requests import views as request_pages
from mappa.sharing.restrictions import models as restriction_models
from mappa.sharing.restrictions import passing as left_exclusions
from mappa.sharing.restrictions import views as restriction_pages
from mappa.sharing.several import models as several_models
from mappa.sharing.several import second as several_second
from mappa.sharing.several import views as several_pages
from mappa.sharing.shares import models as share_models
from mappa.sharing.shares import views as share_pages
from mappa.visits import models as visit_models
from mappa.visits import views as visit_pages
from mappa.web import errors, headers, parked_pages, words
from mappa.web import models as web_models
from mappa.web.files import MemoryRequest
from mappa.web.slots import slots

MODELS = (
    access_models,
    action_models,
    agency_models,
    audit_models,
    handover_models,
    meeting_models,
    intelligence_models,
    matching_models,
    offender_models,
    merging_models,
    file_models,
    import_models,
    export_models,
    plan_models,
    record_models,
    reminder_models,
    assigning_models,
    holiday_models,
    standard_models,
    telling_models,
    request_models,
    risk_models,
    approval_models,
    restriction_models,
    share_models,
    several_models,
    emergency_models,
    visit_models,
    web_models,
)
"""Every table is known before the first query."""

BLUEPRINTS = (
    *agency_blueprints,
    parked_pages.bp,
    people_views.bp,
    handover_pages.bp,
    level_review_pages.bp,
    merging_views.bp,
    file_pages.bp,
    import_pages.bp,
    export_pages.bp,
    record_pages.bp,
    matching_pages.bp,
    reminder_views.bp,
    assigning_pages.bp,
    holiday_pages.bp,
    standard_pages.bp,
    action_views.bp,
    intelligence_pages.bp,
    meeting_pages.bp,
    visit_pages.bp,
    risk_pages.bp,
    emergency_pages.bp,
    plan_pages.bp,
    approval_pages.bp,
    restriction_pages.bp,
    case_team_pages.bp,
    marking_pages.bp,
    leaving_pages.bp,
    sharing_hub.bp,
    share_pages.bp,
    several_pages.bp,
    request_pages.bp,
    insight_pages.bp,
    insight_pages.help_bp,
)

PASSING = (
    left_shares.PASSING,
    left_requests.PASSING,
    left_reviews.PASSING,
    left_approvals.PASSING,
    left_marks.PASSING,
    left_exclusions.PASSING,
)
"""Whose duties pass on when somebody leaves."""

_STATIC = Path(__file__).parent / "web" / "static"


def create_app(settings: Settings) -> Flask:
    """The platform as a WSGI application. Starts no scheduler and runs no migration."""
    app = Flask(
        "mappa",
        root_path=str(Path(__file__).parent),
        static_folder=str(_STATIC),
        static_url_path="/static",
        template_folder=str(_STATIC.parent / "templates"),
    )
    app.request_class = MemoryRequest
    _configure(app, settings)
    crypto.use_key(settings.field_key)
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        for engine in db.engines.values():
            _install(engine)
    headers.install(app, settings)
    errors.install(app)
    _templates(app)
    _register(app)
    # A first page builds statements of a hundred thousand parts, all of which stay: looking for
    # rubbish among them at every 700 took half of its time.
    gc.set_threshold(10_000, 20, 50)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        SQLALCHEMY_BINDS=_other_engines(settings),
        SESSION_COOKIE_NAME="mappa",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        STATIC_VERSION=_static_version(),
        TESTING=settings.mode is Mode.TEST,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )


def _other_engines(settings: Settings) -> dict[str, dict[str, object]]:
    """PostgreSQL has a role of its own for the system (docs/decisions/0013)."""
    url = settings.system_url
    if not settings.postgresql or url is None:
        return {}
    return {SYSTEM: {"url": url, **_engine_options(url)}}


def _engine_options(url: str) -> dict[str, object]:
    both = {
        "hide_parameters": True,  # what is written may be personal; logs never are
        "query_cache_size": 2000,  # each role has statements of its own (docs/decisions/0015)
    }
    if url.startswith("sqlite"):
        # Named: the policy repeats its binds, and each is then converted once.
        kept = {"check_same_thread": False, "cached_statements": 256}
        return {"connect_args": kept, "paramstyle": "named", **both}
    # Planning the policy costs more than running it (docs/decisions/0002), and compiling it to
    # machine code a hundred times more: each statement is planned once in a connection.
    generic = {"options": "-c plan_cache_mode=force_generic_plan -c jit=off"}
    return {"connect_args": {**generic, "prepare_threshold": 0}, **both}


def _static_version() -> str:
    parts = sorted(_STATIC.glob("*.*")) + sorted((_STATIC / "vendor").glob("*.*"))
    return crypto.digest("".join(f"{path.name}{path.stat().st_size}" for path in parts))[:12]


def _install(engine: sa.Engine) -> None:
    harden(engine)
    keep_long_statements(engine)
    guard.watch_engine(engine)
    guard.watch_sessions(Session)
    narrowing.watch_sessions(Session)
    uow.watch_sessions(Session)


def _templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=words.day, hour=words.hour, moment=words.moment, lines=words.lines, days=words.days
    )
    app.jinja_env.globals.update(age_of=words.age_of, mark_line=marking_pages.line)


def _register(app: Flask) -> None:
    """Blueprints and slots of every feature."""
    login = flask_login.LoginManager()
    # Its context processor would look the session up again for every page.
    login.init_app(app, add_context_processor=False)
    sessions.install(login)
    moves.on(reminders.carry_duties)
    approvals.register(role_change.KIND)
    approvals.register(unsealing.KIND)
    approvals.register(several_second.KIND)
    second_person.on(role_change.ask)
    leaving.on(emergency.end_with_posting)
    for each in PASSING:
        passing.register(each)
    assigning.on(actions.KIND, actions.pass_action)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    slots.sign_in, slots.touch = sessions.look_up, sessions.touch
    slots.parked = parked_pages.how_many
    slots.bell, slots.alarm = reminder_views.bell, reminder_views.alarm
    slots.standing = identity.standing
    slots.identity, slots.warnings = person_frame.identity, person_frame.warnings
    slots.buttons = person_frame.buttons
    slots.emergency = emergency_words.band
    slots.extra["names"] = people_queries.names
    changes.on("person:added", cover.cover_added)
    changes.on("level:", level_duties.follow)
    changes.on(level_duties.HANDED_OVER, level_duties.follow)
    changes.on(level_duties.PARTED, level_duties.follow)
    changes.on("person:merged", level_duties.end_with_record)
    visit_pages.register(plan_queries.agreed_number, intelligence_queries.last_reported)
    slots.tabs, slots.places = list(TABS), list(PLACES)
