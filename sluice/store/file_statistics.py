"""State the statistics of a file for the log of a Delta table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

_LONGEST = 64  # characters of a text that the log repeats
_RANGED = (pl.String, pl.Int64, pl.Float64, pl.Date, pl.Datetime)


def file_statistics(rows: pl.DataFrame, columns: Sequence[str]) -> str:
    """Return the number of rows, and of some columns the smallest value, the largest value and the number of nulls, as JSON text.

    A range is left out where it would be wrong, or long: of floats with NaN, and of long texts.

    Args:
        rows: Rows of the file.
        columns: The columns that have statistics; nested ones have none.

    Example:
        >>> file_statistics(pl.DataFrame({"total": [2, None], "email": ["a@b.example", None]}), ["total"])
        '{"numRecords": 2, "minValues": {"total": 2}, "maxValues": {"total": 2}, "nullCount": {"total": 1}}'
    """
    chosen = rows.select(name for name, dtype in rows.schema.items() if name in columns and not dtype.is_nested())
    ranged = chosen.select(name for name, dtype in chosen.schema.items() if isinstance(dtype, _RANGED) and not _has_nan(chosen[name]))
    smallest, largest = (frame.to_dicts()[0] if frame.width else {} for frame in (ranged.select(pl.all().min()), ranged.select(pl.all().max())))
    bounded = [name for name in ranged.columns if all(_is_short(bounds[name]) for bounds in (smallest, largest))]
    facts = {
        "numRecords": rows.height,
        "minValues": {name: _to_json(smallest[name]) for name in bounded},
        "maxValues": {name: _to_json(largest[name]) for name in bounded},
        "nullCount": {column.name: column.null_count() for column in chosen},
    }
    return json.dumps(facts, ensure_ascii=False, allow_nan=False)


def logged_statistics(action: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Return the statistics that the log of a table has of a file, of some columns, as JSON text.

    Args:
        action: The action that added the file, as deltalake flattens it.
        columns: The columns.

    Example:
        >>> logged_statistics({"num_records": 2, "min.total": 1, "max.total": 2, "null_count.total": 0, "min.email": "a@b.example"}, ["total"])
        '{"numRecords": 2, "minValues": {"total": 1}, "maxValues": {"total": 2}, "nullCount": {"total": 0}}'
    """
    if action.get("num_records") is None:  # other programs may write none
        return "{}"
    bounded = [name for name in columns if all(_is_bound(action.get(f"{end}.{name}")) for end in ("min", "max"))]
    facts = {
        "numRecords": action["num_records"],
        "minValues": {name: _to_json(action[f"min.{name}"]) for name in bounded},
        "maxValues": {name: _to_json(action[f"max.{name}"]) for name in bounded},
        "nullCount": {name: action[f"null_count.{name}"] for name in columns if action.get(f"null_count.{name}") is not None},
    }
    return json.dumps(facts, ensure_ascii=False, allow_nan=False)


def narrow_statistics(statistics: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Return the statistics that a commit has of a file, of some columns, as JSON text.

    Args:
        statistics: The statistics.
        columns: The columns; nested ones have none.

    Example:
        >>> narrow_statistics({"numRecords": 2, "minValues": {"total": 1, "email": "a@b.example"}}, ["total"])
        '{"numRecords": 2, "minValues": {"total": 1}}'
    """
    narrowed = {
        name: {column: value for column, value in facts.items() if column in columns and not isinstance(value, dict)} if isinstance(facts, dict) else facts
        for name, facts in statistics.items()
    }
    return json.dumps(narrowed, ensure_ascii=False)


def _is_bound(value: object) -> bool:
    return isinstance(value, str | int | float | date) and not isinstance(value, bool) and not (isinstance(value, float) and not math.isfinite(value))


def _has_nan(column: pl.Series) -> bool:
    return column.dtype == pl.Float64 and not column.is_finite().all()


def _is_short(value: object) -> bool:
    return value is not None and len(str(value)) <= _LONGEST


def _to_json(value: Any) -> Any:  # noqa: ANN401  # a cell, and what JSON knows
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value
