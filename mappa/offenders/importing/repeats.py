"""Finding somebody who stands twice in the same file, while it is read."""

from collections.abc import Callable, Mapping

from mappa.offenders.importing.rules import IDENTIFIERS, Faults
from mappa.offenders.names import identifiers, normalise


def _pnc(text: str) -> str | None:
    found = identifiers.pnc(text)
    return found[0] if found else None


_RECOGNISE: Mapping[str, Callable[[str], str | None]] = {
    "crn": identifiers.crn,
    "pnc": _pnc,
    "visor": identifiers.visor_reference,
    "prison_number": identifiers.prison_number,
}


class Repeats:
    """What stood on earlier lines."""

    def __init__(self) -> None:
        self._line_of: dict[tuple[str, ...], int] = {}

    def faults(self, line: int, cells: Mapping[str, str]) -> Faults:
        """Which identifiers, or name and date of birth, stood on an earlier line."""
        found: Faults = []
        for column, recognise in _RECOGNISE.items():
            value = cells.get(column, "")
            if value and (before := self._before((column, recognise(value) or value), line)):
                found.append([column, f"The same {IDENTIFIERS[column]} stands on line {before:,}"])
        names = [normalise(cells.get(name, "")) for name in ("family_name", "given_name")]
        born = cells.get("date_of_birth", "")
        if born and (before := self._before((*names, born), line)) and not found:
            found.append(
                ["family_name", f"The same name and date of birth stand on line {before:,}"]
            )
        return found

    def _before(self, key: tuple[str, ...], line: int) -> int | None:
        first = self._line_of.setdefault(key, line)
        return first if first != line else None
