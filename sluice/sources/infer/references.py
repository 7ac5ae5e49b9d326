"""Infer which columns hold keys of other datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from sluice.config.inferred import Reference
from sluice.sources.cast import as_text
from sluice.sources.infer.column_names import role, words
from sluice.sources.infer.columns import spread
from sluice.sources.infer.event_words import HAN_ITEMS, ITEMS, PEOPLE
from sluice.sources.infer.vocabulary import split_words

MIN_CONTAINED = 0.95  # share of rows whose value must be a key there
MIN_DISTINCT = 20  # so many different values of text are no coincidence
_CODES = split_words("sku asin gtin ean upc isbn mpn artikelnummer ugs")  # codes of a thing beside its key
MAX_DENSITY = 0.01  # of whole numbers as keys: other numbers of their range are keys so seldom by chance


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Hold the rows of a dataset that were read."""

    dataset: str
    key: tuple[str, ...]
    rows: pl.DataFrame


def infer_references(sample: Sample, samples: Sequence[Sample]) -> tuple[Reference, ...]:
    """Return the columns of one dataset whose values are keys of another, or codes that name its rows: named like them, or too many for a coincidence."""
    references = []
    for other in samples:
        for cells in spread(sample.rows) if other is not sample else ():
            values = as_text(cells).drop_nulls() if not cells.dtype.is_nested() else cells.clear()
            if (cells.name,) != sample.key and len(values):
                references += list(islice(_references(cells.name, values, other), 1))
    return tuple(references)


def _references(name: str, values: pl.Series, other: Sample) -> Iterator[Reference]:
    for key in (*(other.key if len(other.key) == 1 else ()), *_codes(name, other)):
        keys = as_text(other.rows[key]).drop_nulls().unique()
        share = values.is_in(keys.implode()).mean() if _plausible(name, values, keys, key, other) else None
        if isinstance(share, float) and share >= MIN_CONTAINED:
            yield Reference(name, other.dataset, key, share)


def _codes(name: str, other: Sample) -> Iterator[str]:
    """Yield the codes other than the key that name one row, and end in the word that a column ends in."""
    last = words(name)[-1:]
    for key in other.rows.columns if set(last) & _CODES else ():
        if (key,) != other.key and words(key)[-1:] == last and not other.rows.schema[key].is_nested():
            filled = as_text(other.rows[key]).drop_nulls()
            if filled.len() >= MIN_DISTINCT and filled.n_unique() == filled.len():
                yield key


def _plausible(name: str, values: pl.Series, keys: pl.Series, key: str, other: Sample) -> bool:
    """Return True where values may be keys: by the name, or as they are too many and too rare among all possible values for a coincidence."""
    if names_key(name, key, other.dataset):
        return True
    if values.n_unique() < MIN_DISTINCT or role(name) in {"quantity", "count", "time"}:
        return False
    return not values.str.contains(r"^\d{1,9}$").any() or _density(keys) < MAX_DENSITY


def names_key(name: str, key: str, dataset: str) -> bool:
    """Return True for a column named like the key of another dataset, or like that dataset: `customer_id`, `itemid` for `products.id`."""
    parts, key_parts = words(name), words(key)
    if parts == key_parts or parts[-len(key_parts) :] == key_parts or (len(parts) > 1 and parts[-2] in dataset and parts[-1] == key_parts[-1]):
        return True
    own, others = entity(parts), entity(key_parts) or entity([word.removesuffix("s") for word in words(dataset.replace("_", " "))])
    return bool(own and others) and own == others


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
