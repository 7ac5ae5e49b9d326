"""Build the evidence of rows that a detector flags."""

from __future__ import annotations

import polars as pl

from sluice.domain import EVIDENCE, ROW


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
    worst = pl.col("columns").list.first().fill_null("the row")
    how = pl.coalesce(pl.col("^how$"), pl.lit("is unusual, given the rest of its row"))
    message = pl.format("{} {} (p = {})", worst, how, pl.col("score").round_sig_figs(2).cast(pl.String))
    return joined.with_columns(message=message).select(*EVIDENCE).cast(EVIDENCE)
