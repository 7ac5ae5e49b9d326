"""References between datasets, and columns that say the same in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from checks.suggestions.base import Suggestion, suggestion
from sluice.domain import Column, Schema

_OFTEN = 0.95
_AGREE = 0.9
_ENOUGH = 10


def suggest(schema: Schema, rows: pl.DataFrame, others: Mapping[str, tuple[Schema, pl.DataFrame]]) -> Iterator[Suggestion]:
    """For each other dataset with a key of one column: the columns whose values are of that key.

    Args:
        schema: The dataset's own.
        rows: Its rows.
        others: The other datasets by name.
    """
    for name, (other, theirs) in sorted(others.items()):
        if name == schema.dataset or len(other.key) != 1 or other.key[0] not in theirs.columns:
            continue
        for column in schema.columns:
            if column.name in rows.columns and (column.name,) != schema.key and column.dtype == other.dtypes[other.key[0]]:
                yield from _to(name, other, theirs, column, schema, rows)


def _to(name: str, other: Schema, theirs: pl.DataFrame, column: Column, schema: Schema, rows: pl.DataFrame) -> Iterator[Suggestion]:
    key = other.key[0]
    values = rows[column.name].drop_nulls()
    known = values.is_in(theirs[key].drop_nulls().implode()).mean()
    if column.type not in ("string", "integer") or values.n_unique() < _ENOUGH or not isinstance(known, float) or known < _OFTEN:
        return
    if column.type == "integer" and column.name != key:
        return  # small whole numbers are found in any key that counts
    settings: dict[str, object] = {"column": column.name, "dataset": name, **({} if column.name == key else {"reference_column": key})}
    yield suggestion("expect_column_values_to_exist_in_dataset", f"{known:.2%} of them are there", "critical", **settings)
    if column.name == key:
        for shared in schema.columns:
            if shared.name != key and shared.name in rows.columns and shared.name in theirs.columns and shared.dtype == other.dtypes.get(shared.name):
                yield from _agreeing(name, theirs, key, shared, rows)


def _agreeing(name: str, theirs: pl.DataFrame, key: str, shared: Column, rows: pl.DataFrame) -> Iterator[Suggestion]:
    partners = theirs.select(key, pl.col(shared.name).alias("_theirs")).drop_nulls().unique(key, keep="last")
    both = rows.select(key, shared.name).drop_nulls().join(partners, on=key)
    mine, other = pl.col(shared.name), pl.col("_theirs")
    numeric = shared.type in ("integer", "number")
    agree = both.select(((mine - other).abs() <= 0.5 * other.abs() if numeric else mine == other).mean()).item()
    if both.height >= _ENOUGH and agree >= _AGREE:
        settings: dict[str, object] = {"column": shared.name, "dataset": name, "key": key, **({"tolerance": 0.5} if numeric else {})}
        yield suggestion("expect_column_values_to_match_reference", f"{agree:.2%} of them agree", "warning", **settings, on_fail="flag")
