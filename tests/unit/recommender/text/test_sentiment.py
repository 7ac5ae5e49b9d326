"""Sentiment of texts."""

from __future__ import annotations

import numpy as np

from recommender.text import load_encoder, score_sentiment

MINILM = load_encoder(precision="float32")


def test_positive_texts_score_above_negative_ones() -> None:
    good, fine, bad, nothing = score_sentiment(
        ["I adore these pens, superb!", "The pens are blue.", "Awful, the pens leak, I want my money back.", " "], MINILM
    )
    assert 1 >= good > 0.3 > fine > -0.3 > bad >= -1
    assert nothing == 0
    assert score_sentiment([], MINILM).shape == (0,)


def test_meaning_decides_where_the_lexicon_knows_no_word() -> None:
    ordered_again, returned = score_sentiment(["I ordered a second one for my sister.", "I sent it back to the seller."], MINILM)
    assert ordered_again > returned


def test_a_score_depends_on_its_text_alone() -> None:
    texts = ["Lovely.", "It fell apart.", "Lovely."]
    np.testing.assert_allclose(score_sentiment(texts, MINILM), np.concatenate([score_sentiment([text], MINILM) for text in texts]), atol=1e-6)
