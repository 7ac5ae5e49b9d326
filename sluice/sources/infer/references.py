"""Infer which columns hold keys of other datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.config.inferred import Reference
from sluice.sources.cast import as_text
from sluice.sources.infer.column_names import role, words
from sluice.sources.infer.event_words import HAN_ITEMS, ITEMS, PEOPLE

MIN_CONTAINED = 0.95  # share of rows whose value must be a key there
MIN_DISTINCT = 20  # so many different values of text are no coincidence

MAX_DENSITY = 0.01  # of whole numbers as keys: other numbers of their range are keys so seldom by chance


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Hold the rows of a dataset that were read."""

    dataset: str
    key: tuple[str, ...]
    rows: pl.DataFrame


def infer_references(sample: Sample, samples: Sequence[Sample]) -> tuple[Reference, ...]:
    """Return the columns of one dataset whose values are keys of another: named like the key, or with too many values for a coincidence."""
    references = []
    for other in samples:
        if other is sample or len(other.key) != 1:
            continue
        keys = as_text(other.rows[other.key[0]]).drop_nulls().unique()
        for cells in sample.rows:
            values = as_text(cells).drop_nulls() if not cells.dtype.is_nested() else cells.clear()
            if (cells.name,) == sample.key or not len(values) or not _plausible(cells.name, values, keys, other):
                continue
            share = values.is_in(keys.implode()).mean()
            if isinstance(share, float) and share >= MIN_CONTAINED:
                references.append(Reference(cells.name, other.dataset, other.key[0], share))
    return tuple(references)


def _plausible(name: str, values: pl.Series, keys: pl.Series, other: Sample) -> bool:
    """Return True where values may be keys: by the name, or as they are too many and too rare among all possible values for a coincidence."""
    if names_key(name, other.key[0], other.dataset):
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
