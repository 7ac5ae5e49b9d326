"""Write cells of any type as text, so that one value has one text whatever the format of its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from sluice.domain.exact import MAX_WHOLE

_WITH_DECIMAL = r"^(0|[1-9]\d*)\.0$"  # no float has leading zeros


def as_text(cells: pl.Series) -> pl.Series:
    """Return any cells as text: numbers in their shortest form, times in ISO 8601, nested values as JSON, bytes in hexadecimal digits where they are no text.

    A whole number has no decimals and NaN is null, as one id may come as `1` in a CSV file and as `1.0` in a Parquet file.

    Example:
        >>> import polars as pl
        >>> as_text(pl.Series([1.0, 2.5, float("nan")])).to_list()
        ['1', '2.5', None]
    """
    dtype = cells.dtype
    if dtype == pl.String:
        return cells
    write = next((write for belongs, write in _WRITERS if belongs(dtype)), None)
    return write(cells) if write else cells.cast(pl.String, strict=False)


def without_decimals(text: pl.Series) -> pl.Series:
    """Return texts with `1` for `1.0`, as programs write ids once one of them is missing; all others stay as they are.

    Example:
        >>> without_decimals(pl.Series(["1.0", "2", "2.50", "007.0", None])).to_list()
        ['1', '2', '2.50', '007.0', None]
    """
    return text.str.replace(_WITH_DECIMAL, "${1}") if text.str.ends_with(".0").any() else text


def has_decimals(cells: pl.Series) -> bool:
    """Return True where a cell of text is a whole number with a decimal, such as `1.0`."""
    return cells.dtype == pl.String and bool(cells.str.contains(_WITH_DECIMAL).any())


def _floats(cells: pl.Series) -> pl.Series:
    numbers = cells.fill_nan(None)
    whole = ((numbers == numbers.round()) & (numbers.abs() <= MAX_WHOLE)).fill_null(value=False)
    text = numbers.cast(pl.String)
    return text.zip_with(~whole, numbers.set(~whole, None).cast(pl.Int64).cast(pl.String)) if whole.any() else text


def _times(cells: pl.Series) -> pl.Series:
    zone = cells.dtype.time_zone if isinstance(cells.dtype, pl.Datetime) else None
    utc = cells.dt.convert_time_zone("UTC") if zone else cells
    return utc.dt.cast_time_unit("us").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")


def _decimals(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String).str.replace(r"^(-?\d+)\.0+$", "${1}")


def _durations(cells: pl.Series) -> pl.Series:
    return cells.dt.to_string("iso")


def _nested(cells: pl.Series) -> pl.Series:
    text = cells.to_frame("").to_struct().struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    return text.set(cells.is_null(), None).alias(cells.name)


def _bytes(cells: pl.Series) -> pl.Series:
    return pl.Series(cells.name, [None if value is None else _decode(value) for value in cells], dtype=pl.String)


def _decode(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


_WRITERS: Sequence[tuple[Callable[[pl.DataType], bool], Callable[[pl.Series], pl.Series]]] = (
    (lambda dtype: isinstance(dtype, pl.Datetime), _times),
    (lambda dtype: dtype.is_float(), _floats),
    (lambda dtype: dtype.is_decimal(), _decimals),
    (lambda dtype: isinstance(dtype, pl.Duration), _durations),
    (lambda dtype: dtype == pl.Binary, _bytes),
    (lambda dtype: dtype.is_nested(), _nested),
)
