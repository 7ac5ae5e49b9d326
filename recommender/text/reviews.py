"""Read reviews: their mean sentiment and count as two more columns of the catalog, and embeddings of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp

from recommender.data.published import has_columns, keep_trusted_runs
from recommender.data.sequences import Floats, Vocabulary
from recommender.text.embedding_cache import with_cache
from recommender.text.encoder import Encoder
from recommender.text.sentiment import score_sentiment
from recommender.text.vector_column import normalize_rows
from sluice.config import Recommender as Settings
from sluice.domain import ROW, RUN
from sluice.ports import Snapshot

SENTIMENT, REVIEW_COUNT = "_sentiment", "_review_count"  # the columns; the underscore keeps them apart from a shop's own
REVIEW_COLUMNS = (SENTIMENT, REVIEW_COUNT)
MAX_REVIEWS = 8  # of an item that are read, the newest
PRIOR_REVIEWS = 3.0  # reviews of the mean sentiment that smooth an item's own


def read_reviews(snapshot: Snapshot, settings: Settings, runs: Sequence[str] | None = None, allowed: pl.Expr | None = None) -> pl.DataFrame:
    """Read the reviews of each item, in the order of arrival.

    Args:
        snapshot: The published data.
        settings: Names the dataset and its columns.
        runs: The open runs: of the events' dataset only their rows are read, of another one also older rows of runs that were open. None: all.
        allowed: Where reviews come with the events, which of them to read, by their column `time`; None: all.

    Returns:
        Columns `item` and `text`; empty where no reviews are configured or published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    source = settings.reviews
    rows = snapshot.published(source.dataset) if source else pl.LazyFrame()
    if source is None or not has_columns(rows, source.dataset, [source.item, source.text], "recommender.reviews"):
        return pl.DataFrame(schema={"item": pl.String, "text": pl.String})
    timed = source.dataset == settings.events
    rows = rows.filter(pl.col(RUN).is_in(list(runs))) if timed and runs is not None else keep_trusted_runs(rows, snapshot, source.dataset, runs)
    time = pl.col(settings.time).cast(pl.Datetime("us", "UTC")) if timed else pl.lit(None)
    texts = rows.select(ROW, item=pl.col(source.item).cast(pl.String), text=pl.col(source.text).cast(pl.String), time=time).drop_nulls(["item", "text"])
    if timed and allowed is not None:
        texts = texts.filter(allowed)
    return texts.sort("time", ROW).select("item", "text").collect()


def add_review_columns(items: pl.DataFrame, reviews: pl.DataFrame, encoder: Encoder, cache: Path | None = None) -> pl.DataFrame:
    """Add the mean sentiment of the newest reviews of each item, smoothed towards the overall mean, and their number.

    Args:
        items: Column `item`, one row per item.
        reviews: Of `read_reviews`.
        encoder: Embeds texts.
        cache: A folder that keeps embeddings; None: no cache.

    Returns:
        The same rows with the columns of REVIEW_COLUMNS; null and 0 for items without reviews. Without any review, the catalog unchanged.
    """
    if reviews.is_empty():
        return items
    newest = _newest(reviews)
    texts = newest.select("text").unique(maintain_order=True)
    scores = texts.with_columns(sentiment=pl.Series(score_sentiment(texts["text"].to_list(), with_cache(encoder, cache))).cast(pl.Float64))
    scored = newest.join(scores, on="text")
    mean = pl.lit(scored["sentiment"].mean(), dtype=pl.Float64)
    smoothed = (pl.col("sentiment").sum() + PRIOR_REVIEWS * mean) / (pl.len() + PRIOR_REVIEWS)
    counts = reviews.group_by("item").agg(pl.len().cast(pl.Int64).alias(REVIEW_COUNT))
    columns = scored.group_by("item").agg(smoothed.alias(SENTIMENT)).join(counts, on="item")
    return items.join(columns, on="item", how="left", maintain_order="left").with_columns(pl.col(REVIEW_COUNT).fill_null(0))


def embed_reviews(reviews: pl.DataFrame, vocabulary: Vocabulary, encoder: Encoder, cache: Path | None = None) -> Floats:
    """Embed each item by the direction of the mean of its newest reviews' vectors.

    Args:
        reviews: Of `read_reviews`.
        vocabulary: The items.
        encoder: Embeds texts.
        cache: A folder that keeps embeddings; None: no cache.

    Returns:
        Unit rows, shape (items, width of the encoder); zeros for items without reviews.
    """
    newest = _newest(reviews)
    texts = newest.select(text=pl.col("text").unique(maintain_order=True)).with_row_index("place")
    pairs = newest.join(texts, on="text", maintain_order="left").with_columns(number=vocabulary.encode(newest["item"])).drop_nulls("number")
    coordinates = (pairs["number"].to_numpy(), pairs["place"].to_numpy())
    counts = sp.csr_matrix((np.ones(pairs.height, np.float32), coordinates), shape=(len(vocabulary.items), texts.height))
    return normalize_rows((counts @ with_cache(encoder, cache).encode(texts["text"].to_list())).astype(np.float32))


def _newest(reviews: pl.DataFrame) -> pl.DataFrame:
    return reviews.group_by("item", maintain_order=True).tail(MAX_REVIEWS)
