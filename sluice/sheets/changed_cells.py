"""Find cells that a person overwrote in a sheet instead of writing the right value beside them: they are not read, which has to be said."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sluice.domain import Message
from sluice.sheets.formulas import undefused
from sluice.sheets.headers import right_header
from sluice.sheets.held import HeldSheet

_REFORMATTED = ("date", "timestamp")  # a spreadsheet writes them in the form of its country
_TOLERANCE = 1e-5  # of numbers with decimals, and of long ones, which a spreadsheet rounds to the width of a column
_IS_ROUNDED = r"e[+-]"
_HAS_DECIMALS = r"^[+-]?\d+\.\d"


def changed_cells(arrived: pl.DataFrame, held: HeldSheet) -> Iterator[Message]:
    """Yield for each column in how many rows its filled cells differ from those that were exported.

    Args:
        arrived: The cells of the sheet: `row`, and the columns of the dataset under their names.
        held: The rows as they are held.

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.sheets.held import SheetColumn
        >>> columns = (SheetColumn("Row id", pl.Series(["b.0", "b.1"])), SheetColumn("sku", pl.Series(["007", "x"]), column=Column("sku")))
        >>> [note.params["rows"] for note in changed_cells(pl.DataFrame({"row": ["b.0", "b.1"], "sku": ["7", "y"]}), HeldSheet("items", columns, "en"))]
        [1]
    """
    for column in held.columns:
        if column.column is None or column.is_right or column.column.type in _REFORMATTED or column.header not in arrived.columns:
            continue
        exported = pl.DataFrame({"row": held.columns[0].text, "exported": column.text})
        pairs = arrived.select("row", undefused(arrived[column.header]).alias("arrived")).join(exported, on="row", maintain_order="left")
        if rows := pairs.filter(_differ()).height:
            yield Message.of("sheet_cells_changed", rows=rows, column=column.header, header=right_header(column.header, held.language))


def _differ() -> pl.Expr:
    """Return whether two texts differ, apart from blanks, case and how a number is written."""
    arrived, exported = (pl.col(name).str.strip_chars().str.to_lowercase().fill_null("") for name in ("arrived", "exported"))
    left, right = (text.cast(pl.Float64, strict=False) for text in (arrived, exported))
    may_be_rounded = arrived.str.contains(_IS_ROUNDED) | exported.str.contains(_HAS_DECIMALS)
    same = (left == right) | (may_be_rounded & ((left - right).abs() <= _TOLERANCE * right.abs()))
    return (arrived != "") & (arrived != exported) & ~same.fill_null(value=False)
