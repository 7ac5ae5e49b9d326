"""Select the columns of a dataset that a detector uses."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import Batch, Column, Message, Schema
from sluice.errors import InvalidValue
from sluice.messages import make_error


def select_columns(schema: Schema, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the configured columns, or every declared one that says something about what a row is.

    Keys and other identifiers name a row without describing it, and personal columns would be kept in the model: both are left out.

    Raises:
        ValueError: A configured column is not declared, or is personal, or nothing is left.
    """
    declared = {column.name: column for column in schema.columns}
    if unknown := [name for name in columns if name not in declared]:
        raise make_error(InvalidValue, "learned_columns_undeclared", names=tuple(unknown), columns=tuple(declared))
    if personal := [name for name in columns if declared[name].personal]:
        raise make_error(InvalidValue, "learned_columns_personal", columns=tuple(personal))
    names = tuple(columns) or describing_columns(schema)
    if not names:
        raise make_error(InvalidValue, "no_column_to_learn")
    return names


def describing_columns(schema: Schema) -> tuple[str, ...]:
    """Return the declared columns that say something about what a row is: all but keys, other identifiers and personal columns."""
    return tuple(column.name for column in schema.columns if _describes(column, schema))


def _describes(column: Column, schema: Schema) -> bool:
    identifier = column.name.lower() == "id" or column.name.endswith(("_id", "Id", "ID"))
    return not (column.personal or identifier or column.name in schema.key)


def describe_gaps(batch: Batch, schema: Schema, names: Sequence[str]) -> list[Message]:
    """Return the named columns that a batch lacks, or holds nothing in, or in most filled cells nothing that can be read as a number where one is declared."""
    rows, numbers = batch.rows, {column.name for column in schema.columns if column.type in ("integer", "number")}
    lacking = [name for name in names if name not in rows.columns]
    own = {name: (rows[name].null_count(), _unread(rows[name]) if name in numbers else 0) for name in names if name not in lacking}
    height, cells = batch.part.total("gaps", (rows.height, own))
    empty = [name for name, (nulls, _) in cells.items() if height and nulls == height]
    texts = [name for name, (nulls, unread) in cells.items() if 2 * unread > height - nulls]
    gaps = {"columns_lacking": lacking, "columns_empty": empty, "columns_not_numeric": texts}
    return [Message.of(code, columns=", ".join(columns)) for code, columns in gaps.items() if columns]


def _unread(cells: pl.Series) -> int:
    """Return how many of the filled cells are texts that are no numbers."""
    return cells.drop_nulls().cast(pl.Float64, strict=False).null_count() if cells.dtype == pl.String else 0
