"""The forms of a referral to frozen commands."""

from mappa.meetings.referring.rules import AcceptReferral, SentBack, Withdraw
from mappa.web.typed import Choice, CommandSchema, Day, Text


class AcceptReferralSchema(CommandSchema):
    """That a referral is accepted."""

    command = AcceptReferral

    level = Choice({"2": 2, "3": 3}, missing="Choose the level of the meeting")
    accepted_on = Day("the day on which the referral and the plan were in")
    first_by = Day("the day by which the first meeting is held", needed=False)


class AcceptUntilSchema(AcceptReferralSchema):
    """The same where no rule gives the day by which the first meeting is held."""

    first_by = Day("the day by which the first meeting is held")


class SentBackSchema(CommandSchema):
    """That it went back to its sender, and came back complete."""

    command = SentBack

    from_on = Day("the day on which it went back")
    until_on = Day("the day on which it came back")


class WithdrawSchema(CommandSchema):
    """That no meeting is held on it."""

    command = Withdraw

    reason = Text(missing="Say why no meeting is held", longest=1000)
