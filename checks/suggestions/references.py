"""Suggest references between datasets, and columns that agree in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from checks.suggestions import Suggestion, flag_step, hold_step
from checks.suggestions.nulls import least_filled
from sluice.config.inferred import Reference
from sluice.domain import EMPTY, Column, Message, Schema, Severity
from sluice.rules.naming.references import MIN_CONTAINED, Target, find_key, names_key

_TYPES = ("string", "integer")
_MIN_AGREEMENT = 0.9  # share of the joined rows that agree
_MIN_VALUES = 10
_SURE_VALUES = 100  # distinct values, all of which exist


def find_references(schema: Schema, rows: pl.DataFrame, datasets: Mapping[str, tuple[Schema, pl.DataFrame]]) -> list[Reference]:
    """Return the columns of a dataset whose values are keys of another, as `sluice init` infers them.

    Args:
        schema: Schema of the dataset.
        rows: Its rows.
        datasets: Schema and rows of the datasets by name.
    """
    targets = [Target(name, target.key, _texts(target, target_rows)) for name, (target, target_rows) in sorted(datasets.items()) if name != schema.dataset]
    texts = [cells for cells in _texts(schema, rows).iter_columns() if (cells.name,) != schema.key]
    return [
        Reference(cells.name, target.dataset, *place) for target in targets for cells in texts if (place := find_key(cells.name, cells.drop_nulls(), target))
    ]


def _texts(schema: Schema, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(column.name).cast(pl.String) for column in schema.columns if column.type in _TYPES and column.name in rows.columns)


def suggest(schema: Schema, rows: pl.DataFrame, datasets: Mapping[str, tuple[Schema, pl.DataFrame]], references: Sequence[Reference]) -> Iterator[Suggestion]:
    """Suggest rules for references to other datasets.

    Args:
        schema: Schema of the dataset.
        rows: Its rows.
        datasets: Schema and rows of the datasets by name.
        references: Columns that refer to keys or codes of these datasets.
    """
    declared = {column.name: column for column in schema.columns if column.name in rows.columns and column.type in _TYPES}
    for reference in references:
        target, target_rows = datasets.get(reference.dataset, (None, pl.DataFrame()))
        if reference.column in declared and target is not None and reference.key in target_rows.columns:
            yield from _to_target(reference, target, target_rows, schema, rows)


def _to_target(reference: Reference, target: Schema, target_rows: pl.DataFrame, schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    key, same = reference.key, reference.column == reference.key
    values = rows[reference.column].drop_nulls()
    if values.dtype != target_rows[key].dtype or values.n_unique() < _MIN_VALUES:
        return
    existing_share = values.is_in(target_rows[key].drop_nulls().implode()).mean()
    if not isinstance(existing_share, float) or existing_share < MIN_CONTAINED:
        return
    named = names_key(reference.column, key, reference.dataset)
    settings = {"column": reference.column, "dataset": reference.dataset, **({} if same else {"reference_column": key})}
    yield _existing(target, values, existing_share, settings, named=named)
    if same and named and target.key == (key,):
        for shared in schema.columns:
            if shared.name != key and shared.name in rows.columns and shared.name in target_rows.columns and shared.dtype == target.dtypes.get(shared.name):
                yield from _agreeing(reference.dataset, target_rows, key, shared, rows)


def _existing(target: Schema, values: pl.Series, share: float, settings: Mapping[str, str], *, named: bool) -> Suggestion:
    """Suggest to hold rows only where every one of many values exists in a table that never loses a key, and the name says that it is that key.

    Rows that refer to events may come before these: an order line before its order, a return before its purchase. Such a rule reports.
    """
    name, reason = "expect_column_values_to_exist_in_dataset", Message.of("suggested_reference", share=share, values=values.n_unique())
    if named and share == 1 and values.n_unique() >= _SURE_VALUES and target.mode == "upsert":
        return hold_step(name, reason, **settings)
    severity: Severity = "warning" if named else "info"
    return flag_step(name, reason, severity, doubt=EMPTY, **settings, mostly=least_filled(round(share * values.len()), values.len()))


def _agreeing(name: str, target_rows: pl.DataFrame, key: str, shared: Column, rows: pl.DataFrame) -> Iterator[Suggestion]:
    expected = target_rows.select(key, pl.col(shared.name).alias("_expected")).drop_nulls().unique(key, keep="last")
    joined = rows.select(key, shared.name).drop_nulls().join(expected, on=key)
    cell, reference = pl.col(shared.name), pl.col("_expected")
    numeric = shared.type in ("integer", "number")
    agreement = joined.select(((cell - reference).abs() <= 0.5 * reference.abs() if numeric else cell == reference).mean()).item()
    if joined.height >= _MIN_VALUES and agreement >= _MIN_AGREEMENT:
        tolerance: dict[str, Any] = {"tolerance": 0.5} if numeric else {}
        reason = Message.of("suggested_agreement", share=agreement)
        least = round(max(0.5, agreement - 0.2), 3)
        yield flag_step("expect_column_values_to_match_reference", reason, column=shared.name, dataset=name, key=key, **tolerance, mostly=least)
