"""How a name is written: folded for comparing, cut into words, put in list order.

No rule here depends on the language of the name; sounds and other forms are in their own modules.
"""

import re
import unicodedata
from dataclasses import dataclass

LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "ng",
        "ə": "a",
        # Arabic: letters that are typed for one another, and the stretch mark.
        "\u0629": "\u0647",
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0640": "",
    }
)
APOSTROPHES = "'’‘ʼʻʹ`´′＇"
JOINED_TO_THE_NEXT_WORD = frozenset({"o", "mc", "mac"})
# Marks above this point (Indic vowel signs, kana voicing) are part of the letter and stay.
FIRST_MARK_THAT_IS_A_LETTER = 0x0900
LATE_DIACRITICS = range(0x1AB0, 0x2100)


_WITHOUT_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
_ASCII_WORD = re.compile(r"[A-Za-z0-9'`]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name as it is compared, and the same word as it was written."""

    token: str
    written: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The word, and what follows "O" or "Mc" when a space stood between them."""
        pieces = self.written.split()
        return (self.token,) if len(pieces) == 1 else (self.token, fold(pieces[-1]))


def fold(text: str) -> str:
    """The text without case, diacritics, ligatures and apostrophes; all scripts are kept."""
    if text.isascii():  # most names: the same answer, thirty times faster
        return text.lower().translate(_WITHOUT_APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = decomposed.translate(LETTERS_WITHOUT_DECOMPOSITION)
    kept = (letter for letter in plain if not _is_dropped(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def _is_dropped(letter: str) -> bool:
    if letter in APOSTROPHES:
        return True
    if unicodedata.category(letter) not in {"Mn", "Me", "Cf"}:
        return False
    return (
        ord(letter) < FIRST_MARK_THAT_IS_A_LETTER
        or ord(letter) in LATE_DIACRITICS
        or unicodedata.category(letter) == "Cf"
    )


def _is_part_of_a_word(letter: str) -> bool:
    return letter in APOSTROPHES or unicodedata.category(letter)[0] in "LMN" or letter == "\u200d"


def _pieces(name: str) -> list[str]:
    if name.isascii():
        return _ASCII_WORD.findall(name)
    spaced = "".join(letter if _is_part_of_a_word(letter) else " " for letter in name)
    return spaced.split()


def words(name: str) -> tuple[Word, ...]:
    """The words of a name in order; hyphens and stops part words, "O" and "Mc" join the next."""
    found: list[Word] = []
    waiting = Word("", "")
    for piece in _pieces(name):
        token = _only_letters(fold(piece))
        if not token:
            continue
        joined = Word(waiting.token + token, f"{waiting.written} {piece}".strip())
        if token in JOINED_TO_THE_NEXT_WORD and not waiting.token:
            waiting = joined
            continue
        found.append(joined)
        waiting = Word("", "")
    if waiting.token:
        found.append(waiting)
    return tuple(found)


def _only_letters(folded: str) -> str:
    if folded.isalnum() and folded.isascii():
        return folded
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LMN")


def tokens(name: str) -> tuple[str, ...]:
    """The folded words of a name in order; empty for a text without letters or digits."""
    return tuple(word.token for word in words(name))


def normalise(name: str) -> str:
    """The name in the one form in which names are compared; normalising twice changes nothing."""
    compared = (_only_letters(fold(piece)) for piece in _pieces(name))
    return " ".join(token for token in compared if token)


def sort_name(family: str, given: str) -> str:
    """Where a name stands in a list, by family name first; stable under ``COLLATE "C"``.

    A family name comes before every longer one that begins with it, because the part after it
    starts with a comma, which sorts before letters and digits.
    """
    return f"{' '.join(tokens(family))},{' '.join(tokens(given))}"
