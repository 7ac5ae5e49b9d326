"""How long a shopper waits: 100,000 items, a history of 50 events, the best 100; every item scored, or those that an index finds.

The market is drawn at random in groups of like items, so the figures tell of speed, and of how many of the exact best the index finds, not of
how well the model recommends. An answer is everything from the history as a frame to named items; the user's 51st event is told before each. One thread
answers. The floor is one product of a vector with the table of items and the partial sort of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from recommender.artifact import Learned
from recommender.data import INTERACTIONS
from recommender.index import Approximate, recall
from recommender.material import Material
from recommender.models.blend import Blend
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.neighbours import Neighbours
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.sequences import Floats, Sequences, Vocabulary, sequences
from recommender.serving.recommender import Recommender
from recommender.serving.retrieval import retrieval
from recommender.serving.shelf import Shelf
from recommender.towers.towers import Towers

ITEMS, USERS, EVENTS = 100_000, 4_000, 50
QUICK = 20
BEST = 100
ANSWERS = 500
START = datetime(2026, 1, 1, tzinfo=UTC)


def market(items: int, users: int) -> tuple[Vocabulary, pl.DataFrame, Floats]:
    """Items in groups of a hundred, users who mostly stay in a few groups, and words that tell the groups; schema INTERACTIONS."""
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


def fitted(vocabulary: Vocabulary, events: pl.DataFrame, words: Floats) -> Blend:
    """All three parts; one epoch, since time alone is asked for."""
    material = Material(sequences(events, vocabulary), vocabulary, modes={"text": words}, epochs=1)
    return Blend(
        {"towers": Towers.fit(material), "cooccurrence": CoOccurrence.fit(material), "text": Neighbours.fit(material)},
        dict.fromkeys(("towers", "cooccurrence", "text"), 1.0),
    )


def served(ranker: Ranker, vocabulary: Vocabulary, events: Sequences, exact_up_to: int) -> Recommender:
    """A recommender in memory, its index built."""
    places = {item: place for place, item in enumerate(vocabulary.items)}
    popularity = Popularity.fit(Material(events, vocabulary))
    made = Recommender(Learned("blend", vocabulary, ranker, popularity), places, Shelf.of(pl.DataFrame(schema={"item": pl.String}), places))
    vars(made)["retrieval"] = retrieval(ranker, exact_up_to)
    return made


def milliseconds(asked: Callable[[int], object], count: int) -> Floats:
    """How long each of many calls takes, after a few that are not counted."""
    spent = []
    for number in range(-10, count):
        began = time.perf_counter()
        asked(number)
        spent.append(1000 * (time.perf_counter() - began))
    return np.array(spent[10:], np.float32)


def waited(name: str, recommender: Recommender, histories: Sequence[pl.DataFrame], answers: int) -> list[Figure]:
    """Latency of single answers, each after an event that was told just before."""

    def asked(number: int) -> object:
        history = histories[number % len(histories)]
        told = pl.concat([history, history[:1].with_columns(item=pl.lit(recommender.learned.vocabulary.items[number]))])
        return recommender.recommend(told, BEST)

    spent = milliseconds(asked, answers)
    return [Figure(f"{name}, {which}", float(np.percentile(spent, share)), "ms", n=answers) for which, share in (("p50", 50), ("p99", 99))]


def batched(name: str, recommender: Recommender, events: pl.DataFrame, users: int) -> Figure:
    """Answers a second when many are asked for at once."""
    asked = events.head(users * EVENTS)
    began = time.perf_counter()
    found = recommender.batch(asked, BEST)
    return Figure(f"{name}, many users at once", len(found) / (time.perf_counter() - began), "users/s", n=len(found))


def agreement(some: Recommender, exact: Recommender, histories: Sequence[pl.DataFrame]) -> float:
    """The share of the exact answers that another gives as well."""
    pairs = [({each.item for each in one.recommend(history, BEST)} for one in (some, exact)) for history in histories]
    shares = [len(found & right) / len(right) for found, right in pairs]
    return float(np.mean(shares))


def floor(vectors: Floats, answers: int) -> Floats:
    """One product and a partial sort."""
    return milliseconds(lambda number: np.argpartition(-(vectors @ vectors[number % len(vectors)]), BEST)[:BEST], answers)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Answer many times, one after the other and together."""
    shrunk = QUICK if options.quick else 1
    vocabulary, events, words = market(ITEMS // shrunk, USERS // shrunk)
    blend, answers = fitted(vocabulary, events, words), ANSWERS // shrunk
    towers, told = blend.parts["towers"], sequences(events, vocabulary)
    histories = [events[EVENTS * user : EVENTS * (user + 1)] for user in range(100)]
    figures = []
    for name, ranker in (("towers", towers), ("blend", blend)):
        exact, quick = (served(ranker, vocabulary, told, up_to) for up_to in (len(vocabulary.items), 0))
        figures += waited(f"{name}, exact", exact, histories, answers) + waited(f"{name}, by an index", quick, histories, answers)
        figures.append(Figure(f"{name}, share of the exact {BEST} that the index gives", agreement(quick, exact, histories), "", n=len(histories)))
        figures.append(batched(f"{name}, exact", exact, events, answers))
    assert isinstance(towers, Towers)
    began = time.process_time()
    index = Approximate.of(towers.vectors)
    built = time.process_time() - began
    points = towers.points(told.of(np.arange(100)))
    figures.append(Figure("the index, its own recall of the nearest 100", recall(index, towers.vectors, points, BEST), "", n=100))
    figures.append(Figure("the index, built", built, "CPU s"))
    bare = floor(towers.vectors, answers)
    return [*figures, *(Figure(f"floor, {which}", float(np.percentile(bare, share)), "ms", n=answers) for which, share in (("p50", 50), ("p99", 99)))]


if __name__ == "__main__":
    main(str(__doc__), measure)
