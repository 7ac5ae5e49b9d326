"""Interpret the names of columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from sluice.rules.naming.languages import FIRST_WORDS, THAI
from sluice.rules.naming.vocabulary import ACTORS, ENDINGS, ENTITIES, HAN, HEAD_FIRST, NO_COMPOUND, REGISTERED, TAXES, TIME_PREFIXES, UNNAMED_CODES, WORDS, Role

_EAST_ASIAN = r"[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"  # kana, Han, Hangul
_BOUNDARY = re.compile(rf"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-zA-Z])(?={_EAST_ASIAN})|(?<={_EAST_ASIAN})(?=[a-zA-Z])")
_VOICED = "\u3099\u309a"  # signs that make another kana of one, and no accents
_AVERAGES = frozenset({"average", "avg", "mean"})
_HAN = re.compile(_EAST_ASIAN)
_STROKES = str.maketrans({"ß": "ss", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "\u0131": "i", "İ": "I"})
_THAI_ROLES: tuple[Literal["code", "quantity", "count", "time"], ...] = ("code", "quantity", "count", "time")


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case and without accents.

    Example:
        >>> words("PhoneNumber_2"), words("visitorid"), words("Größe kg")
        (['phone', 'number'], ['visitor', 'id'], ['grosse', 'kg'])
    """
    letters = (letter for letter in unicodedata.normalize("NFKD", name.translate(_STROKES)) if letter in _VOICED or not unicodedata.combining(letter))
    plain = unicodedata.normalize("NFC", "".join(letters))
    return [part for word in re.findall(r"[^\W\d_]+", _BOUNDARY.sub(" ", plain)) for part in _parts(word.lower())]


def _parts(word: str) -> list[str]:
    """Split an identifier or a time that is written in one word."""
    for ending in ("ids", "id"):
        if word.endswith(ending) and word.removesuffix(ending) in ENTITIES:
            return [word.removesuffix(ending), ending]
    for ending in ("datetime", "timestamp", "date", "time"):
        if word.endswith(ending) and word.removesuffix(ending) in TIME_PREFIXES:
            return [word.removesuffix(ending), ending]
    return [word]


def role(name: str) -> Role | None:
    """Return what a name says about its values: the last word that says something decides, or the first one before `of`.

    Example:
        >>> role("order_number"), role("number_of_reviews"), role("Lagerbestand"), role("单价"), role("주문번호"), role("title")
        ('code', 'count', 'count', 'quantity', 'code', None)
    """
    parts = words(name)
    if by_whole := _role_of_whole(name, parts):
        return by_whole
    head = next((position for position, part in enumerate(parts) if part in HEAD_FIRST and position), None)
    if head is not None:
        if parts[:head] in (["number"], ["nombre"], ["numero"], ["num"], ["no"], ["nr"]) and parts[head] == "of":
            return "count"
        return next(_roles(parts), None)
    if len(parts) > 1 and parts[0] in {"num", "nb", "anzahl"} and _role(parts[-1]) not in {"id", "code"}:
        return "count"
    return "quantity" if _AVERAGES & set(parts) else next(_roles(reversed(parts)), None)


def _thai_role(name: str) -> Role | None:
    """Return what the first word of a Thai name says."""
    places = {kind: min((name.find(part) for part in THAI[kind] if part in name), default=-1) for kind in _THAI_ROLES}
    return min((kind for kind, place in places.items() if place >= 0), key=lambda kind: places[kind], default=None)


def _role_of_whole(name: str, parts: Sequence[str]) -> Role | None:
    """Return what a name says by more than its last word."""
    if (len(parts) == 1 and parts[0] in UNNAMED_CODES) or _is_tax_number(parts):
        return "code"
    says, others = FIRST_WORDS.get(next(iter(parts), ""), (None, frozenset()))
    return _thai_role(name) if others.isdisjoint(parts[1:]) else says


def _is_tax_number(parts: Sequence[str]) -> bool:
    return not TAXES.isdisjoint(parts) and not REGISTERED.isdisjoint(parts)


def may_be_tax_number(name: str) -> bool:
    """Return True for a name with the word for value added tax, which also names a number that the tax office gives.

    Example:
        >>> may_be_tax_number("Buyer VAT"), may_be_tax_number("Total")
        (True, False)
    """
    return not TAXES.isdisjoint(words(name))


def _roles(parts: Iterable[str]) -> Iterator[Role]:
    return (value for part in parts if (value := _role(part)))


def _role(word: str) -> Role | None:
    if _HAN.search(word):
        endings = ((name, ending) for name, endings in HAN.items() for ending in endings)
        by_end = next((name for name, ending in endings if word.endswith(ending)), None)
        return by_end or next((name for name, parts in HAN.items() if any(part in word for part in parts if len(part) > 1)), None)
    by_word = next((name for name, listed in WORDS.items() if word in listed), None)
    if by_word or word in NO_COMPOUND:
        return by_word
    return next((name for name, endings in ENDINGS.items() if any(word.endswith(ending) and len(word) > len(ending) + 1 for ending in endings)), None)


def is_identifier(name: str) -> bool:
    """Return True for the name of an identifier."""
    return role(name) == "id"


def is_digits_as_text(name: str) -> bool:
    """Return True for the name of something that is written in digits and is no quantity, such as a code, or somebody's number.

    Example:
        >>> is_digits_as_text("visitor"), is_digits_as_text("Auftragsnr"), is_digits_as_text("visitors")
        (True, True, False)
    """
    return role(name) in {"id", "code"} or (len(parts := words(name)) == 1 and parts[0] in ACTORS)
