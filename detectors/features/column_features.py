"""Derive features from the cells of a column.

A number is one channel; a timestamp is an hour, a weekday and a gap to the dataset's time; a free text is its length, its shares of
letters, capitals, digits, marks and characters beyond ASCII, and its texture (see `encoding.texture`); and a column that is null in some rows has a channel
for whether it is. The gap to another row's time is none: a row's score would depend on which rows came with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl
from polars.exceptions import PolarsError

from sluice.domain import Column, Schema

FeatureKind: TypeAlias = Literal[
    "number", "length", "letters", "capitals", "digits", "marks", "foreign", "texture", "gap", "category", "hour", "weekday", "presence"
]

TEXT: tuple[FeatureKind, ...] = ("length", "letters", "capitals", "digits", "marks", "foreign", "texture")
NUMERIC: tuple[FeatureKind, ...] = ("number", *TEXT, "gap")
CLASSES = {"letters": r"\pL", "capitals": r"\p{Lu}", "digits": r"\d", "marks": r"[\pP\pS]", "foreign": r"[^\x00-\x7F]"}  # of characters
NULL = "\x00"  # stands for null among a category's values
REPEATS = 2  # a text is a category where each of its values comes at least so often on average, else it is free text


@dataclass(frozen=True, slots=True)
class ColumnFeature:
    """Describe a feature of a column; `origin` is the column that a gap is counted from."""

    column: str
    kind: FeatureKind
    origin: str | None = None

    @property
    def numeric(self) -> bool:
        """Return true for numbers, False for categories."""
        return self.kind in NUMERIC


def derive_features(rows: pl.DataFrame, names: Sequence[str], schema: Schema) -> tuple[ColumnFeature, ...]:
    """Return the channels that carry something in these rows, numbers first."""
    declared = {column.name: column for column in schema.columns}
    features = [channel for name in names for channel in _of(declared[name], rows, schema)]
    return tuple(sorted((channel for channel in features if _tells(read_feature(rows, channel), channel)), key=lambda channel: not channel.numeric))


def _tells(values: pl.Series, channel: ColumnFeature) -> bool:
    """Return whether it has values, a share more than one, and weekdays all seven: rows of a day never seen would all look anomalous."""
    if channel.kind == "weekday" or channel.kind in CLASSES:
        return values.drop_nulls().n_unique() >= (7 if channel.kind == "weekday" else 2)
    return bool(values.is_finite().any() if values.dtype == pl.Float64 else values.is_not_null().any())


def _of(column: Column, rows: pl.DataFrame, schema: Schema) -> list[ColumnFeature]:
    if column.type in ("integer", "number"):
        return [ColumnFeature(column.name, "number"), *_presence(column.name, rows)]
    if column.type == "date":
        return [ColumnFeature(column.name, "weekday")]
    if column.type == "timestamp":
        gap = [ColumnFeature(column.name, "gap", schema.time)] if schema.time not in (None, column.name) else []
        return [*gap, ColumnFeature(column.name, "hour"), ColumnFeature(column.name, "weekday")]
    values = _text(_cells(rows, column.name)).drop_nulls()
    if values.len() >= REPEATS * values.n_unique():
        return [ColumnFeature(column.name, "category")]
    return [*(ColumnFeature(column.name, kind) for kind in TEXT), *_presence(column.name, rows)]


def _presence(name: str, rows: pl.DataFrame) -> list[ColumnFeature]:
    return [ColumnFeature(name, "presence")] if 0 < _cells(rows, name).null_count() < rows.height else []


def read_feature(rows: pl.DataFrame, channel: ColumnFeature) -> pl.Series:
    """Return a channel of any rows: Float64 or String; null where the cell is null, lacking or of another nature.

    A texture is read as the text that it is of.
    """
    cells = _cells(rows, channel.column)
    return _number(rows, cells, channel) if channel.numeric else _category(cells, channel)


def _number(rows: pl.DataFrame, cells: pl.Series, channel: ColumnFeature) -> pl.Series:
    if channel.kind in TEXT:
        return _written(_text(cells), channel.kind)
    if channel.kind == "gap":
        return (_moments(cells) - _moments(_cells(rows, str(channel.origin)))).dt.total_microseconds().cast(pl.Float64) / 1e6
    return _cast(cells, pl.Float64())


def _written(texts: pl.Series, kind: FeatureKind) -> pl.Series:
    if kind == "texture":
        return texts
    length = texts.str.len_chars().cast(pl.Float64)
    if kind == "length":
        return length
    return texts.str.count_matches(CLASSES[kind]).cast(pl.Float64) / length.replace(0.0, 1.0)


def _category(cells: pl.Series, channel: ColumnFeature) -> pl.Series:
    if channel.kind == "presence":
        return cells.is_null().cast(pl.String)
    if channel.kind == "category":
        return _text(cells).fill_null(NULL)
    moments = _moments(cells).dt
    return (moments.hour() if channel.kind == "hour" else moments.weekday()).cast(pl.String)


def _cells(rows: pl.DataFrame, name: str) -> pl.Series:
    return rows[name] if name in rows.columns else pl.Series(name, [None], dtype=pl.String).new_from_index(0, rows.height)


def _text(cells: pl.Series) -> pl.Series:
    """Return text; whole numbers as such, whatever they are kept in: a column of integers with nulls often comes as floats."""
    texts = _cast(cells, pl.String())
    return texts.str.strip_suffix(".0") if cells.dtype.is_float() else texts


def _cast(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return the cells as another type; null where one cannot be, be it a single cell or the whole column's nature."""
    try:
        return _nulls(cells, dtype) if cells.dtype.is_nested() else cells.cast(dtype, strict=False)
    except PolarsError:
        return _nulls(cells, dtype)


def _moments(cells: pl.Series) -> pl.Series:
    moment = pl.Datetime("us", "UTC")
    if cells.dtype == pl.Date:
        return cells.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(cells.dtype, pl.Datetime):
        naive = cells.dtype.time_zone is None
        return cells.dt.replace_time_zone("UTC").cast(moment) if naive else cells.cast(moment)
    return _nulls(cells, moment)


def _nulls(like: pl.Series, dtype: pl.DataType) -> pl.Series:
    return pl.Series(like.name, [None], dtype=dtype).new_from_index(0, like.len())
