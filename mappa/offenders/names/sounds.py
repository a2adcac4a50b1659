"""How a name sounds: a code that different spellings of the same name share."""

import re
from functools import lru_cache

import jellyfish

SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"^mac(?=[^aeiou])", "mc"),
        (r"mbe?$", "m"),  # Wexcombe, Wexcomb, Wexcome
        (r"^bh", "b"),  # Bhatt
        (r"^dh|dh", "d"),
        (r"^(?:hs|x)(?=[aeiouy])", "sh"),  # Hsu, Xu
        (r"^zh", "j"),  # Zhang, Jang
        (r"^q(?=i)", "ch"),  # Qian, Chien
        (r"^ts(?=[aeiouy])", "z"),  # Tsai
        (r"szcz", "sh"),
        (r"sz", "sh"),
        (r"cz", "ch"),
        (r"rz", "sh"),
        (r"w(?=sk[aiy]?$)", "v"),  # Kowalski, Kovalsky
        (r"ff", "f"),
        (r"dd", "th"),  # Gruffydd, Griffith
        (r"(?<=.)(?:bh|mh)", "v"),  # Niamh, Siobhan
        (r"kh|q(?!u)", "k"),
        (r"gh(?=[aeiou])", "g"),
        (r"lle?w", "lw"),
        (r"^ll", "l"),
        (r"^rh", "r"),
        (r"w(?=[^aeiouy]|$)", "u"),  # Welsh vowel: Bryn Gwlad
        (r"ei(?=gh)|ea|ee|ie|ey|y$", "i"),
    )
)
VOWELS = (
    (re.compile(r"ei(?:gh)?|ea|ee|ie|ey|igh|i|y"), "i"),
    (re.compile(r"oo|ou|u|w"), "u"),
    (re.compile(r"o"), "o"),
    (re.compile(r"e"), "e"),
    (re.compile(r"a"), "a"),
)
SHORTEST_CODE_WITHOUT_VOWEL = 2
SHORTEST_STEM = 4


def code_of(token: str) -> str:
    """The code of a word as it is spelled; with its vowel where it has too few other sounds."""
    code = jellyfish.metaphone(token)
    if len(code) >= SHORTEST_CODE_WITHOUT_VOWEL:
        return code
    # "L" alone would be Lee, Lou, Leah and Lowe: the vowel keeps them apart.
    for pattern, vowel in VOWELS:
        if pattern.search(token):
            return f"{code}.{vowel}"
    return code or token


def _has_a_sound(token: str) -> bool:
    return token.isascii() and token.isalpha() and len(token) > 1


def respelled(token: str) -> str:
    """The word in a plain English spelling of the same sound, as far as rules can tell."""
    for pattern, written in SPELLINGS:
        token = pattern.sub(written, token)
    return token


@lru_cache(maxsize=8192)
def sounds(token: str) -> frozenset[str]:
    """Up to two codes of a folded word; none for initials, digits and other scripts."""
    if not _has_a_sound(token):
        return frozenset()
    return frozenset({code_of(token), code_of(respelled(token))})


@lru_cache(maxsize=8192)
def loose_sounds(token: str) -> frozenset[str]:
    """The codes of a word and of the word without a last s, so that Daniels meets Daniel."""
    found = sounds(token)
    if _has_a_sound(token) and token.endswith("s") and len(token) > SHORTEST_STEM:
        return found | {code_of(token[:-1])}
    return found
