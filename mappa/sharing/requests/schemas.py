"""Forms of requests to frozen commands."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields

from mappa.access.terms import Level, Section
from mappa.kernel.errors import FieldErrors
from mappa.offenders.names import identifiers
from mappa.sharing.requests.rules import (
    ANSWERS,
    Answer,
    Ask,
    AskUnseen,
    Sought,
    State,
    Urgency,
)
from mappa.sharing.shares.rules import NOT_SHARED, WHOLE, Basis, MakeShare, Regime
from mappa.sharing.shares.schemas import OneRecord
from mappa.web.typed import Choice, CommandSchema, Day, Id, Line, Text

SECTIONS = {each.value: each for each in Section if each not in NOT_SHARED}
NUMBERS = {
    "crn": ("CRN", "like X123456"),
    "pnc": ("PNC number", "like 2012/0123456A"),
    "visor": ("ViSOR reference", "like NM-123456"),
    "prison_number": ("Prison number", "like A1234BC"),
}
"""By which numbers a person may be looked for: the words, and how one looks."""

_RECOGNISE: dict[str, Any] = {
    "crn": identifiers.crn,
    "pnc": identifiers.pnc,
    "visor": identifiers.visor_reference,
    "prison_number": identifiers.prison_number,
}


class _BasisSchema(CommandSchema):
    """By what law, as the forms of shares ask it."""

    statutes = fields.List(Line(longest=60), load_default=list)
    other = Line(longest=300)
    part_3 = Line(longest=60)
    uk_gdpr = Line(longest=60)


@dataclass(frozen=True, kw_only=True)
class _BasisForm:
    statutes: list[str]
    other: str
    regime: Regime
    part_3: str
    uk_gdpr: str

    def basis(self) -> Basis:
        """The lawful basis that was named."""
        return Basis(
            statutes=tuple(self.statutes),
            other=self.other,
            regime=self.regime,
            condition=self.part_3 if self.regime == "part-3" else self.uk_gdpr,
        )


_REGIMES = {"part-3": "part-3", "uk-gdpr": "uk-gdpr"}


class _AskSchema(_BasisSchema):
    """What both kinds of request say."""

    sections = fields.List(Choice(SECTIONS, missing="Choose what you ask for"), load_default=list)
    what = Text(missing="Say what you need to know", longest=2000)
    why = Text(missing="Say why you need it", longest=2000)
    urgency = Choice(Urgency, missing="Choose how urgent it is")
    regime = Choice(_REGIMES, missing="Choose which law governs the data")


@dataclass(frozen=True, kw_only=True)
class _AskForm(_BasisForm):
    sections: list[Section]
    what: str
    why: str
    urgency: Urgency

    def said(self) -> dict[str, Any]:
        """What both kinds of command say."""
        return {
            "sections": tuple(dict.fromkeys(self.sections)),
            "what": self.what,
            "why": self.why,
            "urgency": self.urgency.value,
            "basis": self.basis(),
        }


@dataclass(frozen=True, kw_only=True)
class AskForm(_AskForm):
    """What is asked of which agencies about a person."""

    owner: list[UUID]

    def commands(self) -> list[Ask]:
        """A request for each owner. Raises ``FieldErrors`` if there is none."""
        if not self.owner:
            raise FieldErrors({"owner": ["Choose whom you ask"]})
        return [Ask(owner_agency_id=each, **self.said()) for each in dict.fromkeys(self.owner)]


class AskSchema(_AskSchema):
    """Asking about a person whom one sees."""

    command = AskForm

    owner = fields.List(Id(missing="Choose whom you ask"), load_default=list)


@dataclass(frozen=True, kw_only=True)
class UnseenForm(_AskForm):
    """What is asked about somebody unseen, and by what the person is looked for."""

    by: str
    kind: str | None
    number: str
    given_name: str
    family_name: str
    born_on: date | None

    def command(self) -> AskUnseen:
        """The request. Raises ``FieldErrors`` if no person is said exactly."""
        return AskUnseen(sought=self._by_number() if self.by == "number" else self._by_name(),
                         **self.said())  # fmt: skip

    def _by_number(self) -> Sought:
        if self.kind is None:
            raise FieldErrors({"kind": ["Choose which number it is"]})
        name, like = NUMBERS[self.kind]
        if not _RECOGNISE[self.kind](self.number):
            raise FieldErrors({"number": [f"Enter the whole {name}, {like}"]})
        return Sought(kind=self.kind, value=identifiers.standard(self.kind, self.number))

    def _by_name(self) -> Sought:
        needed = {
            "given_name": (self.given_name, "Enter the first name in full"),
            "family_name": (self.family_name, "Enter the family name in full"),
            "born_on": (self.born_on, "Enter the date of birth"),
        }
        missing = {name: [said] for name, (value, said) in needed.items() if not value}
        if missing:
            raise FieldErrors(missing)
        return Sought(name=f"{self.given_name} {self.family_name}", born_on=self.born_on)


class UnseenSchema(_AskSchema):
    """Asking about somebody whom one does not see."""

    command = UnseenForm

    by = Choice({"name": "name", "number": "number"}, missing="Choose how you know the person")
    kind = Choice({each: each for each in NUMBERS})
    number = Line(longest=40)
    given_name = Line(longest=100)
    family_name = Line(longest=100)
    born_on = Day("the date of birth", needed=False)


@dataclass(frozen=True, kw_only=True)
class AnswerForm(_BasisForm):
    """What an officer says, and the share if that is the answer."""

    answer: State
    why: str
    sections: list[Section]
    record_id: tuple[Section, UUID] | None
    level: Level | None
    purpose: str
    share_why: str
    ends_on: date | None
    review_on: date | None

    def command(self, *, to: UUID, today: date) -> Answer:
        """The answer; what is shared goes to ``to`` from today. Raises ``FieldErrors``."""
        if self.answer is not State.SHARED:
            return Answer(state=self.answer, why=self.why)
        needed = {
            "sections": (self.sections or self.record_id, "Choose what you share"),
            "level": (self.level, "Choose summary or full"),
            "purpose": (self.purpose, "Choose a purpose of the agreement"),
            "regime": (self.regime, "Choose which law governs the data"),
            "share_why": (self.share_why, "Say why sharing is necessary"),
            "ends_on": (self.ends_on, "Enter the day the share ends"),
            "review_on": (self.review_on, "Enter the day of the review"),
        }
        missing = {name: [said] for name, (value, said) in needed.items() if not value}
        if missing or self.level is None or self.ends_on is None or self.review_on is None:
            raise FieldErrors(missing)
        share = MakeShare(
            agency_id=to,
            sections=self._sections(),
            record_id=self.record_id[1] if self.record_id else WHOLE,
            level=self.level,
            purpose=self.purpose,
            basis=self.basis(),
            why=self.share_why,
            starts_on=today,
            ends_on=self.ends_on,
            review_on=self.review_on,
        )
        return Answer(state=self.answer, why=self.why, share=share)

    def _sections(self) -> tuple[Section, ...]:
        """What is ticked, and the section of the one record if it is one."""
        of_record = [self.record_id[0]] if self.record_id else []
        return tuple(dict.fromkeys([*of_record, *self.sections]))


class AnswerSchema(_BasisSchema):
    """The owner's answer."""

    command = AnswerForm

    answer = Choice({each.value: each for each in ANSWERS}, missing="Choose an answer")
    why = Text(longest=2000)
    sections = fields.List(Choice(SECTIONS, missing="Choose what you share"), load_default=list)
    record_id = OneRecord()
    level = Choice({"summary": Level.SUM, "full": Level.FULL})
    purpose = Line(longest=500)
    regime = Choice(_REGIMES)
    share_why = Text(longest=2000)
    ends_on = Day("the day the share ends", needed=False)
    review_on = Day("the day of the review", needed=False)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an asker says besides."""

    why: str


class WithdrawSchema(CommandSchema):
    """Taking a request back."""

    command = Said

    why = Line(missing="Say why you withdraw it", longest=300)


class ReplySchema(CommandSchema):
    """Saying more where the owner asks for it."""

    command = Said

    why = Text(missing="Enter your reply", longest=2000)
