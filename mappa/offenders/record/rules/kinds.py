"""The kinds of records, in the order of the pages. A new kind is a row here, a table, and no more.

Sections follow the agreement. How to reach a person and what they have goes with the addresses;
custody with the sentence it serves; conditions with the orders; what a person looks like with who
they are; associates with the risk on which they bear, so that a third party's name goes no further.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mappa.offenders.record.rules.kind import Kind
from mappa.offenders.record.rules.law import OFFENCES, ORDERS, WARNINGS
from mappa.offenders.record.rules.living import CONTACT, LIFE
from mappa.offenders.record.rules.others import OTHERS, VICTIMS
from mappa.offenders.record.rules.who import WHO

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            *WHO,
            *CONTACT,
            *LIFE,
            *OTHERS,
            *VICTIMS,
            *ORDERS,
            *OFFENCES,
            *WARNINGS,
        )  # fmt: skip
    }
)
"""Every kind by its key, which stands in addresses, changes and the audit: never renamed."""


def of_group(*groups: str) -> tuple[Kind, ...]:
    """The kinds of some groups, in the order of the page."""
    return tuple(kind for kind in KINDS.values() if kind.group in groups)
