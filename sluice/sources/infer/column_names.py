"""Interpret the names of columns."""

from __future__ import annotations

import re

_IDENTIFIERS = frozenset({"id", "ids", "uuid", "guid", "key", "sku", "asin", "ean", "gtin", "isbn", "upc", "index"})
_DIGITS_AS_TEXT = frozenset(
    {"zip", "zipcode", "postcode", "postal", "phone", "fax", "mobile", "code", "barcode", "ean", "gtin", "isbn", "upc", "sku", "iban", "number"}
)


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case: `PhoneNumber_2` is phone, number."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def is_identifier(name: str) -> bool:
    """Return True for the name of an identifier."""
    parts = words(name)
    return bool(parts) and parts[-1] in _IDENTIFIERS


def is_digits_as_text(name: str) -> bool:
    """Return True for the name of something that is written in digits and is no quantity."""
    return is_identifier(name) or bool(_DIGITS_AS_TEXT & set(words(name)))
