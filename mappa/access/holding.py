"""Of which sections a reader is only told: the single bit of the sealed line, over all tables."""

from functools import cache

import sqlalchemy as sa

from mappa.access.labels import Derived, protected_tables, word
from mappa.access.reading import holders_statement
from mappa.access.terms import Section


@cache
def told_of() -> sa.Subquery:
    """Section and agency, one row for each, of what is sealed to the reader of a person.

    Identity is never sealed. To be run as ``reading.about`` says.
    """
    arms = []
    for name, model in sorted(protected_tables().items()):
        section = model.__section__
        if section in (None, Section.IDENTITY) or issubclass(model, Derived) or section is None:
            continue
        holder = holders_statement(model, section).subquery(f"held_{name}")
        arms.append(sa.select(word(section.value).label("section"), holder.c[0].label("agency")))
    return sa.union(*arms).subquery("told")
