"""Cast right values that a person wrote, often in a spreadsheet, to the types of their columns; what a spreadsheet cut is not taken for the value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import MASK, ROW, Column, CorrectedCell, LeftOut, Message, Schema
from sluice.sources.cast import to_type
from sluice.sources.cast_text import has_decimals, without_decimals

VALUE = "_new"
_SCIENTIFIC = r"^[+-]?\d(?:[.,]\d+)?E\+\d+$"  # what a spreadsheet writes into a CSV file where a number is wider than its column
_PLAIN = r"^[+-]?\d+(?:\.\d+)?$"  # how the sheet shows numbers, and how the number of a spreadsheet's cell arrives, whatever the column's file writes
_CUT = r"^-?\d{15}0+$"  # a spreadsheet keeps 15 digits of a number


def cast_corrections(cells: Sequence[CorrectedCell], held: pl.DataFrame, schema: Schema) -> tuple[dict[str, pl.DataFrame], list[LeftOut]]:
    """Return the right values by column, and which rows are left out since a value of theirs does not cast.

    Codes that a program wrote as numbers get their text back: `7` for `7.0`, unless other cells of the column are written so.

    Args:
        cells: The right values as text.
        held: The rows as they are held.
        schema: Schema of their dataset.

    Returns:
        `_row_id` and `_new` (typed; null empties the cell) by column, and the rows that are left out; none of their values is among the first.

    Example:
        >>> schema = Schema("items", columns=(Column("sku"), Column("price", "number")))
        >>> cells = [CorrectedCell("b.0", "sku", "7.0"), CorrectedCell("b.1", "price", "cheap")]
        >>> values, left = cast_corrections(cells, pl.DataFrame({"_row_id": ["b.0", "b.1"], "sku": ["x", "y"]}), schema)
        >>> values["sku"].rows(), left[0].rows
        ([('b.0', '7')], ('b.1',))
    """
    columns = {column.name: column for column in schema.columns}
    frame = pl.DataFrame(cells, schema={ROW: pl.String, "column": pl.String, "text": pl.String}, orient="row")
    values: dict[str, pl.DataFrame] = {}
    left: list[LeftOut] = []
    for (name,), texts in frame.partition_by("column", as_dict=True, maintain_order=True).items():
        column = columns.get(str(name))
        if column is None:
            left.append(LeftOut(Message.of("correction_column_unknown", column=name, dataset=schema.dataset), tuple(texts[ROW])))
            continue
        values[column.name], refused = _cast(texts, column, held)
        left += refused
    return _without(values, left), left


def _cast(texts: pl.DataFrame, column: Column, held: pl.DataFrame) -> tuple[pl.DataFrame, Iterable[LeftOut]]:
    text = texts["text"]
    if column.type == "string" and not (column.name in held.columns and has_decimals(held[column.name])):
        text = without_decimals(text)
    typed = _to_type(text, column)
    cut = (text.str.contains(_SCIENTIFIC) | (text.str.contains(_CUT) if column.type in ("string", "integer") else False)).fill_null(value=False)
    masked = (text == MASK).fill_null(value=False)
    uncast = typed.is_null() & text.is_not_null() & ~cut & ~masked
    reasons = {
        Message.of("correction_masked", column=column.name): masked,
        Message.of("correction_digits_lost", column=column.name): cut,
        Message.of("correction_uncast", column=column.name, type=column.type): uncast,
    }
    refused = (LeftOut(reason, tuple(texts[ROW].filter(mask))) for reason, mask in reasons.items() if mask.any())
    return texts.select(ROW, typed.alias(VALUE)), refused


def _to_type(text: pl.Series, column: Column) -> pl.Series:
    """Cast right values: of a column whose file writes decimal commas, plain numbers with a point by that point, all others by the column's format."""
    typed = to_type(text, column)
    if column.format != "decimal_comma":
        return typed
    return to_type(text, replace(column, format=None)).zip_with(text.str.contains(_PLAIN).fill_null(value=False), typed)


def _without(values: dict[str, pl.DataFrame], left: Sequence[LeftOut]) -> dict[str, pl.DataFrame]:
    rows = pl.Series([row for group in left for row in group.rows], dtype=pl.String).unique()
    remaining = {name: cells.filter(~pl.col(ROW).is_in(rows.implode())) for name, cells in values.items()}
    return {name: cells for name, cells in remaining.items() if cells.height}
