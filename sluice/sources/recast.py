"""Cast stored rows to the present declaration of their dataset, under its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from sluice.domain import RAW, RAW_TYPE, Column
from sluice.sources.cast import as_text, to_type, without_empty_words

_ROW = "_position"


def recast(rows: pl.DataFrame, columns: Sequence[Column], renamed: Mapping[str, str]) -> pl.DataFrame:
    """Return stored rows with some columns cast and renamed; all other columns stay as they are.

    A text in `_raw` that did not cast to the former type is tried again; what does not cast to the new type is null in its column,
    with its text in `_raw`.

    Args:
        rows: Stored rows with `_raw`.
        columns: The columns that changed, as they are declared.
        renamed: Stored name by declared name. Where rows have both, a cell of the declared name counts first.

    Example:
        >>> rows = pl.DataFrame({"price": ["2.50", "free"], RAW: [None, None]}, schema={"price": pl.String, RAW: RAW_TYPE})
        >>> recast(rows, [Column("unit_price", "number")], {"unit_price": "price"}).to_dict(as_series=False)
        {'unit_price': [2.5, None], '_raw': [None, [{'column': 'unit_price', 'text': 'free'}]]}
    """
    raw = _raw_cells(rows, renamed)
    names = [column.name for column in columns]
    parts = [raw.filter(~pl.col("column").is_in(names))]
    cast: dict[str, pl.Series] = {}
    for column in columns:
        texts = _texts(raw, column.name, rows.height)
        stored = [rows[name] for name in dict.fromkeys((column.name, renamed.get(column.name, column.name))) if name in rows.columns]
        cast[column.name], uncast = _cast([texts, *stored], column)
        parts.append(uncast)
    names_after = {old: new for new, old in renamed.items() if new in cast}
    order = dict.fromkeys(names_after.get(name, name) for name in rows.columns)
    frame = pl.DataFrame([cast.get(name, rows[name] if name in rows.columns else None) for name in order])
    return frame.with_columns(_to_raw(pl.concat(parts), rows.height))


def _raw_cells(rows: pl.DataFrame, renamed: Mapping[str, str]) -> pl.DataFrame:
    """Return the cells that did not cast, one a row: `_position`, `column` under its declared name, `text`."""
    cells = rows.select(RAW).with_row_index(_ROW).filter(pl.col(RAW).list.len() > 0).explode(RAW).unnest(RAW)
    return cells.with_columns(pl.col("column").replace({old: new for new, old in renamed.items()}))


def _texts(raw: pl.DataFrame, name: str, height: int) -> pl.Series:
    cells = raw.filter(pl.col("column") == name).unique(_ROW, keep="first", maintain_order=True)
    texts = pl.repeat(None, height, dtype=pl.String, eager=True)
    return texts.scatter(cells[_ROW], cells["text"]) if cells.height else texts


def _cast(sources: Iterable[pl.Series], column: Column) -> tuple[pl.Series, pl.DataFrame]:
    """Cast the first cell that each row has in several series; return the values, and the cells that did not cast."""
    values, text = None, None
    for cells in sources:
        filled = without_empty_words(cells.fill_nan(None) if cells.dtype.is_float() else cells, column.empty)
        typed = filled if filled.dtype == column.dtype and column.type != "string" else to_type(filled, column)
        written = as_text(filled).replace("", None)
        values = typed if values is None else values.zip_with(text.is_not_null(), typed)  # type: ignore[union-attr]  # set with `values`
        text = written if text is None else text.zip_with(text.is_not_null(), written)
    if values is None or text is None:
        raise ValueError("there is no column to cast")
    failed = (values.is_null() & text.is_not_null()).arg_true()
    uncast = pl.DataFrame({_ROW: failed, "column": pl.repeat(column.name, failed.len(), eager=True), "text": text.gather(failed)})
    return values.alias(column.name), uncast.filter(pl.col("text").str.strip_chars() != "")


def _to_raw(cells: pl.DataFrame, height: int) -> pl.Series:
    if cells.is_empty():
        return pl.repeat(None, height, dtype=RAW_TYPE, eager=True).alias(RAW)
    lists = cells.group_by(_ROW, maintain_order=True).agg(pl.struct("column", "text").alias(RAW))
    index = pl.DataFrame({_ROW: pl.int_range(height, dtype=pl.UInt32, eager=True)})
    return index.join(lists, on=_ROW, how="left", maintain_order="left")[RAW].cast(RAW_TYPE)
