"""The texts of the help pages: short, true and plain."""

from collections.abc import Sequence
from dataclasses import dataclass

from mappa.access.actions import Action


@dataclass(frozen=True)
class HelpPage:
    """A heading and its paragraphs; a part is a sub-heading and its paragraphs."""

    title: str
    lead: str
    parts: Sequence[tuple[str, Sequence[str]]]
    links: Sequence[tuple[str, str, str, Action]] = ()
    """Under which heading a link stands, its endpoint and words, and for whom: who may do that."""


HELP = HelpPage(
    "Help",
    "This platform holds one shared record for each person managed under MAPPA. What you see "
    "depends on your agency, your role and the case.",
    (
        (
            "Your work",
            (
                "Home lists what is due: what is late first, then the next 7 days, then what you "
                "wait for from others. Each line has one link to do it.",
                "“Why this date?” beside a date says which rule set it and how it was counted.",
            ),
        ),
        (
            "Finding a person",
            (
                "Search takes a name in any spelling, a date of birth, a CRN, a PNC or a postcode. "
                "Searches are recorded. People whom you may not see are never listed.",
            ),
        ),
        (
            "If something does not work",
            (
                "Go back: what you typed is still there. If you were signed out while typing, sign "
                "in again and carry on.",
                "An error page shows a reference. Give it to your system administrator.",
            ),
        ),
    ),
)

PRIVACY = HelpPage(
    "Privacy",
    "The agencies of an area share this record to assess and manage the risk of serious harm, and "
    "for nothing else.",
    (
        (
            "What is recorded about you",
            (
                "Your name, agency and role, when you sign in, which records you open and what you "
                "add or change. Each reading is recorded before the page is shown.",
                "Auditors of an agency see acts by its staff and acts on its records, without the "
                "content. The history cannot be changed or removed.",
            ),
        ),
        (
            "What this platform stores on your device",
            (
                "One cookie keeps you signed in. It ends when you sign out, after 15 minutes "
                "without use, or after 12 hours. No other party receives anything.",
            ),
        ),
        (
            "The people in the records",
            (
                "A person may ask an agency what it holds. Pass such a request to your information "
                "officer; do not answer it from here.",
            ),
        ),
    ),
)

ACCESSIBILITY = HelpPage(
    "Accessibility",
    "Everything can be done by keyboard, on a phone, and without JavaScript.",
    (
        (
            "What we work to",
            (
                "The pages are made to meet level AA of the Web Content Accessibility Guidelines "
                "2.2 and are checked automatically for it. They have not been audited by others.",
                "Levels, warnings and what is late are said in words, never by colour alone.",
            ),
        ),
        (
            "Tell us what does not work",
            (
                "Tell your system administrator which page it was and what you use to read it. "
                "You can ask for any page on paper from the agency that owns the record.",
            ),
        ),
    ),
)

ASK_A_SECTION = "You see the person, but not a section"
NOT_SEEN = "You do not see the person"
IN_DANGER = "If somebody is in danger now"

ASKING = HelpPage(
    "Asking for access",
    "If you need a record that you cannot open, ask the agency that holds it.",
    (
        (
            ASK_A_SECTION,
            (
                "A line “Restricted information is held by …” names the agency and the telephone "
                "number to ring. If there is no such line, ask the lead manager, whose name stands "
                "above the record.",
                "You can also ask in writing: open the person, choose Team and sharing, and ask "
                "for information. Practitioners, their supervisors, duty officers and information "
                "officers can. Say what you need, what for, and how urgent it is.",
                "The information officer of the agency that owns the record decides, and gives a "
                "reason if it refuses. You see the answer under Requests for information.",
            ),
        ),
        (
            NOT_SEEN,
            (
                "Ask about somebody you do not see: by a number, or by full name and date of "
                "birth. The answer comes to you whether there is a record or not. Or ring the "
                "MAPPA co-ordinator of your area, or your supervisor.",
                "An address that you cannot open looks the same whether there is a record or not.",
            ),
        ),
        (
            IN_DANGER,
            (
                "Ring 999.",
                "A duty officer can open one record for four hours with emergency access, from the "
                "page Emergency access in the menu. It is told to the lead agency at once, and a "
                "second person reviews it. If you are none, ring your duty officer.",
            ),
        ),
    ),
    (
        (ASK_A_SECTION, "requests.index", "Requests for information", Action.REQUEST_ASK),
        (NOT_SEEN, "requests.unseen", "Ask about somebody you do not see", Action.REQUEST_ASK),
        (IN_DANGER, "emergency.door", "Emergency access", Action.EMERGENCY_OPEN),
    ),
)
