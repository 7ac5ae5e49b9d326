"""What a batch cannot be judged by is told with its verdict."""

from __future__ import annotations

import polars as pl

from detectors.features.columns import describe_gaps
from sluice.domain import Batch, Column, Message, Schema
from sluice.testing import AT

SCHEMA = Schema("table", columns=(Column("price", "number"), Column("shop", "string"), Column("brand", "string")))
NAMES = ("price", "shop", "brand")


def batch_of(rows: pl.DataFrame) -> Batch:
    return Batch("table", "b", rows, AT)


def test_lacking_empty_and_unreadable_columns_are_named() -> None:
    rows = pl.DataFrame({"price": ["a", "b", "3"], "shop": pl.Series([None, None, None], dtype=pl.String)})
    assert describe_gaps(batch_of(rows), SCHEMA, NAMES) == [
        Message.of("columns_lacking", columns="brand"),
        Message.of("columns_empty", columns="shop"),
        Message.of("columns_not_numeric", columns="price"),
    ]


def test_whole_rows_and_no_rows_have_no_gaps() -> None:
    rows = pl.DataFrame({"price": ["1", "2.5", None], "shop": ["x", None, "y"], "brand": ["a", "b", "c"]})
    assert describe_gaps(batch_of(rows), SCHEMA, NAMES) == []
    assert describe_gaps(batch_of(rows.head(0)), SCHEMA, NAMES) == []
