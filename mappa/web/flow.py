"""What surrounds a view: the action it declares, its unit of work, its audit row.

Every route is ``@for_action(...)`` and one of ``@reads`` (nothing personal), ``@witnessed``
(reads personal data: one audit row per answer) or ``@writes`` (one commit before the answer).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.datastructures import MultiDict

from mappa.access import guard, merged
from mappa.access.actions import ANYONE, GRANTS, Action
from mappa.access.actor import Actor
from mappa.access.asking import require, standing
from mappa.audit import log
from mappa.kernel import uow
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.web import parking, posts, witness
from mappa.web.slots import Beside, SignIn, slots

View = Callable[..., ResponseReturnValue]
Again = Callable[..., str]

_TRIES = 3
_SERIALIZATION = frozenset({"40001", "40P01"})
_WON_ELSEWHERE = (
    "committed_post",
    "uq_deadline_open_duty",
    "uq_bank_holiday_live_day",
    "uq_local_standard_version",
    "visit_draft",
)


class SignedOut(Exception):
    """Nobody is signed in; ``flow`` turns it into the way to the sign-in page."""


class _Answer(Exception):
    """An answer that must not commit: it carries the answer through the rollback."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def for_action(action: Action) -> Callable[[View], View]:
    """Declare what a route does; a law test finds every route that does not."""

    def mark(view: View) -> View:
        inner: Any = view
        while inner is not None:  # what stands below it (the unit of work) asks for it too
            inner.action = action
            inner = getattr(inner, "__wrapped__", None)
        return view

    return mark


def current_actor() -> Actor:
    """The signed-in reader. Raises ``SignedOut`` if there is none."""
    signed_in: SignIn | None = g.get("sign_in")
    if signed_in is None or signed_in.actor is None:
        raise SignedOut
    return signed_in.actor


def reader() -> Actor | None:
    """The signed-in reader, if any."""
    signed_in: SignIn | None = g.get("sign_in")
    return signed_in.actor if signed_in else None


def look_up(beside: Beside | None = None) -> SignIn:
    """Find out, in this unit of work, who is asking, and what is asked beside it."""
    assert slots.sign_in is not None
    g.sign_in = slots.sign_in(beside)
    guard.acts_as(g.sign_in.actor)
    return g.sign_in  # type: ignore[no-any-return]


def _admit(action: Action, beside: Beside | None = None) -> None:
    look_up(beside)
    if action in ANYONE:
        return
    actor = current_actor()
    if GRANTS[action].section is None:
        require(actor, action)


def reads(view: View) -> View:
    """A page without personal data: a read transaction, nothing else."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return _signed_out_leads_to_sign_in(lambda: _read(view, args, kwargs, witnessed=False))

    wrapper.kind = Kind.READ  # type: ignore[attr-defined]
    return wrapper


def witnessed(view: View) -> View:
    """A page with personal data: its reading is on record before the first byte is sent."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return _signed_out_leads_to_sign_in(lambda: _read(view, args, kwargs, witnessed=True))

    wrapper.kind = Kind.WITNESS  # type: ignore[attr-defined]
    return wrapper


def rehearsed(view: View) -> View:
    """A witnessed page that shows what an act would bring: it writes, and nothing of it stays."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return _signed_out_leads_to_sign_in(
            lambda: _read(view, args, kwargs, witnessed=True, kind=Kind.REHEARSAL)
        )

    wrapper.kind = Kind.REHEARSAL  # type: ignore[attr-defined]
    return wrapper


def attempts_recorded(view: View) -> View:
    """Let what is refused stand in the audit too: by its rule, never by what was typed."""
    inner: Any = view
    while inner is not None:
        inner.attempts = True
        inner = getattr(inner, "__wrapped__", None)
    return view


def _record_attempt(view: View, kwargs: Mapping[str, Any], error: Exception) -> None:
    actor = reader()
    if actor is None or not getattr(view, "attempts", False):
        return
    subjects = [each for each in kwargs.values() if isinstance(each, UUID)]
    reason = error.rule if isinstance(error, RuleBroken) else type(error).__name__
    witness.refusal(actor, _action_of(view).value, subjects, reason)


def _action_of(view: View) -> Action:
    return view.action  # type: ignore[attr-defined, no-any-return]


def _read(
    view: View, args: Any, kwargs: Any, *, witnessed: bool, kind: Kind = Kind.READ
) -> Response:
    ends, since = 0, None
    for attempt in range(1, _TRIES + 1):
        with unit_of_work(kind), witness.noting() as noted:
            g.pop("standing", None)
            g.pop("disclosure", None)
            g.pop("reading_basis", None)
            _admit(_action_of(view))
            answer = _to_survivor(kwargs) or make_response(view(*args, **kwargs))
            at = uow.current().at
        if noted and not witnessed:
            witness.refuse(noted)
        since = since or at
        if not witnessed or _is_witnessed(view, kwargs, noted, (since, ends)):
            break
        ends = g.pop("ends")
        if attempt == _TRIES:
            raise witness.CannotRecord
    _touch(at)
    return answer


def _is_witnessed(
    view: View, kwargs: dict[str, Any], noted: set[UUID], since: tuple[datetime, int]
) -> bool:
    """Record the reading, unless a right was ended since: then it is to be read again."""
    person = kwargs.get("person_id")
    try:
        witness.write(reader(), _action_of(view), noted, person, since=since)
    except log.RightsEnded as ended:
        g.ends = ended.ends
        return False
    return True


def _for_survivor(kwargs: dict[str, Any]) -> dict[str, Any]:
    """What is written to a record that was merged is written to the surviving one."""
    person = kwargs.get("person_id")
    return kwargs if person is None else {**kwargs, "person_id": merged.survivor_of(person)}


def _to_survivor(kwargs: dict[str, Any]) -> Response | None:
    """The page of a record that was merged is the surviving one's, for those who see that."""
    onwards = _for_survivor(kwargs)
    if onwards == kwargs or request.endpoint is None:
        return None
    standing(current_actor(), onwards["person_id"])
    flash("The record you asked for was merged into this one.")
    asked = request.query_string.decode("ascii", "replace")
    page = url_for(request.endpoint, **onwards)
    return make_response(redirect(f"{page}?{asked}" if asked else page))


def _touch(at: Any) -> None:
    signed_in: SignIn = g.sign_in
    if signed_in.actor is None or signed_in.touched_at is None or slots.touch is None:
        return
    if (at - signed_in.touched_at).total_seconds() >= 60:
        with unit_of_work(Kind.TOUCH):
            slots.touch(signed_in.actor.session_id, at)


def writes(*, again: Again | None = None) -> Callable[[View], View]:
    """A post: one commit before the answer leaves.

    ``again(**view_args, values=…, errors=…)`` gives the form once more when what was typed cannot
    be taken: nothing is written then, the answer is 422 and everything typed is still there.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            return _signed_out_leads_to_sign_in(lambda: _post(view, args, kwargs, again))

        wrapper.kind = Kind.WRITE  # type: ignore[attr-defined]
        wrapper.again = again  # type: ignore[attr-defined]
        return wrapper

    return decorate


def _post(view: View, args: Any, kwargs: Any, again: Again | None) -> Response:
    for attempt in range(1, _TRIES + 1):
        try:
            return _post_once(view, args, kwargs)
        except _Answer as carried:
            return carried.answer
        except NotFound as error:
            _record_attempt(view, kwargs, error)
            raise
        except (FieldErrors, RuleBroken) as error:
            _record_attempt(view, kwargs, error)
            if again is None:
                raise
            return _form_again(view, again, kwargs, error)
        except DBAPIError as error:
            if attempt == _TRIES or not _worth_retrying(error):
                raise
    raise AssertionError("unreachable")


def _worth_retrying(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        # The same key, duty or day won elsewhere: once more, and its answer is found.
        return any(name in str(error.orig) for name in _WON_ELSEWHERE)
    return getattr(error.orig, "sqlstate", None) in _SERIALIZATION


def _post_once(view: View, args: Any, kwargs: Any) -> Response:
    with unit_of_work(Kind.WRITE), witness.noting():
        action = _action_of(view)
        keyed = action not in ANYONE and getattr(view, "keyed", True)
        person = kwargs.get("person_id", NOBODY)
        _admit(action, posts.asked(person) if keyed else None)
        if keyed:
            before = posts.answer_to(g.sign_in.beside, person)
            if before is not None:
                return before
        answer = make_response(view(*args, **_for_survivor(kwargs)))
        if answer.status_code >= 400:
            raise _Answer(answer)
        if keyed:
            posts.keep(current_actor(), answer)
    return answer


def unkeyed(view: View) -> View:
    """A post without an idempotency key: searching, signing out."""
    view.keyed = False  # type: ignore[attr-defined]
    return view


def errors_of(error: FieldErrors | RuleBroken) -> dict[str, list[str]]:
    """Field name (or "" for the whole form) to sentences."""
    if isinstance(error, FieldErrors):
        return error.errors
    return {error.field or "": list(error.sentences)}


def _form_again(
    view: View, again: Again, kwargs: dict[str, Any], error: FieldErrors | RuleBroken
) -> Response:
    values: MultiDict[str, str] = request.form
    errors = errors_of(error)
    with unit_of_work(Kind.READ), witness.noting() as noted:
        person = kwargs.get("person_id", NOBODY)
        found = look_up(posts.asked(person)).beside
        taken = posts.taken_meanwhile(found, person)
        if taken is not None:
            return taken
        kwargs = _for_survivor(kwargs)
        answer = make_response(again(**kwargs, values=values, errors=errors), 422)
    witness.write(reader(), _action_of(view), noted, kwargs.get("person_id"))
    return answer


def _signed_out_leads_to_sign_in(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except SignedOut:
        return _to_sign_in()


def _to_sign_in() -> Response:
    signed_in: SignIn = g.sign_in
    page = request.full_path.rstrip("?")
    if request.method == "POST" and signed_in.ran_out and signed_in.user_id:
        parked = parking.park(signed_in)
        return redirect(url_for("sessions.sign_in", kept=1 if parked else None))  # type: ignore[return-value]
    wanted = page if request.method in ("GET", "HEAD") and page != "/" else None
    return redirect(url_for("sessions.sign_in", next=wanted))  # type: ignore[return-value]
