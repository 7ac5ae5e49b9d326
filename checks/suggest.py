"""Suggest a suite for a dataset from its data: a first draft for people to review, each entry with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import polars as pl

from checks.suggestions import Suggestion, numbers, references, suggest_step, texts
from sluice.config.duration import write_duration
from sluice.domain import Column, Schema

__all__ = ["Suggestion", "suggest"]

_MIN_SHARE = 0.95  # of the rows that pass


def suggest(schema: Schema, rows: pl.DataFrame, datasets: Mapping[str, tuple[Schema, pl.DataFrame]]) -> list[Suggestion]:
    """Suggest a suite that the data meets, or nearly: an expectation that some rows break is suggested with `mostly`.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows, in the declared types.
        datasets: Schema and rows of the datasets by name, to find references between them.
    """
    present = [column for column in schema.columns if column.name in rows.columns]
    if rows.is_empty():
        return []
    return [
        *_for_key(schema, rows),
        *(suggestion for column in present for suggestion in _for_column(schema, column, rows)),
        *_for_time_order(present, rows),
        *references.suggest(schema, rows, datasets),
        *_for_volume(schema, rows),
    ]


def _for_column(schema: Schema, column: Column, rows: pl.DataFrame) -> Iterator[Suggestion]:
    cells = rows[column.name]
    yield from _for_nulls(schema, column, cells)
    if cells.null_count() == cells.len():
        return
    if column.type == "string":
        yield from texts.suggest(column, cells.drop_nulls())
    elif column.type in ("integer", "number"):
        yield from numbers.suggest(column, cells.drop_nulls())
    elif column.type in ("date", "timestamp"):
        yield from _for_time(schema, column)


def _for_nulls(schema: Schema, column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    share = 1 - cells.null_count() / cells.len()
    required = column.required or column.name in schema.key
    name = "expect_column_values_to_not_be_null"
    if share == 1:
        reason = f"never empty in {cells.len():,} rows"
        yield suggest_step(name, reason, "critical" if required else "warning", column=column.name)
    elif share >= _MIN_SHARE:
        yield suggest_step(name, f"empty in {1 - share:.2%} of the rows", "critical" if required else "warning", column=column.name, mostly=_with_margin(share))


def _with_margin(share: float) -> float:
    """Return a share that allows twice as many exceptions as the data has."""
    return round(1 - 2 * (1 - share), 3)


def _for_key(schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest uniqueness in mode append; in other modes the key is judged with the schema."""
    key = list(schema.key)
    if schema.mode != "append" or not key:
        return
    repeats = rows.height - rows.select(key).n_unique()
    reason = f"the key; {repeats:,} of {rows.height:,} rows repeat the key of another row" if repeats else f"the key, never repeated in {rows.height:,} rows"
    if len(key) == 1:
        yield suggest_step("expect_column_values_to_be_unique", reason, column=key[0])
    else:
        yield suggest_step("expect_compound_columns_to_be_unique", reason, column_list=key)
    yield suggest_step(
        "expect_column_values_to_be_unique_across_batches", f"what was published within {write_duration(schema.window)} comes again", columns=key
    )


def _for_time(schema: Schema, column: Column) -> Iterator[Suggestion]:
    is_time = column.name == schema.time
    yield suggest_step(
        "expect_column_values_to_not_be_in_future",
        "clocks differ by minutes, not by days",
        "critical" if is_time else "warning",
        column=column.name,
        tolerance="15m",
    )
    if is_time:
        age = write_duration(2 * (schema.every or timedelta(days=1)))
        yield suggest_step("expect_batch_to_be_fresh", "a batch of old rows alone is a batch sent again", "warning", column=column.name, max_age=age)


def _for_time_order(present: Sequence[Column], rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest the order of two times that is the same in nearly all rows, such as sent and received."""
    times = [column.name for column in present if column.type == "timestamp"]
    for late in times:
        for early in times:
            rows_with_both = rows.filter(pl.col(late).is_not_null() & pl.col(early).is_not_null())
            share = rows_with_both.select((pl.col(late) >= pl.col(early)).mean()).item()
            if late != early and share is not None and share >= _MIN_SHARE and rows_with_both.select((pl.col(late) != pl.col(early)).any()).item():
                reason = f"so in {share:.2%} of the rows"
                settings = {"column_A": late, "column_B": early, "or_equal": True}
                yield suggest_step(
                    "expect_column_pair_values_a_to_be_greater_than_b", reason, "warning", **settings, **({"mostly": _with_margin(share)} if share < 1 else {})
                )


def _for_volume(schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    if schema.every is not None:
        yield suggest_step("expect_table_row_count_to_match_weekday", "a batch of half the usual size is a batch of which half is missing", tolerance=0.5)
    else:
        yield suggest_step("expect_table_row_count_to_be_between", f"{rows.height:,} rows now", "warning", min_value=max(1, rows.height // 10))
