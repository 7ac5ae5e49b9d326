"""Decide which cells may leave: those of no personal column, by the schema that masks them wherever people look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sluice.domain import MASK, RAW, REASONS, Schema
from sluice.messages import mask_reasons, reason_message, render
from sluice.rules.masking import mask_rows


def sendable_columns(schema: Schema) -> list[str]:
    """Return the columns whose cells may be sent.

    Example:
        >>> from sluice.domain import Column
        >>> sendable_columns(Schema("orders", columns=(Column("user", personal=True), Column("price", "number"))))
        ['price']
    """
    return [column.name for column in schema.columns if not column.personal]


def describe_columns(schema: Schema, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return type and unit of some columns."""
    chosen = [column for column in schema.columns if column.name in names]
    return {column.name: {"type": column.type, **({"unit": column.unit} if column.unit else {})} for column in chosen}


def sendable_rows(rows: pl.DataFrame, schema: Schema, longest: int) -> list[dict[str, str | None]]:
    """Return the cells of rows that may be sent, as text: those that did not cast as they arrived, and long ones cut.

    Args:
        rows: Rows with the declared columns.
        schema: Schema of their dataset.
        longest: Letters of a cell that are sent.

    Example:
        >>> from sluice.domain import Column
        >>> rows = pl.DataFrame({"user": ["u1"], "title": ["a long title"], "price": [2.0]})
        >>> sendable_rows(rows, Schema("orders", columns=(Column("user", personal=True), Column("title"), Column("price", "number"))), 6)
        [{'title': 'a long', 'price': '2.0'}]
    """
    masked = mask_rows(rows, schema)
    names = [name for name in sendable_columns(schema) if name in masked.columns]
    texts = masked.select(pl.col(name).cast(pl.String) for name in names).to_dicts()
    unread = masked[RAW].to_list() if RAW in masked.columns else [None] * masked.height
    return [_row(cells, {cell["column"]: cell["text"] for cell in raw or ()}, longest) for cells, raw in zip(texts, unread, strict=True)]


def _row(cells: Mapping[str, str | None], unread: Mapping[str, str], longest: int) -> dict[str, str | None]:
    texts = {name: text if text is not None else unread.get(name) for name, text in cells.items()}
    return {name: None if text is None else text[:longest] for name, text in texts.items()}


def sendable_reasons(reasons: Sequence[Mapping[str, Any]] | None, schema: Schema) -> list[Mapping[str, object]]:
    """Return why a row is held: rule, sentence and the columns to blame; no sentence about a personal column.

    Args:
        reasons: Reasons of one row, as the quarantine holds them.
        schema: Schema of the dataset.
    """
    names = frozenset(schema.names)
    personal = names - frozenset(sendable_columns(schema))
    return [
        {"rule": reason["name"], "problem": render(reason_message(reason)), "columns": list(reason["columns"] or ())}
        for reason in mask_reasons(reasons, personal, names, MASK) or ()
        if not personal & set(reason["columns"] or ())
    ]


def blamed_columns(row: Mapping[str, Any], schema: Schema) -> list[str]:
    """Return the columns of a held row that its reasons blame, and whose cells may be sent."""
    blamed = {column for reason in row.get(REASONS) or () for column in reason["columns"] or ()}
    return [name for name in sendable_columns(schema) if name in blamed]
