"""Read metrics from the schema alone, and compare names of types."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

SHAPES: Mapping[str, Callable[[pl.Schema], object]] = {
    "table.columns": list,
    "table.column_count": len,
    "table.column_types": lambda schema: [{"name": name, "type": dtype} for name, dtype in schema.items()],
}

_GROUPS: Mapping[str, Callable[[pl.DataType], bool]] = {
    "int": lambda dtype: dtype.is_integer(),
    "integer": lambda dtype: dtype.is_integer(),
    "float": lambda dtype: dtype.is_float(),
    "double": lambda dtype: dtype == pl.Float64,
    "str": lambda dtype: dtype == pl.String,
    "object": lambda dtype: dtype == pl.String,
    "utf8": lambda dtype: dtype == pl.String,
    "bool": lambda dtype: dtype == pl.Boolean,
    "datetime64": lambda dtype: isinstance(dtype, pl.Datetime),
    "timestamp": lambda dtype: isinstance(dtype, pl.Datetime),
    "timedelta": lambda dtype: isinstance(dtype, pl.Duration),
    "numeric": lambda dtype: dtype.is_numeric(),
    "number": lambda dtype: dtype.is_numeric(),
}


def is_named(dtype: pl.DataType, name: str) -> bool:
    """Return True where a name fits a type: a name of Polars (Int64, Datetime), of pandas (datetime64[ns]) or a common one (int, str)."""
    name = name.strip().lower()
    if name in (str(dtype).lower(), str(dtype.base_type()).lower()):
        return True
    group = _GROUPS.get(name.partition("[")[0].removesuffix("_"))
    return group is not None and group(dtype)
