"""Write and read the ids of repairs: `<row id>/<column>/<step>`, unique for ever."""

from __future__ import annotations

import polars as pl

from sluice.domain.frames import ROW


def repair_id(step: pl.Expr, column: pl.Expr | str = "column") -> pl.Expr:
    """Return the id of each repair.

    Args:
        step: Number of the repair among those of its cell.
        column: Name of the repaired column in each row.

    Example:
        >>> pl.DataFrame({"_row_id": ["b1.0"], "column": ["price"]}).select(repair_id(pl.lit(2))).item()
        'b1.0/price/2'
    """
    return pl.concat_str(ROW, column, step, separator="/").alias("repair_id")


def repair_step() -> pl.Expr:
    """Return the step of each `repair_id`, Int64.

    Example:
        >>> pl.DataFrame({"repair_id": ["b1.0/a/b/12"]}).select(repair_step()).item()
        12
    """
    return pl.col("repair_id").str.extract(r"/(\d+)$").cast(pl.Int64).alias("step")


def advance_steps(repairs: pl.DataFrame, steps: int) -> pl.DataFrame:
    """Add a number of steps to each repair's id, so that it cannot repeat an earlier one.

    Args:
        repairs: Repairs of schema REPAIRS.
        steps: How many to add.

    Example:
        >>> advance_steps(pl.DataFrame({"repair_id": ["b1.0/price/2"]}), 3000)["repair_id"].item()
        'b1.0/price/3002'
    """
    cell = pl.col("repair_id").str.extract(r"^(.*)/\d+$")
    return repairs.with_columns(repair_id=pl.format("{}/{}", cell, repair_step() + steps))
