"""What the name of a column says about it."""

from __future__ import annotations

import re

_IDENTIFIERS = frozenset({"id", "ids", "uuid", "guid", "key", "sku", "asin", "ean", "gtin", "isbn", "upc", "index"})
_DIGITS_AS_TEXT = frozenset(
    {"zip", "zipcode", "postcode", "postal", "phone", "fax", "mobile", "code", "barcode", "ean", "gtin", "isbn", "upc", "sku", "iban", "number"}
)


def words(name: str) -> list[str]:
    """The words of a name, in lower case: `PhoneNumber_2` is phone, number."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names_rows(name: str) -> bool:
    """Does it sound like an identifier?"""
    said = words(name)
    return bool(said) and said[-1] in _IDENTIFIERS


def is_digits_as_text(name: str) -> bool:
    """Does it sound like something that is written in digits and is no quantity?"""
    return names_rows(name) or bool(_DIGITS_AS_TEXT & set(words(name)))
