"""Bank holidays by jurisdiction: a seed for the table that an administrator corrects.

Days proclaimed at short notice and local holidays are not in it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import holidays

from mappa.rules.levels import Jurisdiction

# England and Wales share one calendar (Banking and Financial Dealings Act 1971 Schedule 1).
_SUBDIVISION = {Jurisdiction.ENGLAND_WALES: "ENG", Jurisdiction.SCOTLAND: "SCT"}

# As GOV.UK names them; the library's names differ.
_NAMES = {
    "New Year Holiday": "2 January",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Summer Bank Holiday": "Summer bank holiday",
    "Saint Andrew's Day": "St Andrew’s Day",
    "New Year's Day": "New Year’s Day",
}
_OBSERVED = " (observed)"


def bank_holidays(jurisdiction: Jurisdiction, years: Iterable[int]) -> Mapping[date, str]:
    """Days and names of the bank holidays of these years, substitute days included.

    Source: the library ``holidays``, compared with the GOV.UK list for 2018 to 2028.
    """
    found = holidays.country_holidays(
        "GB", subdiv=_SUBDIVISION[jurisdiction], years=set(years), language="en_GB"
    )
    return MappingProxyType({on: _name(found[on]) for on in sorted(found)})


def _name(listed: str) -> str:
    name = listed.removesuffix(_OBSERVED)
    named = _NAMES.get(name, name)
    return f"{named} (substitute day)" if listed.endswith(_OBSERVED) else named
