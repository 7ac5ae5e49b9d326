"""Build the evidence of failing rows, and the message that counts them."""

from __future__ import annotations

import polars as pl

from sluice.domain import EVIDENCE, ROW, Message, message_column


def count_message(failed: int, rows: int) -> Message:
    """Build the message that counts the failing rows among the evaluated ones."""
    return Message.of("rows_failing", failed=failed, rows=rows, share=failed / rows) if rows else Message.of("no_rows_evaluated")


def anomaly_evidence(rows: pl.DataFrame, p_values: pl.Series, blamed: pl.DataFrame) -> pl.DataFrame:
    """Build evidence of schema EVIDENCE for flagged rows.

    Args:
        rows: Flagged rows, with `_row_id`.
        p_values: Their p-values.
        blamed: One row per flagged row: `columns` to blame, the `expected` value and, optionally, `how` the worst cell is unusual.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=EVIDENCE)
    joined = blamed.select("columns", "expected", "^how$").with_columns(rows[ROW], p_values.alias("score"))
    if "how" not in joined.columns:
        joined = joined.with_columns(how=pl.lit(None, dtype=pl.String))
    column, how, p = pl.col("columns").list.first(), pl.col("how"), pl.col("score")
    message = (
        pl.when(column.is_null())
        .then(message_column("row_unusual", p=p))
        .when(how.is_null())
        .then(message_column("cell_unusual", column=column, p=p))
        .otherwise(message_column("cell_unusual_how", column=column, how=how, p=p))
    )
    return joined.with_columns(message=message).select(*EVIDENCE).cast(EVIDENCE)
