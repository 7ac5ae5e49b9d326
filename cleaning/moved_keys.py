"""Find rows whose key belongs to another row than their cells do: one whose key was cut would replace a row that has nothing to do with it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, Batch, Rows, Schema
from sluice.ports import Snapshot

_EQUAL_CELLS = 3  # so many equal cells, an unusual text among them, are no chance
_UNUSUAL, _PUBLISHED, _OURS = "_unusual", "_published", "_ours"


def moved_rows(batch: Batch, schema: Schema, snapshot: Snapshot, later: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that would replace a published row with the cells of another one, each with that one (schema PAIRS).

    The texts of such a row are those of the other one, and one of them is published there alone. One sign more is needed, since a product may take
    over the title of another: its key begins or ends with the other one, or the other way round; or three cells or more are the same, among them all
    but times, or two texts that are published there alone. Where the key of the other row comes in the same batch, both were written on purpose.

    Args:
        batch: The batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        later: Pairs of a row and the published row of its key that it would replace (schema PAIRS).

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("items", "upsert", ("sku",), (Column("sku"), Column("title"), Column("price", "number")))
        >>> published = make_rows(schema, {"sku": ["C1", "C11"], "title": ["Oak lamp", "Red mug"], "price": [20.0, 4.0]}, batch_id="day1")
        >>> cut = make_batch(schema, {"sku": ["C1"], "title": ["Red mug"], "price": [4.5]}, batch_id="day2")
        >>> later = pl.DataFrame({"_row_id": ["day2.0"], "_other": ["day1.0"]})
        >>> moved_rows(cut, schema, MemorySnapshot({"items": published}), later).rows()
        [('day2.0', 'day1.1')]
    """
    published = snapshot.published(schema.dataset)
    stored = {*published.collect_schema().names()}
    if not {ROW, *schema.key} <= stored:
        return PAIRS.to_frame()
    names = [column.name for column in schema.columns if column.name in stored and column.name in batch.rows.columns]
    texts = [column.name for column in schema.columns if column.name in names and column.type == "string" and column.name not in schema.key]
    likely = _of_other_rows(batch.rows, later, published, texts)
    pairs = _same_texts(likely, batch.rows, published, schema, names, texts) if likely.height else PAIRS.to_frame()
    return pairs.join(_of_keys_in(batch, schema, published, pairs), on=OTHER, how="anti", maintain_order="left").unique(ROW, keep="first", maintain_order=True)


def _of_other_rows(rows: pl.DataFrame, later: pl.DataFrame, published: pl.LazyFrame, texts: Sequence[str]) -> pl.DataFrame:
    """Return the rows of which a changed text is published in one other row alone, with that row and the number of such texts."""
    if not texts or later.is_empty():
        return PAIRS.to_frame()
    arrived = rows.select(ROW, *texts).join(later, on=ROW, how="inner").lazy()
    before = published.select(pl.col(ROW).alias(OTHER), *(pl.col(name).alias(f"{name}{_PUBLISHED}") for name in texts))
    both = arrived.join(before, on=OTHER, how="inner").collect()
    alike = [_published_once(both.filter(pl.col(name).ne_missing(pl.col(f"{name}{_PUBLISHED}"))), published, name) for name in texts]
    return pl.concat([PAIRS.to_frame(), *alike]).group_by(ROW, OTHER, maintain_order=True).len(_UNUSUAL)


def _published_once(changed: pl.DataFrame, published: pl.LazyFrame, name: str) -> pl.DataFrame:
    """Return the rows whose text in a column is published once, with that published row (schema PAIRS)."""
    if changed.is_empty():
        return PAIRS.to_frame()
    values = changed.lazy().select(name).drop_nulls().unique()
    once = published.select(pl.col(ROW).alias(OTHER), name).join(values, on=name, how="semi").filter(pl.len().over(name) == 1).collect()
    return changed.select(ROW, name).join(once, on=name, how="inner").select(*PAIRS)


def _same_texts(likely: pl.DataFrame, rows: pl.DataFrame, published: pl.LazyFrame, schema: Schema, names: Sequence[str], texts: Sequence[str]) -> pl.DataFrame:
    """Return the pairs that agree in all texts, and have one sign more."""
    others = published.select(pl.col(ROW).alias(OTHER), *names).join(likely.lazy().select(OTHER).unique(), on=OTHER, how="semi").collect()
    both = likely.join(rows.select(ROW, *(pl.col(name).alias(f"{name}{_OURS}") for name in names)), on=ROW, how="left").join(others, on=OTHER, how="left")
    cells = [column.name for column in schema.columns if column.name in names and column.type not in ("timestamp", "date") and column.name not in schema.key]
    equal = pl.sum_horizontal(pl.col(name) == pl.col(f"{name}{_OURS}") for name in cells)
    sign = _any_cut(schema.key) | (equal >= _EQUAL_CELLS) & ((pl.col(_UNUSUAL) > 1) | _all_equal(cells))
    return both.filter(_all_equal(texts) & sign).select(*PAIRS)


def _all_equal(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}{_OURS}")) for name in names)


def _any_cut(key: Sequence[str]) -> pl.Expr:
    """Return an expression that is True where one part of a key begins or ends with the other's, and the rest is the same."""
    parts = [(pl.col(name).cast(pl.String), pl.col(f"{name}{_OURS}").cast(pl.String)) for name in key]
    cut = [(long.str.starts_with(short) | long.str.ends_with(short), long == short) for one, other in parts for long, short in ((one, other), (other, one))]
    return pl.all_horizontal(same | one | other for (one, same), (other, _) in zip(cut[::2], cut[1::2], strict=True)).fill_null(value=False)


def _of_keys_in(batch: Batch, schema: Schema, published: pl.LazyFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the published rows of some pairs whose key the batch has as well: their ids."""
    others = published.select(pl.col(ROW).alias(OTHER), *schema.key)
    keys = (others.join(pairs.lazy().select(OTHER).unique(), on=OTHER, how="semi") if pairs.height else others.head(0)).collect()
    sought = batch.part.total("keys of rows with the same cells", Rows(keys)).frame
    present = sought.join(batch.rows, on=list(schema.key), how="semi", nulls_equal=schema.blank_key).select(OTHER)
    every = batch.part.total("of them in the batch", frozenset(present[OTHER]))
    batch.part.confirm("of them in the batch", sorted(every))
    return pl.DataFrame({OTHER: sorted(every)}, schema={OTHER: pl.String})
