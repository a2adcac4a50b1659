"""Names that are one name: short forms, and spellings that neither sound nor letters connect.

The table is data that an operator edits: ``config/names.toml``.
"""

from config.names import name_groups
from mappa.offenders.names.spelling import fold


def _groups_by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in name_groups():
        names = [fold(name) for name in group]
        for name in names:
            found.setdefault(name, set()).add(names[0])
    return {name: frozenset(groups) for name, groups in found.items()}


_BY_NAME = _groups_by_name()
_NONE: frozenset[str] = frozenset()


def forms(token: str) -> frozenset[str]:
    """The groups of names that a folded word belongs to; empty for most words."""
    return _BY_NAME.get(token, _NONE)
