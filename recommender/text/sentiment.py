"""Score the sentiment of texts: by an English lexicon and similarity to example sentences, Chinese ones by a model of their letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from recommender.data.sequences import Floats
from recommender.text.encoder import Encoder
from sluice.rules.chinese_sentiment import chinese_sentiment, is_chinese

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

POSITIVE = (
    "I love it.",
    "Excellent quality, very happy.",
    "Works perfectly, highly recommended.",
    "Great value, would buy again.",
    "Beautiful, exactly what I wanted.",
)
NEGATIVE = ("I hate it.", "Terrible quality, very disappointed.", "It broke, do not buy it.", "A waste of money, never again.", "Ugly, not what I expected.")
GAIN = 1.5  # few texts are as clear as the examples


def score_sentiment(texts: Sequence[str], encoder: Encoder) -> Floats:
    """Score texts between -1 (negative) and 1 (positive), shape (texts,); 0 for a text without words.

    The score is the mean of VADER (Hutto and Gilbert 2014), which knows English alone, and of the position of the text's vector between those of
    ten examples, which works in every language of the encoder. That of a Chinese text is the score of a model of its letters, whatever the encoder.
    Nothing is learned from the shop, so no wrong rating is learned.
    """
    positive, negative = encoder.encode(POSITIVE).mean(0), encoder.encode(NEGATIVE).mean(0)
    axis, middle = positive - negative, (positive + negative) / 2
    vectors = encoder.encode(texts)
    semantic = np.clip(GAIN * 2 * (vectors - middle) @ axis / max(float(axis @ axis), 1e-9), -1, 1)
    lexical = np.array([_lexicon().polarity_scores(text)["compound"] for text in texts], np.float32).reshape(-1)
    has_words = np.any(vectors != 0, axis=1)
    scores = np.where(has_words, (lexical + semantic) / 2, 0).astype(np.float32)
    chinese = [row for row, text in enumerate(texts) if is_chinese(text)]
    scores[chinese] = chinese_sentiment([texts[row] for row in chinese])
    return scores


@cache
def _lexicon() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
