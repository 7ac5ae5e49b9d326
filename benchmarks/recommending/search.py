"""Measure search on the titles of Amazon Office: the rank of an item for some words of its title, one of them mistyped.

MRR is the mean of 1 / place; of items with equal scores the middle place counts. The peer is bm25s on the same words. The weights, and how many
errors are forgiven, were chosen on queries for 1,000 items; the figures are of the others. Whose taste is known asks one word of the title of
what they bought next.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from benchmarks.recommending.queries import Query, queries, words
from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Floats, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.search import SearchIndex
from recommender.search.lexical_index import LexicalIndex
from recommender.text import load_encoder

OFFICE = Path(__file__).parents[3] / "shared/data/behaviour/office"
QUERIES, QUICK = 300, 40
Score = Callable[[str], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """Hold the catalog, our index of it and that of bm25s."""

    titles: Sequence[str]
    vocabulary: Vocabulary
    search: SearchIndex
    peer: bm25s.BM25

    def ours(self, query: str) -> Floats:
        """Return our scores."""
        return _sum(self.search.score_parts(query).values())

    def theirs(self, query: str) -> Floats:
        """Return the scores of bm25s."""
        known_words = [word for word in words(query) if word in self.peer.vocab_dict]
        return np.asarray(self.peer.get_scores(known_words), np.float32) if known_words else np.zeros(len(self.titles), np.float32)

    def meaning(self, query: str) -> Floats:
        """Return the cosines of the titles and the query."""
        return np.asarray(self.search.embeddings @ self.search.encoder.encode([query])[0])


def office() -> Office:
    """Read and index the titles."""
    items = pl.read_parquet(OFFICE / "items.parquet").select(item=pl.col("item_id").cast(pl.String).str.zfill(4), title="title").sort("item")
    peer = bm25s.BM25(method="lucene")
    peer.index([words(title) for title in items["title"]], show_progress=False)
    return Office(items["title"].to_list(), Vocabulary(tuple(items["item"])), SearchIndex.build(items, ["title"], [], load_encoder()), peer)


def _sum(parts: Iterable[Floats]) -> Floats:
    return np.asarray(np.sum(list(parts), axis=0), np.float32)


def find_rank(scores: Floats, item: int) -> float:
    """Return the rank of an item, counted from 1; infinite where its score is not positive."""
    if scores[item] <= 0:
        return float("inf")
    return float(1 + (scores > scores[item]).sum() + ((scores == scores[item]).sum() - 1) / 2)


def mrr(score: Score, requests: Sequence[tuple[str, int]]) -> float:
    """Compute the mean reciprocal rank of queries and their items."""
    return float(np.mean([1 / find_rank(score(text), item) for text, item in requests]))


def known_items(shop: Office, drawn: Sequence[Sequence[Query]]) -> list[Figure]:
    """Measure queries for known items, typed well and mistyped; one draw per seed."""
    results = []
    for name, requests in (
        ("typed well", [[(query.intended, query.item) for query in draw] for draw in drawn]),
        ("one word mistyped", [[(query.typed, query.item) for query in draw] for draw in drawn]),
    ):
        peer, meaning = float(np.mean([mrr(shop.theirs, draw) for draw in requests])), mrr(shop.meaning, requests[0])
        results.append(Figure.over(f"search, {name}, MRR", [mrr(shop.ours, draw) for draw in requests], "", "bm25s", peer))
        results.append(Figure(f"search, {name}, MRR by meaning alone", meaning, "", f"bm25s: {peer:.4g}", meaning / peer))
    return results


def taste(shop: Office, seeds: Sequence[int], count: int) -> Figure:
    """Measure one-word queries for the next item of users, with their taste known and unknown."""
    users = pl.read_parquet(OFFICE / "train.parquet").select(user=pl.col("user_id").cast(pl.String), item="item_ids")
    ranker = CoOccurrence.fit(TrainingData(build_sequences(_events(users), shop.vocabulary), shop.vocabulary))
    test = pl.read_parquet(OFFICE / "test.parquet").filter(pl.col("history").list.len() > 0)
    with_taste, without = [], []
    for seed in seeds:
        rows = test.sample(count, seed=seed)
        requests = [_one_word(shop.titles[target], random.Random(target)) for target in rows["target"]]
        histories = build_sequences(_events(rows.select(user=pl.int_range(pl.len()).cast(pl.String), item="history")), shop.vocabulary)
        priors = ranker.score(histories)
        results = [row for row in zip(requests, rows["target"], priors, strict=True) if row[0]]
        parts = [(shop.search.score_parts(text, prior), item) for text, item, prior in results]
        with_taste.append(float(np.mean([1 / find_rank(_sum(part.values()), item) for part, item in parts])))
        without.append(float(np.mean([1 / find_rank(part["lexical"] + part["semantic"], item) for part, item in parts])))
    return Figure.over("search, one word, the user's taste known, MRR", with_taste, "", "taste unknown", float(np.mean(without)))


def _one_word(title: str, rng: random.Random) -> str:
    results = [word for word in dict.fromkeys(words(title)) if len(word) >= 4 and word.isalpha()]
    return rng.choice(results) if results else ""


def _events(users: pl.DataFrame) -> pl.DataFrame:
    """Convert lists of items to interactions, each user's in order."""
    rows = users.explode("item").with_columns(item=pl.col("item").cast(pl.String).str.zfill(4))
    results = rows.with_columns(kind=pl.lit(None, dtype=pl.String), time=pl.from_epoch(pl.int_range(pl.len())), weight=pl.lit(1.0), ordered=pl.lit(value=True))
    return results.with_columns(pl.col("time").cast(INTERACTIONS["time"]))


def speed(shop: Office, requests: Sequence[Query]) -> list[Figure]:
    """Measure the time of an answer of ten, on the titles and on 100,000 of them."""
    count = 100_000
    many = pl.DataFrame({"item": [f"{number:06}" for number in range(count)], "title": [f"{shop.titles[n % len(shop.titles)]} n{n:06}" for n in range(count)]})
    large = SearchIndex(
        many, LexicalIndex.build(many["title"].to_list()), np.resize(shop.search.embeddings, (count, shop.search.embeddings.shape[1])), shop.search.encoder
    )
    results = []
    for name, search in (("", shop.search), (" of 100,000 items", large)):
        spent = np.sort([_seconds(search, query.typed) for query in requests]) * 1000
        results += [
            Figure(f"search, an answer{name}, {which}", float(np.quantile(spent, at)), "ms", n=len(requests)) for which, at in (("p50", 0.5), ("p99", 0.99))
        ]
    return results


def _seconds(search: SearchIndex, query: str) -> float:
    began = time.perf_counter()
    search.query(query)
    return time.perf_counter() - began


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure one draw of queries per seed."""
    shop, seeds, count = office(), range(1 if options.quick else options.seeds), QUICK if options.quick else QUERIES
    drawn = [queries(shop.titles, seed, count) for seed in seeds]
    return [*known_items(shop, drawn), taste(shop, seeds, count), *speed(shop, drawn[0][:100])]


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(__doc__ or "", measure)
