"""Batches and pasts made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from sluice.domain import RAW, RAW_TYPE, ROW, Artifact, Batch, Run, Schema


@dataclass
class Past:
    """A snapshot that holds the frames it is given, and counts how often each is asked for."""

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    id: str = "1"
    asked: list[str] = field(default_factory=list)

    def published(self, dataset: str) -> pl.LazyFrame:
        self.asked.append(dataset)
        return self.frames[dataset].lazy() if dataset in self.frames else pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return ()

    def metrics(self, dataset: str) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return None

    def without(self, batch_id: str) -> Past:
        return self


AT = datetime(2026, 3, 2, tzinfo=UTC)


def frame(schema: Schema, cells: Mapping[str, Sequence[Any]], raw: Mapping[int, Mapping[str, str]], prefix: str) -> pl.DataFrame:
    rows = max((len(each) for each in cells.values()), default=0)
    uncast = [[{"column": column, "text": text} for column, text in raw[row].items()] if row in raw else None for row in range(rows)]
    columns = [pl.Series(name, cells.get(name, [None] * rows), dtype=dtype) for name, dtype in schema.dtypes.items()]
    return pl.DataFrame([*columns, pl.Series(ROW, [f"{prefix}.{row}" for row in range(rows)], dtype=pl.String), pl.Series(RAW, uncast, dtype=RAW_TYPE)])


@pytest.fixture
def batch() -> Callable[..., Batch]:
    """`batch(schema, column=[...], raw={row: {column: text}})`."""

    def make(schema: Schema, *, raw: Mapping[int, Mapping[str, str]] | None = None, whole: bool = True, **cells: Sequence[Any]) -> Batch:
        return Batch(schema.dataset, "b", frame(schema, cells, raw or {}, "b"), AT, whole=whole)

    return make


@pytest.fixture
def snapshot() -> Callable[..., Past]:
    """`snapshot()` is empty; `snapshot(schema, column=[...])` holds these rows of one dataset."""

    def make(schema: Schema | None = None, **cells: Sequence[Any]) -> Past:
        return Past() if schema is None else Past({schema.dataset: frame(schema, cells, {}, "p").drop(RAW)})

    return make
