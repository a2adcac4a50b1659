"""The second factor: codes of an authenticator app, each good once, and recovery codes."""

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

import pyotp
import segno
import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.agencies import rules
from mappa.agencies.models import RecoveryCode, User
from mappa.audit import log
from mappa.kernel import crypto
from mappa.kernel.db import db

_SECONDS = 30
_DRIFT = 1
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like others."""


def new_secret() -> str:
    """A fresh secret for an authenticator app."""
    return base64.b32encode(hashlib.sha256(crypto.token().encode()).digest()[:20]).decode()


def seal_offer(secret: str, user_id: UUID) -> str:
    """The offered secret, to travel in the form: nothing is stored until a code proves it."""
    return crypto.seal(secret, f"second-factor-offer:{user_id}").hex()


def open_offer(sealed: str, user_id: UUID) -> str | None:
    """The secret that was offered to this account, or None if this is no offer of ours."""
    from cryptography.exceptions import InvalidTag

    try:
        return crypto.open_sealed(bytes.fromhex(sealed), f"second-factor-offer:{user_id}")
    except (InvalidTag, KeyError, ValueError):
        return None


def picture_of(secret: str, email: str) -> str:
    """The QR code as a data URI: scanned, it sets up the app."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="MAPPA")
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=4))


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The 30-second step for which this is the code, one before and after allowed, or None."""
    typed = code.replace(" ", "")
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return None
    now = int(at.timestamp()) // _SECONDS
    totp = pyotp.TOTP(secret)
    good = [
        step
        for step in range(now - _DRIFT, now + _DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step), typed)
    ]
    return good[-1] if good else None


def accept(user: User, code: str, at: datetime) -> str | None:
    """How the code proves the second factor ("app", "recovery code"), or None. Each is used up."""
    if not user.totp_secret:
        return None
    step = step_of(user.totp_secret, code, at)
    if step is not None:
        taken = db.session.execute(
            sa.update(User)
            .where(User.id == user.id, User.totp_last_step < step)
            .values(totp_last_step=step)
        )
        return "app" if taken.rowcount == 1 else None  # type: ignore[attr-defined]
    used = db.session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_digest == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return "recovery code" if used.rowcount == 1 else None  # type: ignore[attr-defined]


def set_up(user: User, secret: str, step: int, *, by: Actor | None, now: datetime) -> list[str]:
    """Keep the secret, of which ``step`` is used, and give the recovery codes, to be shown once."""
    user.totp_secret = secret
    user.totp_last_step = step
    db.session.flush()
    _record(user, "user:second-factor-set-up", by, now)
    return _new_codes(user)


def renew_codes(user: User, *, by: Actor, now: datetime) -> list[str]:
    """Ten fresh recovery codes, to be shown once; those before are void."""
    _record(user, "user:recovery-codes-made", by, now)
    return _new_codes(user)


def remove(user: User, *, by: Actor | None, now: datetime) -> None:
    """Turn it off, with its recovery codes."""
    user.totp_secret = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.flush()
    _record(user, "user:second-factor-removed", by, now)


def codes_left(user_id: UUID) -> int:
    """How many recovery codes are not used yet."""
    return db.session.execute(
        sa.select(sa.func.count()).where(
            RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
        )
    ).scalar_one()


def _new_codes(user: User) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_new_code() for _ in range(rules.RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_digest=_digest(each)) for each in codes)
    db.session.flush()
    return codes


def _new_code() -> str:
    """Sixteen letters in fours, 79 bits: too many to try, even with the digests at hand."""
    number = int.from_bytes(hashlib.sha256(crypto.token().encode()).digest())
    letters = [_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return crypto.digest("recovery:" + plain.encode("ascii", "replace").decode())


def _record(user: User, event: str, by: Actor | None, now: datetime) -> None:
    log.record(by, log.Operation.ADMINISTRATION, event, [user.id], at=now, actor_id=user.id)
