"""Recognise columns whose values say nothing about tomorrow's values, by name and by behaviour of the values."""

from __future__ import annotations

import re

import polars as pl


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_IDENTIFIERS = _words(
    "id ids uuid guid key no nr num number nummer numero sku gtin ean upc isbn asin mpn barcode code hash token session cookie phone tel mobile ip agent ua "
    "version url uri ref reference invoice zip postcode postal plz date timestamp ts epoch seq sequence index cursor offset"
)
_FREE_TEXT = _words(
    "link href image img picture path file order email mail name title text description comment note address street time row line position pos tags query "
    "search term keyword keywords"
)
_MEASURES = _words("price amount total quantity qty count weight width height length size share rate rating score stock cost value tax discount")
_NEVER_NEGATIVE = _words("price preis prix precio weight gewicht width height length depth size rating stars count views clicks impressions age")
_SCALE_WORDS = _words("rating stars grade")


def words_of(name: str) -> list[str]:
    """Split a column's name into lower-case words.

    Example:
        >>> words_of("orderID"), words_of("Lineitem price")
        (['order', 'id'], ['lineitem', 'price'])
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[^a-z0-9\u00c0-\uffff]+", spaced.lower()) if word]


def is_identifier(name: str) -> bool:
    """Return True where the name says that a number names something, so that its size says nothing.

    Example:
        >>> is_identifier("order_no"), is_identifier("name_length"), is_identifier("Image Position")
        (True, False, False)
    """
    words = words_of(name)
    return bool(words) and not set(words) & _MEASURES and (words[-1] in _IDENTIFIERS or words[0] == "id")


def is_open(name: str) -> bool:
    """Return True where the name says that new values are the rule: an identifier, a link, free text, a time.

    Example:
        >>> is_open("order_no"), is_open("status"), is_open("order_total"), is_open("user_agent")
        (True, False, False, True)
    """
    words = words_of(name)
    return bool(words) and not set(words) & _MEASURES and (bool((_IDENTIFIERS | _FREE_TEXT) & set(words[-2:])) or words[0] == "id")


def is_never_negative(name: str) -> bool:
    """Return True where the name says that a number below zero cannot be right."""
    return bool(set(words_of(name)) & _NEVER_NEGATIVE)


def is_scale(name: str) -> bool:
    """Return True where the name says that the number is a level of a fixed scale."""
    return bool(set(words_of(name)) & _SCALE_WORDS)


def is_growing(cells: pl.Series) -> bool:
    """Return True where whole numbers grow from the first row to the last: a counter, a time or an identifier.

    Args:
        cells: Numbers in the order of their rows, without nulls.
    """
    if cells.len() < 2 or not cells.dtype.is_integer() or cells.n_unique() <= 0.2 * cells.len():
        return False
    differences = cells.cast(pl.Float64).diff().drop_nulls()
    low, high = float(str(cells.min())), float(str(cells.max()))
    falls = -float(differences.filter(differences < 0).sum())
    return float(differences.sum()) >= 0.8 * (high - low) and falls <= 0.2 * (high - low)
