"""Find the pairs of listings that are surely one product, whatever a catalog's other pairs are like: the same title, and the same brand or GTIN."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from cleaning.same_product.codes import codes_in
from cleaning.same_product.pairs import Pairs
from cleaning.same_product.records import Masks, Records
from cleaning.same_product.variants import are_variants
from sluice.rules.naming.column_names import role

_WORDS = 2  # of a title, below which it is a kind of product
_LISTINGS = 3  # of one title, above which it names a kind of product
_SHORT = 4  # words of a cell, up to which it is a value and no text
_CONSTANT = 5  # listings from which a column with one value says nothing
_PRICES = 0.2  # relative difference of the prices of two listings of one product
_NO_WORD = re.compile(r"[\W_]+")
_PRICE = re.compile(r"price|preis|prix|precio|prezzo|prijs|preco|msrp|rrp|价|価格")


def find_twins(pairs: Pairs) -> Masks:
    """Return which pairs are surely one product.

    Their titles are equal but for case, accents and signs, and no more than three listings have that title. They have the same GTIN, or the same
    value of another column, such as the brand, and nothing differs between them but texts and ids: no GTIN, brand, size or colour, no model number in
    a text, no amount but a count, and no price by more than a fifth.

    Args:
        pairs: The pairs.
    """
    records = pairs.records
    titles = [plain(title) for title in records.titles]
    listings = Counter(titles)
    columns = _Columns(records)
    named = [_is_name(title) and listings[title] <= _LISTINGS for title in titles]
    same = [named[one] and titles[one] == titles[other] and columns.agree(one, other) for one, other in pairs.places.tolist()]
    return np.array(same, dtype=np.bool_)


def plain(text: str) -> str:
    """Return the words of a text, without case, accents and signs.

    Example:
        >>> plain("Tarn  Café-Table, oak"), plain("tarn cafe table (Oak)")
        ('tarn cafe table oak', 'tarn cafe table oak')
    """
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return _NO_WORD.sub(" ", letters).strip()


def _is_name(title: str) -> bool:
    """Return whether a plain title may name one product; scripts without spaces have no words."""
    return len(title.split()) >= _WORDS or (not title.isascii() and len(title) >= 2 * _WORDS)


class _Columns:
    """Compare all but the titles of listings."""

    def __init__(self, records: Records) -> None:
        """Find out which columns repeat, and which say nothing."""
        self._records = records
        repeating = {id(cells) for cells in records.categories}
        self._fields = [(cells, id(cells) in repeating, not _is_constant(cells)) for cells in records.fields.values()]
        self._amounts = [(values, _tolerance(name)) for name, values in records.amounts.items()]

    def agree(self, one: int, other: int) -> bool:
        """Return whether two listings agree in their GTIN or another value, and differ in none."""
        records = self._records
        gtins = records.gtins[one], records.gtins[other]
        codes = self._codes(one), self._codes(other)
        other_codes = codes[0] - codes[1] and codes[1] - codes[0]
        if (all(gtins) and gtins[0] != gtins[1]) or other_codes or are_variants(records.texts[one], records.texts[other]):
            return False
        cells = [(plain(field[one]), plain(field[other]), repeats, speaks) for field, repeats, speaks in self._fields]
        if any(first and second and first != second and (repeats or _is_value(first, second)) for first, second, repeats, _ in cells):
            return False
        alike = all(gtins) or any(first and first == second and speaks for first, second, _, speaks in cells)
        return alike and all(_near(values[one], values[other], tolerance) for values, tolerance in self._amounts)

    def _codes(self, place: int) -> frozenset[str]:
        """Return the model numbers in the texts of a listing; cells of few words, such as its SKU, are its own."""
        cells = [field[place] for field, _, _ in self._fields]
        return codes_in(" ".join(cell for cell in cells if len(cell.split()) > _SHORT))


def _is_constant(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) >= _CONSTANT and len(set(filled)) == 1


def _is_value(*cells: str) -> bool:
    """Return whether two different cells are values, such as brands, and no texts or codes."""
    return all(len(cell.split()) <= _SHORT and not any(sign.isdigit() for sign in cell) for cell in cells)


def _tolerance(name: str) -> float:
    """Return the relative difference that an amount of two listings of one product may have."""
    if role(name) == "count":
        return np.inf
    return _PRICES if _PRICE.search(plain(name)) else 0.0


def _near(left: float, right: float, tolerance: float) -> bool:
    return bool(np.isnan(left) or np.isnan(right) or np.isinf(tolerance) or abs(left - right) <= tolerance * max(abs(left), abs(right)))
