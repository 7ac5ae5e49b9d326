"""Suggest a suite for a dataset from its data: a first draft for people to review, each entry with its reason.

A rule of a young suite reports. It holds rows only where a breach is improbable for right data: an empty or repeated key, an event of
tomorrow, a reference that always holds to a table that loses no key. A person accepts what is to hold more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import polars as pl

from checks.suggestions import Suggestion, flag_step, hold_step, kinds, nulls, numbers, pairs, texts, times, unique
from checks.suggestions import references as reference_rules
from checks.suggestions.references import find_references
from sluice.config.duration import write_duration
from sluice.config.inferred import Reference
from sluice.domain import Column, Message, Schema
from sluice.rules.repeated_keys import contradictions

__all__ = ["Suggestion", "suggest"]

_MIN_ROWS = 30


def suggest(
    schema: Schema,
    rows: pl.DataFrame,
    datasets: Mapping[str, tuple[Schema, pl.DataFrame]],
    moment: datetime | None = None,
    references: Sequence[Reference] | None = None,
    total: int | None = None,
) -> list[Suggestion]:
    """Suggest a suite that the data meets, or nearly: an expectation that some rows break is suggested with `mostly`.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows, in the declared types.
        datasets: Schema and rows of the datasets by name, to find references between them.
        moment: End of the period of the rows: no column that has later times is limited to the past. None: unknown.
        references: Columns that refer to these datasets, where they were inferred already; None: they are inferred from the rows.
        total: Number of rows of the batch, where `rows` are a part of it.
    """
    if rows.is_empty():
        return []
    present = [column for column in schema.columns if column.name in rows.columns and not _is_position(column)]
    plan = kinds.tracking_plan(schema, rows)
    by_kind = frozenset(plan.filled) if plan else frozenset()
    refers = find_references(schema, rows, datasets) if references is None else references
    return [
        *_for_key(schema, rows),
        *unique.suggest(schema, present, rows, [reference.column for reference in refers]),
        *(entry for column in present if column.name not in by_kind for entry in nulls.suggest(schema, column, rows[column.name])),
        *kinds.suggest(plan, rows),
        *(entry for column in present for entry in _for_column(schema, column, rows[column.name], moment)),
        *times.suggest_order(present, rows),
        *pairs.suggest(present, rows),
        *reference_rules.suggest(schema, rows, datasets, refers),
        *_for_volume(schema, rows.height if total is None else total),
    ]


def _is_position(column: Column) -> bool:
    """Return True for the position of an element in its list: a longer list is no fault, and a record without elements has none."""
    return any(path.endswith("[#]") for path in column.path)


def _for_column(schema: Schema, column: Column, cells: pl.Series, moment: datetime | None) -> Iterator[Suggestion]:
    if cells.null_count() == cells.len():
        return
    if column.type == "string":
        yield from texts.suggest(column, cells.drop_nulls())
    elif column.type in ("integer", "number") and column.name not in schema.key:
        yield from numbers.suggest(column, cells.drop_nulls())
    elif column.type in ("date", "timestamp"):
        yield from times.suggest(schema, column, cells, moment)


def _for_key(schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest uniqueness in mode append; in other modes the key is judged with the schema."""
    key = list(schema.key)
    if schema.mode != "append" or not key:
        return
    name, settings = _uniqueness(key)
    across = "expect_column_values_to_be_unique_across_batches", Message.of("suggested_across", window=write_duration(schema.window))
    if contradicting := contradictions(rows, key):
        doubt = Message.of("init_key_repeated", repeats=contradicting, rows=rows.height)
        yield flag_step(name, Message.of("suggested_key_contradicted", rows=rows.height, repeats=contradicting), "warning", doubt=doubt, **settings)
        yield flag_step(*across, "warning", columns=key)
        return
    repeats = rows.height - rows.select(key).n_unique()
    repeated, unique = Message.of("suggested_key_repeated", repeats=repeats, rows=rows.height), Message.of("suggested_key", rows=rows.height)
    yield hold_step(name, repeated if repeats else unique, **settings)
    yield hold_step(*across, columns=key)


def _uniqueness(key: list[str]) -> tuple[str, dict[str, object]]:
    if len(key) == 1:
        return "expect_column_values_to_be_unique", {"column": key[0]}
    return "expect_compound_columns_to_be_unique", {"column_list": key}


def _for_volume(schema: Schema, rows: int) -> Iterator[Suggestion]:
    if schema.every is not None:
        yield flag_step("expect_table_row_count_to_match_weekday", Message.of("suggested_weekday_rows"), tolerance=0.5)
    elif rows >= _MIN_ROWS:
        yield flag_step("expect_table_row_count_to_be_between", Message.of("suggested_rows", rows=rows), min_value=max(1, rows // 10))
