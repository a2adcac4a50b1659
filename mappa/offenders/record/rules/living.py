"""Where and how the person lives, and how to reach them."""

from types import MappingProxyType

from mappa.access.terms import Level, Section
from mappa.offenders.record.rules import checks
from mappa.offenders.record.rules.fields import (
    checked,
    choice,
    day,
    line,
    text,
)
from mappa.offenders.record.rules.kind import (
    ADD,
    CORRECT,
    END,
    FROM,
    NOTE,
    UNTIL,
    Kind,
)

CONTACT = (
    Kind(
        key="address", one="address", title="Addresses", group="contact", section=Section.CONTACT,
        fields=(
            choice(
                "kind", "How do they live there?",
                {
                    "home": "Lives there", "regular": "Stays there regularly",
                    "no_fixed_address": "No fixed address",
                },
                missing="Choose how the person lives there", short="How",
            ),
            text("lines", "Address", longest=400, hint="Without the postcode"),
            checked("postcode", "Postcode", checks.postcode),
            line("district", "Town and district", longest=80, hint="Like Northmoor NM1"),
            day("from_on", "Since when?", "the day from which the person lives there", needed=True),
            UNTIL,
            text("note", "How is it known?"),
        ),
        said=("lines", "postcode"), check=checks.address, least=Level.SUM,
        ways=frozenset({CORRECT, END}), pages=MappingProxyType({ADD: "people.add_address"}),
        empty="The current address and the earlier ones will be listed here.",
        ends="Until when did the person live there?",
    ),
    Kind(
        key="contact", one="way to reach them", title="Telephone and e-mail", group="contact",
        section=Section.CONTACT,
        fields=(
            choice(
                "kind", "What is it?",
                {"mobile": "Mobile", "phone": "Telephone", "email": "E-mail", "other": "Other"},
                missing="Choose what it is", short="Kind",
            ),
            line("value", "Number or address", missing="Enter it", short="Number"),
            FROM, UNTIL, NOTE,
        ),
        said=("kind", "value"), check=checks.contact,
        empty="Telephone numbers and e-mail addresses will be listed here.",
    ),
)  # fmt: skip

LIFE = (
    Kind(
        key="employment", one="job", title="Work and training", group="life",
        section=Section.CONTACT,
        fields=(
            choice(
                "kind", "What is it?",
                {
                    "paid": "Paid work", "own": "Self-employed", "unpaid": "Unpaid work",
                    "training": "Training or education",
                },
                missing="Choose what it is", short="Kind",
            ),
            line("employer", "Where or for whom?", missing="Enter where or for whom", short="For"),
            line("work", "What do they do there?", short="Work"),
            text("place", "Address of the work", longest=400),
            FROM, UNTIL, NOTE,
        ),
        said=("kind", "employer", "work"), empty="Work and training will be listed here.",
    ),
    Kind(
        key="vehicle", one="vehicle", title="Vehicles", group="life", section=Section.CONTACT,
        fields=(
            checked(
                "registration", "Registration number", checks.registration,
                missing="Enter the registration number",
            ),
            line("make", "Make and model"),
            line("colour", "Colour"),
            choice(
                "use", "Whose is it?",
                {"own": "Their own", "drives": "Drives it", "rides": "Is driven in it"},
                missing="Choose whose it is", short="Use",
            ),
            FROM, UNTIL, NOTE,
        ),
        said=("registration", "colour", "make"), empty="Vehicles will be listed here.",
    ),
    Kind(
        key="device", one="device", title="Devices", group="life", section=Section.CONTACT,
        fields=(
            choice(
                "kind", "What is it?",
                {
                    "phone": "Telephone", "computer": "Computer", "tablet": "Tablet",
                    "console": "Games console", "other": "Other",
                },
                missing="Choose what it is", short="Kind",
            ),
            line("make", "Make and model", missing="Enter the make and model"),
            line("number", "IMEI or serial number", longest=60),
            FROM, UNTIL, NOTE,
        ),
        said=("kind", "make", "number"), empty="Telephones and computers will be listed here.",
    ),
    Kind(
        key="account", one="online account", title="Online accounts", group="life",
        section=Section.CONTACT,
        fields=(
            line("service", "Service", missing="Enter the service"),
            line("user_name", "User name", missing="Enter the user name"),
            FROM, UNTIL, NOTE,
        ),
        said=("service", "user_name"), empty="Accounts with online services will be listed here.",
    ),
)  # fmt: skip
