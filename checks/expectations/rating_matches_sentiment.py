"""expect_rating_to_match_sentiment: nobody praises what he gives one star, or damns what he gives five."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from checks.expectations.base import Found, Rows, evidence, series
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

OUTER = 0.25  # of the range of stars, at either end: in between, words may say anything


@dataclass(frozen=True)
class RatingMatchesSentiment:
    """The words of a review do not say the opposite of its stars: stars that were read upside down, or reviews on the wrong row.

    How content words are is told by VADER (Hutto and Gilbert 2014), a lexicon of English; words that it does not know contradict nothing.

    Attributes:
        schema: The dataset's.
        text: The column of words.
        rating: The column of stars.
        min_rating: The stars of the worst opinion.
        max_rating: Those of the best.
        min_polarity: How content or discontent words must be to contradict, from 0 to 1.
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "info"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = False

    schema: Schema
    text: str
    rating: str
    min_rating: float = 1.0
    max_rating: float = 5.0
    min_polarity: float = 0.5

    def __post_init__(self) -> None:
        """Stars have a range, and words are between neutral and plain."""
        if self.min_rating >= self.max_rating:
            raise ValueError("min_rating must be below max_rating")
        if not 0 < self.min_polarity <= 1:
            raise ValueError("min_polarity lies between 0 (any word) and 1 (the strongest words)")

    @property
    def columns(self) -> tuple[str, ...]:
        """Stars and text."""
        return (self.rating, self.text)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.text} does not say the opposite of {self.rating}"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Judged where there are both stars and words."""
        _ = snapshot
        rows = batch.rows
        edge = OUTER * (self.max_rating - self.min_rating)
        stars, content = pl.col(self.rating).cast(pl.Float64, strict=False), pl.lit(_content(rows[self.text]))
        praised = (stars <= self.min_rating + edge) & (content >= self.min_polarity)
        damned = (stars >= self.max_rating - edge) & (content <= -self.min_polarity)
        judged = series(rows, stars.is_not_nan() & pl.col(self.text).cast(pl.String).str.contains(r"\w"))
        failing = series(rows, praised | damned) & judged
        told = evidence(rows.filter(failing), self.columns, f"{self.text} says the opposite of {self.rating}", pl.lit(None))
        return Rows(failing, judged, told)


def _content(texts: pl.Series) -> pl.Series:
    """How content each text is, from -1 to 1; 0 where nothing is said. Equal texts are read once."""
    written = texts.cast(pl.String).rename("text").to_frame()
    known = written.unique().drop_nulls()
    scores = np.array([_lexicon().polarity_scores(text)["compound"] for text in known["text"]], np.float64)
    read = known.with_columns(content=pl.Series(scores, dtype=pl.Float64))
    return written.join(read, on="text", how="left", maintain_order="left")["content"].fill_null(0.0)


@cache
def _lexicon() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
