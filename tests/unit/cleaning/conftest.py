"""Batches and snapshots made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest

from sluice.domain import RAW, Batch, Schema
from sluice.testing import MemorySnapshot, make_batch, make_rows


@dataclass
class CountingSnapshot(MemorySnapshot):
    """A snapshot that remembers which datasets were read."""

    reads: list[str] = field(default_factory=list)

    def published(self, dataset: str) -> pl.LazyFrame:
        self.reads.append(dataset)
        return super().published(dataset)


@pytest.fixture
def batch() -> Callable[..., Batch]:
    """`batch(schema, column=[...], raw={row: {column: text}})`."""

    def make(schema: Schema, *, raw: Mapping[int, Mapping[str, str]] | None = None, whole: bool = True, **cells: Sequence[Any]) -> Batch:
        return make_batch(schema, cells, whole=whole, unparsed=raw)

    return make


@pytest.fixture
def snapshot() -> Callable[..., CountingSnapshot]:
    """`snapshot()` is empty; `snapshot(schema, column=[...])` holds these rows of one dataset."""

    def make(schema: Schema | None = None, **cells: Sequence[Any]) -> CountingSnapshot:
        return CountingSnapshot() if schema is None else CountingSnapshot({schema.dataset: make_rows(schema, cells, batch_id="p").drop(RAW)})

    return make
