"""Infer which columns hold keys of other datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from sluice.config.inferred import Reference
from sluice.rules.naming.references import Target, find_key
from sluice.sources.cast import as_text
from sluice.sources.infer.columns import spread


@dataclass(frozen=True, eq=False)
class Sample:
    """Hold the rows of a dataset that were read.

    Attributes:
        dataset: Its name.
        key: Columns that identify its rows.
        rows: The rows.
        whole: Returns a column with all rows, where `rows` are a part of them.
    """

    dataset: str
    key: tuple[str, ...]
    rows: pl.DataFrame
    whole: Callable[[str], pl.Series] | None = None

    @cached_property
    def target(self) -> Target:
        """Return what other datasets may refer to."""
        texts = pl.DataFrame([values.alias(name) for name, values in _texts(self.rows.iter_columns())])
        whole = self.whole
        return Target(self.dataset, self.key, texts, None if whole is None else lambda name: as_text(whole(name)))


def infer_references(sample: Sample, samples: Sequence[Sample]) -> tuple[Reference, ...]:
    """Return the columns of one dataset whose values are keys of another, or codes that name its rows: named like them, or too many for a coincidence."""
    targets = [other.target for other in samples if other is not sample]
    columns = [(name, values) for name, values in _texts(spread(sample.rows)) if (name,) != sample.key]
    return tuple(
        Reference(name, target.dataset, *place) for target in targets for name, values in columns if (place := find_key(name, values.drop_nulls(), target))
    )


def _texts(columns: Iterable[pl.Series]) -> Iterator[tuple[str, pl.Series]]:
    """Yield the name and the text of each column without lists and records."""
    yield from ((cells.name, as_text(cells)) for cells in columns if not cells.dtype.is_nested())
