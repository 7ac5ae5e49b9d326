"""How content a text is: by a lexicon of English words, and by whether it means what content people say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from recommender.data.sequences import Floats
from recommender.text.encoder import Encoder

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

GOOD = (
    "I love it.",
    "Excellent quality, very happy.",
    "Works perfectly, highly recommended.",
    "Great value, would buy again.",
    "Beautiful, exactly what I wanted.",
)
BAD = ("I hate it.", "Terrible quality, very disappointed.", "It broke, do not buy it.", "A waste of money, never again.", "Ugly, not what I expected.")
GAIN = 1.5  # what few texts say as plainly as the examples


def sentiment(texts: Sequence[str], encoder: Encoder) -> Floats:
    """Between -1 (bad) and 1 (good), one number a text, shape (texts,); 0 for a text without words.

    The mean of VADER (Hutto and Gilbert 2014), which knows English alone, and of where the text's vector lies between those of ten
    examples, which holds in every language that the encoder was taught. Nothing is learned from the shop, so that no star can be wrong twice.
    """
    good, bad = encoder.encode(GOOD).mean(0), encoder.encode(BAD).mean(0)
    axis, middle = good - bad, (good + bad) / 2
    vectors = encoder.encode(texts)
    meant = np.clip(GAIN * 2 * (vectors - middle) @ axis / max(float(axis @ axis), 1e-9), -1, 1)
    said = np.array([_lexicon().polarity_scores(text)["compound"] for text in texts], np.float32).reshape(-1)
    told = np.any(vectors != 0, axis=1)
    return np.where(told, (said + meant) / 2, 0).astype(np.float32)


@cache
def _lexicon() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
