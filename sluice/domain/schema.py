"""Declare datasets and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

import polars as pl

from sluice.domain.words import Mode, OnChange

CellFormat: TypeAlias = Literal["dmy", "mdy", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "excel_serial", "decimal_point", "decimal_comma", "whole_number"]


@dataclass(frozen=True, slots=True)
class Column:
    """Declare one column.

    Attributes:
        name: Name in the file's header.
        type: string, integer, number, boolean, date, timestamp.
        required: Whether a file without it is blocked; otherwise the column is filled with nulls and reported.
        personal: Whether its cells are masked wherever people look.
        unit: Unit that numbers are kept in (`g`, `EUR`): it may stand beside a number, and cleaners convert other units of the same quantity to it.
        path: Paths of its values within nested columns of the file (`context.ip`); the first that has a value counts. Empty: the
            file has a column of this name.
        empty: Words that stand for an empty cell in this column, such as `/`.
        format: How its cells are written, where the text alone does not say: order of day and month, unit of an epoch, days of a spreadsheet, decimal
            separator, whole numbers that name something (`1.0` is the id `1`).
        was: Name under which its cells are stored until the dataset is rebuilt. No part of a fingerprint.
        zone: Time zone of its times that name none, such as `Europe/Berlin`; None: UTC.
    """

    name: str
    type: Literal["string", "integer", "number", "boolean", "date", "timestamp"] = "string"
    required: bool = False
    personal: bool = False
    unit: str | None = None
    path: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    format: CellFormat | None = None
    was: str | None = None
    zone: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """Return the Polars type of its cells once cast; timestamps are UTC."""
        return _DTYPES[self.type]


_DTYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


def type_name(dtype: pl.DataType) -> str:
    """Return the declared type whose cells have a Polars type; the name of the Polars type where there is none.

    Example:
        >>> type_name(pl.Float64())
        'number'
    """
    return next((name for name, declared in _DTYPES.items() if declared == dtype), str(dtype))


@dataclass(frozen=True, slots=True)
class Schema:
    """Declare a dataset, for everything that reads, judges or cleans it.

    Attributes:
        dataset: Name of the dataset.
        mode: append (keys unique across batches within `window`), snapshot (each batch is the whole table) or upsert (by key).
        key: Columns that identify a row; may be empty for append.
        columns: Declared columns, in order.
        time: Column with the time of a row's event.
        window: How far back keys are looked up.
        every: Interval between arrivals, where one is known.
        grace: How late a batch may be before it counts as missing.
        blank_key: Whether a blank part of a composite key is a value like others, unless all parts are blank.
        on_change: What becomes of a row with the key of a published one and other cells; None: see `change_policy`. No part of a fingerprint.
    """

    dataset: str
    mode: Mode = "append"
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    time: str | None = None
    window: timedelta = timedelta(days=28)
    every: timedelta | None = None
    grace: timedelta = timedelta(0)
    blank_key: bool = False
    on_change: OnChange | None = None

    @property
    def change_policy(self) -> OnChange:
        """Return `on_change`; unless it is set, an event that changed is held, and a row of a table replaces the published one."""
        return self.on_change or ("hold" if self.mode == "append" else "replace")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the declared columns."""
        return tuple(column.name for column in self.columns)

    @property
    def dtypes(self) -> pl.Schema:
        """Return the declared columns with their Polars types."""
        return pl.Schema({column.name: column.dtype for column in self.columns})
