"""Who the person is: names, birth, numbers, looks, category and level."""

from mappa.access.terms import Level, Section
from mappa.offenders.record.rules import checks
from mappa.offenders.record.rules.fields import (
    checked,
    choice,
    day,
    line,
    number,
    numbered,
    text,
)
from mappa.offenders.record.rules.kind import (
    ONLY_CORRECT,
    Kind,
)

WHO = (
    Kind(
        key="name", one="name", title="Name", group="who", section=Section.IDENTITY,
        fields=(line("given_name", "Given names"), line("family_name", "Family name")),
        said=("given_name", "family_name"), of_lead=True, empty="The name will stand here.",
        check=checks.person_name, ways=ONLY_CORRECT, least=Level.SUM,
        advice="The name of today is kept as a former name, and still finds the person.",
    ),
    Kind(
        key="alias", one="alias", title="Other names", group="who", section=Section.IDENTITY,
        fields=(
            line("name", "Name", missing="Enter the name"),
            choice(
                "kind", "What kind of name is it?",
                {
                    "alias": "Alias", "former name": "Former name", "nickname": "Nickname",
                    "birth name": "Birth name", "original script": "Original script",
                },
                missing="Choose what kind of name it is", short="Kind",
            ),
            day("until_on", "Last used", "the day", hint="Leave it empty if it is in use"),
        ),
        said=("name", "kind"), least=Level.SUM, ends="When was it last used?",
        empty="Aliases, former names and nicknames will be listed here.",
    ),
    Kind(
        key="birth", one="birth", title="Birth and death", group="who", section=Section.IDENTITY,
        fields=(
            day("born_on", "Date of birth", "the date of birth", hint="Like 14 3 1979"),
            number(
                "born_about", "Year of birth", "the year", 1880, 2200,
                hint="If the day is not known",
            ),
            day("died_on", "Date of death", "the date of death", hint="Leave it empty if living"),
        ),
        said=("born_on", "born_about", "died_on"), check=checks.birth, of_lead=True,
        ways=ONLY_CORRECT, least=Level.SUM, empty="The date of birth will stand here.",
    ),
    Kind(
        key="identifiers", one="identifiers", title="Identifiers", group="who",
        section=Section.IDENTITY,
        fields=(
            checked("crn", "CRN", checks.crn, hint="Like X123456"),
            checked("pnc", "PNC number", checks.pnc, hint="Like 1999/0123456X"),
            checked("visor", "ViSOR reference", checks.visor),
            checked("prison_number", "Prison number", checks.prison_number, hint="Like A1234BC"),
        ),
        said=("crn", "pnc", "visor", "prison_number"), check=lambda _values, _today: None,
        of_lead=True, ways=ONLY_CORRECT, empty="CRN, PNC and other numbers will be listed here.",
    ),
    Kind(
        key="description", one="description", title="Description", group="who",
        section=Section.IDENTITY,
        fields=(
            number("height_cm", "Height", "the height", 50, 250, unit="cm", hint="In centimetres"),
            choice(
                "build", "Build",
                {"slim": "Slim", "medium": "Medium", "large": "Large", "muscular": "Muscular"},
            ),
            line("hair", "Hair"),
            line("eyes", "Eyes"),
            text("marks", "Scars, marks and tattoos"),
            day("from_on", "Seen like this on", "the day"),
            text("note", "Anything else"),
        ),
        said=("height_cm", "build", "hair", "eyes", "marks"), check=checks.description,
        empty="Height, build, hair, eyes and marks will stand here.", one_at_a_time=True,
        advice="An earlier description by your agency ends and is kept.",
    ),
    Kind(
        key="level", one="category and level", title="Category and level", group="who",
        section=Section.IDENTITY,
        fields=(
            numbered(
                "category", "Category", {str(n): f"Category {n}" for n in (1, 2, 3, 4)},
                missing="Choose the category",
            ),
            numbered(
                "level", "Level", {str(n): f"Level {n}" for n in (1, 2, 3)},
                missing="Choose the level",
            ),
            day("from_on", "From", "the day from which it holds", needed=True),
            text("reason", "Reason", missing="Say why this category and level", longest=2000),
        ),
        said=("category", "level"), least=Level.SUM, one_at_a_time=True, of_lead=True,
        ends="When did the person leave MAPPA?",
        empty="Each category and level will be listed here with its reason.",
        advice="The category and level of today end the day before and stay in the history.",
    ),
)  # fmt: skip
