"""Choose the typical value of each group of rows: the median, the mean or the most frequent one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import polars as pl

VALUE, COUNT = "_value", "_count"
ROWS, SHARE = "_rows", "_share"

Strategy: TypeAlias = Literal["median", "mean", "most_frequent"]


def typical_values(counts: pl.DataFrame, by: Sequence[str], strategy: Strategy) -> pl.DataFrame:
    """Return for each group its typical value, the number of its known values, and the share of them that equals the typical one.

    The result does not depend on the order of the rows: among equally frequent values the least is chosen.

    Args:
        counts: Distinct values of each group (columns of `by`, `_value`) and how often each occurs (`_count`).
        by: Columns of the group; at least one.
        strategy: Which value is typical; medians and means of whole numbers are rounded.

    Returns:
        Columns of `by`, `_value`, `_rows` and `_share`.

    Example:
        >>> counts = pl.DataFrame({"kind": ["mug", "mug", "sofa"], "_value": [0.3, 0.5, 40.0], "_count": [3, 1, 1]})
        >>> typical_values(counts, ["kind"], "most_frequent").rows()
        [('mug', 0.3, 4, 0.75), ('sofa', 40.0, 1, 1.0)]
    """
    value, count = pl.col(VALUE), pl.col(COUNT).cast(pl.Int64)
    rows, passed = count.sum(), count.cum_sum()
    low, high = (value.filter(passed >= half).first() for half in ((rows + 1) // 2, rows // 2 + 1))
    chosen = {
        "median": (low + high) / 2,
        "mean": (value * count).sum() / rows,
        "most_frequent": value.sort_by(count, descending=True, maintain_order=True).first(),
    }[strategy]
    dtype = counts.schema[VALUE]
    typed = (chosen.round() if dtype.is_integer() and strategy != "most_frequent" else chosen).cast(dtype)
    ordered = counts.sort(*by, VALUE)
    typical = ordered.group_by(by, maintain_order=True).agg(typed.alias("_typical"), rows.alias(ROWS))
    equal = ordered.join(typical, on=list(by), how="left", nulls_equal=True, maintain_order="left").filter(pl.col(VALUE) == pl.col("_typical"))
    shares = typical.join(equal.select(*by, COUNT), on=list(by), how="left", nulls_equal=True, maintain_order="left")
    return shares.select(*by, pl.col("_typical").alias(VALUE), ROWS, (pl.col(COUNT).fill_null(0) / pl.col(ROWS)).alias(SHARE))
