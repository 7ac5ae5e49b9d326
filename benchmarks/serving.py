"""Measure how long a shopper waits: 100,000 items, a history of 50 events, the best 100; every item scored, or those that an index finds.

The market is drawn at random in groups of like items, and the towers are not trained: the figures tell of speed, and of how many of the exact best
an index finds, not of how well anything is recommended. The blend has three of the default's five parts, of equal weight: towers, co-occurrence,
and neighbours by made-up words; propagation and rarity are left out. An answer is everything from the history as a frame to named items; a 51st event is told
before each. One thread answers; each answer is asked for five times and the quickest counts, as what other programs take is not the answer's. The
floor is one product of a vector with the table of items and the partial sort of it.

Lists of all users are made from histories as a frame to lists as a frame, from the blend of these three parts, with rarity as a fourth. They are
exact. Their floor is the product of forty users' vectors with the table of items, and the partial sort of each row.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import cast

import numpy as np
import polars as pl
import scipy.sparse as sp
import torch
from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, main
from recommender.artifact.serialization import TrainedRecommender
from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.ann_index import HNSWIndex, measure_recall
from recommender.models.blend import Blend
from recommender.models.content_knn import ContentKNN
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.serving.blend_retrieval import BlendPart, BlendRetriever, ExactPart, IndexedPart
from recommender.serving.lists import ListMaker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.retrieval import AnnRetriever, ExhaustiveRetriever, Retriever
from recommender.two_tower.model import TwoTowerModel
from recommender.two_tower.modules import ItemTower, UserTower

ITEMS, USERS, EVENTS = 100_000, 4_000, 50
QUICK = 20
BEST = 100
ANSWERS, TIMES = 100, 5
LISTED, LISTED_USERS, BLOCK = 10, 2_000, 40
PERCENTILES = (("p50", 50), ("p99", 99))
START = datetime(2026, 1, 1, tzinfo=UTC)


def market(items: int, users: int) -> tuple[Vocabulary, pl.DataFrame, Floats]:
    """Draw items in groups of a hundred, users who mostly stay in a few groups, and words that tell the groups; schema INTERACTIONS."""
    rng = np.random.default_rng(0)
    groups = items // 100
    liked = rng.integers(groups, size=(users, 5))
    chosen = liked[np.arange(users)[:, None], rng.integers(5, size=(users, EVENTS))] * 100 + (100 * rng.random((users, EVENTS)) ** 2).astype(np.int64)
    hours = np.tile(np.arange(EVENTS), users)
    events = pl.DataFrame({"user": np.repeat(np.arange(users), EVENTS), "item": chosen.ravel(), "hour": hours}).select(
        user=pl.format("u{}", pl.col("user").cast(pl.String).str.zfill(6)),
        item=pl.format("i{}", pl.col("item").cast(pl.String).str.zfill(6)),
        kind=pl.lit("view"),
        time=(pl.lit(START) + pl.duration(hours="hour")).cast(pl.Datetime("us", "UTC")),
        weight=pl.lit(1.0),
        ordered=pl.lit(value=True),
    )
    words = np.repeat(rng.normal(size=(groups, 64)), 100, axis=0) + rng.normal(size=(items, 64))
    unit = (words / np.linalg.norm(words, axis=1, keepdims=True)).astype(np.float32)
    return (
        Vocabulary(tuple(f"i{number:06}" for number in range(items)), ("view",)),
        events.select(pl.col(name).cast(dtype) for name, dtype in INTERACTIONS.items()),
        unit,
    )


def parts(vocabulary: Vocabulary, events: Sequences, words: Floats) -> dict[str, Ranker]:
    """Build towers whose items lie as the words do, co-occurrence counts, and for each item fifty of its group as its neighbours."""
    torch.manual_seed(0)
    items, width = words.shape
    towers = TwoTowerModel(words, ItemTower(1, width, {}, "cosine"), UserTower(width, len(vocabulary.kinds), "cosine").eval())
    near = np.arange(items)[:, None] // 100 * 100 + (np.arange(items)[:, None] + np.arange(1, 51)) % 100
    cosines = np.einsum("nd,nkd->nk", words, words[near])
    matrix = sp.csr_matrix((cosines.ravel(), near.ravel(), 50 * np.arange(items + 1)), shape=(items, items))
    neighbours = ContentKNN(matrix, words, words.mean(axis=0), np.eye(width, dtype=np.float32))
    return {"two_tower": towers, "cooccurrence": CoOccurrence.fit(TrainingData(events, vocabulary)), "content_knn": neighbours}


def served(ranker: Ranker, retriever: Retriever, vocabulary: Vocabulary, popularity: Popularity) -> OnlineRecommender:
    """Build a recommender in memory that retrieves its candidates so."""
    recommender = OnlineRecommender.from_model(TrainedRecommender("blend", vocabulary, ranker, popularity))
    vars(recommender)["retriever"] = retriever
    return recommender


def milliseconds(action: Callable[[int], object], count: int) -> Floats:
    """Measure how long each of many calls takes, the quickest of a few times."""
    spent = np.empty((TIMES, count), np.float32)
    with threadpool_limits(1):
        for attempt, number in product(range(TIMES), range(count)):
            began = time.perf_counter()
            action(number)
            spent[attempt, number] = 1000 * (time.perf_counter() - began)
    quickest: Floats = spent.min(axis=0)
    return quickest


def waited(name: str, recommender: OnlineRecommender, histories: Sequence[pl.DataFrame], answers: int) -> list[Figure]:
    """Measure the latency of single answers, each after a new event."""

    def answer(number: int) -> object:
        history = histories[number % len(histories)]
        extended = pl.concat([history, history[:1].with_columns(item=pl.lit(recommender.trained.vocabulary.items[number]))])
        return recommender.recommend(extended, BEST)

    spent = milliseconds(answer, answers)
    return [Figure(f"{name}, {which}", float(np.percentile(spent, share)), "ms", n=answers) for which, share in PERCENTILES]


def batched(name: str, recommender: OnlineRecommender, events: pl.DataFrame, users: int) -> Figure:
    """Measure answers per second when many are requested at once."""
    histories = events.head(users * EVENTS)
    began = time.perf_counter()
    with threadpool_limits(1):
        recommendations = recommender.recommend_batch(histories, BEST)
    return Figure(f"{name}, many users at once", len(recommendations) / (time.perf_counter() - began), "users/s", n=len(recommendations))


def listed(blend: Blend, vocabulary: Vocabulary, popularity: Popularity, events: pl.DataFrame, repeats: int) -> Figure:
    """Measure how many users get their list in a CPU second, against a product of the embeddings and a partial sort alone."""
    maker = ListMaker(OnlineRecommender.from_model(TrainedRecommender("blend", vocabulary, blend, popularity)), LISTED, START)
    towers = cast("TwoTowerModel", blend.parts["two_tower"])
    users, items = towers.user_embeddings(build_sequences(events, vocabulary)), np.ascontiguousarray(towers.item_embeddings.T)

    def bare() -> None:
        for first in range(0, len(users), BLOCK):
            np.argpartition(-(users[first : first + BLOCK] @ items), LISTED, axis=1)[:, :LISTED]

    rates = [len(users) / cpu_seconds(lambda: maker.lists(events)) for _ in range(repeats)]
    floor_rates = [len(users) / cpu_seconds(bare) for _ in range(repeats)]
    return Figure.over(f"lists of {LISTED} of all users, blend, exact", rates, "users/CPU s", "product and partial sort", float(np.mean(floor_rates)))


def cpu_seconds(action: Callable[[], object]) -> float:
    """Measure the processor time of a call, on one thread."""
    with threadpool_limits(1):
        began = time.process_time()
        action()
        return time.process_time() - began


def agreement(some: OnlineRecommender, exact: OnlineRecommender, histories: Sequence[pl.DataFrame]) -> float:
    """Compute the share of the exact answers that another recommender gives as well."""
    pairs = [({recommendation.item for recommendation in recommender.recommend(history, BEST)} for recommender in (some, exact)) for history in histories]
    shares = [len(left & right) / len(right) for left, right in pairs]
    return float(np.mean(shares))


def floor(vectors: Floats, answers: int) -> Floats:
    """Measure one product and a partial sort."""
    return milliseconds(lambda number: np.argpartition(-(vectors @ vectors[number % len(vectors)]), BEST)[:BEST], answers)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Answer many times, one after the other and together."""
    shrunk = QUICK if options.quick else 1
    vocabulary, events, words = market(ITEMS // shrunk, USERS // shrunk)
    sequences, answers = build_sequences(events, vocabulary), ANSWERS // shrunk
    rankers, popularity = parts(vocabulary, sequences, words), Popularity.fit(TrainingData(sequences, vocabulary))
    towers, blend = cast("TwoTowerModel", rankers["two_tower"]), Blend(rankers, dict.fromkeys(rankers, 1.0))
    began = time.process_time()
    index = HNSWIndex.of(towers.item_embeddings)
    figures = [Figure("the index, built", time.process_time() - began, "CPU s")]
    points = towers.user_embeddings(sequences.select_users(np.arange(100)))
    figures.append(Figure(f"the index, recall of the nearest {BEST}", measure_recall(index, towers.item_embeddings, points, BEST), ""))
    quick: dict[str, Retriever] = {"towers": AnnRetriever(towers, index), "blend": BlendRetriever([_index_part(part, index) for part in rankers.values()])}
    histories = [events[EVENTS * user : EVENTS * (user + 1)] for user in range(100)]
    for name, ranker in (("towers", cast("Ranker", towers)), ("blend", blend)):
        exact, fast = (served(ranker, retriever, vocabulary, popularity) for retriever in (ExhaustiveRetriever(ranker), quick[name]))
        figures += waited(f"{name}, exact", exact, histories, answers) + waited(f"{name}, by the index", fast, histories, answers)
        figures.append(Figure(f"{name}, share of the exact {BEST} that the index gives", agreement(fast, exact, histories), "", n=len(histories)))
        figures.append(batched(f"{name}, exact", exact, events, answers))
    rarity = InversePopularity.fit(TrainingData(sequences, vocabulary))
    four = Blend({**rankers, "inverse_popularity": rarity}, {**dict.fromkeys(rankers, 1.0), "inverse_popularity": 0.1})
    figures.append(listed(four, vocabulary, popularity, events.head(EVENTS * LISTED_USERS // shrunk), 1 if options.quick else options.seeds))
    bare = floor(towers.item_embeddings, answers)
    return [*figures, *(Figure(f"floor, {which}", float(np.percentile(bare, share)), "ms", n=answers) for which, share in PERCENTILES)]


def _index_part(part: Ranker, index: HNSWIndex) -> tuple[float, BlendPart]:
    if not isinstance(part, TwoTowerModel):
        return 1.0, ExactPart(part)
    centred = part.item_embeddings - part.item_embeddings.mean(axis=0)
    return 1.0, IndexedPart(part, index, centred.T @ centred / len(centred))


if __name__ == "__main__":
    main(str(__doc__), measure)
