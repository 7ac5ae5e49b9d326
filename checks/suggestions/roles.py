"""Recognise columns whose values say nothing about tomorrow's values, by name and by behaviour of the values."""

from __future__ import annotations

import re

import polars as pl


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPEN = _words(
    "id ids uuid guid key no nr num number nummer numero sku gtin ean upc isbn asin mpn barcode code hash token session cookie phone tel mobile ip agent ua "
    "version url uri link href image img picture path file ref reference invoice order email mail name title text description comment note address street "
    "zip postcode postal plz time date timestamp ts epoch seq sequence index row line position pos cursor offset tags query search term keyword keywords"
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


def is_open(name: str) -> bool:
    """Return True where the name says that new values are the rule: an identifier, a link, free text, a time.

    Example:
        >>> is_open("order_no"), is_open("status"), is_open("order_total"), is_open("user_agent")
        (True, False, False, True)
    """
    words = words_of(name)
    return bool(words) and not set(words) & _MEASURES and (bool(_OPEN & set(words[-2:])) or words[0] == "id")


def is_never_negative(name: str) -> bool:
    """Return True where the name says that a number below zero cannot be right."""
    return bool(set(words_of(name)) & _NEVER_NEGATIVE)


def is_scale(name: str) -> bool:
    """Return True where the name says that the number is a level of a fixed scale."""
    return bool(set(words_of(name)) & _SCALE_WORDS)


def is_growing(cells: pl.Series) -> bool:
    """Return True where numbers grow from row to row, or nearly every one occurs once: a counter, a time or an identifier.

    Args:
        cells: Numbers in the order of their rows, without nulls.
    """
    if cells.len() < 2 or not cells.dtype.is_integer():
        return False
    differences = cells.diff().drop_nulls()
    rising = (differences >= 0).mean()
    distinct = cells.n_unique() / cells.len()
    return isinstance(rising, float) and distinct > 0.2 and rising > 0.9
