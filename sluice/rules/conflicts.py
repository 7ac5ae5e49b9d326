"""Compare a held row with the published row whose key it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sluice.domain import MASK, RAW, Schema
from sluice.messages import reason_message


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """Hold one column of a held row beside that of a published one.

    Attributes:
        column: Name of the column.
        held: Cell of the held row; the text of the file where that could not be cast.
        published: Cell of the published row, in the same form.
        differs: Whether they differ.
    """

    column: str
    held: object
    published: object
    differs: bool


def conflicting_row(reasons: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Return the id of the row that has the key of a held row and other content; None where no reason names one.

    Args:
        reasons: `_reasons` of the held row.

    Example:
        >>> conflicting_row([{"code": "conflicting_key_of", "params": '{"columns": ["id"], "row": "day1.0"}'}])
        'day1.0'
    """
    messages = (reason_message(reason) for reason in reasons or ())
    rows = (message.params.get("row") for message in messages if message.code == "conflicting_key_of")
    return next((str(row) for row in rows if row is not None), None)


def stored_cells(row: pl.DataFrame, names: Sequence[str]) -> dict[str, object]:
    """Return the cells of a row by column: the value, or the text of the file where that could not be cast.

    Args:
        row: A frame of one row; a column that it lacks is None.
        names: Names of the columns.
    """
    values = row.row(0, named=True)
    texts = {cell["column"]: cell["text"] for cell in values.get(RAW) or ()}
    return {name: texts.get(name, values.get(name)) for name in names}


def compare_cells(held: pl.DataFrame, published: pl.DataFrame, schema: Schema) -> list[ComparedCell]:
    """Compare two rows column by column; filled cells of personal columns are masked.

    Args:
        held: The held row, a frame of one row.
        published: The published row, a frame of one row.
        schema: Schema of the dataset.

    Example:
        >>> from sluice.domain import Column
        >>> schema = Schema("orders", columns=(Column("total", "number"), Column("email", personal=True)))
        >>> rows = [pl.DataFrame({"total": [total], "email": ["a@b.example"]}) for total in (1.5, 2.5)]
        >>> [(cell.column, cell.held, cell.published, cell.differs) for cell in compare_cells(*rows, schema)]
        [('total', 1.5, 2.5, True), ('email', '•••', '•••', False)]
    """
    left, right = (stored_cells(row, schema.names) for row in (held, published))
    personal = {column.name for column in schema.columns if column.personal}

    def mask(column: str, value: object) -> object:
        return MASK if column in personal and value is not None else value

    return [ComparedCell(name, mask(name, left[name]), mask(name, right[name]), left[name] != right[name]) for name in schema.names]
