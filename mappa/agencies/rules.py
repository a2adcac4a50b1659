"""Pure rules of accounts: how long to wait, which password will do, who may give which role."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mappa.access.terms import Role

FREE_TRIES = 4
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
FORGOTTEN_AFTER = timedelta(hours=24)
RECENT = timedelta(minutes=10)
"""For how long a typed password is good enough for dangerous acts."""
FIRST_LINK_LASTS = timedelta(days=7)
RESET_LINK_LASTS = timedelta(hours=24)
SHORTEST = 12
LONGEST = 200
RECOVERY_CODES = 10

_COMMON = frozenset(
    {
        "password", "passwort", "qwerty", "qwertyuiop", "letmein", "welcome", "admin",
        "administrator", "changeme", "iloveyou", "monkey", "dragon", "football", "liverpool",
        "arsenal", "chelsea", "sunshine", "princess", "abc", "abcdef", "abcdefgh", "asdfghjkl",
        "zxcvbnm", "secret", "trustno", "master", "login", "mappa", "police", "probation",
        "council", "socialwork", "england", "scotland", "correcthorsebatterystaple",
    }
)  # fmt: skip
"""Words that do not make a password, whatever digits and signs stand around them."""

GIVEN_BY_ADMINISTRATOR = (
    Role.OFFENDER_MANAGER,
    Role.PROTECTION_OFFICER,
    Role.SOCIAL_WORKER,
    Role.REPRESENTATIVE,
    Role.SUPERVISOR,
    Role.AGENCY_LEAD,
    Role.DUTY_OFFICER,
    Role.COORDINATOR,
    Role.CHAIR,
    Role.INFORMATION_OFFICER,
    Role.AUDITOR,
    Role.LAY_ADVISER,
)
"""What an agency administrator may give, as far as the kind of agency has it."""

NEED_A_SECOND = frozenset(
    {Role.AGENCY_ADMINISTRATOR, Role.RULES_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR}
)
"""Roles that no single administrator gives or takes; until two can, a command does."""

OF_PRACTICE = frozenset(
    {
        Role.OFFENDER_MANAGER,
        Role.PROTECTION_OFFICER,
        Role.SOCIAL_WORKER,
        Role.REPRESENTATIVE,
        Role.LAY_ADVISER,
    }
)
"""The grid of the agency and no more; every other role has more rights than these."""


def takes_two(role: Role, held: Collection[Role]) -> bool:
    """Whether one administrator alone cannot give a role to somebody who holds ``held`` there.

    Two give a role with more rights than practice needs, and any role to somebody who acts in
    another. Another team, and a first posting in practice, one gives alone.
    """
    return role not in OF_PRACTICE or bool(set(held) - {role})


_RESPONSIBLE = frozenset({"police", "probation", "prison", "justice-social-work", "health"})
_SOCIAL_WORK = frozenset({"childrens-services", "adult-services"})

_KINDS: dict[Role, frozenset[str]] = {
    Role.OFFENDER_MANAGER: frozenset(
        {"probation", "prison", "youth-justice", "immigration", "armed-forces"}
    ),
    Role.PROTECTION_OFFICER: frozenset({"police"}),
    Role.SOCIAL_WORKER: frozenset({"justice-social-work", "youth-justice"}) | _SOCIAL_WORK,
    Role.DUTY_OFFICER: _RESPONSIBLE | _SOCIAL_WORK,
    Role.COORDINATOR: _RESPONSIBLE,
    Role.CHAIR: _RESPONSIBLE | _SOCIAL_WORK,
    Role.LAY_ADVISER: _RESPONSIBLE,
}
"""Which kinds of agency have a role; one that is not named here may be had by any."""


def has_role(agency_type: str, role: Role) -> bool:
    """Whether a kind of agency has such a role. Source: the default agreement's table of roles."""
    return role not in _KINDS or agency_type in _KINDS[role]


def roles_of(agency_type: str) -> tuple[Role, ...]:
    """The roles that an administrator of this kind of agency may give, in their order."""
    return tuple(each for each in GIVEN_BY_ADMINISTRATOR if has_role(agency_type, each))


OPERATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.RULES_ADMINISTRATOR})
"""Whoever holds one of these is changed from the command line only.

Else a one-time link would hand an agency's administrator more than the own role.
"""


@dataclass(frozen=True)
class Tries:
    """What is known of failed tries for one e-mail address, whether or not it has an account."""

    failures: int
    last_at: datetime
    locked_until: datetime | None


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: nothing, then 5 minutes, then doubling."""
    if failures <= FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES - 1, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def after_failure(before: Tries | None, at: datetime) -> Tries:
    """The tally after one more failure; a day without any starts afresh."""
    fresh = before is None or at - before.last_at >= FORGOTTEN_AFTER
    failures = 1 if fresh or before is None else before.failures + 1
    wait = wait_after(failures)
    return Tries(failures, at, at + wait if wait else None)


def minutes_to_wait(tries: Tries | None, at: datetime) -> int:
    """Whole minutes, rounded up, until the next try is looked at; 0 if it is now."""
    if tries is None or tries.locked_until is None or tries.locked_until <= at:
        return 0
    return -int(-(tries.locked_until - at).total_seconds() // 60)


def wait_words(minutes: int) -> str:
    """The sentence of the sign-in page: the same for accounts that do not exist."""
    span = f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"Too many tries. Wait {span} and try again."


def password_fault(password: str, *, email: str, name: str, refused: str | None) -> str | None:
    """Why this password will not do, as a sentence, or None. ``refused`` is the demo's outside it.

    Length counts, not signs: NCSC advises against rules of composition.
    """
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters, like three words that do not belong together"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    letters = "".join(sign for sign in password.lower() if sign.isalpha())
    low = password.lower()
    own = {email.lower(), email.lower().partition("@")[0], name.lower()} - {""}
    if low in own or low.replace(" ", "") in {each.replace(" ", "") for each in own}:
        return "Choose a password that is not your name or email address"
    if letters in _COMMON or len(set(low)) < 4 or (refused and letters in (refused, refused * 2)):
        return "This password is too easy to guess. Choose another"
    return None


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """What a browser says of itself, in words like "Chrome on Windows"; never the text itself."""
    browser = next((words for mark, words in _BROWSERS if mark in agent), "Another browser")
    machine = next((words for mark, words in _MACHINES if mark in agent), "another device")
    return f"{browser} on {machine}"


def is_local(target: str) -> bool:
    """Whether an address to go to next is a page of this platform, however it is spelled.

    One slash first, no second, no backslash; printable ASCII only, so no tab, line end or
    look-alike slash that a browser drops or folds.
    """
    return (
        target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and len(target) <= 1000
        and target.isascii()
        and target.isprintable()
        and " " not in target
    )
