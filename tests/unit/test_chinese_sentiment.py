"""The sentiment of Chinese texts: negations turn it, and other languages are left to others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.expectations.base import RowResult
from checks.expectations.rating_matches_sentiment import RatingMatchesSentiment
from recommender.text import load_encoder, score_sentiment
from sluice.domain import Column, Schema
from sluice.rules.chinese_sentiment import chinese_sentiment, is_chinese
from sluice.testing import MemorySnapshot, make_batch

PAIRS = [("质量很好", "质量不好"), ("非常喜欢", "一点都不喜欢"), ("味道很新鲜", "味道不新鲜"), ("没有异味 不错", "有异味 不推荐"), ("很好用", "不是很好用")]


@pytest.mark.parametrize(("positive", "negative"), PAIRS)
def test_a_negation_turns_a_text(positive: str, negative: str) -> None:
    better, worse = chinese_sentiment([positive, negative])
    assert better > worse


@given(st.text(max_size=60))
def test_a_score_lies_within_its_range_and_depends_on_its_text_alone(text: str) -> None:
    first, second = chinese_sentiment([text, "质量很好"])
    assert -1 <= first <= 1
    assert (first, second) == (chinese_sentiment([text])[0], chinese_sentiment(["质量很好"])[0])


def test_width_case_and_white_space_do_not_count() -> None:
    assert len(set(chinese_sentiment(["物流快\uff0c好评 OK", " 物流快,好评  ok "]))) == 1
    assert chinese_sentiment(["", "  "]).tolist() == [0, 0]


def test_japanese_korean_and_english_are_not_taken_for_chinese() -> None:
    assert [is_chinese(text) for text in ("とても良い品質", "품질 良好", "good", "很好 good")] == [False, False, False, True]


def test_stars_that_contradict_chinese_words_are_found() -> None:
    schema = Schema("reviews", columns=(Column("words"), Column("stars", "number")))
    words = ["质量太差 退货了", "质量很好 很喜欢", "质量太差 退货了", "质量很好 很喜欢"]
    batch = make_batch(schema, {"words": words, "stars": [5.0, 5.0, 1.0, 1.0]})
    result = RatingMatchesSentiment(schema, "words", "stars").evaluate(batch, MemorySnapshot())
    assert isinstance(result, RowResult)
    assert result.failing.to_list() == [True, False, False, True]


def test_the_recommender_reads_it_with_an_encoder_of_english_alone() -> None:
    good, bad, english = score_sentiment(["质量很好 很喜欢", "质量太差 退货了", "I adore it, superb!"], load_encoder(precision="float32"))
    np.testing.assert_allclose([good, bad], chinese_sentiment(["质量很好 很喜欢", "质量太差 退货了"]), atol=1e-6)
    assert english > 0.3
