"""Tells which columns hold keys of other datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.config.found import Reference
from sluice.sources.cast import as_text
from sluice.sources.infer.names import words

CONTAINED = 0.95  # share of rows whose value must be known there
MANY = 20  # so many different values of text are no accident


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows of a dataset that were looked at."""

    dataset: str
    key: tuple[str, ...]
    rows: pl.DataFrame


def references(of: Sample, others: Sequence[Sample]) -> tuple[Reference, ...]:
    """The columns of one dataset whose values are keys of another: called like the key, or of many values that no accident explains."""
    found = []
    for other in others:
        if other is of or len(other.key) != 1:
            continue
        known = as_text(other.rows[other.key[0]]).drop_nulls().unique()
        for cells in of.rows:
            values = as_text(cells).drop_nulls() if not cells.dtype.is_nested() else cells.clear()
            if (cells.name,) == of.key or not len(values) or not _plausible(cells.name, values, other):
                continue
            share = values.is_in(known.implode()).mean()
            if isinstance(share, float) and share >= CONTAINED:
                found.append(Reference(cells.name, other.dataset, other.key[0], share))
    return tuple(found)


def _plausible(name: str, values: pl.Series, other: Sample) -> bool:
    """Small numbers are contained in any run of numbers; so those must be called like the key."""
    said, key = words(name), words(other.key[0])
    called = said == key or said[-len(key) :] == key or (len(said) > 1 and said[-2] in other.dataset and said[-1] == key[-1])
    return called or (not values.str.contains(r"^\d{1,9}$").any() and values.n_unique() >= MANY)
