"""Infer which columns hold keys of other datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.config.inferred import Reference
from sluice.sources.cast import as_text
from sluice.sources.infer.column_names import words

MIN_CONTAINED = 0.95  # share of rows whose value must be a key there
MIN_DISTINCT = 20  # so many different values of text are no coincidence


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
            if (cells.name,) == sample.key or not len(values) or not _plausible(cells.name, values, other):
                continue
            share = values.is_in(keys.implode()).mean()
            if isinstance(share, float) and share >= MIN_CONTAINED:
                references.append(Reference(cells.name, other.dataset, other.key[0], share))
    return tuple(references)


def _plausible(name: str, values: pl.Series, other: Sample) -> bool:
    """Return True where values may be keys; small numbers are part of any range of numbers, so those columns must be named like the key."""
    parts, key = words(name), words(other.key[0])
    same_name = parts == key or parts[-len(key) :] == key or (len(parts) > 1 and parts[-2] in other.dataset and parts[-1] == key[-1])
    return same_name or (not values.str.contains(r"^\d{1,9}$").any() and values.n_unique() >= MIN_DISTINCT)
