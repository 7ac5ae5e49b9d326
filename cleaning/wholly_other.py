"""Find rows that replace a published row with which they have no text in common: their key may be that of another row, cut."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, Batch, Schema
from sluice.ports import Snapshot

_MIN_TEXTS = 2  # cells with text that must all differ
_RARE = 0.05  # share of the replacing rows: where more have other texts, the shop translated or numbered its rows anew
_PUBLISHED = "_published"
_WORD = r"\p{L}{3,}"


def wholly_other_rows(batch: Batch, schema: Schema, snapshot: Snapshot, later: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that would replace a published row all of whose texts are others, each with that one (schema PAIRS); none where many would.

    A row whose key was cut (C11 to C1) has the texts of another product. Where that one is published, `moved_rows` knows it; where it is not, the row may be
    a product that took over a key, and is reported alone.

    Args:
        batch: The batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        later: Pairs of a row and the published row of its key that it would replace (schema PAIRS).

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("items", "upsert", ("sku",), (Column("sku"), Column("title"), Column("brand")))
        >>> published = make_rows(schema, {"sku": ["C1"], "title": ["Oak lamp"], "brand": ["Aro"]}, batch_id="day1")
        >>> batch = make_batch(schema, {"sku": ["C1"], "title": ["Red mug"], "brand": ["Bexley"]}, batch_id="day2")
        >>> later = pl.DataFrame({"_row_id": ["day2.0"], "_other": ["day1.0"]})
        >>> wholly_other_rows(batch, schema, MemorySnapshot({"items": published}), later).rows()
        [('day2.0', 'day1.0')]
    """
    published = snapshot.published(schema.dataset)
    stored = {*published.collect_schema().names()}
    texts = [column.name for column in schema.columns if column.type == "string" and column.name not in schema.key and column.name in stored]
    texts = [name for name in texts if name in batch.rows.columns]
    others = _without_common_text(batch.rows, later, published, texts) if len(texts) >= _MIN_TEXTS and later.height else PAIRS.to_frame()
    replacing, different = batch.part.total("rows with other texts", (later.height, others.height))
    batch.part.confirm("few rows with other texts", is_rare := different <= max(1, _RARE * replacing))
    return others if is_rare else PAIRS.to_frame()


def _without_common_text(rows: pl.DataFrame, later: pl.DataFrame, published: pl.LazyFrame, texts: Sequence[str]) -> pl.DataFrame:
    """Return the pairs whose filled texts all differ, two or more, and have no word in common."""
    before = published.select(pl.col(ROW).alias(OTHER), *(pl.col(name).alias(f"{name}{_PUBLISHED}") for name in texts))
    both = later.lazy().join(rows.lazy().select(ROW, *texts), on=ROW, how="inner").join(before, on=OTHER, how="inner")
    filled = [pl.col(name).is_not_null() & pl.col(f"{name}{_PUBLISHED}").is_not_null() for name in texts]
    differ = [(pl.col(name) != pl.col(f"{name}{_PUBLISHED}")).fill_null(value=True) for name in texts]
    different = both.filter(pl.all_horizontal(differ), pl.sum_horizontal(filled) >= _MIN_TEXTS).collect()
    ours, theirs = (_words([f"{name}{suffix}" for name in texts]) for suffix in ("", _PUBLISHED))
    return different.filter(ours.list.set_intersection(theirs).list.len() == 0, ours.list.len() > 0, theirs.list.len() > 0).select(*PAIRS)


def _words(names: Sequence[str]) -> pl.Expr:
    return pl.concat_str(*names, separator=" ", ignore_nulls=True).str.to_lowercase().str.extract_all(_WORD)
