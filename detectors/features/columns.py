"""Select the columns of a dataset that a detector uses."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import Column, Message, Schema
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


def describe_gaps(rows: pl.DataFrame, schema: Schema, names: Sequence[str]) -> list[Message]:
    """Return the named columns that rows lack, or hold nothing in, or in most filled cells nothing that can be read as a number where one is declared."""
    lacking = [name for name in names if name not in rows.columns]
    there = [name for name in names if name in rows.columns and rows.height]
    numbers = {column.name for column in schema.columns if column.type in ("integer", "number")}
    empty = [name for name in there if rows[name].null_count() == rows.height]
    texts = [name for name in there if name in numbers and _unread(rows[name])]
    gaps = {"columns_lacking": lacking, "columns_empty": empty, "columns_not_numeric": texts}
    return [Message.of(code, columns=", ".join(columns)) for code, columns in gaps.items() if columns]


def _unread(cells: pl.Series) -> bool:
    """Return whether most of the filled cells are texts that are no numbers."""
    filled = cells.drop_nulls()
    return filled.dtype == pl.String and 2 * filled.cast(pl.Float64, strict=False).null_count() > filled.len()
