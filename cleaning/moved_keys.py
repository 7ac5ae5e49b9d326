"""Find rows whose key belongs to another row than their cells do: one whose key was cut would replace a row that has nothing to do with it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, Batch, Rows, Schema
from sluice.ports import Snapshot

_MIN_ROWS, _MIN_DISTINCT = 30, 0.97  # published rows, and the share of their texts that must be different: else these identify no row
_EQUAL_CELLS = 3  # so many equal cells, and no other one but times, are no chance
_CHANGED, _PUBLISHED, _OURS = "_changed", "_published", "_ours"
_LIKELY = pl.Schema({**PAIRS, _CHANGED: pl.UInt32()})


def moved_rows(batch: Batch, schema: Schema, snapshot: Snapshot, later: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that would replace a published row with the cells of another one, each with that one (schema PAIRS).

    Such a row has the texts of the other one, all of them, which no third row has; and the texts of the dataset identify its rows, as title and size do,
    and status does not. One sign more is needed, since a product may take over the title of another. Where two texts changed or more, its key begins or
    ends with the other one, or the other way round, or all cells but times are equal; where one did, both, and it has several words. Where the key of
    the other row comes in the same batch, both were written on purpose.

    Args:
        batch: The batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        later: Pairs of a row and the published row of its key that it would replace (schema PAIRS).

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("items", "upsert", ("sku",), (Column("sku"), Column("title"), Column("brand"), Column("price", "number")))
        >>> numbers = range(1, 41)
        >>> cells = {"sku": [f"C{n}" for n in numbers], "title": [f"Lamp {n}" for n in numbers], "brand": [f"B{n % 7}" for n in numbers]}
        >>> published = make_rows(schema, {**cells, "price": [float(n) for n in numbers]}, batch_id="day1")
        >>> cut = make_batch(schema, {"sku": ["C1"], "title": ["Lamp 11"], "brand": ["B4"], "price": [12.5]}, batch_id="day2")
        >>> later = pl.DataFrame({"_row_id": ["day2.0"], "_other": ["day1.0"]})
        >>> moved_rows(cut, schema, MemorySnapshot({"items": published}), later).rows()
        [('day2.0', 'day1.10')]
    """
    published = snapshot.published(schema.dataset)
    stored = {*published.collect_schema().names()}
    if not {ROW, *schema.key} <= stored:
        return PAIRS.to_frame()
    names = [column.name for column in schema.columns if column.name in stored and column.name in batch.rows.columns]
    texts = [column.name for column in schema.columns if column.name in names and column.type == "string" and column.name not in schema.key]
    likely = _with_texts_of_others(batch.rows, later, published, texts) if texts and later.height else _LIKELY.to_frame()
    pairs = _with_a_sign(likely, batch.rows, published, schema, names, texts) if likely.height and _identify(published, texts) else PAIRS.to_frame()
    return pairs.join(_of_keys_in(batch, schema, published, pairs), on=OTHER, how="anti", maintain_order="left").unique(ROW, keep="first", maintain_order=True)


def _with_texts_of_others(rows: pl.DataFrame, later: pl.DataFrame, published: pl.LazyFrame, texts: Sequence[str]) -> pl.DataFrame:
    """Return the rows with other texts than the published row of their key, but those of one other row, with that row and the number of these texts."""
    arrived = rows.select(ROW, *texts).join(later, on=ROW, how="inner").lazy()
    before = published.select(pl.col(ROW).alias(OTHER), *(pl.col(name).alias(f"{name}{_PUBLISHED}") for name in texts))
    differ = (pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}{_PUBLISHED}")) for name in texts)
    both = arrived.join(before, on=OTHER, how="inner").with_columns(pl.sum_horizontal(differ).cast(pl.UInt32).alias(_CHANGED))
    changed = both.filter(pl.col(_CHANGED) > 0).select(ROW, _CHANGED, *texts).collect()
    if changed.is_empty():
        return _LIKELY.to_frame()
    sought = changed.lazy().select(texts).unique()
    others = published.select(pl.col(ROW).alias(OTHER), *texts).join(sought, on=texts, how="semi", nulls_equal=True).filter(pl.len().over(texts) == 1)
    return changed.join(others.collect(), on=texts, how="inner", nulls_equal=True).select(*_LIKELY)


def _identify(published: pl.LazyFrame, texts: Sequence[str]) -> bool:
    """Return True where hardly two published rows have the same texts."""
    rows, different = published.select(pl.len().alias("rows"), pl.struct(texts).n_unique().alias("different")).collect().row(0)
    return bool(rows >= _MIN_ROWS and different >= _MIN_DISTINCT * rows)


def _with_a_sign(likely: pl.DataFrame, rows: pl.DataFrame, published: pl.LazyFrame, schema: Schema, names: Sequence[str], texts: Sequence[str]) -> pl.DataFrame:
    """Return the pairs with one sign more; where one text changed, with both and several words."""
    others = published.select(pl.col(ROW).alias(OTHER), *names).join(likely.lazy().select(OTHER).unique(), on=OTHER, how="semi").collect()
    both = likely.join(rows.select(ROW, *(pl.col(name).alias(f"{name}{_OURS}") for name in names)), on=ROW, how="left").join(others, on=OTHER, how="left")
    cells = [column.name for column in schema.columns if column.name in names and column.type not in ("timestamp", "date") and column.name not in schema.key]
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}{_OURS}")) for name in cells)
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in cells)
    cut, words = _any_cut(schema.key), pl.any_horizontal(pl.col(name).str.contains(" ", literal=True) for name in texts).fill_null(value=False)
    several = pl.col(_CHANGED) > 1
    return both.filter((several & (cut | same & (filled >= _EQUAL_CELLS))) | (~several & cut & same & words & (filled >= 2))).select(*PAIRS)


def _any_cut(key: Sequence[str]) -> pl.Expr:
    """Return an expression that is True where one part of a key begins or ends with the other's, and the rest is the same."""
    parts = [(pl.col(name).cast(pl.String), pl.col(f"{name}{_OURS}").cast(pl.String)) for name in key]
    same = (one == other for one, other in parts)
    cut = (_is_cut(one, other) | _is_cut(other, one) for one, other in parts)
    return pl.all_horizontal(equal | shorter for equal, shorter in zip(same, cut, strict=True)).fill_null(value=False)


def _is_cut(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    return long.str.starts_with(short) | long.str.ends_with(short)


def _of_keys_in(batch: Batch, schema: Schema, published: pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the published rows of some pairs whose key the batch has as well: their ids."""
    others = published.select(pl.col(ROW).alias(OTHER), *schema.key)
    keys = (others.join(pairs.lazy().select(OTHER).unique(), on=OTHER, how="semi") if pairs.height else others.head(0)).collect()
    sought = batch.part.total("keys of rows with the same cells", Rows(keys)).frame
    present = sought.join(batch.rows, on=list(schema.key), how="semi", nulls_equal=schema.blank_key).select(OTHER)
    every = batch.part.total("of them in the batch", frozenset(present[OTHER]))
    batch.part.confirm("of them in the batch", sorted(every))
    return pl.DataFrame({OTHER: sorted(every)}, schema={OTHER: pl.String})
