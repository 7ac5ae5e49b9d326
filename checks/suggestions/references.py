"""Suggest references between datasets, and columns that agree in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from checks.suggestions import Suggestion, flag_step, hold_step
from checks.suggestions.nulls import least_filled
from sluice.domain import Column, Schema

_MIN_FOUND = 0.95  # share of the values that exist in the other dataset
_MIN_AGREEMENT = 0.9  # share of the joined rows that agree
_MIN_VALUES = 10
_SURE_VALUES = 100  # distinct values, all of which exist
_CODES = frozenset({"sku", "asin", "gtin", "ean", "upc", "isbn", "mpn", "artikelnummer", "ugs"})  # codes of a thing beside its key


def suggest(schema: Schema, rows: pl.DataFrame, datasets: Mapping[str, tuple[Schema, pl.DataFrame]]) -> Iterator[Suggestion]:
    """Suggest references to each other dataset: the columns whose values are values of its key, where that is one column, or of a code named alike.

    Args:
        schema: Schema of the dataset.
        rows: Its rows.
        datasets: Schema and rows of the datasets by name.
    """
    for name, (target, target_rows) in sorted(datasets.items()):
        if name == schema.dataset:
            continue
        for column in schema.columns:
            if column.name not in rows.columns or (column.name,) == schema.key:
                continue
            for key in _keys(column, target, target_rows):
                suggestions = list(_to_target(name, target, target_rows, key, column, schema, rows))
                yield from suggestions
                if suggestions:
                    break


def _keys(column: Column, target: Schema, target_rows: pl.DataFrame) -> Iterator[str]:
    """Yield the columns of a dataset that another one's column may refer to: its key, then codes that name one row and end in the same word."""
    keys = [*(target.key if len(target.key) == 1 else ()), *_codes(column.name, target_rows)]
    yield from (key for key in dict.fromkeys(keys) if key in target_rows.columns and column.dtype == target.dtypes.get(key))


def _codes(name: str, target_rows: pl.DataFrame) -> Iterator[str]:
    last = _last_word(name)
    for other in target_rows.columns if last in _CODES else ():
        if _last_word(other) == last and (filled := target_rows[other].drop_nulls()).len() >= _MIN_VALUES and filled.n_unique() == filled.len():
            yield other


def _last_word(name: str) -> str:
    """Return the last word of a name, in lower case.

    Example:
        >>> _last_word("Variant SKU"), _last_word("lineitem_sku")
        ('sku', 'sku')
    """
    return next(reversed(re.findall(r"[^\W\d_]+", name.lower())), "")


def _to_target(name: str, target: Schema, target_rows: pl.DataFrame, key: str, column: Column, schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    values = rows[column.name].drop_nulls()
    found_share = values.is_in(target_rows[key].drop_nulls().implode()).mean()
    if column.type not in ("string", "integer") or values.n_unique() < _MIN_VALUES or not isinstance(found_share, float) or found_share < _MIN_FOUND:
        return
    if column.type == "integer" and column.name != key:
        return  # small whole numbers exist in any key that counts
    settings = {"column": column.name, "dataset": name, **({} if column.name == key else {"reference_column": key})}
    yield _existing(target, values, found_share, settings)
    if column.name == key and target.key == (key,):
        for shared in schema.columns:
            if shared.name != key and shared.name in rows.columns and shared.name in target_rows.columns and shared.dtype == target.dtypes.get(shared.name):
                yield from _agreeing(name, target_rows, key, shared, rows)


def _existing(target: Schema, values: pl.Series, share: float, settings: Mapping[str, str]) -> Suggestion:
    """Suggest to hold rows only where every one of many values exists in a table that never loses a key."""
    name, reason = "expect_column_values_to_exist_in_dataset", f"{share:.2%} of {values.n_unique():,} values exist there"
    if share == 1 and values.n_unique() >= _SURE_VALUES and target.mode != "snapshot":
        return hold_step(name, reason, **settings)
    return flag_step(name, reason, "warning", doubt="", **settings, mostly=least_filled(round(share * values.len()), values.len()))


def _agreeing(name: str, target_rows: pl.DataFrame, key: str, shared: Column, rows: pl.DataFrame) -> Iterator[Suggestion]:
    expected = target_rows.select(key, pl.col(shared.name).alias("_expected")).drop_nulls().unique(key, keep="last")
    joined = rows.select(key, shared.name).drop_nulls().join(expected, on=key)
    cell, reference = pl.col(shared.name), pl.col("_expected")
    numeric = shared.type in ("integer", "number")
    agreement = joined.select(((cell - reference).abs() <= 0.5 * reference.abs() if numeric else cell == reference).mean()).item()
    if joined.height >= _MIN_VALUES and agreement >= _MIN_AGREEMENT:
        tolerance: dict[str, Any] = {"tolerance": 0.5} if numeric else {}
        reason = f"{agreement:.2%} of the joined rows agree"
        least = round(max(0.5, agreement - 0.2), 3)
        yield flag_step("expect_column_values_to_match_reference", reason, column=shared.name, dataset=name, key=key, **tolerance, mostly=least)
