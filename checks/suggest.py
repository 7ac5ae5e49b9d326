"""Suggests a suite for a dataset from its data: a first draft, for people to review, each line with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import polars as pl

from checks.suggestions import numbers, references, texts
from checks.suggestions.base import Suggestion, suggestion
from sluice.config.duration import write_duration
from sluice.domain import Column, Schema

__all__ = ["Suggestion", "suggest"]

_OFTEN = 0.95


def suggest(schema: Schema, rows: pl.DataFrame, others: Mapping[str, tuple[Schema, pl.DataFrame]]) -> list[Suggestion]:
    """A suite that the data meets, or nearly: data is dirty, so what a few rows break is suggested with `mostly`.

    Args:
        schema: The dataset's.
        rows: Some of its rows, in the declared types.
        others: The other datasets by name, to find references between them.
    """
    present = [column for column in schema.columns if column.name in rows.columns]
    if rows.is_empty():
        return []
    return [
        *_unique(schema, rows),
        *(each for column in present for each in _of_column(schema, column, rows)),
        *_ordered(present, rows),
        *references.suggest(schema, rows, others),
        *_volume(schema, rows),
    ]


def _of_column(schema: Schema, column: Column, rows: pl.DataFrame) -> Iterator[Suggestion]:
    cells = rows[column.name]
    yield from _filled(schema, column, cells)
    if cells.null_count() == cells.len():
        return
    if column.type == "string":
        yield from texts.suggest(column, cells.drop_nulls())
    elif column.type in ("integer", "number"):
        yield from numbers.suggest(column, cells.drop_nulls())
    elif column.type in ("date", "timestamp"):
        yield from _timely(schema, column)


def _filled(schema: Schema, column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    share = 1 - cells.null_count() / cells.len()
    needed = column.required or column.name in schema.key
    name = "expect_column_values_to_not_be_null"
    if share == 1:
        why = f"never empty in {cells.len():,} rows"
        yield suggestion(name, why, "critical" if needed else "warning", column=column.name)
    elif share >= _OFTEN:
        yield suggestion(name, f"empty in {1 - share:.2%} of the rows", "critical" if needed else "warning", column=column.name, mostly=_below(share))


def _below(share: float) -> float:
    """A share to ask for: twice as many exceptions as were seen."""
    return round(1 - 2 * (1 - share), 3)


def _unique(schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """In other modes the declared key is judged with the schema."""
    key = list(schema.key)
    if schema.mode != "append" or not key:
        return
    again = rows.height - rows.select(key).n_unique()
    why = f"the key; {again:,} of {rows.height:,} rows repeat another's" if again else f"the key, never repeated in {rows.height:,} rows"
    if len(key) == 1:
        yield suggestion("expect_column_values_to_be_unique", why, column=key[0])
    else:
        yield suggestion("expect_compound_columns_to_be_unique", why, column_list=key)
    yield suggestion("expect_column_values_to_be_unique_across_batches", f"what was published within {write_duration(schema.window)} comes again", columns=key)


def _timely(schema: Schema, column: Column) -> Iterator[Suggestion]:
    is_time = column.name == schema.time
    yield suggestion(
        "expect_column_values_to_not_be_in_future",
        "clocks differ by minutes, not by days",
        "critical" if is_time else "warning",
        column=column.name,
        tolerance="15m",
    )
    if is_time:
        age = write_duration(2 * (schema.every or timedelta(days=1)))
        yield suggestion("expect_batch_to_be_fresh", "a batch of old rows alone is a batch sent again", "warning", column=column.name, max_age=age)


def _ordered(present: Sequence[Column], rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Times that come in the same order in all but a few rows, such as sent and received."""
    times = [column.name for column in present if column.type == "timestamp"]
    for late in times:
        for early in times:
            both = rows.filter(pl.col(late).is_not_null() & pl.col(early).is_not_null())
            share = both.select((pl.col(late) >= pl.col(early)).mean()).item()
            if late != early and share is not None and share >= _OFTEN and both.select((pl.col(late) != pl.col(early)).any()).item():
                why = f"so in {share:.2%} of the rows"
                settings = {"column_A": late, "column_B": early, "or_equal": True}
                yield suggestion(
                    "expect_column_pair_values_a_to_be_greater_than_b", why, "warning", **settings, **({"mostly": _below(share)} if share < 1 else {})
                )


def _volume(schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    if schema.every is not None:
        yield suggestion("expect_table_row_count_to_match_weekday", "a batch of half the usual size is a batch of which half is missing", tolerance=0.5)
    else:
        yield suggestion("expect_table_row_count_to_be_between", f"{rows.height:,} rows now", "warning", min_value=max(1, rows.height // 10))
