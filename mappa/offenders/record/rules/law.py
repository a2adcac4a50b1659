"""What courts decided, custody, and warnings to staff."""

from types import MappingProxyType

from mappa.access.terms import Level, Section
from mappa.offenders.record.rules import checks
from mappa.offenders.record.rules.fields import (
    choice,
    day,
    line,
    numbered,
    text,
)
from mappa.offenders.record.rules.kind import (
    ADD,
    END,
    FROM,
    NOTE,
    ONLY_CORRECT,
    UNTIL,
    Kind,
)
from mappa.offenders.rules import OFFICERS

ORDERS = (
    Kind(
        key="order", one="order", title="Orders and notification", group="orders",
        section=Section.ORDERS,
        fields=(
            line("name", "Order", missing="Enter the name of the order"),
            day("made_on", "Made", "the day on which it was made", needed=True),
            day("ends_on", "Ends", "the day on which it ends", hint="Empty if it has none"),
            text("conditions", "Conditions", longest=4000),
            day("until_on", "No longer in force since", "the day",
                hint="Leave it empty while it is in force"),
        ),
        said=("name", "ends_on"), check=checks.order, begins="made_on", least=Level.SUM,
        empty="Orders, licences and notification requirements will be listed here.",
        ends="Since when is it no longer in force?",
    ),
    Kind(
        key="condition", one="condition", title="Conditions", group="orders",
        section=Section.ORDERS,
        fields=(
            choice(
                "kind", "Of what?",
                {
                    "standard": "Licence, standard", "additional": "Licence, additional",
                    "order": "Court order", "supervision": "Community sentence",
                },
                missing="Choose of what it is a condition", short="Of",
            ),
            text("text", "Condition", missing="Enter the condition"),
            FROM,
            day("ends_on", "Ends", "the day on which it ends", hint="Empty if it has none"),
            UNTIL, NOTE,
        ),
        said=("kind", "text"), check=checks.planned,
        empty="Conditions of licences and orders will be listed here with their dates.",
    ),
)  # fmt: skip

OFFENCES = (
    Kind(
        key="offence", one="offence", title="Offences and sentences", group="offences",
        section=Section.OFFENCES,
        fields=(
            line("kind", "Offence", missing="Enter the kind of offence",
                 hint="Its name, never what happened"),
            line("sentence", "Sentence", missing="Enter the sentence"),
            day("convicted_on", "Convicted", "the day", hint="Leave it empty if not known"),
            line("court", "Court"),
            day("licence_ends_on", "Licence ends", "the day",
                hint="Leave it empty if there is none"),
            day("until_on", "No longer stands since", "the day",
                hint="The day on which it was quashed. Leave it empty while it stands"),
        ),
        said=("kind", "sentence"), check=checks.offence, begins="convicted_on", least=Level.SUM,
        empty="The index offence and its sentence will be listed here.",
        ends="Since when does it no longer stand?",
    ),
    Kind(
        key="custody", one="time away", title="Custody, hospital and abroad", group="offences",
        section=Section.OFFENCES,
        fields=(
            choice(
                "kind", "Why?",
                {
                    "sentence": "Sentence", "remand": "Remand", "recall": "Recall",
                    "hospital": "Hospital order", "abroad": "Outside the United Kingdom",
                },
                missing="Choose why", short="Why",
            ),
            line(
                "place", "Prison, hospital or country",
                missing="Enter the prison, the hospital or the country",
            ),
            day("from_on", "From", "the day on which it began", needed=True),
            day("release_due_on", "Release due", "the day", hint="Leave it empty if not known"),
            day(
                "until_on", "Released or back", "the day", hint="Leave it empty while it lasts"
            ),
            choice(
                "released_how", "How released?",
                {
                    "licence": "On licence", "served": "Sentence served", "bail": "On bail",
                    "transfer": "Transferred", "other": "Other",
                },
            ),
            NOTE,
        ),
        said=("kind", "place"), ends="When was the person released, or back?",
        empty="Time in prison, in hospital or abroad and its end will be listed here.",
    ),
)  # fmt: skip

WARNINGS = (
    Kind(
        key="warning", one="warning to staff", title="Warnings to staff", group="warnings",
        section=Section.WARNINGS,
        fields=(
            line("headline", "What must staff know?", longest=160,
                 missing="Say what staff must know, in one sentence"),
            text("detail", "More about it", longest=2000),
            numbered(
                "serious", "How serious is it?",
                {"1": "Caution", "2": "Serious", "3": "Danger to life"},
                missing="Choose how serious it is",
            ),
            numbered(
                "officers", "How many officers must go?",
                {str(number): words for number, words in OFFICERS.items()},
                missing="Choose how many officers must go",
            ),
            text("lone_working", "What does somebody do who is there alone?", longest=500),
            day("review_on", "Review by", "the day by which it is reviewed", needed=True,
                hint="Like 2 1 2027"),
        ),
        said=("headline",), check=checks.warning, least=Level.SUM, until="ended_at",
        ways=ONLY_CORRECT,
        pages=MappingProxyType({ADD: "people.add_warning", END: "people.end_warning"}),
        empty="Warnings will be listed here.",
    ),
)  # fmt: skip
