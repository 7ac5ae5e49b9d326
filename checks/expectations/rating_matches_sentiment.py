"""Implement expect_rating_to_match_sentiment: a review with one star does not praise, and one with five stars does not complain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from checks.expectations.base import Result, RowResult, boolean_series, make_evidence
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.rules.chinese_sentiment import chinese_sentiment, is_chinese

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

OUTER_SHARE = 0.25  # of the rating scale, at either end: for ratings in between any sentiment passes


@dataclass(frozen=True)
class RatingMatchesSentiment:
    """Detect reviews whose sentiment contradicts their rating: a rating scale that was read upside down, or reviews on the wrong row.

    The sentiment of a Chinese text is that of a model of its letters, which learned from no rating of the shop. For others it is the compound score of VADER
    (Hutto and Gilbert 2014), a lexicon of English. Words that it does not know have no sentiment.

    Attributes:
        schema: Schema of the dataset.
        text: Column with the text of the review.
        rating: Column with the rating.
        min_rating: Worst rating of the scale.
        max_rating: Best rating of the scale.
        min_polarity: Smallest absolute sentiment that contradicts a rating (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("reviews", columns=(Column("words"), Column("stars", "number")))
        >>> batch = make_batch(schema, {"words": ["Excellent, I love it!", "Excellent, I love it!"], "stars": [5.0, 1.0]})
        >>> RatingMatchesSentiment(schema, "words", "stars").evaluate(batch, MemorySnapshot()).failing.to_list()
        [False, True]
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "info"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    text: str
    rating: str
    min_rating: float = 1.0
    max_rating: float = 5.0
    min_polarity: float = 0.5

    def __post_init__(self) -> None:
        """Reject an empty rating scale, and a polarity out of range."""
        if self.min_rating >= self.max_rating:
            raise make_error(InvalidValue, "ratings_out_of_order")
        if not 0 < self.min_polarity <= 1:
            raise make_error(InvalidValue, "polarity_unfit")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of rating and text."""
        return (self.rating, self.text)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("sentiment_contradicts_rating", text=self.text, rating=self.rating)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare sentiment and rating where both a rating and words are present."""
        _ = snapshot
        rows = batch.rows
        edge = OUTER_SHARE * (self.max_rating - self.min_rating)
        rating, polarity = pl.col(self.rating).cast(pl.Float64, strict=False), pl.lit(_polarity(rows[self.text]))
        low_but_positive = (rating <= self.min_rating + edge) & (polarity >= self.min_polarity)
        high_but_negative = (rating >= self.max_rating - edge) & (polarity <= -self.min_polarity)
        evaluated = boolean_series(rows, rating.is_not_nan() & pl.col(self.text).cast(pl.String).str.contains(r"\w"))
        failing = boolean_series(rows, low_but_positive | high_but_negative) & evaluated
        evidence = make_evidence(rows.filter(failing), self.columns, self.message, pl.lit(None))
        return RowResult(failing, evaluated, evidence)


def _polarity(texts: pl.Series) -> pl.Series:
    """Compute the compound sentiment of each text, -1 to 1; 0 for a null. Equal texts are scored once."""
    rows = texts.cast(pl.String).rename("text").to_frame()
    distinct = rows.unique().drop_nulls()
    scores = np.array([_score(text) for text in distinct["text"]], np.float64)
    scored = distinct.with_columns(polarity=pl.Series(scores, dtype=pl.Float64))
    return rows.join(scored, on="text", how="left", maintain_order="left")["polarity"].fill_null(0.0)


def _score(text: str) -> float:
    return float(chinese_sentiment([text])[0]) if is_chinese(text) else float(_analyzer().polarity_scores(text)["compound"])


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
