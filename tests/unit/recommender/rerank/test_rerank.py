from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limited
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.conversion import ConversionProbabilities
from recommender.rerank import Candidates, CatalogSignals, rerank
from sluice.config.recommender import Ads, Rerank

NUMBERS = st.floats(-100, 100, width=32)


def columns(count: int) -> st.SearchStrategy[Candidates]:
    numbers, probabilities = arrays(np.float32, count, elements=NUMBERS), arrays(np.float32, count, elements=st.floats(0, 1, width=32))
    signals = arrays(np.float32, count, elements=NUMBERS | st.just(float("nan")))
    vectors = arrays(np.float32, (count, 3), elements=st.floats(-1, 1, width=32))
    return st.builds(
        Candidates, numbers, vectors, st.builds(ConversionProbabilities, probabilities, probabilities), st.builds(CatalogSignals, signals, signals, signals)
    )


CANDIDATES = st.integers(1, 12).flatmap(columns)
SETTINGS = st.builds(
    Rerank,
    diversity=st.floats(0, 1),
    freshness=st.floats(0, 2),
    margin=st.floats(0, 2),
    conversion=st.floats(0, 2),
    margin_column=st.just("margin"),
    released_at=st.just("since"),
    ads=st.none() | st.builds(Ads, bid=st.just("bid"), slots=st.lists(st.integers(1, 9), max_size=4).map(tuple), min_relevance=st.floats(0, 1)),
)


@limited(max_examples=40)
@given(CANDIDATES, SETTINGS, st.integers(1, 12))
def test_an_answer_holds_every_candidate_once(candidates: Candidates, settings: Rerank, k: int) -> None:
    ranked = rerank(candidates, settings, k)
    assert sorted(ranked.order) == list(range(len(candidates.scores)))
    assert ranked.ads.shape == ranked.order.shape


@limited(max_examples=40)
@given(CANDIDATES, st.integers(1, 12))
def test_without_a_weight_scores_decide(candidates: Candidates, k: int) -> None:
    ranked = rerank(candidates, Rerank(), k)
    assert list(ranked.order) == list(np.argsort(-candidates.scores, kind="stable"))
    assert not ranked.ads.any()


@limited(max_examples=40)
@given(CANDIDATES, SETTINGS, st.integers(1, 12))
def test_ads_stand_in_sold_positions_have_a_bid_and_are_relevant(candidates: Candidates, settings: Rerank, k: int) -> None:
    ranked = rerank(candidates, settings, k)
    for place in np.flatnonzero(ranked.ads):
        assert settings.ads is not None
        ad = ranked.order[place]
        assert place + 1 in settings.ads.slots and place < k
        assert candidates.signals.bids is not None and candidates.signals.bids[ad] > 0
        least, most = candidates.scores.min(), candidates.scores.max()
        relevance = np.ones_like(candidates.scores) if least == most else (candidates.scores - least) / (most - least)
        moved_down = next((item for item, sold in zip(ranked.order[place + 1 :], ranked.ads[place + 1 :], strict=True) if not sold), None)
        assert moved_down is None or relevance[ad] >= settings.ads.min_relevance * relevance[moved_down] - 1e-6


@limited(max_examples=40)
@given(CANDIDATES, SETTINGS)
def test_selling_positions_moves_ads_only(candidates: Candidates, settings: Rerank) -> None:
    ranked = rerank(candidates, settings, 9)
    free = rerank(candidates, settings.model_copy(update={"ads": None}), 9)
    sold = set(ranked.order[ranked.ads])
    assert [item for item in ranked.order if item not in sold] == [item for item in free.order if item not in sold]


def test_diversity_prefers_items_that_differ_from_those_above() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    candidates = Candidates(np.array([1.0, 0.9, 0.5], np.float32), vectors)
    assert list(rerank(candidates, Rerank(), 3).order) == [0, 1, 2]
    assert list(rerank(candidates, Rerank(diversity=0.5), 3).order) == [0, 2, 1]


@pytest.mark.parametrize(
    ("settings", "signals", "probabilities"),
    [
        (Rerank(freshness=3, released_at="since", half_life=timedelta(days=7)), CatalogSignals(ages=np.array([90, 90, 0], np.float32)), None),
        (Rerank(margin=3, margin_column="margin"), CatalogSignals(margins=np.array([1, np.nan, 9], np.float32)), None),
        (Rerank(conversion=3), CatalogSignals(), ConversionProbabilities(np.full(3, 0.5, np.float32), np.array([0.01, 0.01, 0.4], np.float32))),
    ],
)
def test_a_weight_raises_what_it_prefers(settings: Rerank, signals: CatalogSignals, probabilities: ConversionProbabilities | None) -> None:
    candidates = Candidates(np.array([1.0, 0.9, 0.8], np.float32), probabilities=probabilities, signals=signals)
    assert rerank(candidates, settings, 3).order[0] == 2


def test_the_highest_bid_times_click_probability_wins_a_position() -> None:
    scores = np.array([1.0, 0.9, 0.8, 0.7, 0.0], np.float32)
    bids = CatalogSignals(bids=np.array([0, 0, 0.5, 0.4, 9], np.float32))
    settings = Rerank(ads=Ads(bid="bid", slots=(2,), min_relevance=0.5))
    by_clicks = ConversionProbabilities(np.array([0, 0, 0.1, 0.2, 1], np.float32), np.zeros(5, np.float32))
    assert list(rerank(Candidates(scores, signals=bids), settings, 5).order) == [0, 2, 1, 3, 4]
    ranked = rerank(Candidates(scores, probabilities=by_clicks, signals=bids), settings, 5)
    assert list(ranked.order) == [0, 3, 1, 2, 4]
    assert list(ranked.ads) == [False, True, False, False, False]


def test_a_position_without_a_relevant_ad_is_not_sold() -> None:
    scores = np.array([1.0, 0.9, 0.1, 0.0], np.float32)
    candidates = Candidates(scores, signals=CatalogSignals(bids=np.array([0, 0, 9, 9], np.float32)))
    assert not rerank(candidates, Rerank(ads=Ads(bid="bid", slots=(1, 2), min_relevance=0.5)), 4).ads.any()
