"""Names, and what people type to find them: pure functions, no database, no page."""

from mappa.offenders.names.asking import SCALE, Wanted, wanted, wanted_singly
from mappa.offenders.names.identifiers import pnc_check_letter
from mappa.offenders.names.keys import MOST_KEYS, Key, Kind, keys
from mappa.offenders.names.parsing import Asked, Query, parse_query
from mappa.offenders.names.ranking import Match, rank, rank_birth, swapped
from mappa.offenders.names.spelling import normalise, sort_name, tokens

__all__ = [
    "MOST_KEYS",
    "SCALE",
    "Asked",
    "Key",
    "Kind",
    "Match",
    "Query",
    "Wanted",
    "keys",
    "normalise",
    "parse_query",
    "pnc_check_letter",
    "rank",
    "rank_birth",
    "sort_name",
    "swapped",
    "tokens",
    "wanted",
    "wanted_singly",
]
