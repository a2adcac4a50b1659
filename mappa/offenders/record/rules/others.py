"""Other people: associates, victims and children."""

from mappa.access.terms import Level, Section
from mappa.offenders.record.rules import checks
from mappa.offenders.record.rules.fields import (
    Field,
    day,
    line,
    number,
    text,
)
from mappa.offenders.record.rules.kind import (
    FROM,
    LIAISON,
    NO_CONTACT,
    NOTE,
    UNTIL,
    Kind,
)

OTHERS = (
    Kind(
        key="associate", one="associate", title="Associates", group="others", section=Section.RISK,
        fields=(
            Field(
                name="number", label="CRN, PNC, ViSOR or prison number", longest=60,
                hint="If they have a record here. Leave it empty otherwise", only_when_added=True,
            ),
            line("name", "Name"),
            line("relation", "What are they to each other?", missing="Say what", short="Relation"),
            FROM, UNTIL, text("note", "Why it matters"),
        ),
        said=("name", "relation"), check=checks.associate,
        empty="People who matter for the risk will be listed here.",
        advice="A link to somebody who has a record here shows only to those who see both people.",
    ),
)  # fmt: skip

VICTIMS = (
    Kind(
        key="victim", one="record of a victim", title="Victims", group="victims",
        section=Section.VICTIMS,
        fields=(
            line("name", "Name", missing="Enter the name"),
            line("relation", "What are they to each other?", short="Relation"),
            text("reached_by", "How they wish to be reached"),
            NO_CONTACT, LIAISON, FROM, UNTIL, NOTE,
        ),
        said=("name", "relation"), least=Level.SUM,
        empty="Victims, no-contact conditions and liaison officers will be listed here.",
    ),
    Kind(
        key="child", one="record of a child", title="Children", group="victims",
        section=Section.VICTIMS,
        fields=(
            line("name", "Name", missing="Enter the name"),
            day("born_on", "Date of birth", "the date of birth", hint="Like 14 3 2018"),
            number(
                "born_about", "Year of birth", "the year", 1900, 2200,
                hint="If the day is not known",
            ),
            line("relation", "What are they to each other?", short="Relation"),
            text("lives_with", "With whom the child lives"),
            NO_CONTACT, LIAISON, FROM, UNTIL, NOTE,
        ),
        said=("name", "relation"), check=checks.child, least=Level.SUM,
        empty="Children to be protected will be listed here.",
    ),
)  # fmt: skip
