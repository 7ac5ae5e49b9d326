"""What buyers write of items: how content they are and how many have said so, as two more columns of the catalog; and what they talk about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp

from recommender.data.published import has_columns, keep_trusted_runs
from recommender.data.sequences import Floats, Vocabulary
from recommender.text.embedding_cache import cached
from recommender.text.encoder import Encoder
from recommender.text.sentiment import sentiment
from recommender.text.vector_column import unit
from sluice.config import Recommender
from sluice.domain import ROW, RUN
from sluice.ports import Snapshot

SENTIMENT, COUNT = "_sentiment", "_opinions"  # the columns; the underscore keeps them apart from a shop's own
OPINIONS = (SENTIMENT, COUNT)
NEWEST = 8  # reviews of an item that are read
DOUBT = 3.0  # an item with so many reviews stands halfway between them and the mean of all


def reviews(snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None, allowed: pl.Expr | None = None) -> pl.DataFrame:
    """What is written of each item, in the order in which it came.

    Args:
        snapshot: What was published.
        config: Names the dataset and its columns.
        runs: The open runs: of the events' dataset only their rows are read, of another one also older rows of runs that were open. None: all.
        allowed: Where reviews come with the events, which are read by their column `time`; None: all.

    Returns:
        Columns `item` and `text`; empty where no reviews are configured or published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    told = config.reviews
    rows = snapshot.published(told.dataset) if told else pl.LazyFrame()
    if told is None or not has_columns(rows, told.dataset, [told.item, told.text], "recommender.reviews"):
        return pl.DataFrame(schema={"item": pl.String, "text": pl.String})
    timed = told.dataset == config.events
    rows = rows.filter(pl.col(RUN).is_in(list(runs))) if timed and runs is not None else keep_trusted_runs(rows, snapshot, told.dataset, runs)
    time = pl.col(config.time).cast(pl.Datetime("us", "UTC")) if timed else pl.lit(None)
    read = rows.select(ROW, item=pl.col(told.item).cast(pl.String), text=pl.col(told.text).cast(pl.String), time=time).drop_nulls(["item", "text"])
    if timed and allowed is not None:
        read = read.filter(allowed)
    return read.sort("time", ROW).select("item", "text").collect()


def with_opinions(items: pl.DataFrame, written: pl.DataFrame, encoder: Encoder, cache: Path | None = None) -> pl.DataFrame:
    """The catalog with how content an item's newest reviews are, drawn towards the mean where they are few, and how many it has.

    Args:
        items: Column `item`, one row an item.
        written: Of `reviews`.
        encoder: Reads.
        cache: A folder that remembers what was read; None: nothing is remembered.

    Returns:
        The same rows with the columns of OPINIONS; null and 0 where nobody wrote. Without any review, the catalog as it was.
    """
    if written.is_empty():
        return items
    newest = _newest(written)
    known = newest.select("text").unique(maintain_order=True)
    read = known.with_columns(content=pl.Series(sentiment(known["text"].to_list(), cached(encoder, cache))).cast(pl.Float64))
    content = newest.join(read, on="text")
    mean = pl.lit(content["content"].mean(), dtype=pl.Float64)
    drawn = (pl.col("content").sum() + DOUBT * mean) / (pl.len() + DOUBT)
    counts = written.group_by("item").agg(pl.len().cast(pl.Int64).alias(COUNT))
    told = content.group_by("item").agg(drawn.alias(SENTIMENT)).join(counts, on="item")
    return items.join(told, on="item", how="left", maintain_order="left").with_columns(pl.col(COUNT).fill_null(0))


def review_vectors(written: pl.DataFrame, vocabulary: Vocabulary, encoder: Encoder, cache: Path | None = None) -> Floats:
    """What an item's newest reviews talk about: the direction of the mean of their vectors.

    Args:
        written: Of `reviews`.
        vocabulary: The items.
        encoder: Reads.
        cache: A folder that remembers what was read; None: nothing is remembered.

    Returns:
        Unit rows, shape (items, width of the encoder); zeros where nobody wrote.
    """
    newest = _newest(written)
    known = newest.select(text=pl.col("text").unique(maintain_order=True)).with_row_index("place")
    placed = newest.join(known, on="text", maintain_order="left").with_columns(number=vocabulary.encode(newest["item"])).drop_nulls("number")
    pairs = (placed["number"].to_numpy(), placed["place"].to_numpy())
    talk = sp.csr_matrix((np.ones(placed.height, np.float32), pairs), shape=(len(vocabulary.items), known.height))
    return unit((talk @ cached(encoder, cache).encode(known["text"].to_list())).astype(np.float32))


def _newest(written: pl.DataFrame) -> pl.DataFrame:
    return written.group_by("item", maintain_order=True).tail(NEWEST)
