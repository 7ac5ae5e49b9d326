"""Make the profile of a column from its summary and from a sample of its cells."""

from __future__ import annotations

from typing import Any

import polars as pl

from sluice.domain import QUANTILES, Column, ColumnProfile, Lengths, Share
from sluice.worker.profiling.columns import ColumnSummary
from sluice.worker.profiling.limits import Limits
from sluice.worker.profiling.measures import as_text, measured
from sluice.worker.profiling.patterns import patterns

_MAX_DISTINCT = 0.5  # distinct texts per filled cell above which they are free text or ids: what people wrote stays out of the records
_MIN_COUNT, _MIN_SHARE = 3, 0.01  # of a value among free text that is kept, such as one that a form fills in


def finish(
    column: Column, summary: ColumnSummary, rows: int, limits: Limits, cells: pl.Series | None, lengths: pl.Series | None, *, whole: bool
) -> ColumnProfile:
    """Return the profile of a column.

    Args:
        column: The column.
        summary: Its summary.
        rows: Number of rows.
        limits: How much is kept.
        cells: Its cells in the sample; None where none are kept.
        lengths: Lengths of its texts in the sample; None where it has no texts.
        whole: Whether the sample has all rows.
    """
    sampled = next((part.drop_nulls() for part in (cells, lengths) if part is not None), pl.Series(dtype=pl.Null))
    profile: dict[str, Any] = {
        "rows": rows,
        "nulls": summary.nulls,
        "empty": summary.empty,
        "distinct": min(summary.distinct.number, rows - summary.nulls),
        "distinct_error": summary.distinct.error,
        "sampled": len(sampled),
        "lengths": _lengths(summary, lengths),
        "top_exact": whole or summary.distinct.counts is not None,
    }
    if column.personal:
        return ColumnProfile(column.name, column.type, **profile)
    frequent = patterns(sampled, limits.patterns) if column.type == "string" else ()
    top = _top(column, summary, sampled, rows - summary.nulls, limits)
    return ColumnProfile(column.name, column.type, **profile, **_numbers(column, summary, sampled), top=top, patterns=frequent)


def _lengths(summary: ColumnSummary, lengths: pl.Series | None) -> Lengths | None:
    measure = summary.lengths
    if measure is None or lengths is None or measure.mean is None:
        return None
    quantiles = _quantiles(lengths.drop_nulls()).cast(pl.Float64).to_list()
    return Lengths(measure.least, measure.greatest, measure.mean, tuple(quantiles))


def _numbers(column: Column, summary: ColumnSummary, sampled: pl.Series) -> dict[str, Any]:
    measure, dtype = summary.numbers, column.dtype
    if measure is None or not measure.count:
        return {}
    numbers = measured(sampled)
    (mean,) = as_text(pl.Series([measure.mean], dtype=pl.Float64), dtype if dtype.is_temporal() else pl.Float64())
    least, greatest = as_text(pl.Series([measure.least, measure.greatest], dtype=numbers.dtype), dtype)
    return {"least": least, "greatest": greatest, "mean": mean, "quantiles": tuple(as_text(_quantiles(numbers), dtype))}


def _quantiles(numbers: pl.Series) -> pl.Series:
    """Return quantiles that are values themselves: the least value that a share of the numbers does not exceed."""
    ordered = numbers.sort()
    places = [min(max(-int(-share * len(ordered) // 1), 1), len(ordered)) - 1 for share in QUANTILES] if len(ordered) else []
    return ordered.gather(places)


def _top(column: Column, summary: ColumnSummary, sampled: pl.Series, filled: int, limits: Limits) -> tuple[Share, ...]:
    """Return the most frequent values, of free text those that recur; where they are estimated, those that the sample has more than once."""
    counts = summary.distinct.counts
    if counts is None:
        counts = sampled.alias("value").value_counts().filter(pl.col("count") > 1)
        counts = counts.with_columns((pl.col("count") * filled / max(len(sampled), 1)).round().cast(pl.Int64))
    if column.type == "string" and summary.distinct.number > filled * _MAX_DISTINCT:
        counts = counts.filter(pl.col("count") >= max(_MIN_COUNT, filled * _MIN_SHARE))
    counts = counts.with_columns(_text(column.dtype).alias("text")).sort("count", "text", descending=[True, False]).head(limits.top)
    return tuple(counts.select("text", "count").iter_rows())


def _text(dtype: pl.DataType) -> pl.Expr:
    return pl.col("value").dt.to_string("iso") if dtype.is_temporal() else pl.col("value").cast(pl.String)
