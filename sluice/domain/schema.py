"""What a dataset is declared to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import polars as pl

from sluice.domain.words import Mode


@dataclass(frozen=True, slots=True)
class Column:
    """What a dataset's schema declares of one column.

    Attributes:
        name: As in the file's header.
        type: One of string, integer, number, boolean, date, timestamp.
        required: A file without it is blocked; where False, the column is filled with nulls and the lack reported.
        personal: Masked wherever people look.
        unit: The unit that numbers are kept in (`g`, `EUR`): cleaners convert other units of the same quantity to it.
    """

    name: str
    type: Literal["string", "integer", "number", "boolean", "date", "timestamp"] = "string"
    required: bool = False
    personal: bool = False
    unit: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column's cells once cast; timestamps are UTC."""
        return _DTYPES[self.type]


_DTYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What a dataset is: handed to everything that reads, judges or cleans it.

    Attributes:
        dataset: Its name.
        mode: append (keys unique across batches within `window`), snapshot (each batch is the whole table) or upsert (by key).
        key: The columns that name a row; may be empty for append.
        columns: The declared columns, in order.
        time: The column that says when a row's event happened.
        window: How far back keys are looked up.
        every: The rhythm of arrivals, where one is known.
        grace: How late a batch may be before it counts as missing.
    """

    dataset: str
    mode: Mode = "append"
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    time: str | None = None
    window: timedelta = timedelta(days=28)
    every: timedelta | None = None
    grace: timedelta = timedelta(0)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the declared columns."""
        return tuple(column.name for column in self.columns)

    @property
    def dtypes(self) -> pl.Schema:
        """The declared columns with their Polars types."""
        return pl.Schema({column.name: column.dtype for column in self.columns})
