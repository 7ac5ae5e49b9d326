"""Recognise columns whose values say nothing about tomorrow's values, by name and by behaviour of the values."""

from __future__ import annotations

import polars as pl

from sluice.rules.naming.column_names import is_digits_as_text, role, words
from sluice.rules.naming.vocabulary import split_words

_IDENTIFIERS = split_words(
    "id ids uuid guid key no nr num number nummer numero sku gtin ean upc isbn asin mpn barcode code hash token session cookie phone tel mobile ip agent ua "
    "version url uri ref reference invoice zip postcode postal plz date timestamp ts epoch seq sequence index cursor offset"
)
_FREE_TEXT = split_words(
    "link href image img picture path file order email mail name title text description comment note address street time row line position pos tags query "
    "search term keyword keywords"
)
_MEASURES = split_words("price amount total quantity qty count weight width height length size share rate rating score stock cost value tax discount")
_NEVER_NEGATIVE = split_words(
    "price weight width height length depth size rating stars count views clicks impressions age uvp msrp rrp"
    " gewicht breite hohe lange tiefe prix poids largeur hauteur longueur precio peso ancho alto longitud"
    " prezzo larghezza altezza lunghezza preco prijs cena"
    " sessions visits visitors users pageviews pages reviews opens bounces followers likes shares subscribers duration latency installs downloads searches"
    " klicks aufrufe sitzungen besuche besucher bewertungen clics vues visites visiteurs avis vistas visitas sesiones impressionen recensioni"
)
_HAN_NEVER_NEGATIVE = ("浏览", "点击", "曝光", "访客", "次数", "人数", "评论数", "评价数", "收藏", "时长", "销量")
_NUMBERS_OF = split_words("num nb number anzahl nombre numero liczba")  # of something, as in num_reviews
_DIFFERENCES = split_words("change delta diff difference differenz growth net adjustment adjusted variation")
_NEVER_NEGATIVE_ENDINGS = ("preis", "gewicht", "price", "weight", "breite", "hohe", "价", "价格", "重量")
_SCALE_WORDS = split_words("rating stars grade")


def is_identifier(name: str) -> bool:
    """Return True where the name says that a number names something, so that its size says nothing.

    Example:
        >>> is_identifier("order_no"), is_identifier("Bestellnummer"), is_identifier("name_length"), is_identifier("Image Position")
        (True, True, False, False)
    """
    parts = words(name)
    return bool(parts) and not set(parts) & _MEASURES and (parts[-1] in _IDENTIFIERS or parts[0] == "id" or is_digits_as_text(name))


def is_open(name: str) -> bool:
    """Return True where the name says that new values are the rule: an identifier, a link, free text, a time.

    Example:
        >>> is_open("order_no"), is_open("status"), is_open("order_total"), is_open("user_agent")
        (True, False, False, True)
    """
    parts = words(name)
    return is_identifier(name) or (bool(parts) and not set(parts) & _MEASURES and bool((_IDENTIFIERS | _FREE_TEXT) & set(parts[-2:])))


def is_never_negative(name: str) -> bool:
    """Return True where the name says that a number below zero cannot be right.

    Example:
        >>> is_never_negative("Einzelpreis"), is_never_negative("单价"), is_never_negative("num_reviews"), is_never_negative("amount")
        (True, True, True, False)
    """
    parts = words(name)
    if set(parts) & _DIFFERENCES:
        return False
    is_number_of = len(parts) > 1 and parts[0] in _NUMBERS_OF and role(name) == "count"
    listed = any(part in _NEVER_NEGATIVE or part.endswith(_NEVER_NEGATIVE_ENDINGS) for part in parts)
    return listed or is_number_of or any(part in name for part in _HAN_NEVER_NEGATIVE)


def is_scale(name: str) -> bool:
    """Return True where the name says that the number is a level of a fixed scale."""
    return bool(set(words(name)) & _SCALE_WORDS)


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
