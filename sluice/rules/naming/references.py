"""Decide which column of another dataset a column refers to, by its name and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from sluice.rules.naming.column_names import role, words
from sluice.rules.naming.event_words import HAN_ITEMS, ITEMS, PEOPLE
from sluice.rules.naming.vocabulary import split_words

MIN_CONTAINED = 0.95  # share of rows whose value must be a key there
MIN_DISTINCT = 20  # so many different values of text are no coincidence
MAX_DENSITY = 0.01  # of whole numbers as keys: other numbers of their range are keys so seldom by chance
_CODES = split_words("sku asin gtin ean upc isbn mpn artikelnummer ugs")  # codes of a thing beside its key
_ID_WORDS = split_words("id ids uuid guid key no nr num number nummer numero code ref reference index")  # words that name no thing
_UNSPECIFIC = _ID_WORDS | {"name", "title"}  # a key of such a name says nothing of which dataset it identifies
_CATALOGS = split_words("catalog catalogue katalog catalogo goods inventory assortment merchandise feed")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Hold a dataset that may be referred to.

    Attributes:
        dataset: Its name.
        key: Columns that identify its rows.
        texts: Its columns that may be referred to, as text.
        whole: Returns a column with all rows, where `texts` have a part of them.
    """

    dataset: str
    key: tuple[str, ...]
    texts: pl.DataFrame
    whole: Callable[[str], pl.Series] | None = None
    _distinct: dict[tuple[str, bool], pl.Series] = field(default_factory=dict)  # values of a column, of the rows read or of all

    def keys(self, name: str, values: pl.Series, *, named: bool) -> pl.Series:
        """Return the values of a column; of rows that were left out too, unless other values than its own have nothing in common with those read.

        Args:
            name: The column.
            values: Values that may refer to it.
            named: Whether their name says so.
        """
        keys = self._values(name, all_rows=False)
        if self.whole is None or not (named or values.is_in(keys.implode()).any()):
            return keys
        return self._values(name, all_rows=True)

    def _values(self, name: str, *, all_rows: bool) -> pl.Series:
        if (name, all_rows) not in self._distinct:
            cells = self.whole(name) if self.whole is not None and all_rows else self.texts[name]
            self._distinct[name, all_rows] = cells.drop_nulls().unique()
        return self._distinct[name, all_rows]


def find_key(name: str, values: pl.Series, target: Target) -> tuple[str, float] | None:
    """Return the column of a dataset that a column refers to, and the share of the values that exist there; None where it refers to none.

    Args:
        name: Name of the column.
        values: Its values as text, without nulls.
        target: The other dataset.

    Example:
        >>> numbers = pl.Series([str(number) for number in range(60)])
        >>> products = Target("products", ("id",), pl.DataFrame({"id": numbers}))
        >>> find_key("product_id", numbers, products), find_key("campaign_id", numbers, products)
        (('id', 1.0), None)
    """
    for key in _keys(name, target) if len(values) else ():
        named = names_key(name, key, target.dataset)
        if not named and not _are_many(name, values):
            continue
        keys = target.keys(key, values, named=named)
        share = values.is_in(keys.implode()).mean() if named or _are_rare(values, keys) else None
        if isinstance(share, float) and share >= MIN_CONTAINED:
            return key, share
    return None


def _keys(name: str, target: Target) -> Iterator[str]:
    """Yield the key, where it is one column, then the other codes that name one row and end in the word that the name ends in."""
    own = target.key if len(target.key) == 1 else ()
    yield from (key for key in own if key in target.texts.columns)
    last = words(name)[-1:]
    for key in target.texts.columns if set(last) & _CODES else ():
        if (key,) != target.key and words(key)[-1:] == last:
            filled = target.texts[key].drop_nulls()
            if filled.len() >= MIN_DISTINCT and filled.n_unique() == filled.len():
                yield key


def _are_many(name: str, values: pl.Series) -> bool:
    """Return True where values of a name that says nothing may be keys: they are no quantities, and too many for a coincidence."""
    return role(name) not in {"quantity", "count", "time"} and values.n_unique() >= MIN_DISTINCT


def _are_rare(values: pl.Series, keys: pl.Series) -> bool:
    """Return True where keys are too rare among all possible values for a coincidence."""
    return not values.str.contains(r"^\d{1,9}$").any() or _density(keys) < MAX_DENSITY


def names_key(name: str, key: str, dataset: str) -> bool:
    """Return True for a column named like the key of another dataset, or like that dataset.

    Example:
        >>> names_key("customer_id", "id", "customers"), names_key("itemid", "id", "products")
        (True, True)
        >>> names_key("campaign_id", "id", "customers"), names_key("customer_points", "customer_id", "customers")
        (False, False)
    """
    parts, key_parts = words(name), words(key)
    if not set(key_parts) <= _UNSPECIFIC and parts[-len(key_parts) :] == key_parts:
        return True
    if len(parts) > 1 and parts[-2] in dataset.lower() and parts[-1:] == key_parts[-1:]:
        return True
    own = entity([part for part in parts if part not in _ID_WORDS][-1:])
    return bool(own) and own == (entity(key_parts) or entity_of_dataset(dataset))


def entity_of_dataset(dataset: str) -> str:
    """Return what a dataset's rows are by its name: item, person; empty where it is neither."""
    parts = [word.removesuffix("s") for word in words(dataset.replace("_", " "))]
    return entity(parts) or ("item" if _CATALOGS & {*parts, *words(dataset)} else "")


def entity(parts: Sequence[str]) -> str:
    """Return what a name's words speak of, one word for all synonyms: item, person; empty where it is neither.

    Example:
        >>> entity(["parent", "asin"]), entity(["visitor", "id"]), entity(["price"])
        ('item', 'person', '')
    """
    if any(part in ITEMS or part.removesuffix("s") in ITEMS or any(sign in part for sign in HAN_ITEMS) for part in parts):
        return "item"
    return "person" if any(part in PEOPLE for part in parts) else ""


def _density(keys: pl.Series) -> float:
    """Return the share of the whole numbers between the smallest and the largest key that are keys."""
    numbers = keys.cast(pl.Int64, strict=False).drop_nulls()
    low, high = numbers.min(), numbers.max()
    return numbers.len() / (high - low + 1) if isinstance(low, int) and isinstance(high, int) else 0.0
